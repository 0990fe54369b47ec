import { counter, gauge, histogram, open, someHave } from './contract';

const alertmanager = open('URL of the Alertmanager', 3);
const target = {
  remote_name: open('target of forwarding', 2),
  url: open('its URL', 2),
} as const;
const alert = {
  alertname: open('name of the alert', 80),
  severity: ['critical', 'warning', 'info', 'none'],
  service: open('what the alert is about', 30),
  team: open('who owns it', 10),
} as const;
const group = { rule_group: open('rule file and group', 50) };

/** Receiver types, as Alertmanager names them in its metrics. */
const integration = [
  ...[
    'pagerduty',
    'slack',
    'webhook',
    'email',
    'opsgenie',
    'sns',
    'pushover',
    'telegram',
    'wechat',
  ],
  ...['victorops', 'webex', 'discord', 'msteams', 'msteamsv2', 'jira', 'rocketchat', 'mattermost'],
  'incidentio',
] as const;

/** Receivers of this stack that have an account (components/alerting). */
const receiver_name = ['on-call', 'alerts', 'monitoring', 'unmatched', 'heartbeat'] as const;

/** Prometheus, Alertmanager, Grafana, Loki and Promtail metrics that rules and dashboards use. */
export const monitoringMetrics = {
  // Prometheus writes these for every pending or firing alert.
  ALERTS: gauge({
    unit: 'boolean',
    help: '1 while the alert is pending or firing.',
    labels: { ...alert, alertstate: ['pending', 'firing'] },
    budget: 2_000,
  }),
  ALERTS_FOR_STATE: gauge({
    unit: 'unix time',
    help: 'Time since which the expression of the alert is true.',
    labels: alert,
    budget: 1_000,
  }),
  prometheus_config_last_reload_successful: gauge({
    unit: 'boolean',
    help: '1 if the last configuration reload succeeded.',
  }),
  prometheus_rule_evaluation_failures_total: counter({
    unit: 'errors',
    help: 'Failed rule evaluations.',
    labels: group,
    budget: 50,
  }),
  prometheus_rule_group_iterations_missed_total: counter({
    unit: 'count',
    help: 'Evaluations of a group that were skipped because the previous one took too long.',
    labels: group,
    budget: 50,
  }),
  prometheus_target_scrapes_exceeded_sample_limit_total: counter({
    unit: 'count',
    help: 'Scrapes rejected because of too many samples.',
  }),
  prometheus_target_scrapes_exceeded_body_size_limit_total: counter({
    unit: 'count',
    help: 'Scrapes rejected because of their size.',
  }),
  prometheus_target_scrape_pool_exceeded_label_limits_total: counter({
    unit: 'count',
    help: 'Scrapes rejected because of too many or too long labels.',
  }),
  prometheus_tsdb_head_series: gauge({ unit: 'series', help: 'Series in memory.' }),
  prometheus_tsdb_head_samples_appended_total: counter({
    unit: 'samples',
    help: 'Samples added to memory.',
    labels: { type: ['float', 'histogram'] },
    budget: 2,
  }),
  prometheus_tsdb_compactions_failed_total: counter({
    unit: 'errors',
    help: 'Compactions that failed.',
  }),
  prometheus_tsdb_wal_corruptions_total: counter({
    unit: 'errors',
    help: 'Corruptions found in the write-ahead log since the process started.',
  }),
  prometheus_tsdb_storage_blocks_bytes: gauge({ unit: 'bytes', help: 'Size of all blocks.' }),
  prometheus_tsdb_wal_storage_size_bytes: gauge({
    unit: 'bytes',
    help: 'Size of the write-ahead log.',
  }),
  prometheus_tsdb_head_chunks_storage_size_bytes: gauge({
    unit: 'bytes',
    help: 'Size of the chunks of the head on disk.',
  }),
  prometheus_tsdb_retention_limit_bytes: gauge({
    unit: 'bytes',
    help: 'Retention size; 0 for none.',
  }),
  prometheus_notifications_alertmanagers_discovered: gauge({
    unit: 'targets',
    help: 'Discovered Alertmanagers.',
  }),
  prometheus_notifications_sent_total: counter({
    unit: 'alerts',
    help: 'Alerts that an Alertmanager accepted.',
    labels: { alertmanager },
    budget: 3,
  }),
  prometheus_notifications_errors_total: counter({
    unit: 'alerts',
    help: 'Alerts that an Alertmanager did not accept.',
    labels: { alertmanager },
    budget: 3,
  }),
  prometheus_notifications_queue_length: gauge({
    unit: 'alerts',
    help: 'Alerts waiting to be sent.',
    labels: { alertmanager },
    budget: 3,
  }),
  prometheus_notifications_queue_capacity: gauge({
    unit: 'alerts',
    help: 'Capacity of the notification queue; further alerts are dropped.',
  }),

  prometheus_remote_storage_queue_highest_timestamp_seconds: gauge({
    unit: 'unix time',
    onlyIf: 'metrics are forwarded',
    help: 'Newest sample in the queue for a target. Stands still while the queue is full.',
    labels: target,
    budget: 2,
  }),
  prometheus_remote_storage_queue_highest_sent_timestamp_seconds: gauge({
    unit: 'unix time',
    onlyIf: 'metrics are forwarded',
    help: 'Newest sample that a target has taken; 0 before the first.',
    labels: target,
    budget: 2,
  }),
  prometheus_remote_storage_samples_failed_total: counter({
    unit: 'samples',
    onlyIf: 'metrics are forwarded',
    help: 'Samples that a target refused for good.',
    labels: target,
    budget: 2,
  }),

  alertmanager_config_last_reload_successful: gauge({
    unit: 'boolean',
    help: '1 if the last configuration reload succeeded.',
  }),
  alertmanager_config_hash: gauge({ unit: 'count', help: 'Hash of the configuration that runs.' }),
  alertmanager_cluster_members: gauge({
    unit: 'targets',
    onlyIf: 'there are several instances',
    help: 'Cluster members that this instance sees, including itself.',
  }),
  alertmanager_notification_requests_total: counter({
    unit: 'requests',
    help: 'Notification attempts, including retries.',
    labels: { integration, receiver_name },
    budget: 5,
  }),
  alertmanager_notification_requests_failed_total: counter({
    unit: 'requests',
    help: 'Failed notification attempts.',
    labels: { integration, receiver_name },
    budget: 5,
  }),
  alertmanager_notifications_failed_total: counter({
    unit: 'count',
    help: 'Notifications given up until the next interval of their group.',
    labels: { integration, receiver_name, reason: open('why', 7) },
    budget: 35,
  }),

  grafana_http_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Response time of Grafana.',
    labels: {
      handler: open('route', 200),
      method: open('HTTP method', 7),
      status_code: open('HTTP status', 20),
    },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    budget: 14_000,
  }),

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
