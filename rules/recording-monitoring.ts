import { type Expr, rate, sum } from '../telemetry';
import { type Context, when } from './context';
import { jobs } from './options';
import { record, type Recording } from './recording-parts';
import { scoped } from './scope';

/** Series of the monitoring itself that have a route, status or file label. */
export function monitoring(c: Context): readonly Recording[] {
  return [
    ...when(c.has(jobs.alertmanager), ...alertmanager(c)),
    ...when(c.has(jobs.grafana), ...grafana(c)),
    ...when(c.has(jobs.loki), ...loki(c)),
    ...when(c.has(jobs.promtail), ...promtail(c)),
  ];
}

function alertmanager(c: Context): readonly Recording[] {
  const w = c.window(300);
  const sent = rate(scoped('alertmanager_notification_requests_total'), w);
  const failed = rate(scoped('alertmanager_notification_requests_failed_total'), w);
  return [
    record('integration:alertmanager_notification_requests:rate5m', sum(['integration'], sent)),
    record(
      'integration:alertmanager_notification_requests_failed:rate5m',
      sum(['integration'], failed),
    ),
  ];
}

function grafana(c: Context): readonly Recording[] {
  const w = c.window(300);
  const seconds = rate(scoped('grafana_http_request_duration_seconds_sum'), w);
  const requests = rate(scoped('grafana_http_request_duration_seconds_count'), w);
  return [
    record('job:grafana_http_request_duration_seconds_sum:rate5m', sum(['job'], seconds)),
    record('job:grafana_http_request_duration_seconds_count:rate5m', sum(['job'], requests)),
  ];
}

function loki(c: Context): readonly Recording[] {
  const w = c.window(300);
  const seconds = rate(scoped('loki_request_duration_seconds_sum'), w);
  const requests = rate(scoped('loki_request_duration_seconds_count'), w);
  return [
    record('route:loki_request_duration_seconds_sum:rate5m', sum(['job', 'route'], seconds)),
    record('route:loki_request_duration_seconds_count:rate5m', sum(['job', 'route'], requests)),
  ];
}

function promtail(c: Context): readonly Recording[] {
  const size = scoped('promtail_file_bytes_total');
  const read = scoped('promtail_read_bytes_total');
  const left = `${size} - on (job, instance, path) ${read}` as Expr<'job' | 'instance'>;
  const w = c.window(300);
  const unread = rate(scoped('audifi_log_parse_errors_total'), w);
  const dropped = rate(scoped('promtail_dropped_entries_total'), w);
  return [
    record('instance:promtail_lag_bytes:sum', sum(['job', 'instance'], left)),
    record('job:promtail_dropped_entries:rate5m', sum(['job'], dropped)),
    record('exported_job:audifi_log_parse_errors:rate5m', sum(['exported_job'], unread)),
  ];
}
