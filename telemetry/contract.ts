/**
 * How a metric is described. One description serves rules, dashboards, the application that emits the
 * metric and the tests that compare what is emitted with what is promised.
 */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What one unit of the value is. */
  readonly unit: Unit;
  readonly help: string;
  /** Labels that the emitter sets; Prometheus adds those of the target (see `targetLabels`). */
  readonly labels: Readonly<Record<string, Label>>;
  /** Most series that one target may have of it; a histogram's buckets, sum and count are counted. */
  readonly budget: number;
  /** Upper bounds of a histogram's buckets, without +Inf. */
  readonly buckets?: readonly number[];
  /** A counter with exemplars: what has no histogram leads to its traces by this. @default false; histograms of seconds have them */
  readonly exemplars?: boolean;
  /** Which of AudiFi's services emit it; undefined for what exporters emit. */
  readonly by?: readonly AppService[];
}

/** AudiFi's own services, by the name of their scrape job. */
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
  | 'things';

/** Every value that the label may have, or a bound for values that come from outside. */
export type Label = readonly string[] | OpenLabel;

export interface OpenLabel {
  /** What the values are, and what they must never be. */
  readonly what: string;
  /** Most values at a time in one target. */
  readonly max: number;
}

type Labels = Readonly<Record<string, Label>>;

/** What remains to be said of a metric; no labels means one series. */
interface Spec<L extends Labels> {
  readonly unit: Unit;
  readonly help: string;
  readonly labels?: L;
  readonly exemplars?: boolean;
  /** @default 1, or what the buckets of one histogram take */
  readonly budget?: number;
  /** @default not one of AudiFi's own */
  readonly by?: readonly AppService[];
}

/** A metric whose kind and labels the compiler knows exactly. */
export interface Declared<T extends Metric['type'], L extends Labels> extends Metric {
  readonly type: T;
  readonly labels: L;
}

/**
 * Labels that Prometheus sets by the target. `job` and `instance` are on everything; a target of the stack's own also
 * has its `node` and `container`, and on Kubernetes its `namespace` and `pod`. AudiFi's own have them where they are
 * found by their pods. Exporters on one machine share its `node`, never their `instance`: join on `node`.
 */
export const targetLabels = ['job', 'instance', 'node', 'namespace', 'pod', 'container'] as const;

/** A label with values from outside: `what` they are and how many there may be at most. */
export const open = (what: string, max: number): OpenLabel => ({ what, max });

/** No labels are an empty group of them, whatever the type says. */
const labelsOf = <L extends Labels>({ labels }: Spec<L>): L => labels ?? (noLabels as L);
const noLabels: Labels = {};

/** A count that only grows, and starts again at 0 with its process. */
export function counter<const L extends Labels = Record<never, never>>(
  spec: Spec<L>,
): Declared<'counter', L> {
  return { budget: 1, ...spec, type: 'counter', labels: labelsOf(spec) };
}

/** A value that goes up and down. */
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

/** Series of one label combination of a histogram: its buckets, +Inf, sum and count. */
export const seriesOfHistogram = (buckets: readonly number[]): number => buckets.length + 3;
