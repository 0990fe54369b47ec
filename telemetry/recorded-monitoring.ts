import { series } from './recorded-series';

/** Recording rules for the monitoring itself. */
export const recordedOfMonitoring = {
  'integration:alertmanager_notification_requests:rate5m': series(
    'Notification attempts per second.',
    'integration',
  ),
  'integration:alertmanager_notification_requests_failed:rate5m': series(
    'Failed attempts per second.',
    'integration',
  ),
  'job:grafana_http_request_duration_seconds_sum:rate5m': series('Seconds per second.', 'job'),
  'job:grafana_http_request_duration_seconds_count:rate5m': series('Requests per second.', 'job'),
  'route:loki_request_duration_seconds_sum:rate5m': series('Seconds per second.', 'job', 'route'),
  'route:loki_request_duration_seconds_count:rate5m': series(
    'Requests per second.',
    ...(['job', 'route'] as const),
  ),
  'job:promtail_dropped_entries:rate5m': series('Dropped lines per second.', 'job'),
  'exported_job:audifi_log_parse_errors:rate5m': series(
    'Lines that could not be parsed, per second.',
    'exported_job',
  ),
  'data:budget_bytes:max': series('Size that the data may have (settings `budgets`).', 'data'),
  'data:expected_bytes:rate3d': series(
    'Size at the end of the retention, at the rate of three days.',
    'data',
  ),
  'instance:promtail_lag_bytes:sum': series('Bytes of files not read yet.', 'job', 'instance'),
} as const;
