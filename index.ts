import { requestsSent } from './components/start-up';
import { Alertmanager } from './components/alerting/alertmanager';
import { chooseChannels, integrations } from './components/alerting/channels';
import { Inbox, inboxImage } from './components/alerting/inbox';
import { Grafana } from './components/grafana/grafana';
import { provisionContents } from './components/grafana/provision';
import { deploymentOf } from './components/deployment';
import {
  LongTermQuery,
  LongTermStorage,
  queryDiscoveries,
  thanosSidecar,
} from './components/longterm/longterm';
import { Logs } from './components/logs/logs';
import { BlackboxExporter } from './components/metrics/blackbox-exporter';
import { Cadvisor } from './components/metrics/cadvisor';
import { KubeStateMetrics, readNamespaces } from './components/metrics/kube-state-metrics';
import { NodeExporter } from './components/metrics/node-exporter';
import { PgbouncerExporter } from './components/metrics/pgbouncer-exporter';
import { PostgresExporter } from './components/metrics/postgres-exporter';
import { Prometheus } from './components/metrics/prometheus';
import { RedisExporter } from './components/metrics/redis-exporter';
import { scrapeJobs } from './components/metrics/scrape-jobs-config';
import { ownServer } from './components/metrics/servers';
import { stackRules } from './components/metrics/stack-rules';
import { choosePlatform } from './components/platform/choose';
import { referenceAppImage } from './components/reference-app/bundle';
import { ReferenceApp } from './components/reference-app/reference-app';
import { readSettings } from './components/settings';
import { Traces } from './components/traces/traces';
import { monitorsOutside } from './components/uptime/outside';
import type { Endpoint } from './components/workload';

/** The whole stack. Outputs: the URL of each service, and whether it is ready. */
export = async function main(): Promise<Record<string, unknown>> {
  const settings = readSettings();
  const stack = deploymentOf(settings);
  const platform = await choosePlatform(settings);

  const runsApp = stack.has('api-server');
  const image = runsApp ? await referenceAppImage() : undefined;
  const inbox = stack.has('inbox')
    ? new Inbox('inbox', { platform, image: await inboxImage(), publish: settings.inbox.port })
    : undefined;
  const outside = await monitorsOutside(settings);
  const channels = await chooseChannels(settings, inbox?.endpoint, outside?.heartbeat);

  const rules = stackRules({
    settings,
    platform,
    jobs: stack.jobs.map(({ name }) => name),
    channels: integrations(channels),
  });

  // The pauses let the engine and its plugins work while the program computes the rest.
  await requestsSent();
  const alertmanager = new Alertmanager('alertmanager', {
    platform,
    settings,
    channels,
    inhibitions: rules.inhibitions,
  });

  const logs =
    stack.has('promtail') || stack.has('otel-agent')
      ? new Logs('logs', {
          platform,
          settings,
          rules: rules.logFiles,
          alertmanager: alertmanager.endpoint,
        })
      : undefined;

  await requestsSent();
  const traces = stack.has('otel-collector')
    ? new Traces('traces', { platform, settings, loki: logs?.loki })
    : undefined;

  await requestsSent();
  const app =
    image && runsApp
      ? new ReferenceApp('reference-app', {
          platform,
          image,
          settings,
          otlpEndpoint: traces?.collector,
        })
      : undefined;

  await requestsSent();
  const nodeExporter = stack.has('node-exporter')
    ? new NodeExporter('node-exporter', { platform, port: settings.nodeExporter.port })
    : undefined;

  const cadvisor = stack.has('cadvisor')
    ? new Cadvisor('cadvisor', { platform, publish: settings.cadvisor.port })
    : undefined;

  // Workloads with access to the host, which have a namespace of their own, are deployed by now.
  const namespaces = readNamespaces(settings, platform.namespaces);
  const kubeStateMetrics = stack.has('kube-state-metrics')
    ? new KubeStateMetrics('kube-state-metrics', { platform, namespaces })
    : undefined;

  const blackbox = stack.has('blackbox-exporter')
    ? new BlackboxExporter('blackbox-exporter', {
        platform,
        checks: settings.uptime.checks,
        publish: settings.uptime.port,
      })
    : undefined;

  const longTerm = stack.has('thanos-store')
    ? new LongTermStorage('longterm', { platform, settings })
    : undefined;

  const grafana = stack.has('grafana') ? new Grafana('grafana', { platform, settings }) : undefined;

  const postgres = ownServer(settings, 'postgres') ?? app?.postgres.connection;
  const redis = ownServer(settings, 'redis') ?? app?.redis.connection;
  const postgresExporter =
    postgres && new PostgresExporter('postgres-exporter', { platform, connection: postgres });
  const redisExporter =
    redis && new RedisExporter('redis-exporter', { platform, connection: redis });
  const pgbouncer = ownServer(settings, 'pgbouncer');
  const pgbouncerExporter =
    pgbouncer && new PgbouncerExporter('pgbouncer-exporter', { platform, connection: pgbouncer });

  await requestsSent();
  const endpoints = endpointsOf(
    ...[alertmanager, grafana, nodeExporter, cadvisor, blackbox, postgresExporter, redisExporter],
    pgbouncerExporter,
    ...[inbox, ...(app?.parts ?? []), ...(logs?.parts ?? []), ...(traces?.parts ?? [])],
    ...(longTerm?.parts ?? []),
    ...(kubeStateMetrics?.parts ?? []),
  );
  const prometheus = new Prometheus('prometheus', {
    platform,
    settings,
    jobs: scrapeJobs({
      ...{ jobs: stack.jobs, endpoints, settings, namespaces },
      discoveries: {
        cadvisor: platform.containerMetrics,
        kubelet: platform.volumeMetrics,
        ...(longTerm && queryDiscoveries(platform)),
      },
    }),
    app: app?.parts.map(({ endpoint }) => endpoint),
    rules: rules.files,
    alertmanager: alertmanager.endpoint,
    uploader: longTerm && thanosSidecar(settings, platform, longTerm.compactor),
  });
  await requestsSent();
  const longTermQuery =
    longTerm &&
    new LongTermQuery('longterm-query', {
      platform,
      settings,
      prometheus: prometheus.endpoint,
      store: longTerm.store,
    });

  traces?.readSpanMetricsFrom(prometheus.endpoint);

  const dashboards = await provisionContents(grafana, {
    platform,
    settings,
    prometheus: longTermQuery?.frontend ?? prometheus.endpoint,
    alertmanager: alertmanager.endpoint,
    loki: logs?.loki,
    jaeger: traces?.jaeger?.endpoint,
  });

  return withoutUndefined({
    prometheusUrl: prometheus.endpoint.url,
    alertmanagerUrl: alertmanager.endpoint.url,
    alertsGoTo: alertmanager.delivery,
    lokiUrl: logs?.loki?.url,
    jaegerUrl: traces?.jaeger?.url,
    ...dashboards,
    services: Object.fromEntries(
      [
        ...[prometheus.endpoint, ...Object.values(endpoints)],
        ...Object.values(prometheus.endpoint.companions ?? {}),
        ...(longTermQuery?.parts ?? []).map(({ endpoint }) => endpoint),
      ].map((e) => [e.name, { host: e.host, url: e.url, ready: platform.ready(e) }]),
    ),
  });
};

/** The engine warns about each undefined output. */
const withoutUndefined = (outputs: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));

/** The deployed services, by name. */
function endpointsOf(
  ...parts: readonly ({ readonly endpoint: Endpoint } | undefined)[]
): Record<string, Endpoint> {
  const endpoints = parts.flatMap((part) => part?.endpoint ?? []);
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint.name, endpoint]));
}
