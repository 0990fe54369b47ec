import type { JobName } from '../../components/services';
import { by, increase, lokiDiskFullRatio, over, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { queueRatio, storesOnly } from './forwarding';
import { corruptedLately, losses } from '../losses';
import { ownTargets } from './consequences';
import { percent } from '../texts';
import { containersUnread } from './logs-unread';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const logPathNames = [
  'LokiDown',
  'LokiDiskFull',
  'LogAgentDown',
  'LogLinesRejected',
  'LogLinesRefused',
  'LogLinesDropped',
  'ContainerLogsUnread',
  'LogDeliveryLagging',
  'LokiRuleFailures',
  'LokiWALCorrupted',
  'LokiStorageFilling',
  'LokiRetentionLate',
] as const;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

const { loki, promtail, otelAgent, otelCollector } = jobs;
/** Threshold for the share of the collector's queue in use. At 1 it stops reading files. */
export const logQueueRatio = 0.5;

/** Alerts on the delivery of log lines from the containers' files to Loki. */
export function logPathAlerts(c: Context): readonly Alert[] {
  const agents = [promtail, otelAgent].filter((job) => c.has(job));
  return [
    ...when(c.has(loki), lokiDown(c), diskFull(c)),
    ...agents.map((job) => agentDown(c, job)),
    ...when(c.has(loki), linesRejected(c)),
    ...agents.map((job) => linesDropped(c, job)),
    ...when(c.has(otelCollector), linesRefused(c)),
    ...when(c.has(loki) && c.has(otelCollector), sentLinesDropped(c)),
    ...agents.map((job) => containersUnread(c, job)),
    ...agents.map((job) => deliveryLagging(c, job)),
    ...when(c.has(loki), ruleFailures(c), walCorrupted(c), storageFilling(c), retentionLate(c)),
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
      'Prometheus cannot scrape Loki. Nobody can search logs, and alerts on logs cannot fire. The log agents continue ' +
      'when Loki is back, if the container engine has not deleted the files by then.' +
      (c.has(otelCollector)
        ? " Lines that services send over OTLP are lost once the collector's queue is full (20,000 lines)."
        : ''),
    mutes: [
      ...ownTargets,
      { alerts: ['LogDeliveryLagging'], why: 'the agents wait for Loki, as they should' },
      {
        alerts: ['TraceQueueFilling'],
        only: { exporter: 'otlp_http/loki' },
        why: 'the collector waits for Loki, as it should',
      },
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
    summary: `Log agent (${job}) is down`,
    description:
      `Prometheus cannot scrape any instance of ${job}. New log lines do not reach Loki. The agent reads them ` +
      'when it is back, unless the container engine has deleted the files by then.',
    mutes: ownTargets,
  };
}

function linesRejected(c: Context): Alert {
  const rejected = selector('loki_discarded_samples_total', { job: loki });
  return {
    ...common,
    name: 'LogLinesRejected',
    expr: losses(c, ['reason'], rejected, loki, 900),
    for: c.hold(300),
    summary: 'Loki rejects log lines ({{ $labels.reason }})',
    description:
      `Loki rejected {{ $value | printf "%.0f" }} lines in the last ${c.said(900)} (reason: {{ $labels.reason }}). ` +
      'They are lost, except those over a rate limit, which the agent sends again. Likely causes: a wrong clock, a service that logs too much, or a limit that is too low.',
  };
}

/** Lines that services send over OTLP. The agents wait instead, and lose nothing. */
function linesRefused(c: Context): Alert {
  const job = otelCollector;
  const refused = selector('otelcol_receiver_refused_log_records_total', { job });
  return {
    ...common,
    name: 'LogLinesRefused',
    expr: losses(c, ['job', 'instance'], refused, job, 900),
    for: c.hold(300),
    summary: 'The trace collector refuses log lines',
    description:
      '{{ $labels.instance }} refused {{ $value | printf "%.0f" }} lines that services sent over OTLP in the last ' +
      `${c.said(900)}, most likely because it is short of memory. Services retry, and drop lines when their buffer is full.`,
  };
}

/** Lines that an agent dropped. Agents retry without limit, so Loki has rejected these lines. */
function linesDropped(c: Context, job: typeof promtail | typeof otelAgent): Alert {
  const dropped =
    job === promtail
      ? selector('promtail_dropped_entries_total', { job })
      : selector('otelcol_exporter_send_failed_log_records_total', { job, ...storesOnly(c) });
  return {
    ...common,
    name: 'LogLinesDropped',
    labels: { job },
    expr: losses(c, ['job', 'instance'], dropped, job, 900),
    for: c.hold(300),
    summary: 'The log agent {{ $labels.instance }} drops lines',
    description:
      `{{ $labels.instance }} of {{ $labels.job }} dropped batches with {{ $value | printf "%.0f" }} lines in ` +
      `the last ${c.said(900)}, because Loki permanently rejected lines in them. See LogLinesRejected for the reason.`,
  };
}

/**
 * Lines that services send over OTLP. Unlike an agent, the collector cannot read them again, so
 * they are lost when its queue is full.
 */
function sentLinesDropped(c: Context): Alert {
  const job = otelCollector;
  const of = (what: 'enqueue_failed' | 'send_failed'): string => {
    const dropped = `otelcol_exporter_${what}_log_records_total` as const;
    return losses(c, ['job', 'instance'], selector(dropped, { job, ...storesOnly(c) }), job, 900);
  };
  return {
    ...common,
    name: 'LogLinesDropped',
    labels: { job },
    expr: `${of('enqueue_failed')}\nor\n${of('send_failed')}`,
    for: c.hold(60),
    summary: 'The collector {{ $labels.instance }} drops log lines',
    description:
      '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} lines that services sent over OTLP in the last ' +
      `${c.said(900)}: its queue is full because Loki is down or too slow, or Loki permanently rejected them. These lines are lost.`,
  };
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
        ? '{{ $labels.instance }} still has to send {{ $value | humanize1024 }}B of log files. Loki accepts lines more slowly ' +
          'than containers write them. A file that the container engine rotates twice before it is read is lost.'
        : 'The queue of {{ $labels.instance }} is {{ $value | humanizePercentage }} full: Loki accepts lines more slowly than ' +
          'containers write them. When it is full, the agent stops reading, and files that the container engine then deletes are lost.',
  };
}

function filesBehind(c: Context): string {
  const written = selector('promtail_file_bytes_total', { job: promtail });
  const read = selector('promtail_read_bytes_total', { job: promtail });
  const behind = `sum by (job, instance) (\n  ${written}\n  - on (job, instance, path)\n  ${read}\n)`;
  return `${behind} > ${c.t.logLagBytes}`;
}

function queueFilling(c: Context): string {
  const stores = { job: otelAgent, ...storesOnly(c) };
  return `${queueRatio(['job', 'instance'], stores)} > ${logQueueRatio}`;
}

/** Without this alert, a log alert whose query fails would look as if all were well. */
function ruleFailures(c: Context): Alert {
  const failures = selector('loki_prometheus_rule_evaluation_failures_total', { job: loki });
  return {
    ...common,
    name: 'LokiRuleFailures',
    expr: `${sum(['rule_group'], increase(failures, c.window(300)))} > 0`,
    for: c.hold(600),
    summary: 'Loki cannot evaluate rules of {{ $labels.rule_group }}',
    description:
      `{{ $value | printf "%.0f" }} evaluations of alerts on log lines failed in the last ${c.said(300)}. ` +
      'ErrorLogBurst, SlowQueries and LogBatchesLost may not fire.',
  };
}

function walCorrupted(c: Context): Alert {
  const counter = selector('loki_ingester_wal_corruptions_total', { job: loki });
  return {
    ...common,
    name: 'LokiWALCorrupted',
    expr: corruptedLately(c, (modifier) => `sum by (job, instance) (${counter}${modifier})`, loki),
    summary: 'Loki found its write-ahead log corrupted',
    description:
      '{{ $labels.instance }} could not read part of its write-ahead log. Lines of the last day that were not yet written ' +
      'to chunks may be missing. Likely causes: a full disk, a power failure or a broken disk.',
  };
}

const diskUsed = selector('loki_ingester_wal_disk_usage_percent', { job: loki });
const fullAt = percent(lokiDiskFullRatio);

function diskFull(c: Context): Alert {
  return {
    ...common,
    name: 'LokiDiskFull',
    expr: `${over('min_over_time', diskUsed, c.window(60))} >= ${lokiDiskFullRatio}`,
    summary:
      '{{ $labels.instance }} stores no log lines: its disk is {{ $value | humanizePercentage }} full',
    description:
      `At ${fullAt}, Loki refuses all lines ("Ingester is shutting down" in the logs of the agents). They send them again until the ` +
      'container engine has deleted the files. Alerts on log lines do not fire.',
    mutes: [
      { alerts: ['LokiStorageFilling'], equal: ['instance'], why: 'the disk is already full' },
    ],
  };
}

function storageFilling(c: Context): Alert {
  return {
    ...common,
    name: 'LokiStorageFilling',
    expr: `${over('max_over_time', diskUsed, c.window(300))} > ${c.t.storageRatio}`,
    for: c.hold(900),
    summary: `{{ $labels.instance }}: disk {{ $value | humanizePercentage }} full, at ${fullAt} Loki refuses all log lines`,
    description:
      `The disk that {{ $labels.instance }} writes to is {{ $value | humanizePercentage }} full. At ${fullAt}, Loki refuses all lines ` +
      "(LokiDiskFull). On Docker it is the whole machine's disk.",
    mutes: [
      { alerts: ['KubeVolumeFilling'], equal: ['namespace', 'pod'], why: 'it is the same volume' },
    ],
  };
}

function retentionLate(c: Context): Alert {
  const last = selector('loki_compactor_apply_retention_last_successful_run_timestamp_seconds', {
    job: loki,
  });
  const started = selector('process_start_time_seconds', { job: loki });
  const window = c.window(25_200);
  const ran = by('max', ['job'], over('max_over_time', last, window));
  const first = by('min', ['job'], over('min_over_time', started, window));
  return {
    ...common,
    name: 'LokiRetentionLate',
    // Of several instances, only one applies retention. After a restart its gauge is 0, so the last
    // run is searched in a window that is an hour longer than the threshold. If there was none, the
    // time counts from the first start, because Loki may restart repeatedly before it applies
    // retention.
    expr: `time() - (${ran} > 0 or ${first}) > ${c.window(21_600)}`,
    for: c.hold(600),
    summary: 'Loki has not deleted expired logs for {{ $value | humanizeDuration }}',
    description:
      'Loki has not applied retention for {{ $value | humanizeDuration }}. Logs are kept longer than ' +
      'the retention allows, and the disk fills.',
  };
}
