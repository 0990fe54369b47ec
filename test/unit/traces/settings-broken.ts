import type { Tree } from '../../lib/pulumi-config';

/**
 * Invalid settings of traces: name, settings, keys in the message, text of the message, and secret
 * keys.
 */
export const brokenTraces: readonly (readonly [
  why: string,
  tree: Tree,
  keys: readonly string[],
  says: RegExp,
  secretKeys?: readonly string[],
])[] = [
  [
    'a share in percent',
    { traces: { sampling: { share: 10 } } },
    ['traces.sampling.share'],
    /greater than 1 \(1 keeps all traces\)/,
  ],
  [
    'a negative share of a service',
    { traces: { sampling: { services: { 'api-server': -0.1 } } } },
    ['traces.sampling.services.api-server'],
    /less than 0/,
  ],
  [
    'more waiting traces than memory holds',
    { traces: { maxTraces: 500_000 } },
    ['traces.maxTraces'],
    /more than half of traces\.memory \(512MiB\)/,
  ],
  [
    'one port for both kinds of OTLP',
    { traces: { otlpGrpcPort: 4317, otlpHttpPort: 4317 } },
    ['traces.otlpHttpPort'],
    /4317 is already the port of traces\.otlpGrpcPort/,
  ],
  [
    'the port of Grafana for Jaeger',
    { jaeger: { port: 3000 } },
    ['jaeger.port'],
    /is already the port of grafana\.port/,
  ],
  [
    'namespaces on Docker',
    { traces: { acceptFromNamespaces: ['audifi'] } },
    ['traces.acceptFromNamespaces'],
    /has no effect on Docker/,
  ],
  [
    'a year of traces in badger',
    { jaeger: { retention: '1y' } },
    ['jaeger.retention'],
    /longer than badger supports/,
  ],
  [
    'ClickHouse',
    { jaeger: { storageBackend: 'clickhouse', opensearch: { urls: ['https://o.internal'] } } },
    ['jaeger.storageBackend'],
    /experimental in Jaeger 2\.13 and deletes nothing/,
  ],
  [
    'a server that is not named',
    { jaeger: { storageBackend: 'cassandra' } },
    ['jaeger.cassandra'],
    /required by jaeger\.storageBackend/,
  ],
  [
    'a server that nothing is written to',
    { jaeger: { opensearch: { urls: ['https://o.internal'] } } },
    ['jaeger.opensearch'],
    /is set, but jaeger\.storageBackend is badger/,
  ],
  [
    'a user without password',
    { jaeger: { storageBackend: 'cassandra', cassandra: { hosts: ['c.internal'], user: 'j' } } },
    ['jaegerStoragePassword'],
    /jaeger\.cassandra\.user is set/,
  ],
  [
    'a password without user',
    {
      jaeger: { storageBackend: 'opensearch', opensearch: { urls: ['https://o.internal'] } },
      jaegerStoragePassword: 'hunter2',
    },
    ['jaeger.opensearch.user'],
    /jaegerStoragePassword is set/,
    ['jaegerStoragePassword'],
  ],
  [
    'a password for badger',
    { jaegerStoragePassword: 'hunter2' },
    ['jaegerStoragePassword'],
    /\(badger\) uses no password/,
    ['jaegerStoragePassword'],
  ],
  [
    'a path that is not the one people use',
    { jaeger: { externalUrl: 'https://audifi.io/jaeger/' } },
    ['jaeger.basePath'],
    /is not the path of jaeger\.externalUrl \(\/jaeger\)/,
  ],
  [
    'a path with a slash at its end',
    { jaeger: { basePath: '/jaeger/' } },
    ['jaeger.basePath'],
    /has no "\/" at its end/,
  ],
];
