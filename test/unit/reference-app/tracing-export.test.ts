import { context, diag, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  queueLimit,
  reportingExporter,
  retryingExporter,
} from '../../../reference-app/src/lib/span-export';
import { inSpan, startTracing } from '../../../reference-app/src/lib/tracing';
import type { Outcome } from './exporting-process';
import { logInto, metricsOf } from './kit';
import { collector, runProgram, serve } from './otlp';

const lines: string[] = [];
const log = logInto(lines);
const common = { service: 'api-server', version: '1', environment: 'test', log } as const;

afterEach(() => {
  // Resets global state, so that each test starts like another process.
  for (const api of [trace, context, propagation, diag]) api.disable();
  lines.length = 0;
});

/** Result of each case, in a separate process. */
const exporting = (cases: readonly object[]) =>
  runProgram<Outcome[]>('exporting-process.ts', [JSON.stringify(cases)]);

describe('a collector', () => {
  it('receives all spans over OTLP/HTTP with their service, and the log reports lost ones', async () => {
    const [all, busy] = [await collector(), await collector(1_000)];
    const flood = 3 * queueLimit;
    const [whole, flooded] = await exporting([
      // With a trailing slash, as users may write it.
      { endpoint: `${all.url}/`, spans: 3_000 },
      { endpoint: busy.url, spans: flood, untilDropped: true },
    ]);
    await Promise.all([all.close(), busy.close()]);
    expect([...all.paths]).toEqual(['/v1/traces']);
    expect(all.spans()).toHaveLength(3_000);
    expect(all.resource()).toEqual({
      ...{ 'service.name': 'api-server', 'service.version': '1' },
      'deployment.environment.name': 'test',
    });
    expect(whole?.lines).toEqual([]);
    // More at once than the queue holds, while a batch is being sent.
    const lost = Number(/Dropped (\d+) spans/.exec(flooded?.lines.join('') ?? '')?.[1]);
    expect(lost).toBeGreaterThanOrEqual(flood - queueLimit - 512);
    expect(busy.spans().length + lost).toBe(flooded?.made);
  }, 60_000);

  it('that is unreachable delays neither a request nor the stop', async () => {
    const silent = await serve((request) => void request.resume());
    const failing = await serve((_request, response) => void response.writeHead(503).end());
    const closed = await serve(() => undefined);
    await closed.close();
    const outcomes = await exporting(
      [silent, failing, closed].map(({ url }) => ({ endpoint: url, requests: 200 })),
    );
    await Promise.all([silent.close(), failing.close()]);
    expect(outcomes).toHaveLength(3);
    for (const outcome of outcomes) {
      // A request that waited for the collector would take as long as the exporter's attempt.
      expect(outcome.slowestMs).toBeLessThan(2_000);
      expect(outcome.stopMs).toBeLessThan(4_000);
      expect(outcome.lines.join('')).toMatch(/spans were not sent|Spans cannot be sent/);
    }
    // Three stops of two seconds.
  }, 60_000);

  it('that starts up to a minute later than the service, or answers late, gets the first spans', () => {
    jest.useFakeTimers();
    try {
      const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
      const unavailable = Object.assign(new Error('Export failed with retryable status'), {
        name: 'OTLPExporterError',
      });
      const late = new Error('Request timed out');
      const unknown = new Error('Concurrent export limit reached');
      const rejected = Object.assign(new Error('Bad Request'), { code: 400 });
      const ends = (errors: (at: number) => Error | undefined): [string, number] => {
        const start = Date.now();
        let end: [string, number] = ['waits', 0];
        const exporter: SpanExporter = {
          export: (_spans, done) => {
            const error = errors(Date.now() - start);
            const { SUCCESS, FAILED } = ExportResultCode;
            done(error === undefined ? { code: SUCCESS } : { code: FAILED, error });
          },
          shutdown: async () => undefined,
        };
        retryingExporter(exporter).export([], ({ code }) => {
          end = [code === ExportResultCode.SUCCESS ? 'sent' : 'lost', Date.now() - start];
        });
        jest.advanceTimersByTime(120_000);
        return end;
      };
      expect(ends(() => undefined)).toEqual(['sent', 0]);
      expect(ends((at) => (at < 30_000 ? refused : undefined))).toEqual(['sent', 30_000]);
      expect(ends((at) => (at < 59_000 ? unavailable : undefined))).toEqual(['sent', 59_000]);
      expect(ends(() => refused)).toEqual(['lost', 60_000]);
      expect(ends(() => rejected)).toEqual(['lost', 0]);
      // Perhaps the collector took it, but a span that is counted twice is better than a lost one.
      expect(ends((at) => (at < 30_000 ? late : undefined))).toEqual(['sent', 30_000]);
      expect(ends(() => unknown)).toEqual(['lost', 0]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('that goes away and comes back is reported once each', () => {
    let code = ExportResultCode.FAILED;
    const exporter: SpanExporter = {
      export: (_spans, done) => done({ code }),
      shutdown: async () => undefined,
    };
    const reporting = reportingExporter(exporter, log);
    const send = () => reporting.export([], () => undefined);
    for (const next of [1, 1, 1, 0, 0, 1]) {
      code = next === 1 ? ExportResultCode.FAILED : ExportResultCode.SUCCESS;
      send();
    }
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      ...['Spans cannot be sent and are dropped', 'Spans are sent again'],
      'Spans cannot be sent and are dropped',
    ]);
  });
});

describe('without a collector', () => {
  it('no traces are recorded, metrics have no exemplars, and the log still has trace IDs', async () => {
    const tracing = startTracing(common);
    const metrics = metricsOf('api-server');
    await inSpan('auth', {}, (span) => {
      expect(span.isRecording()).toBe(false);
      metrics.of('stripe_api_latency_seconds').observe(0.1);
      log.info('hello');
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ traceId: span.spanContext().traceId });
    });
    expect(await metrics.text()).not.toContain('trace_id');
    await tracing.stop();
  });
});

describe('exported spans', () => {
  it('contain only what the contract allows, masked', async () => {
    const exporter = new InMemorySpanExporter();
    startTracing({ ...common, exporters: [exporter] });
    const planted = 'ada.lovelace@example.com';
    await inSpan('auth', { attributes: { 'user.id': planted } }, (span) => {
      // As a library might do.
      span.setAttribute('user.email', planted);
      span.setAttribute('url.full', `https://node.example/v3/key?token=${planted}`);
      span.setAttribute('http.request.header.authorization', ['Bearer secret']);
      span.setAttribute('stripe.event.type', `charge of ${planted}`);
      span.addEvent('sql', { 'db.query.text': `SELECT '${planted}'` });
      span.addEvent('exception', { 'exception.message': planted, payload: planted });
      span.addLink({ context: span.spanContext(), attributes: { to: planted } });
      span.setStatus({ code: SpanStatusCode.ERROR, message: `no mail to ${planted}` });
    });
    const [span] = exporter.getFinishedSpans();
    const masked = 'a***@example.com';
    expect(span?.attributes).toEqual({
      ...{ 'user.id': masked, 'stripe.event.type': `charge of ${masked}` },
    });
    expect(span?.events.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      { name: 'exception', attributes: { 'exception.message': masked } },
    ]);
    expect(span?.links.map(({ attributes }) => attributes)).toEqual([{}]);
    expect(span?.status).toEqual({ code: 2, message: `no mail to ${masked}` });
  });

  it('remain children of their parent in Jaeger if they are also linked to it', async () => {
    const exporter = new InMemorySpanExporter();
    startTracing({ ...common, exporters: [exporter] });
    await inSpan('send email', {}, async (sender) => {
      const other = { ...sender.spanContext(), spanId: '00f067aa0ba902b7' };
      const links = [sender.spanContext(), other];
      await inSpan('process email', { links }, () => undefined);
    });
    const done = exporter.getFinishedSpans().find(({ name }) => name === 'process email');
    expect(done?.links.map(({ attributes }) => attributes)).toEqual([
      { 'opentracing.ref_type': 'child_of' },
      {},
    ]);
  });
});
