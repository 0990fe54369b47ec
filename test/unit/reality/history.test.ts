import { describe, expect, it } from '@jest/globals';
import { replay, summary } from '../../../scripts/reality/history';
import type { Range } from '../../../scripts/running/prometheus';

/** A series with a result at these evaluations, one each 10 s: `11..1` is absent twice. */
const series = (pattern: string, labels = {}): Range => ({
  metric: labels,
  values: pattern
    .split('')
    .flatMap((mark, i): [number, string][] => (mark === '.' ? [] : [[i * 10, mark]])),
});

const rule = (wait = 0, keepFiringFor = 0) => ({ for: wait, keepFiringFor, interval: 10 });
const end = (pattern: string): number => (pattern.length - 1) * 10;
const run = (pattern: string, ...args: Parameters<typeof rule>) =>
  replay(rule(...args), [series(pattern)], end(pattern));
const times = (pattern: string, ...args: Parameters<typeof rule>) =>
  run(pattern, ...args).firings.map(({ start, end: until }) => [start, until]);

describe('replay of an alert', () => {
  it.each([
    // It resolves at the first evaluation without a result.
    ['..111..', [[20, 50]]],
    [
      '1.1.1',
      [
        [0, 10],
        [20, 30],
        [40, undefined],
      ],
    ],
    ['.....', []],
    // It still fires at the last evaluation.
    ['..111', [[20, undefined]]],
    // A result of 0 is a result.
    ['.00..', [[10, 30]]],
  ])('without `for`: %s', (pattern, expected) => {
    expect(times(pattern)).toEqual(expected);
  });

  it('fires at the first evaluation at least `for` after it became active', () => {
    expect(times('.111111..', 30)).toEqual([[40, 70]]);
    expect(times('.1111111..', 25)).toEqual([[40, 80]]);
    expect(run('.111..111.', 30)).toEqual({ firings: [], pendings: 2 });
    expect(times('.1111.', 30)).toEqual([[40, 50]]);
  });

  it('counts each pause in being pending', () => {
    expect(run('.11.1111.', 30)).toEqual({
      firings: [{ labels: {}, start: 70, end: 80 }],
      pendings: 1,
    });
  });

  it('goes on for keep_firing_for', () => {
    expect(times('.11...11......', 0, 30)).toEqual([[10, 110]]);
    expect(times('.11......11....', 0, 30)).toEqual([
      [10, 60],
      [90, 140],
    ]);
    // Pending alerts do not profit from it.
    expect(run('.11.11.', 30, 60).firings).toEqual([]);
  });

  it('treats every series by itself', () => {
    const both = [series('.11...', { a: '1' }), series('..11..', { a: '2' })];
    expect(replay(rule(), both, 50).firings.map(({ start, end: until }) => [start, until])).toEqual(
      [
        [10, 30],
        [20, 40],
      ],
    );
  });
});

describe('the summary', () => {
  it('counts firings at the same time once', () => {
    const firings = [
      { labels: {}, start: 10, end: 30 },
      { labels: {}, start: 20, end: 40 },
      { labels: {}, start: 60 },
    ];
    expect(summary(firings, 90)).toEqual({ times: 2, total: 60, longest: 30, now: true });
    expect(summary([], 90)).toEqual({ times: 0, total: 0, longest: 0, now: false });
  });
});
