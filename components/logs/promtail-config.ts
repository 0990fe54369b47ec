import { stringify } from 'yaml';
import type { ContainerLogs } from '../workload';
import { services } from '../services';
import { maxLineBytes } from './pieces-config';
import { naming, unwrapping } from './promtail-containers-config';
import { joining } from './promtail-joining-config';
import { ownLabels, parsing } from './promtail-parsing-config';
import type { Stage } from './promtail-stages-config';
import { redacting } from './redaction/promtail';
import { type LogSource, metadataFields, parseErrorField, podField } from './sources';

/** Paths in the container of Promtail. */
export const promtailPaths = {
  config: '/etc/promtail/promtail.yml',
  data: '/promtail',
} as const;

export const promtailPort = services.promtail.ports.http;

export interface AgentConfigArgs {
  readonly stack: string;
  /** Value of the label `env`. */
  readonly environment: string;
  readonly sources: readonly LogSource[];
  /**
   * Compose projects, Swarm stacks or Kubernetes namespaces of AudiFi. Empty: all except well-known
   * other programs.
   */
  readonly projects: readonly string[];
  /** Whether lines of level `debug` are kept. */
  readonly debug: boolean;
  readonly logs: ContainerLogs;
  /**
   * URL of Loki, without a path. @default lines are only forwarded, which Promtail does not support
   */
  readonly lokiUrl?: string;
}

/**
 * Interval at which the files are read. A shorter one costs CPU time (7 % of a core at 250 ms and
 * 90 lines/s, instead of 5 %). It has to be well below `entryWaitSeconds`, so that an entry is not
 * cut between two reads.
 */
const poll = '500ms';

/**
 * Configuration of Promtail. Pure. See
 * https://grafana.com/docs/loki/latest/send-data/promtail/configuration/
 *
 * Promtail drops nothing on the way: it retries a batch until Loki accepts it, and stops reading
 * files meanwhile. A killed Promtail reads undelivered lines again only if it had not saved
 * their position yet. So the interval for saving positions is long. After a kill, up to 15
 * minutes of lines may be sent twice with the same time and text, and Loki deduplicates them.
 */
export function promtailConfig(args: AgentConfigArgs): string {
  if (args.lokiUrl === undefined) throw new Error('Promtail has no Loki to send lines to');
  const config = {
    server: {
      http_listen_port: promtailPort,
      // Nothing uses gRPC. Port 0 picks any free port.
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: 0,
      log_level: 'warn',
      log_format: 'json',
      // Disables the endpoint for reloads.
      enable_runtime_reload: false,
    },
    positions: { filename: `${promtailPaths.data}/positions.yaml`, sync_period: '15m' },
    clients: [
      {
        url: `${args.lokiUrl}/loki/api/v1/push`,
        external_labels: { env: args.environment },
        batchwait: '1s',
        // Limits the data in flight, which a killed process can lose.
        batchsize: 262_144,
        timeout: '10s',
        // 0 means unlimited retries.
        backoff_config: { min_period: '500ms', max_period: '5s', max_retries: 0 },
      },
    ],
    limits_config: { max_line_size: maxLineBytes, max_line_size_truncate: true },
    // Interval at which new containers are discovered.
    target_config: { sync_period: '2s' },
    global: { file_watch_config: { min_poll_frequency: poll, max_poll_frequency: poll } },
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
          description: 'Lines that could not be parsed in the format of their source.',
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
