import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBlockchain } from '../../../reference-app/src/lib/blockchain';
import { outsideCaller } from '../../../reference-app/src/lib/outside-call';
import { createToken } from '../../../reference-app/src/lib/tokens';
import { inSpan, outsideHeaders } from '../../../reference-app/src/lib/tracing';
import { Logins } from '../../../reference-app/src/traffic/logins';
import { Random } from '../../../reference-app/src/traffic/random';
import { RequestGenerator } from '../../../reference-app/src/traffic/requests';
import { Tally } from '../../../reference-app/src/traffic/tally';
import { soon } from '../../lib/soon';
import { runApp, type RunningApp } from './running-app';
import { byName, failed, recordSpans, traceIdOf, tree, violations } from './spans';

const { exporter } = recordSpans();
const wallet = `0x${'ab'.repeat(20)}`;
let app: RunningApp;

beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.stop());
afterEach(() => {
  const spans = exporter.getFinishedSpans();
  exporter.reset();
  app.reset();
  // All spans of all tests must be in the contract.
  expect(spans.flatMap(violations)).toEqual([]);
});

/**
 * A call with the trace of a client, like the traffic generator's. Returns the spans of that trace
 * when all have ended.
 */
async function call(path: string, init: { method?: string; body?: string; count: number }) {
  const token = createToken('key', {
    id: 'login_1',
    userId: 'user_1',
    role: 'viewer',
    expires: 4e9,
  });
  const answer = await inSpan('GET', { kind: 'client', parent: ROOT_CONTEXT }, async (span) => {
    const headers = { authorization: `Bearer ${token}`, ...outsideHeaders() };
    const response = await fetch(app.apiUrl + path, { ...init, headers });
    const requestId = response.headers.get('x-request-id');
    return { status: response.status, requestId, traceId: span.spanContext().traceId };
  });
  return { ...answer, spans: await traceOf(answer.traceId, init.count) };
}

/** The spans of a trace, once there are this many. */
async function traceOf(traceId: string, count: number): Promise<ReadableSpan[]> {
  const spans = () => exporter.getFinishedSpans().filter((span) => traceIdOf(span) === traceId);
  await soon(() => expect(spans().length).toBeGreaterThanOrEqual(count));
  return spans();
}

describe('an API request', () => {
  it('is HTTP, auth, handler, database and response, and continues the trace of its caller', async () => {
    app.told.answerQuery = () => [{ id: '7' }];
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

  it('has its ID in the response, in the log with the trace, and on the span', async () => {
    app.told.answerQuery = () => [{ id: '7' }];
    const { requestId, traceId } = await call('/v1/tracks/7', { count: 6 });
    const line = app.lines.find((text) => text.includes('Request answered')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ requestId, traceId });
  });

  it('fails as a whole if a query fails, without personal data', async () => {
    app.told.answerQuery = () => {
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
  ])('%s with the response %i is rejected but has not failed', async (path, status, code, name) => {
    app.told.answerQuery = () => [];
    const answer = await call(path, { count: 4 });
    expect(answer.status).toBe(status);
    expect(failed(answer.spans)).toEqual([]);
    expect(byName(answer.spans, name).attributes['error.type']).toBe(code);
  });

  it('continues in the worker, and is found by the request ID', async () => {
    app.told.answerQuery = () => [{ id: '7' }];
    const track = JSON.stringify({ title: 'Take 1', price_cents: 129 });
    const created = await call('/v1/tracks', { method: 'POST', body: track, count: 7 });
    await app.work('transcode');
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
    const line = app.lines.find((text) => text.includes('Job done')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      ...{ requestId: created.requestId, traceId: created.traceId, job: 'transcode' },
    });
  });

  // The collector may have dropped the request's trace, and would drop an error of the job with it.
  it.each([
    ['has waited for more than half of the decision wait', { queuedAt: Date.now() - 6_000 }],
    ['is tried again', { attempts: 1 }],
  ])('is linked to a trace of its own if the job %s', async (_case, change) => {
    app.told.answerQuery = () => [{ id: '7' }];
    const track = JSON.stringify({ title: 'Take 1', price_cents: 129 });
    const created = await call('/v1/tracks', { method: 'POST', body: track, count: 7 });
    await app.work('transcode', change);
    const sent = byName(created.spans, 'send transcode');
    const done = byName(exporter.getFinishedSpans(), 'process transcode');
    expect(traceIdOf(done)).not.toBe(created.traceId);
    expect(done.parentSpanContext).toBeUndefined();
    expect(done.links.map(({ context }) => context.spanId)).toEqual([sent.spanContext().spanId]);
    expect(done.attributes['requestId']).toBe(created.requestId);
    expect(await traceOf(traceIdOf(done), 2)).toHaveLength(2);
  });
});

describe('a blockchain call', () => {
  it('is request, RPC, parse and cache update, and continues at the node', async () => {
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
      'server.port': Number(new URL(app.stubsUrl).port),
    });
    expect(byName(spans, 'SET').attributes).toEqual({
      ...{ 'db.system.name': 'redis', 'db.operation.name': 'SET', 'server.address': 'redis' },
      'cache.key': 'audifi:balance:base:{address}',
    });
    const said = spans.map(({ name, attributes }) => ({ name, attributes }));
    expect(JSON.stringify(said)).not.toContain(wallet);
  });

  it('passes the trace without baggage to external services', async () => {
    await call(`/v1/wallets/${wallet}/balance`, { count: 10 });
    expect(app.told.seenByStub['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(app.told.seenByStub).not.toHaveProperty('baggage');
  });

  it('fails if the node does not respond', async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const chain = createBlockchain(
      { ethereum: url, base: url },
      app.metrics,
      outsideCaller(app.metrics),
    );
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
  it('is receive, verify, process and update, in a separate trace that is linked to the checkout', async () => {
    app.told.answerQuery = () => [{ price_cents: 129, fresh: true }];
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
    await app.work('payout');
    await app.work('mint');
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

  it('fails if its order cannot be updated', async () => {
    app.told.answerQuery = () => {
      throw new Error('no');
    };
    app.webhooks.completed('order_1', 'cs_1');
    await soon(() => expect(failed(exporter.getFinishedSpans())).toContain('POST'));
    const spans = exporter.getFinishedSpans();
    expect(failed(spans)).toEqual([
      ...['UPDATE orders', 'stripe.process', 'POST /v1/webhooks/stripe', 'POST'],
    ]);
    app.told.answerQuery = () => [{ fresh: true }];
    await soon(() => expect(app.webhooks.inFlight).toBe(0));
  });
});

describe('the traffic', () => {
  it('is the client of every trace, and has its request ID', async () => {
    app.told.answerQuery = () => [{ id: '7', price_cents: 129, fresh: true }];
    let paused = false;
    const generator = new RequestGenerator({
      ...{
        apiUrl: app.apiUrl,
        sessionSecret: 'key',
        perSecond: 200,
        tally: new Tally(),
        logins: new Logins(),
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
    await soon(() => expect([generator.inFlight, app.webhooks.inFlight]).toEqual([0, 0]));
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
