import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kit, prepare } from '../../offline/kit';
import { freePort } from '../../scripts/free-port';
import { eventually } from './lib/engine';
import { id, JaegerApi, type MadeSpan, plantedSpans, sendSpans } from './lib/jaeger';
import { planted } from './lib/log-lines';
import { LogFiles, LokiApi, lokiProcess, metric, otelProcess } from './lib/logs';
import { type Rendered, renderedServices, Service } from './lib/processes';
import { type Message, message, messages, SaasEndpoint, textIn } from './lib/saas';
import { collectorProcess, jaegerProcess, startCollector } from './lib/trace-processes';

/**
 * The real collector, log agent, Prometheus, Jaeger and Loki, with local endpoints that replace the
 * targets.
 */
const cloud = {
  grafana: new SaasEndpoint(),
  newRelic: new SaasEndpoint(),
  sentry: new SaasEndpoint(),
  datadog: new SaasEndpoint(),
};
const keys = {
  grafanaCloudToken: 'glc_eyJvIjoiMSJ9',
  // Digits only, because a configuration could parse the content of a file as a number.
  newRelicLicenseKey: '1234567890123456789012345678901234567890',
  sentryPublicKey: '0123456789abcdef0123456789abcdef',
  datadogApiKey: '00000000000000000000000000000042',
};
const secrets = planted(100);

const folder = mkdtempSync(join(tmpdir(), 'audifi-forwarding-'));
const started: Service[] = [];
let kit: Kit;
let exporter: Server;
let services: (name: string) => Rendered;
let jaeger: JaegerApi;
let loki: LokiApi;
let collector: { readonly service: Service; readonly otlp: string };
let agent: Service;
let prometheus: Service;
const logs = new LogFiles(join(folder, 'logs'));

const command = (tool: 'jaeger' | 'otelcol' | 'loki' | 'prometheus'): string =>
  kit.commands[tool] ?? tool;

/** Metrics of a service, some of which identify people. */
const metricsText = [
  ...['job_a:requests:rate5m 1', 'http_requests_total{method="GET",status="200"} 5'],
  'http_requests_total{method="GET",status="planted-user@example.com"} 6',
  'http_requests_total{method="POST",user_name="planted-anna"} 7',
  'http_requests_total{method="PUT",path="/u/+4917100000000"} 8',
  'unchosen_total{method="GET"} 9',
].join('\n');

async function start(service: Service): Promise<Service> {
  started.push(service);
  return service.start();
}

beforeAll(async () => {
  kit = await prepare({ need: ['jaeger', 'otelcol', 'loki', 'prometheus'] });
  for (const endpoint of Object.values(cloud)) await endpoint.open();
  exporter = createServer((_, response) => response.end(`${metricsText}\n`));
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const address = exporter.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const metricNames = ['[a-z0-9_]+:.+', 'up', 'http_requests_total'];
  services = await renderedServices(
    'e2e',
    {
      logs: { agent: 'otel', debug: true },
      traces: { decisionWait: '2s' },
      referenceApp: false,
      prometheus: { scrapeInterval: '1s' },
      targets: { 'api-server': { addresses: [`127.0.0.1:${port}`] } },
      forwarding: {
        queue: '16MiB',
        grafanaCloud: {
          ...{ metrics: true, logs: true, traces: true, metricNames },
          ...{ otlpUrl: `${cloud.grafana.url}/otlp`, instanceId: 12345 },
          ...{ prometheusUrl: `${cloud.grafana.url}/api/prom/push`, prometheusUser: 67890 },
        },
        newRelic: {
          ...{ metrics: true, logs: true, traces: true, metricNames },
          ...{ logLevel: 'info', logJobs: ['api-server', 'worker'] },
          ...{ otlpUrl: cloud.newRelic.url },
          prometheusUrl: `${cloud.newRelic.url}/prometheus/v1/write`,
        },
        sentry: {
          ...{ logs: true, traces: true, logLevel: 'error' },
          otlpUrl: `${cloud.sentry.url}/api/2/integration/otlp`,
        },
        datadog: { metrics: true, logs: true, otlpUrl: cloud.datadog.url },
      },
    },
    keys,
  );
  const stored = await jaegerProcess(command('jaeger'), services('jaeger'));
  await start(stored.service);
  jaeger = new JaegerApi(stored.service.url);
  const lokiService = await start(await lokiProcess(command('loki'), services('loki')));
  loki = new LokiApi(lokiService.url);
  const places = { jaeger: stored.grpc, loki: lokiService.url };
  collector = await collectorProcess(command('otelcol'), services('otel-collector'), places);
  started.push(collector.service);
  await startCollector(collector);
  agent = await otelProcess(command('otelcol'), services('otel-agent'), {
    ...{ loki: lokiService.url, logs: logs.folder },
  });
  await start(agent);
  const web = await freePort();
  prometheus = new Service(
    command('prometheus'),
    services('prometheus'),
    [
      ['/etc/prometheus', '{dir}/etc/prometheus'],
      ['--storage.tsdb.path=/prometheus', '--storage.tsdb.path={dir}/data'],
      ['--web.listen-address=:9090', `--web.listen-address=127.0.0.1:${web}`],
    ],
    `http://127.0.0.1:${web}`,
    '/-/ready',
  );
  await start(prometheus);
});

afterAll(async () => {
  for (const service of started) await service.remove();
  for (const endpoint of Object.values(cloud)) await endpoint.close();
  exporter.close();
  rmSync(folder, { recursive: true, force: true });
});

const spansOf = (endpoint: SaasEndpoint, path: string): Message[] =>
  endpoint.at(path).flatMap(({ body }) => messages(message(body), 1, 2, 2));
const tracesAt = (endpoint: SaasEndpoint, path: string): Set<string> =>
  new Set(spansOf(endpoint, path).map((span) => (span.get(1)?.[0] as Buffer).toString('hex')));
const bodiesAt = (endpoint: SaasEndpoint, path: string): string[] =>
  endpoint
    .at(path)
    .flatMap(({ body }) => messages(message(body), 1, 2, 2))
    .map((record) => textIn(messages(record, 5)[0], 1));
const errors = (count: number, more: Partial<MadeSpan> = {}): MadeSpan[] =>
  Array.from({ length: count }, () => ({ traceId: id(16), error: true, ...more }));

const places: readonly [string, SaasEndpoint, string, Readonly<Record<string, string>>][] = [
  [
    'Grafana Cloud',
    cloud.grafana,
    '/otlp',
    {
      authorization: `Basic ${Buffer.from(`12345:${keys.grafanaCloudToken}`).toString('base64')}`,
    },
  ],
  ['New Relic', cloud.newRelic, '', { 'api-key': keys.newRelicLicenseKey }],
  [
    'Sentry',
    cloud.sentry,
    '/api/2/integration/otlp',
    { 'x-sentry-auth': `sentry sentry_key=${keys.sentryPublicKey}` },
  ],
  ['Datadog', cloud.datadog, '', { 'dd-api-key': keys.datadogApiKey }],
];
const otlp = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };

describe('traces', () => {
  it('that sampling keeps reach each target over OTLP with its key, but not Datadog', async () => {
    const kept = errors(20);
    await sendSpans(collector.otlp, kept);
    for (const [name, endpoint, path, auth] of places.slice(0, 3)) {
      await eventually(`traces at ${name}`, 60, () => {
        const found = tracesAt(endpoint, `${path}/v1/traces`);
        return kept.every(({ traceId }) => found.has(traceId)) ? true : undefined;
      });
      expect(endpoint.at(`${path}/v1/traces`)[0]?.headers).toMatchObject({ ...otlp, ...auth });
    }
    expect(cloud.datadog.at('/v1/traces')).toEqual([]);
  });

  it('are redacted before: none of 100 planted values arrives', async () => {
    const spans = secrets.flatMap(({ text }) => plantedSpans(text));
    await sendSpans(collector.otlp, spans);
    for (const [name, endpoint, path] of places.slice(0, 3)) {
      await eventually(`planted traces at ${name}`, 60, () => {
        const found = tracesAt(endpoint, `${path}/v1/traces`);
        return spans.every(({ traceId }) => found.has(traceId)) ? true : undefined;
      });
      const { text } = endpoint;
      expect(secrets.filter(({ hidden }) => text.includes(hidden))).toEqual([]);
    }
  });
});

describe('span metrics', () => {
  it('reach Datadog with delta temporality', async () => {
    await sendSpans(collector.otlp, errors(5, { service: 'e2e-deltas' }));
    const metrics = await eventually('span metrics at Datadog', 90, () => {
      const all = cloud.datadog
        .at('/v1/metrics')
        .flatMap(({ body }) => messages(message(body), 1, 2, 2));
      const names = all.map((one) => textIn(one, 1));
      return ['traces.span.metrics.calls', 'traces.span.metrics.duration'].every((name) =>
        names.includes(name),
      )
        ? all
        : undefined;
    });
    // https://github.com/open-telemetry/opentelemetry-proto: 7 is a sum, 9 a histogram. A
    // temporality of 1 is delta.
    const temporalities = metrics.flatMap((one) =>
      [7, 9].flatMap((kind) => messages(one, kind).map((data) => String(data.get(2)?.[0]))),
    );
    expect(new Set(temporalities)).toEqual(new Set(['1']));
    expect(cloud.datadog.at('/v1/metrics')[0]?.headers).toMatchObject({
      ...{ ...otlp, 'dd-api-key': keys.datadogApiKey },
      'dd-otel-metric-config': '{"resource_attributes_as_tags": true}',
    });
  });
});

/** A line in AudiFi's own format. */
const line = (level: string, text: string, more: object = {}): string =>
  JSON.stringify({ timestamp: new Date().toISOString(), level, message: text, ...more });

describe('log lines', () => {
  it('reach each target by level and job with its key, without probes and planted values', async () => {
    const all = ['debug', 'info', 'warn', 'error'].map((level) => line(level, `line-${level}-end`));
    const probe = line('info', 'line-probe-end', { path: '/health' });
    const secretLines = secrets.map(({ text }) => line('error', `hidden ${text}`));
    const traced = line('error', 'line-traced-end', {
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    logs.write('audifi-e2e-api-server', [...all, probe, traced, ...secretLines]);
    logs.write('audifi-e2e-ws-server', [line('error', 'line-ws-end')]);
    await eventually('all lines in Loki', 60, async () =>
      (await loki.lines('{env="e2e"}')).length >= 107 ? true : undefined,
    );
    const got = async (endpoint: SaasEndpoint, path: string, count: number): Promise<string[]> => {
      await eventually(`${count} lines at ${path}`, 60, () =>
        bodiesAt(endpoint, path).length >= count ? true : undefined,
      );
      const marks = bodiesAt(endpoint, path).flatMap(
        (body) => /line-(\w+)-end/.exec(body)?.[1] ?? [],
      );
      return marks.sort();
    };
    expect(await got(cloud.grafana, '/otlp/v1/logs', 104)).toEqual([
      ...['error', 'traced', 'warn', 'ws'],
    ]);
    expect(await got(cloud.newRelic, '/v1/logs', 104)).toEqual([
      ...['error', 'info', 'traced', 'warn'],
    ]);
    expect(await got(cloud.sentry, '/api/2/integration/otlp/v1/logs', 103)).toEqual([
      ...['error', 'traced', 'ws'],
    ]);
    expect(await got(cloud.datadog, '/v1/logs', 104)).toEqual(['error', 'traced', 'warn', 'ws']);
    for (const [, endpoint, path, auth] of places) {
      expect(endpoint.at(`${path}/v1/logs`)[0]?.headers).toMatchObject({ ...otlp, ...auth });
      const { text } = endpoint;
      expect(secrets.filter(({ hidden }) => text.includes(hidden))).toEqual([]);
    }
    // Attributes that link a line to its service and trace.
    const [{ body } = { body: Buffer.alloc(0) }] = cloud.sentry.at(
      '/api/2/integration/otlp/v1/logs',
    );
    const record = messages(message(body), 1, 2, 2).find((one) =>
      textIn(messages(one, 5)[0], 1).includes('line-traced-end'),
    );
    expect((record?.get(9)?.[0] as Buffer).toString('hex')).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    );
    expect(body.toString('latin1')).toContain('service.name');
  });

  it('that services send over OTLP are forwarded in the same way', async () => {
    const record = (number: number, text: string): object => ({
      ...{ timeUnixNano: String(BigInt(Date.now()) * 1_000_000n), severityNumber: number },
      body: { stringValue: text },
    });
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'worker' } }] };
    const logRecords = [
      record(9, 'otlp-info-end'),
      // The whole line would be redacted if it looked like an e-mail.
      record(17, `otlp-error-end ${secrets[4]?.text ?? ''}`),
    ];
    const response = await fetch(`${collector.otlp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
    });
    expect(response.status).toBe(200);
    await eventually('the error at Sentry', 60, () =>
      cloud.sentry.text.includes('otlp-error-end') ? true : undefined,
    );
    await eventually('both at New Relic', 60, () =>
      ['otlp-error-end', 'otlp-info-end'].every((text) => cloud.newRelic.text.includes(text))
        ? true
        : undefined,
    );
    expect(cloud.sentry.text).not.toContain('otlp-info-end');
    expect(cloud.sentry.text).not.toContain(secrets[4]?.hidden);
  });
});

describe('metrics', () => {
  const series = (endpoint: SaasEndpoint, path: string): Record<string, string>[] =>
    endpoint
      .at(path)
      .flatMap(({ body }) => messages(message(body), 1))
      .map((one) =>
        Object.fromEntries(
          messages(one, 1).map((label) => [textIn(label, 1), textIn(label, 2)] as const),
        ),
      );

  it.each([
    [
      'Grafana Cloud',
      cloud.grafana,
      '/api/prom/push',
      `Basic ${Buffer.from(`67890:${keys.grafanaCloudToken}`).toString('base64')}`,
    ],
    ['New Relic', cloud.newRelic, '/prometheus/v1/write', `Bearer ${keys.newRelicLicenseKey}`],
  ])('%s gets the selected ones, without series that could identify a person', async (...row) => {
    const [, endpoint, path, authorization] = row;
    const found = await eventually('chosen series', 60, () => {
      const all = series(endpoint, path);
      return all.some(({ __name__ }) => __name__ === 'http_requests_total') &&
        all.some(({ __name__ }) => __name__ === 'job_a:requests:rate5m')
        ? all
        : undefined;
    });
    expect(endpoint.at(path)[0]?.headers).toMatchObject({
      ...{ authorization, 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
    });
    const requests = found.filter(({ __name__ }) => __name__ === 'http_requests_total');
    const [first] = requests;
    expect(first).toMatchObject({ method: 'GET', status: '200', job: 'api-server', env: 'e2e' });
    expect(new Set(requests.map((labels) => JSON.stringify(labels))).size).toBe(1);
    const text = JSON.stringify(found);
    expect(text).not.toMatch(/planted|unchosen|4917100000000|__copy|__unknown/);
  });
});

describe('an unreachable or slow target', () => {
  const storedIn = (what: string, ids: readonly string[], seconds: number): Promise<true> =>
    eventually(what, seconds, async () => {
      const found = await Promise.all(ids.map((one) => jaeger.trace(one)));
      return found.every((trace) => trace !== undefined) ? true : undefined;
    });
  const idsOf = (spans: readonly MadeSpan[]): string[] => spans.map(({ traceId }) => traceId);

  it.each([
    ['does not answer', () => Promise.resolve((cloud.newRelic.answer = 'hang'))],
    ['answers 503', () => Promise.resolve((cloud.newRelic.answer = 503))],
    ['is not there', () => cloud.newRelic.close()],
  ] as [string, () => Promise<unknown>][])(
    'that %s delays neither Jaeger nor Loki nor another target, and gets the data later',
    async (_, fail) => {
      await fail();
      const before = Date.now();
      const spans = errors(300);
      await sendSpans(collector.otlp, spans);
      const mark = `outage-${before}-`;
      logs.write(
        'audifi-e2e-worker',
        Array.from({ length: 500 }, (_, i) => line('error', `${mark}${i}-end`)),
      );
      await storedIn('traces in Jaeger', idsOf(spans), 30);
      await eventually('lines in Loki', 30, async () =>
        (await loki.lines(`{job="worker"} |= "${mark}"`)).length === 500 ? true : undefined,
      );
      await eventually('both at Sentry', 30, () => {
        const found = tracesAt(cloud.sentry, '/api/2/integration/otlp/v1/traces');
        return idsOf(spans).every((one) => found.has(one)) &&
          cloud.sentry.text.split(mark).length === 501
          ? true
          : undefined;
      });
      // The queue for the target survives a kill of the collector.
      await collector.service.kill('SIGKILL');
      await startCollector(collector);
      cloud.newRelic.answer = 200;
      await cloud.newRelic.close();
      await cloud.newRelic.open();
      await eventually('what was missed', 120, () => {
        const found = tracesAt(cloud.newRelic, '/v1/traces');
        return idsOf(spans).every((one) => found.has(one)) ? true : undefined;
      });
    },
  );

  it('that stays away fills its queue, which is counted, and Jaeger has every trace', async () => {
    cloud.sentry.answer = 'hang';
    // Short words, because no rule of the redaction searches them.
    const big = 'music '.repeat(3_300);
    const ids: string[] = [];
    const dropped = (): Promise<number> =>
      metric(collector.service.url, /^otelcol_exporter_enqueue_failed_spans_total\{.*sentry/);
    // 16 MiB hold fewer than a thousand of these.
    for (let i = 0; i < 15; i += 1) {
      const spans = errors(80, { attributes: { filler: big } });
      ids.push(...idsOf(spans));
      await sendSpans(collector.otlp, spans);
    }
    await eventually('the queue is full', 60, async () =>
      (await dropped()) > 0 ? true : undefined,
    );
    await storedIn('all traces in Jaeger', ids, 60);
    cloud.sentry.answer = 200;
  });

  it('that rejects the key is counted, and not retried forever', async () => {
    cloud.grafana.answer = 401;
    const refused = (): Promise<number> =>
      metric(collector.service.url, /^otelcol_exporter_send_failed_spans_total\{.*grafana-cloud/);
    await sendSpans(collector.otlp, errors(3));
    await eventually('refusals are counted', 60, async () =>
      (await refused()) >= 3 ? true : undefined,
    );
    cloud.grafana.answer = 200;
  });
});
