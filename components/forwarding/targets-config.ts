import { sizeMiB } from '../units';
import type { ParsedForwarding } from './settings-schema';

/**
 * Names of the targets: in exporters, in the labels of their metrics, in files and network
 * policies.
 */
export type TargetName = 'grafana-cloud' | 'new-relic' | 'sentry' | 'datadog';

/** Top-level settings with the keys of the targets. */
export type TargetSecret = Exclude<keyof ParsedForwarding, 'forwarding'>;

/** Selects the lines that are forwarded. */
export interface LineFilter {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** Values of the label `job`. Empty: all. */
  readonly jobs: readonly string[];
}

/** A target that accepts OTLP over HTTP. */
export interface OtlpTarget {
  readonly name: TargetName;
  /** Base URL. The exporter appends `/v1/traces` and the like. */
  readonly endpoint: string;
  readonly secret: TargetSecret;
  /** How the key is sent: as the password of a user, or in a header after a prefix. */
  readonly auth: { readonly user: string } | { readonly header: string; readonly before: string };
  /** Additional headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** @default no lines */
  readonly logs?: LineFilter;
  readonly traces: boolean;
  /** Whether the target gets span metrics, with delta temporality. */
  readonly spanMetrics: boolean;
}

/** A target that accepts Prometheus remote_write. */
export interface RemoteWriteTarget {
  readonly name: TargetName;
  readonly url: string;
  readonly secret: TargetSecret;
  /**
   * User for basic authentication, with the key as password. @default none: the key is a bearer
   * token
   */
  readonly user?: string;
  /** Regular expressions for whole metric names. */
  readonly metrics: readonly string[];
}

type Forwarding = ParsedForwarding['forwarding'];

const filterOf = (group: {
  readonly logs: boolean;
  readonly logLevel: LineFilter['level'];
  readonly logJobs: readonly string[];
}): Pick<OtlpTarget, 'logs'> =>
  group.logs ? { logs: { level: group.logLevel, jobs: group.logJobs } } : {};

/** All targets of lines, traces or span metrics in the settings. */
export function otlpTargets(forwarding: Forwarding): readonly OtlpTarget[] {
  const { grafanaCloud, newRelic, sentry, datadog } = forwarding;
  const all: (OtlpTarget | undefined)[] = [
    grafanaCloud && {
      name: 'grafana-cloud',
      endpoint: grafanaCloud.otlpUrl ?? '',
      secret: 'grafanaCloudToken',
      auth: { user: String(grafanaCloud.instanceId) },
      headers: {},
      ...filterOf(grafanaCloud),
      ...{ traces: grafanaCloud.traces, spanMetrics: false },
    },
    // See https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/
    newRelic && {
      name: 'new-relic',
      endpoint: newRelic.otlpUrl ?? newRelicHosts[newRelic.region].otlp,
      secret: 'newRelicLicenseKey',
      auth: { header: 'api-key', before: '' },
      headers: {},
      ...filterOf(newRelic),
      ...{ traces: newRelic.traces, spanMetrics: false },
    },
    // See https://docs.sentry.io/concepts/otlp/forwarding/pipelines/collector/
    sentry && {
      name: 'sentry',
      endpoint: sentry.otlpUrl ?? '',
      secret: 'sentryPublicKey',
      auth: { header: 'x-sentry-auth', before: 'sentry sentry_key=' },
      headers: {},
      ...filterOf(sentry),
      ...{ traces: sentry.traces, spanMetrics: false },
    },
    // See https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/
    datadog && {
      name: 'datadog',
      endpoint: datadog.otlpUrl ?? `https://otlp.${datadog.site}`,
      secret: 'datadogApiKey',
      auth: { header: 'dd-api-key', before: '' },
      headers: { 'dd-otel-metric-config': '{"resource_attributes_as_tags": true}' },
      ...filterOf(datadog),
      ...{ traces: false, spanMetrics: datadog.metrics },
    },
  ];
  return all.filter(
    (target): target is OtlpTarget =>
      target !== undefined && (target.logs !== undefined || target.traces || target.spanMetrics),
  );
}

const newRelicName = 'prometheus_server';
const newRelicHosts = {
  us: { otlp: 'https://otlp.nr-data.net', metrics: 'https://metric-api.newrelic.com' },
  eu: { otlp: 'https://otlp.eu01.nr-data.net', metrics: 'https://metric-api.eu.newrelic.com' },
} as const;

/**
 * All remote_write targets in the settings.
 *
 * @param stack name of this Prometheus in New Relic
 */
export function remoteWriteTargets(
  forwarding: Forwarding,
  stack: string,
): readonly RemoteWriteTarget[] {
  const { grafanaCloud, newRelic } = forwarding;
  const targets: RemoteWriteTarget[] = [];
  if (grafanaCloud?.metrics === true) {
    targets.push({
      name: 'grafana-cloud',
      url: grafanaCloud.prometheusUrl ?? '',
      secret: 'grafanaCloudToken',
      user: String(grafanaCloud.prometheusUser),
      metrics: grafanaCloud.metricNames,
    });
  }
  if (newRelic?.metrics === true) {
    // See
    // https://docs.newrelic.com/docs/infrastructure/prometheus-integrations/install-configure-remote-write/set-your-prometheus-remote-write-integration/
    const url = new URL(
      newRelic.prometheusUrl ?? `${newRelicHosts[newRelic.region].metrics}/prometheus/v1/write`,
    );
    // New Relic's own instructions give a URL that already has a name.
    if (!url.searchParams.has(newRelicName)) url.searchParams.set(newRelicName, stack);
    targets.push({
      name: 'new-relic',
      url: url.href,
      secret: 'newRelicLicenseKey',
      metrics: newRelic.metricNames,
    });
  }
  return targets;
}

/** Number of the collector's queues: one per target and signal. */
export const collectorQueues = (targets: readonly OtlpTarget[]): number =>
  targets.flatMap(({ logs, traces, spanMetrics }) =>
    [logs !== undefined, traces, spanMetrics].filter(Boolean),
  ).length;

/**
 * Disk space in MiB for the queues of the targets. The storage needs twice the size of its content.
 */
export const queuesMiB = (queue: string, queues: number): number =>
  2 * (sizeMiB(queue) ?? 0) * queues;
