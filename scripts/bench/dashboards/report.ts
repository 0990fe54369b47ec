import { median, quantileOf } from '../statistics';
import { replicas, shares } from './fleet';
import { type RangeName, ranges } from './grafana';
import type { History } from './history';
import { type Load, p95, type Timing } from './measure';

export interface RuleGroup {
  readonly name: string;
  /** Evaluation interval in seconds. */
  readonly interval: number;
  /** Duration of the last evaluation in seconds. */
  readonly seconds: number;
  /** Time of the last evaluation. */
  readonly evaluated: number;
  /** Names of the group's rules. */
  readonly names: readonly string[];
}

export interface Outcome {
  readonly history: History;
  readonly timings: readonly Timing[];
  readonly loads: readonly Load[];
  readonly groups: readonly RuleGroup[];
  readonly activeSeries: number;
  readonly recordedSeries: number;
  readonly memoryMiB: number;
  /** CPU cores that Prometheus used during the queries. */
  readonly cpus: number;
  readonly rounds: number;
}

export const dashboardTitle = 'Dashboards at 100,000 series';

/** Target for the 95th percentile of a query's duration in milliseconds. */
const aim = 200;

/** The measurements as a section of docs/benchmarks.md. */
export function dashboardLines(outcome: Outcome): string[] {
  const names = [...new Set(outcome.timings.map(({ query }) => query.dashboard))];
  const slow = outcome.timings.filter((timing) => isPanel(timing) && p95(timing) > aim);
  const failed = outcome.timings.filter(({ error }) => error !== undefined);
  const empty = outcome.timings.filter(
    (timing) => isPanel(timing) && timing.series === 0 && timing.error === undefined,
  );
  return [
    `## ${dashboardTitle}`,
    '',
    ...howLines(outcome),
    '',
    '| dashboard | queries | 24 h: p50, p95 | 7 d: p50, p95 | whole, 24 h | whole, 7 d |',
    '| --- | --- | --- | --- | --- | --- |',
    ...names.map((name) => row(name, outcome)),
    '',
    `- Panel queries with a p95 above ${aim} ms: **${slow.length}** of ${outcome.timings.filter(isPanel).length} (target: 0)`,
    `- Queries without results, because there is no problem or nothing deployed: ${empty.length === 0 ? 'none' : listed(empty)}`,
    ...failed.map(({ query, error }) => `- Failed: ${query.dashboard}, ${query.place}: ${error}`),
    '',
    'The slowest, by p95:',
    '',
    '| query | shown | p50 | p95 | series |',
    '| --- | --- | --- | --- | --- |',
    ...[...outcome.timings]
      .sort((a, b) => p95(b) - p95(a))
      .slice(0, 10)
      .map(
        (t) =>
          `| ${title(t.query.dashboard)}: ${t.query.place} ${t.query.refId} | ${t.range} | ${ms(median(t.milliseconds))} | ${ms(p95(t))} | ${t.series} |`,
      ),
    '',
    ...ruleLines(outcome),
    '',
  ];
}

function howLines({
  history,
  activeSeries,
  recordedSeries,
  rounds,
  memoryMiB,
  cpus,
}: Outcome): string[] {
  const parts = Object.entries(shares())
    .sort(([, a], [, b]) => b - a)
    .map(
      ([job, series]) => `${job} ${replicas[job]} × ${Math.round(series / (replicas[job] ?? 1))}`,
    );
  return [
    'A real Prometheus with the flags, jobs and rules of the stack `prod`, on one core like its container, scrapes a simulated fleet every 15 s. ' +
      `**${thousands(activeSeries)} series** are in memory, ${thousands(recordedSeries)} of them recorded. Targets × series per target: ${parts.join(', ')}.`,
    '',
    `The history has ${thousands(history.samples)} samples in ${history.blocks} blocks: the series in range queries (${thousands(history.series)} series) at the ` +
      'resolution of their scrape or rule, and one sample per block of all other series, so that the index has its full size. V Studio sessions end after three hours, ' +
      'so a week has thousands of them. Raw series that are in no range query have no further history, because they would have billions of samples.',
    '',
    'Queries are those of Grafana on a 1920-pixel screen with all variables set to "All": steps and windows depend on the width of the panel. ' +
      `First each query alone in ${rounds} rounds, then whole dashboards: first the variables, then the panels on six connections. Times are until the last byte. ` +
      `Meanwhile Prometheus used ${cpus.toFixed(2)} cores and ${Math.round(memoryMiB)} MiB.`,
  ];
}

function row(name: string, { timings, loads }: Outcome): string {
  const own = timings.filter((timing) => timing.query.dashboard === name && isPanel(timing));
  const cell = (range: RangeName): string => {
    const values = own.filter((t) => t.range === range).flatMap((t) => t.milliseconds);
    return `${ms(median(values))}, ${ms(quantileOf(0.95, values))}`;
  };
  const load = (range: RangeName): string => {
    const found = loads.find((l) => l.dashboard === name && l.range === range);
    return found === undefined ? '–' : `${median(found.seconds).toFixed(2)} s`;
  };
  const [day, week] = Object.keys(ranges) as [RangeName, RangeName];
  const count = own.length / 2;
  if (count === 0) return `| ${title(name)} | none to Prometheus | – | – | – | – |`;
  return `| ${title(name)} | ${count} | ${cell(day)} | ${cell(week)} | ${load(day)} | ${load(week)} |`;
}

function ruleLines({ groups }: Outcome): string[] {
  const slowest = [...groups].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  const share = Math.max(...groups.map(({ seconds, interval }) => seconds / interval));
  const rules = groups.reduce((sum, { names }) => sum + names.length, 0);
  const named = slowest.map(
    ({ name, seconds, interval }) => `${name} ${ms(seconds * 1000)} every ${interval} s`,
  );
  return [
    `This needs ${rules} rules including those of the alerts, in ${groups.length} groups that run in parallel. ` +
      `No group takes more than **${(share * 100).toFixed(0)} %** of its interval. The slowest groups: ${named.join(', ')}.`,
  ];
}

const listed = (timings: readonly Timing[]): string =>
  [...new Set(timings.map(({ query }) => `${title(query.dashboard)}: ${query.place}`))].join(', ');

/** Variables and annotations are not panels. */
const isPanel = ({ query }: Timing): boolean => query.width !== undefined;

const title = (uid: string): string => uid.replace('audifi-', '');
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
