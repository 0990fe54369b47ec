import { by, increase, noneOf, rate, ratio, selector, sum } from '../../telemetry';
import type { Context } from '../context';
import type { Alert, Severity } from '../model';
import { type AlertmanagerOptions, type Channel, jobs } from '../options';

/** Threshold for the share of failed notifications. Retries compensate for fewer failures. */
const failedRatio = 0.9;

/** Where notifications arrive. Receivers that use the same account are one destination. */
interface Destination {
  /** Series of its receivers in Alertmanager's metrics. */
  readonly of: Parameters<typeof selector<'alertmanager_notification_requests_total'>>[1];
  /** Its receiver: the label `receiver_name`, by which the alert is routed to another receiver. */
  readonly receiver: 'on-call' | 'alerts' | 'monitoring' | 'heartbeat';
  readonly severity: Severity;
  /** What does not arrive. */
  readonly lost: string;
  /** What failed. */
  readonly sent: string;
  readonly meaning: string;
}

const watch = 'Open Alertmanager to see the alerts, and look at them until this resolves.';

/**
 * If pages or warnings do not arrive, the alert is critical. Nobody has to act on an info alert, so
 * their channel never pages.
 */
function destinations(channel: Channel, all: readonly Channel[]): readonly Destination[] {
  switch (channel) {
    case 'pagerduty':
      return [
        {
          of: { integration: 'pagerduty' },
          receiver: 'on-call',
          severity: 'critical',
          lost: 'Pages do not reach PagerDuty',
          sent: 'notifications to PagerDuty',
          meaning: `Nobody is paged. ${watch} Phone the person on call.`,
        },
      ];
    case 'slack':
      return [
        {
          of: { integration: 'slack', receiver_name: noneOf('monitoring') },
          receiver: 'alerts',
          severity: 'critical',
          lost: `${all.includes('pagerduty') ? 'Warnings' : 'Pages and warnings'} do not reach Slack`,
          sent: "notifications to Slack's channel for warnings",
          meaning: watch,
        },
        {
          of: { integration: 'slack', receiver_name: 'monitoring' },
          receiver: 'monitoring',
          severity: 'warning',
          lost: 'Info alerts do not reach Slack',
          sent: "notifications to Slack's channel for info alerts",
          meaning: 'Deployments and large sessions are not announced. Nobody has to act on those.',
        },
      ];
    case 'webhook':
      return [
        {
          of: { integration: 'webhook' },
          receiver: 'heartbeat',
          severity: 'warning',
          lost: 'The heartbeat does not reach its service',
          sent: 'heartbeats',
          meaning: 'The service that expects them reports that alerting is broken.',
        },
      ];
  }
}

/** One rule for each destination. The alert goes to a receiver with another one. */
export const notificationsFailing = (
  c: Context,
  alertmanager: AlertmanagerOptions,
  channel: Channel,
): readonly Alert[] =>
  destinations(channel, alertmanager.channels).map((one) =>
    destinationFails(c, alertmanager, channel, one),
  );

function destinationFails(
  c: Context,
  { longestGroupInterval }: AlertmanagerOptions,
  integration: Channel,
  { of, receiver, severity, lost, sent, meaning }: Destination,
): Alert {
  const job = jobs.alertmanager;
  const window = c.window(300);
  const all = selector('alertmanager_notification_requests_total', { job, ...of });
  const failed = selector('alertmanager_notification_requests_failed_total', { job, ...of });
  // If many messages arrive at once, Slack and webhooks answer some with 429. A group that still
  // fires is sent again after its interval.
  const reason = noneOf('rateLimited');
  const refused = selector('alertmanager_notifications_failed_total', { job, ...of, reason });
  // The minimum over the instances: in a cluster, another one delivers if one cannot.
  const each = ['integration', 'instance'] as const;
  const share = by(
    'min',
    ['integration'],
    ratio(sum(each, rate(failed, window)), sum(each, rate(all, window))),
  );
  const given = by('min', ['integration'], sum(each, increase(refused, window)));
  return {
    name: 'AlertmanagerNotificationsFailing',
    severity,
    service: 'monitoring',
    dashboard: 'audifi-stack',
    // Alertmanager retries within seconds. Fire if nearly all attempts fail or some were given up.
    expr: `${share}\n> ${failedRatio}\nor\n${share}\nand\n${given} > 0`,
    for: c.hold(120),
    // Alertmanager does not retry most 4xx responses: the next attempt is after the group's
    // interval. Without new attempts, nothing shows that the receiver works again.
    keepFiringFor: c.hold(longestGroupInterval + 300),
    labels: { integration, receiver_name: receiver },
    summary: `${lost} ({{ $value | humanizePercentage }} of the attempts fail)`,
    description: `{{ $value | humanizePercentage }} of the ${sent} failed in the last ${c.said(300)}. ${meaning}`,
  };
}
