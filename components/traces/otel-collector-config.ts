import {
  exporterOf,
  type ForwardingArgs,
  forwardingExporters,
  forwardingExtensions,
  fromEnvironment,
  withReferences,
} from '../forwarding/exporters-config';
import { lineForwarding, lineOutlet } from '../forwarding/lines-config';
import { traceForwarding, traceOutlet } from '../forwarding/traces-config';
import { services } from '../services';
import { sizeMiB } from '../units';
import { lineProcessing, lineProcessors } from './lines-config';
import { jaegerExporter, lokiExporter } from './otel-exporters-config';
import { peersConfig } from './peers-config';
import { redaction, traceRecords } from './redaction-config';
import { afterSampling, beforeSampling, tailSampling } from './sampling-config';
import type { ParsedTraces } from './settings-schema';
import { spanMetricsConnector } from './span-metrics-config';
import { textsOnce } from './texts-once-config';

/** Paths in the container of the collector. */
export const collectorPaths = {
  folder: '/etc/otelcol',
  config: '/etc/otelcol/config.yaml',
  data: '/otelcol',
} as const;
export const collectorPorts = services['otel-collector'].ports;
/** Variable with the name of an instance, if there are several. */
export const collectorVariable = 'COLLECTOR_INSTANCE';

export interface CollectorConfigArgs {
  readonly traces: ParsedTraces['traces'];
  /** Resource attribute `deployment.environment.name`, and label `env` of log lines. */
  readonly environment: string;
  /**
   * Hosts of all collectors, including this one. They exchange spans, so that each trace is whole
   * in one of them. @default a single collector
   */
  readonly peers?: readonly string[];
  /** `host:port` of Jaeger's OTLP receiver (gRPC). @default traces are only forwarded */
  readonly jaeger?: string;
  /** URL of Loki. @default lines are only forwarded; without a target they are rejected */
  readonly lokiUrl?: string;
  /** Whether lines of level debug are kept. */
  readonly debug: boolean;
  /** Other targets of the data. @default none */
  readonly forwarding?: Pick<ForwardingArgs, 'targets' | 'queue'>;
}

/**
 * Configuration of the collector. Pure. See https://opentelemetry.io/docs/collector/configuration/
 *
 * Received data is redacted first. With several collectors, each one then passes its spans on to
 * the collector that their trace belongs to, which may be itself (`peersConfig`). There, span
 * metrics count all spans. Sampled traces go to Jaeger through a queue on the volume. The queue
 * survives an outage of Jaeger and a restart of the collector, and keeps its data until Jaeger has
 * accepted it. A killed collector loses the traces in memory that wait for a sampling decision.
 * Targets of `forwarding` get the same data, each through its own queue.
 */
export function otelCollectorConfig(args: CollectorConfigArgs): string {
  const { traces, lokiUrl, jaeger, debug, peers = [] } = args;
  const memoryMiB = sizeMiB(traces.memory) ?? 0;
  const shared = peers.length === 0 ? undefined : peersConfig(peers, receiving, traces);
  const forwarding: ForwardingArgs = {
    ...(args.forwarding ?? { targets: [], queue: '' }),
    ...{ folder: collectorPaths.folder, data: collectorPaths.data },
  };
  const { targets } = forwarding;
  const lines = lineForwarding(targets);
  const forwarded = traceForwarding(targets);
  const lineExporters = [
    ...(lokiUrl === undefined ? [] : ['otlp_http/loki']),
    ...(targets.some(({ logs }) => logs !== undefined) ? [lineOutlet] : []),
  ];
  const deltas = targets.filter(({ spanMetrics }) => spanMetrics);
  const namedDeltas = deltas.length > 0 && shared !== undefined;
  const extensions = {
    file_storage: storage,
    health_check: { endpoint: `:${collectorPorts.health}` },
    ...forwardingExtensions(forwarding),
  };
  const config = {
    extensions,
    receivers: shared === undefined ? { otlp: receiver } : sharedReceivers,
    processors: {
      // Above `limit_mib` minus `spike_limit_mib`, senders must retry later.
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
      'transform/marks': beforeSampling,
      tail_sampling: tailSampling(traces),
      'transform/unmark': afterSampling,
      // Reduces writes to the queue, and is small enough to be stored before the exporter's timeout
      // on a slow disk.
      batch: { timeout: '200ms', send_batch_size: 128, send_batch_max_size: 128 },
      ...shared?.processors,
      ...(lineExporters.length === 0 ? {} : lineProcessors(args.environment, debug)),
      ...lines.processors,
      ...forwarded.processors,
      ...(deltas.length === 0 ? {} : { cumulativetodelta: {} }),
      ...(namedDeltas ? { 'resource/collector': ofInstance } : {}),
    },
    connectors: {
      ...{ spanmetrics: spanMetricsConnector(traces), forward: {} },
      ...shared?.connectors,
      ...lines.connectors,
      ...forwarded.connectors,
    },
    exporters: {
      ...(jaeger === undefined ? {} : { 'otlp_grpc/jaeger': jaegerExporter(jaeger, traces) }),
      ...shared?.exporters,
      prometheus: {
        endpoint: `:${collectorPorts.spans}`,
        metric_expiration: '10m',
        add_metric_suffixes: true,
        resource_to_telemetry_conversion: { enabled: false },
        enable_open_metrics: true,
        without_scope_info: true,
      },
      ...(lokiUrl === undefined ? {} : { 'otlp_http/loki': lokiExporter(lokiUrl) }),
      ...forwardingExporters(forwarding),
    },
    service: {
      extensions: Object.keys(extensions),
      pipelines: {
        ...shared?.pipelines,
        'traces/in': {
          ...(shared === undefined
            ? { receivers: ['otlp'], processors: receiving }
            : { receivers: [fromPeers], processors: ['memory_limiter'] }),
          exporters: ['spanmetrics', 'forward'],
        },
        'traces/kept': {
          receivers: ['forward'],
          processors: ['transform/marks', 'tail_sampling', 'transform/unmark', 'batch'],
          exporters: [
            ...(jaeger === undefined ? [] : ['otlp_grpc/jaeger']),
            ...(targets.some((target) => target.traces) ? [traceOutlet] : []),
          ],
        },
        'metrics/spans': { receivers: ['spanmetrics'], exporters: ['prometheus'] },
        ...(deltas.length === 0
          ? {}
          : {
              'metrics/deltas': {
                receivers: ['spanmetrics'],
                processors: ['cumulativetodelta', ...(namedDeltas ? ['resource/collector'] : [])],
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
        ...forwarded.pipelines,
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

/**
 * Names the collector. Without it, several collectors would send the same series to a target, which
 * would keep only the last value.
 */
const ofInstance = {
  attributes: [
    {
      key: 'collector.instance',
      value: fromEnvironment(collectorVariable, 'collector'),
      action: 'upsert',
    },
  ],
} as const;

const storage = {
  directory: collectorPaths.data,
  create_directory: false,
  // Acknowledged data survives a power cut.
  fsync: true,
  // If a file is damaged all the same, the collector renames it, and starts with an empty queue.
  recreate: true,
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
      endpoint: `:${collectorPorts.grpc}`,
      max_recv_msg_size_mib: 16,
      max_concurrent_streams: 256,
    },
    http: { endpoint: `:${collectorPorts.http}`, max_request_body_size: 16_777_216 },
  },
} as const;

const fromPeers = 'otlp/peers';
/**
 * Services connect by a name that stands for all collectors. They connect again after a minute
 * (gRPC) or for each request (HTTP). Otherwise they would stay with one collector until they
 * restart.
 */
const sharedReceivers = {
  otlp: {
    protocols: {
      grpc: {
        ...receiver.protocols.grpc,
        keepalive: {
          server_parameters: { max_connection_age: '60s', max_connection_age_grace: '10s' },
        },
      },
      http: { ...receiver.protocols.http, keep_alives_enabled: false },
    },
  },
  [fromPeers]: {
    protocols: {
      grpc: { ...receiver.protocols.grpc, endpoint: `:${collectorPorts.peers}` },
    },
  },
} as const;

/** Processors that spans from services pass first, before anything else reads them. */
const receiving = ['memory_limiter', 'resource', 'transform/redact', 'transform/tracestate'];

/** The collector's own metrics, as Prometheus scrapes them. */
export const ownMetrics = (port: number): object => ({
  pull: {
    exporter: {
      prometheus: {
        host: '',
        port,
        without_scope_info: true,
        without_type_suffix: false,
      },
    },
  },
});
