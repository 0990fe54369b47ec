import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { forwardingSchema } from '../../../components/forwarding/settings-schema';
import { otlpTargets } from '../../../components/forwarding/targets-config';
import { redactionRules, redactionThemes } from '../../../components/logs/redaction';
import { otelCollectorConfig } from '../../../components/traces/otel-collector-config';
import {
  logRecords,
  type RedactedRecord,
  recordParts,
  traceRecords,
} from '../../../components/traces/redaction-config';
import { tracesSchema } from '../../../components/traces/settings-schema';
import { redact } from '../../lib/redact';

type Input = NonNullable<Parameters<typeof tracesSchema.parse>[0]>;

interface Config {
  readonly receivers: Readonly<Record<string, object>>;
  readonly processors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly connectors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly service: {
    readonly pipelines: Readonly<Record<string, Pipeline>>;
  };
}
type Pipeline = Readonly<Record<'receivers' | 'exporters', readonly string[]>> & {
  readonly processors?: readonly string[];
};

const textOf = (input: Input = {}, loki = true): string =>
  otelCollectorConfig({
    traces: tracesSchema.parse(input).traces,
    environment: 'staging',
    jaeger: 'jaeger:4317',
    debug: false,
    ...(loki ? { lokiUrl: 'http://loki:3100' } : {}),
  });
/** As the collector parses it: `$$` is a dollar. */
const configOf = (input?: Input, loki?: boolean): Config =>
  parse(textOf(input, loki).replaceAll('$$', '$'), { maxAliasCount: -1 }) as Config;

const allTargets = otlpTargets(
  forwardingSchema.parse({
    forwarding: {
      ...{ newRelic: { logs: true, traces: true }, datadog: { logs: true, metrics: true } },
      sentry: { logs: true, traces: true, otlpUrl: 'https://o1.ingest.sentry.io/api/2/otlp' },
    },
  }).forwarding,
);

describe('the configuration of the collector', () => {
  const config = configOf();

  it('doubles each dollar, because a single one would be a variable', () => {
    expect(textOf().replaceAll('$$', '')).not.toContain('$');
  });

  it('redacts before metrics, sampling and export', () => {
    const { pipelines } = config.service;
    const entries = Object.values(pipelines).filter(({ receivers }) => receivers.includes('otlp'));
    expect(entries).toHaveLength(2);
    for (const { processors = [] } of entries) {
      expect(processors[0]).toBe('memory_limiter');
      expect(processors.findIndex((name) => name.startsWith('transform/redact'))).toBeGreaterThan(
        0,
      );
    }
    expect(pipelines['traces/in']?.exporters).toEqual(['spanmetrics', 'forward']);
  });

  it('counts all spans, and samples traces for Jaeger', () => {
    const { pipelines } = config.service;
    expect(pipelines['traces/kept']).toEqual({
      receivers: ['forward'],
      processors: ['transform/marks', 'tail_sampling', 'transform/unmark', 'batch'],
      exporters: ['otlp_grpc/jaeger'],
    });
    expect(pipelines['metrics/spans']?.exporters).toEqual(['prometheus']);
  });

  const hosts = ['otel-collector-0', 'otel-collector-1'];
  const several = (more: Partial<Parameters<typeof otelCollectorConfig>[0]> = {}): Config =>
    parse(
      otelCollectorConfig({
        ...{ traces: tracesSchema.parse({}).traces, environment: 'prod', debug: false },
        ...{ jaeger: 'jaeger:4317', peers: hosts, ...more },
      }),
      { maxAliasCount: -1 },
    ) as Config;

  it.each([
    ['one collector', config],
    ['several', several({ lokiUrl: 'http://loki:3100' })],
    ['several with targets', several({ forwarding: { targets: allTargets, queue: '1GiB' } })],
  ])('redacts once before each queue on the volume: %s', (_, { exporters, service }) => {
    const pipelines = Object.values(service.pipelines);
    /** How often data is redacted, for each of its ways from the services to an exporter. */
    const redactions = (exporter: string): number[] =>
      pipelines
        .filter((pipeline) => pipeline.exporters.includes(exporter))
        .flatMap(({ receivers, processors = [] }) => {
          const own = processors.filter((name) => name.startsWith('transform/redact')).length;
          return receivers.flatMap((receiver) => {
            if (receiver === 'otlp') return [own];
            const from = receiver === 'otlp/peers' ? peers : [receiver];
            return from.flatMap(redactions).map((count) => count + own);
          });
        });
    const peers = Object.keys(exporters).filter((name) => name.startsWith('otlp_grpc/peer-'));
    const stored = Object.keys(exporters).filter((name) => name !== 'prometheus');
    for (const name of stored) {
      expect(exporters[name]).toMatchObject({
        sending_queue: { storage: expect.stringMatching(/^file_storage/) },
      });
      expect([name, ...new Set(redactions(name))]).toEqual([name, 1]);
    }
  });

  it('with several collectors, passes spans on by their trace ID', () => {
    const { service, exporters, connectors } = several();
    const {
      'traces/share': share,
      'traces/peer-0': first,
      'traces/peer-1': second,
    } = service.pipelines;
    const { exporters: next, ...received } = config.service.pipelines['traces/in'] ?? {};
    expect(share).toEqual({ ...received, exporters: ['routing/peers'] });
    expect(service.pipelines['traces/in']).toEqual({
      ...{ receivers: ['otlp/peers'], processors: ['memory_limiter'], exporters: next },
    });
    for (const [i, pipeline] of [first, second].entries()) {
      expect(pipeline).toMatchObject({
        ...{ receivers: ['routing/peers'], exporters: [`otlp_grpc/peer-${i}`] },
      });
      expect(exporters[`otlp_grpc/peer-${i}`]).toMatchObject({
        endpoint: `${hosts[i] ?? ''}:4319`,
        // 1 GiB for two of them, a quarter of it, in pages of 4 KiB.
        sending_queue: { storage: 'file_storage', queue_size: 32_768 },
        retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
      });
    }
    expect(connectors['routing/peers']).toMatchObject({
      table: [{ context: 'span', pipelines: ['traces/peer-0'] }],
      default_pipelines: ['traces/peer-1'],
    });
  });

  it('with several collectors, services connect again, so that each collector gets its share', () => {
    const { receivers } = several();
    expect(receivers['otlp']).toMatchObject({
      protocols: {
        grpc: { keepalive: { server_parameters: { max_connection_age: '60s' } } },
        http: { keep_alives_enabled: false },
      },
    });
    // Their own connections are each to one collector.
    expect(JSON.stringify([receivers['otlp/peers'], config.receivers])).not.toMatch(/keep_?alive/);
  });

  it('with several collectors, no full queue for one of them is an answer to a service', () => {
    const { processors, service } = several();
    for (const name of ['traces/peer-0', 'traces/peer-1']) {
      // This processor answers before it passes spans on.
      expect(service.pipelines[name]?.processors).toEqual(['batch/peers']);
    }
    // Spans that it holds are in memory only.
    expect(processors['batch/peers']).toEqual({ timeout: '0s' });
  });

  it('retries without limit, with queues on the volume', () => {
    for (const name of ['otlp_grpc/jaeger', 'otlp_http/loki']) {
      expect(config.exporters[name]).toMatchObject({
        sending_queue: { storage: 'file_storage', block_on_overflow: false },
        retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
      });
    }
  });

  it('has a queue that fits on its volume', () => {
    const size = (storage: string): unknown =>
      (
        configOf({ traces: { storage } }).exporters['otlp_grpc/jaeger']?.[
          'sending_queue'
        ] as Record<string, unknown>
      )['queue_size'];
    expect([size('1GiB'), size('2GiB')]).toEqual([131_072, 262_144]);
  });

  it('accepts no log lines without Loki', () => {
    const without = configOf({}, false);
    expect(Object.keys(without.service.pipelines)).toEqual([
      ...['traces/in', 'traces/kept', 'metrics/spans'],
    ]);
    expect(JSON.stringify(without)).not.toMatch(/loki/);
  });

  it('limits span metrics, and has no exemplars of traces that sampling may drop', () => {
    const { connectors } = configOf({ traces: { spanMetricsLimit: 77 } });
    expect(connectors['spanmetrics']).toMatchObject({
      aggregation_cardinality_limit: 77,
      exemplars: { enabled: false },
    });
  });

  it('needs less than two thirds of a ConfigMap with all targets', () => {
    const text = otelCollectorConfig({
      ...{ traces: tracesSchema.parse({}).traces, environment: 'prod', debug: false },
      ...{ jaeger: 'jaeger:4317', lokiUrl: 'http://loki:3100' },
      forwarding: { targets: allTargets, queue: '1GiB' },
    });
    // https://kubernetes.io/docs/concepts/configuration/configmap/: 1 MiB.
    expect(Buffer.byteLength(text)).toBeLessThan((2 ** 20 * 2) / 3);
  });

  it('sets the environment of spans', () => {
    expect(config.processors['resource']).toEqual({
      attributes: [{ key: 'deployment.environment.name', value: 'staging', action: 'upsert' }],
    });
  });
});

describe('sampling', () => {
  interface Policy {
    readonly name: string;
    readonly type: string;
    readonly [key: string]: unknown;
  }
  const policies = (sampling: object): readonly Policy[] =>
    configOf({ traces: { sampling } }).processors['tail_sampling']?.['policies'] as Policy[];

  it('always keeps errors, slow traces, and traces of exemplars in either notation', () => {
    const all = policies({ share: 0, slow: '1500ms' });
    expect(all.find(({ name }) => name === 'errors')).toMatchObject({
      status_code: { status_codes: ['ERROR'] },
    });
    expect(all.find(({ name }) => name === 'slow')).toMatchObject({
      latency: { threshold_ms: 1_500 },
    });
    const exemplars = JSON.stringify(all.find(({ name }) => name === 'exemplars'));
    expect(exemplars).toContain('== \\"true\\"');
    expect(exemplars).toContain('== true');
  });

  it('keeps a share of the rest, without floating-point noise', () => {
    expect(policies({ share: 0.07 }).at(-1)).toEqual({
      name: 'share-rest',
      type: 'probabilistic',
      probabilistic: { hash_salt: 'audifi', sampling_percentage: 7 },
    });
  });

  it("uses a service's own share instead", () => {
    const all = policies({ share: 0.5, services: { worker: 0.01, 'api-server': 1 } });
    const shares = all.filter(({ name }) => name.startsWith('share-'));
    expect(shares.map(({ name }) => name)).toEqual([
      ...['share-worker', 'share-api-server', 'share-rest'],
    ]);
    expect(shares.map(({ and }) => and)).toMatchObject([
      {
        and_sub_policy: [
          { string_attribute: { values: ['worker'] } },
          { probabilistic: { sampling_percentage: 1 } },
        ],
      },
      {
        and_sub_policy: [
          { string_attribute: { values: ['api-server'] } },
          { probabilistic: { sampling_percentage: 100 } },
        ],
      },
      {
        and_sub_policy: [
          { string_attribute: { values: ['worker', 'api-server'], invert_match: true } },
          { probabilistic: { sampling_percentage: 50 } },
        ],
      },
    ]);
  });

  const probes = (): readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[] =>
    (policies({}).find(({ type }) => type === 'drop')?.['drop'] as Record<string, []>)[
      'drop_sub_policy'
    ] ?? [];

  it('drops traces whose root span is a probe', () => {
    const conditions = probes()[0]?.['ottl_condition']?.['span'] as string[];
    expect(conditions).toHaveLength(3);
    for (const condition of conditions) {
      const [, text = ''] = /^IsRootSpan\(\) and IsMatch\(.+?, "(.+)"\)$/.exec(condition) ?? [];
      const pattern = new RegExp(text);
      for (const path of ['/health', '/healthz', '/metrics', '/-/ready', '/health/']) {
        expect(path).toMatch(pattern);
      }
      for (const path of ['/v1/health', '/healthy-food', '/', '/v1/metrics']) {
        expect(path).not.toMatch(pattern);
      }
    }
  });

  it('drops no trace with an error or an exemplar in any span, and stores no mark of it', () => {
    const { key } = probes()[1]?.['boolean_attribute'] as { key: string };
    expect(probes()[1]).toMatchObject({
      boolean_attribute: { key, value: true, invert_match: true },
    });
    const { processors } = configOf();
    const statements = (name: string): string => JSON.stringify(processors[name]);
    const set = statements('transform/marks');
    expect(set).toContain(`set(span.attributes[\\"${key}\\"], true) where `);
    for (const reason of ['span.status.code == STATUS_CODE_ERROR', '== \\"true\\"', '== true']) {
      expect(set).toContain(reason);
    }
    expect(statements('transform/unmark')).toContain(`delete_key(span.attributes, \\"${key}\\")`);
  });
});

describe('redaction of spans', () => {
  const records: [string, RedactedRecord][] = [...traceRecords, ...logRecords].map((record) => [
    record.context,
    record,
  ]);

  const statementsOf = (record: RedactedRecord): readonly string[] =>
    recordParts(record).flatMap(({ statements }) => statements);
  const pathsOf = ({ attributes, texts = {}, shared = {} }: RedactedRecord): readonly string[] =>
    [attributes, texts, shared].flatMap((parts) => Object.values(parts));

  it.each(records)('of a %s has all rules of the log agents, in the same order', (_, record) => {
    const replacing = statementsOf(record).filter(
      (statement) =>
        statement.startsWith('replace_pattern(attributes["audifi.text"]') ||
        statement.startsWith('replace_pattern(cache["line"]'),
    );
    const rules = redactionThemes.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
    expect(new Set(rules)).toEqual(new Set(redactionRules));
    expect(replacing).toHaveLength(rules.length);
    for (const [i, { secret, replacement }] of rules.entries()) {
      expect(replacing[i]).toContain(JSON.stringify(secret).slice(1, -1));
      expect(replacing[i]).toContain(JSON.stringify(replacement).slice(1, -1));
    }
  });

  it('of all records decodes texts before any condition searches for them', () => {
    const changing = redactionThemes.filter(({ groups }) =>
      groups.some(({ changesText }) => changesText === true),
    );
    expect(changing).toEqual([redactionThemes[0]]);
  });

  it.each(records)('of a %s empties records that it cannot convert or parse', (_, record) => {
    const [first, last] = [recordParts(record)[0], recordParts(record).at(-1)];
    const reasons = [
      [first, /where (?:cache\["first"\] == true and )?cache\["(?:line|shared)"\] == nil$/],
      [last, /where cache\["(own|shared)Changed"\] == true and cache\["\1"\] == nil$/],
    ] as const;
    for (const [part, reason] of reasons) {
      for (const path of pathsOf(record)) {
        const emptied = (part?.statements ?? []).filter(
          (one) =>
            one.startsWith(`set(${path}, {"audifi.redaction_failed": true})`) ||
            one.startsWith(`set(${path}, "")`),
        );
        expect(emptied).toEqual([expect.stringMatching(reason)]);
      }
    }
  });

  it.each(records)(
    'of a %s removes its own attributes, before values are read back',
    (_, record) => {
      const set = new Set(
        statementsOf(record).flatMap(
          (one) => /^set\(attributes\["(audifi\.[a-z]+)"/.exec(one)?.[1] ?? [],
        ),
      );
      const last = recordParts(record).at(-1)?.statements ?? [];
      // A flag for each theme but the decoding, the folded text, the text, and its parts.
      const parts = record.shared === undefined ? 1 : 2;
      expect(set.size).toBe(redactionThemes.length - 1 + 2 + parts);
      for (const name of set) {
        const removed = last.indexOf(`delete_key(attributes, "${name}")`);
        expect(removed).toBeGreaterThan(0);
        expect(last.findIndex((one) => one.includes('cache["own"]["'))).toBeGreaterThan(removed);
      }
    },
  );

  it('covers names, status messages, events, resources and scopes, and drops baggage', () => {
    const text = traceRecords.flatMap(statementsOf).join('\n');
    for (const path of [
      ...['span.attributes', 'span.name', 'span.status.message', 'resource.attributes'],
      ...['spanevent.attributes', 'spanevent.name', 'scope.attributes'],
    ]) {
      expect(text).toContain(`set(${path}, cache[`);
    }
    for (const path of ['span.attributes', 'resource.attributes', 'scope.attributes']) {
      expect(text).toContain(`delete_matching_keys(${path}, "^baggage\\\\.")`);
    }
    expect(textOf()).toContain('set(span.trace_state, "")');
  });

  it('is in the file once for all records', () => {
    const once = JSON.stringify(recordParts(traceRecords[0] as RedactedRecord)).length;
    expect(textOf().length).toBeLessThan(2 * once);
    const transform = (name: string, signal: string): unknown =>
      configOf().processors[name]?.[signal];
    for (const [name, signal, records] of [
      ['transform/redact', 'trace_statements', traceRecords],
      ['transform/redact-logs', 'log_statements', logRecords],
    ] as const) {
      expect(transform(name, signal)).toEqual([
        ...records.flatMap(recordParts),
        { context: 'scope', statements: ['delete_key(scope.attributes, "audifi.taken")'] },
      ]);
    }
  });

  it('uses no key that the rules would treat as a secret field', () => {
    const names = [...traceRecords, ...logRecords].flatMap(
      ({ attributes, texts = {}, shared = {} }) =>
        Object.keys({ own: '', shared: '', ...attributes, ...texts, ...shared }),
    );
    for (const name of names) {
      const line = `{"${name}":"text","other":{"${name}":{"x":7}}}`;
      expect(redact(line)).toBe(line);
    }
  });
});
