import { by, duration, oneOf, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import { type Alert, perJob } from '../model';
import { jobs } from '../options';
import { storeExporterGone } from './stores';
import { clientsBlocked, postgresAlerts, postgresNames } from './postgres';
import { redisAlerts, redisNames } from './redis';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const databaseNames = [
  'PostgresExporterDown',
  'RedisExporterDown',
  'DatabasePoolExhausted',
  ...postgresNames,
  ...redisNames,
  'WorkerQueueStuck',
] as const;

const common = { severity: 'warning', dashboard: 'audifi-database' } as const;

/** Early warnings on PostgreSQL, PgBouncer, Redis and the queues in Redis. */
export function databaseAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.postgres), exporterDown(c, 'postgres'), ...postgresAlerts(c)),
    ...poolExhausted(c),
    ...when(c.has('pgbouncer'), clientsBlocked(c)),
    ...when(c.has(jobs.redis), exporterDown(c, 'redis'), ...redisAlerts(c)),
    ...when(c.has(jobs.worker), queueStuck(c)),
  ];
}

/** Inhibits nothing, because the application's metrics still show problems of the server itself. */
function exporterDown(c: Context, store: 'postgres' | 'redis'): Alert {
  const job = jobs[store];
  const called = { postgres: 'PostgreSQL', redis: 'Redis' }[store];
  const answers = { postgres: selector('pg_up', { job }), redis: selector('redis_up', { job }) };
  return {
    ...common,
    service: store,
    name: store === 'postgres' ? 'PostgresExporterDown' : 'RedisExporterDown',
    expr: c.ifExpected(
      `(${storeExporterGone(job, answers[store])} or 0 * ${c.flapping(selector('up', { job }))})`,
      job,
    ),
    for: c.hold(60),
    summary: `The exporter of ${called} is down`,
    description:
      `The exporter of ${called}{{ with $labels.instance }} at {{ . }}{{ end }} is down, or does not report the state of ` +
      `${called}. Only the application's metrics show whether ${called} works; other alerts on ${called} cannot fire.`,
  };
}

/**
 * Callers wait for a connection at every scrape. The alert cannot fire earlier: a service opens
 * connections on demand, so the number of open connections does not show how many are left.
 */
function poolExhausted(c: Context): readonly Alert[] {
  const names = [jobs.api, jobs.worker].filter((job) => c.has(job));
  const [only, more] = names;
  if (only === undefined) return [];
  const job = more === undefined ? only : oneOf(only, more);
  return [
    {
      ...common,
      name: 'DatabasePoolExhausted',
      service: 'api-server',
      serviceLabel: perJob,
      expr: `${sum(['job'], selector('db_connections_waiting', { job }))} > 0`,
      for: c.hold(300),
      summary: '{{ $labels.job }} has exhausted its database pool ({{ $value }} callers waiting)',
      description:
        `Requests or jobs of {{ $labels.job }} have waited for a database connection at every scrape for ${duration(c.hold(300))}, ` +
        '{{ $value }} of them now. The pool is exhausted: slow queries or open transactions hold its connections, or the pool is too small.',
    },
  ];
}

function queueStuck(c: Context): Alert {
  const oldest = selector('worker_queue_oldest_seconds', { job: jobs.worker });
  return {
    ...common,
    name: 'WorkerQueueStuck',
    service: 'worker',
    dashboard: 'audifi-external-services',
    expr: `${by('max', ['job', 'queue'], oldest)} > ${c.t.queueWaitSeconds}`,
    for: c.hold(300),
    summary: 'Jobs in queue {{ $labels.queue }} are waiting too long',
    description:
      'The oldest job in queue {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}. The jobs fail, or there ' +
      'are too few workers. Customers wait for their e-mail, payout or upload.',
  };
}
