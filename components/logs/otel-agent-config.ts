import { stringify } from 'yaml';
import {
  type ForwardingArgs,
  forwardingExporters,
  forwardingExtensions,
  fromEnvironment,
  withReferences,
} from '../forwarding/exporters-config';
import { lineForwarding, lineOutlet } from '../forwarding/lines-config';
import { metadataStatements } from './otel-agent-pipeline';
import type { Operator } from './otel-operator-config';
import { joiningOperators, namingOperators, unwrappingOperators } from './otel-operators-config';
import { parsingOperators } from './otel-parsing-config';
import type { AgentConfigArgs } from './promtail-config';
import { lineParts } from './redaction/otel';
import { labels } from './sources';
import { services } from '../services';

/** Paths in the container of the collector. */
export const otelPaths = {
  folder: '/etc/otelcol',
  config: '/etc/otelcol/config.yaml',
  data: '/otelcol',
} as const;
export const otelPorts = services['otel-agent'].ports;

/**
 * Configuration of the collector. Pure. See https://opentelemetry.io/docs/collector/configuration/
 *
 * The read positions are saved when all files have been read to their end, and then the lines are
 * in the queue on the volume (feature gate `stanza.synchronousLogEmitter`). They leave the queue
 * when Loki has accepted them. So a killed collector loses no lines, but may read some again. It
 * recognises rotated files by their first bytes and reads them to the end.
 *
 * @param forwarding other targets of the lines. They never delay the delivery to Loki. If the
 * collector is killed, a target loses the lines that are not in its queue yet, at most about one
 * second. @default none
 */
export function otelAgentConfig(
  args: AgentConfigArgs,
  forwarding: Pick<ForwardingArgs, 'targets' | 'queue'> = { targets: [], queue: '' },
): string {
  const { lokiUrl } = args;
  const targets = forwarding.targets.filter(({ logs }) => logs !== undefined);
  const parts = { ...forwarding, targets, folder: otelPaths.folder, data: otelPaths.data };
  const lines = lineForwarding(targets);
  const extensions = {
    // A power cut can damage its files. Without `recreate`, the collector would not start again.
    // With it, the collector renames the damaged file and reads the log files from their beginning.
    file_storage: { directory: otelPaths.data, create_directory: false, recreate: true },
    health_check: { endpoint: `:${otelPorts.health}` },
    ...forwardingExtensions(parts),
  };
  const config = {
    extensions,
    receivers: {
      file_log: {
        include: [args.logs.files, `${args.logs.files}.[0-9]*`],
        // While kubelet compresses a rotated file, the new one is called `….tmp`.
        exclude: [`${args.logs.files}*.gz`, `${args.logs.files}*.tmp`],
        start_at: 'beginning',
        include_file_path: true,
        include_file_name: false,
        // A part of a split line may start or end with whitespace.
        preserve_leading_whitespaces: true,
        preserve_trailing_whitespaces: true,
        storage: 'file_storage',
        max_log_size: '1MiB',
        max_concurrent_files: 512,
        poll_interval: '500ms',
        // Stops reading until Loki accepts the lines.
        retry_on_failure: {
          enabled: true,
          initial_interval: '500ms',
          max_interval: '5s',
          max_elapsed_time: '0s',
        },
        operators: operators(args),
      },
    },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
      transform: {
        error_mode: 'silent',
        log_statements: [
          ...lineParts(),
          { conditions: ['IsString(log.body)'], statements: metadataStatements() },
        ],
      },
      ...lines.processors,
    },
    ...(targets.length === 0 ? {} : { connectors: lines.connectors }),
    exporters: {
      ...(lokiUrl === undefined ? {} : { 'otlp_http/loki': lokiExporter(lokiUrl) }),
      ...forwardingExporters(parts),
    },
    service: {
      extensions: Object.keys(extensions),
      pipelines: {
        logs: {
          receivers: ['file_log'],
          processors: ['memory_limiter', 'transform'],
          exporters: [
            ...(lokiUrl === undefined ? [] : ['otlp_http/loki']),
            ...(targets.length === 0 ? [] : [lineOutlet]),
          ],
        },
        ...lines.pipelines,
      },
      telemetry: {
        logs: { level: 'warn', encoding: 'json' },
        metrics: {
          level: 'normal',
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: {
                    host: '',
                    port: otelPorts.metrics,
                    without_scope_info: true,
                    without_type_suffix: false,
                    without_units: true,
                  },
                },
              },
            },
          ],
        },
      },
    },
  };
  return withReferences(stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }));
}

/** Bytes of lines in one request to Loki. */
export const largestBatch = 4_000_000;

const lokiExporter = (url: string): object => ({
  endpoint: `${url}/otlp`,
  timeout: '10s',
  // The queue is on the volume and survives restarts. When it is full, the collector stops reading
  // files.
  sending_queue: {
    enabled: true,
    storage: 'file_storage',
    sizer: 'bytes',
    // More than the largest request of the file reader, 100 lines of 256 KiB.
    queue_size: 2 ** 26,
    num_consumers: 1,
    block_on_overflow: true,
    // Loki accepts no request above 16 MiB, so batches are limited by bytes, not by lines.
    batch: { flush_timeout: '500ms', sizer: 'bytes', min_size: 500_000, max_size: largestBatch },
  },
  retry_on_failure: {
    enabled: true,
    initial_interval: '500ms',
    max_interval: '5s',
    max_elapsed_time: '0s',
  },
});

/** Environment variable with the node name. The configuration is the same on all nodes. */
export const otelNodeVariable = 'AUDIFI_NODE';

function operators(args: AgentConfigArgs): readonly Operator[] {
  return [
    ...unwrappingOperators(args.logs.format),
    ...namingOperators(args.logs.format, args),
    ...joiningOperators(args.sources),
    ...parsingOperators(args.sources),
    { type: 'add', field: 'resource["env"]', value: args.environment },
    { type: 'add', field: 'resource["node"]', value: fromEnvironment(otelNodeVariable) },
    ...(args.debug ? [] : [{ type: 'filter', expr: 'resource["level"] == "debug"' }]),
  ];
}

/**
 * Resource attributes that Loki indexes as labels. See
 * https://grafana.com/docs/loki/latest/send-data/otel/
 */
export const otlpLabels = {
  resource_attributes: {
    ignore_defaults: true,
    attributes_config: [{ action: 'index_label', attributes: [...labels] }],
  },
} as const;
