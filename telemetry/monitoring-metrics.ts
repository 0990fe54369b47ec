import { counter, gauge, histogram, open } from './contract';
import { alertmanager, logPathMetrics } from './log-path-metrics';

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

/** Metrics of the monitoring itself that rules and dashboards use. */
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

  ...logPathMetrics,
};
