import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { containerIds, docker, eventually, warningsOf } from './lib/engine';
import { id, JaegerApi, type MadeSpan, plantedSpans, sendSpans } from './lib/jaeger';
import { LokiApi } from './lib/logs';
import { onDisk, planted } from './lib/log-lines';
import { AppStack, specJobs } from './lib/reference-app';
import { slower } from './lib/slower';

/**
 * The real collector and Jaeger of a development stack, with the reference application's traces.
 */
const stack = 'e2e-traces';
const base = 19_260;
const [jaegerPort, otlpPort] = [base + 8, base + 9];
const share = 0.3;
const app = new AppStack(stack, base, (ports) => ({
  prometheus: { port: ports.prometheus, scrapeInterval: `${slower}s` },
  alertmanager: { port: ports.alertmanager },
  loki: { port: ports.loki },
  logs: { enabled: true },
  grafana: { enabled: false },
  referenceApp: true,
  referenceAppPorts: { web: ports.web, control: ports.control },
  inbox: { port: ports.inbox },
  uptime: { enabled: false },
  jaeger: { port: jaegerPort },
  traces: {
    // On a busy machine, requests and batches take several seconds each. The span that an exemplar
    // refers to ends with the request, and can be in the batch after that of its children.
    ...{ otlpHttpPort: otlpPort, decisionWait: `${10 * slower}s` },
    sampling: { share, services: { 'e2e-half': 0.5 } },
  },
}));
const jaeger = new JaegerApi(`http://127.0.0.1:${jaegerPort}`);
const loki = new LokiApi(`http://127.0.0.1:${app.ports.loki}`);
const otlp = `http://127.0.0.1:${otlpPort}`;

let output = '';

beforeAll(async () => {
  output = await app.make('up');
  await app.settled([...specJobs, 'jaeger', 'otel-collector', 'span-metrics']);
});

afterAll(() => app.remove());

/** Waits until Jaeger has all of these traces. */
async function stored(ids: readonly string[], seconds = 60): Promise<void> {
  const missing = new Set(ids);
  await eventually(`${ids.length} traces in Jaeger`, seconds, async () => {
    for (const found of await jaeger.stored([...missing])) missing.delete(found);
    if (missing.size > 0)
      throw new Error(`${missing.size} are missing: ${[...missing].slice(0, 5).join(', ')}`);
    return true;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${warningsOf(stack)}`);
  });
}

/** Trace IDs of the exemplars of a metric that are at least some seconds old. */
async function exemplars(metric: string, seconds = 0): Promise<string[]> {
  const end = Date.now() / 1_000;
  const query = new URLSearchParams({
    ...{ query: metric, start: String(end - 600), end: String(end) },
  });
  const response = await fetch(
    `http://127.0.0.1:${app.ports.prometheus}/api/v1/query_exemplars?${query}`,
  );
  const { data } = (await response.json()) as {
    data: { exemplars: { labels: { trace_id?: string }; timestamp: number }[] }[];
  };
  const ids = data.flatMap(({ exemplars }) =>
    exemplars.flatMap(({ labels, timestamp }) =>
      timestamp < end - seconds ? (labels.trace_id ?? []) : [],
    ),
  );
  return [...new Set(ids)];
}

const container = (name: string): string => containerIds(stack)[name] ?? '';
const errors = (count: number): MadeSpan[] =>
  Array.from({ length: count }, () => ({ traceId: id(16), error: true }));
const idsOf = (spans: readonly MadeSpan[]): string[] => spans.map(({ traceId }) => traceId);

it('both are ready', () => {
  for (const name of ['jaeger', 'otel-collector']) {
    expect(output).toMatch(new RegExp(`${name} .* yes`));
  }
});

describe('make contract', () => {
  it('finds no difference between what arrives and telemetry/', async () => {
    // A span or line of each kind needs its request first.
    const output = await eventually('everything has arrived', 60, async () => {
      const { code, output } = await app.run('contract');
      if (code !== 0) throw new Error(output);
      return output;
    });
    expect(output).toMatch(/metrics: \d+ series of \d+ jobs \(.*api-server.*span-metrics.*\)/);
    expect(output).toMatch(/logs: the newest [1-9]\d+ lines of api-server, ws-server, worker/);
    expect(output).toMatch(/spans: [1-9]\d+ spans of the newest traces of .*api-server/);
    expect(output).toContain('No differences.');
  });

  it('finds a span that is not in it', async () => {
    await sendSpans(otlp, [
      { traceId: id(16), service: 'api-server', name: 'getTrack', error: true },
    ]);
    const { code, output } = await eventually('the span arrived', 30, async () => {
      const result = await app.run('contract', { SINCE: '1h' });
      return result.output.includes('getTrack') ? result : undefined;
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/^ {2}spans +span getTrack \(server\) is not in the contract/m);
  });
});

describe('one request', () => {
  it('is found by its ID: its whole trace, its lines, and the same trace ID in both', async () => {
    // A 404 is not an error. So many requests are sent that sampling keeps some.
    const ids: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      const response = await fetch(`http://127.0.0.1:${app.ports.web}/v1/tracks`);
      await response.arrayBuffer();
      ids.push(response.headers.get('x-request-id') ?? '');
    }
    const names = ['GET /v1/tracks', 'auth', 'handler listTracks', 'response'];
    const { requestId, trace } = await eventually('one of them is kept, whole', 60, async () => {
      let found: string[] = [];
      for (const requestId of ids) {
        const [trace] = await jaeger.search('api-server', { requestId });
        if (trace === undefined) continue;
        found = trace.spans.map(({ operationName }) => operationName);
        // The spans of a trace can be in two batches to Jaeger.
        if (names.every((name) => found.includes(name))) return { requestId, trace };
      }
      throw new Error(`the last trace has the spans ${found.join(', ')}`);
    });
    const [line] = await eventually('its line', 30, async () => {
      const lines = await loki.lines(`{job="api-server"} | trace_id="${trace.traceID}"`);
      return lines.length > 0 ? lines : undefined;
    });
    expect(line?.text).toContain(requestId);
  });

  it('has an exemplar in its metric that leads to a stored trace, from the first request on', async () => {
    const named = await eventually('exemplars', 150, async () => {
      // The latest may still wait for their sampling decision.
      const ids = await exemplars('http_request_duration_seconds_bucket', 10);
      return ids.length >= 10 ? ids : undefined;
    });
    await stored(named);
  });

  it.each([
    [
      'an API request',
      'http_request_duration_seconds_bucket{path="/v1/tracks/:id"}',
      ['GET /v1/tracks/:id', 'auth', 'handler getTrack', 'SELECT tracks', 'response'],
    ],
    [
      'a WebSocket message',
      'studio_chat_messages_total',
      ['ws.receive chat', 'ws.auth', 'ws.process', 'ws.broadcast'],
    ],
    [
      "Stripe's webhook",
      'http_request_duration_seconds_bucket{path="/v1/webhooks/stripe"}',
      ['POST /v1/webhooks/stripe', 'stripe.verify', 'stripe.process', 'UPDATE orders'],
    ],
    [
      'a blockchain call',
      'rpc_latency_seconds_bucket',
      ['blockchain.request', 'eth_getBalance', 'blockchain.parse', 'SET'],
    ],
  ])('%s leads from its metric to its whole trace, and from there to its lines', async (...row) => {
    const [, metric, names] = row;
    const trace = await eventually(`an exemplar of ${metric} with these spans`, 150, async () => {
      for (const one of (await exemplars(metric)).slice(-30)) {
        const found = await jaeger.trace(one);
        const spans = new Set(found?.spans.map(({ operationName }) => operationName));
        if (names.every((name) => spans.has(name))) return found;
      }
      return undefined;
    });
    const [span] = trace.spans.flatMap((one) =>
      one.tags.flatMap(({ key, value }) =>
        key === 'requestId' ? [{ requestId: String(value), of: one.processID }] : [],
      ),
    );
    const { requestId = '', of = '' } = span ?? {};
    const found = await jaeger.search(trace.processes[of]?.serviceName ?? '', { requestId });
    expect(found.map(({ traceID }) => traceID)).toContain(trace.traceID);
    await eventually('a line with both IDs', 30, async () => {
      const lines = await loki.lines(`{job=~".+"} | trace_id="${trace.traceID}"`);
      return lines.some(({ text }) => text.includes(requestId)) ? true : undefined;
    });
  });
});

it('the dependency graph shows which service calls which', async () => {
  const calls = await eventually('calls', 60, async () => {
    const found = await jaeger.dependencies();
    return found.length > 0 ? found : undefined;
  });
  expect(calls).toEqual(
    expect.arrayContaining([expect.objectContaining({ parent: 'api-server', child: 'worker' })]),
  );
});

describe('sampling', () => {
  it('keeps all errors, slow and marked traces, drops probes, and keeps a share of the rest', async () => {
    const made = (count: number, span: Partial<MadeSpan>): MadeSpan[] =>
      Array.from({ length: count }, () => ({ traceId: id(16), ...span }));
    const withInner = (
      count: number,
      root: Partial<MadeSpan>,
      inner: Partial<MadeSpan>,
    ): MadeSpan[] =>
      made(count, root).flatMap((span) => {
        const spanId = id(8);
        return [
          { ...span, spanId },
          { traceId: span.traceId, parentId: spanId, ...inner },
        ];
      });
    const probe = { attributes: { 'url.path': '/health' } };
    const kept = [
      ...made(200, { error: true }),
      ...made(200, { milliseconds: 1_001 }),
      ...made(100, { attributes: { exemplar: 'true' } }),
      ...made(100, { attributes: { exemplar: true } }),
      ...made(50, { attributes: { 'url.path': '/health' }, error: true }),
      ...withInner(50, { error: true }, probe),
      ...withInner(50, probe, { error: true }),
      ...withInner(50, probe, { attributes: { exemplar: 'true' } }),
    ];
    const probes = [...made(100, probe), ...withInner(100, probe, {})];
    const count = 2_000;
    const shares = { 'e2e-rest': share, 'e2e-half': 0.5 };
    const rest = Object.keys(shares).flatMap((service) => made(count, { service }));
    await sendSpans(otlp, [...kept, ...probes, ...rest]);
    await stored(idsOf(kept));
    expect(await jaeger.stored(idsOf(probes))).toEqual([]);
    for (const [service, expected] of Object.entries(shares)) {
      // The number of kept traces has a binomial distribution. Outside five standard deviations is
      // fewer than one of a million runs.
      const spread = 5 * Math.sqrt(expected * (1 - expected) * count);
      const found = await eventually(`kept traces of ${service}`, 30, async () => {
        const { length } = await jaeger.search(service);
        return length > expected * count - spread ? length : undefined;
      });
      expect(found).toBeLessThan(expected * count + spread);
    }
  });
});

/** Number of traces that the collector has kept because of an error since its start. */
async function decided(): Promise<number> {
  const [sample] = await app.prometheus.query(
    'sum(otelcol_processor_tail_sampling_count_traces_sampled_total{policy="errors",sampled="true"})',
  );
  return sample?.value ?? 0;
}

describe('stored traces survive', () => {
  it('a kill of Jaeger', async () => {
    const spans = errors(50);
    await sendSpans(otlp, spans);
    await stored(idsOf(spans));
    docker('kill', '--signal', 'KILL', container('jaeger'));
    docker('start', container('jaeger'));
    await stored(idsOf(spans), 90);
  });

  it('an outage of Jaeger, even if the collector is stopped and killed meanwhile', async () => {
    // Nothing else sends errors meanwhile.
    await app.pause();
    docker('stop', container('jaeger'));
    const rounds: string[] = [];
    for (const signal of ['TERM', 'KILL']) {
      const spans = errors(50);
      const before = await decided();
      await sendSpans(otlp, spans);
      rounds.push(...idsOf(spans));
      await eventually('they are decided', 30, async () =>
        (await decided()) >= before + spans.length ? true : undefined,
      );
      // From the decision to the queue takes 0.2 s.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      docker('kill', '--signal', signal, container('otel-collector'));
      await eventually('it has ended', 40, () =>
        docker('inspect', '--format', '{{.State.Running}}', container('otel-collector'))[0] ===
        'false'
          ? true
          : undefined,
      );
      docker('start', container('otel-collector'));
      await eventually('it answers', 60, async () => {
        await sendSpans(otlp, []);
        return true;
      });
      // Until the next scrape, Prometheus has the previous values.
      await eventually('it counts anew', 30, async () =>
        (await decided()) === 0 ? true : undefined,
      );
    }
    docker('start', container('jaeger'));
    await stored(rounds, 120);
    await app.resume();
  });
});

describe('redaction', () => {
  it('leaves no planted value of attributes, events, messages, states, baggage and links on the volume', async () => {
    const secrets = planted(100);
    const spans = secrets.flatMap(({ text }) => plantedSpans(text));
    // A newly started process has all data in its write-ahead log, uncompressed. Tables are
    // compressed.
    docker('restart', container('jaeger'));
    await sendSpans(otlp, spans);
    await stored(idsOf(spans));
    docker('kill', '--signal', 'KILL', container('jaeger'));
    const volume = `audifi-${stack}-jaeger-data`;
    const [folder = ''] = docker('volume', 'inspect', '--format', '{{.Mountpoint}}', volume);
    expect(onDisk(folder, ['e2e-planted'])).toBe(true);
    const texts = secrets.map(({ hidden }) => hidden);
    expect(onDisk(folder, texts) ? texts.filter((text) => onDisk(folder, [text])) : []).toEqual([]);
    docker('start', container('jaeger'));
    await stored(idsOf(spans), 90);
  });
});

describe("Jaeger's tab Monitor", () => {
  it('shows the calls of the span metrics, before sampling', async () => {
    const calls = await eventually('calls of api-server', 60, async () => {
      const rate = await jaeger.calls('api-server');
      return rate > 0 ? rate : undefined;
    });
    expect(calls).toBeGreaterThan(0);
  });
});

it('a second up changes nothing', async () => {
  const preview = await app.make('preview');
  expect(preview).toMatch(/^ +\d+ unchanged$/m);
  expect(preview).not.toMatch(/to (create|update|replace|delete)/);
});
