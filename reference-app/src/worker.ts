import { createBlockchain } from './lib/blockchain';
import { databaseConfig, redisConfig, text } from './lib/config';
import { createDatabase, createPool } from './lib/database';
import { outsideCaller } from './lib/outside-call';
import { QueueConsumer, queues } from './lib/queue';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { createService, main } from './lib/service';
import { createHandlers } from './worker/handlers';
import { measureQueues, workQueue } from './worker/worker-loop';

/** Interval of heartbeats in milliseconds. */
const keepUpMs = 2_000;

/** AudiFi's worker: runs jobs from queues in Redis. Metrics and /health on METRICS_PORT (9092). */
async function start(): Promise<void> {
  const service = createService('worker', 9092);
  const { log, metrics, stopping, decisionSeconds } = service;
  const database = databaseConfig();
  const pool = createPool(database, log);
  const db = createDatabase(pool, metrics, database);
  const redis = connectRedis(redisConfig(), log);
  const callOutside = outsideCaller(metrics);
  const rpcUrls = { ethereum: text('RPC_URL_ETHEREUM'), base: text('RPC_URL_BASE') };
  const blockchain = createBlockchain(rpcUrls, metrics, callOutside);
  const emailUrl = text('EMAIL_URL');
  const handlers = createHandlers({ db, metrics, callOutside, emailUrl, blockchain });
  const consumer = new QueueConsumer(redis);
  measureQueues(redis, metrics);

  const keepUp = setInterval(() => {
    consumer
      .keepUp()
      .catch((error: unknown) => log.debug('No sign of life could be given', { error }));
  }, keepUpMs);
  const waits = queues.map(() => duplicate(redis, log));
  const loops = queues.map((queue, index) => {
    const blocking = waits[index];
    if (blocking === undefined) throw new Error('a queue has no connection');
    return workQueue({
      ...{ consumer, blocking, queue, handlers, metrics, log, stopping, decisionSeconds },
    });
  });
  await service.run({
    checks: { database: db.ping, redis: () => redis.ping() },
    stop: async () => {
      await Promise.all(loops);
      clearInterval(keepUp);
      if (redis.isReady) await consumer.leave();
      await closeRedis(redis, ...waits);
      await pool.end();
    },
  });
}

main('worker', start);
