import { series } from './recorded-series';

const each = ['job', 'instance'] as const;
const table = [...each, 'datname', 'schemaname', 'relname'] as const;
const statement = [...each, 'datname', 'queryid'] as const;

/** What is recorded of PostgreSQL, Redis and the reverse proxy. */
export const recordedOfServers = {
  'instance:pg_connections:utilisation': series('Share of the connections in use.', ...each),
  'state:pg_connections:sum': series('Connections that wait for no lock.', ...each, 'state'),
  'instance:pg_connections_waiting:sum': series('Connections that wait for a lock.', ...each),
  'datname:pg_transactions:rate5m': series('Transactions per second.', ...each, 'datname'),
  'datname:pg_cache_hits:ratio_rate5m': series('Share of blocks in the cache.', ...each, 'datname'),
  'datname:pg_deadlocks:rate5m': series('Deadlocks per second.', ...each, 'datname'),
  'datname:pg_index_scans:ratio_rate5m': series('Share of scans by an index.', ...each, 'datname'),
  'relname:pg_index_scans:ratio_rate5m': series('Share of scans by an index.', ...table),
  'relname:pg_index_scans:bottomk5_ratio_rate5m': series('The five lowest of a server.', ...table),
  'relname:pg_index_hits:ratio_rate5m': series('Share of index blocks in the cache.', ...table),
  'relname:pg_index_hits:bottomk5_ratio_rate5m': series('The five lowest of a server.', ...table),
  'relname:pg_size_bytes:sum': series('Space of the table and its indexes.', ...table),
  'queryid:pg_stat_statements_seconds:rate5m': series('Seconds per second.', ...statement),
  'queryid:pg_stat_statements_seconds:mean5m': series('Mean time of a call.', ...statement),

  'instance:redis_memory:utilisation': series('Share of maxmemory; nothing without one.', ...each),
  'instance:redis_clients:utilisation': series('Share of maxclients.', ...each),
  'instance:redis_keyspace_hits:ratio_rate5m': series('Share of look-ups that hit.', ...each),
  'instance:redis_commands:rate5m': series('Commands per second.', ...each),
  'cmd:redis_commands:rate5m': series('Commands per second.', ...each, 'cmd'),
  'cmd:redis_commands:topk8_rate5m': series('The eight most frequent.', 'job', 'cmd'),

  'code:caddy_http_requests:rate5m': series('Proxied requests per second.', 'job', 'code'),
  'job:caddy_http_request_duration_seconds:p95_rate5m': series('95th percentile.', 'job'),
} as const;
