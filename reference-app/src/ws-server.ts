import { number, redisConfig, secret } from './lib/config';
import { gracefulServer } from './lib/graceful-server';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { createService, main, sendHealth } from './lib/service';
import { inSpan } from './lib/tracing';
import { Broadcaster } from './ws/broadcast';
import type { Connection, Process } from './ws/connection';
import { Hub } from './ws/hub';
import { openStudio } from './ws/server';

/** Seconds after which a poll is forgotten. */
const pollSeconds = 3600;

/** V Studio's WebSocket server: PORT (8081), metrics on METRICS_PORT (9091). */
async function start(): Promise<void> {
  const service = createService('ws-server', 9091);
  const { log, metrics } = service;
  const redis = connectRedis(redisConfig(), log);
  const subscriber = duplicate(redis, log);
  const hub = new Hub<Connection>();
  hub.measure(metrics);
  const broadcaster = new Broadcaster(hub, redis, log);
  broadcaster.listen(subscriber);
  const chat = metrics.of('studio_chat_messages_total');
  const votes = metrics.of('studio_poll_votes_total');

  const process: Process = ({ session, userId }, message) =>
    inSpan('ws.process', { attributes: { 'websocket.message.type': message.type } }, async () => {
      const { type } = message;
      if (type === 'chat') {
        const { text, platform } = message;
        await broadcaster.publish(session, { type, text, platform, from: userId });
        chat.add({ platform });
      } else if (type === 'vote') {
        const { poll, option } = message;
        const key = `audifi:poll:${session}:${poll}`;
        // Once a user and poll, on whichever server.
        const counted = (await redis.hSetNX(key, userId, option)) === 1;
        if (!counted) return { counted };
        await redis.expire(key, pollSeconds);
        votes.add();
        await broadcaster.publish(session, { type, poll, option });
        return { counted };
      } else await broadcaster.publish(session, { type, emoji: message.emoji });
      return {};
    });

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
