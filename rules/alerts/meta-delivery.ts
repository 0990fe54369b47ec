import { by, increase, over, rate, ratio, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { type AlertmanagerOptions, type Channel, jobs } from '../options';
import { ownTargets } from './critical';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
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
/** Share of alerts that the best Alertmanager does not accept. */
const refusedRatio = 0.05;
/** Share of attempts at which a channel counts as closed: retries make good for less. */
const failedRatio = 0.9;
/** Share of Prometheus's queue; beyond 1 alerts are lost. */
const queueRatio = 0.5;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

/** Alerts on the way from Prometheus to people. Some can only be seen in Prometheus; the heartbeat tells of those. */
export function deliveryAlerts(c: Context): readonly Alert[] {
  const { alertmanager } = c.options;
  if (alertmanager === undefined) return [];
  return [
    notConnected(c, alertmanager),
    deliveryFailing(c),
    queueFilling(c),
    alertmanagerDown(c),
    ...alertmanager.channels.map((channel) => notificationsFailing(c, channel)),
    configReloadFailed(c),
    ...when(alertmanager.instances > 1, clusterIncomplete(c, alertmanager), configInconsistent(c)),
  ];
}

function notConnected(c: Context, { instances }: AlertmanagerOptions): Alert {
  const known = selector('prometheus_notifications_alertmanagers_discovered', {
    job: jobs.prometheus,
  });
  return {
    ...common,
    name: 'PrometheusNotConnectedToAlertmanager',
    severity: 'critical',
    expr: `${over('max_over_time', known, c.window(300))} < ${instances}`,
    for: c.hold(300),
    summary: 'Prometheus does not know its Alertmanager',
    description:
      `{{ $labels.instance }} knows {{ $value }} of ${instances} Alertmanager${instances === 1 ? '' : 's'}. ` +
      'With none, no alert leaves Prometheus.',
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
    severity: 'critical',
    // The best of a cluster counts: one Alertmanager that accepts alerts is enough.
    expr: `min by (job, instance) (\n  ${share}\n) > ${refusedRatio}`,
    for: c.hold(300),
    summary: 'Alertmanager does not accept alerts ({{ $value | humanizePercentage }} fail)',
    description:
      '{{ $value | humanizePercentage }} of the alerts that {{ $labels.instance }} sends are not accepted. ' +
      'They are sent again every minute; until then nobody hears of them.',
  };
}

function queueFilling(c: Context): Alert {
  const waiting = selector('prometheus_notifications_queue_length', { job: jobs.prometheus });
  const room = selector('prometheus_notifications_queue_capacity', { job: jobs.prometheus });
  return {
    ...common,
    name: 'PrometheusNotificationQueueFilling',
    expr: `${by('max', ['job', 'instance'], waiting)}\n/\n${room}\n> ${queueRatio}`,
    for: c.hold(300),
    summary: "Prometheus's queue of alerts is {{ $value | humanizePercentage }} full",
    description:
      'Alertmanager takes alerts more slowly than {{ $labels.instance }} makes them. Beyond 100 % the ' +
      'oldest are dropped.',
  };
}

function alertmanagerDown(c: Context): Alert {
  return {
    ...common,
    name: 'AlertmanagerDown',
    severity: 'critical',
    expr: `${c.answering(job)} == 0`,
    for: c.hold(120),
    summary: 'Alertmanager is down',
    description:
      'No Alertmanager answers Prometheus. Nobody is paged or notified of anything; only the missing ' +
      'heartbeat tells.',
    mutes: ownTargets,
  };
}

/**
 * One rule a channel. Its severity is the way to the other one: Slack's failure is critical and goes to
 * PagerDuty, any other's is a warning and goes to Slack.
 */
function notificationsFailing(c: Context, integration: Channel): Alert {
  const window = c.window(300);
  const all = selector('alertmanager_notification_requests_total', { job, integration });
  const failed = selector('alertmanager_notification_requests_failed_total', { job, integration });
  const lost = selector('alertmanager_notifications_failed_total', { job, integration });
  const share = ratio(
    sum(['integration'], rate(failed, window)),
    sum(['integration'], rate(all, window)),
  );
  return {
    ...common,
    name: 'AlertmanagerNotificationsFailing',
    severity: integration === 'slack' ? 'critical' : 'warning',
    // A failed attempt is repeated within seconds. Either next to none succeeds, or some were given up.
    expr: `${share}\n> ${failedRatio}\nor\n${share}\nand\n${sum(['integration'], increase(lost, window))} > 0`,
    for: c.hold(120),
    labels: { integration },
    summary: `Alertmanager cannot deliver to ${integration}`,
    description:
      `{{ $value | humanizePercentage }} of the attempts to reach ${integration} failed in the last ` +
      `${c.said(300)}. What it should have told is shown in Alertmanager only.`,
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
      '{{ $labels.instance }} refused the configuration on its disk and goes on with the one before. ' +
      'At its next start it will not come up.',
  };
}

function clusterIncomplete(c: Context, { instances }: AlertmanagerOptions): Alert {
  const members = selector('alertmanager_cluster_members', { job });
  return {
    ...common,
    name: 'AlertmanagerClusterIncomplete',
    expr: `${over('max_over_time', members, c.window(300))} < ${instances}`,
    for: c.hold(600),
    summary: 'Alertmanager does not see its whole cluster',
    description:
      `{{ $labels.instance }} sees {{ $value }} of ${instances} members. Those apart from one another send ` +
      'everything twice, and do not share silences.',
  };
}

function configInconsistent(c: Context): Alert {
  const hash = selector('alertmanager_config_hash', { job });
  return {
    ...common,
    name: 'AlertmanagerConfigInconsistent',
    expr: `count(count_values("hash", ${hash})) > 1`,
    // A new configuration takes its time to reach every instance.
    for: c.hold(1_200),
    summary: 'Alertmanagers run with different configurations',
    description:
      '{{ $value }} different configurations run in one cluster: where an alert goes depends on who ' +
      'sends it.',
  };
}
