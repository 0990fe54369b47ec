import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import main from '../../index';
import { servers } from '../../components/metrics/settings-schema-servers';
import { settingsSchema } from '../../components/settings/schema';
import { type MockOptions, type Registered, run, type Run, value } from '../lib/mocks';
import { fullGrafana, openSearchJaeger, refusal, stackConfig, texts } from '../lib/pulumi-config';

interface Service {
  readonly host: string;
  readonly url?: string;
  readonly ready: boolean;
}

interface Outputs {
  readonly prometheusUrl?: string;
  readonly services: Readonly<Record<string, Service>>;
}

type Stack = Omit<Run<Record<string, unknown>>, 'result'> & { readonly result: Outputs };

async function up(config: Record<string, unknown> = {}, options: MockOptions = {}): Promise<Stack> {
  // alerting/gaps.test.ts covers receivers and links.
  const accepted = config['platform'] === 'kubernetes' ? { alerts: { acceptGaps: true } } : {};
  const done = await run(main, { config: texts({ ...accepted, ...config }), ...options });
  return done as unknown as Stack;
}

/** Names of Prometheus's scrape jobs. */
function jobs({ get }: Stack): string[] {
  const { uploads } = get('Container', 'prometheus-files').inputs as {
    uploads: { file: string; content: string }[];
  };
  const text = uploads.find(({ file }) => file.endsWith('/prometheus.yml'))?.content ?? '';
  const { scrape_configs: found } = parse(text) as { scrape_configs: { job_name: string }[] };
  return found.map((job) => job.job_name);
}

const named = ({ resources }: Stack, name: string): Registered[] =>
  resources.filter((resource) => resource.name === name || resource.name.startsWith(`${name}-`));

/** Runs at the first call only, because a program takes longer than checking its resources. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

/** The stack that monitors AudiFi but runs no part of it. */
const alone = {
  ...{ referenceApp: false, inbox: { enabled: false }, alerts: { acceptGaps: true } },
  uptime: { public: true },
};
const dev = once(() => up(alone));
const withApp = once(() => up());
const prod = once(() => up({ platform: 'kubernetes' }, { stack: 'prod' }));

describe('monitoring without the reference application', () => {
  it('the outputs contain the URL of each service', async () => {
    const { result } = await dev();
    expect(result.prometheusUrl).toBe('http://127.0.0.1:9090');
    expect(result.services).toMatchObject({
      prometheus: { host: 'prometheus', url: 'http://127.0.0.1:9090', ready: true },
      'node-exporter': { host: 'node-exporter', ready: true },
      cadvisor: { host: 'cadvisor', ready: true },
      'blackbox-exporter': { host: 'blackbox-exporter', ready: true },
    });
    for (const service of Object.values(result.services)) {
      expect(['host', 'ready', 'url']).toEqual(expect.arrayContaining(Object.keys(service)));
    }
  });

  it("Prometheus scrapes the spec's jobs and the stack's own services", async () => {
    const stack = await dev();
    const spec = ['caddy', 'api-server', 'ws-server', 'worker', 'postgres', 'redis', 'node'];
    expect(jobs(stack)).toEqual(expect.arrayContaining([...spec, 'prometheus', 'cadvisor']));
    expect(jobs(stack)).toEqual(expect.arrayContaining(['blackbox', 'uptime']));
  });

  it('no resource needs a cluster, an account or another provider', async () => {
    const { resources } = await dev();
    const providers = new Set(resources.map(({ type }) => type.split(':')[0]));
    // The provider of Grafana connects to the Grafana of this stack.
    expect([...providers].sort()).toEqual([
      'audifi',
      'docker',
      'grafana',
      'pulumi',
      'random',
      'test',
    ]);
  });

  it('only allowed containers run as root, and all are hardened', async () => {
    const { ofType } = await dev();
    const running = ofType('Container').filter(({ inputs }) => inputs['start'] !== false);
    expect(running.length).toBeGreaterThanOrEqual(4);
    for (const { name, inputs } of running) {
      expect(inputs).toMatchObject({ readOnly: true, capabilities: { drops: ['ALL'] } });
      const mayBeRoot = ['cadvisor', 'promtail'].includes(name);
      expect([name, String(inputs['user']).startsWith('0:')]).toEqual([name, mayBeRoot]);
      for (const port of inputs['ports'] as { ip: string }[]) expect(port.ip).toBe('127.0.0.1');
    }
  });

  it('every resource belongs to its component', async () => {
    const { resources } = await dev();
    const orphans = resources.filter(
      ({ type, opts }) => type.startsWith('docker:') && opts.parent === undefined,
    );
    expect(orphans.map(({ name }) => name)).toEqual([]);
  });

  it("targets must not use the names of the stack's jobs", async () => {
    const stack = await dev();
    const own = jobs(stack).filter(
      (job) => !/^(caddy|api-server|ws-server|worker|postgres|redis)$/.test(job),
    );
    for (const job of own) {
      const error = refusal(stackConfig({ targets: { [job]: { addresses: ['x:1'] } } }));
      expect({ job, refused: error?.problems.map(({ key }) => key) }).toEqual({
        job,
        refused: [`targets.${job}`],
      });
    }
  });
});

describe('disabled services do not exist', () => {
  it.each([
    ['nodeExporter', 'node-exporter', ['node']],
    ['cadvisor', 'cadvisor', ['cadvisor']],
    ['uptime', 'blackbox-exporter', ['blackbox', 'uptime']],
    ['grafana', 'grafana', ['grafana']],
    ['logs', 'loki', ['loki', 'promtail']],
    ['logs', 'promtail', ['loki', 'promtail']],
    ['traces', 'jaeger', ['jaeger', 'otel-collector', 'span-metrics']],
  ])('%s', async (setting, name, gone) => {
    const stack = await up({ ...alone, [setting]: { enabled: false } });
    expect(named(stack, name)).toEqual([]);
    expect(Object.keys(stack.result.services)).not.toContain(name);
    expect(jobs(stack)).toEqual(jobs(await dev()).filter((job) => !gone.includes(job)));
  });

  it('without checks there is no exporter for them', async () => {
    const { uptime: _, ...local } = alone;
    expect(named(await up(local), 'blackbox-exporter')).toEqual([]);
    expect(jobs(await up({ uptime: { checks: [] } }))).not.toContain('uptime');
  });
});

describe('a secret is only in files for one process', () => {
  const secrets: Record<string, string> = {
    metricsToken: 's3cr3t-of-the-metrics',
    slackWebhookUrl: 'https://hooks.slack.test/services/s3cr3t-1',
    slackMonitoringWebhookUrl: 'https://hooks.slack.test/services/s3cr3t-2',
    heartbeatUrl: 'https://heartbeat.test/s3cr3t-3',
    pagerdutyRoutingKey: '5ec7e7000000000000000000000000ff',
    ...Object.fromEntries(servers.map((name) => [`${name}Password`, `s3cr3t-of-${name}`])),
    grafanaOauthClientSecret: 's3cr3t-of-the-login',
    grafanaDatabasePassword: 's3cr3t-of-grafanas-database',
    grafanaSecretKey: 's3cr3t-key-of-grafanas-database',
    lokiS3AccessKey: 's3cr3t-of-the-bucket-1',
    lokiS3SecretKey: 's3cr3t-of-the-bucket-2',
    jaegerStoragePassword: 's3cr3t-of-the-traces',
  };
  const adminPassword = 's3cr3t-of-the-admin';
  const stack = once(() =>
    up(
      {
        ...secrets,
        targets: { worker: { bearerToken: true } },
        ...Object.fromEntries(servers.map((name) => [name, { host: `${name}.audifi.io` }])),
        grafanaAdminPassword: adminPassword,
        grafana: fullGrafana,
        loki: { s3: { bucket: 'audifi-logs' } },
        jaeger: openSearchJaeger,
      },
      { secretKeys: [...Object.keys(secrets), 'grafanaAdminPassword'] },
    ),
  );

  it('covers all secret keys of the schema, except those of providers', () => {
    const keys = Object.entries(settingsSchema.shape)
      .filter(([, schema]) => schema.meta()?.['secret'] === true)
      .map(([key]) => key);
    const others = ['pagerdutyToken', 'betterStackToken', 'grafanaAdminPassword'];
    // Several agents send to one vendor, so these are in several files: see test/unit/forwarding.
    others.push('datadogApiKey', 'grafanaCloudToken', 'newRelicLicenseKey', 'sentryPublicKey');
    // Three components use one bucket: see test/unit/longterm.
    others.push('longTermS3AccessKey', 'longTermS3SecretKey');
    others.push('longTermGcsCredentials', 'longTermAzureKey');
    expect([...Object.keys(secrets), ...others].sort()).toEqual(keys.sort());
  });

  it("the password of Grafana's admin is also in the provider", async () => {
    const { resources, result } = await stack();
    const holders = resources.filter(({ inputs }) =>
      JSON.stringify(inputs).includes(adminPassword),
    );
    expect(holders.map(({ name }) => name).sort()).toEqual([
      'grafana-contents-provider',
      'grafana-files',
    ]);
    const provider = holders.find(({ name }) => name === 'grafana-contents-provider');
    expect(await value(pulumi.isSecret(provider?.props['auth'] as pulumi.Output<string>))).toBe(
      true,
    );
    const { grafanaAdminPassword, ...rest } = result as unknown as Record<string, unknown>;
    expect(grafanaAdminPassword).toBe(adminPassword);
    expect(JSON.stringify(rest)).not.toContain(adminPassword);
  });

  it.each(Object.entries(secrets))('%s', async (_key, secret) => {
    const { resources, result } = await stack();
    const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes(secret));
    expect(holders).toHaveLength(1);
    const [{ name, inputs } = { name: '', inputs: {} }] = holders;
    expect(name).toMatch(/-files$/);
    const { uploads, ...rest } = inputs as { uploads: { content: string; permissions: string }[] };
    const files = uploads.filter(({ content }) => content.includes(secret));
    expect(files.map(({ permissions }) => permissions)).toEqual(['0400']);
    expect(JSON.stringify([rest, result])).not.toContain(secret);
  });
});

describe('the reference application, which is on by default', () => {
  const spec = ['api-server', 'ws-server', 'worker', 'caddy', 'postgres', 'redis'];
  const exporters = ['postgres-exporter', 'redis-exporter'];

  it("has a container with the spec's name and port for every target of the spec", async () => {
    const { ofType, result } = await withApp();
    expect(Object.keys(result.services)).toEqual(
      expect.arrayContaining([...spec, ...exporters, 'traffic', 'outside', 'inbox']),
    );
    for (const name of [...spec, ...exporters]) {
      const [container] = ofType('Container').filter((c) => c.name === name);
      expect(container?.inputs['networksAdvanced']).toMatchObject([{ aliases: [name] }]);
    }
    const jobsOfApp = [...spec, 'node', 'cadvisor', 'prometheus'];
    expect(jobs(await withApp())).toEqual(expect.arrayContaining(jobsOfApp));
  });

  it('has hardened containers, one of which keeps one capability', async () => {
    const { ofType } = await withApp();
    const running = ofType('Container').filter(({ inputs }) => inputs['start'] !== false);
    for (const { name, inputs } of running) {
      const adds = name === 'caddy' ? { adds: ['CAP_NET_BIND_SERVICE'] } : {};
      expect(inputs).toMatchObject({
        ...{ readOnly: true, restart: 'unless-stopped', logDriver: 'json-file' },
        ...{ securityOpts: ['no-new-privileges:true'] },
      });
      expect([name, inputs['capabilities']]).toEqual([name, { drops: ['ALL'], ...adds }]);
      const mayBeRoot = ['cadvisor', 'promtail'].includes(name);
      expect([name, String(inputs['user']).startsWith('0:')]).toEqual([name, mayBeRoot]);
      for (const port of inputs['ports'] as { ip: string }[]) expect(port.ip).toBe('127.0.0.1');
    }
  });

  it('has passwords only in files for one process', async () => {
    const { resources, result } = await withApp();
    // People need Grafana's password to log in, so it is an encrypted output (see above).
    const { grafanaAdminPassword: _, ...open } = result as unknown as Record<string, unknown>;
    expect(JSON.stringify(open)).not.toContain('made-up-');
    for (const { type, name, inputs } of resources) {
      if (type.startsWith('random:') || name === 'grafana-contents-provider') continue;
      const { uploads = [], ...rest } = inputs as {
        uploads?: { content: string; permissions: string }[];
      };
      expect([name, JSON.stringify(rest)]).toEqual([name, expect.not.stringContaining('made-up-')]);
      const open = uploads.filter(({ permissions }) => permissions !== '0400');
      expect([name, JSON.stringify(open)]).toEqual([name, expect.not.stringContaining('made-up-')]);
    }
  });

  it('has the same password on both sides of each connection', async () => {
    const { get } = await withApp();
    const text = (name: string): string => JSON.stringify(get('Container', name).inputs['uploads']);
    expect(text('postgres-files')).toContain('made-up-postgres-app-password');
    expect(text('api-server-files')).toContain('made-up-postgres-app-password');
    expect(text('postgres-exporter-files')).toContain('made-up-postgres-exporter-password');
    expect(text('redis-exporter-files')).toContain('made-up-redis-exporter-password');
    // Redis stores only a hash of the password.
    expect(text('redis-files')).not.toContain('made-up-');
  });

  it('has one image for the application and one for the inbox, with relative paths', async () => {
    const built = (await withApp())
      .ofType('RemoteImage')
      .filter(({ inputs }) => inputs['build'] !== undefined);
    const programs = built.map(({ inputs }) => [
      String(inputs['name']).replace(/:[0-9a-f]{16}$/, ''),
      (inputs['build'] as { context: string }).context,
    ]);
    expect(programs.sort()).toEqual([
      ['audifi/inbox', 'build/inbox'],
      ['audifi/reference-app', 'build/reference-app'],
    ]);
  });

  it('is not deployed in a joined network, where AudiFi uses the same names', async () => {
    const calls = {
      'docker:index/getNetwork:getNetwork': {
        id: 'n',
        driver: 'bridge',
        ipamConfigs: [{ gateway: '172.31.0.1' }],
      },
    };
    const { result } = await up({ network: 'audifi_default' }, { calls });
    expect(Object.keys(result.services)).not.toContain('api-server');
    expect(Object.keys(result.services)).toContain('inbox');
  });
});

describe("AudiFi's own servers in the settings", () => {
  const servers = {
    postgres: { host: 'db.audifi.io' },
    redis: { host: 'redis.audifi.io' },
    postgresPassword: 'p',
    redisPassword: 'q',
  };
  const secretKeys = ['postgresPassword', 'redisPassword'];
  const stack = once(() => up({ ...alone, ...servers }, { secretKeys }));

  it('have exporters that replace the targets of the same name', async () => {
    const [with_, without] = [jobs(await stack()), jobs(await dev())];
    expect([...with_].sort()).toEqual([...without].sort());
    expect(Object.keys((await stack()).result.services)).toEqual(
      expect.arrayContaining(['postgres-exporter', 'redis-exporter']),
    );
  });

  it('change nothing else, and have no exporters without a host', async () => {
    const { result } = await dev();
    expect(Object.keys(result.services)).not.toContain('postgres-exporter');
  });

  it('on Kubernetes, allow each exporter to connect only to its server', async () => {
    const { ofType } = await up(
      { ...servers, platform: 'kubernetes' },
      { stack: 'prod', secretKeys },
    );
    const policy = JSON.stringify(
      ofType('NetworkPolicy')
        .filter(({ name }) => name.includes('postgres-exporter'))
        .map(({ inputs }) => inputs),
    );
    expect(policy).toContain('5432');
    expect(policy).not.toContain('6379');
  });
});

describe('on Kubernetes', () => {
  it('there are no Docker resources', async () => {
    const { resources } = await prod();
    expect(resources.filter(({ type }) => type.startsWith('docker:'))).toEqual([]);
    expect(resources.some(({ type }) => type.endsWith(':StatefulSet'))).toBe(true);
  });

  it('all targets have a node, and the kubelets provide container metrics', async () => {
    const { ofType } = await prod();
    const [config] = ofType('ConfigMap').filter(({ name }) => name === 'prometheus-config');
    const data = config?.inputs['data'] as Readonly<Record<string, string>>;
    const { scrape_configs } = parse(data['etc_prometheus_prometheus.yml'] ?? '') as {
      scrape_configs: {
        job_name: string;
        relabel_configs?: { target_label?: string }[];
        kubernetes_sd_configs?: { role: string }[];
      }[];
    };
    const theirs = [
      ...['caddy', 'api-server', 'ws-server', 'worker', 'postgres', 'redis'],
      'uptime',
    ];
    const ours = scrape_configs.filter(({ job_name: job }) => !theirs.includes(job));
    expect(ours.length).toBeGreaterThan(6);
    for (const { job_name: job, relabel_configs: rules = [], kubernetes_sd_configs } of ours) {
      expect([job, rules.map((rule) => rule.target_label)]).toEqual([
        job,
        expect.arrayContaining(['node']),
      ]);
      const role = ['cadvisor', 'kubelet'].includes(job) ? 'node' : 'pod';
      expect([job, kubernetes_sd_configs?.map((sd) => sd.role)]).toEqual([job, [role]]);
    }
  });

  /** Who asks the API server, and who has how many rights there. */
  const asking = ({ ofType }: Awaited<ReturnType<typeof up>>) => {
    const bindings = [...ofType('RoleBinding'), ...ofType('ClusterRoleBinding')];
    const subjects = bindings.flatMap(({ inputs }) => inputs['subjects'] as { name: string }[]);
    const tokens = ['StatefulSet', 'Deployment', 'DaemonSet']
      .flatMap((kind) => ofType(kind))
      .filter(({ inputs }) => JSON.stringify(inputs).includes('serviceAccountToken'));
    return {
      rights: subjects.map(({ name }) => name).sort(),
      tokens: tokens.map(({ name }) => name).sort(),
    };
  };

  it('only Prometheus and kube-state-metrics have rights in the API server', async () => {
    const [state, nodes] = ['kube-state-metrics', 'kube-state-metrics-nodes'];
    expect(asking(await prod())).toEqual({
      rights: [state, state, nodes, 'prometheus', 'prometheus', 'prometheus'],
      tokens: [state, nodes, 'prometheus'],
    });
  });

  it('without kube-state-metrics, only Prometheus has rights', async () => {
    const stack = await up(
      { platform: 'kubernetes', kubernetes: { stateMetrics: false } },
      { stack: 'prod' },
    );
    expect(asking(stack)).toEqual({
      rights: ['prometheus', 'prometheus', 'prometheus'],
      tokens: ['prometheus'],
    });
    const configs = JSON.stringify(stack.ofType('ConfigMap').map(({ inputs }) => inputs));
    expect(configs).not.toMatch(/kube-state-metrics|job_name: kubelet|kubelet_volume|alert: Kube/);
  });

  // The machines of OpenShift already have a node exporter at 9100.
  it('the node exporter is probed, scraped and let in at the port that is set', async () => {
    const stack = await up(
      { platform: 'kubernetes', nodeExporter: { port: 9101 } },
      { stack: 'prod' },
    );
    const pod = JSON.stringify(stack.get('DaemonSet', 'node-exporter').inputs);
    expect(pod).toContain('[$(HOST_IP)]:9101');
    expect(pod).toContain('"containerPort":9101');
    const policies = stack.ofType('NetworkPolicy').filter(({ name }) => /node-exporter/.test(name));
    expect(policies).toHaveLength(2);
    const [config] = named(stack, 'prometheus-config');
    const scraped = (config?.inputs['data'] as Record<string, string>)[
      'etc_prometheus_prometheus.yml'
    ];
    for (const text of [...policies.map(({ inputs }) => JSON.stringify(inputs)), scraped]) {
      expect(text).toContain('9101');
      expect(text).not.toContain('9100');
    }
  });

  it("AudiFi's pods are targets, in its namespace by default", async () => {
    const { ofType } = await up(
      {
        platform: 'kubernetes',
        targets: {
          worker: { kubernetes: { labels: { app: 'worker' }, port: 9092 } },
          'ws-server': { kubernetes: { namespace: 'live', labels: { app: 'ws' }, port: 9091 } },
        },
      },
      { stack: 'prod' },
    );
    const namespaces = ofType('Role').map(
      ({ inputs }) => (inputs['metadata'] as { namespace: string }).namespace,
    );
    // Those of Prometheus and those of kube-state-metrics.
    const expected = ['audifi', 'live', 'monitoring', 'monitoring-host'];
    expect(namespaces.sort()).toEqual(expected.flatMap((namespace) => [namespace, namespace]));
    const names = ofType('NetworkPolicy').map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'monitoring-prometheus-to-pods-in-audifi-9092',
        'monitoring-prometheus-to-pods-in-live-9091',
      ]),
    );
  });

  it('the same services exist, with the names of the cluster', async () => {
    const { result } = await prod();
    // On Kubernetes, the kubelets contain cAdvisor.
    const onDocker = Object.keys((await dev()).result.services);
    const here = onDocker.filter((name) => name !== 'cadvisor');
    expect(Object.keys(result.services)).toEqual([
      ...here,
      'kube-state-metrics',
      'kube-state-metrics-nodes',
    ]);
    for (const { host, url } of Object.values(result.services)) {
      expect(host).toMatch(/\.svc$/);
      expect(url).toBeUndefined();
    }
  });
});

describe('invalid settings', () => {
  it('are rejected before any resource is registered', async () => {
    const registered: string[] = [];
    const outputs = (_type: string, name: string): Record<string, unknown> => {
      registered.push(name);
      return {};
    };
    const attempt = up({ platform: 'docker', prometheus: { port: 'web' } }, { outputs });
    await expect(attempt).rejects.toThrow(/prometheus\.port: "web" is not a port/);
    expect(registered.filter((name) => name !== 'root')).toEqual([]);
  });
});
