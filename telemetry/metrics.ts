import { appMetrics } from './app-metrics';
import { collectorMetrics } from './collector-metrics';
import { type Metric, targetLabels } from './contract';
import { exporterMetrics } from './exporter-metrics';
import { longTermMetrics } from './longterm-metrics';
import { monitoringMetrics } from './monitoring-metrics';
import { recorded } from './recorded';

/** All metrics that this stack uses, by name. */
export const metrics = {
  ...appMetrics,
  ...exporterMetrics,
  ...monitoringMetrics,
  ...collectorMetrics,
  ...longTermMetrics,
};

export type MetricName = keyof typeof metrics;
export type RecordedName = keyof typeof recorded;

type Histogram = {
  [M in MetricName]: (typeof metrics)[M]['type'] extends 'histogram' ? M : never;
}[MetricName];

/** Name of a series in PromQL. A histogram has buckets, a sum and a count. */
export type SeriesName =
  Exclude<MetricName, Histogram> | `${Histogram}_${'bucket' | 'sum' | 'count'}` | RecordedName;

/** The metric of a series: `x_bucket` belongs to `x`. */
type MetricOf<S extends SeriesName> = S extends MetricName
  ? S
  : S extends `${infer H extends Histogram}_${'bucket' | 'sum' | 'count'}`
    ? H
    : never;

type OwnLabels<S extends SeriesName> = (typeof metrics)[MetricOf<S>]['labels'];

/** Labels of a series: its own, `le` of a bucket, and those of its target. */
export type LabelOf<S extends SeriesName> = S extends RecordedName
  ? (typeof recorded)[S]['labels'][number]
  : | Extract<keyof OwnLabels<S>, string>
    | (typeof targetLabels)[number]
    | (S extends `${Histogram}_bucket` ? 'le' : never);

/** Values of a label: from its list if it has one, otherwise any string. */
export type ValueOf<S extends SeriesName, L extends string> = S extends RecordedName
  ? string
  : L extends keyof OwnLabels<S>
    ? OwnLabels<S>[L] extends readonly (infer V extends string)[]
      ? V
      : string
    : string;

/** Description and labels of a series by its name; undefined if it is unknown. */
export function describeSeries(
  name: string,
): { readonly metric?: Metric; readonly labels: readonly string[] } | undefined {
  if (Object.hasOwn(recorded, name)) return recorded[name as RecordedName];
  const [base = name, part] = splitHistogram(name);
  if (!Object.hasOwn(metrics, base)) return undefined;
  const metric: Metric = metrics[base as MetricName];
  if ((metric.type === 'histogram') !== (part !== undefined)) return undefined;
  const labels = [...Object.keys(metric.labels), ...(part === 'bucket' ? ['le'] : [])];
  return { metric, labels: [...new Set([...labels, ...targetLabels])] };
}

function splitHistogram(name: string): [string] | [string, string] {
  const [, base = '', part = ''] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? [];
  return Object.hasOwn(metrics, base) ? [base, part] : [name];
}
