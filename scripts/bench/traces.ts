import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetric, until } from './log-processes';
import { fillLimit, limits, places, TraceContainers, type TraceService } from './traces/containers';
import { fill, offer, type Offered, saturate } from './traces/load';
import { queryTimes, type Timing } from './traces/queries';
import { SpanBatches, spansPerBatch } from './traces/spans';

export const tracesTitle = 'Traces';

const seconds = Number(process.env['TRACE_SECONDS'] ?? 60);
/** Spans in Jaeger during the queries and the restart. */
const stored = Number(process.env['SPANS'] ?? 1_000_000);
const services = 16;

interface Sustained {
  readonly perSecond: number;
  /** Spans per second of CPU time of the collector. */
  readonly perCore: number;
  readonly kept: number;
  readonly memoryMiB: number;
}

interface Overload extends Offered {
  readonly rate: number;
  readonly received: number;
  readonly refusedAttempts: number;
  /** Traces dropped before their decision, and spans that the queue or Jaeger refused. */
  readonly early: number;
  readonly dropped: number;
  readonly memoryMiB: number;
  readonly jaegerMiB: number;
  /** Spans that the collector sent and Jaeger stored. */
  readonly sent: number;
  readonly arrived: number;
  /** Spans per second that Jaeger stored while the queue was not empty. */
  readonly storedPerSecond: number;
}

interface Full {
  readonly gibibytes: number;
  readonly bytesPerSpan: number;
  readonly fillMiB: number;
  readonly coreSecondsPerSpan: number;
  readonly queryMiB: number;
  readonly timings: readonly Timing[];
  readonly restarts: readonly { readonly after: string; seconds: number; memoryMiB: number }[];
}

/**
 * Measures the collector and Jaeger in containers with the limits of the program: spans per second
 * on one core, loss at twice that rate, and a storage with a million spans.
 *
 * @param env environment with the docker client
 * @returns lines of the section in docs/benchmarks.md
 */
export async function traceCosts(env: NodeJS.ProcessEnv): Promise<string[]> {
  const [load = 0] = loadavg();
  const folder = mkdtempSync(join(tmpdir(), 'audifi-bench-traces-'));
  const containers = new TraceContainers(env, folder);
  try {
    await containers.open();
    await containers.startJaeger();
    await containers.startCollector();
    const sustained = await sustain(containers);
    const overload = await overloaded(containers, 2 * sustained.perCore);
    await containers.stop('collector');
    await containers.stop('jaeger');
    await containers.empty('jaeger');
    return section(load, sustained, overload, await fullStore(containers));
  } finally {
    await containers.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

const collector = (name: string): Promise<number> =>
  readMetric(places.collector.metrics, `otelcol_${name}`);
const ofJaeger = (name: string): Promise<number> => readMetric(places.jaeger.metrics, name);
const pause = (waited: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, waited * 1_000));
const note = (text: string): void => void process.stderr.write(`traces: ${text}\n`);

/** Largest working set of a container while something runs. */
async function peakDuring<T>(
  containers: TraceContainers,
  names: readonly TraceService[],
  work: Promise<T>,
): Promise<{ readonly result: T; readonly peak: Readonly<Record<TraceService, number>> }> {
  const peak = { collector: 0, jaeger: 0 };
  let over = false;
  const watch = async (): Promise<void> => {
    do {
      for (const name of names) {
        peak[name] = Math.max(peak[name], await containers.memoryMiB(name));
      }
    } while (!over);
  };
  const watching = watch();
  work.catch(() => undefined);
  try {
    // Fails as soon as a container is not running any more.
    const result = await Promise.race([work, watching.then(() => work)]);
    return { result, peak };
  } finally {
    over = true;
    await watching;
  }
}

async function sustain(containers: TraceContainers): Promise<Sustained> {
  const batches = new SpanBatches();
  // Caches, and the first traces that wait for a decision.
  await saturate(places.collector.otlp, batches, { seconds: seconds / 4 });
  const names = ['receiver_accepted_spans', 'process_cpu_seconds', 'receiver_refused_spans'];
  const before = await Promise.all(names.map(collector));
  const start = performance.now();
  const { peak } = await peakDuring(
    containers,
    ['collector'],
    saturate(places.collector.otlp, batches, { seconds }),
  );
  const took = (performance.now() - start) / 1_000;
  const after = await Promise.all(names.map(collector));
  const [accepted = 0, cpu = NaN, refused = 0] = after.map((value, i) => value - (before[i] ?? 0));
  if (refused > 0) throw new Error(`the collector refused ${refused} spans of a few connections`);
  await drained();
  const [sent, all] = await Promise.all(
    ['exporter_sent_spans', 'receiver_accepted_spans'].map(collector),
  );
  note(`${Math.round(accepted / took)} spans/s, ${Math.round(accepted / cpu)} per core`);
  return {
    perSecond: accepted / took,
    perCore: accepted / cpu,
    kept: (sent ?? 0) / (all ?? NaN),
    memoryMiB: peak.collector,
  };
}

/** Waits until all traces are decided and sent. */
async function drained(): Promise<void> {
  let before = -1;
  for (;;) {
    // Longer than the wait for a decision.
    await pause(12);
    const [queued, sent] = await Promise.all([
      collector('exporter_queue_size'),
      collector('exporter_sent_spans'),
    ]);
    if (queued === 0 && sent === before) return;
    before = sent;
  }
}

async function overloaded(containers: TraceContainers, rate: number): Promise<Overload> {
  const names = [
    ...['receiver_accepted_spans', 'receiver_refused_spans', 'exporter_sent_spans'],
    'processor_tail_sampling_sampling_trace_dropped_too_early',
    ...['exporter_enqueue_failed_spans', 'exporter_send_failed_spans'],
  ];
  const before = await Promise.all(names.map(collector));
  const arrivedBefore = await arrivals();
  const { result, peak } = await peakDuring(
    containers,
    ['collector', 'jaeger'],
    offer(places.collector.otlp, new SpanBatches(), { spansPerSecond: rate, seconds, services }),
  );
  const [start, first] = [performance.now(), await arrivals()];
  await until(async () => (await collector('exporter_queue_size')) === 0, 1_800);
  const storedPerSecond = ((await arrivals()) - first) / ((performance.now() - start) / 1_000);
  await drained();
  const after = await Promise.all(names.map(collector));
  const [received = 0, refusedAttempts = 0, sent = 0, early = 0, full = 0, failed = 0] = after.map(
    (value, i) => value - (before[i] ?? 0),
  );
  note(`twice: ${JSON.stringify(result)}, received ${received}`);
  return {
    ...{ ...result, rate, received, refusedAttempts, early, dropped: full + failed, sent },
    ...{ arrived: (await arrivals()) - arrivedBefore, storedPerSecond },
    ...{ memoryMiB: peak.collector, jaegerMiB: peak.jaeger },
  };
}

/** Spans that Jaeger has stored since its start. */
const arrivals = (): Promise<number> => ofJaeger('otelcol_exporter_sent_spans');

async function fullStore(containers: TraceContainers): Promise<Full> {
  const count = Math.round(stored / spansPerBatch);
  const batches = new SpanBatches();
  await containers.startJaeger(true);
  const filled = await peakDuring(containers, ['jaeger'], fill(places.jaeger.otlp, batches, count));
  const cpu = await ofJaeger('otelcol_process_cpu_seconds');
  note(`${await arrivals()} spans stored`);
  const restarts: Full['restarts'][number][] = [];
  for (const [after, signal] of [
    ['a kill', 'KILL'],
    ['a stop', 'TERM'],
  ] as const) {
    await containers.stop('jaeger', signal);
    const ready = containers.startJaeger().then(async (took) => {
      // Until compaction and the garbage collector have run.
      await pause(20);
      return took;
    });
    // The container exists as soon as it runs.
    await until(async () => (await containers.memoryMiB('jaeger')) > 0);
    const { result, peak } = await peakDuring(containers, ['jaeger'], ready);
    restarts.push({ after, seconds: result, memoryMiB: peak.jaeger });
    note(`ready ${result.toFixed(1)} s after ${after}`);
  }
  const bytes = await settledSize();
  const { result: timings, peak } = await peakDuring(
    containers,
    ['jaeger'],
    queryTimes(batches, count),
  );
  return {
    ...{ gibibytes: bytes / 2 ** 30, bytesPerSpan: bytes / (count * spansPerBatch), restarts },
    ...{ fillMiB: filled.peak.jaeger, coreSecondsPerSpan: cpu / (count * spansPerBatch) },
    ...{ timings, queryMiB: peak.jaeger },
  };
}

/**
 * Bytes of the storage, when compaction has ended. Badger's value log is left out: it holds only
 * values above 1 MiB, and its file is mostly a hole.
 */
async function settledSize(): Promise<number> {
  let before = -1;
  for (;;) {
    const size = await ofJaeger('jaeger_storage_badger_size_bytes_lsm');
    if (size > 0 && size === before) return size;
    before = size;
    // Badger updates the metric every ten seconds.
    await pause(25);
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const time = (value: number): string =>
  value < 1 ? `${Math.round(value * 1_000)} ms` : `${value.toFixed(1)} s`;

function section(load: number, sustained: Sustained, twice: Overload, full: Full): string[] {
  const lost = twice.offered - twice.received;
  const of = (memoryMiB: number, name: TraceService): string =>
    `${whole(memoryMiB)} of ${limits[name]} MiB`;
  return [
    `## ${tracesTitle}`,
    '',
    'The collector and Jaeger in containers with the default settings, one core each, on the same machine as the sender. A trace is an API request with its job: ten spans with seven attributes each, as OTLP/JSON in batches of 500 spans. 2 % of the traces have an error with an e-mail address in its message. ' +
      `The load average of the machine was ${load.toFixed(1)} before the measurement.`,
    '',
    `- **Sustained: ${whole(sustained.perSecond)} spans/s** over ${seconds} s, as much as the collector accepts on four connections. Per second of CPU time, it redacts, counts and samples **${whole(sustained.perCore)} spans**. Memory: at most ${of(sustained.memoryMiB, 'collector')}.`,
    `- **Twice the capacity of a core** (${whole(twice.rate)} spans/s for ${seconds} s, from ${services} services with the buffer and the time limits of the reference application): ${whole(twice.offered)} spans offered, ${whole(twice.received)} received, **${percent(lost / twice.offered)} lost**. The services counted ${whole(twice.overflowed)} spans that did not fit into their buffers and ${whole(twice.givenUp)} in batches without an acknowledgement for a minute, which the collector may still have processed. It counted ${whole(twice.refusedAttempts)} spans in refused attempts. Of the received spans, ${whole(twice.early)} traces were dropped before their decision, and ${whole(twice.dropped)} sampled spans in the queue. Memory: collector at most ${of(twice.memoryMiB, 'collector')}, Jaeger ${of(twice.jaegerMiB, 'jaeger')}.`,
    `- From the collector's queue, Jaeger stored ${whole(twice.storedPerSecond)} spans/s, each on disk before it is acknowledged. The collector sent ${whole(twice.sent)} spans, and Jaeger stored ${whole(twice.arrived)}.`,
    `- **Disk: ${whole(full.bytesPerSpan)} bytes per span** with ${whole(stored)} spans in Jaeger (${full.gibibytes.toFixed(2)} GiB after compaction). Storing a span takes ${whole(full.coreSecondsPerSpan * 1e6)} µs of CPU time. Memory while they were stored as fast as possible: at most ${whole(full.fillMiB)} of ${whole(fillLimit)} MiB; during the queries below: ${of(full.queryMiB, 'jaeger')}.`,
    `- **Restart with this storage**: ${full.restarts.map(({ after, seconds, memoryMiB }) => `after ${after}, ready in ${seconds.toFixed(1)} s with at most ${of(memoryMiB, 'jaeger')}`).join('; ')}.`,
    '',
    `Requests of Jaeger's web pages over these ${whole(stored)} spans, which started within one day; 50 of each, one after another:`,
    '',
    '| request | p50 | p95 | traces per response |',
    '| --- | --- | --- | --- |',
    ...full.timings.map(
      ({ what, p50, p95, traces }) =>
        `| ${what} | ${time(p50)} | ${time(p95)} | ${traces.toFixed(1)} |`,
    ),
    '',
  ];
}
