import type { ServiceEntry } from './service-entry';
import { appServices } from './services-app';
import {
  agentIs,
  always,
  keepsLongTerm,
  probes,
  readsCluster,
  runsInbox,
  runsReferenceApp,
} from './stack-shape';

/**
 * The catalogue: every service that a stack can have, by workload name. Deployment, scrape jobs,
 * ports, images, reserved names and alerts are derived from it and the settings (deployment.ts).
 * Scrape jobs and rules have the same order.
 */
export const services = {
  ...appServices,
  prometheus: {
    of: 'stack',
    image: 'prometheus',
    ports: { http: 9090 },
    jobs: [{ name: 'prometheus', port: 'http', metrics: ['prometheus_'] }],
    published: { http: ['prometheus', 'port'] },
    replicas: 'prometheus',
    runs: always,
  },
  // A companion of Prometheus.
  'prometheus-sidecar': {
    of: 'stack',
    image: 'thanos',
    ports: { sidecar: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-sidecar', port: 'sidecar', metrics: ['thanos_'] }],
    replicas: 'prometheus',
    runs: keepsLongTerm,
  },
  'thanos-compactor': {
    of: 'stack',
    image: 'thanos',
    ports: { http: 10902 },
    jobs: [{ name: 'thanos-compactor', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-store': {
    of: 'stack',
    image: 'thanos',
    ports: { http: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-store', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-query': {
    of: 'stack',
    image: 'thanos',
    ports: { http: 10902, grpc: 10901 },
    jobs: [{ name: 'thanos-query', port: 'http', metrics: ['thanos_'] }],
    runs: keepsLongTerm,
  },
  'thanos-frontend': {
    of: 'stack',
    image: 'thanos',
    ports: { http: 10902 },
    jobs: [{ name: 'thanos-frontend', port: 'http', metrics: ['thanos_'] }],
    published: { http: ['longTerm', 'port'] },
    runs: keepsLongTerm,
  },
  'node-exporter': {
    of: 'stack',
    image: 'nodeExporter',
    ports: { http: 9100 },
    jobs: [{ name: 'node', port: 'http', metrics: ['node_'] }],
    onHostNetwork: true,
    perNode: true,
    runs: ({ nodeExporter }) => nodeExporter.enabled,
  },
  cadvisor: {
    of: 'stack',
    image: 'cadvisor',
    ports: { http: 8080 },
    jobs: [{ name: 'cadvisor', port: 'http', metrics: ['container_'] }],
    published: { http: ['cadvisor', 'port'] },
    // On Kubernetes the kubelet's cAdvisor is scraped, which has the labels of namespaces and pods.
    builtIn: ({ platform }) => platform === 'kubernetes',
    perNode: true,
    runs: ({ cadvisor }) => cadvisor.enabled,
  },
  // On Docker, volumes are directories of the machine, whose disks the node exporter measures.
  kubelet: {
    of: 'stack',
    ports: { https: 10250 },
    jobs: [{ name: 'kubelet', port: 'https', metrics: ['kubelet_'] }],
    builtIn: always,
    perNode: true,
    kubernetesOnly: true,
    runs: readsCluster,
  },
  'kube-state-metrics': {
    of: 'stack',
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
    kubernetesOnly: true,
    runs: readsCluster,
  },
  'kube-state-metrics-nodes': {
    of: 'stack',
    image: 'kubeStateMetrics',
    ports: { http: 8080, telemetry: 8081 },
    jobs: [
      { name: 'kube-state-metrics-nodes', port: 'http', metrics: ['kube_node_'] },
      {
        name: 'kube-state-metrics-nodes-telemetry',
        port: 'telemetry',
        metrics: ['kube_state_metrics_'],
      },
    ],
    kubernetesOnly: true,
    runs: readsCluster,
  },
  'blackbox-exporter': {
    of: 'stack',
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
    image: 'postgresExporter',
    ports: { http: 9187 },
    jobs: [{ name: 'postgres', port: 'http', metrics: ['pg_'] }],
    target: true,
    runs: (stack) => stack.postgres.host !== undefined || runsReferenceApp(stack),
  },
  'redis-exporter': {
    of: 'stack',
    image: 'redisExporter',
    ports: { http: 9121 },
    jobs: [{ name: 'redis', port: 'http', metrics: ['redis_'] }],
    target: true,
    runs: (stack) => stack.redis.host !== undefined || runsReferenceApp(stack),
  },
  'pgbouncer-exporter': {
    of: 'stack',
    image: 'pgbouncerExporter',
    ports: { http: 9127 },
    jobs: [{ name: 'pgbouncer', port: 'http', metrics: ['pgbouncer_'] }],
    runs: ({ pgbouncer }) => pgbouncer.host !== undefined,
  },
  grafana: {
    of: 'stack',
    image: 'grafana',
    ports: { http: 3000 },
    jobs: [{ name: 'grafana', port: 'http', metrics: ['grafana_'] }],
    published: { http: ['grafana', 'port'] },
    replicas: 'grafana',
    runs: ({ grafana }) => grafana.enabled,
  },
  alertmanager: {
    of: 'stack',
    image: 'alertmanager',
    ports: { http: 9093, cluster: 9094 },
    jobs: [{ name: 'alertmanager', port: 'http', metrics: ['alertmanager_'] }],
    published: { http: ['alertmanager', 'port'] },
    replicas: 'alertmanager',
    runs: always,
  },
  loki: {
    of: 'stack',
    image: 'loki',
    ports: { http: 3100, grpc: 9095, members: 7946 },
    jobs: [{ name: 'loki', port: 'http', metrics: ['loki_'] }],
    published: { http: ['loki', 'port'] },
    replicas: 'loki',
    runs: ({ logs, loki }) => logs.enabled && loki.enabled,
  },
  promtail: {
    of: 'stack',
    image: 'promtail',
    ports: { http: 9080 },
    jobs: [{ name: 'promtail', port: 'http', metrics: ['promtail_', 'audifi_log_'] }],
    perNode: true,
    runs: agentIs('promtail'),
  },
  'otel-agent': {
    of: 'stack',
    image: 'otelCollector',
    ports: { metrics: 8888, health: 13133 },
    jobs: [{ name: 'otel-agent', port: 'metrics', metrics: ['otelcol_'] }],
    perNode: true,
    runs: agentIs('otel'),
  },
  jaeger: {
    of: 'stack',
    image: 'jaeger',
    ports: { query: 16686, grpc: 4317, metrics: 8889, health: 13133 },
    // Jaeger is built on the collector and also exposes collector metrics. These are not scraped.
    jobs: [{ name: 'jaeger', port: 'metrics', metrics: ['jaeger_'] }],
    published: { query: ['jaeger', 'port'] },
    runs: ({ traces, jaeger }) => traces.enabled && jaeger.enabled,
  },
  'otel-collector': {
    of: 'stack',
    image: 'otelCollector',
    ports: { grpc: 4317, http: 4318, peers: 4319, metrics: 8888, spans: 8889, health: 13133 },
    jobs: [
      { name: 'otel-collector', port: 'metrics', metrics: ['otelcol_'] },
      { name: 'span-metrics', port: 'spans', metrics: ['traces_span_metrics_'] },
    ],
    published: { grpc: ['traces', 'otlpGrpcPort'], http: ['traces', 'otlpHttpPort'] },
    replicas: 'traces',
    runs: ({ traces }) => traces.enabled,
  },
  inbox: {
    of: 'stack',
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
