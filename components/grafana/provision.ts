import type * as pulumi from '@pulumi/pulumi';
import type { DashboardOptions } from '../../dashboards';
import { exporterOf } from '../forwarding/exporters-config';
import { otlpTargets } from '../forwarding/targets-config';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { readsCluster } from '../stack-shape';
import { durationSeconds } from '../units';
import { type Endpoint, only } from '../workload';
import type { Grafana } from './grafana';

export interface ProvisionArgs {
  readonly platform: Platform;
  readonly settings: Settings;
  readonly prometheus: Endpoint;
  readonly alertmanager: Endpoint;
  /** @default not deployed */
  readonly loki?: Endpoint;
  /** @default not deployed */
  readonly jaeger?: Endpoint;
}

/** Outputs of the stack about Grafana. */
export interface GrafanaOutputs {
  /** Status of the dashboards, for the output. */
  readonly dashboards: string;
  readonly grafanaUrl?: string;
  /** Password of the user admin; secret. */
  readonly grafanaAdminPassword?: pulumi.Output<string>;
}

/**
 * Provisions data sources and dashboards once Grafana is ready. Loads the provider's SDK only here,
 * so that a stack without Grafana needs neither the SDK nor its plugin.
 */
export async function provisionContents(
  grafana: Grafana | undefined,
  args: ProvisionArgs,
): Promise<GrafanaOutputs> {
  if (grafana === undefined) return { dashboards: 'none: grafana.enabled is false' };
  const { platform, settings, prometheus, alertmanager, loki, jaeger } = args;
  const asked = [prometheus, alertmanager, loki, jaeger && only(jaeger, 'query')].filter(
    (endpoint) => endpoint !== undefined,
  );
  platform.connect(grafana.endpoint, asked, { parent: grafana });
  const login = { grafanaUrl: grafana.url, grafanaAdminPassword: grafana.adminPassword };
  const { GrafanaContents } = await import('./contents');
  new GrafanaContents('grafana-contents', {
    apiUrl: grafana.apiUrl,
    adminPassword: grafana.adminPassword,
    // An external database outlives the stack.
    storedIn: settings.grafana.database === undefined ? grafana : undefined,
    dashboards: dashboardOptions(settings, {
      loki: loki !== undefined,
      jaeger: jaeger !== undefined,
    }),
    prometheus,
    alertmanager,
    loki,
    jaeger,
    jaegerBasePath: settings.jaeger.basePath,
    scrapeInterval: longestInterval(settings),
    longTerm: settings.longTerm.store !== 'none',
  });
  return { dashboards: 'provisioned', ...login };
}

/** Options of the dashboards for a stack. */
export function dashboardOptions(
  settings: Settings,
  deployed: Pick<DashboardOptions, 'loki' | 'jaeger'>,
): DashboardOptions {
  const { environment, alerts, logs, slo, uptime, longTerm, forwarding } = settings;
  return {
    environment,
    thresholds: alerts.thresholds,
    slo,
    checks: uptime.enabled,
    runbookBase: alerts.runbookBase.replace(/\/$/, ''),
    logAgent: logs.agent,
    forwarding: otlpTargets(forwarding).map(exporterOf),
    longTerm: longTerm.store !== 'none',
    cluster: readsCluster(settings),
    ...deployed,
  };
}

/** In seconds. */
function longestInterval({ prometheus, targets }: Settings): number {
  const own = Object.values(targets).flatMap(({ enabled, interval }) =>
    enabled && interval !== undefined ? [interval] : [],
  );
  return Math.max(...[prometheus.scrapeInterval, ...own].map((text) => durationSeconds(text) ?? 0));
}
