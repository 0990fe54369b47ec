import { fetchFailure, OperatorError } from '../operator-error';
import type { Load } from './load';

/** Real figures of a running stack. Anything that its Prometheus does not know is undefined. */
export interface Measured {
  readonly load: Partial<Load>;
  readonly samplesPerSecond?: number;
  /** Age of the oldest sample, in seconds. */
  readonly ageSeconds?: number;
  /** Seconds over which rates are averages: at most a day. */
  readonly windowSeconds: number;
  /** Cores and MiB by service, all instances together. */
  readonly use: ReadonlyMap<string, { readonly cores?: number; readonly memoryMiB?: number }>;
  /** GB on the volume by service, of one instance. */
  readonly diskGB: ReadonlyMap<string, number>;
  /** Bytes of chunks per byte of log lines. */
  readonly logRatio?: number;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface Place {
  /** URL of Prometheus's HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/). */
  readonly url: string;
  readonly stack: string;
  /** Namespace of a stack on Kubernetes; undefined on Docker. */
  readonly namespace?: string;
}

/**
 * Asks a running stack's Prometheus for its load and use.
 *
 * @throws OperatorError if Prometheus does not respond, or responds with an error
 */
export async function measure(place: Place): Promise<Measured> {
  const ask = (query: string): Promise<Sample[]> => answer(place, query);
  const number = async (query: string): Promise<number | undefined> => {
    const value = Number((await ask(query))[0]?.value[1] ?? NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const up = await number('max(time() - process_start_time_seconds{job="prometheus"})');
  // A rate over more than the time since the start would be too low.
  const windowSeconds = Math.round(Math.min(86_400, Math.max(60, (up ?? 3_600) - 60)));
  const window = `[${windowSeconds}s]`;
  const perSecond = (metric: string): Promise<number | undefined> =>
    number(`sum(rate(${metric}${window}))`);

  const [series, samplesPerSecond, ageSeconds] = [
    await number('max(prometheus_tsdb_head_series{job="prometheus"})'),
    await number(
      `max(sum without (type) (rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}${window})))`,
    ),
    await number('max(time() - prometheus_tsdb_lowest_timestamp_seconds{job="prometheus"})'),
  ];
  const logBytes = await perSecond('loki_distributor_bytes_received_total{job="loki"}');
  const chunkBytes = await perSecond('loki_ingester_chunk_stored_bytes_total{job="loki"}');
  const spans = await perSecond(
    'otelcol_receiver_accepted_spans_total{job="otel-collector",receiver="otlp"}',
  );
  const kept = await perSecond(
    'otelcol_exporter_sent_spans_total{job="otel-collector",exporter=~"otlp.*jaeger"}',
  );
  const nodes = await number('count(count by (node) (up{job="node"}))');
  return {
    load: defined({
      series,
      logsGBPerDay: logBytes === undefined ? undefined : (logBytes * 86_400) / 1e9,
      spansPerSecond: spans,
      keptShare:
        spans === undefined || spans === 0 || kept === undefined
          ? undefined
          : Math.min(1, kept / spans),
      nodes,
    }),
    ...defined({ samplesPerSecond, ageSeconds }),
    windowSeconds,
    use: await uses(place, ask, window),
    diskGB: await disks(place, ask),
    // Chunks are written after up to a day. Before the second day, too few of them are counted.
    ...(logBytes !== undefined &&
    logBytes > 0 &&
    chunkBytes !== undefined &&
    (up ?? 0) >= 2 * 86_400
      ? { logRatio: chunkBytes / logBytes }
      : {}),
  };
}

type Ask = (query: string) => Promise<readonly Sample[]>;

/** From cAdvisor: the containers of the stack by service. */
async function uses(
  { stack, namespace }: Place,
  ask: Ask,
  window: string,
): Promise<Measured['use']> {
  const prefix = namespace === undefined ? `audifi-${stack}-` : '';
  const labels =
    namespace === undefined
      ? `{container=~"${prefix}.+"}`
      : `{namespace=~"${namespace}(-host)?",container!=""}`;
  const found = new Map<string, { cores?: number; memoryMiB?: number }>();
  const add = (samples: readonly Sample[], key: 'cores' | 'memoryMiB', unit: number): void => {
    for (const { metric, value } of samples) {
      const service = (metric['container'] ?? '').slice(prefix.length).replace(/-\d+$/, '');
      const entry = found.get(service) ?? {};
      entry[key] = (entry[key] ?? 0) + Number(value[1]) / unit;
      found.set(service, entry);
    }
  };
  const memory = `sum by (container) (container_memory_working_set_bytes${labels})`;
  const cores = `sum by (container) (rate(container_cpu_usage_seconds_total${labels}${window}))`;
  add(await ask(memory), 'memoryMiB', 2 ** 20);
  add(await ask(cores), 'cores', 1);
  return found;
}

/** From the services themselves, and on Kubernetes from the kubelets. */
async function disks({ namespace }: Place, ask: Ask): Promise<Measured['diskGB']> {
  const found = new Map<string, number>();
  const own = {
    prometheus:
      'max(prometheus_tsdb_storage_blocks_bytes{job="prometheus"} + prometheus_tsdb_wal_storage_size_bytes{job="prometheus"} + prometheus_tsdb_head_chunks_storage_size_bytes{job="prometheus"})',
    jaeger: 'max(jaeger_storage_badger_size_bytes_lsm{job="jaeger"})',
  };
  for (const [service, query] of Object.entries(own)) {
    const [sample] = await ask(query);
    if (sample !== undefined) found.set(service, Number(sample.value[1]) / 1e9);
  }
  if (namespace === undefined) return found;
  const labels = `{namespace="${namespace}"}`;
  const used = `kubelet_volume_stats_capacity_bytes${labels} - kubelet_volume_stats_available_bytes${labels}`;
  for (const { metric, value } of await ask(`max by (persistentvolumeclaim) (${used})`)) {
    const claim = metric['persistentvolumeclaim'] ?? '';
    const service = ['loki', 'thanos-compactor', 'otel-collector', 'alertmanager'].find((name) =>
      new RegExp(`(^|-)${name}(-\\d+)?$`).test(claim),
    );
    if (service === undefined) continue;
    found.set(service, Math.max(found.get(service) ?? 0, Number(value[1]) / 1e9));
  }
  return found;
}

async function answer({ url, stack }: Place, query: string): Promise<Sample[]> {
  const where = `Prometheus of stack "${stack}" (${url})`;
  let body: { status?: string; error?: string; data?: { result?: Sample[] } };
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
      signal: AbortSignal.timeout(30_000),
    });
    body = (await response.json()) as typeof body;
  } catch (error) {
    throw new OperatorError(
      `${where} does not respond: ${fetchFailure(error)}\nStart the stack, or give the URL of a Prometheus.\n` +
        `Example: make up STACK=${stack}, or make estimate AGAINST=http://127.0.0.1:9090`,
    );
  }
  if (body.status !== 'success' || body.data?.result === undefined) {
    throw new OperatorError(
      `${where} does not answer like a Prometheus server: ${body.error ?? 'no result'}\n` +
        'Example: make estimate AGAINST=http://127.0.0.1:9090',
    );
  }
  return body.data.result;
}

/** Without the keys that have no value. */
function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
