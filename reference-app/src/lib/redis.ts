import { createClient } from 'redis';
import type { redisConfig } from './config';
import type { Log } from './log';

/** A connection to Redis that comes back by itself. Commands fail at once while it is away. */
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
    // A queue of commands would grow for as long as Redis is away.
    disableOfflineQueue: true,
    // Finds a connection that died without a word.
    pingInterval: 10_000,
  });
  open(client, log);
  return client;
}

export type Redis = ReturnType<typeof connectRedis>;

/** A second connection, for what blocks or subscribes. */
export function duplicate(client: Redis, log: Log): Redis {
  const second = client.duplicate();
  open(second, log);
  return second;
}

/** Not awaited: a service starts without Redis, says so in /health, and works when it is there. */
function open(client: Redis, log: Log): void {
  let away = false;
  client.on('error', (error: unknown) => {
    // It is said once, not with every attempt.
    if (!away) log.warn('Redis is away', { error });
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  client.connect().catch((error: unknown) => log.warn('Redis is away', { error }));
}

/** Closes after what was sent is answered; a connection that is away is dropped. */
export async function closeRedis(...clients: readonly Redis[]): Promise<void> {
  for (const client of clients) {
    if (client.isReady) await client.close();
    else if (client.isOpen) client.destroy();
  }
}
