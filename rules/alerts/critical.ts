import {
  by,
  type Expr,
  increase,
  like,
  present,
  rate,
  ratio,
  selector,
  sum,
} from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { firstValue, found } from '../texts';
import { apiBudgets, ownTargets, requestBudgets } from './consequences';
import { databaseDown, redisDown } from './stores';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const criticalNames = [
  'HighErrorRate',
  'APIDown',
  'WebSocketDown',
  'DatabaseDown',
  'RedisDown',
  'HostDown',
] as const;

/**
 * Alerts that page, because customers cannot use AudiFi or soon will not be able to, and HostDown,
 * which is a warning.
 */
export function criticalAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.api), highErrorRate(c), apiDown(c)),
    ...when(c.has(jobs.ws), webSocketDown(c)),
    ...when(c.has(jobs.postgres), databaseDown(c)),
    ...when(c.has(jobs.redis), redisDown(c)),
    ...when(c.options.manyHosts && (c.has(jobs.node) || c.has(jobs.cadvisor)), hostDown(c)),
  ];
}

/** Fires at normal traffic on the error ratio alone, at low traffic only with enough failures. */
function highErrorRate(c: Context): Alert {
  const window = c.window(300);
  const all = sum([], rate(scoped('http_requests_total'), window));
  const errors = sum([], rate(scoped('http_requests_total', { status: like('5..') }), window));
  return {
    name: 'HighErrorRate',
    severity: 'critical',
    service: 'api-server',
    dashboard: 'audifi-api',
    expr:
      `${ratio(errors, all)}\n> ${c.t.errorRatio}\nand\n${all} > ${c.t.minRequestRate}\n` +
      `or\n${fewRequests(c, all, { window: 900, recent: 300 })}\n` +
      `or\n${fewRequests(c, all, { window: 3_600, recent: 900 })}`,
    for: c.hold(120),
    // When clients give up, the condition for normal traffic can end before one for low traffic
    // begins.
    keepFiringFor: c.hold(300),
    summary: 'High 5xx error rate ({{ $value | humanizePercentage }})',
    description:
      `{{ $value | humanizePercentage }} of all requests in the last ${c.said(300)} (with low traffic, in the last ` +
      `${c.said(900)} or ${c.said(3_600)}) failed with a server error. Customers see failures now. ` +
      found(all, `Requests per second now: ${firstValue('printf "%.2f"')}. `) +
      'Likely causes: a deployment, the database or Redis.',
    mutes: [
      { alerts: ['HighLatency'], why: 'slow answers are part of the same failure' },
      // Not the budgets of logins and webhooks: they may fail for another reason than the few
      // endpoints that this alert fires for.
      { alerts: requestBudgets, why: 'the budget burns because of this' },
    ],
  };
}

/**
 * For traffic below `minRequestRate`: the error ratio over a window is above the limit, and there
 * are enough failures. If most clients give up during a failure, the successful requests of the
 * past hour can hide it; those of the past 15 minutes cannot. The hour is for traffic of a request
 * per minute. The counters of each process are summed first, because `increase` of a series that
 * starts at 1 is 0. The sums are recorded, because each evaluation would otherwise read the data
 * for every path and status.
 *
 * @param window seconds
 * @param recent seconds after the last failure until it resolves
 */
function fewRequests(
  c: Context,
  all: Expr<never>,
  { window, recent }: { readonly window: number; readonly recent: number },
): string {
  const answered = selector('instance:http_requests:sum');
  const failed = selector('instance:http_errors:sum');
  const counted = (expr: Expr<'job' | 'instance'>, seconds: number) =>
    sum([], increase(expr, c.window(seconds)));
  const failures = counted(failed, window);
  return (
    `${ratio(failures, counted(answered, window))}\n> ${c.t.errorRatio}\n` +
    `and\n${failures} >= ${c.t.errorsPerHour}\n` +
    `and\n${counted(failed, recent)} > 0\n` +
    `unless\n${all} > ${c.t.minRequestRate}`
  );
}

function apiDown(c: Context): Alert {
  return {
    name: 'APIDown',
    severity: 'critical',
    service: 'api-server',
    dashboard: 'audifi-overview',
    expr: c.ifExpected(`${c.answering(jobs.api)} == 0`, jobs.api),
    for: c.hold(60),
    keepFiringFor: c.untilStable,
    summary: 'API server is down',
    description:
      'Prometheus cannot scrape any instance of api-server: all are down, or there is no target. ' +
      'Customers cannot log in, play or buy.',
    mutes: [
      ...ownTargets,
      {
        alerts: ['HighLatency', 'StripeWebhookFailures', 'StripeWebhookFailuresPersist'],
        why: 'without an API server these are only consequences',
      },
      { alerts: [...apiBudgets, 'UptimeBudgetBurn'], why: 'the budgets burn because of this' },
    ],
  };
}

function webSocketDown(c: Context): Alert {
  return {
    name: 'WebSocketDown',
    severity: 'critical',
    service: 'ws-server',
    dashboard: 'audifi-websocket',
    expr: c.ifExpected(`${c.answering(jobs.ws)} == 0`, jobs.ws),
    for: c.hold(60),
    keepFiringFor: c.untilStable,
    summary: 'WebSocket server is down',
    description:
      'Prometheus cannot scrape any instance of ws-server: all are down, or there is no target. ' +
      'Chat, polls and V Studio sessions do not work.',
    mutes: [
      ...ownTargets,
      { alerts: ['WebSocketConnectionSpike'], why: 'all clients reconnect at once' },
      { alerts: ['WebSocketDeliveryBudgetBurn'], why: 'the budget burns because of this' },
    ],
  };
}

function hostDown(c: Context): Alert {
  const known = selector('up', { node: present });
  return {
    name: 'HostDown',
    // Kubernetes restarts the host's workloads on other nodes. Failures that customers notice have
    // their own alerts, which page.
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    // A single failing target means a broken exporter. A node that was removed has no targets and
    // does not fire.
    expr: `${by('max', ['node'], known)} == 0\nand on (node)\n${by('count', ['node'], known)} > 1`,
    for: c.hold(300),
    // The host's name, for notifications and the alert table.
    labels: { instance: '{{ $labels.node }}' },
    summary: 'Host {{ $labels.node }} is down',
    description:
      'Prometheus cannot scrape any target on {{ $labels.node }}, which is still a node of the cluster. ' +
      'Its workloads are down until they are started on another node.',
    mutes: [
      { alerts: ['TargetDown'], equal: ['node'], why: 'all targets on a failed host are down' },
      {
        alerts: ['LowDiskSpace', 'DiskFillingUp', 'HighMemoryUsage', 'ExporterScrapeFailing'],
        equal: ['node'],
        why: 'the last metrics of the host are outdated',
      },
      {
        alerts: ['KubeNodeNotReady', 'KubePodNotReady', 'KubePodCrashLooping'],
        equal: ['node'],
        why: 'the cluster sees the same failure',
      },
    ],
  };
}
