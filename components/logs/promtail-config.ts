import { stringify } from 'yaml';
import type { ContainerLogs } from '../workload';
import { services } from '../services';
import { maxLineBytes } from './pieces-config';
import {
  joining,
  naming,
  ownLabels,
  parsing,
  type Stage,
  unwrapping,
} from './promtail-stages-config';
import { redacting } from './redaction-promtail';
import { type LogSource, metadataFields, parseErrorField, podField } from './sources';

/** Where Promtail finds its files. */
export const promtailPaths = {
  config: '/etc/promtail/promtail.yml',
  data: '/promtail',
} as const;

export const promtailPort = services.promtail.ports.http;

export interface AgentConfigArgs {
  readonly stack: string;
  /** Label `env`. */
  readonly environment: string;
  readonly sources: readonly LogSource[];
  /** Compose projects, Swarm stacks or Kubernetes namespaces that are AudiFi's. Empty: all but well-known others. */
  readonly projects: readonly string[];
  /** Are lines of the level `debug` kept? */
  readonly debug: boolean;
  readonly logs: ContainerLogs;
  /** URL of Loki, without a path. @default lines are forwarded alone, which Promtail cannot */
  readonly lokiUrl?: string;
}

/**
 * Text of Promtail's configuration. Pure: https://grafana.com/docs/loki/latest/send-data/promtail/configuration/
 *
 * Nothing is dropped on the way: a batch that Loki does not take is sent again until it does, and no file is read further
 * meanwhile. What a killed Promtail had read and not delivered is read again, as long as its positions were not saved in
 * between: hence the long interval. Up to a quarter of an hour of lines is then sent twice, equal in time and text.
 */
export function promtailConfig(args: AgentConfigArgs): string {
  if (args.lokiUrl === undefined) throw new Error('Promtail has nobody to send lines to');
  const config = {
    server: {
      http_listen_port: promtailPort,
      // Nobody speaks to it by gRPC; 0 is any free port.
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: 0,
      log_level: 'warn',
      log_format: 'json',
      // Reloading and targets' pages are not asked for.
      enable_runtime_reload: false,
    },
    positions: { filename: `${promtailPaths.data}/positions.yaml`, sync_period: '15m' },
    clients: [
      {
        url: `${args.lokiUrl}/loki/api/v1/push`,
        external_labels: { env: args.environment },
        batchwait: '1s',
        // What is on its way when the process dies is at most this.
        batchsize: 262_144,
        timeout: '10s',
        // 0 retries are endless ones.
        backoff_config: { min_period: '500ms', max_period: '5s', max_retries: 0 },
      },
    ],
    limits_config: { max_line_size: maxLineBytes, max_line_size_truncate: true },
    // New containers are found at this interval.
    target_config: { sync_period: '2s' },
    scrape_configs: [
      {
        job_name: 'containers',
        static_configs: [
          {
            targets: ['localhost'],
            labels: { __path__: args.logs.files },
          },
        ],
        pipeline_stages: pipeline(args),
      },
    ],
  };
  return stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
}

function pipeline(args: AgentConfigArgs): readonly Stage[] {
  const metadata = Object.entries(metadataFields).map(([field, name]) => [name, field]);
  return [
    ...unwrapping(args.logs.format),
    ...naming(args.logs.format, args),
    ...joining(args.sources),
    ...redacting(),
    ...parsing(args.sources),
    ...(args.debug
      ? []
      : [{ match: { selector: '{level="debug"}', action: 'drop', drop_counter_reason: 'debug' } }]),
    { labeldrop: [...ownLabels] },
    {
      metrics: {
        [`${parseErrorField}s_total`]: {
          type: 'Counter',
          description: 'Lines that could not be read as their source writes them.',
          prefix: 'audifi_log_',
          source: parseErrorField,
          max_idle_duration: '24h',
          config: { action: 'inc' },
        },
      },
    },
    {
      structured_metadata: {
        ...Object.fromEntries(metadata),
        [parseErrorField]: '',
        ...(args.logs.format === 'cri' ? { [podField]: '' } : {}),
      },
    },
  ];
}
