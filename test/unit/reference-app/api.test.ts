import { once } from 'node:events';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApi } from '../../../reference-app/src/api/routes';
import { trackRoutes } from '../../../reference-app/src/api/tracks';
import { walletRoutes } from '../../../reference-app/src/api/wallets';
import { createBlockchain } from '../../../reference-app/src/lib/blockchain';
import { createDatabase } from '../../../reference-app/src/lib/database';
import {
  type GracefulServer,
  gracefulServer,
} from '../../../reference-app/src/lib/graceful-server';
import type { Incident } from '../../../reference-app/src/lib/incident';
import { createToken } from '../../../reference-app/src/lib/tokens';
import { startTracing } from '../../../reference-app/src/lib/tracing';
import { logInto, metricsOf, samples, valueOf } from './kit';

const spans = new InMemorySpanExporter();
const wallet = `0x${'ab'.repeat(20)}`;
const token = createToken('key', { id: 'login_1', userId: 'user_1', role: 'viewer', expires: 4e9 });
const metrics = metricsOf('api-server');
const lines: string[] = [];
let incident: Incident = 'none';
let rows: () => unknown[] = () => [{ id: '1' }];
let server: GracefulServer;
let url: string;
let answered: Promise<unknown>;

beforeAll(async () => {
  startTracing({
    ...{ service: 'api-server', version: '1', environment: 'test', log: logInto([]) },
    exporters: [spans],
  });
  const pool = {
    query: async () => ({ rows: rows() }),
    ...{ totalCount: 3, idleCount: 1, waitingCount: 2 },
  };
  const db = createDatabase(pool, metrics, { host: 'postgres', database: 'audifi' });
  const urls = { ethereum: 'http://node', base: 'http://node' };
  const chain = createBlockchain(urls, metrics, async () => ({
    status: 200,
    body: { result: '0xff' },
  }));
  const cache = { host: 'redis', get: async () => null, set: async () => undefined };
  const log = logInto(lines);
  const app = createApi({
    routes: [...trackRoutes(db, async () => 'job_1'), ...walletRoutes(chain, cache, log)],
    ...{ metrics, log, sessionSecret: 'key', incident: () => incident },
    seen: () => undefined,
    health: async (response) => void response.status(503).json({ status: 'stopping' }),
  });
  server = gracefulServer(app);
  // Added after the application's own listeners, so it runs after them.
  server.server.on('request', (_request, response) => {
    answered = once(response, 'close');
  });
  url = `http://127.0.0.1:${await server.listen(0)}`;
});
afterAll(() => server.stop(0));
afterEach(() => {
  spans.reset();
  lines.length = 0;
  incident = 'none';
  rows = () => [{ id: '1' }];
});

interface Ask {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const ask = async (path: string, init: Ask = {}) => {
  const response = await fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  const body: unknown = await response.json();
  // The server counts a request when its response is sent.
  await answered;
  return { status: response.status, body };
};

describe('the API', () => {
  it('writes no wallet into spans or the log', async () => {
    expect((await ask(`/v1/wallets/${wallet}/balance`)).body).toEqual({
      network: 'ethereum',
      balance: '255',
    });
    const said = spans.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes }));
    expect(said.map(({ name }) => name)).toContain('SET');
    expect(JSON.stringify(said) + lines.join('')).not.toContain(wallet);
  });

  it('continues the trace of its caller', async () => {
    const traceId = 'ab'.repeat(16);
    await ask('/v1/tracks', { headers: { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01` } });
    expect(spans.getFinishedSpans().at(-1)?.spanContext().traceId).toBe(traceId);
    expect(lines.join('')).toContain(`"traceId":"${traceId}"`);
    expect(await metrics.text()).toContain(`# {trace_id="${traceId}"}`);
  });

  it('hides the text of an error in the response, and logs it once', async () => {
    rows = () => {
      throw new Error('relation "tracks" of 10.0.0.1 does not exist');
    };
    const { status, body } = await ask('/v1/tracks/7');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('relation');
    expect(lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
    expect(await valueOf(metrics, 'db_errors_total', { type: 'other' })).toBe(1);
  });

  it.each([
    ['/v1/tracks', { method: 'POST', body: '{' }, 400],
    ['/v1/tracks', { method: 'POST', body: '[]' }, 400],
    ['/v1/tracks', { method: 'POST', body: JSON.stringify({ title: 'x'.repeat(70_000) }) }, 413],
    ['/v1/tracks', { method: 'POST', headers: { authorization: 'Bearer st1.e30.x' } }, 401],
    ['/v1/tracks/abc', {}, 404],
    ['/v1/tracks/%E0%A4%A', {}, 400],
    ['/v1/wallets/0x12/balance', {}, 400],
    ['/nothing/here', {}, 404],
  ])('rejects %s %j with %i', async (path, init, status) => {
    expect((await ask(path, init)).status).toBe(status);
  });

  it('counts each response with a bounded path, and does not count probes', async () => {
    const before = await samples(metrics);
    await fetch(`${url}/health`);
    for (let n = 0; n < 5; n += 1) await ask(`/scan-${n}.php`);
    const after = await samples(metrics);
    const sum = (all: typeof after) =>
      all
        .filter(({ name }) => name === 'http_requests_total')
        .reduce((s, { value }) => s + value, 0);
    expect(sum(after) - sum(before)).toBe(5);
    expect(after.filter(({ labels }) => labels['path']?.includes('scan'))).toEqual([]);
    expect(await valueOf(metrics, 'http_requests_in_flight')).toBe(0);
  });

  it('reports the use of its database connections', async () => {
    expect(await valueOf(metrics, 'db_connections_active')).toBe(2);
    expect(await valueOf(metrics, 'db_connections_idle')).toBe(1);
    expect(await valueOf(metrics, 'db_connections_waiting')).toBe(2);
  });

  it('fails on purpose, for a large share of requests', async () => {
    incident = 'errors';
    const statuses = await Promise.all(Array.from({ length: 60 }, () => ask('/v1/tracks')));
    const failed = statuses.filter(({ status }) => status === 500).length;
    expect(failed).toBeGreaterThan(6);
    expect(failed).toBeLessThan(50);
  });
});
