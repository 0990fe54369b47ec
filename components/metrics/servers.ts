import type { Settings } from '../settings';
import type { PostgresConnection } from './postgres-exporter';
import type { RedisConnection } from './redis-exporter';

/** AudiFi's own PostgreSQL as the settings name it; undefined where they name none. */
export function ownPostgres(settings: Settings): PostgresConnection | undefined {
  const { host, ...rest } = settings.postgres;
  const password = settings.postgresPassword;
  return host === undefined || password === undefined ? undefined : { ...rest, host, password };
}

/** AudiFi's own Redis as the settings name it; undefined where they name none. */
export function ownRedis(settings: Settings): RedisConnection | undefined {
  const { host, ...rest } = settings.redis;
  const password = settings.redisPassword;
  return host === undefined || password === undefined ? undefined : { ...rest, host, password };
}
