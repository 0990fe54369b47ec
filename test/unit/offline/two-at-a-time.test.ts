import { describe, expect, test } from '@jest/globals';
import { run } from '../../../offline/run';
import { twoAtATime } from '../../../offline/two-at-a-time';

/** Work that ends when the test says so. */
class Work {
  readonly started: string[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  readonly do = (item: string, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      this.started.push(item);
      signal.addEventListener('abort', () => reject(new Error(`${item} was stopped`)));
      this.ends.set(item, (error) => (error === undefined ? resolve() : reject(error)));
    });

  async end(item: string, error?: Error): Promise<void> {
    this.ends.get(item)?.(error);
    await new Promise(setImmediate);
  }
}

describe('two at a time', () => {
  test('in their order, the next one when one has ended', async () => {
    const work = new Work();
    const all = twoAtATime(['a', 'b', 'c', 'd'], (item) => item, work.do);
    expect(work.started).toEqual(['a', 'b']);
    await work.end('b');
    expect(work.started).toEqual(['a', 'b', 'c']);
    await work.end('a');
    expect(work.started).toEqual(['a', 'b', 'c', 'd']);
    await work.end('c');
    await work.end('d');
    await all;
  });

  test('but never two of a group', async () => {
    const work = new Work();
    const all = twoAtATime(['a1', 'a2', 'b1', 'a3'], (item) => item.charAt(0), work.do);
    expect(work.started).toEqual(['a1', 'b1']);
    await work.end('b1');
    expect(work.started).toEqual(['a1', 'b1']);
    await work.end('a1');
    await work.end('a2');
    expect(work.started).toEqual(['a1', 'b1', 'a2', 'a3']);
    await work.end('a3');
    await all;
  });

  test('a failure stops the other one, starts no more and is the one that is reported', async () => {
    const work = new Work();
    const all = twoAtATime(['a', 'b', 'c'], (item) => item, work.do);
    const failed = expect(all).rejects.toThrow('no space');
    await work.end('b', new Error('no space'));
    await failed;
    expect(work.started).toEqual(['a', 'b']);
  });

  test('nothing to do ends at once', async () => {
    await twoAtATime([], String, () => Promise.reject(new Error('never')));
  });
});

test('a stopped command ends at once and counts as a failure', async () => {
  const stop = new AbortController();
  const running = run('sleep', ['60'], { signal: stop.signal });
  stop.abort();
  expect((await running).ok).toBe(false);
  expect((await run('sleep', ['60'], { signal: stop.signal })).ok).toBe(false);
});
