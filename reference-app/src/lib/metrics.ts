import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';
import { appMetrics, type AppService, type Label, type Metric } from '../../../telemetry';
import { Exemplars } from './exemplars';

type App = typeof appMetrics;
export type AppMetric = keyof App;

/** A value for each label, from its list if it has one. Wrong names or values do not compile. */
type Values<M extends AppMetric> = {
  readonly [L in keyof App[M]['labels']]: App[M]['labels'][L] extends readonly (infer V)[]
    ? V
    : string;
};

/** Metrics without labels have no arguments for them. */
type Args<M extends AppMetric> = keyof App[M]['labels'] extends never ? [] : [labels: Values<M>];

interface Counting<M extends AppMetric> {
  readonly add: (...labels: Args<M>) => void;
  /**
   * Creates the series with value 0. Without it, Prometheus would see no increase if the first
   * sample is 1.
   */
  readonly zero: (...labels: Args<M>) => void;
  /** For totals that the system counts. The function is called at each scrape. */
  readonly read: (total: () => number) => void;
}
interface Setting<M extends AppMetric> {
  readonly set: (value: number, ...labels: Args<M>) => void;
  /** Replaces all series. */
  readonly replace: (series: readonly (readonly [number, ...Args<M>])[]) => void;
  /** Called before each scrape. It must handle its own errors. */
  readonly onScrape: (collect: () => Promise<void> | void) => void;
}
interface Observing<M extends AppMetric> {
  /** If the unit is seconds, adds the active trace as exemplar at intervals. */
  readonly observe: (value: number, ...labels: Args<M>) => void;
}

type Instrument<M extends AppMetric> = App[M]['type'] extends 'counter'
  ? Counting<M>
  : App[M]['type'] extends 'gauge'
    ? Setting<M>
    : Observing<M>;

export interface Metrics {
  readonly service: AppService;
  /** An instrument of the service. Throws if the contract does not assign the metric to it. */
  readonly of: <M extends AppMetric>(name: M) => Instrument<M>;
  /** OpenMetrics text, the only format with exemplars. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** Value for everything beyond the limit of an open label. */
export const otherValue = 'other';

export interface MetricsOptions {
  /** Minimum seconds between two exemplars of a series and bucket. @default 30 */
  readonly exemplarSeconds?: number;
  /** How long the collector waits for the spans of a trace. @default 10 */
  readonly decisionSeconds?: number;
}

/** All instruments of a service: those that the contract declares for it. */
export function createMetrics(
  service: AppService,
  { exemplarSeconds = 30, decisionSeconds = 10 }: MetricsOptions = {},
): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const declared = Object.entries(appMetrics as Readonly<Record<string, Metric>>);
  const made = new Map(
    declared
      .filter(([, metric]) => metric.by?.includes(service))
      .map(([name, metric]) => [
        name,
        instrument(name, metric, registry, new Exemplars(exemplarSeconds, decisionSeconds)),
      ]),
  );
  return {
    service,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    of: <M extends AppMetric>(name: M) => {
      const found = made.get(name);
      if (found === undefined) throw new Error(`${name} is not a metric of ${service}`);
      return found as Instrument<M>;
    },
  };
}

type OpenRegistry = Registry<OpenMetricsContentType>;
type Labels = Readonly<Record<string, string>>;

function instrument(
  name: string,
  metric: Metric,
  registry: OpenRegistry,
  exemplars: Exemplars,
): unknown {
  const { help, labels, buckets = [] } = metric;
  const labelNames = Object.keys(labels);
  const options = { name, help, labelNames, registers: [registry] };
  const guard = new LabelGuard(labels);
  switch (metric.type) {
    case 'counter': {
      const counter = new PromCounter({ ...options, enableExemplars: true });
      const zero = (values: Labels = {}) =>
        counter.inc({ labels: guard.bounded(values), value: 0 });
      for (const series of closedSeries(labels)) zero(series);
      return {
        add: (values: Labels = {}) => {
          const bounded = guard.bounded(values);
          const found = metric.exemplars === true && exemplars.take(seriesKey(bounded));
          counter.inc({ labels: bounded, value: 1, ...(found && { exemplarLabels: found }) });
        },
        zero,
        read: (total: () => number) => readTotal(counter, total),
      };
    }
    case 'gauge': {
      let collect: () => Promise<void> | void = () => undefined;
      const gauge = new PromGauge({ ...options, collect: () => collect() });
      const set = (value: number, values: Labels = {}) => gauge.set(guard.bounded(values), value);
      return {
        set,
        replace: (series: readonly (readonly [number, Labels])[]) => {
          gauge.reset();
          guard.forget();
          for (const [value, values] of series) set(value, values);
        },
        onScrape: (before: typeof collect) => (collect = before),
      };
    }
    case 'histogram': {
      const histogram = new PromHistogram({
        ...options,
        buckets: [...buckets],
        enableExemplars: metric.unit === 'seconds',
      });
      for (const series of closedSeries(labels)) histogram.zero(series);
      return {
        observe: (value: number, values: Labels = {}) => {
          const bounded = guard.bounded(values);
          if (metric.unit === 'seconds') {
            const bucket = buckets.findIndex((bound) => value <= bound);
            const found = exemplars.take(`${seriesKey(bounded)} ${bucket}`);
            histogram.observe({ labels: bounded, value, ...(found && { exemplarLabels: found }) });
          } else histogram.observe(bounded, value);
        },
      };
    }
  }
}

function readTotal(counter: PromCounter, total: () => number): void {
  Object.assign(counter, {
    collect: () => {
      counter.reset();
      counter.inc({ value: total() });
    },
  });
}

const seriesKey = (labels: Labels): string => Object.values(labels).join('\n');

/** All combinations of label values; none if a label is open. */
function closedSeries(labels: Readonly<Record<string, Label>>): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [name, label] of Object.entries(labels)) {
    if (!isClosed(label)) return [];
    series = series.flatMap((known) => label.map((value) => ({ ...known, [name]: value })));
  }
  return series;
}

const isClosed = (label: Label): label is readonly string[] => Array.isArray(label);

/**
 * Enforces the contract's label values. Values beyond the limit of an open label count as `other`.
 * Values that are not in a closed list count as its "other", or as its last value.
 */
class LabelGuard {
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly labels: Readonly<Record<string, Label>>) {}

  bounded(values: Labels): Record<string, string> {
    const bounded: Record<string, string> = {};
    for (const [name, label] of Object.entries(this.labels)) {
      bounded[name] = this.value(name, label, values[name] ?? otherValue);
    }
    return bounded;
  }

  forget(): void {
    this.seen.clear();
  }

  private value(name: string, label: Label, value: string): string {
    if (isClosed(label)) {
      if (label.includes(value)) return value;
      return label.includes(otherValue) ? otherValue : (label.at(-1) ?? otherValue);
    }
    const seen = this.seen.get(name) ?? new Set<string>();
    this.seen.set(name, seen);
    if (value === otherValue || seen.has(value)) return value;
    // One value is reserved for "other" itself.
    if (seen.size >= label.max - 1) return otherValue;
    seen.add(value);
    return value;
  }
}
