import {
  type AppService,
  appServices,
  type Label,
  type Metric,
  metrics as allMetrics,
  targetLabels,
} from '../../telemetry';
import { allJobs } from '../../components/deployment';
import type { Labels } from '../running/prometheus';
import { type Difference, some } from './difference';

type Metrics = Readonly<Record<string, Metric>>;
const contract: Metrics = allMetrics;

/** Current series of one scrape job. */
export interface JobSeries {
  readonly job: string;
  readonly series: readonly Labels[];
}

const parts = /_(bucket|sum|count)$/;

/** Series that Prometheus itself adds for a target or a rule. */
const made = /^(up|scrape_.*|ALERTS|ALERTS_FOR_STATE|.*:.*)$/;

/** Name of the metric of a series: `x_bucket` belongs to the histogram `x`. */
export function metricOf(series: string, known: Metrics = contract): string {
  const base = series.replace(parts, '');
  return known[base]?.type === 'histogram' ? base : series;
}

const isAppService = (job: string): job is AppService =>
  (appServices as readonly string[]).includes(job);

/** Metrics of the contract that a job emits. */
export function metricsOf(job: string, known: Metrics = contract): string[] {
  const prefixes = allJobs().find(({ name }) => name === job)?.metrics ?? [];
  return Object.entries(known)
    .filter(([name, { by }]) =>
      isAppService(job)
        ? by?.includes(job) === true
        : by === undefined && prefixes.some((prefix) => name.startsWith(prefix)),
    )
    .map(([name]) => name);
}

/** Selector of a job's series: all for AudiFi's services, for others only the contract's. */
export function selectorOf(job: string): string | undefined {
  const own = `job=${JSON.stringify(job)}`;
  if (isAppService(job)) return `{${own}}`;
  const names = metricsOf(job);
  if (names.length === 0) return undefined;
  const series = names.flatMap((name) =>
    contract[name]?.type === 'histogram' ? [`${name}_(bucket|sum|count)`] : [name],
  );
  return `{${own},__name__=~"${series.join('|')}"}`;
}

/**
 * Differences of one job's series: metrics, their types, labels and values, and the limits of both.
 *
 * @param types type by metric, as targets declare it
 */
export function metricDifferences(
  { job, series }: JobSeries,
  types: ReadonlyMap<string, string>,
  known: Metrics = contract,
): Difference[] {
  const byMetric = new Map<string, Labels[]>();
  for (const labels of series) {
    const name = labels['__name__'] ?? '';
    if (made.test(name)) continue;
    const metric = metricOf(name, known);
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), labels]);
  }
  const promised = metricsOf(job, known);
  const differences = promised
    .filter((name) => !byMetric.has(name))
    .map((name): Difference => {
      const condition = known[name]?.onlyIf;
      return condition === undefined
        ? broken(`${name} is missing on ${job}`)
        : unseen(`${name} of ${job}; it exists only if ${condition}`);
    });
  for (const [name, found] of byMetric) {
    const metric = known[name];
    if (metric === undefined || !promised.includes(name)) {
      differences.push(broken(`${name} of ${job} is not in the contract`));
      continue;
    }
    differences.push(...ofMetric({ name, job, metric, found, type: types.get(name) }).map(broken));
  }
  return differences;
}

const broken = (text: string): Difference => ({ signal: 'metrics', kind: 'broken', text });
const unseen = (text: string): Difference => ({ signal: 'metrics', kind: 'unseen', text });

interface Found {
  readonly name: string;
  readonly job: string;
  readonly metric: Metric;
  readonly found: readonly Labels[];
  readonly type?: string;
}

function ofMetric(one: Found): string[] {
  const { name, job, metric, found, type } = one;
  const texts: string[] = [];
  // Third-party exporters declare some of their counters as gauges.
  if (metric.by !== undefined && type !== undefined && type !== metric.type) {
    texts.push(`${name} of ${job} is a ${type}, but a ${metric.type} in the contract`);
  }
  const known = [...Object.keys(metric.labels), ...targetLabels, '__name__'];
  const extra = new Set(found.flatMap((labels) => Object.keys(labels)));
  for (const label of extra) {
    if (known.includes(label) || (label === 'le' && metric.type === 'histogram')) continue;
    texts.push(`label ${label} of ${name} (${job}) is not in the contract`);
  }
  for (const [label, allowed] of Object.entries(metric.labels)) {
    texts.push(...ofLabel(one, label, allowed));
  }
  texts.push(...ofBuckets(one), ...ofBudget(one));
  return texts;
}

function ofLabel({ name, job, found }: Found, label: string, allowed: Label): string[] {
  const without = found.filter((labels) => labels[label] === undefined).length;
  const optional = 'max' in allowed ? allowed.optional === true : allowed.includes('');
  const of = `of ${name} (${job})`;
  const texts =
    without > 0 && !optional
      ? [`label ${label} ${of} is missing on ${without} of ${found.length} series`]
      : [];
  if (!('max' in allowed)) {
    const strange = found
      .flatMap((labels) => labels[label] ?? [])
      .filter((v) => !allowed.includes(v));
    if (strange.length > 0)
      texts.push(`label ${label} ${of} has values that are not allowed: ${some(strange)}`);
    return texts;
  }
  for (const [instance, labels] of byInstance(found)) {
    const values = new Set(labels.flatMap((one) => one[label] ?? []));
    if (values.size > allowed.max) {
      texts.push(
        `label ${label} ${of} has ${values.size} values on ${instance}; at most ${allowed.max} are allowed`,
      );
    }
  }
  return texts;
}

/** Bounds as numbers: Prometheus writes `1` as `1.0`. */
function ofBuckets({ name, job, metric, found }: Found): string[] {
  if (metric.buckets === undefined) return [];
  const bounds = new Set(found.flatMap(({ le }) => (le === undefined ? [] : Number(le))));
  if (bounds.size === 0) return [`${name} of ${job} is not a histogram with buckets`];
  const missing = metric.buckets.filter((bound) => !bounds.has(bound));
  const more = [...bounds].filter((b) => Number.isFinite(b) && !metric.buckets?.includes(b));
  if (missing.length + more.length === 0) return [];
  const words = [
    ...(missing.length > 0 ? [`without ${missing.join(', ')}`] : []),
    ...(more.length > 0 ? [`with ${more.join(', ')}`] : []),
  ];
  return [`buckets of ${name} (${job}) differ: ${words.join(' and ')}`];
}

function ofBudget({ name, job, metric, found }: Found): string[] {
  return [...byInstance(found)]
    .filter(([, labels]) => labels.length > metric.budget)
    .map(
      ([instance, labels]) =>
        `${name} of ${job} has ${labels.length} series on ${instance}; at most ${metric.budget} are allowed`,
    );
}

function byInstance(found: readonly Labels[]): ReadonlyMap<string, Labels[]> {
  const groups = new Map<string, Labels[]>();
  for (const labels of found) {
    const key = labels['instance'] ?? '';
    groups.set(key, [...(groups.get(key) ?? []), labels]);
  }
  return groups;
}
