import { counter, gauge, histogram, open } from './contract';

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

/** Notification channels, as Alertmanager names them in its own metrics. */
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

/** Metrics of Prometheus 3.13, Alertmanager 0.34, Grafana 13, Loki 3.7 and Promtail about themselves, as far as rules and dashboards read them. */
export const monitoringMetrics = {
  // Prometheus writes these for every alert that is pending or fires.
  ALERTS: gauge({
    unit: 'boolean',
    help: '1 while the alert is pending or fires.',
    labels: { ...alert, alertstate: ['pending', 'firing'] },
    budget: 2_000,
  }),
  ALERTS_FOR_STATE: gauge({
    unit: 'unix time',
    help: 'Since when the expression of the alert holds.',
    labels: alert,
    budget: 1_000,
  }),
  prometheus_config_last_reload_successful: gauge({
    unit: 'boolean',
    help: '1 when the configuration on disk is the one that runs.',
  }),
  prometheus_rule_evaluation_failures_total: counter({
    unit: 'errors',
    help: 'Rules that could not be evaluated.',
    labels: group,
    budget: 50,
  }),
  prometheus_rule_group_iterations_missed_total: counter({
    unit: 'things',
    help: 'Evaluations of a group that were left out because the one before took too long.',
    labels: group,
    budget: 50,
  }),
  prometheus_target_scrapes_exceeded_sample_limit_total: counter({
    unit: 'things',
    help: 'Scrapes that were refused because they had too many samples.',
  }),
  prometheus_target_scrapes_exceeded_body_size_limit_total: counter({
    unit: 'things',
    help: 'Scrapes that were refused because they were too large.',
  }),
  prometheus_target_scrape_pool_exceeded_label_limits_total: counter({
    unit: 'things',
    help: 'Scrapes that were refused because of too many or too long labels.',
  }),
  prometheus_tsdb_head_series: gauge({ unit: 'series', help: 'Series held in memory.' }),
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
    help: 'Size at which the oldest data goes; 0 for none.',
  }),
  prometheus_notifications_alertmanagers_discovered: gauge({
    unit: 'targets',
    help: 'Alertmanagers that Prometheus knows.',
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
    help: 'Alerts that may wait; more are dropped.',
  }),

  prometheus_remote_storage_queue_highest_timestamp_seconds: gauge({
    unit: 'unix time',
    help: 'Newest sample that is to be sent to a target.',
    labels: target,
    budget: 2,
  }),
  prometheus_remote_storage_queue_highest_sent_timestamp_seconds: gauge({
    unit: 'unix time',
    help: 'Newest sample that a target has taken; 0 before the first.',
    labels: target,
    budget: 2,
  }),
  prometheus_remote_storage_samples_failed_total: counter({
    unit: 'samples',
    help: 'Samples that a target refused for good.',
    labels: target,
    budget: 2,
  }),

  alertmanager_config_last_reload_successful: gauge({
    unit: 'boolean',
    help: '1 when the configuration on disk is the one that runs.',
  }),
  alertmanager_config_hash: gauge({ unit: 'things', help: 'Hash of the configuration that runs.' }),
  alertmanager_cluster_members: gauge({
    unit: 'targets',
    help: 'Members of the cluster that this one sees, itself included.',
  }),
  alertmanager_notification_requests_total: counter({
    unit: 'requests',
    help: 'Attempts to deliver, each retry counted.',
    labels: { integration },
    budget: 18,
  }),
  alertmanager_notification_requests_failed_total: counter({
    unit: 'requests',
    help: 'Attempts to deliver that failed.',
    labels: { integration },
    budget: 18,
  }),
  alertmanager_notifications_failed_total: counter({
    unit: 'things',
    help: 'Notifications that were given up until their group is due again.',
    labels: { integration, reason: open('why', 6) },
    budget: 108,
  }),

  grafana_http_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time in which Grafana answered.',
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
    help: 'Bytes of lines and their structured metadata that were taken.',
    labels: {
      tenant: open('tenant', 1),
      retention_hours: open('retention', 6),
      is_internal_stream: ['true', 'false'],
      policy: open('policy', 1),
      format: open('format of the request', 3),
    },
    budget: 36,
  }),
  loki_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time in which Loki answered.',
    labels: {
      method: open('HTTP method, or gRPC', 8),
      route: open('route', 60),
      status_code: open('HTTP status', 20),
      ws: ['true', 'false'],
    },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100],
    budget: 3_000,
  }),
  loki_discarded_samples_total: counter({
    unit: 'things',
    help: 'Lines that were rejected, with the reason.',
    labels: {
      reason: open('why', 20),
      tenant: open('tenant', 1),
      retention_hours: open('retention', 6),
      policy: open('policy', 1),
      format: open('format of the request', 3),
    },
    budget: 60,
  }),
  loki_ingester_wal_corruptions_total: counter({
    unit: 'errors',
    help: 'Corruptions found in the write-ahead log since the process started.',
    labels: { type: open('part of the log', 3) },
    budget: 3,
  }),
  loki_ingester_wal_disk_usage_percent: gauge({
    unit: 'ratio',
    help: 'Share of the disk in use that holds the write-ahead log, 0 to 1 in spite of the name.',
  }),
  loki_compactor_apply_retention_last_successful_run_timestamp_seconds: gauge({
    unit: 'unix time',
    help: 'When expired lines were marked for deletion; 0 before the first time.',
  }),

  promtail_dropped_entries_total: counter({
    unit: 'things',
    help: 'Lines of batches that were given up.',
    labels: { host: open('host of Loki', 1), tenant: open('tenant', 1), reason: open('why', 5) },
    budget: 5,
  }),
  promtail_file_bytes_total: counter({
    unit: 'bytes',
    help: 'Size of each file that is read.',
    labels: { path: open('log file', 200) },
    budget: 200,
  }),
  promtail_read_bytes_total: counter({
    unit: 'bytes',
    help: 'How far each file is read.',
    labels: { path: open('log file', 200) },
    budget: 200,
  }),
  audifi_log_parse_errors_total: counter({
    unit: 'things',
    help: 'Lines that could not be read as their source writes them; they are kept.',
    labels: {
      exported_container: open('container', 50),
      exported_namespace: open('namespace of its pod (Kubernetes)', 10),
      exported_job: open('source', 50),
      level: ['error', 'warn', 'info', 'debug', 'unknown'],
    },
    budget: 100,
  }),
};
