import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { below } from './limits';
import { dashboard, runbook } from './links';
import { lines, number } from './panels';
import { instant, range } from './queries';

/*
 * Panels for the path of an alert: Prometheus evaluates its rule and sends it to Alertmanager,
 * which notifies people.
 */

const w = '$__rate_interval';
const prometheus = { job: 'prometheus' } as const;
const empty = 'Prometheus does not scrape itself.';

export function watchdog(options: DashboardOptions): Panel {
  const fires = selector('ALERTS', { alertname: 'Watchdog', alertstate: 'firing' });
  return number({
    title: 'Watchdog',
    shows: 'The alert that always fires. It proves that Prometheus evaluates rules.',
    good: '1.',
    otherwise: '0: Prometheus evaluates no rules, so no alert can fire.',
    unit: 'state',
    queries: [instant(`count(${fires}) or vector(0)`, 'fires')],
    empty,
    limit: below(1, 'critical'),
    links: [runbook(options, 'Watchdog')],
  });
}

export function ruleFailures(options: DashboardOptions): Panel {
  const failed = rate(selector('prometheus_rule_evaluation_failures_total', prometheus), w);
  return lines({
    title: 'Rule Failures',
    shows: 'Failed rule evaluations per minute.',
    good: '0.',
    otherwise: 'Alerts of the failing rule cannot fire. The log of Prometheus shows the reason.',
    unit: 'perMinute',
    queries: [range(`60 * ${sum(['instance'], failed)}`, '{{instance}}')],
    empty,
    links: [runbook(options, 'PrometheusRuleFailures')],
  });
}

export function late(options: DashboardOptions): Panel {
  const missed = rate(selector('prometheus_rule_group_iterations_missed_total', prometheus), w);
  return lines({
    title: 'Evaluations Left Out',
    shows: 'Rule evaluations per minute that were skipped because the previous one took too long.',
    good: '0.',
    otherwise: 'Alerts fire late. Prometheus has too many series or too little CPU.',
    unit: 'perMinute',
    queries: [range(`60 * ${sum([], missed)}`, 'left out')],
    empty,
    links: [runbook(options, 'PrometheusRuleGroupsLate')],
  });
}

export function queue(options: DashboardOptions): Panel {
  const waiting = selector('prometheus_notifications_queue_length', prometheus);
  return lines({
    title: 'Alerts Waiting',
    shows: 'Alerts waiting to be sent from Prometheus to Alertmanager.',
    good: '0.',
    otherwise:
      'Alertmanager is slow or down. When the queue is full, the oldest alerts are dropped.',
    unit: 'count',
    queries: [range(by('max', [], waiting), 'in the queue')],
    empty,
    links: [runbook(options, 'PrometheusNotificationQueueFilling')],
  });
}

export function notDelivered(options: DashboardOptions): Panel {
  const failed = selector('integration:alertmanager_notification_requests_failed:rate5m');
  const refused = rate(selector('prometheus_notifications_errors_total', prometheus), w);
  return lines({
    title: 'Alerts Not Delivered',
    shows:
      'Failed notifications per minute: to each receiver type, and from Prometheus to Alertmanager.',
    good: '0.',
    otherwise: 'People are not notified. Watch On call instead, and fix the delivery.',
    unit: 'perMinute',
    queries: [
      range(`60 * ${failed} > 0`, '{{integration}}'),
      range(`60 * ${sum([], refused)}`, 'to Alertmanager'),
    ],
    empty,
    links: [
      runbook(options, 'AlertmanagerNotificationsFailing'),
      runbook(options, 'PrometheusAlertDeliveryFailing'),
    ],
  });
}

export function notifications(options: DashboardOptions): Panel {
  const sent = selector('integration:alertmanager_notification_requests:rate5m');
  return lines({
    title: 'Notifications',
    shows: 'Notifications per minute, by receiver type.',
    good: 'The heartbeat, and little else.',
    otherwise:
      'Very many: open On call to see which alerts fire. Remove alerts that are not useful.',
    unit: 'perMinute',
    queries: [range(`60 * ${sent} > 0`, '{{integration}}')],
    empty: 'No notifications in this time range.',
    stacked: true,
    bars: true,
    links: [dashboard('audifi-on-call', 'On call'), runbook(options, 'AlertmanagerDown')],
  });
}
