import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { z } from 'zod';
import { lineFilter } from '../../../components/forwarding/lines-config';
import { remoteWrite } from '../../../components/forwarding/remote-write-config';
import { forwardingSchema } from '../../../components/forwarding/settings-schema';
import { otlpTargets, remoteWriteTargets } from '../../../components/forwarding/targets-config';
import { otelAgentConfig } from '../../../components/logs/otel-agent-config';
import { specSources } from '../../../components/logs/sources';
import { otelCollectorConfig } from '../../../components/traces/otel-collector-config';
import { tracesSchema } from '../../../components/traces/settings-schema';
import { relabelled } from '../../lib/relabel';

type Input = z.input<typeof forwardingSchema>['forwarding'];

const everything: Input = {
  grafanaCloud: {
    ...{ metrics: true, logs: true, traces: true, otlpUrl: 'https://gw.io/otlp', instanceId: 12 },
    ...{ prometheusUrl: 'https://p.io/api/prom/push', prometheusUser: 34, logJobs: ['worker'] },
  },
  newRelic: { metrics: true, logs: true, traces: true, region: 'eu', logLevel: 'info' },
  sentry: { logs: true, traces: true, otlpUrl: 'https://o1.io/api/2/integration/otlp' },
  datadog: { metrics: true, logs: true, site: 'datadoghq.eu' },
};
const parsed = (input: Input) => forwardingSchema.parse({ forwarding: input }).forwarding;

interface Config {
  readonly processors: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly connectors?: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>
    >;
  };
}

function collectorOf(input: Input, stores = true, peers?: readonly string[]): Config {
  const forwarding = parsed(input);
  return parse(
    otelCollectorConfig({
      ...{ traces: tracesSchema.parse({}).traces, environment: 'prod', debug: false },
      ...(stores ? { jaeger: 'jaeger:4317', lokiUrl: 'http://loki:3100' } : {}),
      ...(peers === undefined ? {} : { peers }),
      forwarding: { targets: otlpTargets(forwarding), queue: forwarding.queue },
    }),
    // The redaction statements are written once and referenced by alias.
    { maxAliasCount: -1 },
  ) as Config;
}

function agentOf(input: Input, lokiUrl?: string): Config {
  const forwarding = parsed(input);
  return parse(
    otelAgentConfig(
      {
        ...{ stack: 's', environment: 'prod', sources: specSources, projects: [], debug: false },
        logs: { files: '/var/log/*.log', format: 'cri' },
        ...(lokiUrl === undefined ? {} : { lokiUrl }),
      },
      { targets: otlpTargets(forwarding), queue: forwarding.queue },
    ),
  ) as Config;
}

const names = ['grafana-cloud', 'new-relic', 'sentry', 'datadog'] as const;
const file = (name: string): string => `\${file:/etc/otelcol/secrets/${name}}\${env:NOTHING:-}`;

describe.each([
  ['the collector', () => collectorOf(everything)],
  ['the log agent', () => agentOf(everything, 'http://loki:3100')],
])('%s', (_, config) => {
  const { extensions, exporters, service } = config();

  it('has URL and key of each target, the key as a file', () => {
    expect(exporters['otlp_http/grafana-cloud']).toMatchObject({
      endpoint: 'https://gw.io/otlp',
      auth: { authenticator: 'basicauth/grafana-cloud' },
    });
    expect(extensions['basicauth/grafana-cloud']).toEqual({
      client_auth: { username: '12', password_file: '/etc/otelcol/secrets/grafana-cloud' },
    });
    expect(service.extensions).toEqual(expect.arrayContaining(['basicauth/grafana-cloud']));
    expect(exporters['otlp_http/new-relic']).toMatchObject({
      endpoint: 'https://otlp.eu01.nr-data.net',
      headers: { 'api-key': file('new-relic') },
    });
    expect(exporters['otlp_http/sentry']).toMatchObject({
      headers: { 'x-sentry-auth': `sentry sentry_key=${file('sentry')}` },
    });
    expect(exporters['otlp_http/datadog']).toMatchObject({
      endpoint: 'https://otlp.datadoghq.eu',
      headers: { 'dd-api-key': file('datadog') },
    });
  });

  it('has a bounded queue on the volume for each target, which drops data when full', () => {
    for (const name of names) {
      expect(exporters[`otlp_http/${name}`]).toMatchObject({
        sending_queue: {
          ...{ storage: 'file_storage/forwarding', block_on_overflow: false },
          ...{ sizer: 'bytes', queue_size: 128 * 2 ** 20 },
        },
        retry_on_failure: { enabled: true, max_elapsed_time: '12h' },
        compression: 'gzip',
      });
    }
    expect(service.extensions).toContain('file_storage/forwarding');
  });

  it('forwards lines after redaction and a batch, with a filter for each target', () => {
    const { pipelines } = service;
    const first = pipelines['logs'];
    expect(first?.processors.some((one) => one.startsWith('transform'))).toBe(true);
    expect(first?.exporters).toEqual(['otlp_http/loki', 'forward/lines']);
    expect(pipelines['logs/forwarded']).toEqual({
      receivers: ['forward/lines'],
      processors: ['transform/forwarded', 'batch/forwarded'],
      exporters: ['forward/targets'],
    });
    for (const name of names) {
      expect(pipelines[`logs/${name}`]).toEqual({
        receivers: ['forward/targets'],
        processors: [`filter/${name}`],
        exporters: [`otlp_http/${name}`],
      });
    }
  });
});

describe('the collector', () => {
  it('sends sampled traces to their targets, and span metrics to Datadog with delta temporality', () => {
    const { pipelines } = collectorOf(everything).service;
    expect(pipelines['traces/kept']?.exporters).toEqual(['otlp_grpc/jaeger', 'forward/traces']);
    // Links cannot be redacted.
    expect(pipelines['traces/forwarded']).toEqual({
      receivers: ['forward/traces'],
      processors: ['transform/links'],
      exporters: ['otlp_http/grafana-cloud', 'otlp_http/new-relic', 'otlp_http/sentry'],
    });
    expect(pipelines['metrics/deltas']).toEqual({
      receivers: ['spanmetrics'],
      processors: ['cumulativetodelta'],
      exporters: ['otlp_http/datadog'],
    });
  });

  it('names the instance in what several collectors send to Datadog, and nowhere else', () => {
    const { service, processors } = collectorOf(everything, true, ['collector-0', 'collector-1']);
    const using = Object.entries(service.pipelines)
      .filter(([, pipeline]) => pipeline.processors?.includes('resource/collector'))
      .map(([name]) => name);
    expect(using).toEqual(['metrics/deltas']);
    expect(processors['resource/collector']).toEqual({
      attributes: [
        {
          key: 'collector.instance',
          value: '${env:COLLECTOR_INSTANCE:-collector}',
          action: 'upsert',
        },
      ],
    });
    expect(collectorOf(everything).processors).not.toHaveProperty(['resource/collector']);
  });

  it('works without Loki and Jaeger', () => {
    const { service, exporters } = collectorOf(everything, false);
    expect(Object.keys(exporters)).not.toContain('otlp_http/loki');
    expect(service.pipelines['traces/kept']?.exporters).toEqual(['forward/traces']);
    expect(service.pipelines['logs']?.exporters).toEqual(['forward/lines']);
    expect(agentOf(everything).service.pipelines['logs']?.exporters).toEqual(['forward/lines']);
  });

  it('is unchanged without forwarding', () => {
    const { extensions, service } = collectorOf({});
    expect(Object.keys(extensions)).toEqual(['file_storage', 'health_check']);
    expect(Object.keys(service.pipelines)).toEqual([
      ...['traces/in', 'traces/kept', 'metrics/spans', 'logs'],
    ]);
    expect(service.pipelines['logs']?.exporters).toEqual(['otlp_http/loki']);
  });
});

describe('a filter for log lines', () => {
  const conditions = (filter: Parameters<typeof lineFilter>[0]): readonly string[] =>
    (lineFilter(filter) as { logs: { log_record: string[] } }).logs.log_record;

  it('keeps lines of at least the level, and treats no level as info', () => {
    const levels = (level: 'error' | 'warn' | 'info' | 'debug'): string =>
      /IsMatch\(resource\.attributes\["level"\], "\^\(\?:([^)]+)\)/.exec(
        conditions({ level, jobs: [] })[0] ?? '',
      )?.[1] ?? '';
    expect(['error', 'warn', 'info', 'debug'].map((one) => levels(one as 'error'))).toEqual([
      ...['error', 'warn|error', 'info|warn|error|unknown', 'debug|info|warn|error|unknown'],
    ]);
  });

  it('keeps the selected jobs, or all', () => {
    expect(conditions({ level: 'warn', jobs: [] }).join()).not.toContain('["job"]');
    expect(conditions({ level: 'warn', jobs: ['api-server', 'worker'] })[1]).toContain(
      '"^(?:api-server|worker)$"',
    );
  });

  it('drops successful probes', () => {
    const last = conditions({ level: 'info', jobs: [] }).at(-1) ?? '';
    const [, text = ''] = /IsMatch\(log\.body, ("(?:[^"\\]|\\.)*")\)/.exec(last) ?? [];
    const pattern = new RegExp(JSON.parse(text) as string);
    for (const path of ['/health', '/readyz/', '/metrics', '/-/ready', '/health?full=1']) {
      expect(JSON.stringify({ level: 'info', path })).toMatch(pattern);
    }
    expect('{"request": {"method": "GET", "uri": "/healthz"}}').toMatch(pattern);
    for (const path of ['/v1/health', '/healthy', '/']) {
      expect(JSON.stringify({ level: 'info', path })).not.toMatch(pattern);
    }
    expect(last).toContain('not IsMatch(resource.attributes["level"], "^(?:warn|error)$")');
  });
});

describe('remote_write', () => {
  const targets = remoteWriteTargets(parsed(everything), 'prod');
  const written = remoteWrite({
    targets,
    keyFile: ({ name }) => `secrets/${name}`,
    labels: ['env', 'stack', 'tenant'],
  }) as Readonly<Record<string, unknown>>[];

  it('authenticates with a file', () => {
    expect(written).toMatchObject([
      {
        ...{ name: 'grafana-cloud', url: 'https://p.io/api/prom/push' },
        basic_auth: { username: '34', password_file: 'secrets/grafana-cloud' },
      },
      {
        name: 'new-relic',
        url: 'https://metric-api.eu.newrelic.com/prometheus/v1/write?prometheus_server=prod',
        authorization: { credentials_file: 'secrets/new-relic' },
      },
    ]);
  });

  it('keeps the name of the Prometheus that is in the URL for New Relic', () => {
    const at = (prometheusUrl: string): string | undefined =>
      remoteWriteTargets(parsed({ newRelic: { metrics: true, prometheusUrl } }), 'prod')[0]?.url;
    const url = 'https://gov-metric-api.newrelic.com/prometheus/v1/write';
    expect(at(url)).toBe(`${url}?prometheus_server=prod`);
    expect(at(`${url}?prometheus_server=mine`)).toBe(`${url}?prometheus_server=mine`);
    expect(at(`${url}?via=proxy`)).toBe(`${url}?via=proxy&prometheus_server=prod`);
  });

  const rules = written[0]?.['write_relabel_configs'] as readonly unknown[];
  const api = { job: 'api-server', instance: 'api-1:9090', env: 'prod', stack: 'prod' };

  it.each([
    ['a recorded series', { __name__: 'job:http_requests:rate5m', ...api }],
    ['whether a target answers', { __name__: 'up', ...api, node: 'n1', container: 'api' }],
    ['an alert', { __name__: 'ALERTS', ...api, alertname: 'APIDown', alertstate: 'firing' }],
    ['a label that somebody has vouched for', { __name__: 'up', ...api, tenant: 'acme' }],
    [
      'an address, a date and a hash',
      { __name__: 'up', ...api, instance: '10.20.30.40:9090', version: '2026-11-26.1a2b3c4d5e6f' },
    ],
    [
      'the time of a statement, by its hash',
      {
        ...{ __name__: 'queryid:pg_stat_statements_seconds:rate5m', ...api, datname: 'audifi' },
        queryid: '-4242424242424242424',
      },
    ],
  ])('sends %s unchanged', (_, labels) => {
    expect(relabelled(rules, labels)).toEqual(labels);
  });

  it.each([
    ['a metric that nobody has chosen', { __name__: 'http_requests_total', ...api }],
    ['a label that nobody knows', { __name__: 'up', ...api, user_name: 'anna' }],
    ['an e-mail address', { __name__: 'up', ...api, instance: 'anna.b@example.com' }],
    [
      'an e-mail address in a longer value',
      { __name__: 'up', ...api, path: '/u/anna@example.com/x' },
    ],
    ['a wallet', { __name__: 'up', ...api, path: `/w/0x${'aB1'.repeat(13)}f` }],
    ['anything but a number as hash', { __name__: 'up', ...api, queryid: 'anna@example.com' }],
    ['two numbers as hash', { __name__: 'up', ...api, queryid: '4242 4242 4242 4242' }],
    ['a card', { __name__: 'up', ...api, path: '/c/4242 4242 4242 4242' }],
    ['a telephone', { __name__: 'up', ...api, path: '/t/+49 171 1234567' }],
    ['a token', { __name__: 'up', ...api, tenant: 'eyJhbGciOiJI.eyJzdWIiOjF9.c2lnbmVk' }],
  ])('drops series with %s', (_, labels) => {
    expect(relabelled(rules, labels)).toBeUndefined();
  });
});
