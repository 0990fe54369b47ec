import { bottomk, by, type Expr, noneOf, quantile, rate, selector, sum, topk } from '../telemetry';
import { type Context, when } from './context';
import { jobs } from './options';
import { record, type Recording, share } from './recording-parts';
import { scoped } from './scope';

/** PostgreSQL, PgBouncer, Redis and the reverse proxy, from the servers' side. */
export function databaseServers(c: Context): readonly Recording[] {
  return [
    ...when(c.has(jobs.postgres), ...connections(), ...work(c)),
    ...when(c.has('pgbouncer'), ...pools()),
    ...when(c.has(jobs.redis), ...redis(c)),
    ...when(c.has(jobs.caddy), ...caddy(c)),
  ];
}

/** Details by table, statement and command. */
export function databaseServerDetails(c: Context): readonly Recording[] {
  return [
    ...when(c.has(jobs.postgres), ...tables(c), ...statements(c)),
    ...when(c.has(jobs.redis), ...redisCommands(c)),
  ];
}

const each = ['job', 'instance'] as const;

function connections(): readonly Recording[] {
  const used = sum(each, scoped('pg_stat_database_numbackends'));
  const limit = by('max', each, scoped('pg_settings_max_connections'));
  const reserved = by('max', each, scoped('pg_settings_superuser_reserved_connections'));
  const activity = (waiting: boolean) =>
    scoped('pg_stat_activity_count', { wait_event_type: waiting ? 'Lock' : noneOf('Lock') });
  return [
    record(
      'instance:pg_connections:utilisation',
      `${used}\n/\n(${limit} - ${reserved})` as typeof used,
    ),
    record('state:pg_connections:sum', sum([...each, 'state'], activity(false))),
    record('instance:pg_connections_waiting:sum', sum(each, activity(true))),
  ];
}

function work(c: Context): readonly Recording[] {
  const w = c.window(300);
  const database = [...each, 'datname'] as const;
  const commits = sum(database, rate(scoped('pg_stat_database_xact_commit'), w));
  const rollbacks = sum(database, rate(scoped('pg_stat_database_xact_rollback'), w));
  const hits = sum(database, rate(scoped('pg_stat_database_blks_hit'), w));
  const reads = sum(database, rate(scoped('pg_stat_database_blks_read'), w));
  const deadlocks = sum(database, rate(scoped('pg_stat_database_deadlocks'), w));
  return [
    record('datname:pg_transactions:rate5m', `${commits}\n+\n${rollbacks}` as typeof commits),
    record('datname:pg_cache_hits:ratio_rate5m', hitRatio(hits, reads)),
    // Not the lowest of all databases: a few cold reads in one that is hardly used would make it 0.
    record('instance:pg_cache_hits:ratio_rate5m', hitRatio(sum(each, hits), sum(each, reads))),
    record('datname:pg_deadlocks:rate5m', deadlocks),
  ];
}

function tables(c: Context): readonly Recording[] {
  const w = c.window(300);
  const table = [...each, 'datname', 'schemaname', 'relname'] as const;
  const hits = sum(table, rate(scoped('pg_statio_user_tables_idx_blocks_hit'), w));
  const reads = sum(table, rate(scoped('pg_statio_user_tables_idx_blocks_read'), w));
  const data = sum(table, scoped('pg_stat_user_tables_table_size_bytes'));
  const indexes = sum(table, scoped('pg_stat_user_tables_index_size_bytes'));
  const ratios = selector('relname:pg_index_hits:ratio_rate5m');
  const byIndex = sum(table, rate(scoped('pg_stat_user_tables_idx_scan'), w));
  const whole = sum(table, rate(scoped('pg_stat_user_tables_seq_scan'), w));
  const scans = selector('relname:pg_index_scans:ratio_rate5m');
  return [
    record('relname:pg_index_scans:ratio_rate5m', hitRatio(byIndex, whole)),
    record('relname:pg_index_scans:bottomk5_ratio_rate5m', bottomk(5, scans, each)),
    record('instance:pg_index_scans:ratio_rate5m', hitRatio(sum(each, byIndex), sum(each, whole))),
    record('relname:pg_index_hits:ratio_rate5m', hitRatio(hits, reads)),
    record('relname:pg_index_hits:bottomk5_ratio_rate5m', bottomk(5, ratios, each)),
    record('relname:pg_size_bytes:sum', `${data}\n+\n${indexes}` as typeof data),
  ];
}

function statements(c: Context): readonly Recording[] {
  const w = c.window(300);
  const statement = [...each, 'datname', 'queryid'] as const;
  const calls = sum(statement, rate(scoped('pg_stat_statements_calls_total'), w));
  const seconds = sum(statement, rate(scoped('pg_stat_statements_seconds_total'), w));
  return [
    record('queryid:pg_stat_statements_seconds:rate5m', seconds),
    record(
      'queryid:pg_stat_statements_seconds:mean5m',
      `${seconds}\n/\n(${calls} > 0)` as typeof seconds,
    ),
  ];
}

function pools(): readonly Recording[] {
  const database = [...each, 'database'] as const;
  const waiting = scoped('pgbouncer_pools_client_waiting_connections');
  const active = scoped('pgbouncer_pools_client_active_connections');
  return [
    record('database:pgbouncer_clients_waiting:sum', sum(database, waiting)),
    record('database:pgbouncer_clients_active:sum', sum(database, active)),
  ];
}

function redis(c: Context): readonly Recording[] {
  const w = c.window(300);
  const used = by('max', each, scoped('redis_memory_used_bytes'));
  const memory = by('max', each, scoped('redis_memory_max_bytes'));
  const clients = by('max', each, scoped('redis_connected_clients'));
  const most = by('max', each, scoped('redis_max_clients'));
  const hits = sum(each, rate(scoped('redis_keyspace_hits_total'), w));
  const misses = sum(each, rate(scoped('redis_keyspace_misses_total'), w));
  const commands = sum(each, rate(scoped('redis_commands_processed_total'), w));
  return [
    record('instance:redis_memory:utilisation', `${used}\n/\n(${memory} > 0)` as typeof used),
    record('instance:redis_clients:utilisation', `${clients}\n/\n(${most} > 0)` as typeof used),
    record('instance:redis_keyspace_hits:ratio_rate5m', hitRatio(hits, misses)),
    record('instance:redis_commands:rate5m', commands),
  ];
}

function redisCommands(c: Context): readonly Recording[] {
  const called = rate(scoped('redis_commands_total'), c.window(300));
  const all = sum(['job', 'cmd'], selector('cmd:redis_commands:rate5m'));
  return [
    record('cmd:redis_commands:rate5m', sum([...each, 'cmd'], called)),
    record('cmd:redis_commands:topk8_rate5m', topk(8, all)),
  ];
}

/**
 * Requests as counted by the route of a `handle` block. Since 2.11, Caddy counts a request once per
 * route, under the name of the route's first handler, and no longer under `reverse_proxy`.
 */
function caddy(c: Context): readonly Recording[] {
  const w = c.window(300);
  const proxied = { handler: 'subroute' } as const;
  const buckets = rate(scoped('caddy_http_request_duration_seconds_bucket', proxied), w);
  return [
    record(
      'code:caddy_http_requests:rate5m',
      sum(['job', 'code'], rate(scoped('caddy_http_request_duration_seconds_count', proxied), w)),
    ),
    record(
      'job:caddy_http_request_duration_seconds:p95_rate5m',
      quantile(0.95, sum(['job', 'le'], buckets)),
    ),
  ];
}

/** No value if there were no lookups. */
const hitRatio = <L extends string>(hits: Expr<L>, misses: Expr<L>): Expr<L> =>
  share(hits, `(${hits} + ${misses})` as Expr<L>);
