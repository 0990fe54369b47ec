import { stringify } from 'yaml';
import { metrics, postgresMetrics, unusedIndexLimit } from '../../telemetry';
import type { ScrapeConfig } from './prometheus-config';
import type { SslMode } from './settings-schema-servers';
import { hostPort } from '../units';

/** Paths in the container of the PostgreSQL exporter. */
export const postgresPaths = {
  config: '/etc/postgres_exporter/config.yml',
  queries: '/etc/postgres_exporter/queries.yml',
  password: '/etc/postgres_exporter/secrets/password',
} as const;

/** Number of statements to export: those with the most total time. */
export const statementLimit = 50;

export interface PostgresAddress {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  readonly database: string;
  /**
   * libpq's modes. `verify-…` trusts the certificate authorities of the image. @default 'disable'
   */
  readonly sslmode?: SslMode;
}

/** Value of `DATA_SOURCE_URI`: a URL without scheme, user and password. Pure. */
export function dataSourceUri({
  host,
  port,
  database,
  sslmode = 'disable',
}: PostgresAddress): string {
  const options = new URLSearchParams({
    sslmode,
    application_name: 'postgres_exporter',
    connect_timeout: '5',
  });
  return `${hostPort(host, port)}/${encodeURIComponent(database)}?${options}`;
}

/**
 * Arguments of the exporter. They use built-in collectors where possible. Unused collectors are
 * off, because some have a series for each role, lock mode and setting. See
 * https://github.com/prometheus-community/postgres_exporter/blob/v0.19.1/README.md#flags
 *
 * @param user the exporter's own role, whose statements are excluded
 * @param statements whether pg_stat_statements is installed
 */
export function postgresExporterArgs(user: string, statements: boolean): readonly string[] {
  return [
    `--config.file=${postgresPaths.config}`,
    // Custom queries are deprecated upstream, but no built-in collector exports lock waits.
    `--extend.query-path=${postgresPaths.queries}`,
    '--collection-timeout=8s',
    '--collector.database_wraparound',
    '--no-collector.locks',
    '--no-collector.roles',
    '--no-collector.stat_bgwriter',
    '--no-collector.stat_progress_vacuum',
    '--no-collector.wal',
    ...(statements
      ? [
          '--collector.stat_statements',
          `--collector.stat_statements.limit=${statementLimit}`,
          `--collector.stat_statements.exclude_users=${user}`,
        ]
      : []),
    '--log.format=json',
  ];
}

/** The exporter's configuration file, which allows no other targets. */
export const postgresExporterConfig = (): string => stringify({ auth_modules: {} });

/**
 * Custom queries for metrics that the built-in collectors lack, for PostgreSQL 14 and later. They
 * use the exporter's own metric names, so that the rules also work with other exporters. They have
 * no labels whose values clients choose (such as `application_name` of pg_stat_activity).
 */
export function postgresQueries(): string {
  const usage = (kind: 'LABEL' | 'GAUGE', description: string) => ({ usage: kind, description });
  return stringify(
    {
      pg_stat_activity: {
        query: activity,
        master: true,
        metrics: [
          { datname: usage('LABEL', 'Database') },
          { state: usage('LABEL', 'State of the connection') },
          {
            wait_event_type: usage('LABEL', 'Lock if the connection waits for another transaction'),
          },
          { count: usage('GAUGE', 'Connections of clients in this state') },
          { max_tx_duration: usage('GAUGE', 'Age of the oldest open transaction in seconds') },
        ],
      },
      pg_lock_wait: {
        query: lockWait,
        master: true,
        metrics: [
          {
            oldest_seconds: usage(
              'GAUGE',
              'Seconds that the longest-waiting session has waited for a lock',
            ),
          },
        ],
      },
      pg_unused_index: {
        query: unusedIndexes,
        master: true,
        metrics: [
          { datname: usage('LABEL', 'Database') },
          { schemaname: usage('LABEL', 'Schema') },
          { relname: usage('LABEL', 'Table') },
          { indexrelname: usage('LABEL', 'Index') },
          { size_bytes: usage('GAUGE', 'Size in bytes of an index that no query has used') },
        ],
      },
      pg_stat_replication: {
        query: replication,
        master: true,
        metrics: [
          { application_name: usage('LABEL', 'Name of the replica') },
          { client_addr: usage('LABEL', 'Address of the replica') },
          { pg_wal_lsn_diff: usage('GAUGE', 'Bytes that the replica has not replayed') },
        ],
      },
      pg_replicas: {
        query: replicas,
        master: true,
        metrics: [{ connected: usage('GAUGE', 'Connected replicas') }],
      },
    },
    { lineWidth: 0 },
  );
}

/** Every state has a row, so that an unused state is 0 and not missing. */
const activity = `SELECT d.datname, s.state, s.wait_event_type,
  count(a.pid)::float AS count,
  COALESCE(max(EXTRACT(EPOCH FROM clock_timestamp() - a.xact_start)), 0)::float AS max_tx_duration
FROM pg_catalog.pg_database d
CROSS JOIN (VALUES
  ('active', ''), ('active', 'Lock'), ('idle', ''),
  ('idle in transaction', ''), ('idle in transaction (aborted)', '')
) AS s(state, wait_event_type)
LEFT JOIN pg_catalog.pg_stat_activity a
  ON a.datname = d.datname AND a.state = s.state
  AND (CASE WHEN a.wait_event_type = 'Lock' THEN 'Lock' ELSE '' END) = s.wait_event_type
  AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
WHERE d.datallowconn AND NOT d.datistemplate
GROUP BY d.datname, s.state, s.wait_event_type
`;

const lockWait = `SELECT
  COALESCE(max(EXTRACT(EPOCH FROM clock_timestamp() - waitstart)), 0)::float AS oldest_seconds
FROM pg_catalog.pg_locks
WHERE NOT granted
`;

/** Excludes unique indexes: every write uses them, but `idx_scan` does not count that. */
const unusedIndexes = `SELECT current_database() AS datname, s.schemaname, s.relname, s.indexrelname,
  pg_relation_size(s.indexrelid)::float AS size_bytes
FROM pg_catalog.pg_stat_user_indexes s
JOIN pg_catalog.pg_index i ON i.indexrelid = s.indexrelid
WHERE s.idx_scan = 0 AND i.indisvalid AND NOT i.indisunique AND NOT i.indisexclusion
ORDER BY size_bytes DESC, s.indexrelid
LIMIT ${unusedIndexLimit}
`;

/** Excludes base backups, which replay nothing and are not replicas. */
const replication = `SELECT application_name, COALESCE(host(client_addr), 'local') AS client_addr,
  max(pg_wal_lsn_diff(
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
    replay_lsn
  ))::float AS pg_wal_lsn_diff
FROM pg_catalog.pg_stat_replication
WHERE replay_lsn IS NOT NULL
GROUP BY 1, 2
`;

/**
 * Has no row on a server that is a replica itself, such as the old primary after a failover.
 * Subscribers of logical replication are no replicas.
 */
const replicas = `SELECT count(*)::float AS connected
FROM pg_catalog.pg_stat_replication r
WHERE replay_lsn IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_replication_slots s
  WHERE s.active_pid = r.pid AND s.slot_type = 'logical'
)
HAVING NOT pg_is_in_recovery()
`;

/** The spec's job `postgres`. Keeps only metrics of the contract and of the exporter's process. */
export const postgresScrape = (): ScrapeConfig => keepOnly(Object.keys(postgresMetrics));

/** Keeps the named metrics and those of the process, so that other metrics add no series. */
export function keepOnly(names: readonly string[]): ScrapeConfig {
  const kept = [...names, ...Object.keys(metrics).filter((name) => name.startsWith('process_'))];
  return {
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: kept.join('|'), action: 'keep' },
    ],
  };
}
