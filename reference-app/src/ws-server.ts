import { activeSessions } from './lib/active-sessions';
import { number, redisConfig, secret } from './lib/config';
import { gracefulServer } from './lib/graceful-server';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { createService, main, sendHealth } from './lib/service';
import { Broadcaster } from './ws/broadcast';
import type { Connection } from './ws/connection';
import { Hub } from './ws/hub';
import { createProcess } from './ws/process';
import { openStudio } from './ws/server';

/** V Studio's WebSocket server: PORT (8081), metrics on METRICS_PORT (9091). */
async function start(): Promise<void> {
  const service = createService('ws-server', 9091);
  const { log, metrics } = service;
  const redisAt = redisConfig();
  const redis = connectRedis(redisAt, log);
  const subscriber = duplicate(redis, log);
  const hub = new Hub<Connection>();
  hub.measure(metrics);
  const broadcaster = new Broadcaster(hub, redis, redisAt.host, log);
  broadcaster.listen(subscriber);
  const process = createProcess({ broadcaster, redis, metrics });

  const server = gracefulServer((request, response) => {
    if (request.url !== '/health') {
      response.writeHead(request.url?.startsWith('/v1/studio') === true ? 426 : 404).end();
      return;
    }
    service.health().then(
      (health) => sendHealth(response, health),
      () => response.writeHead(500).end(),
    );
  });
  const studio = openStudio({
    ...{ server, hub, metrics, log, process },
    sessionSecret: secret('SESSION_SECRET_FILE'),
    seen: activeSessions(redis, metrics, log),
    maxConnections: number('MAX_CONNECTIONS', 5_000, 1, 100_000),
  });
  await service.run({
    checks: { redis: () => redis.ping() },
    stop: async (drain) => {
      const closed = server.stop(drain);
      await studio.stop();
      await closed;
      await closeRedis(redis, subscriber);
    },
  });
  await server.listen(number('PORT', 8081, 0, 65_535));
}

main('ws-server', start);
