import { by, increase, like, present, selector, sum } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { onServer } from '../texts';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const postgresNames = [
  'PostgresConnectionsNearLimit',
  'PostgresLockWaits',
  'PostgresLongTransaction',
  'PostgresDeadlocks',
  'PostgresReplicaDisconnected',
  'PostgresReplicationLagging',
  'PostgresTransactionIdsNearWraparound',
  'PgbouncerClientsBlocked',
] as const;

const each = ['job', 'instance'] as const;
const eachDatabase = [...each, 'datname'] as const;
const common = { severity: 'warning', service: 'postgres', dashboard: 'audifi-database' } as const;

const on = (c: Context): string => onServer(c, jobs.postgres);

/** Early warnings on PostgreSQL, from its exporter. */
export function postgresAlerts(c: Context): readonly Alert[] {
  return [
    connectionsNearLimit(c),
    lockWaits(c),
    longTransaction(c),
    deadlocks(c),
    replicaDisconnected(c),
    replicationLagging(c),
    transactionIds(c),
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
    ...common,
    name: 'PostgresConnectionsNearLimit',
    expr: `${used}\n/\n(${limit} - ${reserved})\n> ${c.t.postgresConnectionRatio}`,
    for: c.hold(300),
    summary: `PostgreSQL is running out of connections ({{ $value | humanizePercentage }} in use)${on(c)}`,
    description:
      '{{ $value | humanizePercentage }} of the connections are in use (exporter {{ $labels.instance }}). At ' +
      '100 % PostgreSQL rejects new connections, and services cannot start or enlarge their pool.',
  };
}

function lockWaits(c: Context): Alert {
  const oldest = by('max', each, selector('pg_lock_wait_oldest_seconds', { job: jobs.postgres }));
  return {
    ...common,
    name: 'PostgresLockWaits',
    expr: `${oldest} > ${c.t.postgresLockWaitSeconds}`,
    for: c.hold(60),
    summary: `A query has waited for a lock for {{ $value | humanizeDuration }}${on(c)}`,
    description:
      'A query has waited for {{ $value | humanizeDuration }} for a lock that another transaction holds (exporter {{ $labels.instance }}). ' +
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
    ...common,
    name: 'PostgresLongTransaction',
    expr: `${by('max', eachDatabase, idle)} > ${c.t.postgresIdleTransactionSeconds}`,
    for: c.hold(60),
    summary: `Idle open transaction in {{ $labels.datname }}${on(c)}`,
    description:
      'A transaction in {{ $labels.datname }} has been open for {{ $value | humanizeDuration }} and is ' +
      'idle (exporter {{ $labels.instance }}). It holds its locks and its connection, and prevents vacuum from removing dead rows.',
  };
}

function deadlocks(c: Context): Alert {
  const counted = selector('pg_stat_database_deadlocks', { job: jobs.postgres, datname: present });
  const recent = sum(eachDatabase, increase(counted, c.window(3_600)));
  return {
    ...common,
    name: 'PostgresDeadlocks',
    expr: `${recent} >= ${c.t.postgresDeadlocksPerHour}`,
    for: c.hold(60),
    summary: `{{ $value | printf "%.0f" }} deadlocks in {{ $labels.datname }}${on(c)}`,
    description:
      `PostgreSQL cancelled {{ $value | printf "%.0f" }} queries in {{ $labels.datname }} in the last ` +
      `${c.said(3_600)} because of deadlocks (exporter {{ $labels.instance }}). Each one made a request or job fail.`,
  };
}

/** A server that is itself a replica has no series, so the old primary of a failover is silent. */
function replicaDisconnected(c: Context): Alert {
  const replicas = selector('pg_replicas_connected', { job: jobs.postgres });
  return {
    ...common,
    name: 'PostgresReplicaDisconnected',
    expr: c.fewerThanBefore(replicas, ['job', 'server']),
    for: c.hold(600),
    summary: `PostgreSQL has lost a replica, {{ $value }} left${on(c)}`,
    description:
      'Connected replicas: {{ $value }} (exporter {{ $labels.instance }}), fewer than before. Reads from a replica that still runs ' +
      'return old data, and a failover has no target or loses data.',
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
    ...common,
    name: 'PostgresReplicationLagging',
    expr: `(\n  ${replica}\n  or\n  ${slot}\n) > ${c.t.postgresReplicationLagBytes}`,
    for: c.hold(600),
    summary:
      '{{ with $labels.application_name }}Replica {{ . }}{{ end }}{{ with $labels.slot_name }}Slot {{ . }}{{ end }} ' +
      `is {{ $value | humanize1024 }}B of WAL behind${on(c)}`,
    description:
      '{{ with $labels.application_name }}The replica {{ . }}{{ end }}' +
      '{{ with $labels.slot_name }}The consumer of the slot {{ . }}{{ end }} is {{ $value | humanize1024 }}B ' +
      'of WAL behind its primary (exporter {{ $labels.instance }}). Reads from a replica return old data, a failover would lose this data, and a slot ' +
      'retains WAL until the disk is full.',
  };
}

function transactionIds(c: Context): Alert {
  const age = selector('pg_database_wraparound_age_datfrozenxid_seconds', { job: jobs.postgres });
  return {
    ...common,
    name: 'PostgresTransactionIdsNearWraparound',
    expr: `${by('max', eachDatabase, age)} > ${c.t.postgresTransactionAge}`,
    for: c.hold(600),
    summary: `{{ $labels.datname }} is running out of transaction IDs${on(c)}`,
    description:
      '{{ $labels.datname }} has {{ $value | humanize }} transaction IDs in use (exporter {{ $labels.instance }}). Vacuum should have frozen them ' +
      'at 200 million. At about 2.1 billion PostgreSQL rejects all writes.',
  };
}

/**
 * Maximum wait of a client at PgBouncer in seconds. With a pool of sufficient size, a client gets a
 * connection at once.
 */
const poolWait = 5;

/** Also fires if PgBouncer does not answer its exporter: then there is no wait to compare. */
export function clientsBlocked(c: Context): Alert {
  const job = 'pgbouncer';
  const wait = selector('pgbouncer_pools_client_maxwait_seconds', { job });
  const up = by('min', each, selector('pgbouncer_up', { job }));
  return {
    ...common,
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
