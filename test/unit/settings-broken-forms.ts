import { type Broken, broken } from './settings-broken';

const cluster = { platform: 'kubernetes' };
const silence = {
  ...{ name: 'x', comment: 'why', author: 'ada' },
  from: '2026-12-24T22:00:00Z',
  to: '2026-12-25T02:00:00Z',
};

/** Values that look right, but that a server, Kubernetes or the engine would refuse or change. */
export const brokenForms: readonly Broken[] = [
  ...[
    ...['https://@x.io', 'https://x.io:', 'https://x.io:0', 'https://x.io:08080', 'https://127.1'],
    ...['https://0x7f.1', 'https://2130706433', 'https://[fe80::1%25eth0]', 'https://münchen.de'],
  ].map((url) =>
    broken(
      `a URL that servers read in another way than a browser: ${url}`,
      { uptime: { checks: [{ name: 'x', url }] } },
      'uptime.checks[0].url',
      /is not an http\(s\) URL/,
    ),
  ),
  broken(
    'a user in a URL',
    { prometheus: { externalUrl: 'https://me@x.io' } },
    'prometheus.externalUrl',
    /contains a user or password/,
  ),
  ...['1g', '1gb', '1PiB', '512m', '50%', '1e3MiB'].map((memory) =>
    broken(
      `a size of another tool: ${memory}`,
      { prometheus: { memory } },
      'prometheus.memory',
      /is not a size \(such as 512MiB or 1\.5GiB\)/,
    ),
  ),
  ...['1.5h', '1h15d', '15D', 'P15D', '-15d'].map((retention) =>
    broken(
      `a duration of another tool: ${retention}`,
      { prometheus: { retention } },
      'prometheus.retention',
      /is not a duration \(such as 15s, 1h30m or 15d\)/,
    ),
  ),
  broken(
    'an address of a store with the bucket in it',
    {
      loki: { s3: { bucket: 'audifi-logs', endpoint: 'https://s3.io/audifi-logs' } },
      longTerm: { store: 's3', s3: { bucket: 'abc', endpoint: 'https://s3.io?a=b' } },
    },
    ['loki.s3.endpoint', 'longTerm.s3.endpoint'],
    /has a path or a query/,
  ),
  ...['10.0.0.1', 'a..b', 'a-.b', 'a_b', 'Logs', 's3://logs', 'ab'].map((bucket) =>
    broken(
      `a bucket that S3 does not have: ${bucket}`,
      { loki: { s3: { bucket } } },
      'loki.s3.bucket',
      /is not the name of a bucket/,
    ),
  ),
  broken(
    'names that Kubernetes refuses',
    { ...cluster, kubernetes: { storageClass: 'Fast disks', priorityClass: 'AudiFi' } },
    ['kubernetes.storageClass', 'kubernetes.priorityClass'],
    /is not the name of an object in Kubernetes/,
  ),
  broken(
    'labels, taints, registries and types that Kubernetes refuses',
    {
      ...cluster,
      kubernetes: {
        nodeSelector: { pool: 'a b' },
        tolerations: [{ key: 'dedicated', effect: 'Never' }],
        imageMirrors: { 'quay.io': 'https://hub.audifi.io/' },
        imagePullSecrets: ['Login'],
        seLinuxType: 'system_u:spc_t',
      },
    },
    [
      'kubernetes.nodeSelector.pool',
      'kubernetes.tolerations[0].effect',
      'kubernetes.imageMirrors["quay.io"]',
      'kubernetes.imagePullSecrets[0]',
      'kubernetes.seLinuxType',
    ],
    /without scheme and slash at the end/,
  ),
  broken(
    'a mirror of a registry that no image is from',
    { ...cluster, kubernetes: { imageMirrors: { 'gcr.io': 'hub.audifi.io' } } },
    'kubernetes.imageMirrors["gcr.io"]',
    /unknown key \(known here: docker\.io, quay\.io, registry\.k8s\.io\)/,
  ),
  broken(
    'settings of the reference application on Kubernetes',
    {
      ...cluster,
      referenceAppPorts: { web: 8088 },
      referenceAppLogs: { commands: 'all' },
      inbox: { port: 8025 },
    },
    ['referenceAppPorts.web', 'referenceAppLogs.commands', 'inbox.port'],
    /has no effect on Kubernetes/,
  ),
  broken(
    'cores that Docker and Kubernetes round',
    { prometheus: { cpus: 0.333 }, loki: { cpus: 1.005 } },
    ['prometheus.cpus', 'loki.cpus'],
    /0\.333 has more than two decimals/,
  ),
  ...['https://10.0.0.1', 'https://[fd00::1]:8443/x', 'https://my_grafana.io', 'https://g.io.'].map(
    (externalUrl) =>
      broken(
        `a page without a name for an Ingress: ${externalUrl}`,
        { ...cluster, grafana: { externalUrl, ingress: { className: 'nginx' } } },
        'grafana.externalUrl',
        /must have a host name for grafana\.ingress/,
      ),
  ),
  ...Object.entries({
    ingress: { className: 'nginx' },
    gateway: { name: 'public', namespace: 'gateways' },
  }).map(([way, how]) =>
    broken(
      `a page below a path: ${way}`,
      { ...cluster, grafana: { externalUrl: 'https://audifi.io/grafana', [way]: how } },
      'grafana.externalUrl',
      new RegExp(`must have no path for grafana\\.${way}`),
    ),
  ),
  broken(
    'an annotation that Kubernetes refuses',
    {
      ...cluster,
      grafana: { externalUrl: 'https://g.io', ingress: { annotations: { 'a b/c/d': 'x' } } },
    },
    'grafana.ingress.annotations["a b/c/d"]',
    /is not the name of an annotation/,
  ),
  ...['__name__', '__tmp'].map((label) =>
    broken(
      `a label that Prometheus reserves: ${label}`,
      { prometheus: { externalLabels: { [label]: 'x' } } },
      `prometheus.externalLabels.${label}`,
      /is not a label name/,
    ),
  ),
  broken(
    'domains of e-mail addresses that no address has',
    {
      grafana: {
        ...{ externalUrl: 'https://g.io' },
        oauth: {
          ...{ clientId: 'g', authUrl: 'https://a.io', tokenUrl: 'https://b.io' },
          ...{ apiUrl: 'https://c.io', allowedDomains: ['@audifi.io', 'a b'] },
        },
      },
    },
    [
      ...['grafana.oauth.allowedDomains[0]', 'grafana.oauth.allowedDomains[1]'],
      'grafanaOauthClientSecret',
    ],
    /is not a DNS name/,
  ),
  ...['https://x.io/otlp/v1/traces', 'https://x.io/v1/logs/', 'https://x.io/otlp?key=a'].map(
    (otlpUrl) => ({
      ...broken(
        `a URL to which no path can be appended: ${otlpUrl}`,
        { forwarding: { sentry: { traces: true, otlpUrl } }, sentryPublicKey: 'x' },
        'forwarding.sentry.otlpUrl',
        /has a query|ends with the path of a signal/,
      ),
      extra: { secretKeys: ['sentryPublicKey'] },
    }),
  ),
  ...['[]', '[]a]', '[[:alpha:]]+'].map((name) => ({
    ...broken(
      `a pattern that Prometheus refuses or reads in another way: ${name}`,
      {
        forwarding: { newRelic: { metrics: true, metricNames: [name] } },
        newRelicLicenseKey: 'x',
      },
      'forwarding.newRelic.metricNames[0]',
      /is not a regular expression/,
    ),
    extra: { secretKeys: ['newRelicLicenseKey'] },
  })),
  broken(
    'a port beside the one of a record',
    { targets: { worker: { dns: { name: '_metrics._tcp.worker', type: 'SRV', port: 9092 } } } },
    'targets.worker.dns.port',
    /SRV records contain the port/,
  ),
  ...['a=~"x{1001}"', 'a=~"x{2,2000}"', 'a=~"\\\\pX"'].map((matcher) =>
    broken(
      `a pattern that Alertmanager refuses or reads in another way: ${matcher}`,
      { alertmanager: { silences: [{ ...silence, matchers: [matcher] }] } },
      'alertmanager.silences[0].matchers[0]',
      /is not a matcher/,
    ),
  ),
  ...['audifi_cassandra_1', 'a.b-c', 'db.internal.x', '_m._tcp.w'].flatMap((host) => [
    broken(
      `a host of Cassandra with which Jaeger does not start: ${host}`,
      { jaeger: { storageBackend: 'cassandra', cassandra: { hosts: [host] } } },
      'jaeger.cassandra.hosts[0]',
      /is not a host that Jaeger accepts/,
    ),
    broken(
      `a URL with which Jaeger does not start: ${host}`,
      {
        jaeger: { storageBackend: 'opensearch', opensearch: { urls: [`https://${host}:9200/x`] } },
      },
      'jaeger.opensearch.urls[0]',
      /is not a URL with a host that Jaeger accepts/,
    ),
  ]),
  broken(
    'seconds where PagerDuty has minutes',
    { pagerduty: { escalateAfter: '90s' } },
    'pagerduty.escalateAfter',
    /is not a whole number of minutes/,
  ),
  broken(
    'a time without quotes, as the engine passes it on',
    { pagerduty: { firstHandover: '2026-01-05 09:00:00 +0000 UTC' } },
    'pagerduty.firstHandover',
    /is not a time in quotes/,
  ),
  broken(
    'a name of several lines',
    { pagerduty: { service: 'AudiFi\nprod' } },
    'pagerduty.service',
    /has several lines/,
  ),
  ...(['R&D prod', 'AudiFi/prod', 'AudiFi\\prod', '<AudiFi>'] as const).map((service) =>
    broken(
      `a name that PagerDuty rejects: ${service}`,
      { pagerduty: { service } },
      'pagerduty.service',
      /one of \/ \\ & < >, which PagerDuty rejects/,
    ),
  ),
  broken(
    'a name that PagerDuty would change',
    { pagerduty: { service: 'AudiFi prod ' } },
    'pagerduty.service',
    /begins or ends with a space/,
  ),
  ...(
    [
      [
        'one user of PagerDuty twice',
        1,
        ['ada@audifi.io', 'Ada@audifi.io'],
        /is already in the list/,
      ],
      [
        'more users than PagerDuty pages at once',
        10,
        Array.from({ length: 11 }, (_, i) => `user${i}@audifi.io`),
        /is one too many: PagerDuty pages at most 10 users/,
      ],
    ] as const
  ).map(([name, at, users, what]) => ({
    ...broken(
      name,
      { pagerduty: { create: true, users }, pagerdutyToken: 'of-eight-letters' },
      `pagerduty.users[${at}]`,
      what,
    ),
    extra: { secretKeys: ['pagerdutyToken'] },
  })),
  // Keys without a value: the engine passes an empty text at the top, and null below.
  broken(
    'keys without a value',
    { prometheus: '', platform: '', uptime: { checks: [null] }, loki: { memory: null } },
    ['prometheus', 'platform', 'uptime.checks[0]', 'loki.memory'],
    /has no value/,
  ),
];

/** Unknown keys, and what the message asks. */
export const meantKeys: readonly Broken[] = [
  ...(
    [
      ['slack', 'webhookUrl', 'the secret "slackWebhookUrl"'],
      ['pagerduty', 'key', 'the secret "pagerdutyRoutingKey"'],
      ['grafana', 'password', 'the secret "grafanaAdminPassword"'],
      ['postgres', 'password', 'the secret "postgresPassword"'],
      ['prometheus', 'scrape_interval', '"prometheus.scrapeInterval"'],
      ['prometheus', 'storageSize', '"prometheus.storage"'],
    ] as const
  ).map(([group, key, meant]) =>
    broken(
      `${group}.${key}`,
      { [group]: { [key]: 'hunter2' } },
      `${group}.${key}`,
      asking(`${meant}?`),
    ),
  ),
  ...(
    [
      ['scrapeInterval', '"prometheus.scrapeInterval"?'],
      ['thresholds', '"alerts.thresholds"?'],
      ['retention', '"prometheus.retention", "alertmanager.retention" or "longTerm.retention"?'],
      ['Prometheus', '"prometheus"?'],
    ] as const
  ).map(([key, meant]) => broken(key, { [key]: 'hunter2' }, key, asking(meant))),
  broken(
    'a path as a key',
    { 'prometheus.port': 9091 },
    '["prometheus.port"]',
    asking('the path "prometheus.port"? Set it with --path'),
  ),
  ...['tempo', 'mimir', 'constructor', '__proto__'].map((key) =>
    broken(
      `a key that nothing resembles: ${key}`,
      Object.fromEntries([[key, 1]]),
      key,
      /: unknown key \(known here: platform/,
    ),
  ),
];

function asking(meant: string): RegExp {
  return new RegExp(`unknown key; did you mean ${meant.replace(/[?.]/g, '\\$&')}`);
}
