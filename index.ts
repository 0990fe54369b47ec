import './components/start-up';
import { Alertmanager } from './components/alerting/alertmanager';
import { chooseChannels, integrations } from './components/alerting/channels';
import { Inbox } from './components/alerting/inbox';
import { Grafana } from './components/grafana/grafana';
import { provisionContents } from './components/grafana/provision';
import { logJobs, Logs } from './components/logs/logs';
import { BlackboxExporter } from './components/metrics/blackbox-exporter';
import { Cadvisor } from './components/metrics/cadvisor';
import { NodeExporter } from './components/metrics/node-exporter';
import { PostgresExporter } from './components/metrics/postgres-exporter';
import { Prometheus } from './components/metrics/prometheus';
import { RedisExporter } from './components/metrics/redis-exporter';
import { ownPostgres, ownRedis } from './components/metrics/servers';
import { stackRules } from './components/metrics/stack-rules';
import { choosePlatform } from './components/platform/choose';
import { referenceAppImage } from './components/reference-app/bundle';
import { ReferenceApp } from './components/reference-app/reference-app';
import { readSettings } from './components/settings';
import type { Endpoint } from './components/workload';

/** The whole stack, top to bottom. Outputs: where each service is, and whether it is ready. */
export = async function main(): Promise<Record<string, unknown>> {
  const settings = readSettings();
  const platform = await choosePlatform(settings);

  const image =
    settings.referenceApp || settings.inbox.enabled ? await referenceAppImage() : undefined;
  const app =
    image && settings.referenceApp
      ? new ReferenceApp('reference-app', { platform, image, settings })
      : undefined;
  const inbox =
    image && settings.inbox.enabled
      ? new Inbox('inbox', { platform, image, publish: settings.inbox.port })
      : undefined;
  const channels = await chooseChannels(settings, inbox?.endpoint);

  const nodeExporter = settings.nodeExporter.enabled
    ? new NodeExporter('node-exporter', { platform })
    : undefined;

  const cadvisor = settings.cadvisor.enabled
    ? new Cadvisor('cadvisor', { platform, publish: settings.cadvisor.port })
    : undefined;

  const blackbox = settings.uptime.enabled
    ? new BlackboxExporter('blackbox-exporter', {
        platform,
        checks: settings.uptime.checks,
        publish: settings.uptime.port,
      })
    : undefined;

  const grafana = settings.grafana.enabled
    ? new Grafana('grafana', { platform, settings })
    : undefined;

  const postgres = ownPostgres(settings) ?? app?.postgres.connection;
  const redis = ownRedis(settings) ?? app?.redis.connection;
  const postgresExporter =
    postgres && new PostgresExporter('postgres-exporter', { platform, connection: postgres });
  const redisExporter =
    redis && new RedisExporter('redis-exporter', { platform, connection: redis });

  const exporters = [
    nodeExporter?.job,
    cadvisor?.job,
    ...(blackbox?.jobs ?? []),
    postgresExporter?.job,
    redisExporter?.job,
    grafana?.job,
  ];
  const jobs = exporters.filter((job) => job !== undefined);
  const rules = stackRules({
    settings,
    platform,
    jobs: [...jobs.map((job) => job.name), 'alertmanager', ...logJobs(settings)],
    channels: integrations(channels),
  });

  const alertmanager = new Alertmanager('alertmanager', {
    platform,
    settings,
    channels,
    inhibitions: rules.inhibitions,
  });

  const logs = settings.logs.enabled
    ? new Logs('logs', {
        platform,
        settings,
        rules: rules.logFiles,
        alertmanager: alertmanager.endpoint,
      })
    : undefined;

  const prometheus = new Prometheus('prometheus', {
    platform,
    settings,
    jobs: [...jobs, alertmanager.job, ...(logs?.jobs ?? [])],
    app: app?.parts.map(({ endpoint }) => endpoint),
    rules: rules.files,
    alertmanager: alertmanager.endpoint,
  });

  const dashboards = await provisionContents(grafana, {
    platform,
    settings,
    prometheus: prometheus.endpoint,
    alertmanager: alertmanager.endpoint,
    loki: logs?.loki,
  });

  const services = [
    ...[prometheus, alertmanager, grafana, nodeExporter, cadvisor, blackbox],
    ...[postgresExporter, redisExporter, inbox],
    ...(app?.parts ?? []),
  ];
  const endpoints = [...services.flatMap((s) => s?.endpoint ?? []), ...(logs?.endpoints ?? [])];
  return {
    prometheusUrl: prometheus.endpoint.url,
    alertmanagerUrl: alertmanager.endpoint.url,
    alertsGoTo: alertmanager.delivery,
    lokiUrl: logs?.loki.url,
    ...dashboards,
    services: Object.fromEntries(endpoints.map(summary)),
  };
};

function summary({ name, host, url, ready }: Endpoint): [string, object] {
  return [name, { host, url, ready }];
}
