import { duration, type Expr, like, over, rate, selector, sum } from '../telemetry';
import { type Context, when } from './context';
import { blockDays, type DataBudget, type DataKind, storedBytes } from './data-sizes';
import { jobs } from './options';
import { record, type Recording } from './recording-parts';
import type { RecordingGroup } from './recording';
import { day } from './seconds';

/** Seconds over which rates are averaged, so that one busy day does not count as usual. */
const averaged = 3 * day;

/**
 * Records budgets, and the size that each kind of data will have at the end of its retention at the
 * rate of the last three days. This shows early that a budget is too small. It also covers data
 * whose size nothing measures: volumes on Docker, and buckets.
 */
export function dataGroup(c: Context): RecordingGroup {
  const rules = (c.options.budgets ?? []).flatMap((budget): readonly Recording[] => {
    const expected = expectedBytes(c, budget);
    if (expected === undefined) return [];
    const labels = { data: budget.data };
    return [
      { ...record('data:budget_bytes:max', `vector(${budget.bytes})` as Expr<'data'>), labels },
      { ...record('data:expected_bytes:rate3d', expected as Expr<'data'>), labels },
    ];
  });
  return { name: 'data-budgets', interval: duration(c.tick(240)), rules };
}

/** Undefined if no server of the stack counts the data. */
function expectedBytes(c: Context, { data, kept }: DataBudget): string | undefined {
  const [first = 0] = kept;
  const of: Readonly<Record<DataKind, readonly string[]>> = {
    metrics: when(c.has(jobs.prometheus), samples(c, first)),
    longTerm: when(c.has(jobs.thanosCompactor), blocks(c, kept)),
    uptime: when(c.has(jobs.thanosCompactor) && c.options.checks.length > 0, history(kept)),
    errorLogs: when(c.has(jobs.loki), lines(c, kept)),
    infoLogs: when(c.has(jobs.loki), lines(c, kept)),
    logs: when(c.has(jobs.loki), lines(c, kept)),
    traces: when(c.has(jobs.jaeger) && c.has(jobs.otelCollector), spans(c, first)),
    grafana: [],
  };
  return of[data][0];
}

/** Ingested samples per second of the busiest instance. */
function appended(c: Context): string {
  const added = selector('prometheus_tsdb_head_samples_appended_total', { job: jobs.prometheus });
  return `sum by (instance) (${rate(added, c.window(averaged))})`;
}

/** Blocks of one instance, and what is not in a block yet. */
function samples(c: Context, seconds: number): string {
  const job = jobs.prometheus;
  const head = [
    selector('prometheus_tsdb_wal_storage_size_bytes', { job }),
    selector('prometheus_tsdb_head_chunks_storage_size_bytes', { job }),
  ].map((size) => `max(${size})`);
  return `max(${appended(c)}) * ${storedBytes.sample * seconds}\n+ ${head.join('\n+ ')}`;
}

/** The bucket: each instance of Prometheus uploads the same series once. */
function blocks(c: Context, [raw = 0, fiveMinutes = 0, oneHour = 0]: readonly number[]): string {
  const daysOf = (seconds: number): number => seconds / day + blockDays;
  const perSeries =
    daysOf(fiveMinutes) * storedBytes.fiveMinutes + daysOf(oneHour) * storedBytes.oneHour;
  const series = over(
    'avg_over_time',
    selector('prometheus_tsdb_head_series', { job: jobs.prometheus }),
    c.window(averaged),
  );
  return (
    `sum(${series}) * ${Math.round(perSeries)}\n` +
    `+ sum(${appended(c)}) * ${Math.round(daysOf(raw) * day * storedBytes.sample)}`
  );
}

function history(kept: readonly number[]): string {
  const years = Math.max(...kept) / (365 * day);
  const checks = sum(['check'], selector('probe_success', { job: jobs.uptime }));
  return `count(${checks}) * ${Math.round(years * storedBytes.check)}`;
}

/**
 * Loki counts received bytes by retention. What is stored per received byte, with all copies, is
 * the same for all levels.
 */
function lines(c: Context, kept: readonly number[]): string {
  const job = jobs.loki;
  const window = c.window(averaged);
  const stored = sum([], rate(selector('loki_ingester_chunk_stored_bytes_total', { job }), window));
  const received = sum(
    [],
    rate(selector('loki_distributor_bytes_received_total', { job }), window),
  );
  const hours = [...new Set(kept.map((seconds) => Math.floor(seconds / 3_600)))];
  const classes = hours.map((each) => {
    const accepted = selector('loki_distributor_bytes_received_total', {
      job,
      retention_hours: String(each),
    });
    return `(${sum([], rate(accepted, window))} * ${each * 3_600} or vector(0))`;
  });
  return `(\n  ${classes.join('\n  + ')}\n)\n* (${stored} / ${received})`;
}

function spans(c: Context, seconds: number): string {
  const sent = selector('otelcol_exporter_sent_spans_total', {
    job: jobs.otelCollector,
    exporter: like('otlp.*/jaeger'),
  });
  const perSpan = storedBytes.span * storedBytes.badgerGarbage;
  return `${sum([], rate(sent, c.window(averaged)))} * ${Math.round(perSpan * seconds)}`;
}
