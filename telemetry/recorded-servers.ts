import { databaseRecorded } from './exporters/postgres';
import { series } from './recorded-series';

const each = ['job', 'instance'] as const;

/** Recording rules for PostgreSQL, Redis and the reverse proxy. */
export const recordedOfServers = {
  ...databaseRecorded,

  'instance:redis_memory:utilisation': series('Share of maxmemory; nothing without one.', ...each),
  'instance:redis_clients:utilisation': series('Share of maxclients.', ...each),
  'instance:redis_keyspace_hits:ratio_rate5m': series('Share of look-ups that hit.', ...each),
  'instance:redis_commands:rate5m': series('Commands per second.', ...each),
  'cmd:redis_commands:rate5m': series('Commands per second.', ...each, 'cmd'),
  'cmd:redis_commands:topk8_rate5m': series('The eight most frequent.', 'job', 'cmd'),

  'code:caddy_http_requests:rate5m': series('Proxied requests per second.', 'job', 'code'),
  'job:caddy_http_request_duration_seconds:p95_rate5m': series('95th percentile.', 'job'),
} as const;
