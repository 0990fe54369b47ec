import type { StackConfig, Tree } from '../lib/pulumi-config';

/** An invalid config. */
export interface Broken {
  readonly why: string;
  readonly tree: Tree;
  /** All keys that the message must name. */
  readonly keys: readonly string[];
  /** Other text of the message. */
  readonly says: readonly RegExp[];
  readonly extra?: Partial<StackConfig>;
}

export function broken(
  why: string,
  tree: Tree,
  keys: string | string[],
  ...says: RegExp[]
): Broken {
  return { why, tree, keys: [keys].flat(), says };
}

const check = { name: 'x', url: 'https://x.io' };
const silence = {
  ...{ name: 'x', matchers: ['alertname=A'], comment: 'why', author: 'ada' },
  from: '2026-12-24T22:00:00Z',
  to: '2026-12-25T02:00:00Z',
};

/** A single value or key is wrong. */
export const brokenValues: readonly Broken[] = [
  // Types and formats
  broken(
    'a number for a duration',
    { prometheus: { scrapeInterval: 15 } },
    'prometheus.scrapeInterval',
    /15 is not a duration/,
  ),
  broken(
    'a log_line_prefix with an escape that PostgreSQL does not know',
    { logs: { sources: { postgres: { prefix: '%m %z ' } } } },
    'logs.sources.postgres.prefix',
    /has "%z", which is unknown in log_line_prefix/,
  ),
  broken(
    'a log_line_prefix for a source that is not PostgreSQL',
    { logs: { sources: { redis: { prefix: '%m ' } } } },
    'logs.sources.redis.prefix',
    /does not have the format postgres/,
  ),
  broken(
    "a path of Docker's that begins nowhere",
    { logs: { dockerRoot: 'var/lib/docker' } },
    'logs.dockerRoot',
    /is not an absolute path/,
  ),
  broken(
    'a duration without unit',
    { prometheus: { retention: '15' } },
    'prometheus.retention',
    /"15" is not a duration/,
  ),
  broken(
    'a duration of another language',
    { prometheus: { retention: '15 days' } },
    'prometheus.retention',
  ),
  broken(
    'no time at all',
    { prometheus: { evaluationInterval: '0s' } },
    'prometheus.evaluationInterval',
  ),
  broken(
    'a duration out of bounds',
    { prometheus: { scrapeInterval: '10m' } },
    'prometheus.scrapeInterval',
    /not between 1s and 2m/,
  ),
  broken('a size that is none', { prometheus: { memory: 'lots' } }, 'prometheus.memory'),
  broken(
    'a size that is too small',
    { prometheus: { memory: '64MiB' } },
    'prometheus.memory',
    /less than 128MiB/,
  ),
  broken('a text for a port', { prometheus: { port: 'web' } }, 'prometheus.port'),
  broken('port 0', { uptime: { port: 0 } }, 'uptime.port', /1 to 65535/),
  broken('port 70000', { cadvisor: { port: 70000 } }, 'cadvisor.port', /70000/),
  broken('half a port', { cadvisor: { port: 80.5 } }, 'cadvisor.port'),
  broken('a group for a port', { prometheus: { port: { number: 1 } } }, 'prometheus.port'),
  broken(
    'yes for true',
    { nodeExporter: { enabled: 'yes' } },
    'nodeExporter.enabled',
    /"yes" is not true or false/,
  ),
  {
    ...broken(
      'a URL for a host',
      { postgres: { host: 'postgres://db.audifi.io' }, postgresPassword: 'x' },
      'postgres.host',
      /no scheme, no port/,
    ),
    extra: { secretKeys: ['postgresPassword'] },
  },
  {
    ...broken(
      'a host with its port',
      { redis: { host: 'redis:6379' }, redisPassword: 'x' },
      'redis.host',
    ),
    extra: { secretKeys: ['redisPassword'] },
  },
  broken(
    'a mode of TLS that does not tell whether it is used',
    { postgres: { sslmode: 'prefer' } },
    'postgres.sslmode',
    /disable, require/,
  ),
  broken('a name of a role with a quote', { postgres: { user: "o'neill" } }, 'postgres.user'),
  broken('a limit that would never be met', { alerts: { thresholds: { redisMemoryRatio: 90 } } }, [
    'alerts.thresholds.redisMemoryRatio',
  ]),
  {
    ...broken(
      'a password that the exporter could not read, and would log',
      { postgres: { host: 'db.audifi.io' }, postgresPassword: 'two words' },
      'postgresPassword',
      /not shown: it is a secret/,
    ),
    extra: { secretKeys: ['postgresPassword'] },
  },
  broken(
    'an unknown platform',
    { platform: 'nomad' },
    'platform',
    /"nomad" is not one of docker, kubernetes/,
  ),
  broken(
    'a list for a label value',
    { prometheus: { externalLabels: { shard: [1] } } },
    'prometheus.externalLabels.shard',
  ),
  broken(
    'a label name that is none',
    { prometheus: { externalLabels: { 'a-b': 'x' } } },
    'prometheus.externalLabels.a-b',
    /not a label name/,
  ),
  broken('an environment that is no DNS label', { environment: 'Prod EU' }, 'environment'),
  broken(
    'an empty context',
    { platform: 'kubernetes', kubernetes: { context: '' } },
    'kubernetes.context',
    /has no value/,
  ),
  broken(
    'a threshold as a text',
    { alerts: { thresholds: { errorRatio: '5%' } } },
    'alerts.thresholds.errorRatio',
    /"5%" is not a number/,
  ),
  broken(
    'a threshold that is a slip',
    { alerts: { thresholds: { memoryUsedRatio: 85, diskFreeRatio: 0 } } },
    ['alerts.thresholds.memoryUsedRatio', 'alerts.thresholds.diskFreeRatio'],
    /85 is more than 0\.99/,
    /0 is less than 0\.01/,
  ),
  // Values that a server of the stack would reject or interpret differently
  ...['https:/x.io', 'https://x .io', 'https:\\\\x.io', 'http:x.io', 'https://x.io/%zz'].map(
    (url) =>
      broken(
        `a URL that only a browser repairs: ${url}`,
        { prometheus: { externalUrl: url } },
        'prometheus.externalUrl',
        /is not an http\(s\) URL/,
      ),
  ),
  broken(
    'a page with a query',
    { alertmanager: { externalUrl: 'https://alerts.audifi.io/?team=a' } },
    'alertmanager.externalUrl',
    /has a query/,
  ),
  ...['europe/berlin', 'PST', 'Local', 'US/Eastern', '../etc/passwd', 'UTC '].map((timeZone) =>
    broken(
      `a time zone that Alertmanager does not start with: ${timeZone}`,
      { alertmanager: { maintenance: [{ name: 'x', from: '01:00', to: '02:00', timeZone }] } },
      'alertmanager.maintenance[0].timeZone',
      /exact name in the IANA database/,
    ),
  ),
  broken(
    'a size that no server can count',
    { prometheus: { memory: '99999999TiB', retentionSize: '65TiB' } },
    ['prometheus.memory', 'prometheus.retentionSize'],
    /is more than 64TiB/,
  ),
  ...[
    '10.0.0.500:9090',
    '1.2.3:9090',
    '[::1%eth0]:9090',
    '::1:9090',
    '[10.0.0.1]:9090',
    '0x1:9',
  ].map((address) =>
    broken(
      `an address that is none: ${address}`,
      { targets: { worker: { addresses: [address] } } },
      'targets.worker.addresses[0]',
      /is not host:port/,
    ),
  ),
  broken(
    'an IPv4 address with a part too large',
    { redis: { host: '10.0.0.500' } },
    ['redis.host', 'redisPassword'],
    /is not a host/,
  ),
  broken(
    'a query in a path',
    { targets: { worker: { path: '/metrics?format=prometheus' } } },
    'targets.worker.path',
    /params/,
  ),
  broken(
    'a path that is escaped twice',
    { targets: { worker: { path: '/a%20b' } } },
    'targets.worker.path',
    /do not escape with %/,
  ),
  {
    ...broken(
      'the scheme of a token',
      { metricsToken: 'Bearer abc' },
      'metricsToken',
      /no "Bearer" before it \(not shown: it is a secret\)/,
    ),
    extra: { secretKeys: ['metricsToken'] },
  },
  broken(
    "a network of Docker's own",
    { network: 'bridge' },
    'network',
    /do not resolve container names/,
  ),
  broken(
    'several instances of Grafana without a common database',
    { grafana: { replicas: 2 } },
    ['grafana.database', 'grafanaDatabasePassword', 'grafanaAdminPassword'],
    /2 instances \(grafana\.replicas\) need one database/,
  ),
  broken(
    'a name that Grafana would look up in its environment',
    { grafana: { database: { host: 'db.audifi.io', user: '${HOME}' } } },
    ['grafana.database.user', 'grafanaDatabasePassword', 'grafanaAdminPassword'],
    /no "\$\{"/,
  ),
  ...['default', 'kube-system', 'm'.repeat(59)].map((namespace) =>
    broken(
      `a namespace that the stack cannot have: ${namespace}`,
      { platform: 'kubernetes', kubernetes: { namespace } },
      'kubernetes.namespace',
      /Kubernetes itself|longer than 58/,
    ),
  ),
  broken(
    'a path that Jaeger cannot serve',
    { jaeger: { externalUrl: 'https://x.io/a,b' } },
    'jaeger.externalUrl',
    /cannot serve/,
  ),
  broken(
    'a window that begins when the day ends',
    { alertmanager: { maintenance: [{ name: 'x', from: '24:00', to: '24:00' }] } },
    'alertmanager.maintenance[0].from',
    /is the end of a day/,
  ),
  ...['alertname', 'alertname==A', 'a-b=c', 'a=~"("', 'a=~"(?!x)"'].map((matcher) =>
    broken(
      `a matcher that Alertmanager refuses: ${matcher}`,
      { alertmanager: { silences: [{ ...silence, matchers: [matcher] }] } },
      'alertmanager.silences[0].matchers[0]',
      /is not a matcher \(label="value"/,
    ),
  ),
  ...[
    ...['2026-12-24T22:00:00', '2026-12-24T22:00:00 Europe/Berlin', '2026-02-30T00:00:00Z'],
    // As the engine passes on a time that the file has without quotes.
    '2026-12-24 22:00:00 +0000 UTC',
  ].map((from) =>
    broken(
      `a time without a valid date and offset: ${from}`,
      { alertmanager: { silences: [{ ...silence, from }] } },
      'alertmanager.silences[0].from',
      /is not a time in quotes and with its offset, such as "2026-12-24T22:00:00\+01:00"/,
    ),
  ),
  broken(
    'a silence without an end',
    { alertmanager: { silences: [{ ...silence, to: undefined }] } },
    'alertmanager.silences[0].to',
    /is missing/,
  ),
  broken(
    'one port twice, where there are none',
    { platform: 'kubernetes', alertmanager: { port: 9090 }, prometheus: { port: 9090 } },
    ['alertmanager.port', 'prometheus.port'],
    /has no effect on Kubernetes/,
  ),
  // Groups and lists
  broken('a list for a group', { prometheus: [1] }, 'prometheus', /is a list, not a group of keys/),
  broken('a text for a group', { uptime: 'yes' }, 'uptime'),
  broken('a group for a text', { network: { name: 'x' } }, 'network'),
  broken(
    'a text for a list',
    { uptime: { checks: 'https://audifi.io' } },
    'uptime.checks',
    /not a list/,
  ),
  broken(
    'a text for a list of addresses',
    { targets: { worker: { addresses: 'worker:1' } } },
    'targets.worker.addresses',
  ),
  broken('a text for a target', { targets: { worker: 'worker:9092' } }, 'targets.worker'),
  broken(
    'an empty list of addresses',
    { targets: { worker: { addresses: [] } } },
    'targets.worker.addresses',
    /empty list/,
  ),
  // Keys
  broken('an unknown key', { promethues: {} }, 'promethues', /did you mean "prometheus"/),
  broken(
    'an unknown key inside',
    { prometheus: { retentoin: '1d' } },
    'prometheus.retentoin',
    /did you mean "prometheus\.retention"/,
  ),
  broken(
    'an unknown key in a list',
    { uptime: { checks: [{ ...check, intervall: '1m' }] } },
    'uptime.checks[0].intervall',
    /"uptime\.checks\[0\]\.interval"/,
  ),
  broken('a key with a dot', { targets: { worker: { 'a.b': 1 } } }, 'targets.worker["a.b"]'),
  broken(
    'a missing key',
    { uptime: { checks: [{ url: 'https://x.io' }] } },
    'uptime.checks[0].name',
    /is missing/,
  ),
];

/** The values do not fit each other or the environment. */
export const brokenMeanings: readonly Broken[] = [
  // URLs and addresses
  broken(
    'a URL without scheme',
    { uptime: { checks: [{ name: 'x', url: 'x.io' }] } },
    'uptime.checks[0].url',
    /http\(s\) URL/,
  ),
  broken(
    'another scheme',
    { uptime: { checks: [check, { name: 'y', url: 'ftp://x.io' }] } },
    'uptime.checks[1].url',
  ),
  broken(
    'a password in a URL',
    { prometheus: { externalUrl: 'https://me:hunter2@x.io' } },
    'prometheus.externalUrl',
    /contains a user or password/,
  ),
  broken(
    'an address with a scheme',
    { targets: { worker: { addresses: ['worker:1', 'http://w:2'] } } },
    'targets.worker.addresses[1]',
    /no scheme/,
  ),
  broken(
    'an address without port',
    { targets: { worker: { addresses: ['worker'] } } },
    'targets.worker.addresses[0]',
  ),
  // Contradicting thresholds, whichever was set
  broken(
    'a critical alert before its warning',
    { alerts: { thresholds: { certificateDays: 4, certificateCriticalDays: 10 } } },
    'alerts.thresholds.certificateCriticalDays',
    /10 is not less than certificateDays \(4\)/,
  ),
  // Targets
  broken(
    'a job without a place',
    { targets: { 'api-sever': { interval: '5s' } } },
    'targets.api-sever',
    /did you mean "api-server"/,
  ),
  broken(
    'a job of two places',
    { targets: { worker: { addresses: ['a:1'], dns: { name: 'b', port: 1 } } } },
    'targets.worker',
    /both/,
  ),
  broken(
    'a job of three places',
    {
      platform: 'kubernetes',
      targets: {
        worker: {
          addresses: ['a.internal:1'],
          dns: { name: 'b.internal', port: 1 },
          kubernetes: { labels: { app: 'worker' }, port: 1 },
        },
      },
    },
    ['targets.worker', 'targets.worker'],
    /both addresses and kubernetes/,
  ),
  broken(
    'an address that the list has twice',
    { targets: { worker: { addresses: ['a:1', 'b:1', 'a:1'] } } },
    'targets.worker.addresses[2]',
    /is the same as targets\.worker\.addresses\[0\]/,
  ),
  broken(
    'a login for a registry that the list has twice',
    { platform: 'kubernetes', kubernetes: { imagePullSecrets: ['hub', 'hub'] } },
    'kubernetes.imagePullSecrets[1]',
    /is the same as kubernetes\.imagePullSecrets\[0\]/,
  ),
  broken(
    'a port of pods that the list has twice',
    { platform: 'kubernetes', kubernetes: { podPorts: [9000, 8080, 9000] } },
    'kubernetes.podPorts[2]',
    /is the same as kubernetes\.podPorts\[0\]/,
  ),
  broken(
    'pods on Docker',
    { targets: { worker: { kubernetes: { labels: { app: 'worker' }, port: 1 } } } },
    'targets.worker.kubernetes',
    /do not exist on Docker/,
  ),
  broken(
    'pods of no label',
    {
      platform: 'kubernetes',
      targets: { worker: { kubernetes: { labels: {}, port: 1 } } },
    },
    'targets.worker.kubernetes.labels',
    /has no label/,
  ),
  broken(
    'a label that would end the selector',
    {
      platform: 'kubernetes',
      targets: { worker: { kubernetes: { labels: { app: 'a,b' }, port: 1 } } },
    },
    'targets.worker.kubernetes.labels.app',
    /not a label value/,
  ),
  broken(
    'a job with our name',
    { targets: { node: { addresses: ['a:1'] } } },
    'targets.node',
    /stack itself/,
  ),
  broken(
    "a job with a name of JavaScript's",
    { targets: { constructor: {} } },
    'targets.constructor',
  ),
  broken(
    'a job in capitals',
    { targets: { 'My Job': { addresses: ['a:1'] } } },
    'targets["My Job"]',
    /not a job name/,
  ),
  broken(
    'DNS without port',
    { targets: { worker: { dns: { name: 'worker.internal' } } } },
    'targets.worker.dns.port',
    /A records contain no port/,
  ),
  broken(
    'DNS without name',
    { targets: { worker: { dns: { port: 1 } } } },
    'targets.worker.dns.name',
  ),
  broken(
    'an unknown record',
    { targets: { worker: { dns: { name: 'w', type: 'MX' } } } },
    'targets.worker.dns.type',
    /A, AAAA, SRV/,
  ),
  // Settings that would be ignored silently
  broken(
    "the other platform's settings, on Docker",
    {
      kubernetes: { namespace: 'm' },
      prometheus: { storage: '10GiB' },
      traces: { acceptFromNamespaces: ['a'] },
    },
    ['kubernetes', 'prometheus.storage', 'traces.acceptFromNamespaces'],
    /has no effect on Docker: it is only for a stack on Kubernetes/,
  ),
  broken(
    "the other platform's settings, on Kubernetes",
    {
      platform: 'kubernetes',
      uptime: { port: 9115 },
      logs: { dockerRoot: '/d' },
      traces: { otlpGrpcPort: 4317 },
    },
    ['uptime.port', 'logs.dockerRoot', 'traces.otlpGrpcPort'],
    /has no effect on Kubernetes: it is only for a stack on Docker/,
  ),
  ...['audifi-observabilty:platform', 'audifi:prometheus', 'aws:region'].map((whole) => ({
    ...broken(
      `a key of another namespace: ${whole}`,
      {},
      whole.replace(/:.*/, ''),
      /is an unknown namespace/,
    ),
    extra: { otherKeys: [whole, 'docker:host'] },
  })),
  broken(
    'two applications of one name',
    { network: 'audifi', referenceApp: true },
    'referenceApp',
    /the same names/,
  ),
  broken(
    "the application in the stack's own namespace",
    { platform: 'kubernetes', kubernetes: { namespace: 'audifi' } },
    'kubernetes.namespace',
    /policies would block/,
  ),
  // Problems hidden by other problems
  broken(
    'a secret in the group that asks for it',
    { grafana: { oauth: { clientSecret: 'hunter2' } } },
    [
      'grafana.oauth.clientSecret',
      ...['clientId', 'authUrl', 'tokenUrl', 'apiUrl'].map((key) => `grafana.oauth.${key}`),
      'grafanaOauthClientSecret',
      'grafana.externalUrl',
    ],
    /grafana\.oauth\.tokenUrl --plaintext /,
  ),
  // Secrets
  broken(
    'a missing secret',
    { targets: { worker: { bearerToken: true } } },
    'metricsToken',
    /required by targets\.worker\.bearerToken/,
    /--secret/,
  ),
  broken('a secret in plain text', { metricsToken: 'hunter2' }, 'metricsToken', /plain text/),
  // Problems that depend on several keys
  broken(
    'a clash of ports',
    { prometheus: { port: 8080 }, cadvisor: { port: 8080 }, uptime: { port: 8080 } },
    ['cadvisor.port', 'uptime.port'],
    /8080 is already the port of prometheus\.port/,
  ),
  broken('two checks of one name', { uptime: { checks: [check, check, check] } }, [
    'uptime.checks[1].name',
    'uptime.checks[2].name',
  ]),
  broken(
    'a certificate of http',
    { uptime: { checks: [{ name: 'x', url: 'http://x.io', kind: 'certificate' }] } },
    'uptime.checks[0].url',
    /no certificate/,
  ),
  broken('a label of ours', { prometheus: { externalLabels: { env: 'x', stack: 'y' } } }, [
    'prometheus.externalLabels.env',
    'prometheus.externalLabels.stack',
  ]),
  broken(
    'a Docker network on Kubernetes',
    { platform: 'kubernetes', network: 'audifi' },
    'network',
  ),
  broken(
    'what is built on this machine, on Kubernetes',
    { platform: 'kubernetes', referenceApp: true, inbox: { enabled: true } },
    ['referenceApp', 'inbox.enabled'],
    /a cluster pulls its images from a registry/,
  ),
  broken(
    'a drill on Kubernetes',
    { platform: 'kubernetes', alerts: { speedUp: 10 } },
    'alerts.speedUp',
    /only for drills on Docker/,
  ),
  broken(
    'a drill that is too fast',
    { alerts: { speedUp: 100 } },
    'alerts.speedUp',
    /100 is more than 60/,
  ),
  broken('yes for an application', { referenceApp: 'yes' }, 'referenceApp', /not true or false/),
  broken(
    'a clash of the ports of the application',
    { referenceAppPorts: { web: 9090, control: 8025 } },
    ['referenceAppPorts.web', 'referenceAppPorts.control'],
    /9090 is already the port of prometheus\.port/,
    /8025 is already the port of inbox\.port/,
  ),
  broken(
    'an objective whose fast burn could never page',
    { slo: { login: { objective: 0.93 } } },
    'slo.login.objective',
    /0\.93 is too low: the alert on a fast burn fires above 14\.4 times the error budget \(0\.07\)/,
    /more than 0\.9306/,
  ),
  broken(
    'an objective that longer budgets make unreachable',
    { slo: { windowDays: 92, stripeWebhooks: { objective: 0.97 } } },
    'slo.stripeWebhooks.objective',
    /44\.16 times/,
  ),
  broken(
    'a latency between two buckets',
    { slo: { apiLatency: { seconds: 1.5 } } },
    'slo.apiLatency.seconds',
    /is not a bucket of the latency histogram \(0\.005, .*, 10\)/,
  ),
  broken(
    'an objective in percent',
    { slo: { apiAvailability: { objective: 99.9 } } },
    'slo.apiAvailability.objective',
    /more than 0\.99999/,
  ),
  broken('a budget of a week', { slo: { windowDays: 7 } }, 'slo.windowDays', /is less than 28/),
  broken(
    'data that is gone before the slowest alert needs it',
    { prometheus: { retention: '3d' } },
    'prometheus.retention',
    /3d is too short for the alerts on error budgets/,
    /prometheus\.retention 4d/,
  ),
  broken(
    'an evaluation that is too seldom for error budgets',
    { prometheus: { evaluationInterval: '3m' } },
    'prometheus.evaluationInterval',
    /3m is too long for the error budgets/,
    /prometheus\.evaluationInterval 2m/,
  ),
  broken(
    'a volume without room',
    { platform: 'kubernetes', prometheus: { retentionSize: '40GiB', storage: '40GiB' } },
    'prometheus.retentionSize',
    /48GiB/,
  ),
  broken(
    'a server without its password',
    { postgres: { host: 'db.audifi.io' }, redis: { host: 'redis.audifi.io' } },
    ['postgresPassword', 'redisPassword'],
    /is missing but required by postgres\.host/,
  ),
  {
    ...broken(
      'a password without its server',
      { redisPassword: 'x' },
      'redis.host',
      /redisPassword/,
    ),
    extra: { secretKeys: ['redisPassword'] },
  },
  {
    ...broken(
      "a target in the place of the stack's own exporter",
      {
        postgres: { host: 'db.audifi.io' },
        postgresPassword: 'x',
        targets: { postgres: { addresses: ['db-exporter:9187'] } },
      },
      'targets.postgres',
      /already adds the stack's own exporter/,
    ),
    extra: { secretKeys: ['postgresPassword'] },
  },
  broken(
    'a login from elsewhere that cannot come back',
    {
      grafana: {
        oauth: {
          clientId: 'grafana',
          authUrl: 'https://sso.io/a',
          tokenUrl: 'https://sso.io/t',
          apiUrl: 'https://sso.io/u',
        },
      },
    },
    ['grafanaOauthClientSecret', 'grafana.externalUrl'],
    /redirects to it after a login/,
  ),
  broken(
    'two ways in to Grafana, at no host name',
    {
      platform: 'kubernetes',
      alerts: { acceptGaps: true },
      grafana: { ingress: {}, gateway: { name: 'public', namespace: 'gateways' } },
    },
    ['grafana.gateway', 'grafana.externalUrl'],
    /cannot be combined with grafana\.ingress/,
  ),
  broken(
    'several Lokis without a bucket',
    { loki: { replicas: 3 } },
    'loki.replicas',
    /loki\.s3 names no bucket/,
  ),
  broken(
    'two Lokis, which survive no failure',
    { loki: { replicas: 2, s3: { bucket: 'audifi-logs' } } },
    'loki.replicas',
    /each line is written to three instances/,
  ),
  broken(
    'a database of Grafana without the keys to it',
    { grafana: { database: { host: 'db.audifi.io' } } },
    ['grafanaDatabasePassword', 'grafanaAdminPassword'],
    /outlives the stack/,
  ),
  {
    ...broken(
      "a key for Grafana's file, which has a random one",
      { grafanaSecretKey: '0123456789abcdef' },
      'grafanaSecretKey',
      /grafana\.database is not: for its own database, Grafana keeps the generated key/,
    ),
    extra: { secretKeys: ['grafanaSecretKey'] },
  },
  broken(
    'two services on one port',
    { grafana: { port: 9090 } },
    'grafana.port',
    /prometheus\.port/,
  ),
  {
    ...broken(
      'secrets of Grafana that nobody uses',
      { grafanaOauthClientSecret: 'x', grafanaDatabasePassword: 'y' },
      ['grafanaOauthClientSecret', 'grafanaDatabasePassword'],
      /it would have no effect/,
    ),
    extra: { secretKeys: ['grafanaOauthClientSecret', 'grafanaDatabasePassword'] },
  },
  {
    ...broken(
      'a stack name that is no label',
      {},
      'stack',
      /"My_Stack" .*then run make up STACK=my-stack$/m,
      /Example: mv -n Pulumi\.My_Stack\.yaml Pulumi\.my-stack\.yaml$/m,
    ),
    extra: { stack: 'My_Stack' },
  },
  // All at once
  broken(
    'several at once, of schema and sense alike',
    {
      platform: 'vm',
      prometheus: { port: 0, retention: 'x', externalLabels: { env: 'x' } },
      nope: 1,
      uptime: { checks: [{ ...check, interval: '1' }, check] },
      targets: { node: {} },
    },
    [
      'platform',
      'prometheus.port',
      'prometheus.retention',
      'prometheus.externalLabels.env',
      'nope',
      'uptime.checks[0].interval',
      'uptime.checks[1].name',
      'targets.node',
    ],
    /^8 settings of stack "dev" cannot be used\. Nothing was changed\./,
  ),
];
