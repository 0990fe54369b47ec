import { loginRoutes } from './api/login';
import { orderRoutes } from './api/orders';
import { createApi } from './api/routes';
import { createStripe } from './api/stripe';
import { studioRoutes } from './api/studio';
import { type Enqueue, trackRoutes } from './api/tracks';
import { type Cache, walletRoutes } from './api/wallets';
import { webhookRoutes } from './api/webhooks';
import { activeSessions } from './lib/active-sessions';
import { createBlockchain } from './lib/blockchain';
import { databaseConfig, number, redisConfig, secret, text } from './lib/config';
import { createDatabase, createPool } from './lib/database';
import { gracefulServer } from './lib/graceful-server';
import { watchIncident } from './lib/incident';
import { outsideCaller } from './lib/outside-call';
import { enqueue as enqueueJob } from './lib/queue';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { createService, main, sendHealth } from './lib/service';

/** AudiFi's API: HTTP on PORT (8080), metrics on METRICS_PORT (9090). */
async function start(): Promise<void> {
  const service = createService('api-server', 9090);
  const { log, metrics } = service;
  const database = databaseConfig();
  const pool = createPool(database, log);
  const db = createDatabase(pool, metrics, database);
  const redisAt = redisConfig();
  const redis = connectRedis(redisAt, log);
  const subscriber = duplicate(redis, log);
  const callOutside = outsideCaller(metrics);
  const rpcUrls = { ethereum: text('RPC_URL_ETHEREUM'), base: text('RPC_URL_BASE') };
  const blockchain = createBlockchain(rpcUrls, metrics, callOutside);
  const stripe = createStripe(text('STRIPE_URL'), metrics, callOutside);
  const sessionSecret = secret('SESSION_SECRET_FILE');
  const webhookSecret = secret('STRIPE_WEBHOOK_SECRET_FILE');
  const enqueue: Enqueue = (queue, payload) => enqueueJob(redis, redisAt.host, queue, payload);
  const cache: Cache = {
    host: redisAt.host,
    get: (key) => redis.get(key),
    set: async (key, value, seconds) => {
      await redis.set(key, value, { expiration: { type: 'EX', value: seconds } });
    },
  };
  const oauthUrl = text('OAUTH_URL');

  const app = createApi({
    routes: [
      ...trackRoutes(db, enqueue),
      ...orderRoutes(db, stripe),
      ...webhookRoutes({ db, metrics, log, enqueue, secret: webhookSecret }),
      ...walletRoutes(blockchain, cache, log),
      ...loginRoutes({ db, metrics, log, enqueue, callOutside, oauthUrl, sessionSecret }),
      ...studioRoutes(db),
    ],
    ...{ metrics, log, sessionSecret },
    incident: watchIncident(redis, subscriber, log),
    seen: activeSessions(redis, metrics, log),
    health: async (response) => sendHealth(response, await service.health()),
  });
  const server = gracefulServer(app);
  await service.run({
    checks: { database: db.ping, redis: () => redis.ping(), rpc: blockchain.ping },
    stop: async (drain) => {
      await server.stop(drain);
      await pool.end();
      await closeRedis(redis, subscriber);
    },
  });
  await server.listen(number('PORT', 8080, 0, 65_535));
}

main('api-server', start);
