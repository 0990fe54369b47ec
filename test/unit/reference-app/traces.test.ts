import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { orderRoutes } from '../../../reference-app/src/api/orders';
import { createApi } from '../../../reference-app/src/api/routes';
import { createStripe } from '../../../reference-app/src/api/stripe';
import { trackRoutes } from '../../../reference-app/src/api/tracks';
import { walletRoutes } from '../../../reference-app/src/api/wallets';
import { webhookRoutes } from '../../../reference-app/src/api/webhooks';
import { createBlockchain } from '../../../reference-app/src/lib/blockchain';
import { createDatabase } from '../../../reference-app/src/lib/database';
import {
  gracefulServer,
  type GracefulServer,
} from '../../../reference-app/src/lib/graceful-server';
import { outsideCaller } from '../../../reference-app/src/lib/outside-call';
import type { Metrics } from '../../../reference-app/src/lib/metrics';
import {
  enqueue,
  type Job,
  type QueueName,
  type TakenJob,
} from '../../../reference-app/src/lib/queue';
import type { Redis } from '../../../reference-app/src/lib/redis';
import { createToken } from '../../../reference-app/src/lib/tokens';
import { inSpan, outsideHeaders } from '../../../reference-app/src/lib/tracing';
import { stubListener } from '../../../reference-app/src/outside/stubs';
import { WebhookSender } from '../../../reference-app/src/outside/webhook-sender';
import { Random } from '../../../reference-app/src/traffic/random';
import { RequestGenerator } from '../../../reference-app/src/traffic/requests';
import { Tally } from '../../../reference-app/src/traffic/tally';
import { createHandlers } from '../../../reference-app/src/worker/handlers';
import { workQueue } from '../../../reference-app/src/worker/worker-loop';
import { soon } from '../../lib/soon';
import { logInto, metricsOf } from './kit';
import { byName, failed, recordSpans, traceIdOf, tree, violations } from './spans';

const { exporter } = recordSpans();
const secret = 'whsec_of_a_test';
const wallet = `0x${'ab'.repeat(20)}`;
const lines: string[] = [];
const log = logInto(lines);
const metrics = metricsOf('api-server');
/** What Redis has of the queues, newest first. */
const queued: string[] = [];
const redis: Pick<Redis, 'lPush'> = {
  lPush: (async (_key: string, job: string) => queued.unshift(job)) as never,
};
let answerQuery: (sql: string) => unknown[];
let api: GracefulServer;
let outside: GracefulServer;
let apiUrl: string;
let stubsUrl: string;
let webhooks: WebhookSender;
let seenByStub: Record<string, unknown> = {};

const database = (by: Metrics) =>
  createDatabase(
    {
      query: async (sql) => ({ rows: answerQuery(sql) }),
      ...{ totalCount: 1, idleCount: 1, waitingCount: 0 },
    },
    by,
    { host: 'postgres', database: 'audifi' },
  );

beforeAll(async () => {
  const put = (queue: QueueName, payload: Job['payload']) =>
    enqueue(redis, 'redis', queue, payload);
  const db = database(metrics);
  const callOutside = outsideCaller(metrics);
  const incident = () => 'none' as const;
  const listen: Parameters<typeof gracefulServer>[0] = (request, response) => {
    seenByStub = request.headers;
    stubs(request, response);
  };
  outside = gracefulServer(listen);
  stubsUrl = `http://127.0.0.1:${await outside.listen(0)}`;
  const chain = createBlockchain(
    { ethereum: `${stubsUrl}/rpc/ethereum`, base: `${stubsUrl}/rpc/base` },
    ...[metrics, callOutside],
  );
  const stripe = createStripe(`${stubsUrl}/stripe`, metrics, callOutside);
  const cache = { host: 'redis', get: async () => null, set: async () => undefined };
  api = gracefulServer(
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
  apiUrl = `http://127.0.0.1:${await api.listen(0)}`;
  webhooks = new WebhookSender({ url: `${apiUrl}/v1/webhooks/stripe`, secret, incident, log });
  const stubs = stubListener({ incident, webhooks, log });
});
afterAll(async () => {
  await webhooks.stop();
  await api.stop(0);
  await outside.stop(0);
});
afterEach(() => {
  const spans = exporter.getFinishedSpans();
  exporter.reset();
  queued.length = 0;
  lines.length = 0;
  // Whatever a test makes is in the contract.
  expect(spans.flatMap(violations)).toEqual([]);
});

/** A call with the trace of a client, as the traffic makes it; the spans of that trace, when all have ended. */
async function call(path: string, init: { method?: string; body?: string; count: number }) {
  const token = createToken('key', { userId: 'user_1', role: 'viewer', expires: 4e9 });
  const answer = await inSpan('GET', { kind: 'client', parent: ROOT_CONTEXT }, async (span) => {
    const headers = { authorization: `Bearer ${token}`, ...outsideHeaders() };
    const response = await fetch(apiUrl + path, { ...init, headers });
    const requestId = response.headers.get('x-request-id');
    return { status: response.status, requestId, traceId: span.spanContext().traceId };
  });
  return { ...answer, spans: await traceOf(answer.traceId, init.count) };
}

/** The spans of a trace, once there are as many. */
async function traceOf(traceId: string, count: number): Promise<ReadableSpan[]> {
  const spans = () => exporter.getFinishedSpans().filter((span) => traceIdOf(span) === traceId);
  await soon(() => expect(spans().length).toBeGreaterThanOrEqual(count));
  return spans();
}

/** Does what is in the queue as the worker would, another process: of this one it knows the job's text alone. */
async function work(queue: QueueName): Promise<void> {
  const worker = metricsOf('worker');
  const jobs = queued
    .map((raw): TakenJob => ({ ...(JSON.parse(raw) as Job), raw }))
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
  });
}

describe('an API request', () => {
  it('is HTTP, auth, handler, database and response, and goes on with the trace of its caller', async () => {
    answerQuery = () => [{ id: '7' }];
    const { spans, requestId } = await call('/v1/tracks/7', { count: 6 });
    expect(tree(spans)).toEqual([
      'client GET',
      '  server GET /v1/tracks/:id',
      '    internal auth',
      '    internal handler getTrack',
      '      client SELECT tracks',
      '    internal response',
    ]);
    expect(byName(spans, 'GET /v1/tracks/:id').attributes).toEqual({
      ...{ 'http.request.method': 'GET', 'http.route': '/v1/tracks/:id' },
      ...{ 'url.path': '/v1/tracks/7', 'url.scheme': 'http' },
      ...{ 'http.response.status_code': 200, 'user.id': 'user_1', requestId },
      // The first observation of its series.
      exemplar: 'true',
    });
    expect(byName(spans, 'auth').attributes).toEqual({ 'user.id': 'user_1' });
    expect(byName(spans, 'handler getTrack').attributes).toEqual({
      ...{ 'code.function.name': 'getTrack', 'track.id': '7' },
    });
    expect(byName(spans, 'SELECT tracks').attributes).toMatchObject({
      ...{ 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' },
      ...{ 'db.collection.name': 'tracks', 'db.namespace': 'audifi', 'server.address': 'postgres' },
    });
    expect(byName(spans, 'response').attributes).toEqual({ 'http.response.body.size': 10 });
    expect(failed(spans)).toEqual([]);
    expect(spans[0]?.resource.attributes).toEqual({
      ...{ 'service.name': 'api-server', 'service.version': '1.2.3' },
      'deployment.environment.name': 'test',
    });
  });

  it('has its id in the answer, in the log beside the trace, and on the span', async () => {
    answerQuery = () => [{ id: '7' }];
    const { requestId, traceId } = await call('/v1/tracks/7', { count: 6 });
    const line = lines.find((text) => text.includes('Request answered')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ requestId, traceId });
  });

  it('fails as a whole when a query fails, and says no personal data', async () => {
    answerQuery = () => {
      const leak = 'duplicate key (email)=(ada@example.com), token: st1.abcdef.ghijkl';
      throw Object.assign(new Error(leak), { code: '23505' });
    };
    const { spans, status } = await call('/v1/tracks/7', { count: 5 });
    expect(status).toBe(500);
    expect(failed(spans).sort()).toEqual([
      ...['GET /v1/tracks/:id', 'SELECT tracks', 'handler getTrack'],
    ]);
    const query = byName(spans, 'SELECT tracks');
    expect(query.attributes).toMatchObject({
      ...{ 'error.type': 'Error', 'db.response.status_code': '23505' },
    });
    expect(query.events.map(({ name }) => name)).toEqual(['exception']);
    const said = JSON.stringify(
      spans.map(({ attributes, events, status: end }) => ({ attributes, events, end })),
    );
    expect(said).toContain('duplicate key');
    expect(said).not.toContain('ada@');
    expect(said).not.toContain('abcdef');
  });

  it.each([
    ['/v1/tracks/8', 404, 'not_found', 'handler getTrack'],
    ['/v1/wallets/0x12/balance', 400, 'invalid_request', 'handler walletBalance'],
  ])(
    '%s that is answered with %i is refused and has not failed',
    async (path, status, code, name) => {
      answerQuery = () => [];
      const answer = await call(path, { count: 4 });
      expect(answer.status).toBe(status);
      expect(failed(answer.spans)).toEqual([]);
      expect(byName(answer.spans, name).attributes['error.type']).toBe(code);
    },
  );

  it('goes on in the worker, found by the id of the request', async () => {
    answerQuery = () => [{ id: '7' }];
    const track = JSON.stringify({ title: 'Take 1', price_cents: 129 });
    const created = await call('/v1/tracks', { method: 'POST', body: track, count: 7 });
    await work('transcode');
    const spans = await traceOf(created.traceId, 9);
    expect(tree(spans)).toEqual([
      'client GET',
      '  server POST /v1/tracks',
      '    internal auth',
      '    internal handler createTrack',
      '      client INSERT tracks',
      '      producer send transcode',
      '        consumer process transcode',
      '          client UPDATE tracks',
      '    internal response',
    ]);
    const [sent, done] = [byName(spans, 'send transcode'), byName(spans, 'process transcode')];
    const jobId = sent.attributes['messaging.message.id'];
    expect(jobId).toMatch(/^job_/);
    expect(sent.attributes).toEqual({
      ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'send' },
      ...{ 'messaging.operation.type': 'send', 'messaging.destination.name': 'transcode' },
      ...{ 'messaging.message.id': jobId, 'server.address': 'redis' },
    });
    expect(done.attributes).toMatchObject({
      ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'process' },
      ...{ 'messaging.operation.type': 'process', 'messaging.destination.name': 'transcode' },
      ...{ 'messaging.message.id': jobId, requestId: created.requestId, 'track.id': '7' },
    });
    expect(done.links.map(({ context }) => context.spanId)).toEqual([sent.spanContext().spanId]);
    const line = lines.find((text) => text.includes('Job done')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      ...{ requestId: created.requestId, traceId: created.traceId, job: 'transcode' },
    });
  });
});

describe('a blockchain call', () => {
  it('is request, RPC, parse and cache update, and goes on at the node', async () => {
    const { spans } = await call(`/v1/wallets/${wallet}/balance?network=base`, { count: 10 });
    expect(tree(spans)).toEqual([
      'client GET',
      '  server GET /v1/wallets/:address/balance',
      '    internal auth',
      '    internal handler walletBalance',
      '      internal blockchain.request',
      '        client eth_getBalance',
      '          server POST /rpc',
      '        internal blockchain.parse',
      '        client SET',
      '    internal response',
    ]);
    expect(byName(spans, 'blockchain.request').attributes).toMatchObject({
      'blockchain.network': 'base',
    });
    expect(byName(spans, 'eth_getBalance').attributes).toEqual({
      ...{ 'rpc.system.name': 'jsonrpc', 'rpc.method': 'eth_getBalance' },
      ...{ 'blockchain.network': 'base', 'http.request.method': 'POST' },
      ...{ 'http.response.status_code': 200, 'server.address': '127.0.0.1' },
      'server.port': Number(new URL(stubsUrl).port),
    });
    expect(byName(spans, 'SET').attributes).toEqual({
      ...{ 'db.system.name': 'redis', 'db.operation.name': 'SET', 'server.address': 'redis' },
      'cache.key': 'audifi:balance:base:{address}',
    });
    const said = spans.map(({ name, attributes }) => ({ name, attributes }));
    expect(JSON.stringify(said)).not.toContain(wallet);
  });

  it('gives those outside the trace and no baggage', async () => {
    await call(`/v1/wallets/${wallet}/balance`, { count: 10 });
    expect(seenByStub['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(seenByStub).not.toHaveProperty('baggage');
  });

  it('fails where the node does not answer', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const chain = createBlockchain({ ethereum: url, base: url }, metrics, outsideCaller(metrics));
    const asked = chain.call('base', 'eth_call', [], async () => undefined);
    await expect(asked).rejects.toThrow('rpc: other (status 503)');
    server.close();
    const spans = exporter.getFinishedSpans();
    expect(tree(spans)).toEqual(['internal blockchain.request', '  client eth_call']);
    expect(failed(spans)).toEqual(['eth_call', 'blockchain.request']);
    expect(byName(spans, 'eth_call').attributes['http.response.status_code']).toBe(503);
  });
});

describe('a webhook of Stripe', () => {
  it('is receive, verify, process and update, in a trace of its own that is linked to the checkout', async () => {
    answerQuery = () => [{ price_cents: 129, fresh: true }];
    const order = JSON.stringify({ track_id: 7 });
    const ordered = await call('/v1/orders', { method: 'POST', body: order, count: 9 });
    expect(tree(ordered.spans)).toEqual([
      'client GET',
      '  server POST /v1/orders',
      '    internal auth',
      '    internal handler createOrder',
      '      client INSERT orders',
      '      client POST',
      '        server POST /stripe',
      '      client UPDATE orders',
      '    internal response',
    ]);
    const received = () =>
      exporter.getFinishedSpans().find(({ name }) => name === 'POST /v1/webhooks/stripe');
    await soon(() => expect(received()).toBeDefined());
    await work('payout');
    await work('mint');
    const traceId = traceIdOf(received() as ReadableSpan);
    expect(traceId).not.toBe(ordered.traceId);
    const spans = await traceOf(traceId, 14);
    expect(tree(spans)).toEqual([
      'client POST',
      '  server POST /v1/webhooks/stripe',
      '    internal stripe.verify',
      '    internal stripe.process',
      '      client UPDATE orders',
      '      producer send payout',
      '        consumer process payout',
      '          client INSERT payouts',
      '      producer send mint',
      '        consumer process mint',
      '          internal blockchain.request',
      '            client eth_call',
      '              server POST /rpc',
      '            internal blockchain.parse',
    ]);
    expect(byName(spans, 'stripe.process').attributes).toMatchObject({
      'stripe.event.type': 'checkout.session.completed',
    });
    const checkout = byName(ordered.spans, 'POST /stripe').spanContext().spanId;
    expect(byName(spans, 'POST').links.map(({ context }) => context.spanId)).toEqual([checkout]);
    expect(byName(spans, 'process payout').attributes['requestId']).toBe(
      byName(spans, 'POST /v1/webhooks/stripe').attributes['requestId'],
    );
  });

  it('fails when its order cannot be updated', async () => {
    answerQuery = () => {
      throw new Error('no');
    };
    webhooks.completed('order_1', 'cs_1');
    await soon(() => expect(failed(exporter.getFinishedSpans())).toContain('POST'));
    const spans = exporter.getFinishedSpans();
    expect(failed(spans)).toEqual([
      ...['UPDATE orders', 'stripe.process', 'POST /v1/webhooks/stripe', 'POST'],
    ]);
    answerQuery = () => [{ fresh: true }];
    await soon(() => expect(webhooks.inFlight).toBe(0));
  });
});

describe('the traffic', () => {
  it('is the client of every trace, and knows it by the id of the request', async () => {
    answerQuery = () => [{ id: '7', price_cents: 129, fresh: true }];
    let paused = false;
    const generator = new RequestGenerator({
      ...{
        apiUrl,
        sessionSecret: 'key',
        perSecond: 200,
        tally: new Tally(),
        random: new Random(1),
      },
      paused: () => paused,
    });
    generator.start();
    const roots = () =>
      exporter
        .getFinishedSpans()
        .filter(({ parentSpanContext }) => parentSpanContext === undefined);
    await soon(() => expect(roots().length).toBeGreaterThan(40));
    paused = true;
    generator.stop();
    await soon(() => expect([generator.inFlight, webhooks.inFlight]).toEqual([0, 0]));
    const spans = exporter.getFinishedSpans();
    const clients = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    const servers = spans.filter(({ attributes }) => attributes['http.route'] === '/v1/tracks/:id');
    expect(servers.length).toBeGreaterThan(5);
    for (const { parentSpanContext, attributes } of servers) {
      const client = clients.get(parentSpanContext?.spanId ?? '');
      expect(client?.name).toBe('GET');
      expect(client?.attributes['requestId']).toBe(attributes['requestId']);
      expect(client?.attributes['http.response.status_code']).toBe(200);
    }
  });
});
