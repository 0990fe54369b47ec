import { services } from '../services';
import { sizeMiB } from '../units';
import type { ParsedTraces } from './settings-schema';

const { ports } = services['otel-collector'];

/**
 * Passes each span on to the collector that its trace belongs to.
 *
 * The list of collectors is fixed, so that a trace belongs to the same one before and after a
 * restart. Spans for a collector that is down wait in memory, because the exporter cannot have a
 * queue on the volume for each collector. A single queue for all of them would send a failed batch
 * again to collectors that already have it. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/loadbalancingexporter
 */
export const peerExporter = (peers: readonly string[], memoryMiB: number): object => ({
  routing_key: 'traceID',
  resolver: { static: { hostnames: peers.map((host) => `${host}:${ports.peers}`) } },
  protocol: {
    otlp: {
      tls: { insecure: true },
      timeout: '5s',
      sending_queue: {
        enabled: true,
        sizer: 'items',
        queue_size: Math.floor((memoryMiB * waitingSpansPerMiB) / peers.length),
        num_consumers: 4,
        block_on_overflow: false,
      },
      retry_on_failure: { ...untilTaken, max_interval: '2s' },
    },
  },
});

/** Spans that may wait for other collectors, in total. At 1.5 KB each, 6 % of the memory. */
const waitingSpansPerMiB = 40;

/** Sends spans to Jaeger. @param endpoint `host:port` of its OTLP receiver (gRPC) */
export const jaegerExporter = (endpoint: string, traces: ParsedTraces['traces']): object => ({
  endpoint,
  tls: { insecure: true },
  // A request that takes longer is sent again, and its spans are stored twice.
  timeout: '30s',
  compression: 'gzip',
  sending_queue: queue((sizeMiB(traces.storage) ?? 0) * spansPerMiB),
  retry_on_failure: untilTaken,
});

/** Half of the volume, at 4 KiB per span, which is a page of the storage. */
const spansPerMiB = 128;

/** Sends log lines to Loki. @param url URL of Loki */
export const lokiExporter = (url: string): object => ({
  endpoint: `${url}/otlp`,
  timeout: '10s',
  sending_queue: queue(20_000),
  retry_on_failure: untilTaken,
});

/** A queue on the volume. When it is full, new data is dropped and counted. */
const queue = (items: number): object => ({
  enabled: true,
  storage: 'file_storage',
  sizer: 'items',
  queue_size: items,
  num_consumers: 4,
  block_on_overflow: false,
});

/** Retries without a time limit. */
const untilTaken = {
  enabled: true,
  initial_interval: '500ms',
  max_interval: '10s',
  max_elapsed_time: '0s',
} as const;
