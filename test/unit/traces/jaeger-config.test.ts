import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  jaegerConfig,
  jaegerPaths,
  passwordFileText,
} from '../../../components/traces/jaeger-config';
import { otelCollectorConfig } from '../../../components/traces/otel-collector-config';
import { tracesSchema } from '../../../components/traces/settings-schema';

interface Config {
  readonly extensions: {
    readonly jaeger_storage: {
      readonly backends: { readonly main: Readonly<Record<string, unknown>> };
      readonly metric_backends: {
        readonly spans: { readonly prometheus: Readonly<Record<string, unknown>> };
      };
    };
    readonly jaeger_query: Readonly<Record<string, unknown>>;
  };
  readonly service: {
    readonly pipelines: { readonly traces: Readonly<Record<string, readonly string[]>> };
  };
}

const configOf = (jaeger: object = {}): Config =>
  parse(
    jaegerConfig({
      jaeger: tracesSchema.parse({ jaeger }).jaeger,
      prometheusUrl: 'http://prometheus:9090',
    }),
  ) as Config;
const backend = (jaeger?: object) => configOf(jaeger).extensions.jaeger_storage.backends.main;

describe('the configuration of Jaeger', () => {
  it('stores traces on the volume for a week, and acknowledges them only then', () => {
    expect(backend()).toEqual({
      badger: expect.objectContaining({
        directories: { keys: '/tmp/badger/keys', values: '/tmp/badger/values' },
        ephemeral: false,
        consistency: true,
        ttl: { spans: '604800s' },
      }),
    });
    // A batch before the storage would be acknowledged before it is stored.
    expect(configOf().service.pipelines.traces['processors']).toEqual(['memory_limiter']);
  });

  it("queries span metrics by the collector's names", () => {
    const { traces } = tracesSchema.parse({});
    const collector = parse(
      otelCollectorConfig({
        traces,
        environment: 'dev',
        jaeger: 'jaeger:4317',
        debug: false,
      }).replaceAll('$$', '$'),
      { maxAliasCount: -1 },
    ) as { connectors: { spanmetrics: { namespace: string; histogram: { unit: string } } } };
    const { namespace, histogram } = collector.connectors.spanmetrics;
    expect(configOf().extensions.jaeger_storage.metric_backends.spans.prometheus).toMatchObject({
      endpoint: 'http://prometheus:9090',
      metric_namespace: namespace.replaceAll('.', '_'),
      latency_unit: histogram.unit,
      normalize_calls: true,
      normalize_duration: true,
    });
  });

  it('sends no spans of its own', () => {
    expect(configOf().extensions.jaeger_query).toMatchObject({ enable_tracing: false });
  });

  it('serves below its base path', () => {
    expect(configOf({ basePath: '/jaeger' }).extensions.jaeger_query['base_path']).toBe('/jaeger');
  });

  it.each(['elasticsearch', 'opensearch'] as const)(
    'supports %s, with a password file',
    (store) => {
      const urls = ['https://search.internal:9200'];
      expect(
        backend({ storageBackend: store, [store]: { urls, user: 'jaeger' }, retention: '2d' }),
      ).toEqual({
        [store]: {
          server_urls: urls,
          auth: { basic: { username: 'jaeger', password_file: jaegerPaths.storagePassword } },
          indices: { index_prefix: 'audifi' },
          max_span_age: '172800s',
        },
      });
    },
  );

  it('supports Cassandra, which expires data itself', () => {
    const cassandra = { hosts: ['cassandra', 'fd00::1'], user: 'jaeger' };
    expect(backend({ storageBackend: 'cassandra', cassandra })).toMatchObject({
      cassandra: {
        schema: { create: true, trace_ttl: '604800s', replication_factor: 3 },
        connection: {
          servers: ['cassandra:9042', '[fd00::1]:9042'],
          auth: { basic: { password: `\${file:${jaegerPaths.storagePassword}}\${env:NOTHING:-}` } },
        },
      },
    });
  });

  it('doubles a dollar of a password if the configuration expands it', () => {
    expect(passwordFileText('cassandra', 'a$b$$')).toBe('a$$b$$$$');
    expect(passwordFileText('opensearch', 'a$b$$')).toBe('a$b$$');
  });
});
