import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { eventually } from './lib/engine';
import { id, JaegerApi, type MadeSpan, plantedSpans, sendSpans } from './lib/jaeger';
import { onDisk, planted } from './lib/log-lines';
import { renderedServices, type Service } from './lib/processes';
import {
  type CollectorProcess,
  collectorProcesses,
  jaegerProcess,
  startCollector,
} from './lib/trace-processes';

/**
 * Two real collectors that exchange spans, as `traces.replicas: 2` configures them, with a real
 * Jaeger. Half of each trace arrives at either of them.
 */
const share = 0.5;
const services: Service[] = [];
let jaeger: JaegerApi;
let collectors: [CollectorProcess, CollectorProcess];
/** Spans that were sent since the start. */
let sent = 0;

beforeAll(async () => {
  const { commands } = await prepare({ need: ['jaeger', 'otelcol'] });
  const rendered = await renderedServices('e2e', {
    traces: { replicas: 2, decisionWait: '3s', sampling: { share } },
  });
  const stored = await jaegerProcess(commands['jaeger'] ?? 'jaeger', rendered('jaeger'));
  services.push(await stored.service.start());
  jaeger = new JaegerApi(stored.service.url);
  const started = await collectorProcesses(
    ...[commands['otelcol'] ?? 'otelcol', rendered('otel-collector')],
    ...[{ jaeger: stored.grpc }, 2],
  );
  const [first, second] = started;
  if (first === undefined || second === undefined) throw new Error('not two collectors');
  collectors = [first, second];
  services.push(first.service, second.service);
  await Promise.all(collectors.map(startCollector));
});

afterAll(async () => {
  for (const service of services) await service.remove();
});

async function send(to: CollectorProcess, spans: readonly MadeSpan[]): Promise<void> {
  await sendSpans(to.otlp, spans);
  sent += spans.length;
}

const made = (count: number, span: Partial<MadeSpan> = {}): MadeSpan[] =>
  Array.from({ length: count }, () => ({ traceId: id(16), service: 'e2e-shared', ...span }));

/** Sum of all series of a metric in one collector. */
async function total(url: string, metric: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}

const accepted = ({ service }: CollectorProcess): Promise<number> =>
  total(`${service.url}/metrics`, 'otelcol_receiver_accepted_spans_total');

it('a trace is kept or dropped as a whole, whichever collectors got its spans', async () => {
  const [first, second] = collectors;
  const spans = made(400);
  const before = await Promise.all(collectors.map(accepted));
  for (const [to, name] of [
    [first, 'one'],
    [second, 'other'],
  ] as const) {
    await send(
      to,
      spans.map((span) => ({ ...span, name })),
    );
  }
  // Traces that are always kept, as a sign that the others are decided.
  const last = made(20, { error: true });
  await send(first, last);
  await eventually('the last traces', 60, async () =>
    (await jaeger.stored(last.map(({ traceId }) => traceId))).length === last.length
      ? true
      : undefined,
  );
  // Outside five standard deviations is fewer than one of a million runs.
  const spread = 5 * Math.sqrt(share * (1 - share) * spans.length);
  // The spans of a trace can be in two batches to Jaeger.
  await eventually('whole traces', 30, async () => {
    const sizes = await Promise.all(
      spans.map(async ({ traceId }) => (await jaeger.trace(traceId))?.spans.length ?? 0),
    );
    const kept = sizes.filter((size) => size === 2).length;
    const parts = sizes.filter((size) => size !== 2 && size !== 0).length;
    if (parts > 0 || Math.abs(kept - share * spans.length) >= spread) {
      throw new Error(`${kept} of ${spans.length} are whole, and ${parts} are parts`);
    }
    return true;
  });
  // Each of them processes a part.
  const after = await Promise.all(collectors.map(accepted));
  for (const [i, count] of after.entries()) expect(count - (before[i] ?? 0)).toBeGreaterThan(500);
});

it('each span is counted once in the span metrics', async () => {
  const counted = await eventually('span metrics', 60, async () => {
    const counts = await Promise.all(
      collectors.map(({ spans }) => total(spans, 'traces_span_metrics_calls_total')),
    );
    const sum = counts.reduce((a, b) => a + b, 0);
    return sum >= sent ? sum : undefined;
  });
  expect(counted).toBe(sent);
});

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'spans wait for a collector that is ended by %s, and the others need not wait',
  async (signal) => {
    const [alive, ended] = collectors;
    await ended.service.kill(signal);
    const spans = made(300, { error: true });
    await send(alive, spans);
    const ids = spans.map(({ traceId }) => traceId);
    // About half of the traces belong to the collector that is alive.
    await eventually('its share', 60, async () =>
      (await jaeger.stored(ids)).length > ids.length / 4 ? true : undefined,
    );
    expect((await jaeger.stored(ids)).length).toBeLessThan((ids.length * 3) / 4);
    await startCollector(ended);
    await eventually('all of them', 60, async () => {
      const found = await jaeger.stored(ids);
      if (found.length < ids.length) throw new Error(`${found.length} of ${ids.length}`);
      return true;
    });
  },
);

it('spans that wait for a collector survive the end of the one that took them', async () => {
  const [taker, away] = collectors;
  await away.service.kill('SIGTERM');
  const spans = made(300, { error: true });
  await send(taker, spans);
  const ids = spans.map(({ traceId }) => traceId);
  // Its own share waits in memory for a decision, which a killed collector loses (docs/tracing.md).
  let own = 0;
  await eventually('the whole share of the one that took them', 60, async () => {
    const before = own;
    await sleep(3_000);
    own = (await jaeger.stored(ids)).length;
    return (own > ids.length / 4 && own === before) || undefined;
  });
  expect(own).toBeLessThan((ids.length * 3) / 4);
  await taker.service.kill('SIGKILL');
  await startCollector(away);
  await startCollector(taker);
  await eventually('all of them', 60, async () => {
    const found = await jaeger.stored(ids);
    if (found.length < ids.length) throw new Error(`${found.length} of ${ids.length}`);
    return true;
  });
});

it('no planted value is on the volume of a collector, also while its spans wait for another', async () => {
  const [taker, away] = collectors;
  await away.service.kill('SIGTERM');
  const secrets = planted(100);
  // Attributes of links cannot be redacted (docs/tracing.md).
  const spans = secrets
    .flatMap(({ text }) => plantedSpans(text))
    .filter(({ links }) => links === undefined);
  await send(taker, spans);
  const ids = spans.map(({ traceId }) => traceId);
  await eventually('its share', 60, async () =>
    (await jaeger.stored(ids)).length > ids.length / 4 ? true : undefined,
  );
  const texts = secrets.map(({ hidden }) => hidden);
  const check = ({ service }: CollectorProcess): void => {
    expect(onDisk(service.data, ['e2e-planted'])).toBe(true);
    const found = onDisk(service.data, texts)
      ? texts.filter((one) => onDisk(service.data, [one]))
      : [];
    expect(found).toEqual([]);
  };
  check(taker);
  await startCollector(away);
  await eventually('all of them', 60, async () => {
    const found = await jaeger.stored(ids);
    if (found.length < ids.length) throw new Error(`${found.length} of ${ids.length}`);
    return true;
  });
  collectors.forEach(check);
});
