import { stringify } from 'yaml';
import type { Discovery, Pods } from '../discovery';
import type { TargetSettings } from '../settings';
import { remoteWrite, type RemoteWriteArgs } from '../forwarding/remote-write-config';
import { addresses, type Endpoint } from '../workload';
import { durationSeconds } from '../units';
import { discoveryConfig } from './discovery-config';

/** Paths in the container of Prometheus, as in the spec. */
export const paths = {
  folder: '/etc/prometheus',
  config: '/etc/prometheus/prometheus.yml',
  data: '/prometheus',
} as const;

/**
 * Paths relative to the configuration file, so that `promtool check config` also finds the files in
 * a rendered copy.
 */
export const beside = {
  rules: 'rules',
  metricsToken: 'secrets/metrics-token',
  /** Key file of a remote_write target. */
  key: ({ name }: { readonly name: string }): string => `secrets/${name}`,
} as const;

export interface PrometheusConfigArgs {
  /** Durations in the syntax of Prometheus. */
  readonly scrapeInterval: string;
  readonly evaluationInterval: string;
  /** External labels (for alerts, remote_write and federation). */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** External label with the name of the instance. @default none */
  readonly replica?: {
    readonly label: string;
    /** Environment variable with its value, which Prometheus expands. */
    readonly variable: string;
    /** Its value for the first instance, the only one that forwards. */
    readonly first: string;
  };
  /** AudiFi's own jobs by name. */
  readonly targets: Readonly<Record<string, TargetSettings>>;
  /** Pods of AudiFi's own jobs, by job. @default none: they have addresses or DNS names */
  readonly pods?: Readonly<Record<string, Pods>>;
  /** The stack's own jobs. */
  readonly jobs: readonly OwnJob[];
  /** Alertmanager. @default none: alerts show only in Prometheus */
  readonly alertmanager?: Endpoint;
  /**
   * Targets of remote_write, and the labels that are allowed there in addition to the known ones.
   * @default none
   */
  readonly forwarding?: Pick<RemoteWriteArgs, 'targets' | 'labels'>;
}

/** A scrape job of the stack itself. */
export interface OwnJob {
  readonly name: string;
  /** The scraped endpoint. @default none in this stack: see `discovery` */
  readonly endpoint?: Endpoint;
  /** Name of the endpoint's port. */
  readonly port: string;
  /** Service discovery of the targets. @default the endpoint's address */
  readonly discovery?: Discovery;
  /** Merged into the job, e.g. `params`, `relabel_configs`, other targets. @default none */
  readonly extra?: ScrapeConfig;
}

/**
 * Fields of https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export interface ScrapeConfig {
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly metrics_path?: string;
  readonly scheme?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly static_configs?: readonly {
    readonly targets: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  readonly dns_sd_configs?: readonly {
    readonly names: readonly string[];
    readonly type: string;
    readonly port?: number;
    readonly refresh_interval?: string;
  }[];
  readonly kubernetes_sd_configs?: readonly {
    readonly role: string;
    readonly namespaces?: { readonly names: readonly string[] };
    readonly selectors?: readonly { readonly role: string; readonly label: string }[];
  }[];
  readonly tls_config?: { readonly ca_file?: string; readonly insecure_skip_verify?: boolean };
  readonly relabel_configs?: readonly Readonly<Record<string, unknown>>[];
  readonly metric_relabel_configs?: readonly Readonly<Record<string, unknown>>[];
  readonly authorization?: { readonly credentials_file: string };
  readonly track_timestamps_staleness?: boolean;
  readonly sample_limit?: number;
  readonly body_size_limit?: string;
  readonly label_limit?: number;
  readonly label_value_length_limit?: number;
}

/**
 * Scrape limits per target, far above what a healthy service needs. A target whose labels contain
 * IDs is rejected (with `up` 0) before it fills the memory of Prometheus.
 */
export const limits = {
  sample_limit: 50_000,
  body_size_limit: '50MB',
  label_limit: 64,
  label_value_length_limit: 4_096,
} as const satisfies ScrapeConfig;

/** AudiFi's targets, except those that the stack's own jobs replace: `postgres`, `redis`. */
export function targetsBeside<T>(
  targets: Readonly<Record<string, T>>,
  own: readonly string[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(targets).filter(([name]) => !own.includes(name)));
}

/**
 * Content of prometheus.yml. Pure. See
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function prometheusConfig(args: PrometheusConfigArgs): string {
  const config = {
    global: {
      scrape_interval: args.scrapeInterval,
      scrape_timeout: timeoutFor(args.scrapeInterval),
      evaluation_interval: args.evaluationInterval,
      external_labels: {
        ...literal(args.externalLabels),
        ...(args.replica === undefined
          ? {}
          : { [args.replica.label]: `\${${args.replica.variable}}` }),
      },
    },
    ...(args.alertmanager === undefined ? {} : { alerting: alerting(args.alertmanager, args) }),
    rule_files: [`${beside.rules}/*.yml`],
    storage: { exemplars: { max_exemplars: 100_000 } },
    ...forwarded(args),
    scrape_configs: [
      ...Object.entries(args.targets)
        .filter(([, target]) => target.enabled)
        .map(([name, target]) => appJob(name, target, args.pods?.[name])),
      ...args.jobs.map(ownJob),
    ],
  };
  return stringify(config, { lineWidth: 0 });
}

function alerting(alertmanager: Endpoint, { replica }: PrometheusConfigArgs): object {
  return {
    alertmanagers: [discovery(alertmanager, 'http')],
    // Without the label, Alertmanager merges the same alert of two instances.
    ...(replica === undefined
      ? {}
      : { alert_relabel_configs: [{ regex: replica.label, action: 'labeldrop' }] }),
  };
}

function forwarded({ forwarding, externalLabels, replica }: PrometheusConfigArgs): object {
  if (forwarding === undefined || forwarding.targets.length === 0) return {};
  const labels = [...forwarding.labels, ...Object.keys(externalLabels)];
  return { remote_write: remoteWrite({ ...forwarding, labels, keyFile: beside.key, replica }) };
}

/** Escapes `$` as `$$`. Prometheus would expand `$name` to an environment variable. */
function literal(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]),
  );
}

function appJob(name: string, target: TargetSettings, pods: Pods | undefined): object {
  return {
    job_name: name,
    ...(target.interval === undefined
      ? {}
      : { scrape_interval: target.interval, scrape_timeout: timeoutFor(target.interval) }),
    metrics_path: target.path,
    scheme: target.scheme,
    ...(target.params === undefined
      ? {}
      : {
          params: Object.fromEntries(
            Object.entries(target.params).map(([key, value]) => [key, [value].flat()]),
          ),
        }),
    ...(target.bearerToken ? { authorization: { credentials_file: beside.metricsToken } } : {}),
    // Prometheus 3 rejects responses without a valid Content-Type, which custom endpoints may lack.
    fallback_scrape_protocol: 'PrometheusText0.0.4',
    ...limits,
    ...(target.addresses === undefined
      ? {}
      : { static_configs: [{ targets: [...target.addresses] }] }),
    ...(target.dns === undefined
      ? {}
      : {
          dns_sd_configs: [
            {
              names: [target.dns.name],
              type: target.dns.type,
              ...(target.dns.port === undefined ? {} : { port: target.dns.port }),
              refresh_interval: '15s',
            },
          ],
        }),
    ...(pods === undefined ? {} : discoveryConfig(pods)),
  };
}

function ownJob({ name, endpoint, port, discovery: found, extra }: OwnJob): object {
  return { job_name: name, ...limits, ...targetsOf(), ...extra };

  function targetsOf(): ScrapeConfig {
    // `extra` may have its own targets, which the endpoint (the blackbox exporter) probes.
    if (extra?.static_configs !== undefined) return { static_configs: extra.static_configs };
    if (found !== undefined) return discoveryConfig(found);
    return endpoint === undefined ? {} : discovery(endpoint, port);
  }
}

/** Service discovery of an endpoint's instances by DNS. */
function discovery(endpoint: Endpoint, portName: string): ScrapeConfig {
  const port = endpoint.ports.find((p) => p.name === portName)?.number;
  return endpoint.discovery === 'dns'
    ? { dns_sd_configs: [{ names: [endpoint.host], type: 'A', port, refresh_interval: '15s' }] }
    : { static_configs: [{ targets: addresses(endpoint, portName) }] };
}

/** Prometheus's default of 10s, or the interval if that is shorter. */
export function timeoutFor(interval: string): string {
  return (durationSeconds(interval) ?? 0) < 10 ? interval : '10s';
}
