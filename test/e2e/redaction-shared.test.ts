import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { eventually } from './lib/engine';
import { id, JaegerApi, type JaegerTrace } from './lib/jaeger';
import { renderedServices, type Service } from './lib/processes';
import { SaasEndpoint } from './lib/saas';
import { collectorProcess, jaegerProcess, startCollector } from './lib/trace-processes';

/**
 * Attributes of resources and scopes, which many spans share, through the real collector into a
 * real Jaeger. Jaeger does not store those of scopes, so a local endpoint replaces a target of
 * `forwarding`.
 */
const services: Service[] = [];
const target = new SaasEndpoint();
let jaeger: JaegerApi;
let otlp: string;

beforeAll(async () => {
  const { commands } = await prepare({ need: ['jaeger', 'otelcol'] });
  await target.open();
  const rendered = await renderedServices(
    'e2e',
    {
      traces: { decisionWait: '2s', sampling: { share: 1 } },
      forwarding: { newRelic: { traces: true, otlpUrl: target.url } },
    },
    { newRelicLicenseKey: '1234567890123456789012345678901234567890' },
  );
  const stored = await jaegerProcess(commands['jaeger'] ?? 'jaeger', rendered('jaeger'));
  services.push(await stored.service.start());
  jaeger = new JaegerApi(stored.service.url);
  const collector = await collectorProcess(
    ...[commands['otelcol'] ?? 'otelcol', rendered('otel-collector')],
    { jaeger: stored.grpc },
  );
  services.push(collector.service);
  await startCollector(collector);
  otlp = collector.otlp;
});

afterAll(async () => {
  for (const service of services) await service.remove();
  await target.close();
});

type Values = Readonly<Record<string, string | number>>;

/** A resource with these scopes, each with spans that have these attributes. */
interface Batch {
  readonly resource: Values;
  readonly scopes: readonly { readonly attributes: Values; readonly spans: readonly Values[] }[];
}

const keyValues = (values: Values): object[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: 'NaN' },
  }));

/** Sends all spans in one trace, and returns it as Jaeger stores it. */
async function through({ resource, scopes }: Batch): Promise<JaegerTrace> {
  const traceId = id(16);
  const now = BigInt(Date.now()) * 1_000_000n;
  const body = {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ 'service.name': 'e2e-shared', ...resource }) },
        scopeSpans: scopes.map(({ attributes, spans }) => ({
          scope: { name: 'e2e', attributes: keyValues(attributes) },
          spans: spans.map((values) => ({
            ...{ traceId, spanId: id(8), name: 'work', kind: 2 },
            ...{ startTimeUnixNano: String(now), endTimeUnixNano: String(now + 1_000_000n) },
            attributes: keyValues(values),
          })),
        })),
      },
    ],
  };
  const response = await fetch(`${otlp}/v1/traces`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.text()]).toEqual([200, '{"partialSuccess":{}}']);
  const count = scopes.flatMap(({ spans }) => spans).length;
  return eventually('the trace', 60, async () => {
    const trace = await jaeger.trace(traceId);
    return trace?.spans.length === count ? trace : undefined;
  });
}

const tagsOf = (tags: readonly { readonly key: string; readonly value: unknown }[]): object =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));
const resourceOf = ({ processes }: JaegerTrace): object[] =>
  Object.values(processes).map(({ tags = [] }) => tagsOf(tags));

it('are redacted with the first span of each scope', async () => {
  const trace = await through({
    resource: {
      'process.command_line': 'node server.js --db-password hunter2secret',
      'team.mail': 'anna@audifi.example',
      'process.pid': 4711,
    },
    scopes: [
      { attributes: { 'api.token': 'plainsecret1' }, spans: [{ n: 1 }, { n: 2 }, { n: 3 }] },
      { attributes: { 'api.token': 'plainsecret2', version: 'v-seven' }, spans: [{ n: 4 }] },
    ],
  });
  await eventually('the scopes', 60, () => (target.text.includes('v-seven') ? true : undefined));
  for (const text of [JSON.stringify(trace), target.text]) {
    for (const secret of ['hunter2secret', 'anna@', 'plainsecret1', 'plainsecret2']) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toContain('audifi.t');
  }
  expect(resourceOf(trace)[0]).toMatchObject({
    'process.command_line': 'node server.js --db-password [redacted]',
    'process.pid': 4711,
  });
  expect(trace.spans.map(({ tags }) => tags.find(({ key }) => key === 'n'))).toEqual(
    expect.arrayContaining([1, 2, 3, 4].map((value) => ({ key: 'n', type: 'int64', value }))),
  );
});

it('stay as they are beside spans that are redacted, and the other way round', async () => {
  const shared = { 'process.pid': 4711, 'service.instance.id': 'b3f1-api-1' };
  const trace = await through({
    resource: shared,
    scopes: [
      { attributes: { version: 'v7' }, spans: [{ password: 'hunter2secret' }, { n: 2 }] },
      { attributes: {}, spans: [{ 'http.route': '/v1/tracks/:id' }] },
    ],
  });
  const text = JSON.stringify(trace);
  expect(text).not.toContain('hunter2secret');
  expect(text).not.toContain('audifi.');
  for (const resource of resourceOf(trace)) expect(resource).toMatchObject(shared);
  const tags = trace.spans.map((span) => tagsOf(span.tags));
  expect(tags).toContainEqual(expect.objectContaining({ password: '[redacted]' }));
  expect(tags).toContainEqual(expect.objectContaining({ n: 2 }));
  expect(tags).toContainEqual(expect.objectContaining({ 'http.route': '/v1/tracks/:id' }));
});

it('stay if the first span cannot be converted, which is emptied alone', async () => {
  const trace = await through({
    resource: { 'team.name': 'studio', 'team.token': 'plainsecret3' },
    // JSON has no such number.
    scopes: [
      { attributes: {}, spans: [{ share: Number.NaN, password: 'hunter2secret' }, { n: 2 }] },
    ],
  });
  const text = JSON.stringify(trace);
  for (const secret of ['hunter2secret', 'plainsecret3']) expect(text).not.toContain(secret);
  for (const resource of resourceOf(trace))
    expect(resource).toMatchObject({ 'team.name': 'studio' });
  expect(trace.spans.map(({ operationName }) => operationName).sort()).toEqual(['', 'work']);
  expect(text).toContain('audifi.redaction_failed');
});
