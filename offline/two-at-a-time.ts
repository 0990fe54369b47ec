/**
 * Runs `work` on every item, two at a time in their order, but never on two items of one group.
 * After a failure no further item starts, `signal` aborts the other one, and when it has stopped,
 * the first error is thrown.
 */
export async function twoAtATime<T>(
  items: readonly T[],
  groupOf: (item: T) => string,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const running = new Map<Promise<void>, string>();
  const stop = new AbortController();
  const errors: unknown[] = [];
  const start = (item: T): void => {
    const done = work(item, stop.signal)
      .catch((error: unknown) => {
        errors.push(error);
        stop.abort();
      })
      .finally(() => running.delete(done));
    running.set(done, groupOf(item));
  };
  while (waiting.length > 0 || running.size > 0) {
    const groups = new Set(running.values());
    const next = waiting.findIndex((item) => !groups.has(groupOf(item)));
    if (errors.length === 0 && running.size < 2 && next >= 0) {
      waiting.splice(next, 1).forEach(start);
    } else if (running.size > 0) {
      await Promise.race(running.keys());
    } else {
      break;
    }
  }
  if (errors.length > 0) throw errors[0];
}
