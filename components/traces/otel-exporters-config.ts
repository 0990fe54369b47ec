import { sizeMiB } from '../units';
import type { ParsedTraces } from './settings-schema';

/** Sends spans to a collector, this one or another. @param endpoint `host:port` of its receiver */
export const peerExporter = (endpoint: string, queueSize: number): object => ({
  endpoint,
  tls: { insecure: true },
  timeout: '5s',
  sending_queue: queue(queueSize),
  retry_on_failure: { ...untilTaken, max_interval: '2s' },
});

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
