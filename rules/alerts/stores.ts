import type { JobName } from '../../components/services';
import { by, type Expr, rate, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert, Mute } from '../model';
import type { AlertName } from '../names';
import { jobs } from '../options';
import { scoped } from '../scope';
import { apiBudgets, eachTarget, ownTargets } from './consequences';

/**
 * Makes each of several servers an incident of its own: a replica that is down must not hide the
 * failure of the primary. Empty if the exporter is missing.
 */
const oneServer = { server: '{{ with $labels.instance }}{{ . }}{{ end }}' };
const whichServer = '{{ with $labels.instance }} {{ . }}{{ end }}';

const common = (c: Context, job: JobName) =>
  ({
    ...(c.hasSeveral(job) ? { labels: oneServer } : {}),
    severity: 'critical',
    dashboard: 'audifi-database',
    for: c.hold(60),
    keepFiringFor: c.untilStable,
  }) as const;

/** Share of failed queries above which the database is considered down. */
const failingShare = 0.5;

export function databaseDown(c: Context): Alert {
  const job = jobs.postgres;
  const failed = sum([], rate(scoped('db_errors_total'), c.window(120)));
  const asked = sum([], rate(scoped('db_query_duration_seconds_count'), c.window(120)));
  const several = c.hasSeveral(job);
  return {
    ...common(c, job),
    name: 'DatabaseDown',
    service: 'postgres',
    expr: storeDown(c, job, selector('pg_up', { job }), `${failed} > ${failingShare} * ${asked}`),
    summary: `PostgreSQL database${several ? whichServer : ''} is down`,
    description:
      '{{ if eq $value 0.0 }}The exporter runs, but PostgreSQL does not respond to it. ' +
      "{{ else }}The exporter is down, and most of the application's queries fail. {{ end }}" +
      `${several ? 'If this is the primary' : 'Without the database'}, every request that is not cached fails.`,
    mutes: [
      ...storeMutes(several, 'PostgresExporterDown'),
      // Not with several servers: if only a replica is down, these alerts have another cause.
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

export function redisDown(c: Context): Alert {
  const job = jobs.redis;
  // Every worker reads the queue depths from Redis at each scrape. NaN means that Redis does not
  // answer, and NaN is not equal to itself.
  const depth = by('max', [], scoped('worker_queue_depth'));
  const several = c.hasSeveral(job);
  return {
    ...common(c, job),
    name: 'RedisDown',
    service: 'redis',
    expr: storeDown(c, job, selector('redis_up', { job }), `${depth} != ${depth}`),
    summary: `Redis${several ? whichServer : ''} is down`,
    description:
      '{{ if eq $value 0.0 }}The exporter runs, but Redis does not respond to it. ' +
      '{{ else }}The exporter is down, and Redis does not respond to the worker either. {{ end }}' +
      `${several ? 'If this is the primary' : 'Without Redis'}, messages do not reach viewers on other servers, and /health returns 503.`,
    mutes: [
      ...storeMutes(several, 'RedisExporterDown'),
      ...when<Mute>(
        !several,
        { alerts: ['WorkerQueueStuck'], why: 'the queues are in Redis' },
        { alerts: ['WebSocketMessagesFailing'], why: 'messages go through Redis' },
      ),
    ],
  };
}

/**
 * With several servers, each has its own exporter, whose `instance` the alert has. A server that is
 * down does not explain alerts on the exporters of the others.
 */
function storeMutes(several: boolean, exporterDown: AlertName): readonly Mute[] {
  const why = 'the exporter may be down for the same reason';
  if (!several) return [...ownTargets, { alerts: [exporterDown], why }];
  return [
    { ...ownTargets[0], alerts: eachTarget, equal: ['job', 'instance'] },
    { ...ownTargets[0], alerts: ['TargetsMissing'] },
    { alerts: [exporterDown], equal: ['instance'], why },
  ];
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
