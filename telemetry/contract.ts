/**
 * Description of a metric. Rules, dashboards, the application that emits the metric, and the tests
 * of the emitted metrics all use it.
 */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Unit of the value. */
  readonly unit: Unit;
  readonly help: string;
  /**
   * Labels that the emitter sets. Prometheus adds the labels of the target (see `targetLabels`).
   */
  readonly labels: Readonly<Record<string, Label>>;
  /** Maximum number of series per target, including a histogram's buckets, sum and count. */
  readonly budget: number;
  /** Upper bounds of a histogram's buckets, without +Inf. */
  readonly buckets?: readonly number[];
  /**
   * Whether a counter has exemplars, for metrics without a histogram to link to traces. @default
   * false; histograms in seconds have them
   */
  readonly exemplars?: boolean;
  /** The services of AudiFi that emit it; undefined for metrics of exporters. */
  readonly by?: readonly AppService[];
  /** Condition under which it exists, e.g. `a line was rejected`. @default it always exists */
  readonly onlyIf?: string;
}

/** AudiFi's own services, named as their scrape jobs. */
export const appServices = ['api-server', 'ws-server', 'worker'] as const;
export type AppService = (typeof appServices)[number];

export type Unit =
  | 'seconds'
  | 'bytes'
  | 'ratio'
  | 'boolean'
  | 'unix time'
  | 'requests'
  | 'connections'
  | 'messages'
  | 'queries'
  | 'errors'
  | 'samples'
  | 'series'
  | 'alerts'
  | 'targets'
  | 'users'
  | 'sessions'
  | 'votes'
  | 'jobs'
  | 'count';

/** All values that the label may have, or a limit for values from outside. */
export type Label = readonly string[] | OpenLabel;

export interface OpenLabel {
  /** What the values are, and what they must never contain. */
  readonly what: string;
  /** Maximum number of values per target at a time. */
  readonly max: number;
  /** Whether there are series without the label. @default false */
  readonly optional?: boolean;
}

type Labels = Readonly<Record<string, Label>>;

/** Optional properties of a metric. Without labels it has one series. */
interface Spec<L extends Labels> {
  readonly unit: Unit;
  readonly help: string;
  readonly labels?: L;
  readonly exemplars?: boolean;
  /** @default 1, or the series of one histogram */
  readonly budget?: number;
  /** @default not a metric of AudiFi's own services */
  readonly by?: readonly AppService[];
  /** @default it always exists */
  readonly onlyIf?: string;
}

/** A metric with kind and labels as literal types. */
export interface Declared<T extends Metric['type'], L extends Labels> extends Metric {
  readonly type: T;
  readonly labels: L;
}

/**
 * Labels that Prometheus sets by target. All targets have `job` and `instance`. Targets of the
 * stack also have `node` and `container`, and on Kubernetes `namespace` and `pod`. AudiFi's own
 * targets have these if they are discovered as pods. Exporters on one machine share its `node` but
 * never their `instance`: join on `node`.
 */
export const targetLabels = ['job', 'instance', 'node', 'namespace', 'pod', 'container'] as const;

/** A label with values from outside: `what` they are, and their maximum number. */
export const open = (what: string, max: number): OpenLabel => ({ what, max });

/** The same for a label that only some of the series have. */
export const someHave = (what: string, max: number): OpenLabel => ({ what, max, optional: true });

/** A metric without labels has an empty group, although the type allows undefined. */
const labelsOf = <L extends Labels>({ labels }: Spec<L>): L => labels ?? (noLabels as L);
const noLabels: Labels = {};

/** A counter, which only increases and restarts at 0 with its process. */
export function counter<const L extends Labels = Record<never, never>>(
  spec: Spec<L>,
): Declared<'counter', L> {
  return { budget: 1, ...spec, type: 'counter', labels: labelsOf(spec) };
}

/** A gauge, which goes up and down. */
export function gauge<const L extends Labels = Record<never, never>>(
  spec: Spec<L>,
): Declared<'gauge', L> {
  return { budget: 1, ...spec, type: 'gauge', labels: labelsOf(spec) };
}

/** Observations in buckets: `_bucket{le}`, `_sum` and `_count`. */
export function histogram<const L extends Labels = Record<never, never>>(
  spec: Spec<L> & { readonly buckets: readonly number[] },
): Declared<'histogram', L> {
  return {
    budget: seriesOfHistogram(spec.buckets),
    ...spec,
    type: 'histogram',
    labels: labelsOf(spec),
  };
}

/** Series per label combination of a histogram: its buckets, +Inf, sum and count. */
export const seriesOfHistogram = (buckets: readonly number[]): number => buckets.length + 3;
