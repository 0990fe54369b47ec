import { jobsWith, reservedJobs, specTargets } from '../components/deployment';
import type { JobName } from '../components/services';
import type { DataBudget } from './data-sizes';
import type { Service } from './model';
import type { RunbookText } from './runbook-text';
import { day } from './seconds';
import { defaultSlos, type SloSettings } from './slo-schema';
import { defaultThresholds, type Thresholds } from './thresholds';

/**
 * Properties of a stack that the rules depend on. There are only alerts on deployed components,
 * because any other alert would be noise.
 */
export interface RuleOptions {
  readonly thresholds: Thresholds;
  /** Objectives, and the days over which their budgets are counted. */
  readonly slo: SloSettings;
  /** Seconds for which Prometheus keeps its data. */
  readonly retention: number;
  /** Longest scrape interval of all jobs in seconds. Windows are at least four times as long. */
  readonly scrapeInterval: number;
  /** Jobs of AudiFi that are scraped. `postgres` and `redis` are their exporters. */
  readonly appJobs: readonly AppJob[];
  /**
   * Whether AudiFi must run. If true, a missing target fires an alert from the first minute. If
   * false, for a development stack that may run without AudiFi, only a target or check that was up
   * in the last six hours does.
   */
  readonly expectApp: boolean;
  /**
   * Names of the stack's own scrape jobs, e.g. `prometheus`, `node`, `cadvisor`, `blackbox`,
   * `alertmanager`.
   */
  readonly ownJobs: readonly string[];
  /** Instances of these jobs where there is more than one. Alertmanager has its own option. */
  readonly replicas: Readonly<Record<string, number>>;
  /** External checks; none without the blackbox exporter. */
  readonly checks: readonly UptimeCheck[];
  /** Whether Prometheus monitors other machines and so can report a failed one. */
  readonly manyHosts: boolean;
  /** Undefined if no Alertmanager is deployed. */
  readonly alertmanager?: AlertmanagerOptions;
  /** Maximum number of samples per target (`sample_limit`). */
  readonly sampleLimit: number;
  /** Size of Prometheus's own volume. @default no alert on it */
  readonly storageBytes?: number;
  /** Sizes that the data of each kind may have. @default none */
  readonly budgets?: readonly DataBudget[];
  /** Capacities of the trace pipeline. @default no alerts on it */
  readonly traces?: TraceRoom;
  /** Forwarding to targets outside the stack. @default none */
  readonly forwarding?: ForwardingOptions;
  /** Base URL of the runbooks, to which `<Alert>.md` is added. */
  readonly runbookBase: string;
  /** Parts of each runbook that its alert carries. @default none */
  readonly runbooks?: Readonly<Record<string, RunbookText>>;
  /** URL of Grafana. */
  readonly dashboardBase: string;
  /** Team of each service. @default those of `teams` */
  readonly owners?: Partial<Record<Service, string>>;
  /**
   * Divides every `for` and every window: with 20, a minute becomes 3 s. Only for tests on real
   * servers, which cannot wait. Everything else in a rule stays the same. @default 1
   */
  readonly speedUp?: number;
}

export interface TraceRoom {
  /** Memory limit of the collector. */
  readonly collectorMemoryBytes: number;
  /** Size of Jaeger's own storage; undefined if Jaeger stores traces elsewhere. */
  readonly storageBytes?: number;
}

export interface ForwardingOptions {
  /** Exporters of the collectors for the targets: values of the label `exporter`. */
  readonly exporters: readonly string[];
  /** Targets of remote_write: values of the label `remote_name`. */
  readonly remoteWrite: readonly string[];
}

export interface AppJob {
  readonly name: string;
  /** Expected number of targets. @default 1 */
  readonly targets?: number;
  /** Whether the targets are discovered, so that their number is not known. @default false */
  readonly isDiscovered?: boolean;
}

export interface UptimeCheck {
  /** Value of the label `check`. */
  readonly name: string;
  readonly url: string;
  /**
   * `http`: the URL must answer with 2xx. `certificate`: reads only the certificate's expiry date.
   */
  readonly kind: 'http' | 'certificate';
  /** Seconds between two checks. */
  readonly interval: number;
}

export interface AlertmanagerOptions {
  /** Number of instances. More than one form a cluster. */
  readonly instances: number;
  /** Receiver types in use, as in Alertmanager's label `integration`. */
  readonly channels: readonly Channel[];
  /** Longest `group_interval` of all routes in seconds. */
  readonly longestGroupInterval: number;
}

export type Channel = 'pagerduty' | 'slack' | 'webhook';

/** Short names for jobs that individual alerts refer to. The catalogue defines which jobs exist. */
export const jobs = {
  api: 'api-server',
  ws: 'ws-server',
  worker: 'worker',
  caddy: 'caddy',
  postgres: 'postgres',
  redis: 'redis',
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
  node: 'node',
  cadvisor: 'cadvisor',
  kubelet: 'kubelet',
  kubeObjects: 'kube-state-metrics',
  kubeTelemetry: 'kube-state-metrics-telemetry',
  kubeNodes: 'kube-state-metrics-nodes',
  kubeNodesTelemetry: 'kube-state-metrics-nodes-telemetry',
  blackbox: 'blackbox',
  uptime: 'uptime',
  grafana: 'grafana',
  loki: 'loki',
  promtail: 'promtail',
  otelAgent: 'otel-agent',
  jaeger: 'jaeger',
  otelCollector: 'otel-collector',
  spanMetrics: 'span-metrics',
  thanosSidecar: 'thanos-sidecar',
  thanosCompactor: 'thanos-compactor',
  thanosStore: 'thanos-store',
} as const satisfies Readonly<Record<string, JobName>>;

/** Jobs that only a stack on Kubernetes has. */
export const kubernetesJobs = jobsWith('kubernetesOnly');

const gibibyte = 2 ** 30;

/** Options for the spec's stack, with all components and all four checks. */
export const defaultOptions: RuleOptions = {
  thresholds: defaultThresholds,
  slo: defaultSlos,
  retention: 15 * 86_400,
  scrapeInterval: 15,
  appJobs: Object.keys(specTargets()).map((name) => ({ name })),
  expectApp: true,
  // Promtail is the default agent. The collector would replace it.
  ownJobs: reservedJobs().filter(
    (name) => name !== jobs.otelAgent && !kubernetesJobs.includes(name),
  ),
  replicas: {},
  checks: [
    { name: 'landing-page', url: 'https://audifi.io', kind: 'http', interval: 60 },
    { name: 'app', url: 'https://app.audifi.io', kind: 'http', interval: 60 },
    { name: 'api-health', url: 'https://api.audifi.io/health', kind: 'http', interval: 30 },
    { name: 'ssl-expiry', url: 'https://api.audifi.io', kind: 'certificate', interval: 120 },
  ],
  manyHosts: false,
  alertmanager: { instances: 1, channels: ['pagerduty', 'slack'], longestGroupInterval: 600 },
  sampleLimit: 50_000,
  traces: { collectorMemoryBytes: 512 * 2 ** 20, storageBytes: 10 * 2 ** 30 },
  budgets: [
    { data: 'metrics', bytes: 8 * gibibyte, kept: [15 * day] },
    { data: 'longTerm', bytes: 5 * gibibyte, kept: [15 * day, 365 * day, 365 * day] },
    { data: 'uptime', bytes: 100 * 2 ** 20, kept: [365 * day, 365 * day] },
    { data: 'errorLogs', bytes: 10 * gibibyte, kept: [90 * day, 90 * day] },
    { data: 'infoLogs', bytes: 20 * gibibyte, kept: [14 * day, 14 * day] },
    { data: 'traces', bytes: 5 * gibibyte, kept: [7 * day] },
  ],
  runbookBase: 'https://runbooks.audifi.io',
  dashboardBase: 'http://grafana:3000',
};

/** Configured number of instances of one of the stack's own jobs. */
export function instancesOf({ alertmanager, replicas }: RuleOptions, job: string): number {
  return job === jobs.alertmanager ? (alertmanager?.instances ?? 1) : (replicas[job] ?? 1);
}
