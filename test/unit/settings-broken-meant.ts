import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../scripts/stack-files';
import type { Tree } from '../lib/pulumi-config';
import { configWith } from '../lib/settings-arbitrary';
import { type Broken, broken } from './settings-broken';

const sentry = { sentryPublicKey: 'x' };

/** The settings of a stack's file in this repository. */
function settingsOf(stack: string): Tree {
  const text = readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), 'utf8');
  const { config } = parse(text) as { config: Tree };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^.*:/, ''), value]),
  );
}
const production = settingsOf('prod');

/** Places that a container cannot or must not reach. */
export const brokenHosts: readonly Broken[] = [
  ...['a.my_ns.svc:9090', 'a.my_ns.svc.cluster.local:9090'].map((address) =>
    broken(
      `a namespace that cannot exist: ${address}`,
      { targets: { worker: { addresses: [address] } } },
      'targets.worker.addresses[0]',
      /has a "_" in the part before "\.svc", which is a namespace/,
    ),
  ),
  ...(
    [
      [{ addresses: ['billing:9090'] }, 'addresses[0]', 'billing.audifi.svc:9090'],
      [{ dns: { name: 'billing', port: 1 } }, 'dns.name', 'billing.audifi.svc'],
      [
        { dns: { name: '_metrics._tcp.billing', type: 'SRV' } },
        'dns.name',
        '_metrics._tcp.billing.audifi.svc',
      ],
    ] as const
  ).map(([billing, key, meant]) =>
    broken(
      `a name that pods look up in their own namespace: ${JSON.stringify(billing)}`,
      { platform: 'kubernetes', targets: { billing } },
      `targets.billing.${key}`,
      /looked up in that of the stack itself \(monitoring\)/,
      new RegExp(`Example: .* ${meant.replaceAll('.', '\\.')}$`, 'm'),
    ),
  ),
  ...(['postgres', 'redis', 'pgbouncer'] as const).map((server) => ({
    ...broken(
      `a server in the stack's own namespace: ${server}`,
      {
        ...{ platform: 'kubernetes', kubernetes: { appNamespace: 'shop' } },
        ...{ [server]: { host: 'db' }, [`${server}Password`]: 'x' },
      },
      `${server}.host`,
      /Example: .* db\.shop\.svc$/m,
    ),
    extra: { secretKeys: [`${server}Password`] },
  })),
  ...['http://[2001:db8::1]:4318', 'http://[::ffff:8.8.8.8]:4318'].map((otlpUrl) => ({
    ...broken(
      `a public address without encryption: ${otlpUrl}`,
      { forwarding: { sentry: { traces: true, otlpUrl } }, ...sentry },
      'forwarding.sentry.otlpUrl',
      /would send the key and all data unencrypted/,
    ),
    extra: { secretKeys: Object.keys(sentry) },
  })),
  ...(
    [
      ['10.0.0.5/16', '10.0.0.0/16'],
      ['10.1.2.255/25', '10.1.2.128/25'],
      ['192.168.1.1/0', '0.0.0.0/0'],
      ['fd00:1:2:3::5/48', 'fd00:1:2::/48'],
      ['2001:db8:0:ffff::/50', '2001:db8:0:c000::/50'],
    ] as const
  ).map(([range, meant]) =>
    broken(
      `a range that does not begin with its first address: ${range}`,
      { platform: 'kubernetes', kubernetes: { dns: { cidrs: [range] } } },
      'kubernetes.dns.cidrs[0]',
      /does not begin with the first address of its range/,
      new RegExp(`Example: .* ${meant.replaceAll('.', '\\.')}$`, 'm'),
    ),
  ),
];

/** Words that resemble one that the setting accepts. The whole message is one correction. */
export const meantWords: readonly Broken[] = [
  ...['Kubernetes', 'kubernets', 'k8s', 'K8S', 'KUBERNETES'].map((platform) =>
    broken(
      `a platform with another name: ${platform}`,
      { ...production, platform },
      'platform',
      /^1 setting /,
      /Example: pulumi config set --path platform kubernetes$/m,
    ),
  ),
  broken(
    'a platform that does not exist, in settings of one on Kubernetes',
    { ...production, platform: 'nomad' },
    'platform',
    /^1 setting /,
    /Example: pulumi config set --path platform kubernetes$/m,
  ),
  broken(
    'a backend, an agent and a store in other letters',
    {
      jaeger: { storageBackend: 'OpenSearch', opensearch: { urls: ['https://o.internal'] } },
      logs: { agent: 'Otel' },
      longTerm: { store: 'S3', s3: { bucket: 'audifi-metrics' } },
    },
    ['jaeger.storageBackend', 'logs.agent', 'longTerm.store'],
    /storageBackend opensearch$/m,
    /logs\.agent otel$/m,
    /longTerm\.store s3$/m,
  ),
  ...(['s3', 'gcs'] as const).map((store) =>
    broken(
      `a bucket of a store that is not selected: ${store}`,
      { longTerm: { [store]: { bucket: 'audifi-metrics' } } },
      `longTerm.${store}`,
      new RegExp(`Example: pulumi config set --path longTerm\\.store ${store}$`, 'm'),
    ),
  ),
  {
    ...broken(
      'a bucket with its keys, of a store that is not selected',
      {
        longTerm: { s3: { bucket: 'audifi-metrics' } },
        ...{ longTermS3AccessKey: 'x', longTermS3SecretKey: 'y' },
      },
      'longTerm.s3',
      /longTerm\.store s3$/m,
    ),
    extra: { secretKeys: ['longTermS3AccessKey', 'longTermS3SecretKey'] },
  },
  broken(
    "Docker's directory with a slash at its end",
    { logs: { dockerRoot: '/mnt/docker/' } },
    'logs.dockerRoot',
    /ends with a slash/,
    /dockerRoot \/mnt\/docker$/m,
  ),
];

/** Settings that would do nothing, or something else. */
export const brokenEffects: readonly Broken[] = [
  ...(
    ['kubernetes:context', 'kubernetes:kubeconfig', 'grafana:url', 'pagerduty:token'] as const
  ).map((whole) => ({
    ...broken(
      `config of a provider that nobody reads: ${whole}`,
      production,
      whole.replace(/:.*/, ''),
      new RegExp(`"${whole}" has no effect: .*; use the (setting|secret|variable) \\w`),
    ),
    extra: { otherKeys: [whole, 'docker:host', 'pulumi:tags'] },
  })),
  {
    ...broken(
      'the context of another namespace, which must not be lost',
      production,
      'kubernetes',
      /kubernetes\.context prod-eu && pulumi config rm kubernetes:context$/m,
    ),
    extra: { otherKeys: ['kubernetes:context'] },
  },
  {
    ...broken(
      'PagerDuty that is not created',
      { pagerduty: { users: ['ada@audifi.io'] }, pagerdutyToken: 'of-eight-letters' },
      'pagerdutyToken',
      /has no effect without pagerduty\.create: nobody would be paged/,
      /pagerduty\.create true$/m,
    ),
    extra: { secretKeys: ['pagerdutyToken'] },
  },
  broken(
    'people on call of a PagerDuty that is not created',
    { pagerduty: { users: ['ada@audifi.io'] } },
    ['pagerduty.users', 'pagerdutyToken'],
    /has no effect without pagerduty\.create/,
  ),
  broken(
    'nobody who may send spans',
    { platform: 'kubernetes', traces: { acceptFromNamespaces: [] } },
    'traces.acceptFromNamespaces',
    /is an empty list/,
  ),
  broken(
    'labels that would replace those of the series',
    { prometheus: { externalLabels: { job: 'a', instance: 'b', region: 'c', le: 'd' } } },
    ['job', 'instance', 'le'].map((label) => `prometheus.externalLabels.${label}`),
    /is already a label of series or alerts, and would replace its values/,
  ),
  broken(
    "a limit that Docker's provider reads back differently",
    { prometheus: { cpus: 10.05 }, loki: { cpus: 20.01 } },
    ['prometheus.cpus', 'loki.cpus'],
    /10\.05 is a limit that Docker's provider cannot store/,
  ),
  broken(
    'a list for one channel',
    { slack: { alertsChannel: ['#a'] } },
    ['slack.alertsChannel'],
    /is a list, not a channel/,
  ),
  broken(
    'an abbreviation, which is shown',
    { platform: 'k8s' },
    ['platform'],
    /"k8s" is not one of docker, kubernetes/,
  ),
  broken(
    'a list for a text of scopes',
    {
      grafana: {
        externalUrl: 'https://g.io',
        oauth: {
          ...{ clientId: 'g', authUrl: 'https://a.io', tokenUrl: 'https://b.io' },
          ...{ apiUrl: 'https://c.io', scopes: ['openid', 'email'] },
        },
      },
    },
    ['grafana.oauth.scopes', 'grafanaOauthClientSecret'],
    /is a list, not a text of scopes separated by spaces/,
  ),
];

const grafanaUrl = 'grafana.mycompany.com';

/** Values in another spelling, and what the command sets. */
export const meantValues: readonly Broken[] = [
  ...(
    [
      ['prometheus.retention', '30 days', '30d'],
      ['prometheus.retention', '30d ', '30d'],
      ['prometheus.retention', '30D', '30d'],
      ['prometheus.evaluationInterval', '1 Minute', '1m'],
      ['logs.retention.error', '180d ', '180d'],
      ['environment', 'Prod', 'prod'],
      ['budgets.metrics', '100gb', '100GiB'],
      ['budgets.metrics', '1.5 gib', '1.5GiB'],
      ['prometheus.memory', '512m', '512MiB'],
      ['grafana.externalUrl', grafanaUrl, `https://${grafanaUrl}`],
      ['prometheus.externalLabels.region', 'eu ', 'eu'],
      ['pagerduty.service', 'AudiFi prod ', 'AudiFi prod'],
      ['pagerduty.firstHandover', '2026-01-05T09:00:30Z', '2026-01-05T09:00:00Z'],
      ['pagerduty.firstHandover', '2026-01-05T09:07:59.5+01:00', '2026-01-05T09:07:00+01:00'],
    ] as const
  ).map(([key, value, meant]) =>
    broken(
      `${key}: "${value}"`,
      configWith(key.split('.'), value) as Tree,
      key,
      new RegExp(`Example: .* '?${meant.replaceAll(/[.+]/g, '\\$&')}'?$`, 'm'),
    ),
  ),
  broken(
    'a blank at the end of a context',
    { platform: 'kubernetes', kubernetes: { context: 'prod-eu ' } },
    'kubernetes.context',
    /begins or ends with a space/,
    /kubernetes\.context prod-eu$/m,
  ),
  ...['3 months', '3M', '0d', '99y'].map((error) =>
    broken(
      `a retention that only its author knows: ${error}`,
      { logs: { retention: { error } } },
      'logs.retention.error',
      /; with the value in the example, data may be deleted: use your own$/m,
    ),
  ),
  broken(
    'durations of zero',
    {
      longTerm: { retention: { raw: '0d' } },
      alertmanager: { critical: { groupWait: '0s' } },
    },
    ['longTerm.retention.raw', 'alertmanager.critical.groupWait'],
    /raw: "0d" is not between 3d and 10y/,
    /groupWait: "0s" is not between 1s and 10m/,
  ),
  {
    ...broken(
      'a wrong address of a user of PagerDuty',
      {
        pagerduty: {
          create: true,
          users: ['carol', 'ada@audifi.io', 'Bob@audifi.io ', 'dan@audifi'],
        },
        pagerdutyToken: 'of-eight-letters',
      },
      ['pagerduty.users[0]', 'pagerduty.users[2]', 'pagerduty.users[3]'],
      /'pagerduty\.users\[0\]' ada-1@audifi\.io$/m,
      /'pagerduty\.users\[2\]' Bob@audifi\.io$/m,
      /'pagerduty\.users\[3\]' ada-4@audifi\.io$/m,
    ),
    extra: { secretKeys: ['pagerdutyToken'] },
  },
];
