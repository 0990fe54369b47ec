import { duration, type Expr, increase, type Matchers, selector, sum } from '../telemetry';
import type { Context } from './context';

/**
 * The increase of a counter of losses in a window, by labels; no result where nothing is lost. The
 * series of such a counter may begin with the first loss, which `increase` does not see. So a
 * series also counts if it did not exist one window ago, although a scrape of its target succeeded
 * then.
 *
 * @param job value or matcher of the counter's label `job`
 * @param seconds length of the window
 */
export function losses<L extends string>(
  c: Context,
  labels: readonly L[],
  counter: Expr<L>,
  job: Matchers<'up'>['job'],
  seconds: number,
): string {
  const window = c.window(seconds);
  const before = `offset ${duration(window)}`;
  const first = `${counter} unless ${counter} ${before}\n  and on (job, instance) ${selector('up', { job })} ${before} == 1`;
  return (
    `${sum(labels, increase(counter, window))} > 0\nor\n` +
    `${sum(labels, `\n  ${first}\n` as Expr<L>)} > 0`
  );
}

/**
 * A counter of corruptions that is above 0, and that has risen within a day or belongs to a process
 * that started within the last day. Corruptions are mostly found at start-up, so the first sample
 * may already be 1, which `increase` does not see. If the next start finds another corruption, the
 * value is 1 again, which is not higher than it was a day ago.
 *
 * @param counter the counter, with a modifier for its value in the past
 * @param job of the counter, which has the label `instance` as well
 */
export function corruptedLately(
  c: Context,
  counter: (modifier: string) => string,
  job: Matchers<'process_start_time_seconds'>['job'],
): string {
  const day = c.window(86_400);
  const started = selector('process_start_time_seconds', { job });
  return (
    `${counter('')} > 0\nunless\n${counter(` offset ${duration(day)}`)} >= ${counter('')}\n` +
    `or\n${counter('')} > 0\nand on (job, instance)\ntime() - ${started} < ${day}`
  );
}
