import { createClient } from 'redis';
import type { redisConfig } from './config';
import type { Log } from './log';

/**
 * A connection to Redis that reconnects automatically. Without a connection, commands fail
 * immediately.
 */
export function connectRedis(config: ReturnType<typeof redisConfig>, log: Log) {
  const client = createClient({
    username: config.user,
    password: config.password,
    socket: {
      host: config.host,
      port: config.port,
      connectTimeout: 3_000,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** Math.min(retries, 5), 2_000),
    },
    // Otherwise queued commands would accumulate while Redis is down.
    disableOfflineQueue: true,
    // Detects a connection that broke silently.
    pingInterval: 10_000,
  });
  open(client, log);
  return client;
}

export type Redis = ReturnType<typeof connectRedis>;

/** A second connection, for blocking commands and subscriptions. */
export function duplicate(client: Redis, log: Log): Redis {
  const second = client.duplicate();
  open(second, log);
  return second;
}

/**
 * Not awaited: a service starts without Redis, reports this in /health, and works once Redis is up.
 */
function open(client: Redis, log: Log): void {
  let away = false;
  client.on('error', (error: unknown) => {
    // Logged once, not at every attempt.
    if (!away) log.warn('Redis is away', { error });
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  client.connect().catch((error: unknown) => log.warn('Redis is away', { error }));
}

/** Closes after pending replies have arrived. A broken connection is dropped. */
export async function closeRedis(...clients: readonly Redis[]): Promise<void> {
  for (const client of clients) {
    if (client.isReady) await client.close();
    else if (client.isOpen) client.destroy();
  }
}
