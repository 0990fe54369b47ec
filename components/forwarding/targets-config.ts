import { sizeMiB } from '../units';
import type { ParsedForwarding } from './settings-schema';

/** Names of the targets: in exporters, in the labels of their metrics, in files and network policies. */
export const targetNames = ['grafana-cloud', 'new-relic', 'sentry', 'datadog'] as const;
export type TargetName = (typeof targetNames)[number];

/** Top-level settings that hold the key of a target. */
export type TargetSecret = Exclude<keyof ParsedForwarding, 'forwarding'>;

/** Which lines are forwarded. */
export interface LineFilter {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** Values of the label `job`. Empty: all. */
  readonly jobs: readonly string[];
}

/** A target that takes OTLP over HTTP. */
export interface OtlpTarget {
  readonly name: TargetName;
  /** Base URL: `/v1/traces` and the like follow it. */
  readonly endpoint: string;
  readonly secret: TargetSecret;
  /** How the key is sent: as password of a user, or in a header, behind a text. */
  readonly auth: { readonly user: string } | { readonly header: string; readonly before: string };
  /** Further headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** @default no lines */
  readonly logs?: LineFilter;
  readonly traces: boolean;
  /** Metrics that the collector makes of spans, as deltas. */
  readonly spanMetrics: boolean;
}

/** A target that takes Prometheus's remote_write. */
export interface RemoteWriteTarget {
  readonly name: TargetName;
  readonly url: string;
  readonly secret: TargetSecret;
  /** Whose password the key is. @default none: it is a bearer token */
  readonly user?: string;
  /** Patterns for whole names of metrics. */
  readonly metrics: readonly string[];
}

type Forwarding = ParsedForwarding['forwarding'];

const filterOf = (group: {
  readonly logs: boolean;
  readonly logLevel: LineFilter['level'];
  readonly logJobs: readonly string[];
}): Pick<OtlpTarget, 'logs'> =>
  group.logs ? { logs: { level: group.logLevel, jobs: group.logJobs } } : {};

/** Every target that gets lines, traces or span metrics, as the settings say. */
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
    // https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/
    newRelic && {
      name: 'new-relic',
      endpoint: newRelic.otlpUrl ?? newRelicHosts[newRelic.region].otlp,
      secret: 'newRelicLicenseKey',
      auth: { header: 'api-key', before: '' },
      headers: {},
      ...filterOf(newRelic),
      ...{ traces: newRelic.traces, spanMetrics: false },
    },
    // https://docs.sentry.io/concepts/otlp/forwarding/pipelines/collector/
    sentry && {
      name: 'sentry',
      endpoint: sentry.otlpUrl ?? '',
      secret: 'sentryPublicKey',
      auth: { header: 'x-sentry-auth', before: 'sentry sentry_key=' },
      headers: {},
      ...filterOf(sentry),
      ...{ traces: sentry.traces, spanMetrics: false },
    },
    // https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/
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

const newRelicHosts = {
  us: { otlp: 'https://otlp.nr-data.net', metrics: 'https://metric-api.newrelic.com' },
  eu: { otlp: 'https://otlp.eu01.nr-data.net', metrics: 'https://metric-api.eu.newrelic.com' },
} as const;

/**
 * Every target that Prometheus writes to.
 *
 * @param stack names this Prometheus to New Relic
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
    // https://docs.newrelic.com/docs/infrastructure/prometheus-integrations/install-configure-remote-write/set-your-prometheus-remote-write-integration/
    const url =
      newRelic.prometheusUrl ?? `${newRelicHosts[newRelic.region].metrics}/prometheus/v1/write`;
    targets.push({
      name: 'new-relic',
      url: `${url}?prometheus_server=${stack}`,
      secret: 'newRelicLicenseKey',
      metrics: newRelic.metricNames,
    });
  }
  return targets;
}

/** Names of all targets that get something. */
export const forwardedTo = (forwarding: Forwarding): readonly TargetName[] => {
  const names = [...otlpTargets(forwarding), ...remoteWriteTargets(forwarding, '')].map(
    ({ name }) => name,
  );
  return targetNames.filter((name) => names.includes(name));
};

/** MiB of a volume that the queues of these targets may take: a store is twice as large as what is in it. */
export const queuesMiB = (queue: string, queues: number): number =>
  2 * (sizeMiB(queue) ?? 0) * queues;
