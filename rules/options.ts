import { reservedJobs, specTargets } from '../components/deployment';
import type { JobName } from '../components/services';
import type { Service } from './model';
import type { RunbookText } from './runbook-text';
import { defaultThresholds, type Thresholds } from './thresholds';

/** What the rules have to know of a stack. Only what is deployed is watched: an alert on what is not there is noise. */
export interface RuleOptions {
  readonly thresholds: Thresholds;
  /** Seconds; the longest of all jobs. Windows are never shorter than four of them. */
  readonly scrapeInterval: number;
  /** AudiFi's own jobs that are scraped. `postgres` and `redis` are their exporters. */
  readonly appJobs: readonly AppJob[];
  /**
   * True: AudiFi has to run, and its absence is an alert from the first minute. False, for a development
   * stack that may run without it: a target or a check has to have been up within the last six hours before
   * its absence is one.
   */
  readonly expectApp: boolean;
  /** Names of the stack's own scrape jobs, e.g. `prometheus`, `node`, `cadvisor`, `blackbox`, `alertmanager`. */
  readonly ownJobs: readonly string[];
  /** External checks; none without the blackbox exporter. */
  readonly checks: readonly UptimeCheck[];
  /** True where Prometheus outlives the machines it watches: a dead one can then be told. */
  readonly manyHosts: boolean;
  /** Undefined when no Alertmanager is deployed. */
  readonly alertmanager?: AlertmanagerOptions;
  /** Samples that Prometheus takes from one target (`sample_limit`). */
  readonly sampleLimit: number;
  /** Size of Prometheus's own volume, where it has one. @default not watched */
  readonly storageBytes?: number;
  /** Room on the way of the traces, where there is one. @default not watched */
  readonly traces?: TraceRoom;
  /** What leaves the stack for targets outside. @default nothing */
  readonly forwarding?: ForwardingOptions;
  /** URL below which `<Alert>.md` is found. */
  readonly runbookBase: string;
  /** What of each runbook travels with its alert. @default nothing */
  readonly runbooks?: Readonly<Record<string, RunbookText>>;
  /** URL of Grafana. */
  readonly dashboardBase: string;
  /** Team of each service. @default those of `teams` */
  readonly owners?: Partial<Record<Service, string>>;
  /**
   * Divides every `for` and every window: 20 makes a minute 3 s. Only for tests against real servers, which
   * cannot wait; a rule is otherwise the same. @default 1
   */
  readonly speedUp?: number;
}

export interface TraceRoom {
  /** Memory limit of the collector. */
  readonly collectorMemoryBytes: number;
  /** What Jaeger's own store may take; undefined where it has none. */
  readonly storageBytes?: number;
}

export interface ForwardingOptions {
  /** The collectors' exporters for targets: values of the label `exporter`. */
  readonly exporters: readonly string[];
  /** Targets that Prometheus writes to: values of the label `remote_name`. */
  readonly remoteWrite: readonly string[];
}

export interface AppJob {
  readonly name: string;
  /** Targets that there have to be. @default 1 */
  readonly targets?: number;
}

export interface UptimeCheck {
  /** Value of the label `check`. */
  readonly name: string;
  readonly url: string;
  /** `http`: answers 2xx. `certificate`: only reads when the certificate ends. */
  readonly kind: 'http' | 'certificate';
  /** Seconds between two checks. */
  readonly interval: number;
}

export interface AlertmanagerOptions {
  /** How many there are; more than one form a cluster. */
  readonly instances: number;
  /** Channels in use, as Alertmanager calls them in the label `integration`. */
  readonly channels: readonly Channel[];
}

export type Channel = 'pagerduty' | 'slack' | 'webhook' | 'email';

/** The jobs that single alerts are about, by a short name. The catalogue says which jobs there are. */
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
  blackbox: 'blackbox',
  uptime: 'uptime',
  grafana: 'grafana',
  loki: 'loki',
  promtail: 'promtail',
  otelAgent: 'otel-agent',
  jaeger: 'jaeger',
  otelCollector: 'otel-collector',
  spanMetrics: 'span-metrics',
} as const satisfies Readonly<Record<string, JobName>>;

/** The spec's stack, with everything deployed and all four checks. */
export const defaultOptions: RuleOptions = {
  thresholds: defaultThresholds,
  scrapeInterval: 15,
  appJobs: Object.keys(specTargets()).map((name) => ({ name })),
  expectApp: true,
  // Promtail is the default agent; the collector takes its place.
  ownJobs: reservedJobs().filter((name) => name !== jobs.otelAgent),
  checks: [
    { name: 'landing-page', url: 'https://audifi.io', kind: 'http', interval: 60 },
    { name: 'app', url: 'https://app.audifi.io', kind: 'http', interval: 60 },
    { name: 'api-health', url: 'https://api.audifi.io/health', kind: 'http', interval: 30 },
    { name: 'ssl-expiry', url: 'https://api.audifi.io', kind: 'certificate', interval: 120 },
  ],
  manyHosts: false,
  alertmanager: { instances: 1, channels: ['pagerduty', 'slack'] },
  sampleLimit: 50_000,
  traces: { collectorMemoryBytes: 512 * 2 ** 20, storageBytes: 10 * 2 ** 30 },
  runbookBase: 'https://runbooks.audifi.io',
  dashboardBase: 'http://grafana:3000',
};
