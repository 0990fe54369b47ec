import type { Labels, Range } from '../running/prometheus';
import type { Rule } from '../running/rules';

/** This alert always fires, by design. */
export const heartbeat = 'Watchdog';

/** One time that an alert fired. Unix times in seconds. */
export interface Firing {
  readonly labels: Labels;
  readonly start: number;
  /** Undefined if it still fires at the end of the time range. */
  readonly end?: number;
}

export interface History {
  readonly firings: readonly Firing[];
  /** How often it was pending and did not fire. */
  readonly pendings: number;
}

/**
 * When a rule would have fired, from the results of its expression at each evaluation. Follows
 * Prometheus: an alert fires at the first evaluation that is at least `for` after the one at which
 * it became active; a missing result resolves it, or after `keep_firing_for`.
 *
 * @param end time of the last evaluation
 */
export function replay(
  { for: wait, keepFiringFor, interval }: Pick<Rule, 'for' | 'keepFiringFor' | 'interval'>,
  series: readonly Range[],
  end: number,
): History {
  const firings: Firing[] = [];
  let pendings = 0;
  for (const { metric: labels, values } of series) {
    let active: number | undefined;
    let firing: number | undefined;
    let last = -Infinity;
    /** The expression has no result after `last`. */
    const stop = (next: number): void => {
      if (active === undefined) return;
      const absent = last + interval;
      const until = firing === undefined ? absent : firstAfter(absent + keepFiringFor, absent);
      if (firing !== undefined && until >= next) return;
      if (firing === undefined) pendings += 1;
      else firings.push({ labels, start: firing, end: until });
      [active, firing] = [undefined, undefined];
    };
    const firstAfter = (time: number, from: number): number =>
      from + Math.ceil((time - from) / interval) * interval;
    for (const [time] of values) {
      if (time - last > interval * 1.5) stop(time);
      active ??= time;
      if (firing === undefined && time - active >= wait) firing = time;
      last = time;
    }
    if (end - last >= interval * 0.5) stop(end + interval);
    if (firing !== undefined) firings.push({ labels, start: firing });
  }
  return { firings: firings.sort((a, b) => a.start - b.start), pendings };
}

export interface Summary {
  readonly times: number;
  /** Seconds that it fired, in all and the longest time. */
  readonly total: number;
  readonly longest: number;
  readonly now: boolean;
}

/** Firings of several series at the same time count once: they are one notification. */
export function summary(firings: readonly Firing[], end: number): Summary {
  const spans: { start: number; end: number }[] = [];
  for (const firing of [...firings].sort((a, b) => a.start - b.start)) {
    const until = firing.end ?? end;
    const current = spans.at(-1);
    if (current !== undefined && firing.start <= current.end) {
      current.end = Math.max(current.end, until);
    } else spans.push({ start: firing.start, end: until });
  }
  const lengths = spans.map((span) => span.end - span.start);
  return {
    times: spans.length,
    total: lengths.reduce((sum, length) => sum + length, 0),
    longest: Math.max(0, ...lengths),
    now: firings.some((firing) => firing.end === undefined),
  };
}
