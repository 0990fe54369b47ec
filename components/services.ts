import type { ImageName } from './images';
import type { ParsedSettings } from './settings/schema';

/** The settings that determine a stack's services. For an account, only its presence matters. */
export type StackShape = Pick<
  ParsedSettings,
  | ('platform' | 'network' | 'referenceApp' | 'nodeExporter' | 'cadvisor' | 'uptime' | 'grafana')
  | ('logs' | 'loki' | 'traces' | 'jaeger' | 'longTerm')
> & {
  readonly inbox: Pick<ParsedSettings['inbox'], 'enabled'>;
  readonly postgres: Pick<ParsedSettings['postgres'], 'host'>;
  readonly redis: Pick<ParsedSettings['redis'], 'host'>;
  readonly pgbouncer: Pick<ParsedSettings['pgbouncer'], 'host'>;
  readonly kubernetes: Pick<ParsedSettings['kubernetes'], 'stateMetrics'>;
} & Readonly<Partial<Record<Account, unknown>>>;

/** Settings of the receivers of alerts. */
export const accounts = ['slackWebhookUrl', 'pagerdutyRoutingKey', 'pagerdutyToken'] as const;
type Account = (typeof accounts)[number];

/** Everything about a service that more than one place needs. */
export interface ServiceEntry {
  /** `app`: belongs to AudiFi. `stack`: belongs to this monitoring stack. */
  readonly of: 'app' | 'stack';
  /** Team that owns it: the label `team` of its alerts. */
  readonly team: 'backend' | 'realtime' | 'platform';
  /** Its image, or the base of its image. @default none: it is always `builtIn` */
  readonly image?: ImageName;
  /** Container ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Its scrape jobs. @default none: it has no metrics */
  readonly jobs?: readonly JobEntry[];
  /**
   * True: the first job is one of the specification's targets of AudiFi. It is scraped at
   * `<name>:<port>` by default, even if this stack does not run the service.
   * @default false
   */
  readonly target?: boolean;
  /**
   * Ports on the loopback interface (Docker): port name to the path of the setting. @default none
   */
  readonly published?: Readonly<Record<string, readonly [string, string]>>;
  /**
   * True: the platform provides it. Prometheus scrapes it there (Platform.containerMetrics and
   * volumeMetrics), and the stack does not run it. @default never
   */
  readonly builtIn?: (stack: StackShape) => boolean;
  /** Whether a stack with these settings runs it. */
  readonly runs: (stack: StackShape) => boolean;
}

export interface JobEntry {
  /** Value of the label `job`. */
  readonly name: string;
  /** Name of the port that is scraped. */
  readonly port: string;
  /** @default /metrics */
  readonly path?: string;
  /** Prefixes of its metrics. @default none: it emits AudiFi's own metrics */
  readonly metrics?: readonly string[];
  /** @default whenever the service runs */
  readonly when?: (stack: StackShape) => boolean;
}

/** Not on a joined network: it has the same names as AudiFi's own containers. */
export const runsReferenceApp = ({ referenceApp, platform, network }: StackShape): boolean =>
  referenceApp ?? (platform === 'docker' && network === undefined);

/** What a stack without `uptime.checks` probes. Undefined: nothing. */
export function probedByDefault(stack: StackShape): 'public addresses' | 'app' | undefined {
  if (stack.uptime.public ?? stack.platform === 'kubernetes') return 'public addresses';
  return runsReferenceApp(stack) ? 'app' : undefined;
}

const probes = (stack: StackShape): boolean => {
  const { enabled, checks } = stack.uptime;
  const some = checks === undefined ? probedByDefault(stack) !== undefined : checks.length > 0;
  return enabled && some;
};

/** Shows notifications for receivers that are not configured. */
export const runsInbox = (stack: StackShape): boolean =>
  stack.inbox.enabled ??
  (stack.platform === 'docker' && accounts.every((account) => stack[account] === undefined));

const always = (): boolean => true;
/** Whether facts of the cluster are read. */
const readsCluster = ({ platform, kubernetes }: StackShape): boolean =>
  platform === 'kubernetes' && kubernetes.stateMetrics;
/** Whether metrics are kept longer than in Prometheus. */
const keepsLongTerm = ({ longTerm }: StackShape): boolean => longTerm.store !== 'none';
const agentIs =
  (agent: StackShape['logs']['agent']) =>
  ({ logs }: StackShape): boolean =>
    logs.enabled && logs.agent === agent;

/**
 * The catalogue: every service that a stack can have, by workload name. Deployment, scrape jobs,
 * ports, images, reserved names and alerts are derived from it and the settings (deployment.ts).
 * Scrape jobs and rules have the same order.
 */
export const services = {
  caddy: {
    of: 'app',
    team: 'platform',
    image: 'caddy',
    ports: { http: 8080, metrics: 2019 },
    jobs: [{ name: 'caddy', port: 'metrics', metrics: ['caddy_'] }],
    target: true,
    published: { http: ['referenceAppPorts', 'web'] },
    runs: runsReferenceApp,
  },
  'api-server': {
    of: 'app',
    team: 'backend',
    image: 'node',
    ports: { http: 8080, metrics: 9090 },
    jobs: [{ name: 'api-server', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  'ws-server': {
    of: 'app',
    team: 'realtime',
    image: 'node',
    ports: { http: 8081, metrics: 9091 },
    jobs: [{ name: 'ws-server', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  worker: {
    of: 'app',
    team: 'backend',
    image: 'node',
    ports: { metrics: 9092 },
    jobs: [{ name: 'worker', port: 'metrics' }],
    target: true,
    runs: runsReferenceApp,
  },
  postgres: {
    of: 'app',
    team: 'platform',
    image: 'postgres',
    ports: { postgres: 5432 },
    runs: runsReferenceApp,
  },
  redis: {
    of: 'app',
    team: 'platform',
    image: 'redis',
    ports: { redis: 6379 },
    runs: runsReferenceApp,
  },
  outside: {
    of: 'app',
    team: 'platform',
    image: 'node',
    ports: { http: 8070 },
    runs: runsReferenceApp,
  },
  traffic: {
    of: 'app',
    team: 'platform',
    image: 'node',
    ports: { http: 8079 },
    published: { http: ['referenceAppPorts', 'control'] },
    runs: runsReferenceApp,
  },
  prometheus: {
    of: 'stack',
    team: 'platform',
    image: 'prometheus',
    ports: { http: 9090 },
    jobs: [{ name: 'prometheus', port: 'http', metrics: ['prometheus_'] }],
    published: { http: ['prometheus', 'port'] },
    runs: always,
  },
  // A companion of Prometheus.
  'prometheus-sidecar': {
    of: 'stack',
    team: 'platform',
    image: 'thanos',
    ports: { sidecar: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-sidecar', port: 'sidecar', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-compactor': {
    of: 'stack',
    team: 'platform',
    image: 'thanos',
    ports: { http: 10902 },
    jobs: [{ name: 'thanos-compactor', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-store': {
    of: 'stack',
    team: 'platform',
    image: 'thanos',
    ports: { http: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-store', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-query': {
    of: 'stack',
    team: 'platform',
    image: 'thanos',
    ports: { http: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-query', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-frontend': {
    of: 'stack',
    team: 'platform',
    image: 'thanos',
    ports: { http: 10902 },
    jobs: [{ name: 'thanos-frontend', port: 'http', metrics: ['thanos_'] }],
    published: { http: ['longTerm', 'port'] },
    runs: keepsLongTerm,
  },
  'node-exporter': {
    of: 'stack',
    team: 'platform',
    image: 'nodeExporter',
    ports: { http: 9100 },
    jobs: [{ name: 'node', port: 'http', metrics: ['node_'] }],
    runs: ({ nodeExporter }) => nodeExporter.enabled,
  },
  cadvisor: {
    of: 'stack',
    team: 'platform',
    image: 'cadvisor',
    ports: { http: 8080 },
    jobs: [{ name: 'cadvisor', port: 'http', metrics: ['container_'] }],
    published: { http: ['cadvisor', 'port'] },
    // On Kubernetes the kubelet's cAdvisor is scraped, which has the labels of namespaces and pods.
    builtIn: ({ platform }) => platform === 'kubernetes',
    runs: ({ cadvisor }) => cadvisor.enabled,
  },
  // On Docker, volumes are directories of the machine, whose disks the node exporter measures.
  kubelet: {
    of: 'stack',
    team: 'platform',
    ports: { https: 10250 },
    jobs: [{ name: 'kubelet', port: 'https', metrics: ['kubelet_'] }],
    builtIn: always,
    runs: readsCluster,
  },
  'kube-state-metrics': {
    of: 'stack',
    team: 'platform',
    image: 'kubeStateMetrics',
    ports: { http: 8080, telemetry: 8081 },
    jobs: [
      {
        name: 'kube-state-metrics',
        port: 'http',
        metrics: [
          ...['kube_pod_', 'kube_deployment_', 'kube_statefulset_', 'kube_daemonset_'],
          'kube_persistentvolumeclaim_',
        ],
      },
      {
        name: 'kube-state-metrics-telemetry',
        port: 'telemetry',
        metrics: ['kube_state_metrics_'],
      },
    ],
    runs: readsCluster,
  },
  'kube-state-metrics-nodes': {
    of: 'stack',
    team: 'platform',
    image: 'kubeStateMetrics',
    ports: { http: 8080, telemetry: 8081 },
    jobs: [{ name: 'kube-state-metrics-nodes', port: 'http', metrics: ['kube_node_'] }],
    runs: readsCluster,
  },
  'blackbox-exporter': {
    of: 'stack',
    team: 'platform',
    image: 'blackboxExporter',
    ports: { http: 9115 },
    jobs: [
      { name: 'blackbox', port: 'http' },
      {
        name: 'uptime',
        port: 'http',
        path: '/probe',
        metrics: ['probe_'],
      },
    ],
    published: { http: ['uptime', 'port'] },
    runs: probes,
  },
  'postgres-exporter': {
    of: 'stack',
    team: 'platform',
    image: 'postgresExporter',
    ports: { http: 9187 },
    jobs: [{ name: 'postgres', port: 'http', metrics: ['pg_'] }],
    target: true,
    runs: (stack) => stack.postgres.host !== undefined || runsReferenceApp(stack),
  },
  'redis-exporter': {
    of: 'stack',
    team: 'platform',
    image: 'redisExporter',
    ports: { http: 9121 },
    jobs: [{ name: 'redis', port: 'http', metrics: ['redis_'] }],
    target: true,
    runs: (stack) => stack.redis.host !== undefined || runsReferenceApp(stack),
  },
  'pgbouncer-exporter': {
    of: 'stack',
    team: 'platform',
    image: 'pgbouncerExporter',
    ports: { http: 9127 },
    jobs: [{ name: 'pgbouncer', port: 'http', metrics: ['pgbouncer_'] }],
    runs: ({ pgbouncer }) => pgbouncer.host !== undefined,
  },
  grafana: {
    of: 'stack',
    team: 'platform',
    image: 'grafana',
    ports: { http: 3000 },
    jobs: [{ name: 'grafana', port: 'http', metrics: ['grafana_'] }],
    published: { http: ['grafana', 'port'] },
    runs: ({ grafana }) => grafana.enabled,
  },
  alertmanager: {
    of: 'stack',
    team: 'platform',
    image: 'alertmanager',
    ports: { http: 9093, cluster: 9094 },
    jobs: [{ name: 'alertmanager', port: 'http', metrics: ['alertmanager_'] }],
    published: { http: ['alertmanager', 'port'] },
    runs: always,
  },
  loki: {
    of: 'stack',
    team: 'platform',
    image: 'loki',
    ports: { http: 3100, grpc: 9095, members: 7946 },
    jobs: [{ name: 'loki', port: 'http', metrics: ['loki_'] }],
    published: { http: ['loki', 'port'] },
    runs: ({ logs, loki }) => logs.enabled && loki.enabled,
  },
  promtail: {
    of: 'stack',
    team: 'platform',
    image: 'promtail',
    ports: { http: 9080 },
    jobs: [{ name: 'promtail', port: 'http', metrics: ['promtail_', 'audifi_log_'] }],
    runs: agentIs('promtail'),
  },
  'otel-agent': {
    of: 'stack',
    team: 'platform',
    image: 'otelCollector',
    ports: { metrics: 8888, health: 13133 },
    jobs: [{ name: 'otel-agent', port: 'metrics', metrics: ['otelcol_'] }],
    runs: agentIs('otel'),
  },
  jaeger: {
    of: 'stack',
    team: 'platform',
    image: 'jaeger',
    ports: { query: 16686, grpc: 4317, metrics: 8889, health: 13133 },
    // Jaeger is built on the collector and also exposes collector metrics. These are not scraped.
    jobs: [{ name: 'jaeger', port: 'metrics', metrics: ['jaeger_'] }],
    published: { query: ['jaeger', 'port'] },
    runs: ({ traces, jaeger }) => traces.enabled && jaeger.enabled,
  },
  'otel-collector': {
    of: 'stack',
    team: 'platform',
    image: 'otelCollector',
    ports: { grpc: 4317, http: 4318, metrics: 8888, spans: 8889, health: 13133 },
    jobs: [
      { name: 'otel-collector', port: 'metrics', metrics: ['otelcol_'] },
      { name: 'span-metrics', port: 'spans', metrics: ['traces_span_metrics_'] },
    ],
    published: { grpc: ['traces', 'otlpGrpcPort'], http: ['traces', 'otlpHttpPort'] },
    runs: ({ traces }) => traces.enabled,
  },
  inbox: {
    of: 'stack',
    team: 'platform',
    // Built on the node image, like the reference application.
    image: 'node',
    ports: { http: 8025 },
    published: { http: ['inbox', 'port'] },
    runs: runsInbox,
  },
} as const satisfies Readonly<Record<string, ServiceEntry>>;

export type ServiceName = keyof typeof services;

/** The union of the names of all scrape jobs. */
export type JobName = JobsOf<(typeof services)[ServiceName]>;
type JobsOf<E> = E extends { readonly jobs: readonly { readonly name: infer N }[] } ? N : never;
