import {
  exporterOf,
  type ForwardingArgs,
  forwardingExporters,
  forwardingExtensions,
  withReferences,
} from '../forwarding/exporters-config';
import { lineForwarding, lineOutlet } from '../forwarding/lines-config';
import { services } from '../services';
import { sizeMiB } from '../units';
import { lineProcessing, lineProcessors } from './lines-config';
import { redaction, traceRecords } from './redaction-config';
import { tailSampling } from './sampling-config';
import type { ParsedTraces } from './settings-schema';
import { textsOnce } from './texts-once-config';

/** Where the collector finds its files. */
export const collectorPaths = {
  folder: '/etc/otelcol',
  config: '/etc/otelcol/config.yaml',
  data: '/otelcol',
} as const;
export const collectorPorts = services['otel-collector'].ports;

/** Span metrics, in the names that Jaeger's Monitor tab asks for (jaeger-config.ts). */
export const spanMetrics = { namespace: 'traces.span.metrics', unit: 's' } as const;

export interface CollectorConfigArgs {
  readonly traces: ParsedTraces['traces'];
  /** Resource attribute `deployment.environment.name`, and label `env` of log lines. */
  readonly environment: string;
  /** `host:port` of Jaeger's OTLP receiver (gRPC). @default traces are forwarded alone */
  readonly jaeger?: string;
  /** URL of Loki. @default lines are forwarded alone; where nobody wants them they are refused */
  readonly lokiUrl?: string;
  /** Are lines of level debug kept? */
  readonly debug: boolean;
  /** Who else gets what. @default nobody */
  readonly forwarding?: Pick<ForwardingArgs, 'targets' | 'queue'>;
}

/**
 * Text of the collector's configuration. Pure: https://opentelemetry.io/docs/collector/configuration/
 *
 * What comes in is redacted first. Then span metrics count all of it, and of the traces those that sampling keeps go to
 * Jaeger, through a queue on the volume: it outlives an outage of Jaeger and a restart of the collector, and holds what is
 * in it until Jaeger has taken it. Lost by a kill are the traces that wait for their decision, in memory. Targets of
 * `forwarding` get the same, each through a queue of its own.
 */
export function otelCollectorConfig(args: CollectorConfigArgs): string {
  const { traces, lokiUrl, jaeger, debug } = args;
  const memoryMiB = sizeMiB(traces.memory) ?? 0;
  const forwarding: ForwardingArgs = {
    ...(args.forwarding ?? { targets: [], queue: '' }),
    ...{ folder: collectorPaths.folder, data: collectorPaths.data },
  };
  const { targets } = forwarding;
  const lines = lineForwarding(targets);
  const lineExporters = [
    ...(lokiUrl === undefined ? [] : ['otlp_http/loki']),
    ...(targets.some(({ logs }) => logs !== undefined) ? [lineOutlet] : []),
  ];
  const deltas = targets.filter(({ spanMetrics }) => spanMetrics);
  const extensions = {
    file_storage: storage,
    health_check: { endpoint: `0.0.0.0:${collectorPorts.health}` },
    ...forwardingExtensions(forwarding),
  };
  const config = {
    extensions,
    receivers: { otlp: receiver },
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
      ...(lineExporters.length === 0 ? {} : lineProcessors(args.environment, debug)),
      ...lines.processors,
      ...(deltas.length === 0 ? {} : { cumulativetodelta: {} }),
    },
    connectors: { spanmetrics: spanMetricsConnector(traces), forward: {}, ...lines.connectors },
    exporters: {
      ...(jaeger === undefined ? {} : { 'otlp_grpc/jaeger': jaegerExporter(jaeger, traces) }),
      prometheus: {
        endpoint: `0.0.0.0:${collectorPorts.spans}`,
        metric_expiration: '10m',
        add_metric_suffixes: true,
        resource_to_telemetry_conversion: { enabled: false },
        enable_open_metrics: true,
        without_scope_info: true,
      },
      ...(lokiUrl === undefined
        ? {}
        : {
            'otlp_http/loki': {
              endpoint: `${lokiUrl}/otlp`,
              timeout: '10s',
              sending_queue: queue(20_000),
              retry_on_failure: untilTaken,
            },
          }),
      ...forwardingExporters(forwarding),
    },
    service: {
      extensions: Object.keys(extensions),
      pipelines: {
        'traces/in': {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'resource', 'transform/redact', 'transform/tracestate'],
          exporters: ['spanmetrics', 'forward'],
        },
        'traces/kept': {
          receivers: ['forward'],
          processors: ['tail_sampling', 'batch'],
          exporters: [
            ...(jaeger === undefined ? [] : ['otlp_grpc/jaeger']),
            ...targets.filter((target) => target.traces).map(exporterOf),
          ],
        },
        'metrics/spans': { receivers: ['spanmetrics'], exporters: ['prometheus'] },
        ...(deltas.length === 0
          ? {}
          : {
              'metrics/deltas': {
                receivers: ['spanmetrics'],
                processors: ['cumulativetodelta'],
                exporters: deltas.map(exporterOf),
              },
            }),
        ...(lineExporters.length === 0
          ? {}
          : {
              logs: {
                receivers: ['otlp'],
                processors: lineProcessing(debug),
                exporters: lineExporters,
              },
            }),
        ...lines.pipelines,
      },
      telemetry: {
        resource: { 'service.name': 'otel-collector' },
        logs: { level: 'warn', encoding: 'json' },
        metrics: { level: 'normal', readers: [ownMetrics(collectorPorts.metrics)] },
      },
    },
  };
  return withReferences(textsOnce(config));
}

const storage = {
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
} as const;

const receiver = {
  protocols: {
    grpc: {
      endpoint: `0.0.0.0:${collectorPorts.grpc}`,
      max_recv_msg_size_mib: 16,
      max_concurrent_streams: 256,
    },
    http: { endpoint: `0.0.0.0:${collectorPorts.http}`, max_request_body_size: 16_777_216 },
  },
} as const;

const jaegerExporter = (endpoint: string, traces: ParsedTraces['traces']): object => ({
  endpoint,
  tls: { insecure: true },
  // What takes longer is sent again, and stored twice.
  timeout: '30s',
  compression: 'gzip',
  sending_queue: queue((sizeMiB(traces.storage) ?? 0) * spansPerMiB),
  retry_on_failure: untilTaken,
});

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
