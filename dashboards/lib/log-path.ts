import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { jobs, logQueueRatio, storesBeside } from '../../rules';
import { by, lokiDiskFullRatio, oneOf, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { above } from './limits';
import { dashboard, runbook } from './links';
import { lines, number } from './panels';
import { instant, meanOf, range } from './queries';

const w = '$__rate_interval';
const loki = { job: jobs.loki } as const;
const empty = 'No metrics. Check in Target Health that Prometheus scrapes Loki.';

/** Delivery of log lines from the containers' files to Loki, and Loki's storage. */
export const logPathPanels = (options: DashboardOptions): readonly (readonly [number, Panel])[] => [
  [8, received()],
  [8, lost(options)],
  [8, behind(options)],
  [8, answers(options)],
  [8, disk(options)],
  [8, retention(options)],
];

function received(): Panel {
  const bytes = rate(selector('loki_distributor_bytes_received_total', loki), w);
  return lines({
    title: 'Log Bytes Received',
    shows: 'Bytes per second that Loki receives, by retention in hours.',
    good: 'Follows the traffic. Logs with long retention (errors) are a small part.',
    otherwise: 'Open Logs to see which service logs so much.',
    unit: 'bytesPerSecond',
    queries: [range(sum(['retention_hours'], bytes), 'kept {{retention_hours}} h')],
    empty,
    stacked: true,
    links: [dashboard('audifi-logs', 'Logs')],
  });
}

function lost(options: DashboardOptions): Panel {
  const rejected = rate(selector('loki_discarded_samples_total', loki), w);
  const unread = selector('exported_job:audifi_log_parse_errors:rate5m');
  const agents = options.logAgent === 'promtail' ? promtailLost() : collectorLost(options);
  // The collector has no metric for lines that it could not parse.
  const unreadable =
    options.logAgent === 'promtail'
      ? [range(`60 * ${unread} > 0`, 'not understood: {{exported_job}}')]
      : [];
  return lines({
    title: 'Log Lines Lost',
    shows:
      'Lines per minute that Loki rejected (by reason), that the agent dropped, and that were stored but could not be parsed.',
    good: '0.',
    otherwise: 'The runbook describes the fix for each reason.',
    unit: 'perMinute',
    queries: [
      // Loki's series for a reason exists only after the first line. The agent's series always
      // exists.
      range(`60 * ${agents}`, 'dropped by the agent'),
      range(`60 * ${sum(['reason'], rejected)} > 0`, 'rejected: {{reason}}'),
      ...unreadable,
    ],
    empty: 'No metrics. Check in Target Health that Prometheus scrapes the log agent.',
    stacked: true,
    bars: true,
    links: [runbook(options, 'LogLinesRejected'), runbook(options, 'LogLinesDropped')],
  });
}

const promtailLost = (): string =>
  sum([], selector('job:promtail_dropped_entries:rate5m', { job: jobs.promtail }));

/** The targets of `forwarding` have alerts of their own. */
const toLoki = ({ forwarding }: DashboardOptions) => ({
  job: jobs.otelAgent,
  ...storesBeside(forwarding),
});

/** The counter exists only after the first failure. If there is a queue, no result means 0. */
function collectorLost(options: DashboardOptions): string {
  const failed = rate(
    selector('otelcol_exporter_send_failed_log_records_total', toLoki(options)),
    w,
  );
  const alive = by('max', [], selector('otelcol_exporter_queue_capacity', toLoki(options)));
  return `(${sum([], failed)} or 0 * ${alive})`;
}

function behind(options: DashboardOptions): Panel {
  const about = {
    title: 'Log Agents Behind',
    good: 'Nearly 0.',
    otherwise:
      'Loki is slow or down. No lines are lost as long as the container engine keeps the files.',
    empty: 'No metrics. Check in Target Health that Prometheus scrapes the log agent.',
    links: [runbook(options, 'LogDeliveryLagging'), runbook(options, 'LogAgentDown')],
  };
  if (options.logAgent === 'promtail') {
    const waiting = selector('instance:promtail_lag_bytes:sum', { job: jobs.promtail });
    return lines({
      ...about,
      shows: 'Bytes of log files that are not sent yet, by agent.',
      unit: 'bytes',
      queries: [range(waiting, '{{instance}}')],
      limit: above(options.thresholds.logLagBytes, 'warning'),
    });
  }
  const waiting = selector('otelcol_exporter_queue_size', toLoki(options));
  const room = selector('otelcol_exporter_queue_capacity', toLoki(options));
  return lines({
    ...about,
    shows: 'Share of the queue in use, by agent.',
    unit: 'share',
    queries: [range(`max by (instance) (${waiting} / ${room})`, '{{instance}}')],
    limit: above(logQueueRatio, 'warning'),
  });
}

function answers(options: DashboardOptions): Panel {
  const mean = (...routes: readonly string[]): string => {
    const asked = { ...loki, route: oneOf(...routes) };
    const seconds = selector('route:loki_request_duration_seconds_sum:rate5m', asked);
    const count = selector('route:loki_request_duration_seconds_count:rate5m', asked);
    return meanOf(seconds, count);
  };
  return lines({
    title: 'Loki Answers',
    shows: 'Average duration of a query, and of a push from an agent or the trace collector.',
    good: 'Queries below one second, pushes a few milliseconds.',
    otherwise:
      'Slow queries: they cover many days without a label filter. Slow pushes: the disk is slow.',
    unit: 'seconds',
    queries: [
      range(mean('loki_api_v1_query', 'loki_api_v1_query_range'), 'query'),
      // Promtail pushes to the first one, the OpenTelemetry Collector to the second.
      range(mean('loki_api_v1_push', 'otlp_v1_logs'), 'push'),
    ],
    empty: 'No queries and no pushes in this time range.',
    bars: true,
    links: [runbook(options, 'LokiDown')],
  });
}

function disk(options: DashboardOptions): Panel {
  const used = selector('loki_ingester_wal_disk_usage_percent', loki);
  return lines({
    title: 'Disk of Loki',
    shows: 'Used share of the disk that Loki writes to.',
    good: 'Below the line.',
    otherwise: `Reduce the retention or enlarge the disk. At ${lokiDiskFullRatio * 100} %, Loki refuses all lines.`,
    unit: 'share',
    queries: [range(by('max', ['instance'], used), '{{instance}}')],
    empty,
    max: 1,
    limit: above(options.thresholds.storageRatio, 'warning'),
    links: [
      runbook(options, 'LokiDiskFull'),
      runbook(options, 'LokiStorageFilling'),
      runbook(options, 'LokiWALCorrupted'),
    ],
  });
}

function retention(options: DashboardOptions): Panel {
  const last = selector(
    'loki_compactor_apply_retention_last_successful_run_timestamp_seconds',
    loki,
  );
  return number({
    title: 'Expired Logs Deleted',
    shows: 'When Loki last applied retention.',
    good: 'Within the last few hours.',
    otherwise: 'Loki keeps logs longer than the retention allows, and the disk fills.',
    unit: 'since',
    queries: [instant(`1000 * max(${last} > 0)`, 'last time')],
    empty: 'Not yet since Loki started. The first run is after ten minutes.',
    links: [runbook(options, 'LokiRetentionLate')],
  });
}
