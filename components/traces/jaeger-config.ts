import { stringify } from 'yaml';
import { services } from '../services';
import { durationSeconds, sizeMiB } from '../units';
import { ownMetrics, spanMetrics } from './otel-collector-config';
import type { ParsedTraces } from './settings-schema';

/** Where Jaeger finds its files. */
export const jaegerPaths = {
  config: '/etc/jaeger/config.yaml',
  storagePassword: '/etc/jaeger/secrets/storage-password',
  /** The only directory that the image's user may write to, and so the one that a new volume can be mounted at. */
  data: '/tmp',
} as const;
export const jaegerPorts = services.jaeger.ports;

export interface JaegerConfigArgs {
  readonly jaeger: ParsedTraces['jaeger'];
  /** URL of Prometheus, which has the span metrics of the tab Monitor. */
  readonly prometheusUrl: string;
}

/**
 * Text of Jaeger's configuration: version 2, which is a collector with a store and pages. Pure.
 *
 * A span is acknowledged once it is stored: nothing is batched in front of the store.
 * https://www.jaegertracing.io/docs/2.13/configuration/
 */
export function jaegerConfig({ jaeger, prometheusUrl }: JaegerConfigArgs): string {
  const memoryMiB = sizeMiB(jaeger.memory) ?? 0;
  const config = {
    extensions: {
      healthcheckv2: {
        use_v2: true,
        http: {
          endpoint: `0.0.0.0:${jaegerPorts.health}`,
          status: { enabled: true, path: '/status' },
          config: { enabled: false },
        },
      },
      jaeger_storage: {
        backends: { main: backend(jaeger) },
        metric_backends: {
          spans: {
            prometheus: {
              endpoint: prometheusUrl,
              metric_namespace: spanMetrics.namespace.replaceAll('.', '_'),
              latency_unit: spanMetrics.unit,
              normalize_calls: true,
              normalize_duration: true,
              connect_timeout: '5s',
            },
          },
        },
      },
      jaeger_query: {
        storage: { traces: 'main', metrics: 'spans' },
        base_path: jaeger.basePath,
        // Its own spans would go to a collector on localhost, and each failure into its log.
        enable_tracing: false,
        // It moves the start of a span and not its end.
        max_clock_skew_adjust: '0s',
        http: { endpoint: `0.0.0.0:${jaegerPorts.query}` },
        grpc: { endpoint: '127.0.0.1:16685' },
      },
    },
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `0.0.0.0:${jaegerPorts.grpc}`, max_recv_msg_size_mib: 16 },
        },
      },
    },
    processors: {
      // Above it the collector is told to come again, and its queue holds what it has.
      memory_limiter: {
        check_interval: '1s',
        limit_mib: Math.floor(memoryMiB * 0.85),
        spike_limit_mib: Math.floor(memoryMiB * 0.1),
      },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'main' } },
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['memory_limiter'],
          exporters: ['jaeger_storage_exporter'],
        },
      },
      telemetry: {
        resource: { 'service.name': 'jaeger' },
        logs: { level: 'warn', encoding: 'json' },
        metrics: { level: 'normal', readers: [ownMetrics(jaegerPorts.metrics)] },
      },
    },
  };
  return stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Where the traces are: one of https://www.jaegertracing.io/docs/2.13/storage/ */
function backend(jaeger: ParsedTraces['jaeger']): object {
  const retention = `${durationSeconds(jaeger.retention) ?? 0}s`;
  switch (jaeger.storageBackend) {
    case 'elasticsearch':
    case 'opensearch':
      return { [jaeger.storageBackend]: searchStore(jaeger[jaeger.storageBackend], retention) };
    case 'cassandra':
      return { cassandra: cassandra(jaeger.cassandra, retention) };
    case 'clickhouse':
      throw new Error('clickhouse is refused by the settings');
    case 'badger':
      return {
        badger: {
          directories: {
            keys: `${jaegerPaths.data}/badger/keys`,
            values: `${jaegerPaths.data}/badger/values`,
          },
          // Upstream's default keeps everything in memory.
          ephemeral: false,
          // What is acknowledged is on the disk.
          consistency: true,
          ttl: { spans: retention },
          maintenance_interval: '5m',
          metrics_update_interval: '10s',
        },
      };
  }
}

/** One index a day. Jaeger looks no further back than retention; deleting indices is left to a policy of the cluster. */
function searchStore(store: ParsedTraces['jaeger']['opensearch'], retention: string): object {
  return {
    server_urls: store?.urls,
    ...(store?.user === undefined
      ? {}
      : { auth: { basic: { username: store.user, password_file: jaegerPaths.storagePassword } } }),
    indices: { index_prefix: store?.indexPrefix },
    max_span_age: retention,
  };
}

/** Beside another reference a file's content stays a text; alone, `12345` would be a number and refused. */
const asText = '${env:NOTHING:-}';

/**
 * The password as the backend's file has it. Cassandra has no option for a file: the configuration refers to it, and takes a
 * `$` in it for a reference of its own.
 */
export const passwordFileText = (
  backend: ParsedTraces['jaeger']['storageBackend'],
  password: string,
): string => (backend === 'cassandra' ? password.replaceAll('$', '$$$$') : password);

function cassandra(store: ParsedTraces['jaeger']['cassandra'], retention: string): object {
  return {
    schema: {
      keyspace: store?.keyspace,
      create: true,
      datacenter: store?.datacenter,
      replication_factor: store?.replicas,
      trace_ttl: retention,
      dependencies_ttl: retention,
    },
    connection: {
      servers: store?.hosts.map((host) => `${host}:${store.port}`),
      port: store?.port,
      local_dc: store?.datacenter,
      ...(store?.user === undefined
        ? {}
        : {
            auth: {
              basic: {
                username: store.user,
                password: `\${file:${jaegerPaths.storagePassword}}${asText}`,
              },
            },
          }),
    },
  };
}
