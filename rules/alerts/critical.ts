import type { JobName } from '../../components/services';
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
import type { Alert, Mute } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';

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

/** Error budgets that any failure of the API spends. */
const apiBudgets = [
  'ApiAvailabilityBudgetBurn',
  'ApiLatencyBudgetBurn',
  'StripeWebhookBudgetBurn',
  'LoginBudgetBurn',
] as const;

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
      `or\n${fewRequests(c, all)}`,
    for: c.hold(120),
    summary: 'High 5xx error rate ({{ $value | humanizePercentage }})',
    description:
      `{{ $value | humanizePercentage }} of all requests in the last ${c.said(300)} (with low traffic, in the last ` +
      `${c.said(3_600)}) failed with a server error. Customers see failures now. Likely causes: a ` +
      'deployment, the database or Redis.',
    mutes: [
      { alerts: ['HighLatency'], why: 'slow answers are part of the same failure' },
      { alerts: apiBudgets, why: 'the budget burns because of this' },
    ],
  };
}

/**
 * For traffic below `minRequestRate`: the error ratio over one hour is above the limit, and there
 * are enough failures. Resolves 15 minutes after the last failure. The counters of each process are
 * summed first, because `increase` of a series that starts at 1 is 0. The sums are recorded,
 * because each evaluation would otherwise read one hour of data for every path and status.
 */
function fewRequests(c: Context, all: Expr<never>): string {
  const answered = selector('instance:http_requests:sum');
  const failed = selector('instance:http_errors:sum');
  const counted = (expr: Expr<'job' | 'instance'>, window: number) =>
    sum([], increase(expr, c.window(window)));
  const hour = counted(failed, 3_600);
  return (
    `${ratio(hour, counted(answered, 3_600))}\n> ${c.t.errorRatio}\n` +
    `and\n${hour} >= ${c.t.errorsPerHour}\n` +
    `and\n${counted(failed, 900)} > 0\n` +
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

/**
 * Makes each of several servers an incident of its own: a replica that is down must not hide the
 * failure of the primary. Empty if the exporter is missing.
 */
const oneServer = { server: '{{ with $labels.instance }}{{ . }}{{ end }}' };
const whichServer = '{{ with $labels.instance }} {{ . }}{{ end }}';

/** Share of failed queries above which the database is considered down. */
const failingShare = 0.5;

function databaseDown(c: Context): Alert {
  const job = jobs.postgres;
  const failed = sum([], rate(scoped('db_errors_total'), c.window(120)));
  const asked = sum([], rate(scoped('db_query_duration_seconds_count'), c.window(120)));
  const several = c.hasSeveral(job);
  return {
    ...(several ? { labels: oneServer } : {}),
    name: 'DatabaseDown',
    severity: 'critical',
    service: 'postgres',
    dashboard: 'audifi-database',
    expr: storeDown(c, job, selector('pg_up', { job }), `${failed} > ${failingShare} * ${asked}`),
    for: c.hold(60),
    summary: `PostgreSQL database${several ? whichServer : ''} is down`,
    description:
      '{{ if eq $value 0.0 }}The exporter runs, but PostgreSQL does not respond to it. ' +
      "{{ else }}The exporter is down, and most of the application's queries fail. {{ end }}" +
      `${several ? 'If this is the primary' : 'Without the database'}, every request that is not cached fails.`,
    mutes: [
      ...ownTargets,
      { alerts: ['PostgresExporterDown'], why: 'the exporter may be down for the same reason' },
      // While only a replica is down, these have another cause.
      ...when<Mute>(
        !several,
        {
          alerts: [
            'HighLatency',
            'DatabasePoolExhausted',
            'StripeWebhookFailures',
            'StripeWebhookFailuresPersist',
          ],
          why: 'they wait for the database',
        },
        { alerts: ['WorkerQueueStuck'], why: 'most jobs need the database' },
        { alerts: apiBudgets, why: 'the budgets burn because of this' },
      ),
    ],
  };
}

function redisDown(c: Context): Alert {
  const job = jobs.redis;
  // Every worker reads the queue depths from Redis at each scrape. NaN means that Redis does not
  // answer, and NaN is not equal to itself.
  const depth = by('max', [], scoped('worker_queue_depth'));
  const several = c.hasSeveral(job);
  return {
    ...(several ? { labels: oneServer } : {}),
    name: 'RedisDown',
    severity: 'critical',
    service: 'redis',
    dashboard: 'audifi-database',
    expr: storeDown(c, job, selector('redis_up', { job }), `${depth} != ${depth}`),
    for: c.hold(60),
    summary: `Redis${several ? whichServer : ''} is down`,
    description:
      '{{ if eq $value 0.0 }}The exporter runs, but Redis does not respond to it. ' +
      '{{ else }}The exporter is down, and Redis does not respond to the worker either. {{ end }}' +
      `${several ? 'If this is the primary' : 'Without Redis'}, messages do not reach viewers on other servers, and /health returns 503.`,
    mutes: [
      ...ownTargets,
      { alerts: ['RedisExporterDown'], why: 'the exporter may be down for the same reason' },
      ...when<Mute>(!several, { alerts: ['WorkerQueueStuck'], why: 'the queues are in Redis' }),
    ],
  };
}

/**
 * 0 for each instance that its exporter reports as down. If the exporter is missing: -1 while the
 * application's own metrics show that the store fails. A missing exporter alone is a warning
 * (storeExporterGone).
 */
function storeDown(c: Context, job: JobName, answers: Expr, applicationFails: string): string {
  const gone = `max by (job) (\n    ${storeExporterGone(job, answers)}\n  ) - 1`;
  return c.ifExpected(
    `(\n  ${answers} == 0\n  or\n  (\n    ${gone}\n    and on ()\n    ${applicationFails}\n  )\n)`,
    job,
  );
}

/** 0 if the exporter of a store is down, is missing, or does not report the state of the store. */
export function storeExporterGone(job: JobName, answers: string): string {
  const up = selector('up', { job });
  return `0 * (${up} unless on (instance) ${answers}) or 0 * absent(${up})`;
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

/** The alert on a whole service inhibits the alerts on its targets. */
export const ownTargets = [
  {
    alerts: ['TargetDown', 'TargetsMissing', 'ServiceCrashLooping', 'ExporterScrapeFailing'],
    equal: ['job'],
    why: 'the same outage, for each target',
  },
] as const;
