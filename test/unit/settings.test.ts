import { describe, expect, it } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { readSettings } from '../../components/settings';
import { similarJobsWarning } from '../../components/settings/checks-targets';
import { loopbackWarning } from '../../components/settings/loopback';
import { run, value } from '../lib/mocks';
import { afterCommand, parse, refusal, stackConfig, type Tree } from '../lib/pulumi-config';

describe('without any setting', () => {
  const settings = parse({});

  it('the stack matches the spec', () => {
    expect(settings).toMatchObject({
      stack: 'dev',
      environment: 'dev',
      platform: 'docker',
      prometheus: { scrapeInterval: '15s', evaluationInterval: '15s', retention: '15d' },
    });
    expect(settings.metricsToken).toBeUndefined();
    expect(settings.network).toBeUndefined();
  });

  it("six of the spec's jobs have the spec's targets, and the seventh is the node exporter", () => {
    const places = Object.entries(settings.targets).map(([job, { addresses, enabled, path }]) => [
      job,
      addresses,
      enabled,
      path,
    ]);
    expect(places).toEqual([
      ['caddy', ['caddy:2019'], true, '/metrics'],
      ['api-server', ['api-server:9090'], true, '/metrics'],
      ['ws-server', ['ws-server:9091'], true, '/metrics'],
      ['worker', ['worker:9092'], true, '/metrics'],
      ['postgres', ['postgres-exporter:9187'], true, '/metrics'],
      ['redis', ['redis-exporter:9121'], true, '/metrics'],
    ]);
    expect(settings.nodeExporter.enabled).toBe(true);
    expect(settings.cadvisor.enabled).toBe(true);
  });
});

describe('uptime checks', () => {
  const specs = [
    { name: 'landing-page', url: 'https://audifi.io', interval: '1m', kind: 'http' },
    { name: 'app', url: 'https://app.audifi.io', interval: '1m', kind: 'http' },
    { name: 'api-health', url: 'https://api.audifi.io/health', interval: '30s', kind: 'http' },
    { name: 'ssl-expiry', url: 'https://api.audifi.io', interval: '2m', kind: 'certificate' },
  ];
  const own = [{ name: 'x', url: 'https://x.io', interval: '1m', kind: 'http' }];
  const cluster = { platform: 'kubernetes' };
  const app = [
    { name: 'api-health', url: 'http://caddy:8080/health', interval: '30s', kind: 'http' },
  ];

  it.each<[string, Tree, readonly object[], readonly object[]]>([
    ['Kubernetes', cluster, specs, specs],
    ['a development machine', {}, app, specs],
    ['a machine without the reference application', { referenceApp: false }, [], specs],
    ['a machine that asks for them', { uptime: { public: true } }, specs, specs],
    ['own checks', { uptime: { checks: [{ name: 'x', url: 'https://x.io' }] } }, own, own],
    ['no checks', { ...cluster, uptime: { checks: [] } }, [], []],
  ])('of %s, here and outside', (_what, tree, here, outside) => {
    const { uptime } = parse(tree);
    expect(uptime.checks).toEqual(here);
    expect(uptime.outside).toEqual(outside);
  });
});

describe('targets', () => {
  it('a change of one job keeps its address and all other jobs', () => {
    const { targets } = parse({ targets: { worker: { interval: '30s' } } });
    expect(targets['worker']).toMatchObject({ addresses: ['worker:9092'], interval: '30s' });
    expect(targets['caddy']).toEqual(parse({}).targets['caddy']);
  });

  it('on Kubernetes, those of the spec are Services in the namespace of AudiFi', () => {
    const { targets } = parse({
      ...{ platform: 'kubernetes', kubernetes: { appNamespace: 'shop' } },
      targets: { worker: { interval: '30s' } },
    });
    for (const { addresses } of Object.values(targets)) {
      expect(addresses).toEqual([expect.stringMatching(/^[a-z-]+\.shop\.svc:\d+$/)]);
    }
  });

  it.each<[string, Tree]>([
    ...['billing.audifi:1', 'billing.internal:1', '10.0.0.5:1', '[fd00::1]:1', 'localhost:1'].map(
      (address): [string, Tree] => [address, { addresses: [address] }],
    ),
    ['an SRV record', { dns: { name: '_metrics._tcp.billing.audifi.svc', type: 'SRV' } }],
    ['a name that is not scraped', { addresses: ['billing:1'], enabled: false }],
  ])('on Kubernetes may be %s', (_what, billing) => {
    const config = stackConfig({ platform: 'kubernetes', targets: { billing } });
    expect(refusal(config)?.message).toBeUndefined();
  });

  it('DNS replaces the fixed address', () => {
    const { targets } = parse({
      targets: { worker: { dns: { name: 'worker.internal', port: 1 } } },
    });
    expect(targets['worker']).toMatchObject({
      addresses: undefined,
      dns: { name: 'worker.internal', port: 1, type: 'A' },
    });
  });

  it('pods replace the fixed address', () => {
    const kubernetes = {
      labels: { app: 'worker', 'app.kubernetes.io/part-of': 'audifi' },
      port: 9,
    };
    const { targets } = parse({ platform: 'kubernetes', targets: { worker: { kubernetes } } });
    expect(targets['worker']).toMatchObject({ addresses: undefined, kubernetes });
  });

  it('additional jobs are added', () => {
    const { targets } = parse({
      targets: { billing: { addresses: ['billing:9', '[fd00::1]:80'] } },
    });
    expect(Object.keys(targets)).toHaveLength(7);
    expect(targets['billing']?.addresses).toEqual(['billing:9', '[fd00::1]:80']);
  });
});

describe('addresses of which a container reaches only itself', () => {
  const { grafana, forwarding, loki, longTerm, jaeger, postgres, redis } = parse({});
  const rest = { grafana, forwarding, loki, longTerm, jaeger, postgres, redis, uptime: {} };
  const warningFor = (addresses: readonly string[]): string | undefined =>
    loopbackWarning({ ...rest, targets: { worker: { addresses } } });

  it.each([
    ...['localhost:1', 'LOCALHOST.:1', 'api.localhost:1', '127.0.0.1:1', '127.8.9.1:1'],
    ...['0.0.0.0:1', '[::1]:1', '[::]:1', '[::ffff:127.0.0.1]:1'],
  ])('are named: %s', (address) => {
    expect(warningFor(['api:1', address])).toMatch(
      /^targets\.worker\.addresses\[1\]: is a loopback address/,
    );
  });

  it.each(['localhost.audifi.io:1', 'mylocalhost:1', '172.17.0.1:1', '[fd00::1]:1'])(
    'do not include %s',
    (address) => expect(warningFor([address])).toBeUndefined(),
  );

  it('are found in every section, but not in what people open', () => {
    const here = 'http://127.0.0.1:1';
    const found = loopbackWarning({
      ...{ targets: {}, redis: { host: 'redis' } },
      uptime: { checks: [{ name: 'x', url: 'http://localhost/health' }] },
      loki: { s3: { bucket: 'b', endpoint: here } },
      longTerm: { s3: { endpoint: here } },
      jaeger: { opensearch: { urls: [here] }, cassandra: { hosts: ['::1'] } },
      postgres: { host: 'localhost' },
      grafana: { externalUrl: here, apiUrl: here, oauth: { authUrl: here, tokenUrl: here } },
      forwarding: { grafanaCloud: { prometheusUrl: here, otlpUrl: here } },
    });
    expect(found?.split(': ')[0]?.split(', ')).toEqual([
      ...['uptime.checks[0].url', 'loki.s3.endpoint', 'longTerm.s3.endpoint'],
      ...['jaeger.opensearch.urls[0]', 'jaeger.cassandra.hosts[0]', 'postgres.host'],
      ...['grafana.oauth.tokenUrl', 'forwarding.grafanaCloud.prometheusUrl'],
      'forwarding.grafanaCloud.otlpUrl',
    ]);
  });
});

describe('a job that looks like a misspelled one of the spec', () => {
  const addresses = ['api.audifi.svc:9090'];
  const warningFor = (targets: Tree, platform = 'docker'): string | undefined =>
    similarJobsWarning(parse({ platform, targets }));

  it.each([
    ['apiserver', 'api-server'],
    ['api-serve', 'api-server'],
    ['workers', 'worker'],
  ])('is named: %s', (job, meant) => {
    expect(warningFor({ [job]: { addresses } })).toMatch(
      new RegExp(`^targets\\.${job} is one more job, .* Did you mean targets\\.${meant}\\?$`),
    );
    expect(warningFor({ [job]: { addresses } }, 'kubernetes')).toContain(
      `${meant} is still scraped at ${meant}.audifi.svc:`,
    );
  });

  it.each<[string, Tree]>([
    ['worker2', { worker2: { addresses } }],
    ['billing', { billing: { addresses } }],
    ['if that job has targets too', { workers: { addresses }, worker: { addresses } }],
    ['if that job is off', { workers: { addresses }, worker: { enabled: false } }],
    ['without any setting', {}],
  ])('is not: %s', (_, targets) => expect(warningFor(targets)).toBeUndefined());
});

it.each<[string, Tree]>([
  ['a second place', { dns: { name: 'api', port: 9090 } }],
  ['a repeated element', { addresses: ['a.b.svc:1', 'a.b.svc:1', 'c:1'] }],
])('no command sets what an earlier one removes: %s', (_, place) => {
  const targets = { x: { addresses: ['a.b.svc:1'], ...place } };
  const config = stackConfig({ platform: 'kubernetes', alerts: { acceptGaps: true }, targets });
  const commands = (refusal(config)?.problems ?? []).map(({ fix }) => fix);
  expect(commands).toHaveLength(1);
  expect(refusal(commands.reduce(afterCommand, config))).toBeUndefined();
});

it('names of Compose projects may have a "_"', () => {
  expect(parse({ logs: { projects: ['audifi_prod'] } }).logs.projects).toEqual(['audifi_prod']);
});

describe('waits of Alertmanager', () => {
  const waits = (tree: Tree) => {
    const { critical, warning, info, startDelay } = parse(tree).alertmanager;
    return [...[critical, warning, info].map(({ groupWait }) => groupWait), startDelay];
  };

  it.each<[string, object, string[]]>([
    ['1s', {}, ['20s', '45s', '1m', '90s']],
    ['15s', {}, ['20s', '45s', '1m', '90s']],
    ['30s', {}, ['30s', '45s', '1m', '105s']],
    ['1m', {}, ['1m', '1m', '1m', '135s']],
    ['30s', { critical: { groupWait: '2m' } }, ['2m', '45s', '1m', '105s']],
    // For tests and drills.
    ['30s', { startDelay: '1s' }, ['30s', '45s', '1m', '1s']],
  ])(
    'are at least one evaluation of %s, and after a start more than a minute longer',
    (evaluationInterval, alertmanager, expected) => {
      expect(waits({ prometheus: { evaluationInterval }, alertmanager })).toEqual(expected);
    },
  );
});

describe("hosts of Jaeger's stores", () => {
  it.each([
    ...['cassandra', 'db.internal.', 'cassandra-0.cassandra.audifi.svc.cluster.local', 'x-1'],
    ...['10.0.0.5', '172.17.0.1', 'xn--mnchen-3ya.de', 'db.ns-1', 'fd00::1'],
  ])('%s is accepted', (host) => {
    const cassandra = { hosts: [host] };
    const urls = [`https://${host.includes(':') ? `[${host}]` : host}:9200`];
    expect(parse({ jaeger: { storageBackend: 'cassandra', cassandra } }).jaeger).toMatchObject({
      cassandra,
    });
    expect(
      parse({ jaeger: { storageBackend: 'opensearch', opensearch: { urls } } }).jaeger,
    ).toMatchObject({ opensearch: { urls } });
  });
});

describe('values from the engine', () => {
  it('numbers and booleans in quotes are converted, but strings of digits are not', () => {
    const settings = parse({
      prometheus: { port: '9091', externalLabels: { shard: 1, canary: true } },
      alerts: { speedUp: '1.5', thresholds: { errorRatio: '0.1' } },
      grafana: { enabled: 'false' },
      targets: { worker: { bearerToken: 'false', dns: { name: 'w', port: '1' } } },
    });
    expect(settings).toMatchObject({
      prometheus: { port: 9091, externalLabels: { shard: '1', canary: 'true' } },
      alerts: { speedUp: 1.5, thresholds: { errorRatio: 0.1 } },
      grafana: { enabled: false },
      targets: { worker: { bearerToken: false, dns: { port: 1 } } },
    });
  });

  it('all forms of a number, a boolean and the value of a parameter are converted', () => {
    const settings = parse({
      prometheus: { port: '+9.091e3' },
      alerts: { thresholds: { errorRatio: '.05', latencySeconds: '5e-1' } },
      grafana: { enabled: 'False' },
      targets: { worker: { params: { limit: 10, all: true, ids: [1, 'b'] } } },
    });
    expect(settings).toMatchObject({
      prometheus: { port: 9091 },
      alerts: { thresholds: { errorRatio: 0.05, latencySeconds: 0.5 } },
      grafana: { enabled: false },
      targets: { worker: { params: { limit: '10', all: 'true', ids: ['1', 'b'] } } },
    });
  });

  it('a token of digits or JSON stays a string', async () => {
    for (const token of ['0123', '42', 'true', '{"a":1}', '[1]']) {
      const { metricsToken } = parse({ metricsToken: token }, { secretKeys: ['metricsToken'] });
      expect(await value(metricsToken)).toBe(token);
    }
  });

  it('the token is secret in Pulumi', async () => {
    const { metricsToken } = parse({ metricsToken: 'abc' }, { secretKeys: ['metricsToken'] });
    expect(await pulumi.isSecret(metricsToken as pulumi.Output<string>)).toBe(true);
  });

  it('only keys of this project are used', async () => {
    const { result } = await run(() => {
      pulumi.runtime.setAllConfig({
        'audifi-observability:prometheus': '{"port":9999}',
        'docker:host': 'unix:///elsewhere',
      });
      return readSettings();
    });
    expect(result.prometheus.port).toBe(9999);
  });

  it('the environment is the setting or the stack name', () => {
    expect(parse({ environment: 'production' }, { stack: 'prod' })).toMatchObject({
      stack: 'prod',
      environment: 'production',
    });
    expect(parse({}, { stack: 'prod' }).environment).toBe('prod');
  });
});
