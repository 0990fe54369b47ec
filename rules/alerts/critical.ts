import { by, like, present, rate, ratio, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const criticalNames = [
  'HighErrorRate',
  'APIDown',
  'WebSocketDown',
  'DatabaseDown',
  'RedisDown',
  'HostDown',
] as const;

/** Alerts that page: customers cannot use AudiFi, or soon cannot. */
export function criticalAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.api), highErrorRate(c), apiDown(c)),
    ...when(c.has(jobs.ws), webSocketDown(c)),
    ...when(c.has(jobs.postgres), databaseDown(c)),
    ...when(c.has(jobs.redis), redisDown(c)),
    ...when(c.options.manyHosts && (c.has(jobs.node) || c.has(jobs.cadvisor)), hostDown(c)),
  ];
}

function highErrorRate(c: Context): Alert {
  const window = c.window(300);
  const all = sum([], rate(selector('http_requests_total'), window));
  const errors = sum([], rate(selector('http_requests_total', { status: like('5..') }), window));
  return {
    name: 'HighErrorRate',
    severity: 'critical',
    service: 'api-server',
    dashboard: 'audifi-api',
    expr: `${ratio(errors, all)}\n> ${c.t.errorRatio}\nand\n${all} > ${c.t.minRequestRate}`,
    for: c.hold(120),
    summary: 'High 5xx error rate ({{ $value | humanizePercentage }})',
    description:
      `{{ $value | humanizePercentage }} of all requests of the last ${c.said(300)} were answered with ` +
      'a server error: customers see failures now. Most often a deployment, the database or Redis.',
    mutes: [{ alerts: ['HighLatency'], why: 'slow answers are part of the same failure' }],
  };
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
      'No instance of api-server answers Prometheus: all are down, or none is left to ask. ' +
      'Customers can neither play, buy nor log in.',
    mutes: [
      ...ownTargets,
      {
        alerts: ['HighLatency', 'StripeWebhookFailures', 'StripeWebhookFailuresPersist'],
        why: 'without an API server these only describe its end',
      },
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
      'No instance of ws-server answers Prometheus: all are down, or none is left to ask. ' +
      'Chat, polls and V Studio sessions stand still.',
    mutes: [
      ...ownTargets,
      { alerts: ['WebSocketConnectionSpike'], why: 'all clients try again at once' },
    ],
  };
}

function databaseDown(c: Context): Alert {
  const up = selector('up', { job: jobs.postgres });
  return {
    name: 'DatabaseDown',
    severity: 'critical',
    service: 'postgres',
    dashboard: 'audifi-database',
    expr: storeDown(c, jobs.postgres, selector('pg_up', { job: jobs.postgres }), up),
    for: c.hold(60),
    summary: 'PostgreSQL database is down',
    description:
      '{{ if eq $value 0.0 }}The exporter runs, and PostgreSQL does not answer it. ' +
      '{{ else }}The exporter itself is gone, so nothing tells whether PostgreSQL answers. {{ end }}' +
      'Without the database every request that is not cached fails.',
    mutes: [
      ...ownTargets,
      {
        alerts: ['HighLatency', 'StripeWebhookFailures', 'StripeWebhookFailuresPersist'],
        why: 'they wait for the database',
      },
      { alerts: ['WorkerQueueStuck'], why: 'most jobs end in the database' },
    ],
  };
}

function redisDown(c: Context): Alert {
  const up = selector('up', { job: jobs.redis });
  return {
    name: 'RedisDown',
    severity: 'critical',
    service: 'redis',
    dashboard: 'audifi-database',
    expr: storeDown(c, jobs.redis, selector('redis_up', { job: jobs.redis }), up),
    for: c.hold(60),
    summary: 'Redis is down',
    description:
      '{{ if eq $value 0.0 }}The exporter runs, and Redis does not answer it. ' +
      '{{ else }}The exporter itself is gone, so nothing tells whether Redis answers. {{ end }}' +
      'Without it messages do not reach viewers on other servers, and /health answers 503.',
    mutes: [...ownTargets, { alerts: ['WorkerQueueStuck'], why: 'the queues are in Redis' }],
  };
}

/**
 * A store as its exporter sees it: 0 when the exporter says no, -1 when the exporter does not answer, answers
 * without saying it, or is not there. Each instance counts for itself.
 */
function storeDown(c: Context, job: string, answers: string, up: string): string {
  const said = `${answers} == 0`;
  const exporterMute = `0 * (${up} unless on (instance) ${answers}) - 1`;
  const exporterGone = `absent(${up}) - 2`;
  return c.ifExpected(`(\n  ${said}\n  or\n  ${exporterMute}\n  or\n  ${exporterGone}\n)`, job);
}

function hostDown(c: Context): Alert {
  const known = selector('up', { node: present });
  return {
    name: 'HostDown',
    severity: 'critical',
    service: 'host',
    dashboard: 'audifi-overview',
    // One target that fails is a broken exporter. A node that was removed has none, and is silent.
    expr: `${by('max', ['node'], known)} == 0\nand on (node)\n${by('count', ['node'], known)} > 1`,
    for: c.hold(300),
    // What notifications and the table of alerts call it.
    labels: { instance: '{{ $labels.node }}' },
    summary: 'Host {{ $labels.node }} is down',
    description:
      'None of the targets on {{ $labels.node }} answers, and the cluster still counts it among its nodes. ' +
      'What ran there is gone until it is started elsewhere.',
    mutes: [
      { alerts: ['TargetDown'], equal: ['node'], why: 'what lives on a dead host is dead too' },
      {
        alerts: ['LowDiskSpace', 'HighMemoryUsage', 'ExporterScrapeFailing'],
        equal: ['node'],
        why: 'its last readings say nothing any more',
      },
    ],
  };
}

/** A service that is down as a whole says more than its single targets. */
export const ownTargets = [
  {
    alerts: ['TargetDown', 'TargetsMissing', 'ServiceCrashLooping', 'ExporterScrapeFailing'],
    equal: ['job'],
    why: 'the same outage, seen target by target',
  },
] as const;
