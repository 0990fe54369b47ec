import { orderRoutes } from '../../../reference-app/src/api/orders';
import { createApi } from '../../../reference-app/src/api/routes';
import { createStripe } from '../../../reference-app/src/api/stripe';
import { trackRoutes } from '../../../reference-app/src/api/tracks';
import { walletRoutes } from '../../../reference-app/src/api/wallets';
import { webhookRoutes } from '../../../reference-app/src/api/webhooks';
import { createBlockchain } from '../../../reference-app/src/lib/blockchain';
import { createDatabase } from '../../../reference-app/src/lib/database';
import { gracefulServer } from '../../../reference-app/src/lib/graceful-server';
import { outsideCaller } from '../../../reference-app/src/lib/outside-call';
import type { Metrics } from '../../../reference-app/src/lib/metrics';
import {
  enqueue,
  type Job,
  type QueueName,
  type TakenJob,
} from '../../../reference-app/src/lib/queue';
import type { Redis } from '../../../reference-app/src/lib/redis';
import { stubListener } from '../../../reference-app/src/outside/stubs';
import { WebhookSender } from '../../../reference-app/src/outside/webhook-sender';
import { createHandlers } from '../../../reference-app/src/worker/handlers';
import { workQueue } from '../../../reference-app/src/worker/worker-loop';
import { logInto, metricsOf } from './kit';

export type RunningApp = Awaited<ReturnType<typeof runApp>>;

/**
 * The API, the worker and the stubs of external services over HTTP, with a list instead of Redis,
 * and a database with the responses of a test.
 */
export async function runApp() {
  const secret = 'whsec_of_a_test';
  const lines: string[] = [];
  const log = logInto(lines);
  const metrics = metricsOf('api-server');
  /** The content of the queues in Redis, newest first. */
  const queued: string[] = [];
  const redis: Pick<Redis, 'lPush'> = {
    lPush: (async (_key: string, job: string) => queued.unshift(job)) as never,
  };
  const told = {
    answerQuery: (_sql: string): unknown[] => [],
    /** Headers of the last call to a stub. */
    seenByStub: {} as Record<string, unknown>,
  };

  const database = (by: Metrics) =>
    createDatabase(
      {
        query: async (sql) => ({ rows: told.answerQuery(sql) }),
        ...{ totalCount: 1, idleCount: 1, waitingCount: 0 },
      },
      by,
      { host: 'postgres', database: 'audifi' },
    );
  const put = (queue: QueueName, payload: Job['payload']) =>
    enqueue(redis, 'redis', queue, payload);
  const db = database(metrics);
  const callOutside = outsideCaller(metrics);
  const incident = () => 'none' as const;
  const listen: Parameters<typeof gracefulServer>[0] = (request, response) => {
    told.seenByStub = request.headers;
    stubs(request, response);
  };
  const outside = gracefulServer(listen);
  const stubsUrl = `http://127.0.0.1:${await outside.listen(0)}`;
  const chain = createBlockchain(
    { ethereum: `${stubsUrl}/rpc/ethereum`, base: `${stubsUrl}/rpc/base` },
    ...[metrics, callOutside],
  );
  const stripe = createStripe(`${stubsUrl}/stripe`, metrics, callOutside);
  const cache = { host: 'redis', get: async () => null, set: async () => undefined };
  const api = gracefulServer(
    createApi({
      routes: [
        ...[
          ...trackRoutes(db, put),
          ...orderRoutes(db, stripe),
          ...walletRoutes(chain, cache, log),
        ],
        ...webhookRoutes({ db, metrics, log, enqueue: put, secret }),
      ],
      ...{ metrics, log, sessionSecret: 'key', incident },
      seen: () => undefined,
      health: async (response) => void response.end(),
    }),
  );
  const apiUrl = `http://127.0.0.1:${await api.listen(0)}`;
  const webhooks = new WebhookSender({
    url: `${apiUrl}/v1/webhooks/stripe`,
    secret,
    incident,
    log,
  });
  const stubs = stubListener({ incident, webhooks, log });

  /**
   * Runs the queued jobs like the worker, which is another process and only knows the job's text.
   *
   * @param change what has become of each job meanwhile
   */
  const work = async (queue: QueueName, change: Partial<Job> = {}): Promise<void> => {
    const worker = metricsOf('worker');
    const jobs = queued
      .map((raw): TakenJob => ({ ...(JSON.parse(raw) as Job), ...change, raw }))
      .filter((job) => job.queue === queue);
    const callOutside = outsideCaller(worker);
    const urls = { ethereum: `${stubsUrl}/rpc/ethereum`, base: `${stubsUrl}/rpc/base` };
    const blockchain = createBlockchain(urls, worker, callOutside);
    const handlers = createHandlers({
      ...{ db: database(worker), metrics: worker, callOutside, blockchain },
      emailUrl: `${stubsUrl}/email`,
    });
    const unused: unknown = {};
    await workQueue({
      ...{ queue, handlers, metrics: worker, log, blocking: unused as Redis },
      consumer: {
        take: async () => jobs.shift(),
        finish: async () => undefined,
        retry: async () => undefined,
        giveBack: async () => undefined,
      },
      stopping: () => jobs.length === 0,
      decisionSeconds: 10,
    });
  };

  const reset = () => {
    queued.length = 0;
    lines.length = 0;
  };
  const stop = async () => {
    await webhooks.stop();
    await api.stop(0);
    await outside.stop(0);
  };
  return { told, lines, metrics, webhooks, apiUrl, stubsUrl, work, reset, stop };
}
