import { counter, gauge, histogram, open, someHave } from './contract';

/** The label of counters of alerts that a server sends. */
export const alertmanager = open('URL of the Alertmanager', 3);

/** Loki and Promtail metrics that rules and dashboards use. */
export const logPathMetrics = {
  loki_distributor_bytes_received_total: counter({
    unit: 'bytes',
    help: 'Accepted bytes of lines and their structured metadata.',
    labels: {
      tenant: open('tenant', 1),
      retention_hours: open('retention', 6),
      is_internal_stream: ['true', 'false'],
      policy: someHave('policy', 1),
      format: open('format of the request', 3),
    },
    budget: 36,
  }),
  loki_ingester_chunk_stored_bytes_total: counter({
    unit: 'bytes',
    onlyIf: 'a chunk was written, which takes up to two hours',
    help: 'Compressed chunks that were written, with all copies.',
    labels: { tenant: open('tenant', 1) },
  }),
  loki_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Response time of Loki.',
    labels: {
      method: open('HTTP method, or gRPC', 8),
      route: open('route', 60),
      status_code: open('HTTP status', 20),
      ws: ['true', 'false'],
    },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100],
    budget: 3_000,
  }),
  loki_prometheus_rule_evaluation_failures_total: counter({
    unit: 'errors',
    help: "Failed evaluations of Loki's rules (alerts on log lines).",
    labels: { user: open('tenant', 1), rule_group: open('file and group', 5) },
    budget: 5,
  }),
  loki_prometheus_notifications_sent_total: counter({
    unit: 'alerts',
    onlyIf: 'an alert on log lines was sent',
    help: 'Alerts on log lines that an Alertmanager accepted.',
    labels: { user: open('tenant', 1), alertmanager },
    budget: 3,
  }),
  loki_prometheus_notifications_errors_total: counter({
    unit: 'alerts',
    onlyIf: 'an alert on log lines was sent',
    help: 'Alerts on log lines that an Alertmanager did not accept.',
    labels: { user: open('tenant', 1), alertmanager },
    budget: 3,
  }),
  loki_discarded_samples_total: counter({
    unit: 'count',
    onlyIf: 'a line was rejected',
    help: 'Rejected lines, by reason.',
    labels: {
      reason: open('why', 20),
      tenant: open('tenant', 1),
      retention_hours: open('retention', 6),
      policy: someHave('policy', 1),
      format: open('format of the request', 3),
    },
    budget: 60,
  }),
  loki_ingester_wal_corruptions_total: counter({
    unit: 'errors',
    onlyIf: 'a corruption was found',
    help: 'Corruptions found in the write-ahead log since the process started.',
    labels: { type: open('part of the log', 3) },
    budget: 3,
  }),
  loki_ingester_wal_disk_usage_percent: gauge({
    unit: 'ratio',
    help: 'Used share of the disk with the write-ahead log; 0 to 1, despite the name.',
  }),
  loki_compactor_apply_retention_last_successful_run_timestamp_seconds: gauge({
    unit: 'unix time',
    help: 'Time of the last retention run; 0 before the first one.',
  }),

  promtail_dropped_entries_total: counter({
    unit: 'count',
    help: 'Lines in dropped batches.',
    labels: {
      host: open('host of Loki', 1),
      tenant: someHave('tenant', 1),
      reason: open('why', 5),
    },
    budget: 5,
  }),
  promtail_file_bytes_total: counter({
    unit: 'bytes',
    help: 'Size of each log file.',
    labels: { path: open('log file', 200) },
    budget: 200,
  }),
  promtail_read_bytes_total: counter({
    unit: 'bytes',
    help: 'Read position in each log file.',
    labels: { path: open('log file', 200) },
    budget: 200,
  }),
  audifi_log_parse_errors_total: counter({
    unit: 'count',
    help: 'Lines that could not be parsed in the format of their source. They are kept.',
    labels: {
      exported_container: open('container', 50),
      exported_namespace: someHave('namespace of its pod (Kubernetes)', 10),
      exported_job: open('source', 50),
      level: ['error', 'warn', 'info', 'debug', 'unknown'],
    },
    budget: 100,
  }),
};
