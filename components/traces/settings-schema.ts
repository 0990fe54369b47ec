import { z } from 'zod';
import {
  dnsLabel,
  doc,
  duration,
  host,
  httpUrl,
  kind,
  onlyOn,
  pageUrl,
  port,
  secret,
  size,
} from '../settings/kinds';

const share = z
  .number({ error: 'is not a number' })
  .min(0, { error: 'is less than 0' })
  .max(1, { error: 'is more than 1, which is all' })
  .meta(kind('share, 0 to 1'));

const wholeNumber = (min: number, max: number) =>
  z
    .int({ error: 'is not a whole number' })
    .min(min, { error: `is less than ${min}` })
    .max(max, { error: `is more than ${max}` })
    .meta(kind(`whole number, ${min} to ${max}`));

const matching = (what: string, pattern: RegExp) =>
  z.string({ error: `is not ${what}` }).regex(pattern, { error: `is not ${what}` });

const serviceName = matching('the name of a service', /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$/);

const otlpPort = (protocol: string, example: string) =>
  port
    .optional()
    .meta(
      onlyOn(
        'docker',
        `Port on the loopback interface for OTLP over ${protocol} (Docker; default: none, the collector is reached in the network).`,
        example,
      ),
    );

const sampling = z
  .strictObject({
    share: share
      .default(0.1)
      .meta(doc('Share that is kept of traces without an error that are not slow.', '0.1')),
    slow: duration('10ms', '10m')
      .default('1s')
      .meta(doc('A trace that takes longer is always kept.', '1s')),
    services: z
      .record(
        serviceName,
        share.meta(doc('Share of the traces that it takes part in, in place of `share`.', '0.5')),
      )
      .default({})
      .meta(doc('Shares by the name of a service.', '.api-server 0.5')),
  })
  .prefault({});

const traces = z
  .strictObject({
    enabled: z
      .boolean({ error: 'is not true or false' })
      .default(true)
      .meta(doc('Take traces, by the OpenTelemetry Collector, and keep them, in Jaeger.', 'false')),
    memory: size('128MiB')
      .default('512MiB')
      .meta(
        doc('Memory limit of the collector, which holds every trace until it decides.', '1GiB'),
      ),
    storage: size('128MiB')
      .default('1GiB')
      .meta(onlyOn('kubernetes', 'Size of the volume of its queue (Kubernetes).', '2GiB')),
    otlpGrpcPort: otlpPort('gRPC', '4317'),
    otlpHttpPort: otlpPort('HTTP', '4318'),
    decisionWait: duration('2s', '2m')
      .default('10s')
      .meta(doc('How long a trace is collected before it is kept or dropped.', '10s')),
    maxTraces: wholeNumber(100, 1_000_000)
      .default(15_000)
      .meta(
        doc('Traces that may wait for their decision; beyond it the oldest are dropped.', '18000'),
      ),
    sampling,
    spanMetricsLimit: wholeNumber(10, 3_000)
      .default(2_000)
      .meta(
        doc(
          'Series of span metrics for each service (span names, kinds, states); what is beyond is counted together.',
          '500',
        ),
      ),
    acceptFromNamespaces: z
      .array(dnsLabel.meta(doc('A namespace.', 'audifi')))
      .optional()
      .meta(
        onlyOn(
          'kubernetes',
          'Namespaces whose pods may send spans (Kubernetes; default: kubernetes.appNamespace).',
          '[0] audifi',
        ),
      ),
  })
  .prefault({});

const user = matching('a name', /^[^\s"'\\$]+$/)
  .optional()
  .meta(kind('name'));
const prefix = matching('a prefix (lower case, digits, "-", "_")', /^[a-z][a-z0-9_-]*$/).meta(
  kind('name'),
);

const searchStore = (what: string, url: string) =>
  z
    .strictObject({
      urls: z
        .array(httpUrl.meta(doc('URL of a node.', url)))
        .min(1, { error: 'is an empty list' })
        .meta(doc('Nodes of the cluster.', `[0] ${url}`)),
      user: user.meta(doc('User; its password is jaegerStoragePassword.', 'jaeger')),
      indexPrefix: prefix
        .default('audifi')
        .meta(doc('What the names of the indices begin with.', 'audifi')),
    })
    .optional()
    .meta(doc(`${what} for traces.`, `.urls[0] ${url}`));

const cassandra = z
  .strictObject({
    hosts: z
      .array(host.meta(doc('Name or address of a node.', 'cassandra.internal')))
      .min(1, { error: 'is an empty list' })
      .meta(doc('Nodes of the cluster.', '[0] cassandra.internal')),
    port: port.default(9042).meta(doc('Port of the nodes.', '9042')),
    user: user.meta(doc('Role; its password is jaegerStoragePassword.', 'jaeger')),
    keyspace: matching('a keyspace', /^[a-z][a-z0-9_]*$/)
      .default('jaeger')
      .meta(kind('name'))
      .meta(doc('Keyspace; it is created when there is none.', 'jaeger')),
    datacenter: matching('a data center', /^[A-Za-z0-9_-]+$/)
      .default('dc1')
      .meta(kind('name'))
      .meta(doc('Data center of the keyspace.', 'dc1')),
    replicas: wholeNumber(1, 9)
      .default(3)
      .meta(doc('Copies of each trace, in a keyspace that is created.', '3')),
  })
  .optional()
  .meta(doc('Cassandra for traces.', '.hosts[0] cassandra.internal'));

/** Path that Jaeger serves its pages below. */
export const basePathPattern = /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/;

const jaeger = z
  .strictObject({
    enabled: z
      .boolean({ error: 'is not true or false' })
      .default(true)
      .meta(
        doc('Keep traces here. Without, they are only forwarded (docs/forwarding.md).', 'false'),
      ),
    port: port
      .default(16686)
      .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '16686')),
    memory: size('256MiB').default('512MiB').meta(doc('Memory limit.', '1GiB')),
    storage: size('1GiB')
      .default('10GiB')
      .meta(
        doc(
          'Space for traces on the volume; JaegerStorageFilling looks at it on Docker too.',
          '20GiB',
        ),
      ),
    retention: duration('1h', '1y')
      .default('7d')
      .meta(doc('How long a trace is kept, from when it was stored.', '7d')),
    basePath: matching('a path that starts with "/" and does not end with it', basePathPattern)
      .default('/')
      .meta(kind('path'))
      .meta(doc('Path of its pages behind a proxy.', '/jaeger')),
    externalUrl: pageUrl
      .optional()
      .meta(doc('URL at which people reach Jaeger.', 'https://jaeger.audifi.io')),
    storageBackend: z
      .enum(['badger', 'elasticsearch', 'opensearch', 'cassandra', 'clickhouse'])
      .default('badger')
      .meta(
        doc(
          'Where traces are kept: badger is a volume of its own, the others are servers that you run. clickhouse is refused: experimental in this Jaeger.',
          'badger',
        ),
      ),
    elasticsearch: searchStore('Elasticsearch', 'https://elasticsearch.internal:9200'),
    opensearch: searchStore('OpenSearch', 'https://opensearch.internal:9200'),
    cassandra,
  })
  .prefault({});

/** Every top-level key that is about traces. */
export const tracesSchema = z.strictObject({
  traces,
  jaeger,
  jaegerStoragePassword: secret(
    matching('a password', /^[^\s]+$/),
    'Password of the user of the server that jaeger.storageBackend names.',
  ),
});

export type ParsedTraces = z.output<typeof tracesSchema>;
