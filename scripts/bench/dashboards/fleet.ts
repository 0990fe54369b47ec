import { allJobs } from '../../../components/deployment';
import type { JobName } from '../../../components/services';
import {
  appMetrics,
  collectorMetrics,
  exporterMetrics,
  type Metric,
  monitoringMetrics,
} from '../../../telemetry';
import { labelSets, type Labels } from './labels';

/** A series of a target: its line in `/metrics`, and the course of its value. */
export interface FleetSeries {
  /** `name{label="value",…}` */
  readonly text: string;
  /**
   * A counter increases by its pace per second, a gauge oscillates around it, and a fixed value
   * equals it.
   */
  readonly kind: 'counter' | 'gauge' | 'fixed';
  readonly pace: number;
}

/** Instances of a scrape job in production with about 100,000 active series. @default 1 */
const instances: Readonly<Partial<Record<JobName, number>>> = {
  'api-server': 11,
  'ws-server': 8,
  worker: 6,
  caddy: 2,
  postgres: 2,
  redis: 2,
  node: 12,
  cadvisor: 12,
  promtail: 12,
};

/**
 * Prometheus itself is real, the checks have no targets here, Promtail is the agent, and metrics
 * are not kept for longer.
 */
const notSimulated: readonly string[] = [
  ...['prometheus', 'uptime', 'otel-agent'],
  ...['thanos-sidecar', 'thanos-compactor', 'thanos-store', 'thanos-query', 'thanos-frontend'],
];

/** Instances of each simulated scrape job. */
export const replicas: Readonly<Record<string, number>> = Object.fromEntries(
  allJobs()
    .filter(({ name }) => !notSimulated.includes(name))
    .map(({ name }) => [name, instances[name as JobName] ?? 1]),
);

/** Number of series per target that exporters emit and no rule or panel reads. */
const unread: Readonly<Record<string, number>> = {
  node: 450,
  cadvisor: 600,
  loki: 200,
  promtail: 150,
  postgres: 600,
  redis: 400,
  alertmanager: 500,
  blackbox: 50,
};

/** Jobs by metric, for metrics that are not from AudiFi's own services. */
const emitters = allJobs().flatMap(({ name, metrics = [] }) =>
  metrics.map((prefix) => ({ prefix, job: name })),
);

/** Metrics of the contract for a target of the job. None for Prometheus, which is real. */
function metricsOf(job: string): [string, Metric][] {
  const others = Object.entries<Metric>({
    ...exporterMetrics,
    ...monitoringMetrics,
    ...collectorMetrics,
  });
  return [
    ...Object.entries<Metric>(appMetrics).filter(([, { by }]) => by?.some((s) => s === job)),
    ...others.filter(([name]) =>
      emitters.some((emitter) => emitter.job === job && name.startsWith(emitter.prefix)),
    ),
  ];
}

/** All series of a target of the job. All instances of a job have the same series. Pure. */
export function seriesOf(job: string): FleetSeries[] {
  const known = metricsOf(job).flatMap(([name, metric]) =>
    labelSets(name, metric).flatMap((labels) => expanded(name, metric, labels)),
  );
  const rest = Array.from({ length: unread[job] ?? 0 }, (_, i) => {
    const name = `${job}_further_${Math.floor(i / 50)}`;
    return { text: written(name, { item: `${i % 50}` }), kind: 'counter', pace: 1 } as const;
  });
  return [...known, ...rest];
}

function expanded(name: string, metric: Metric, labels: Labels): FleetSeries[] {
  if (metric.type !== 'histogram') {
    return [{ text: written(name, labels), ...courseOf(name, metric, labels) }];
  }
  const { pace } = courseOf(name, metric, labels);
  const bounds = metric.buckets ?? [];
  const of = (part: string, share: number, le?: string): FleetSeries => ({
    text: written(`${name}_${part}`, le === undefined ? labels : { ...labels, le }),
    kind: 'counter',
    pace: pace * share,
  });
  return [
    ...bounds.map((le, i) => of('bucket', (i + 1) / (bounds.length + 1), `${le}`)),
    of('bucket', 1, '+Inf'),
    of('sum', 1),
    of('count', 1),
  ];
}

const written = (name: string, labels: Labels): string => {
  const inside = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`;
};

/**
 * Deterministic mix of busy and quiet series. Failures are rare, and no value is near its
 * threshold.
 */
function courseOf(
  name: string,
  { unit, type }: Metric,
  labels: Labels,
): Pick<FleetSeries, 'kind' | 'pace'> {
  const values = Object.values(labels);
  const spread = 0.05 + (hash(`${name} ${values.join(' ')}`) % 1_000) / 250;
  if (type !== 'gauge') {
    const rare = values.some((value) => /^5\d\d$|error|fail|timeout|denied|refused/.test(value));
    return { kind: 'counter', pace: rare || unit === 'errors' ? spread / 500 : spread };
  }
  if (unit === 'boolean') return { kind: 'fixed', pace: 1 };
  if (unit === 'unix time') return { kind: 'fixed', pace: name.includes('start') ? 1e9 : 4e9 };
  const roomy = /(max|limit|size|MemTotal|MemAvailable|avail)/.test(name);
  return { kind: 'gauge', pace: roomy ? 1e9 : 20 * spread };
}

/** FNV-1a hash. */
export function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return state;
}

/** Number of series by job over all targets, without those that Prometheus adds. */
export function shares(): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(replicas).map(([job, count]) => [job, count * seriesOf(job).length]),
  );
}
