import type { Endpoint } from './components/workload';
import { BlackboxExporter } from './components/metrics/blackbox-exporter';
import { Cadvisor } from './components/metrics/cadvisor';
import { NodeExporter } from './components/metrics/node-exporter';
import { Prometheus } from './components/metrics/prometheus';
import { choosePlatform } from './components/platform/choose';
import { readSettings } from './components/settings';

/** The whole stack, top to bottom. Outputs: where each service is, and whether it is ready. */
export = async function main(): Promise<Record<string, unknown>> {
  const settings = readSettings();
  const platform = await choosePlatform(settings);

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

  const prometheus = new Prometheus('prometheus', {
    platform,
    settings,
    jobs: [nodeExporter?.job, cadvisor?.job, ...(blackbox?.jobs ?? [])].filter(
      (j) => j !== undefined,
    ),
  });

  const endpoints = [prometheus, nodeExporter, cadvisor, blackbox].flatMap(
    (c) => c?.endpoint ?? [],
  );
  return {
    prometheusUrl: prometheus.endpoint.url,
    services: Object.fromEntries(endpoints.map(summary)),
  };
};

function summary({ name, host, url, ready }: Endpoint): [string, object] {
  return [name, { host, url, ready }];
}
