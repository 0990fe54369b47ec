import type { JobName } from '../../components/services';
import { increase, like, over, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { storesOnly } from './forwarding';
import { ownTargets } from './critical';

/** Names of the alerts that Loki's own ruler evaluates. */
export const logQueryNames = ['ErrorLogBurst', 'SlowQueries', 'LogBatchesLost'] as const;

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const logPathNames = [
  'LokiDown',
  'LogAgentDown',
  'LogLinesRejected',
  'LogLinesDropped',
  'ContainerLogsUnread',
  'LogDeliveryLagging',
  'LokiWALCorrupted',
  'LokiStorageFilling',
  'LokiRetentionLate',
] as const;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

const { cadvisor, loki, promtail, otelAgent } = jobs;
/** Share of the collector's queue; beyond 1 files are not read further. */
export const logQueueRatio = 0.5;

/** Alerts on the way of the lines from the containers' files into Loki. */
export function logPathAlerts(c: Context): readonly Alert[] {
  const agents = [promtail, otelAgent].filter((job) => c.has(job));
  return [
    ...when(c.has(loki), lokiDown(c)),
    ...agents.map((job) => agentDown(c, job)),
    ...when(c.has(loki), linesRejected(c)),
    ...agents.map((job) => linesDropped(c, job)),
    ...agents.map((job) => containersUnread(c, job)),
    ...agents.map((job) => deliveryLagging(c, job)),
    ...when(c.has(loki), walCorrupted(c), storageFilling(c), retentionLate(c)),
  ];
}

function lokiDown(c: Context): Alert {
  return {
    ...common,
    name: 'LokiDown',
    expr: `${c.answering(loki)} == 0`,
    for: c.hold(300),
    summary: 'Loki is down',
    description:
      'Loki does not answer. Nobody can search logs, and alerts on logs are blind. Nothing is lost yet: the agents ' +
      'wait, and read on when it is back, as long as the engine keeps the files.',
    mutes: [
      ...ownTargets,
      { alerts: ['LogDeliveryLagging'], why: 'the agents wait for Loki, as they should' },
    ],
  };
}

function agentDown(c: Context, job: JobName): Alert {
  return {
    ...common,
    name: 'LogAgentDown',
    labels: { job },
    expr: `${c.answering(job)} == 0`,
    for: c.hold(300),
    summary: `No log agent (${job}) answers`,
    description:
      `No instance of ${job} answers Prometheus: new lines of the containers do not reach Loki. They are read ` +
      'later from the files, unless the engine has replaced those by then.',
    mutes: ownTargets,
  };
}

function linesRejected(c: Context): Alert {
  const rejected = selector('loki_discarded_samples_total', { job: loki });
  return {
    ...common,
    name: 'LogLinesRejected',
    expr: `${sum(['reason'], increase(rejected, c.window(900)))} > 0`,
    for: c.hold(300),
    summary: 'Loki rejects log lines ({{ $labels.reason }})',
    description:
      `Loki has rejected {{ $value | printf "%.0f" }} lines of the last ${c.said(900)} for {{ $labels.reason }}; ` +
      'they are not stored. A wrong clock, a service that logs too much, or a limit that is too low.',
  };
}

/** What an agent gave up. With endless retries only lines that Loki refuses for good. */
function linesDropped(c: Context, job: string): Alert {
  const dropped =
    job === promtail
      ? selector('promtail_dropped_entries_total', { job: promtail })
      : selector('otelcol_exporter_send_failed_log_records_total', {
          job: otelAgent,
          ...storesOnly(c),
        });
  return {
    ...common,
    name: 'LogLinesDropped',
    labels: { job },
    expr: `${sum(['job', 'instance'], increase(dropped, c.window(900)))} > 0`,
    for: c.hold(300),
    summary: 'The log agent {{ $labels.instance }} drops lines',
    description:
      `{{ $labels.instance }} of {{ $labels.job }} has given up batches with {{ $value | printf "%.0f" }} lines in ` +
      `the last ${c.said(900)}: Loki refused some of them for good. LogLinesRejected says why.`,
  };
}

/**
 * A container whose log driver writes no files, or files elsewhere, is seen by cAdvisor and not by the agent. The collector
 * does not say which files it reads, nor opens empty ones: of it only a total loss is told, and the rest by `make doctor`.
 */
function containersUnread(c: Context, job: JobName): Alert {
  const all = job === promtail && c.has(cadvisor) && !c.options.manyHosts;
  return {
    ...common,
    name: 'ContainerLogsUnread',
    labels: { job },
    expr: all ? withoutFile() : noFile(job),
    for: c.hold(900),
    summary: all
      ? '{{ $value }} containers write no log that is read'
      : 'The log agent {{ $labels.instance }} finds no log files',
    description: all
      ? 'The logs of {{ $value }} running containers are no files that Promtail reads: their log driver writes none (local, ' +
        'journald, …). Nothing that they write can be found or alerted on. make doctor names them.'
      : `{{ $labels.instance }} of ${job} reads no log file at all: the engine keeps its files elsewhere, or its log driver ` +
        'writes none. make doctor says which.',
  };
}

function withoutFile(): string {
  const running = selector('container_memory_working_set_bytes', {
    job: cadvisor,
    id: like('.*[0-9a-f]{64}.*'),
  });
  const id = (of: string, label: string, pattern: string): string =>
    `label_replace(${of}, "id", "$1", "${label}", "${pattern}")`;
  const read = selector('promtail_file_bytes_total', { job: promtail });
  return (
    `count(\n  ${id(running, 'id', '.*?([0-9a-f]{64}).*')}\n  unless on (id)\n` +
    `  ${id(read, 'path', '.*/([0-9a-f]{64})-json[.]log.*')}\n) > 0`
  );
}

function noFile(job: JobName): string {
  if (job === otelAgent) {
    const open = selector('otelcol_fileconsumer_open_files', { job: otelAgent });
    return `max by (job, instance) (${open}) == 0`;
  }
  const files = selector('promtail_file_bytes_total', { job: promtail });
  return `${selector('up', { job: promtail })} == 1\nunless on (job, instance)\n${files}`;
}

function deliveryLagging(c: Context, job: string): Alert {
  return {
    ...common,
    name: 'LogDeliveryLagging',
    labels: { job },
    expr: job === promtail ? filesBehind(c) : queueFilling(c),
    for: c.hold(600),
    summary: 'The log agent {{ $labels.instance }} lags behind',
    description:
      job === promtail
        ? '{{ $labels.instance }} has {{ $value | humanize1024 }}B of log files yet to send. Loki takes lines more slowly ' +
          'than they are written; a file that the engine replaces twice meanwhile is lost.'
        : 'The queue of {{ $labels.instance }} is {{ $value | humanizePercentage }} full: Loki takes lines more slowly than ' +
          'they are written. When it is full, files are not read further, and what the engine deletes meanwhile is lost.',
  };
}

function filesBehind(c: Context): string {
  const written = selector('promtail_file_bytes_total', { job: promtail });
  const read = selector('promtail_read_bytes_total', { job: promtail });
  const behind = `sum by (job, instance) (\n  ${written}\n  - on (job, instance, path)\n  ${read}\n)`;
  return `${behind} > ${c.t.logLagBytes}`;
}

function queueFilling(c: Context): string {
  const waiting = selector('otelcol_exporter_queue_size', { job: otelAgent, ...storesOnly(c) });
  const room = selector('otelcol_exporter_queue_capacity', { job: otelAgent, ...storesOnly(c) });
  return `max by (job, instance) (\n  ${waiting}\n  /\n  ${room}\n) > ${logQueueRatio}`;
}

function walCorrupted(c: Context): Alert {
  const corruptions = `sum by (job, instance) (${selector('loki_ingester_wal_corruptions_total', { job: loki })})`;
  const before = `sum by (job, instance) (${selector('loki_ingester_wal_corruptions_total', { job: loki })} offset ${c.said(86_400)})`;
  return {
    ...common,
    name: 'LokiWALCorrupted',
    // Found while starting, so the first sample may already be 1: increase() would see nothing. For a day.
    expr: `${corruptions} > 0\nunless\n${before} >= ${corruptions}`,
    summary: 'Loki found its write-ahead log corrupted',
    description:
      '{{ $labels.instance }} could not read a part of its write-ahead log: lines of the last hours that had not become ' +
      'chunks may be missing. A full disk, a lost power supply or a broken disk is behind it.',
  };
}

function storageFilling(c: Context): Alert {
  const used = selector('loki_ingester_wal_disk_usage_percent', { job: loki });
  return {
    ...common,
    name: 'LokiStorageFilling',
    expr: `${over('max_over_time', used, c.window(300))} > ${c.t.storageRatio}`,
    for: c.hold(900),
    summary: "Loki's disk is {{ $value | humanizePercentage }} full",
    description:
      'The disk that {{ $labels.instance }} writes to is {{ $value | humanizePercentage }} full. When it is full, lines are ' +
      'no longer safe from a crash, and retention cannot work either.',
  };
}

function retentionLate(c: Context): Alert {
  const last = selector('loki_compactor_apply_retention_last_successful_run_timestamp_seconds', {
    job: loki,
  });
  const started = selector('process_start_time_seconds', { job: loki });
  return {
    ...common,
    name: 'LokiRetentionLate',
    // 0 is a process that has not come to it yet: then its age says how long it has had.
    expr: `time() - (${last} > 0 or ${started}) > ${c.window(21_600)}`,
    for: c.hold(600),
    summary: 'Loki has not deleted expired logs for {{ $value | humanizeDuration }}',
    description:
      '{{ $labels.instance }} applied its retention {{ $value | humanizeDuration }} ago, or has run for so long without: logs ' +
      'are kept longer than they may be, and the disk fills.',
  };
}

/** Alerts that are asked of the lines themselves, in LogQL; Loki sends them to Alertmanager. */
export function logQueryAlerts(c: Context): readonly Alert[] {
  if (!c.has(loki)) return [];
  return [
    {
      name: 'ErrorLogBurst',
      severity: 'warning',
      service: 'monitoring',
      serviceLabel: '{{ $labels.job }}',
      dashboard: 'audifi-overview',
      expr: `sum by (job) (count_over_time({level="error"}[${c.said(300)}])) > ${c.t.errorLogs}`,
      for: c.hold(120),
      summary: '{{ $labels.job }} logs many errors ({{ $value }} in five minutes)',
      description:
        `{{ $labels.job }} has written {{ $value }} lines of level error in the last ${c.said(300)}. Its metrics may ` +
        'not show it: jobs, retries and caught exceptions end here.',
    },
    ...when(c.has(jobs.postgres), slowQueries(c)),
    ...when(c.has(promtail), batchesLost(c)),
  ];
}

/** PostgreSQL's own log says which query it was; `log_min_duration_statement` has to be 1000 or less. */
function slowQueries(c: Context): Alert {
  const line = '`duration: (?P<ms>[0-9.]+) ms`';
  const slow = `{job="postgres",level="info"} |= "duration: " | regexp ${line} | ms > 1000`;
  return {
    name: 'SlowQueries',
    severity: 'warning',
    service: 'postgres',
    dashboard: 'audifi-database',
    expr: `sum by (job) (count_over_time(${slow} [${c.said(600)}])) > ${c.t.slowQueries}`,
    for: c.hold(300),
    summary: '{{ $value }} queries took longer than a second',
    description:
      `PostgreSQL has logged {{ $value }} queries above a second in the last ${c.said(600)}. A missing index, a lock, or ` +
      'a table that has grown.',
  };
}

/** Promtail counts what Loki refused, but not a batch that it cannot write: only its own log says so. */
function batchesLost(c: Context): Alert {
  const errors = '{job="promtail",level="error"} |~ "error encoding batch|batch add err"';
  return {
    name: 'LogBatchesLost',
    severity: 'warning',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    expr: `sum by (job) (count_over_time(${errors} [${c.said(900)}])) > 0`,
    for: c.hold(0),
    summary: 'Promtail gave up {{ $value }} batches of lines',
    description:
      `Promtail could not write {{ $value }} batches of the last ${c.said(900)} and gave them up, with the lines of all ` +
      'containers in them. Its own log says why.',
  };
}
