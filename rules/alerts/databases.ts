import { by, increase, like, over, present, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { storeExporterGone } from './critical';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const databaseNames = [
  'PostgresExporterDown',
  'RedisExporterDown',
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

/** Alerts on PostgreSQL and Redis while they answer, and on the queues in Redis: before customers notice. */
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

/** It mutes nothing: what the store itself does to customers is still told, by the application's metrics. */
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
      `The exporter of ${called}{{ with $labels.instance }} at {{ . }}{{ end }} does not answer, or does not say how ` +
      `${called} is. Whether ${called} answers is seen by the application's metrics alone; its other alerts are blind.`,
  };
}

/** The reserved ones are for the person who repairs it. */
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
    summary: 'PostgreSQL runs out of connections ({{ $value | humanizePercentage }} in use)',
    description:
      '{{ $value | humanizePercentage }} of the connections that {{ $labels.instance }} sees are taken. At ' +
      '100 % PostgreSQL refuses new ones, and services that start or grow their pool fail.',
  };
}

function lockWaits(c: Context): Alert {
  const oldest = by('max', each, selector('pg_lock_wait_oldest_seconds', { job: jobs.postgres }));
  return {
    ...postgres,
    name: 'PostgresLockWaits',
    expr: `${oldest} > ${c.t.postgresLockWaitSeconds}`,
    for: c.hold(60),
    summary: 'Queries wait for a lock for {{ $value | humanizeDuration }}',
    description:
      'A query has waited for {{ $value | humanizeDuration }} for a lock that another transaction holds. ' +
      'Whoever wants the same rows queues behind it, until the pools are empty.',
  };
}

/** One that works may be a backup; one that does nothing is a fault of the program that opened it. */
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
    summary: 'A transaction in {{ $labels.datname }} is open and idle',
    description:
      'A transaction in {{ $labels.datname }} has been open for {{ $value | humanizeDuration }} and does ' +
      'nothing. It holds its locks and its connection, and keeps vacuum from cleaning up.',
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
      `PostgreSQL ended {{ $value | printf "%.0f" }} queries in {{ $labels.datname }} in the last ` +
      `${c.said(3_600)}, each since it waited for one that waited for it. Somebody's request failed each time.`,
  };
}

/** A slot that nobody reads keeps the log until the disk is full: the same number, and the same harm. */
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
      'of log behind. Reads from it are old, a failover would lose that much, and a slot fills the disk.',
  };
}

function transactionIds(c: Context): Alert {
  const age = selector('pg_database_wraparound_age_datfrozenxid_seconds', { job: jobs.postgres });
  return {
    ...postgres,
    name: 'PostgresTransactionIdsNearWraparound',
    expr: `${by('max', eachDatabase, age)} > ${c.t.postgresTransactionAge}`,
    for: c.hold(600),
    summary: 'Transaction ids of {{ $labels.datname }} run out',
    description:
      '{{ $labels.datname }} has {{ $value | humanize }} transaction ids in use. Vacuum should have freed them ' +
      'at 200 million; at about 2.1 billion PostgreSQL takes no more writes.',
  };
}

/** A pure cache is full by design. */
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
      'Redis uses {{ $value | humanizePercentage }} of maxmemory. At 100 % it refuses writes: no job is queued, ' +
      'no session is stored.',
  };
}

function persistenceFailing(c: Context): Alert {
  const job = jobs.redis;
  const failing = [
    selector('redis_rdb_last_bgsave_status', { job }),
    selector('redis_aof_last_write_status', { job }),
    selector('redis_aof_last_bgrewrite_status', { job }),
  ].map((status) => by('min', each, status));
  // `or` takes the first that is there, so each has to be compared by itself.
  const compared = failing.map((status) => `${status} == 0`).join('\nor\n');
  return {
    ...redis,
    name: 'RedisPersistenceFailing',
    expr: compared,
    for: c.hold(300),
    summary: 'Redis cannot write its data to disk',
    description:
      'The last snapshot or the log of changes of {{ $labels.instance }} could not be written. A restart would lose ' +
      'queued jobs and sessions, and with stop-writes-on-bgsave-error Redis takes no writes any more.',
  };
}

function rejectedConnections(c: Context): Alert {
  const rejected = selector('redis_rejected_connections_total', { job: jobs.redis });
  return {
    ...redis,
    name: 'RedisRejectedConnections',
    expr: `${sum(each, increase(rejected, c.window(300)))} > 0`,
    for: c.hold(60),
    summary: 'Redis refuses connections',
    description:
      `Redis refused {{ $value | printf "%.0f" }} connections in the last ${c.said(300)}, since maxclients are ` +
      'connected. Services that start now cannot.',
  };
}

/** Only where there was one: a replica that was taken away on purpose is forgotten after an hour. */
function replicaDisconnected(c: Context): Alert {
  const replicas = selector('redis_connected_slaves', { job: jobs.redis });
  return {
    ...redis,
    name: 'RedisReplicaDisconnected',
    expr: `${replicas} < ${over('max_over_time', replicas, c.window(3_600))}`,
    for: c.hold(600),
    summary: 'Redis has lost a replica',
    description:
      'Only {{ $value }} of the replicas of {{ $labels.instance }} are connected, fewer than within the last ' +
      `${c.said(3_600)}. Until it is back, a failover has nowhere to go or loses data.`,
  };
}

/** Seconds that a client waits at PgBouncer: a pool of the right size has a connection at once. */
const poolWait = 5;

/** While PgBouncer does not answer there is no wait to compare, so both are asked. */
function clientsBlocked(c: Context): Alert {
  const job = 'pgbouncer';
  const wait = selector('pgbouncer_pools_client_maxwait_seconds', { job });
  const up = by('min', each, selector('pgbouncer_up', { job }));
  return {
    ...postgres,
    name: 'PgbouncerClientsBlocked',
    expr: `${by('max', [...each, 'database'], wait)} > ${poolWait}\nor\n${up} == 0`,
    for: c.hold(60),
    summary: 'PgBouncer gives its clients no connection',
    description:
      'PgBouncer behind {{ $labels.instance }} ' +
      '{{ with $labels.database }}lets a client of the database {{ . }} wait for {{ $value | humanizeDuration }}: its pool is full' +
      '{{ else }}does not answer its exporter{{ end }}. Requests that need the database wait, and then fail.',
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
    summary: 'Queue {{ $labels.queue }} stands still',
    description:
      'The oldest job of the queue {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}. Workers fail at ' +
      'it, are too few, or are busy with something else; customers wait for their e-mail, payout or upload.',
  };
}
