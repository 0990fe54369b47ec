import { textsOnce } from './texts-once-config';
import { services } from '../services';
import { sizeMiB } from '../units';
import { logRecords, redactingStatements, traceRecords } from './redaction-config';
import { tailSampling } from './sampling-config';
import type { ParsedTraces } from './settings-schema';

/** Where the collector finds its files. */
export const collectorPaths = { config: '/etc/otelcol/config.yaml', data: '/otelcol' } as const;
export const collectorPorts = services['otel-collector'].ports;

/** Span metrics, in the names that Jaeger's Monitor tab asks for (jaeger-config.ts). */
export const spanMetrics = { namespace: 'traces.span.metrics', unit: 's' } as const;

export interface CollectorConfigArgs {
  readonly traces: ParsedTraces['traces'];
  /** Resource attribute `deployment.environment.name`, and label `env` of log lines. */
  readonly environment: string;
  /** `host:port` of Jaeger's OTLP receiver (gRPC). */
  readonly jaeger: string;
  /** URL of Loki, and whether lines of level debug are kept. @default no logs are taken */
  readonly loki?: { readonly url: string; readonly debug: boolean };
}

/**
 * Text of the collector's configuration. Pure: https://opentelemetry.io/docs/collector/configuration/
 *
 * What comes in is redacted first. Then span metrics count all of it, and of the traces those that sampling keeps go to
 * Jaeger, through a queue on the volume: it outlives an outage of Jaeger and a restart of the collector, and holds what is
 * in it until Jaeger has taken it. Lost by a kill are the traces that wait for their decision, in memory.
 */
export function otelCollectorConfig(args: CollectorConfigArgs): string {
  const { traces, loki } = args;
  const memoryMiB = sizeMiB(traces.memory) ?? 0;
  const config = {
    extensions: {
      file_storage: {
        directory: collectorPaths.data,
        create_directory: false,
        // Acknowledged is what would survive a power cut.
        fsync: true,
        timeout: '5s',
        compaction: {
          on_start: true,
          on_rebound: true,
          directory: collectorPaths.data,
          cleanup_on_start: true,
          rebound_needed_threshold_mib: 100,
          rebound_trigger_threshold_mib: 10,
          check_interval: '10s',
        },
      },
      health_check: { endpoint: `0.0.0.0:${collectorPorts.health}` },
    },
    receivers: {
      otlp: {
        protocols: {
          grpc: {
            endpoint: `0.0.0.0:${collectorPorts.grpc}`,
            max_recv_msg_size_mib: 16,
            max_concurrent_streams: 256,
          },
          http: { endpoint: `0.0.0.0:${collectorPorts.http}`, max_request_body_size: 16_777_216 },
        },
      },
    },
    processors: {
      // Above the difference of the two, senders are told to come again.
      memory_limiter: {
        check_interval: '1s',
        limit_mib: Math.floor(memoryMiB * 0.8),
        spike_limit_mib: Math.floor(memoryMiB * 0.15),
      },
      resource: {
        attributes: [
          { key: 'deployment.environment.name', value: args.environment, action: 'upsert' },
        ],
      },
      'transform/redact': redaction('trace_statements', traceRecords),
      'transform/tracestate': {
        error_mode: 'silent',
        trace_statements: [
          {
            context: 'span',
            statements: ['set(span.trace_state, "") where span.trace_state != ""'],
          },
        ],
      },
      tail_sampling: tailSampling(traces),
      // One write to the queue for many traces; small enough to be stored before the exporter's timeout on a slow disk.
      batch: { timeout: '200ms', send_batch_size: 128, send_batch_max_size: 128 },
      ...(loki === undefined ? {} : logProcessors(args.environment, loki.debug)),
    },
    connectors: { spanmetrics: spanMetricsConnector(traces), forward: {} },
    exporters: {
      'otlp_grpc/jaeger': {
        endpoint: args.jaeger,
        tls: { insecure: true },
        // What takes longer is sent again, and stored twice.
        timeout: '30s',
        compression: 'gzip',
        sending_queue: queue((sizeMiB(traces.storage) ?? 0) * spansPerMiB),
        retry_on_failure: untilTaken,
      },
      prometheus: {
        endpoint: `0.0.0.0:${collectorPorts.spans}`,
        metric_expiration: '10m',
        add_metric_suffixes: true,
        resource_to_telemetry_conversion: { enabled: false },
        enable_open_metrics: true,
        without_scope_info: true,
      },
      ...(loki === undefined
        ? {}
        : {
            'otlp_http/loki': {
              endpoint: `${loki.url}/otlp`,
              timeout: '10s',
              sending_queue: queue(20_000),
              retry_on_failure: untilTaken,
            },
          }),
    },
    service: {
      extensions: ['file_storage', 'health_check'],
      pipelines: {
        'traces/in': {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'resource', 'transform/redact', 'transform/tracestate'],
          exporters: ['spanmetrics', 'forward'],
        },
        'traces/kept': {
          receivers: ['forward'],
          processors: ['tail_sampling', 'batch'],
          exporters: ['otlp_grpc/jaeger'],
        },
        'metrics/spans': { receivers: ['spanmetrics'], exporters: ['prometheus'] },
        ...(loki === undefined
          ? {}
          : {
              logs: {
                receivers: ['otlp'],
                processors: [
                  'memory_limiter',
                  'resource',
                  ...(loki.debug ? [] : ['filter/debug']),
                  'transform/redact-logs',
                  'transform/labels',
                  'groupbyattrs',
                  'batch',
                ],
                exporters: ['otlp_http/loki'],
              },
            }),
      },
      telemetry: {
        resource: { 'service.name': 'otel-collector' },
        logs: { level: 'warn', encoding: 'json' },
        metrics: { level: 'normal', readers: [ownMetrics(collectorPorts.metrics)] },
      },
    },
  };
  // The collector takes `$` for a variable; `$$` is one.
  return textsOnce(config).replaceAll('$', '$$$$');
}

/** Half of the volume, at four KiB a span: a page of the store. */
const spansPerMiB = 128;

/** On the volume. What is put in when it is full is dropped, and counted. */
const queue = (items: number): object => ({
  enabled: true,
  storage: 'file_storage',
  sizer: 'items',
  queue_size: items,
  num_consumers: 4,
  block_on_overflow: false,
});

/** What the target may still take is never given up. */
const untilTaken = {
  enabled: true,
  initial_interval: '500ms',
  max_interval: '10s',
  max_elapsed_time: '0s',
} as const;

const redaction = (
  signal: 'trace_statements' | 'log_statements',
  records: typeof traceRecords,
): object => ({
  error_mode: 'silent',
  [signal]: records.map((record) => ({
    context: record.context,
    statements: redactingStatements(record),
  })),
});

/** https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector */
function spanMetricsConnector({ spanMetricsLimit }: ParsedTraces['traces']): object {
  return {
    namespace: spanMetrics.namespace,
    histogram: {
      unit: spanMetrics.unit,
      explicit: {
        buckets: ['5ms', '25ms', '100ms', '250ms', '500ms', '1s', '2500ms', '5s', '10s'],
      },
    },
    // Who calls whom, in counts alone: each one more in the histogram costs a dozen series.
    calls_dimensions: [{ name: 'server.address' }, { name: 'db.system.name' }],
    resource_metrics_key_attributes: ['service.name'],
    resource_metrics_cache_size: 100,
    aggregation_temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
    aggregation_cardinality_limit: spanMetricsLimit,
    metrics_flush_interval: '15s',
    // Of this release a metric goes as a whole when its service is silent, not series by series.
    metrics_expiration: '1h',
    add_resource_attributes: false,
    // They would name traces that sampling does not know to keep: the services' own exemplars are marked.
    exemplars: { enabled: false },
    events: { enabled: false },
  };
}

/** Lines become what the log agents make of them: redacted, with the same labels. */
function logProcessors(environment: string, debug: boolean): Record<string, object> {
  const level = 'log.attributes["level"]';
  return {
    ...(debug
      ? {}
      : {
          'filter/debug': {
            error_mode: 'ignore',
            logs: { log_record: ['log.severity_number > 0 and log.severity_number < 9'] },
          },
        }),
    'transform/redact-logs': redaction('log_statements', logRecords),
    'transform/labels': {
      error_mode: 'silent',
      log_statements: [
        {
          context: 'resource',
          statements: [
            'set(resource.attributes["job"], resource.attributes["service.name"]) where resource.attributes["service.name"] != nil',
            'set(resource.attributes["job"], "unnamed") where resource.attributes["job"] == nil',
            `set(resource.attributes["env"], ${JSON.stringify(environment)})`,
          ],
        },
        {
          context: 'log',
          statements: [
            `set(${level}, "unknown")`,
            `set(${level}, "debug") where log.severity_number > 0`,
            `set(${level}, "info") where log.severity_number >= 9`,
            `set(${level}, "warn") where log.severity_number >= 13`,
            `set(${level}, "error") where log.severity_number >= 17`,
          ],
        },
      ],
    },
    // Loki takes labels from the resource.
    groupbyattrs: { keys: ['level'] },
  };
}

/** The collector's metrics about itself, as Prometheus scrapes them. */
export const ownMetrics = (port: number): object => ({
  pull: {
    exporter: {
      prometheus: {
        host: '0.0.0.0',
        port,
        without_scope_info: true,
        without_type_suffix: false,
      },
    },
  },
});
