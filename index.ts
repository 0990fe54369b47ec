import { Alertmanager } from './components/alerting/alertmanager';
import { chooseChannels, integrations } from './components/alerting/channels';
import { Inbox } from './components/alerting/inbox';
import { BlackboxExporter } from './components/metrics/blackbox-exporter';
import { Cadvisor } from './components/metrics/cadvisor';
import { NodeExporter } from './components/metrics/node-exporter';
import { Prometheus } from './components/metrics/prometheus';
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
    image !== undefined && settings.referenceApp
      ? new ReferenceApp('reference-app', {
          platform,
          image,
          environment: settings.environment,
          ports: settings.referenceAppPorts,
        })
      : undefined;
  const inbox =
    image !== undefined && settings.inbox.enabled
      ? new Inbox('inbox', { platform, image, publish: settings.inbox.port })
      : undefined;

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

  const channels = await chooseChannels(settings, inbox?.endpoint);
  const exporters = [nodeExporter?.job, cadvisor?.job, ...(blackbox?.jobs ?? [])];
  const jobs = exporters.filter((job) => job !== undefined);
  const rules = stackRules({
    settings,
    platform,
    jobs: [...jobs.map((job) => job.name), 'alertmanager'],
    channels: integrations(channels),
  });

  const alertmanager = new Alertmanager('alertmanager', {
    platform,
    settings,
    channels,
    inhibitions: rules.inhibitions,
  });

  const prometheus = new Prometheus('prometheus', {
    platform,
    settings,
    jobs: [...jobs, alertmanager.job],
    app: app?.endpoints,
    rules: rules.files,
    alertmanager: alertmanager.endpoint,
  });

  const components = [prometheus, alertmanager, nodeExporter, cadvisor, blackbox, inbox];
  const endpoints = [...components.map((c) => c?.endpoint), ...(app?.endpoints ?? [])];
  return {
    prometheusUrl: prometheus.endpoint.url,
    alertmanagerUrl: alertmanager.endpoint.url,
    alertsGoTo: alertmanager.delivery,
    services: Object.fromEntries(endpoints.flatMap((e) => (e ? [summary(e)] : []))),
  };
};

function summary({ name, host, url, ready }: Endpoint): [string, object] {
  return [name, { host, url, ready }];
}
