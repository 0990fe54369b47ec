import { by, duration, increase, like, oneOf, over, present, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { storeExporterGone } from './critical';

/**
 * Names of the alerts below, most severe first. Each has a runbook and a promtool test with its
 * name.
 */
export const databaseNames = [
  'PostgresExporterDown',
  'RedisExporterDown',
  'DatabasePoolExhausted',
  'PostgresConnectionsNearLimit',
  'PostgresLockWaits',
  'PostgresLongTransaction',
  'PostgresDeadlocks',
  'PostgresReplicationLagging',
  'PostgresTransactionIdsNearWraparound',
  'PgbouncerClientsBlocked',
  'RedisMemoryNearLimit',
  'RedisPersistenceFailing',
  'RedisRejectedConnections',
  'RedisReplicaDisconnected',
  'WorkerQueueStuck',
] as const;

/** Early warnings on PostgreSQL, Redis and the queues in Redis. */
export function databaseAlerts(c: Context): readonly Alert[] {
  return [
    ...when(
      c.has(jobs.postgres),
      exporterDown(c, 'postgres'),
      connectionsNearLimit(c),
      lockWaits(c),
      longTransaction(c),
      deadlocks(c),
      replicationLagging(c),
      transactionIds(c),
    ),
    ...poolExhausted(c),
    ...when(c.has('pgbouncer'), clientsBlocked(c)),
    ...when(
      c.has(jobs.redis),
      exporterDown(c, 'redis'),
      memoryNearLimit(c),
      persistenceFailing(c),
      rejectedConnections(c),
      replicaDisconnected(c),
    ),
    ...when(c.has(jobs.worker), queueStuck(c)),
  ];
}

const each = ['job', 'instance'] as const;
const eachDatabase = [...each, 'datname'] as const;

const common = { severity: 'warning', dashboard: 'audifi-database' } as const;
const postgres = { ...common, service: 'postgres' } as const;
const redis = { ...common, service: 'redis' } as const;

/** Inhibits nothing, because the application's metrics still show problems of the server itself. */
function exporterDown(c: Context, store: 'postgres' | 'redis'): Alert {
  const job = jobs[store];
  const called = { postgres: 'PostgreSQL', redis: 'Redis' }[store];
  const answers = { postgres: selector('pg_up', { job }), redis: selector('redis_up', { job }) };
  return {
    ...common,
    service: store,
    name: store === 'postgres' ? 'PostgresExporterDown' : 'RedisExporterDown',
    expr: c.ifExpected(`(${storeExporterGone(job, answers[store])})`, job),
    for: c.hold(60),
    summary: `The exporter of ${called} is down`,
    description:
      `The exporter of ${called}{{ with $labels.instance }} at {{ . }}{{ end }} is down, or does not report the state of ` +
      `${called}. Only the application's metrics show whether ${called} works; other alerts on ${called} cannot fire.`,
  };
}

/**
 * Callers wait for a connection at every scrape. A prediction is not possible: a service opens
 * connections on demand, so the number of open ones does not tell how many are left.
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
      serviceLabel: '{{ $labels.job }}',
      expr: `${sum(['job'], selector('db_connections_waiting', { job }))} > 0`,
      for: c.hold(300),
      summary:
        '{{ $labels.job }} waits for connections of its database pool ({{ $value }} callers)',
      description:
        `Requests or jobs of {{ $labels.job }} have waited for a database connection at every scrape for ${duration(c.hold(300))}, ` +
        '{{ $value }} of them now. The pool is used up: a query or an open transaction holds its connections, or it is too small.',
    },
  ];
}

/** Excludes the connections that PostgreSQL reserves for administrators. */
function connectionsNearLimit(c: Context): Alert {
  const used = sum(each, selector('pg_stat_database_numbackends', { job: jobs.postgres }));
  const limit = by('max', each, selector('pg_settings_max_connections', { job: jobs.postgres }));
  const reserved = by(
    'max',
    each,
    selector('pg_settings_superuser_reserved_connections', { job: jobs.postgres }),
  );
  return {
    ...postgres,
    name: 'PostgresConnectionsNearLimit',
    expr: `${used}\n/\n(${limit} - ${reserved})\n> ${c.t.postgresConnectionRatio}`,
    for: c.hold(300),
    summary: 'PostgreSQL is running out of connections ({{ $value | humanizePercentage }} in use)',
    description:
      '{{ $value | humanizePercentage }} of the connections are in use (exporter {{ $labels.instance }}). At ' +
      '100 % PostgreSQL rejects new connections, and services cannot start or enlarge their pool.',
  };
}

function lockWaits(c: Context): Alert {
  const oldest = by('max', each, selector('pg_lock_wait_oldest_seconds', { job: jobs.postgres }));
  return {
    ...postgres,
    name: 'PostgresLockWaits',
    expr: `${oldest} > ${c.t.postgresLockWaitSeconds}`,
    for: c.hold(60),
    summary: 'A query has waited for a lock for {{ $value | humanizeDuration }}',
    description:
      'A query has waited for {{ $value | humanizeDuration }} for a lock that another transaction holds. ' +
      'Other queries on the same rows queue behind it, until the connection pools are exhausted.',
  };
}

/**
 * Only idle transactions: an active one may be a backup, but an idle one is a bug in its program.
 */
function longTransaction(c: Context): Alert {
  const idle = selector('pg_stat_activity_max_tx_duration', {
    job: jobs.postgres,
    state: like('idle in transaction.*'),
  });
  return {
    ...postgres,
    name: 'PostgresLongTransaction',
    expr: `${by('max', eachDatabase, idle)} > ${c.t.postgresIdleTransactionSeconds}`,
    for: c.hold(60),
    summary: 'Idle open transaction in {{ $labels.datname }}',
    description:
      'A transaction in {{ $labels.datname }} has been open for {{ $value | humanizeDuration }} and is ' +
      'idle. It holds its locks and its connection, and prevents vacuum from removing dead rows.',
  };
}

function deadlocks(c: Context): Alert {
  const counted = selector('pg_stat_database_deadlocks', { job: jobs.postgres, datname: present });
  const recent = sum(eachDatabase, increase(counted, c.window(3_600)));
  return {
    ...postgres,
    name: 'PostgresDeadlocks',
    expr: `${recent} >= ${c.t.postgresDeadlocksPerHour}`,
    for: c.hold(60),
    summary: '{{ $value | printf "%.0f" }} deadlocks in {{ $labels.datname }}',
    description:
      `PostgreSQL cancelled {{ $value | printf "%.0f" }} queries in {{ $labels.datname }} in the last ` +
      `${c.said(3_600)} because of deadlocks. Each one made a request or job fail.`,
  };
}

/** Includes unused replication slots, which retain WAL until the disk is full. */
function replicationLagging(c: Context): Alert {
  const job = jobs.postgres;
  const replica = by(
    'max',
    [...each, 'application_name'],
    selector('pg_stat_replication_pg_wal_lsn_diff', { job }),
  );
  const slot = by(
    'max',
    [...each, 'slot_name'],
    selector('pg_replication_slots_pg_wal_lsn_diff', { job }),
  );
  return {
    ...postgres,
    name: 'PostgresReplicationLagging',
    expr: `(\n  ${replica}\n  or\n  ${slot}\n) > ${c.t.postgresReplicationLagBytes}`,
    for: c.hold(600),
    summary: 'Replication is {{ $value | humanize1024 }}B behind',
    description:
      '{{ with $labels.application_name }}The replica {{ . }}{{ end }}' +
      '{{ with $labels.slot_name }}The consumer of the slot {{ . }}{{ end }} is {{ $value | humanize1024 }}B ' +
      'of WAL behind. Reads from a replica return old data, a failover would lose that much, and a slot fills the disk.',
  };
}

function transactionIds(c: Context): Alert {
  const age = selector('pg_database_wraparound_age_datfrozenxid_seconds', { job: jobs.postgres });
  return {
    ...postgres,
    name: 'PostgresTransactionIdsNearWraparound',
    expr: `${by('max', eachDatabase, age)} > ${c.t.postgresTransactionAge}`,
    for: c.hold(600),
    summary: '{{ $labels.datname }} is running out of transaction IDs',
    description:
      '{{ $labels.datname }} has {{ $value | humanize }} transaction IDs in use. Vacuum should have frozen them ' +
      'at 200 million. At about 2.1 billion PostgreSQL rejects all writes.',
  };
}

/** A cache (maxmemory-policy `allkeys-…`) is full by design. */
function memoryNearLimit(c: Context): Alert {
  const job = jobs.redis;
  const used = by('max', each, selector('redis_memory_used_bytes', { job }));
  const limit = by('max', each, selector('redis_memory_max_bytes', { job }));
  const cache = selector('redis_instance_info', { job, maxmemory_policy: like('allkeys-.+') });
  return {
    ...redis,
    name: 'RedisMemoryNearLimit',
    expr:
      `${used}\n/\n(${limit} > 0)\n> ${c.t.redisMemoryRatio}\n` +
      `unless on (job, instance)\n${cache}`,
    for: c.hold(600),
    summary: 'Redis is near its memory limit ({{ $value | humanizePercentage }})',
    description:
      'Redis uses {{ $value | humanizePercentage }} of maxmemory. At 100 % it rejects writes: jobs cannot be queued ' +
      'and sessions cannot be stored.',
  };
}

function persistenceFailing(c: Context): Alert {
  const job = jobs.redis;
  const failing = [
    selector('redis_rdb_last_bgsave_status', { job }),
    selector('redis_aof_last_write_status', { job }),
    selector('redis_aof_last_bgrewrite_status', { job }),
  ].map((status) => by('min', each, status));
  // `or` returns the first existing series, so compare each one separately.
  const compared = failing.map((status) => `${status} == 0`).join('\nor\n');
  return {
    ...redis,
    name: 'RedisPersistenceFailing',
    expr: compared,
    for: c.hold(300),
    summary: 'Redis cannot write its data to disk',
    description:
      'Redis could not write its last snapshot or append-only file (exporter {{ $labels.instance }}). A restart would lose ' +
      'queued jobs and sessions, and with stop-writes-on-bgsave-error Redis rejects all writes.',
  };
}

function rejectedConnections(c: Context): Alert {
  const rejected = selector('redis_rejected_connections_total', { job: jobs.redis });
  return {
    ...redis,
    name: 'RedisRejectedConnections',
    expr: `${sum(each, increase(rejected, c.window(300)))} > 0`,
    for: c.hold(60),
    summary: 'Redis rejects connections',
    description:
      `Redis rejected {{ $value | printf "%.0f" }} connections in the last ${c.said(300)}, because maxclients was ` +
      'reached. Services that start now cannot connect.',
  };
}

/** Only if there was one: after an hour, a removed replica no longer counts. */
function replicaDisconnected(c: Context): Alert {
  const replicas = selector('redis_connected_slaves', { job: jobs.redis });
  return {
    ...redis,
    name: 'RedisReplicaDisconnected',
    expr: `${replicas} < ${over('max_over_time', replicas, c.window(3_600))}`,
    for: c.hold(600),
    summary: 'Redis has lost a replica',
    description:
      'Only {{ $value }} replicas are connected (exporter {{ $labels.instance }}), fewer than in the last ' +
      `${c.said(3_600)}. Until the replica is back, a failover has no target or loses data.`,
  };
}

/**
 * Maximum wait of a client at PgBouncer in seconds. With a pool of sufficient size, a client gets a
 * connection at once.
 */
const poolWait = 5;

/** While PgBouncer does not answer, there is no wait to compare. So the alert checks both. */
function clientsBlocked(c: Context): Alert {
  const job = 'pgbouncer';
  const wait = selector('pgbouncer_pools_client_maxwait_seconds', { job });
  const up = by('min', each, selector('pgbouncer_up', { job }));
  return {
    ...postgres,
    name: 'PgbouncerClientsBlocked',
    expr: `${by('max', [...each, 'database'], wait)} > ${poolWait}\nor\n${up} == 0`,
    for: c.hold(60),
    summary: 'Clients of PgBouncer get no connection',
    description:
      'PgBouncer behind {{ $labels.instance }} ' +
      '{{ with $labels.database }}has a full pool: a client of the database {{ . }} has waited for {{ $value | humanizeDuration }}' +
      '{{ else }}does not answer its exporter{{ end }}. Requests that need the database wait and then fail.',
  };
}

function queueStuck(c: Context): Alert {
  const oldest = selector('worker_queue_oldest_seconds', { job: jobs.worker });
  return {
    ...common,
    name: 'WorkerQueueStuck',
    service: 'worker',
    dashboard: 'audifi-overview',
    expr: `${by('max', ['job', 'queue'], oldest)} > ${c.t.queueWaitSeconds}`,
    for: c.hold(300),
    summary: 'Jobs in queue {{ $labels.queue }} are waiting too long',
    description:
      'The oldest job in queue {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}. The jobs fail, or there ' +
      'are too few workers. Customers wait for their e-mail, payout or upload.',
  };
}
