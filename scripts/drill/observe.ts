import { jobsOf } from './jobs';
import type { PrometheusClient, Range } from '../running/prometheus';
import type { Rule } from '../running/rules';
import type { Observed } from './timeline';

type Seen = Pick<Observed, 'scrapes' | 'exceeded' | 'pending' | 'firing' | 'resolved'>;

/** What Prometheus has stored about an alert. @param since unix time in seconds */
export async function observe(
  alert: string,
  rules: readonly Rule[],
  prometheus: PrometheusClient,
  since: number,
): Promise<Seen> {
  const end = Date.now() / 1000;
  const window = end - since;
  const own = rules.filter(({ name, kind }) => kind === 'alert' && name === alert);
  const interval = own[0]?.interval ?? 15;
  const jobs = jobsOf(alert, rules);
  const up = await prometheus.stored(`up{job=~"${jobs.join('|')}"}`, window, end);
  const selector = `{alertname=${JSON.stringify(alert)}}`;
  const active = await prometheus.stored(`ALERTS_FOR_STATE${selector}`, window, end);
  const firing = await prometheus.stored(`ALERTS${withState(selector)}`, window, end);
  const exceeded = await Promise.all(
    own.map(({ expr }) => prometheus.range(expr, since, end, Math.max(1, window / 3_000))),
  );
  return {
    scrapes: timesOf(up),
    ...defined({
      exceeded: earliest(exceeded.flat()),
      // The value of the series is the time of the evaluation, and its first sample has that time.
      pending: earliest(active),
      firing: earliest(firing),
      resolved: resolvedAt(firing, interval, end),
    }),
  };
}

const withState = (selector: string): string => selector.replace('}', ',alertstate="firing"}');

const timesOf = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(({ values }) => values.map(([time]) => time)).sort((a, b) => a - b);

const earliest = (ranges: readonly Range[]): number | undefined => timesOf(ranges)[0];

/** The evaluation after the last one at which it fired; undefined while it fires. */
function resolvedAt(firing: readonly Range[], interval: number, now: number): number | undefined {
  const last = timesOf(firing).at(-1);
  return last === undefined || now - last < interval * 1.5 ? undefined : last + interval;
}

function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
