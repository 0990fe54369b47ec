import { by, type Expr, increase, over, rate, selector } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { type AlertmanagerOptions, jobs } from '../options';
import { ownTargets } from './consequences';
import { notificationsFailing } from './meta-receivers';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const deliveryNames = [
  'PrometheusNotConnectedToAlertmanager',
  'PrometheusAlertDeliveryFailing',
  'PrometheusNotificationQueueFilling',
  'LokiAlertDeliveryFailing',
  'AlertmanagerDown',
  'AlertmanagerNotificationsFailing',
  'AlertmanagerConfigReloadFailed',
  'AlertmanagerClusterIncomplete',
  'AlertmanagerConfigInconsistent',
] as const;

const job = jobs.alertmanager;
/** Threshold for the share of alerts that even the healthiest Alertmanager does not accept. */
const refusedRatio = 0.05;
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
    ...when(c.has(jobs.loki), logAlertsFailing(c)),
    alertmanagerDown(c),
    ...alertmanager.channels.flatMap((channel) => notificationsFailing(c, alertmanager, channel)),
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
  const of = { job: jobs.prometheus };
  const errors = selector('prometheus_notifications_errors_total', of);
  const sent = selector('prometheus_notifications_sent_total', of);
  return {
    ...common,
    name: 'PrometheusAlertDeliveryFailing',
    // Another instance may still deliver. If none does, the heartbeat stops, and the service that
    // expects it pages.
    severity: 'warning',
    expr: mostRefused(c, errors, sent),
    for: c.hold(300),
    summary: 'Alertmanager does not accept alerts ({{ $value | humanizePercentage }} fail)',
    description:
      'Alertmanager does not accept {{ $value | humanizePercentage }} of the alerts that {{ $labels.instance }} sends. ' +
      'Prometheus retries every minute. Until that works, nobody is notified of these alerts.',
  };
}

/** Loki sends alerts on log lines itself. Only the counters of these alerts show that it fails. */
function logAlertsFailing(c: Context): Alert {
  const of = { job: jobs.loki };
  const errors = selector('loki_prometheus_notifications_errors_total', of);
  const sent = selector('loki_prometheus_notifications_sent_total', of);
  return {
    ...common,
    name: 'LokiAlertDeliveryFailing',
    expr: mostRefused(c, errors, sent),
    for: c.hold(300),
    summary:
      'Alertmanager does not accept alerts on log lines ({{ $value | humanizePercentage }} fail)',
    description:
      'Alertmanager does not accept {{ $value | humanizePercentage }} of the alerts on log lines that {{ $labels.instance }} sends. ' +
      'Loki sends them again while they fire. Until that works, nobody is notified of these alerts.',
  };
}

/** One Alertmanager that accepts alerts is enough, so the minimum over the cluster counts. */
function mostRefused(c: Context, errors: Expr, sent: Expr): string {
  const [failed, accepted] = [errors, sent].map((counter) => rate(counter, c.window(300)));
  const share = `${failed}\n  /\n  (${failed} + ${accepted})`;
  return `min by (job, instance) (\n  ${share}\n) > ${refusedRatio}`;
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
        alerts: [
          'PrometheusNotConnectedToAlertmanager',
          'PrometheusAlertDeliveryFailing',
          'LokiAlertDeliveryFailing',
        ],
        why: 'no Alertmanager accepts alerts',
      },
    ],
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
