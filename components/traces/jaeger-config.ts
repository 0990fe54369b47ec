import { stringify } from 'yaml';
import { services } from '../services';
import { durationSeconds, hostPort, sizeMiB } from '../units';
import { ownMetrics } from './otel-collector-config';
import type { ParsedTraces } from './settings-schema';
import { spanMetrics } from './span-metrics-config';

/** Paths in the container of Jaeger. */
export const jaegerPaths = {
  config: '/etc/jaeger/config.yaml',
  storagePassword: '/etc/jaeger/secrets/storage-password',
  /**
   * The only directory that the image's user may write to. So a new volume must be mounted here.
   */
  data: '/tmp',
} as const;
export const jaegerPorts = services.jaeger.ports;

export interface JaegerConfigArgs {
  readonly jaeger: ParsedTraces['jaeger'];
  /** URL of Prometheus, for the span metrics in the tab Monitor. */
  readonly prometheusUrl: string;
}

/**
 * Configuration of Jaeger 2, which is a collector with storage and web pages. Pure.
 *
 * With badger and Cassandra, a span is acknowledged when it is stored, because there is no batching
 * before the storage. See https://www.jaegertracing.io/docs/2.13/configuration/
 */
export function jaegerConfig({ jaeger, prometheusUrl }: JaegerConfigArgs): string {
  const memoryMiB = sizeMiB(jaeger.memory) ?? 0;
  const config = {
    extensions: {
      healthcheckv2: {
        use_v2: true,
        http: {
          endpoint: `:${jaegerPorts.health}`,
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
        // Otherwise Jaeger would send its own spans to a collector on localhost, and log each
        // failure.
        enable_tracing: false,
        // The adjustment would move the start of a span but not its end.
        max_clock_skew_adjust: '0s',
        http: { endpoint: `:${jaegerPorts.query}` },
        grpc: { endpoint: '127.0.0.1:16685' },
      },
    },
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `:${jaegerPorts.grpc}`, max_recv_msg_size_mib: 16 },
        },
      },
    },
    processors: {
      // Above this limit Jaeger rejects data temporarily, and the collector keeps it in its queue.
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

/** Storage backend. See https://www.jaegertracing.io/docs/2.13/storage/ */
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
          // Jaeger's default keeps everything in memory.
          ephemeral: false,
          // A span is acknowledged when it is on disk.
          consistency: true,
          ttl: { spans: retention },
          maintenance_interval: '5m',
          metrics_update_interval: '10s',
        },
      };
  }
}

/**
 * One index per day. Jaeger searches no further back than the retention. An index policy of the
 * cluster must delete old indices.
 *
 * Jaeger acknowledges spans before it sends them, and no option changes this. So it loses spans
 * that the cluster rejects, and spans in memory if Jaeger stops while the cluster is down.
 */
function searchStore(store: ParsedTraces['jaeger']['opensearch'], retention: string): object {
  return {
    // Jaeger refuses a scheme in capitals. This writes scheme and host in lower case.
    server_urls: store?.urls.map((url) => new URL(url).href.replace(/\/$/, '')),
    ...(store?.user === undefined
      ? {}
      : { auth: { basic: { username: store.user, password_file: jaegerPaths.storagePassword } } }),
    indices: { index_prefix: store?.indexPrefix },
    max_span_age: retention,
  };
}

/**
 * An empty reference after a file reference, so that the file's content is always a string. On its
 * own, content such as `12345` would be parsed as a number and rejected.
 */
const asText = '${env:NOTHING:-}';

/**
 * The password in the form that the backend's file needs. Cassandra has no option for a password
 * file: the configuration refers to the file, and the collector expands a `$` in it.
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
      servers: store?.hosts.map((host) => hostPort(host, store.port)),
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
