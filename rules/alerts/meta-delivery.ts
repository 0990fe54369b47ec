import { by, increase, noneOf, over, rate, ratio, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { type AlertmanagerOptions, type Channel, jobs } from '../options';
import { ownTargets } from './consequences';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const deliveryNames = [
  'PrometheusNotConnectedToAlertmanager',
  'PrometheusAlertDeliveryFailing',
  'PrometheusNotificationQueueFilling',
  'AlertmanagerDown',
  'AlertmanagerNotificationsFailing',
  'AlertmanagerConfigReloadFailed',
  'AlertmanagerClusterIncomplete',
  'AlertmanagerConfigInconsistent',
] as const;

const job = jobs.alertmanager;
/** Threshold for the share of alerts that even the healthiest Alertmanager does not accept. */
const refusedRatio = 0.05;
/** Threshold for the share of failed notifications. Retries compensate for fewer failures. */
const failedRatio = 0.9;
/** Threshold for the share of Prometheus's notification queue in use. At 1, alerts are lost. */
const queueRatio = 0.5;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

/**
 * Alerts on notification delivery, from Prometheus to people. Some of them cannot be delivered
 * themselves and show only in Prometheus; for those, the missing heartbeat is the notification.
 */
export function deliveryAlerts(c: Context): readonly Alert[] {
  const { alertmanager } = c.options;
  if (alertmanager === undefined) return [];
  return [
    notConnected(c, alertmanager),
    deliveryFailing(c),
    queueFilling(c),
    alertmanagerDown(c),
    ...alertmanager.channels.map((channel) => notificationsFailing(c, alertmanager, channel)),
    configReloadFailed(c),
    ...when(alertmanager.instances > 1, clusterIncomplete(c, alertmanager), configInconsistent(c)),
  ];
}

function notConnected(c: Context, { instances }: AlertmanagerOptions): Alert {
  const window = c.window(300);
  const job = jobs.prometheus;
  const known = selector('prometheus_notifications_alertmanagers_discovered', { job });
  const errors = increase(selector('prometheus_notifications_errors_total', { job }), window);
  const sent = increase(selector('prometheus_notifications_sent_total', { job }), window);
  const each = 'job, instance';
  // Prometheus may still run an older configuration without some Alertmanagers. Configured ones
  // count as discovered even if they do not respond.
  const unknown = `${instances} - max by (${each}) (${over('max_over_time', known, window)}) > 0`;
  const failing = `count by (${each}) (\n  ${errors} > 0\n  unless\n  ${sent} > 0\n)`;
  return {
    ...common,
    name: 'PrometheusNotConnectedToAlertmanager',
    // Another instance may still deliver. If none does, the heartbeat stops, and the service that
    // expects it pages.
    severity: 'warning',
    expr: `${failing}\nor\n${unknown}`,
    for: c.hold(300),
    summary: 'Prometheus is not connected to Alertmanager',
    description:
      `{{ $labels.instance }} cannot reach {{ $value }} of ${instances} Alertmanager${instances === 1 ? '' : 's'}. ` +
      'If it reaches none, nobody is notified of its alerts.',
  };
}

function deliveryFailing(c: Context): Alert {
  const window = c.window(300);
  const errors = rate(
    selector('prometheus_notifications_errors_total', { job: jobs.prometheus }),
    window,
  );
  const sent = rate(
    selector('prometheus_notifications_sent_total', { job: jobs.prometheus }),
    window,
  );
  const share = `${errors}\n  /\n  (${errors} + ${sent})`;
  return {
    ...common,
    name: 'PrometheusAlertDeliveryFailing',
    // Another instance may still deliver. If none does, the heartbeat stops, and the service that
    // expects it pages.
    severity: 'warning',
    // The minimum over the cluster: one Alertmanager that accepts alerts is enough.
    expr: `min by (job, instance) (\n  ${share}\n) > ${refusedRatio}`,
    for: c.hold(300),
    summary: 'Alertmanager does not accept alerts ({{ $value | humanizePercentage }} fail)',
    description:
      'Alertmanager does not accept {{ $value | humanizePercentage }} of the alerts that {{ $labels.instance }} sends. ' +
      'Prometheus retries every minute. Until that works, nobody is notified of these alerts.',
  };
}

function queueFilling(c: Context): Alert {
  const waiting = selector('prometheus_notifications_queue_length', { job: jobs.prometheus });
  const room = selector('prometheus_notifications_queue_capacity', { job: jobs.prometheus });
  const each = ['job', 'instance'] as const;
  return {
    ...common,
    name: 'PrometheusNotificationQueueFilling',
    expr: `${by('max', each, waiting)}\n/\n${by('max', each, room)}\n> ${queueRatio}`,
    for: c.hold(300),
    summary: "Prometheus's notification queue is {{ $value | humanizePercentage }} full",
    description:
      'Alertmanager accepts alerts more slowly than {{ $labels.instance }} sends them. At 100 % Prometheus ' +
      'drops the oldest alerts.',
  };
}

function alertmanagerDown(c: Context): Alert {
  return {
    ...common,
    name: 'AlertmanagerDown',
    // Nothing can be delivered. The heartbeat stops, and the service that expects it pages.
    severity: 'warning',
    expr: `${c.answering(job)} == 0`,
    for: c.hold(120),
    summary: 'Alertmanager is down',
    description:
      'Prometheus cannot scrape any Alertmanager. Nobody is paged or notified of anything. Only the missing ' +
      'heartbeat shows the failure.',
    mutes: [
      ...ownTargets,
      {
        alerts: ['PrometheusNotConnectedToAlertmanager', 'PrometheusAlertDeliveryFailing'],
        why: 'no Alertmanager accepts alerts',
      },
    ],
  };
}

/**
 * One rule for each integration. The severity routes the alert to a different integration: a
 * failure of Slack is critical and goes to PagerDuty; any other failure is a warning and goes to
 * Slack.
 */
function notificationsFailing(
  c: Context,
  { longestGroupInterval }: AlertmanagerOptions,
  integration: Channel,
): Alert {
  const window = c.window(300);
  const all = selector('alertmanager_notification_requests_total', { job, integration });
  const failed = selector('alertmanager_notification_requests_failed_total', { job, integration });
  // If many messages arrive at once, Slack and webhooks answer some with 429. A group that still
  // fires is sent again after its interval.
  const reason = noneOf('rateLimited');
  const lost = selector('alertmanager_notifications_failed_total', { job, integration, reason });
  // The instance that fails least: in a cluster, the next one delivers in place of one that cannot.
  const each = ['integration', 'instance'] as const;
  const share = by(
    'min',
    ['integration'],
    ratio(sum(each, rate(failed, window)), sum(each, rate(all, window))),
  );
  const given = by('min', ['integration'], sum(each, increase(lost, window)));
  return {
    ...common,
    name: 'AlertmanagerNotificationsFailing',
    severity: integration === 'slack' ? 'critical' : 'warning',
    // Alertmanager retries within seconds. Fire if nearly all attempts fail or some were given up.
    expr: `${share}\n> ${failedRatio}\nor\n${share}\nand\n${given} > 0`,
    for: c.hold(120),
    // Alertmanager does not retry most 4xx responses: the next attempt is after the group's
    // interval. Without new attempts, nothing shows that the receiver works again.
    keepFiringFor: c.hold(longestGroupInterval + 300),
    labels: { integration },
    summary: `Alertmanager cannot deliver to ${integration}`,
    description:
      `{{ $value | humanizePercentage }} of the notifications to ${integration} failed in the last ` +
      `${c.said(300)}. Open Alertmanager to see the alerts that were not delivered.`,
  };
}

function configReloadFailed(c: Context): Alert {
  const loaded = selector('alertmanager_config_last_reload_successful', { job });
  return {
    ...common,
    name: 'AlertmanagerConfigReloadFailed',
    expr: `${over('max_over_time', loaded, c.window(300))} == 0`,
    for: c.hold(300),
    summary: 'Alertmanager runs with an old configuration',
    description:
      '{{ $labels.instance }} rejected its current configuration file and still uses the previous one. ' +
      'It will fail to start at the next restart.',
  };
}

function clusterIncomplete(c: Context, { instances }: AlertmanagerOptions): Alert {
  const members = selector('alertmanager_cluster_members', { job });
  return {
    ...common,
    name: 'AlertmanagerClusterIncomplete',
    expr: `${over('max_over_time', members, c.window(300))} < ${instances}`,
    for: c.hold(600),
    summary: 'Alertmanager cluster is incomplete',
    description:
      `{{ $labels.instance }} sees {{ $value }} of ${instances} cluster members. Separated members send ` +
      'duplicate notifications and do not share silences.',
  };
}

function configInconsistent(c: Context): Alert {
  const hash = selector('alertmanager_config_hash', { job });
  return {
    ...common,
    name: 'AlertmanagerConfigInconsistent',
    expr: `count(count_values("hash", ${hash})) > 1`,
    // A new configuration needs some time to reach every instance.
    for: c.hold(1_200),
    summary: 'Alertmanagers run with different configurations',
    description:
      'The instances of one cluster run {{ $value }} different configurations. The receiver of an alert depends on ' +
      'which instance sends it.',
  };
}
