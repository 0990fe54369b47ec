import { counter, gauge, open } from '../contract';
import { series } from '../recorded-series';

/** The server that the exporter queries. Prometheus's `instance` is the exporter. */
const server = open('host:port of PostgreSQL', 1);
const datname = open('database', 20);
const table = { datname, schemaname: open('schema', 10), relname: open('table', 200) };
const statement = {
  user: open('role', 20),
  datname,
  queryid: open("pg_stat_statements' hash of the statement, never its text", 200),
};

/** Series per counter. The statements with the most total time change over time. */
const statements = 200;

/** Maximum number of unused indexes that are reported. */
export const unusedIndexLimit = 20;

const ofDatabase = (what: string, unit: 'queries' | 'errors' | 'count' | 'connections') => ({
  unit,
  help: what,
  labels: { datid: open('number of the database', 20), datname },
  budget: 20,
});

/**
 * PostgreSQL, by postgres_exporter 0.19 with the queries of components/metrics/postgres-config.ts.
 */
export const postgresMetrics = {
  pg_up: gauge({ unit: 'boolean', help: '1 if the exporter could query PostgreSQL.' }),
  pg_exporter_last_scrape_error: gauge({
    unit: 'boolean',
    help: '1 if a query of the PostgreSQL exporter failed.',
  }),
  pg_scrape_collector_success: gauge({
    unit: 'boolean',
    help: '1 if the collector of the exporter could read its view.',
    labels: { collector: open('part of the exporter', 25) },
    budget: 25,
  }),

  pg_settings_max_connections: gauge({
    unit: 'connections',
    help: 'Maximum number of connections.',
    labels: { server },
  }),
  pg_settings_superuser_reserved_connections: gauge({
    unit: 'connections',
    help: 'Connections reserved for superusers.',
    labels: { server },
  }),
  pg_stat_database_numbackends: gauge(
    ofDatabase('Connections to the database, idle or active.', 'connections'),
  ),
  pg_stat_activity_count: gauge({
    unit: 'connections',
    help: 'Client connections by state. With wait_event_type="Lock" they wait for another transaction.',
    labels: {
      server,
      datname,
      state: ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)'],
      wait_event_type: ['', 'Lock'],
    },
    budget: 100,
  }),
  pg_stat_activity_max_tx_duration: gauge({
    unit: 'seconds',
    help: 'Age of the oldest open transaction; 0 if there is none.',
    labels: {
      server,
      datname,
      state: ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)'],
      wait_event_type: ['', 'Lock'],
    },
    budget: 100,
  }),
  pg_lock_wait_oldest_seconds: gauge({
    unit: 'seconds',
    help: 'Wait time of the oldest waiting lock; 0 if none is waiting.',
    labels: { server },
  }),

  pg_stat_database_xact_commit: counter(ofDatabase('Committed transactions.', 'queries')),
  pg_stat_database_xact_rollback: counter(ofDatabase('Transactions rolled back.', 'queries')),
  pg_stat_database_blks_hit: counter(ofDatabase('Blocks found in the cache.', 'count')),
  pg_stat_database_blks_read: counter(ofDatabase('Blocks not found in the cache.', 'count')),
  pg_stat_database_deadlocks: counter(
    ofDatabase('Deadlocks; each one cancelled a query.', 'errors'),
  ),
  pg_database_size_bytes: gauge({
    unit: 'bytes',
    help: 'Space of the database on disk.',
    labels: { datname },
    budget: 20,
  }),
  pg_database_wraparound_age_datfrozenxid_seconds: gauge({
    unit: 'count',
    help: 'Transaction IDs used since the oldest row that is not frozen. Despite the name, not seconds.',
    labels: { datname },
    budget: 20,
  }),

  pg_stat_user_tables_table_size_bytes: gauge({
    unit: 'bytes',
    help: 'Space of the table without its indexes.',
    labels: table,
    budget: 200,
  }),
  pg_stat_user_tables_index_size_bytes: gauge({
    unit: 'bytes',
    help: "Space of the table's indexes.",
    labels: table,
    budget: 200,
  }),
  pg_stat_user_tables_n_dead_tup: gauge({
    unit: 'count',
    help: 'Dead rows that vacuum has not removed yet.',
    labels: table,
    budget: 200,
  }),
  pg_stat_user_tables_seq_scan: counter({
    unit: 'count',
    help: 'Scans that read the whole table.',
    labels: table,
    budget: 200,
  }),
  pg_stat_user_tables_idx_scan: counter({
    unit: 'count',
    help: "Scans by one of the table's indexes.",
    labels: table,
    budget: 200,
  }),
  pg_unused_index_size_bytes: gauge({
    unit: 'bytes',
    help: 'Size of an index that no query has used since the statistics were reset; only the largest, and no unique ones.',
    labels: { server, ...table, indexrelname: open('index', unusedIndexLimit) },
    budget: unusedIndexLimit,
  }),
  pg_statio_user_tables_idx_blocks_hit: counter({
    unit: 'count',
    help: "Blocks of the table's indexes found in the cache.",
    labels: table,
    budget: 200,
  }),
  pg_statio_user_tables_idx_blocks_read: counter({
    unit: 'count',
    help: "Blocks of the table's indexes not found in the cache.",
    labels: table,
    budget: 200,
  }),

  pg_stat_statements_calls_total: counter({
    unit: 'queries',
    help: 'Executions of the statement; only statements with the most total time.',
    labels: statement,
    budget: statements,
  }),
  pg_stat_statements_seconds_total: counter({
    unit: 'seconds',
    help: 'Total time of the statement; only statements with the most total time.',
    labels: statement,
    budget: statements,
  }),

  pg_stat_replication_pg_wal_lsn_diff: gauge({
    unit: 'bytes',
    onlyIf: 'there is a replica',
    help: 'WAL that the replica has not replayed; no series without replicas.',
    labels: {
      server,
      application_name: open('name of the replica', 10),
      client_addr: open('address of the replica', 10),
    },
    budget: 10,
  }),
  pg_replicas_connected: gauge({
    unit: 'count',
    help: 'Connected replicas of a primary; no series for a server that is a replica.',
    labels: { server },
  }),
  pg_replication_slots_pg_wal_lsn_diff: gauge({
    unit: 'bytes',
    onlyIf: 'there is a replication slot',
    help: 'WAL retained for the consumer of the slot; no series without slots.',
    labels: { server, slot_name: open('slot', 10), database: open('database of the slot', 10) },
    budget: 10,
  }),
};

const each = ['job', 'instance'] as const;
const eachTable = [...each, 'datname', 'schemaname', 'relname'] as const;
const eachStatement = [...each, 'datname', 'queryid'] as const;

/** Recording rules for PostgreSQL. */
export const postgresRecorded = {
  'instance:pg_connections:utilisation': series('Share of the connections in use.', ...each),
  'state:pg_connections:sum': series('Connections that do not wait for a lock.', ...each, 'state'),
  'instance:pg_connections_waiting:sum': series('Connections that wait for a lock.', ...each),
  'datname:pg_transactions:rate5m': series('Transactions per second.', ...each, 'datname'),
  'datname:pg_cache_hits:ratio_rate5m': series('Share of blocks in the cache.', ...each, 'datname'),
  'instance:pg_cache_hits:ratio_rate5m': series('Share of all blocks in the cache.', ...each),
  'datname:pg_deadlocks:rate5m': series('Deadlocks per second.', ...each, 'datname'),
  'instance:pg_index_scans:ratio_rate5m': series('Share of all scans by an index.', ...each),
  'relname:pg_index_scans:ratio_rate5m': series('Share of scans by an index.', ...eachTable),
  'relname:pg_index_scans:bottomk5_ratio_rate5m': series(
    'The five lowest of a server.',
    ...eachTable,
  ),
  'relname:pg_index_hits:ratio_rate5m': series('Share of index blocks in the cache.', ...eachTable),
  'relname:pg_index_hits:bottomk5_ratio_rate5m': series(
    'The five lowest of a server.',
    ...eachTable,
  ),
  'relname:pg_size_bytes:sum': series('Space of the table and its indexes.', ...eachTable),
  'queryid:pg_stat_statements_seconds:rate5m': series('Seconds per second.', ...eachStatement),
  'queryid:pg_stat_statements_seconds:mean5m': series('Mean time of a call.', ...eachStatement),
} as const;

const pool = { database: open('database', 20), user: open('role', 20) };

/** PgBouncer, from pgbouncer_exporter 0.12. */
export const pgbouncerMetrics = {
  pgbouncer_up: gauge({ unit: 'boolean', help: '1 when the exporter could query PgBouncer.' }),
  pgbouncer_pools_client_active_connections: gauge({
    unit: 'connections',
    help: 'Clients that have a connection of the server.',
    labels: pool,
    budget: 20,
  }),
  pgbouncer_pools_client_waiting_connections: gauge({
    unit: 'connections',
    help: 'Clients that wait for a connection of the server.',
    labels: pool,
    budget: 20,
  }),
  pgbouncer_pools_client_maxwait_seconds: gauge({
    unit: 'seconds',
    help: 'How long the first of the waiting clients has waited.',
    labels: pool,
    budget: 20,
  }),
};

/** Recording rules for PgBouncer. */
export const pgbouncerRecorded = {
  'database:pgbouncer_clients_waiting:sum': series(
    'Clients that wait for a connection.',
    ...([...each, 'database'] as const),
  ),
  'database:pgbouncer_clients_active:sum': series(
    'Clients that have a connection.',
    ...([...each, 'database'] as const),
  ),
} as const;

/** All metrics of PostgreSQL and PgBouncer. */
export const databaseMetrics = { ...postgresMetrics, ...pgbouncerMetrics };
export const databaseRecorded = { ...postgresRecorded, ...pgbouncerRecorded };
