import { isIP } from 'node:net';
import { z } from 'zod';
import {
  dnsLabel,
  doc,
  duration,
  kind,
  onByDefault,
  onlyOn,
  port,
  publishedPort,
  secret,
  size,
  wholeNumber,
} from '../settings/kinds';
import { host, hostOf, httpUrl, pageUrl } from '../settings/kinds-hosts';

const share = z
  .number({ error: 'is not a number' })
  .min(0, { error: 'is less than 0' })
  .max(1, { error: 'is greater than 1 (1 keeps all traces)' })
  .meta(kind('share, 0 to 1'));

const matching = (what: string, pattern: RegExp) =>
  z.string({ error: `is not ${what}` }).regex(pattern, { error: `is not ${what}` });

const serviceName = matching('the name of a service', /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$/);

const otlpPort = (protocol: string, example: string) =>
  port
    .optional()
    .meta(
      onlyOn(
        'docker',
        `Port on the loopback interface for OTLP over ${protocol} (Docker; default: none, the ` +
          'collector is only reachable on the Docker network).',
        example,
      ),
    );

const sampling = z
  .strictObject({
    share: share
      .default(0.1)
      .meta(doc('Share to keep of the traces that have no error and are not slow.', '0.1')),
    slow: duration('10ms', '10m')
      .default('1s')
      .meta(doc('Traces that take longer than this are always kept.', '1s')),
    services: z
      .record(
        serviceName,
        share.meta(doc('Share for traces that include this service, instead of `share`.', '0.5')),
      )
      .default({})
      .meta(doc('Share by service name.', '.api-server 0.5')),
  })
  .prefault({});

const traces = z
  .strictObject({
    enabled: onByDefault(
      'Run the OpenTelemetry Collector, which receives traces, and Jaeger, which stores them.',
    ),
    replicas: wholeNumber(1, 9)
      .default(1)
      .meta(
        doc(
          'Number of collectors. Several share the load: all spans of a trace go to the same one.',
          '2',
        ),
      ),
    memory: size('128MiB')
      .default('512MiB')
      .meta(
        doc(
          'Memory limit of each collector. It holds every trace in memory until the sampling ' +
            'decision.',
          '1GiB',
        ),
      ),
    storage: size('128MiB')
      .default('1GiB')
      .meta(
        onlyOn('kubernetes', "Size of the volume for the collector's queue (Kubernetes).", '2GiB'),
      ),
    otlpGrpcPort: otlpPort('gRPC', '4317'),
    otlpHttpPort: otlpPort('HTTP', '4318'),
    decisionWait: duration('2s', '2m')
      .default('10s')
      .meta(
        doc(
          'How long the collector waits for the spans of a trace before it decides whether to ' +
            'keep the trace.',
          '10s',
        ),
      ),
    maxTraces: wholeNumber(100, 1_000_000)
      .default(15_000)
      .meta(
        doc(
          'Maximum number of traces that wait for the decision. Above it, the oldest are ' +
            'dropped.',
          '18000',
        ),
      ),
    sampling,
    spanMetricsLimit: wholeNumber(10, 3_000)
      .default(2_000)
      .meta(
        doc(
          'Maximum number of span metric series per service, one per span name, kind and status. ' +
            'Above it, further spans are counted together in one series.',
          '500',
        ),
      ),
    acceptFromNamespaces: z
      .array(dnsLabel.meta(doc('A namespace.', 'audifi')))
      .min(1, { error: 'is an empty list' })
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

/**
 * Jaeger 2.13 checks the addresses of its stores with a regular expression (govalidator.IsURL), and
 * does not start with every host name. It accepts these: one part, or two of which the second has
 * only letters, or several of which the first and the last begin with two letters or digits.
 */
const jaegerHost =
  /^(?:[a-z0-9]+(?:--?[a-z0-9]+)*(?:\.[a-z]+)?|[a-z0-9]+-?[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z0-9]{2,}(?:-[a-z0-9]+)*)\.?$/i;

const isJaegerHost = (name: string): boolean => isIP(name) !== 0 || jaegerHost.test(name);

const refused = (what: string): { error: string } => ({
  error: `is not ${what} that Jaeger accepts (no "_", and no single letter as first or last part)`,
});

const nodeHost = host.refine(isJaegerHost, refused('a host')).meta(kind('host'));
const nodeUrl = httpUrl
  // Without a host, it is not a URL, which is reported already.
  .refine((text) => isJaegerHost(hostOf(text) ?? 'localhost'), refused('a URL with a host'))
  .meta(kind('http(s) URL'));

const searchStore = (what: string, url: string) =>
  z
    .strictObject({
      urls: z
        .array(nodeUrl.meta(doc('URL of a node.', url)))
        .min(1, { error: 'is an empty list' })
        .meta(doc('Nodes of the cluster.', `[0] ${url}`)),
      user: user.meta(doc('User of the cluster. Its password is jaegerStoragePassword.', 'jaeger')),
      indexPrefix: prefix.default('audifi').meta(doc('Prefix of the index names.', 'audifi')),
    })
    .optional()
    .meta(doc(`${what} for traces.`, `.urls[0] ${url}`));

const cassandra = z
  .strictObject({
    hosts: z
      .array(nodeHost.meta(doc('Host name or IP address of a node.', 'cassandra.internal')))
      .min(1, { error: 'is an empty list' })
      .meta(doc('Nodes of the cluster.', '[0] cassandra.internal')),
    port: port.default(9042).meta(doc('Port of the nodes.', '9042')),
    user: user.meta(doc('Role to log in as. Its password is jaegerStoragePassword.', 'jaeger')),
    keyspace: matching('a keyspace', /^[a-z][a-z0-9_]*$/)
      .default('jaeger')
      .meta(kind('name'))
      .meta(doc('Keyspace. Jaeger creates it if it does not exist.', 'jaeger')),
    datacenter: matching('a data center', /^[A-Za-z0-9_-]+$/)
      .default('dc1')
      .meta(kind('name'))
      .meta(doc('Data center of the keyspace.', 'dc1')),
    replicas: wholeNumber(1, 9)
      .default(3)
      .meta(doc('Replication factor of the keyspace, if Jaeger creates it.', '3')),
  })
  .optional()
  .meta(doc('Cassandra for traces.', '.hosts[0] cassandra.internal'));

/** Base path of Jaeger's web pages. */
export const basePathPattern = /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/;

const jaeger = z
  .strictObject({
    enabled: onByDefault(
      'Store traces in Jaeger. If false, they are only forwarded (docs/forwarding.md).',
    ),
    port: publishedPort(16686),
    memory: size('256MiB').default('512MiB').meta(doc('Memory limit.', '1GiB')),
    storage: size('1GiB')
      .optional()
      .meta(
        doc(
          'Space for traces on the volume (default: twice budgets.traces). On Docker, only the ' +
            'alert JaegerStorageFilling uses it.',
          '20GiB',
        ),
      ),
    retention: duration('1h', '1y')
      .default('7d')
      .meta(
        doc(
          'How long a trace is kept after it was stored. With elasticsearch and opensearch, only ' +
            'how far back Jaeger searches: the cluster has to delete the indices.',
          '7d',
        ),
      ),
    basePath: matching('a path that starts with "/" and has no "/" at its end', basePathPattern)
      .default('/')
      .meta(kind('path'))
      .meta(doc('Base path of the web pages behind a proxy.', '/jaeger')),
    externalUrl: pageUrl
      .optional()
      .meta(doc('URL at which people reach Jaeger.', 'https://jaeger.audifi.io')),
    storageBackend: z
      .enum(['badger', 'elasticsearch', 'opensearch', 'cassandra', 'clickhouse'])
      .default('badger')
      .meta(
        doc(
          'Storage backend: badger uses its own volume, the others are servers that you run. ' +
            'With elasticsearch and opensearch, Jaeger acknowledges spans before it stores them, ' +
            'so an outage of the cluster can lose some (docs/tracing.md). ' +
            'clickhouse is rejected: it is experimental in this version of Jaeger.',
          'badger',
        ),
      ),
    elasticsearch: searchStore('Elasticsearch', 'https://elasticsearch.internal:9200'),
    opensearch: searchStore('OpenSearch', 'https://opensearch.internal:9200'),
    cassandra,
  })
  .prefault({});

/** All top-level keys of traces. */
export const tracesSchema = z.strictObject({
  traces,
  jaeger,
  jaegerStoragePassword: secret(
    matching('a password', /^[^\s]+$/),
    'Password of the user on the server that jaeger.storageBackend selects.',
  ),
});

export type ParsedTraces = z.output<typeof tracesSchema>;
