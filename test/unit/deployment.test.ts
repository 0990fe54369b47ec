import { describe, expect, it } from '@jest/globals';
import {
  type Catalogue,
  deploymentOf,
  jobOf,
  jobReplicas,
  jobsWith,
  networkNames,
  publishedPorts,
  reservedJobs,
  specTargets,
} from '../../components/deployment';
import { scrapeJobs } from '../../components/metrics/scrape-jobs-config';
import { prometheusConfig } from '../../components/metrics/prometheus-config';
import { services } from '../../components/services';
import { defaultOptions, renderRules } from '../../rules';
import main from '../../index';
import { run } from '../lib/mocks';
import { parse, texts, type Tree } from '../lib/pulumi-config';
import { endpoint } from '../lib/workloads';

/** An additional entry, as an engineer would add for an exporter. */
const withMemcached: Catalogue = {
  ...services,
  'memcached-exporter': {
    of: 'stack',
    image: 'postgresExporter',
    ports: { http: 9150 },
    jobs: [{ name: 'memcached', port: 'http', path: '/telemetry', metrics: ['memcached_'] }],
    published: { http: ['uptime', 'port'] },
    replicas: 'loki',
    perNode: true,
    runs: ({ cadvisor }) => cadvisor.enabled,
  },
};

const portsOf = (name: string) =>
  Object.entries(withMemcached[name]?.ports ?? {}).map(([port, number]) => ({
    name: port,
    number,
  }));

describe('a service that is only added to the catalogue', () => {
  const settings = parse({ uptime: { enabled: false, port: 9150 }, referenceApp: false });
  const stack = deploymentOf(settings, withMemcached);
  const jobs = stack.jobs.map(({ name }) => name);

  it('is in the scrape configuration with port and path', () => {
    const endpoints = Object.fromEntries(
      stack.services.map((name) => [name, endpoint(name, { ports: portsOf(name) })]),
    );
    const text = prometheusConfig({
      scrapeInterval: '15s',
      evaluationInterval: '15s',
      externalLabels: {},
      targets: {},
      jobs: scrapeJobs({ jobs: stack.jobs, endpoints, settings }),
    });
    expect(text).toContain('job_name: memcached');
    expect(text).toContain('memcached-exporter:9150');
    expect(text).toContain('metrics_path: /telemetry');
  });

  it('is covered by the alerts on targets', () => {
    const files = renderRules({ ...defaultOptions, ownJobs: jobs });
    const text = Object.values(files).join('\n');
    expect(text).toMatch(/alert: TargetsMissing[^]*?up\{job="memcached"\}/);
    expect(text).toMatch(/alert: TargetDown[^]*?up\{job=~"[^"]*\bmemcached\b/);
  });

  it('is in ports, images, status and reserved names', () => {
    expect(publishedPorts(settings, withMemcached)).toContainEqual({
      at: ['uptime', 'port'],
      port: 9150,
    });
    expect(stack.images).toContain('postgresExporter');
    expect(jobOf('memcached-exporter', withMemcached)).toBe('memcached');
    expect(reservedJobs(withMemcached)).toContain('memcached');
  });

  it('has its number of instances', () => {
    const instances = (catalogue?: Catalogue) =>
      jobReplicas({ ...settings, loki: { ...settings.loki, replicas: 3 } }, catalogue);
    expect(instances(withMemcached)).toEqual({ ...instances(), memcached: 3 });
    expect(jobsWith('perNode', withMemcached)).toEqual([...jobsWith('perNode'), 'memcached']);
  });

  it('does not exist if the settings disable it', () => {
    const without = deploymentOf(parse({ cadvisor: { enabled: false } }), withMemcached);
    expect(without.has('memcached-exporter')).toBe(false);
    expect(without.jobs.map(({ name }) => name)).not.toContain('memcached');
  });
});

describe('the catalogue', () => {
  it("contains the specification's targets and addresses", () => {
    expect(specTargets()).toEqual({
      caddy: 'caddy:2019',
      'api-server': 'api-server:9090',
      'ws-server': 'ws-server:9091',
      worker: 'worker:9092',
      postgres: 'postgres-exporter:9187',
      redis: 'redis-exporter:9121',
    });
  });

  it('refers to existing ports in every job and published port', () => {
    for (const { ports, jobs = [], published = {} } of Object.values<Catalogue[string]>(services)) {
      const named = [...jobs.map(({ port }) => port), ...Object.keys(published)];
      expect(Object.keys(ports)).toEqual(expect.arrayContaining(named));
    }
  });

  it('marks no service as only on Kubernetes that a stack on Docker has', () => {
    const onDocker = deploymentOf(parse({ platform: 'docker' })).jobs.map(({ name }) => name);
    expect(onDocker.filter((name) => jobsWith('kubernetesOnly').includes(name))).toEqual([]);
  });

  it('contains each scrape job once', () => {
    const names = Object.values<Catalogue[string]>(services).flatMap(({ jobs = [] }) =>
      jobs.map(({ name }) => name),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  /** The program creates exactly what the catalogue derives from the settings. */
  it.each<[string, Tree]>([
    ['the default stack', {}],
    ['no reference application', { referenceApp: false }],
    ['the collector as log agent', { logs: { agent: 'otel' } }],
    ['an account', { slackWebhookUrl: 'https://hooks.slack.com/services/a', referenceApp: false }],
    [
      'as little as possible',
      {
        ...{ referenceApp: false, inbox: { enabled: false }, nodeExporter: { enabled: false } },
        ...{ cadvisor: { enabled: false }, uptime: { enabled: false } },
        ...{ grafana: { enabled: false }, logs: { enabled: false } },
      },
    ],
    // Without receivers, a stack on Kubernetes is rejected. Other tests cover this.
    ['metrics for a year', { longTerm: { store: 'filesystem' } }],
    [
      'metrics for a year on Kubernetes',
      {
        ...{ platform: 'kubernetes', alerts: { acceptGaps: true } },
        longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } },
      },
    ],
    ['Kubernetes', { platform: 'kubernetes', alerts: { acceptGaps: true } }],
  ])('lists the deployed services: %s', async (_name, tree) => {
    const secretKeys = Object.keys(tree).filter((key) => key.endsWith('Url'));
    const { result } = await run(main, { config: texts(tree), secretKeys });
    const running = Object.keys((result as unknown as { services: object }).services);
    expect(running.sort()).toEqual([...deploymentOf(parse(tree, { secretKeys })).services].sort());
  });

  /** They must be free in a joined network. */
  it('knows the names in the Docker network', async () => {
    const tree: Tree = {
      ...{ network: 'audifi_default', prometheus: { replicas: 2 }, alertmanager: { replicas: 2 } },
      longTerm: { store: 'filesystem' },
    };
    const network = { id: 'n', driver: 'bridge', ipamConfigs: [{ gateway: '172.31.0.1' }] };
    const calls = { 'docker:index/getNetwork:getNetwork': network };
    const { ofType } = await run(main, { config: texts(tree), calls });
    const shared = ofType('Container').flatMap(({ inputs }) =>
      ((inputs['networksAdvanced'] ?? []) as { aliases: string[] }[]).flatMap(
        // The last alias is that of the service; the others are those of an instance.
        ({ aliases }) => aliases.at(-1) ?? [],
      ),
    );
    expect([...new Set(shared)].sort()).toEqual([...networkNames(parse(tree))].sort());
    expect(shared).not.toContain('node-exporter');
  });

  /** Alerts about missing instances count what the catalogue says. */
  it('has as many instances of each service as the workloads on Kubernetes', async () => {
    const s3 = { bucket: 'audifi', region: 'eu-central-1' };
    const tree: Tree = {
      ...{ platform: 'kubernetes', alerts: { acceptGaps: true }, grafana: { enabled: false } },
      ...{ prometheus: { replicas: 2 }, alertmanager: { replicas: 3 }, traces: { replicas: 4 } },
      ...{ loki: { replicas: 3, s3 }, longTerm: { store: 's3', s3 } },
    };
    const { resources } = await run(main, { config: texts(tree) });
    const deployed = resources.flatMap(({ type, inputs }) => {
      const [, kind = ''] = /:(StatefulSet|Deployment|DaemonSet)$/.exec(type) ?? [];
      const { metadata, spec } = inputs as {
        metadata: { name: string };
        spec: { replicas?: number };
      };
      return kind === '' ? [] : [[metadata.name, spec.replicas ?? 'each node']];
    });
    const settings = parse(tree);
    const listed = deploymentOf(settings).services.map((name): [string, number | 'each node'] => {
      const { replicas, perNode }: Catalogue[string] = services[name as keyof typeof services];
      if (perNode) return [name, 'each node'];
      return [name, replicas === undefined ? 1 : settings[replicas].replicas];
    });
    // A companion shares the pods of its service.
    const companions = new Set(['prometheus-sidecar']);
    expect(Object.fromEntries(deployed)).toEqual(
      Object.fromEntries(listed.filter(([name]) => !companions.has(name))),
    );
    expect(Object.fromEntries(listed)).toMatchObject({ 'prometheus-sidecar': 2, loki: 3 });
  });
});
