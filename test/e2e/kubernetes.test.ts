import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { deploymentOf } from '../../components/deployment';
import { type ImageName, type Kit, prepare } from '../../offline/kit';
import { withFullKeys } from '../../scripts/stack-files';
import { shapeOf } from '../../scripts/stack-settings';
import { blocksOf, readRunbook, runbookPages } from '../lib/runbook-parts';
import { Checkout } from './lib/checkout';
import { eventually } from './lib/engine';
import { id, JaegerApi } from './lib/jaeger';
import { appNamespace, appObjects } from './lib/kube-app';
import { rotates, stopsBadChanges, tellsDenials, undoesScaling } from './lib/kube-changes';
import { KubeCluster } from './lib/kube-cluster';
import { losesPods } from './lib/kube-kills';
import { KubeLife, losesNodes } from './lib/kube-life';
import { readingCommands, refusedCommands } from './lib/kube-runbooks';
import { acceptedConnections, concernsStack, neededConnections } from './lib/kube-traffic';
import { LokiApi } from './lib/logs';
import { PrometheusApi } from './lib/prometheus';

// The production stack at small size on a real cluster of three nodes, with the real engine and the
// real Kubernetes provider, in the order in which an operator would run it.

const stack = 'e2ekube';
const nodes = ['node-0', 'node-1', 'node-2'];
const bucket = `http://bucket.${appNamespace}.svc:9000`;
const small = { storage: '1GiB', memory: '512MiB' };

// Two nodes of two cores have to hold the pods of a third one, and the scheduler moves no pods to
// make room. So the free CPU of both together is at least twice the request of the largest pod.
const fewCpus = { cpus: 0.5 };

const config = {
  platform: 'kubernetes',
  kubernetes: { context: KubeCluster.context },
  prometheus: {
    ...{ ...small, ...fewCpus },
    replicas: 2,
    scrapeInterval: '2s',
    evaluationInterval: '5s',
    retentionSize: '512MiB',
  },
  alertmanager: {
    replicas: 3,
    startDelay: '5s',
    critical: { groupWait: '5s', groupInterval: '20s' },
  },
  loki: {
    ...{ ...small, ...fewCpus },
    replicas: 3,
    s3: {
      ...{ bucket: 'audifi-logs', pathStyle: true },
      endpoint: bucket,
    },
  },
  longTerm: {
    ...{ store: 's3', storage: '1GiB', memory: '256MiB' },
    s3: {
      ...{ bucket: 'audifi-metrics', pathStyle: true },
      endpoint: bucket,
    },
  },
  jaeger: small,
  traces: { replicas: 2, storage: '256MiB', memory: '256MiB', maxTraces: 8000 },
  grafana: { enabled: false },
  uptime: { checks: [] },
  targets: {
    'api-server': {
      kubernetes: { labels: { 'app.kubernetes.io/name': 'api-server' }, port: 9090 },
    },
    ...Object.fromEntries(
      ['caddy', 'ws-server', 'worker', 'postgres', 'redis'].map((job) => [job, { enabled: false }]),
    ),
  },
  pagerduty: { eventsUrl: `http://receiver.${appNamespace}.svc:8080/v2/enqueue` },
  alerts: { acceptGaps: true },
};

const spaced = withFullKeys(config);

const stackImages: ImageName[] = [...deploymentOf(shapeOf({ config: spaced })).images, 'node'];

// Keys of a test, which open nothing.
const keys = {
  pagerdutyRoutingKey: 'e2e0'.repeat(8),
  lokiS3AccessKey: 'e2e-access-key-0001',
  lokiS3SecretKey: 'e2e-secret-key-0001',
  longTermS3AccessKey: 'e2e-access-key-0002',
  longTermS3SecretKey: 'e2e-secret-key-0002',
};
const rotated = {
  pagerdutyRoutingKey: 'e2e1'.repeat(8),
  longTermS3SecretKey: 'e2e-secret-key-0003',
};

let kit: Kit;
let checkout: Checkout;
let cluster: KubeCluster;
let prometheus: PrometheusApi;
let loki: LokiApi;
let jaeger: JaegerApi;
let api = '';
let receiver = '';

/** Fails with what the command printed and the pods' logs. */
async function make(target: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await checkout.make(target, { ...cluster.env, ...env });
  if (code !== 0) throw new Error(`make ${target}: exit ${code}\n${output}\n${cluster.report()}`);
  return output;
}

const life = new KubeLife(() => ({
  ...{ stack, cluster, checkout, make, receiver, reconnect },
  attempt: (target, env = {}) => checkout.make(target, { ...cluster.env, ...env }),
  startNodes: () => cluster.start(nodes.length, stackImages),
}));

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
}

interface Claim {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly storageClassName: string };
}

const pods = (): Pod[] => {
  const list = cluster.get(
    ...['pods', '--all-namespaces', '--selector', `app.kubernetes.io/instance=${stack}`],
  );
  return (list as { items: Pod[] }).items;
};

/** Identity of each pod of the stack, by its name. */
const identities = (): Record<string, string> =>
  Object.fromEntries(pods().map(({ metadata }) => [metadata.name, metadata.uid]));

async function reconnect(): Promise<void> {
  // Always the same one of the two: their samples differ by a moment.
  prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
  loki = new LokiApi(await cluster.open('loki', 3100));
  jaeger = new JaegerApi(await cluster.open('jaeger', 16686));
}

/** On a new machine, this builds the parts of the cluster and the provider first. */
const buildMs = 45 * 60_000;

beforeAll(async () => {
  kit = await prepare({
    ...{ need: ['pulumi', 'kubernetes', 'kubectl', 'docker', 'images'], images: stackImages },
  });
  checkout = new Checkout(stack);
  cluster = new KubeCluster(checkout.dir, kit);
  await cluster.start(nodes.length, stackImages);
  cluster.apply(appObjects(2));
  checkout.writeStackFile(stringify({ config: spaced }));
  for (const [key, value] of Object.entries(keys)) {
    await make('pulumi', { ARGS: `config set ${key} ${value} --secret` });
  }
}, buildMs);

afterAll(async () => {
  await cluster.stop();
  checkout.remove();
});

/** Lost nodes and failed changes take five minutes more: only `make e2e PLATFORM=kubernetes`. */
const whole = process.env['PLATFORM'] === 'kubernetes';

describe('from nothing', () => {
  it('a namespace of others is refused and stays as it is, until a setting hands it over', async () => {
    const namespace = (): unknown => cluster.get('namespace', 'monitoring');
    cluster.kubectl('create', 'namespace', 'monitoring');
    const before = namespace();
    const { code, output } = await checkout.make('up', cluster.env);
    expect(code).not.toBe(0);
    expect(output).toContain('kubernetes.namespace: monitoring exists, and this stack did not');
    expect(namespace()).toEqual(before);
    await make('pulumi', { ARGS: 'config set --path kubernetes.adoptNamespace true' });
  });

  it('one up makes every pod ready, in the cluster and in make status', async () => {
    const output = await make('up');
    for (const service of ['prometheus', 'alertmanager', 'loki', 'jaeger', 'otel-collector']) {
      expect(output).toMatch(new RegExp(`^${service} .* yes$`, 'm'));
    }
    const status = await make('status');
    for (const service of ['promtail', 'prometheus-sidecar', 'kube-state-metrics']) {
      expect(status).toMatch(new RegExp(`^${service} .* yes$`, 'm'));
    }
    await reconnect();
    api = await cluster.open('api-server', 3001, appNamespace);
    receiver = await cluster.open('receiver', 8080, appNamespace);
  });

  it('scrapes its own pods, the pods of the application and every node, by their names', async () => {
    const targets = await eventually('all targets are up', 60, async () => {
      const all = await prometheus.targets();
      return all.length > 10 && all.every(({ health }) => health === 'up') ? all : undefined;
    });
    const of = (job: string): Record<string, string | undefined>[] =>
      targets.filter(({ labels }) => labels['job'] === job).map(({ labels }) => labels);
    expect(of('api-server')).toHaveLength(2);
    for (const labels of of('api-server')) {
      expect(labels).toMatchObject({ namespace: appNamespace, container: 'api-server' });
      expect(labels['pod']).toMatch(/^api-server-/);
      expect(nodes).toContain(labels['node']);
    }
    for (const job of ['node', 'promtail', 'cadvisor']) {
      expect(
        of(job)
          .map(({ node }) => node)
          .sort(),
      ).toEqual(nodes);
    }
    expect(
      of('alertmanager')
        .map(({ pod }) => pod)
        .sort(),
    ).toEqual([0, 1, 2].map((i) => `alertmanager-${i}`));
    const ready = await eventually('the state of the pods is known', 60, async () => {
      const found = await prometheus.query(
        `kube_pod_status_ready{condition="true", namespace="${appNamespace}", pod=~"api-server-.+"}`,
      );
      return found.length === 2 ? found : undefined;
    });
    expect(ready.map(({ value }) => value)).toEqual([1, 1]);
    const readyNodes = await prometheus.query(
      'kube_node_status_condition{condition="Ready", status="true"}',
    );
    expect(readyNodes.map(({ metric }) => metric['node']).sort()).toEqual(nodes);
    const memory = await eventually('the kubelets measure containers', 60, async () => {
      const found = await prometheus.query(
        `container_memory_working_set_bytes{namespace="${appNamespace}", container="api-server"}`,
      );
      return found.length === 2 ? found : undefined;
    });
    expect(memory.every(({ metric }) => /^api-server-/.test(metric['pod'] ?? ''))).toBe(true);
  });

  it('spreads the instances of a service over the nodes', () => {
    for (const service of ['alertmanager', 'loki']) {
      expect([0, 1, 2].map((i) => life.nodeOf(`${service}-${i}`)).sort()).toEqual(nodes);
    }
    for (const service of ['prometheus', 'otel-collector']) {
      expect(life.nodeOf(`${service}-0`)).not.toBe(life.nodeOf(`${service}-1`));
    }
  });

  it('has the log lines of the application, redacted, with the names that its metrics have', async () => {
    const pod = await (await fetch(`${api}/log?text=seen%20by%20ada@audifi.io`)).text();
    const [line] = await eventually('the line is in Loki', 60, async () => {
      const found = await loki.lines(
        `{namespace="${appNamespace}", container="api-server"} |= "seen"`,
      );
      return found.length > 0 ? found : undefined;
    });
    expect(line?.stream).toMatchObject({ job: 'api-server', level: 'warn', pod });
    expect(line?.text).toContain('a***@audifi.io');
  });

  it('takes spans from a pod of the application, in either collector, and keeps their traces', async () => {
    // Each trace belongs to one collector, and half of the spans arrive at the other one.
    const traces = Array.from({ length: 20 }, () => id(16));
    for (const trace of traces) {
      expect((await fetch(`${api}/span?trace=${trace}`)).status).toBe(200);
    }
    await eventually('the traces are in Jaeger', 60, async () => {
      const found = await jaeger.stored(traces);
      if (found.length < traces.length) throw new Error(`${found.length} of ${traces.length}`);
      return true;
    });
    expect((await jaeger.trace(traces[0] ?? ''))?.spans).toHaveLength(1);
  });
});

describe('once it runs', () => {
  it('a second up and the preview after it change nothing', async () => {
    const before = identities();
    expect(await make('up')).toMatch(/^ +\d+ unchanged$/m);
    const preview = await make('preview');
    expect(preview).toMatch(/^ +\d+ unchanged$/m);
    expect(preview).not.toMatch(/to (create|update|replace|delete)/);
    expect(identities()).toEqual(before);
  });

  it('a changed scrape interval rolls Prometheus alone, and its data stays', async () => {
    const before = identities();
    const [oldest] = await prometheus.raw('up{job="prometheus"}', '1h');
    await make('pulumi', { ARGS: 'config set --path prometheus.scrapeInterval 3s' });
    await make('up');
    const now = identities();
    const changed = Object.keys(now).filter((name) => before[name] !== now[name]);
    expect(changed.sort()).toEqual(['prometheus-0', 'prometheus-1']);
    await reconnect();
    expect((await prometheus.raw('up{job="prometheus"}', '1h'))[0]).toEqual(oldest);
  });

  it('a size that a volume cannot have is refused; a larger one updates its claim, and the rules about it', async () => {
    const set = (key: string, value: string): Promise<string> =>
      make('pulumi', { ARGS: `config set --path ${key} ${value}` });
    const claim = (): Claim =>
      cluster.get('pvc', 'data-jaeger-0', '--namespace', 'monitoring') as Claim;
    const [before, running] = [claim(), identities()];
    await set('jaeger.storage', '2GiB');
    await set('alertmanager.storage', '16MiB');
    const { code, output } = await checkout.make('up', cluster.env);
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /jaeger\.storage: is 2GiB, but .* data-jaeger-0 has 1Gi .* let volumes grow/,
    );
    expect(output).toMatch(/alertmanager\.storage: is 16MiB, but .* a volume cannot shrink/);
    await make('pulumi', { ARGS: 'config rm --path alertmanager.storage' });
    const grows = JSON.stringify({ allowVolumeExpansion: true });
    cluster.kubectl('patch', 'storageclass', before.spec.storageClassName, '--patch', grows);
    await make('up');
    const spec = { resources: { requests: { storage: '2Gi' } } };
    expect(claim()).toMatchObject({ metadata: { uid: before.metadata.uid }, spec });
    // The alert about its budget has the size, so Prometheus gets other rules.
    const now = identities();
    const changed = Object.keys(now).filter((name) => running[name] !== now[name]);
    expect(changed.sort()).toEqual(['prometheus-0', 'prometheus-1']);
    await reconnect();
  });

  rotates(
    life,
    Object.fromEntries(
      Object.entries(rotated).map(([key, to]) => [
        key,
        { from: keys[key as 'pagerdutyRoutingKey'], to },
      ]),
    ),
    [
      ...['alertmanager-0', 'alertmanager-1', 'alertmanager-2', 'prometheus-0', 'prometheus-1'],
      ...['thanos-compactor-0', 'thanos-store-0'],
    ],
    identities,
  );

  it('answers through Thanos as one Prometheus', async () => {
    const thanos = new PrometheusApi(await cluster.open('thanos-frontend', 10902));
    const merged = await eventually('both pods of the application, each once', 60, async () => {
      const found = await thanos.query('up{job="api-server"}');
      return found.length === 2 ? found : undefined;
    });
    for (const { metric } of merged) expect(metric).not.toHaveProperty('replica');
  });

  it('runs the queries of the runbooks about the cluster', async () => {
    const queries = runbookPages()
      .filter((page) => page.startsWith('Kube'))
      .flatMap((page) => blocksOf(readRunbook(page), 'promql'));
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) await prometheus.query(query);
    expect(await prometheus.query('max by (namespace, pod, node) (kube_pod_info)')).not.toEqual([]);
  });

  it('runs the commands of the runbooks that read the cluster', async () => {
    const selector = ['--selector', 'app.kubernetes.io/name=api-server'];
    const [appPod = ''] = cluster
      .kubectl('--namespace', appNamespace, 'get', 'pods', ...selector, '--output', 'name')
      .split('\n')
      .map((name) => name.replace('pod/', ''));
    const commands = readingCommands({
      ...{ namespace: 'monitoring', pod: 'prometheus-0', container: 'prometheus', appPod },
      ...{ claim: 'data-prometheus-0', node: 'node-0', workload: 'kube-state-metrics' },
      job: 'api-server',
    });
    expect(commands.length).toBeGreaterThan(40);
    expect(commands.filter((command) => command.includes('<'))).toEqual([]);
    expect(await refusedCommands(commands, cluster.env)).toEqual([]);
  });

  it('knows how full its volumes are', async () => {
    // A kubelet measures volumes once a minute.
    await eventually('the volume of Prometheus is measured', 150, async () => {
      const claim = 'namespace="monitoring", persistentvolumeclaim="data-prometheus-0"';
      const [share] = await prometheus.query(
        `kubelet_volume_stats_available_bytes{${claim}} / kubelet_volume_stats_capacity_bytes{${claim}}`,
      );
      return share !== undefined && share.value > 0 && share.value < 1 ? true : undefined;
    });
  });

  it('lets every connection through that a workload needs, and no other', async () => {
    const namespaces = [appNamespace, 'monitoring', 'monitoring-host'];
    const accepted = await acceptedConnections(cluster, namespaces);
    expect(accepted.filter(concernsStack)).toEqual(neededConnections);
  });
});

describe('in an incident', () => {
  it('pages once, although three Alertmanagers have the alert, and says when it is over', async () => {
    const { output } = await checkout.make('drill', { ...cluster.env, KIND: 'page' });
    expect(output).toMatch(/notified: on-call \(pagerduty\)[^]*resolved: on-call \(pagerduty\)/);
    const pages = await life.pages();
    const drill = pages.find(({ payload }) => /Drill/.test(payload?.summary ?? ''));
    const own = pages.filter(({ dedup_key: key }) => key === drill?.dedup_key);
    expect(own.map(({ event_action: action }) => action)).toEqual(['trigger', 'resolve']);
  });

  it('loses no line while one Loki of three is killed', async () => {
    const written = Array.from({ length: 40 }, (_, i) => `acknowledged line ${i} of 40`);
    for (const [i, text] of written.entries()) {
      if (i === 10) life.kill('loki-1');
      await fetch(`${api}/log?text=${encodeURIComponent(text)}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    loki = new LokiApi(await cluster.open('pod/loki-0', 3100));
    const kept = await eventually('every line is in Loki', 120, async () => {
      const found = await loki.lines(
        `{namespace="${appNamespace}", container="api-server"} |= "acknowledged line"`,
      );
      const texts = found.map(({ text }) => /acknowledged line \d+ of 40/.exec(text)?.[0]);
      return new Set(texts).size === written.length ? texts : undefined;
    });
    expect(kept).toHaveLength(written.length);
  });

  if (whole) {
    losesPods(life);
    losesNodes(life, rotated.pagerdutyRoutingKey);
  }
});

if (whole) {
  describe('a mistake', () => {
    stopsBadChanges(life, bucket);
    undoesScaling(life);
    tellsDenials(life);
  });
}

describe('the end', () => {
  it('destroy leaves the volumes, and the next up takes them over', async () => {
    const [oldest] = await prometheus.raw('up{job="prometheus"}', '2h');
    const claims = (): string[] =>
      cluster
        .kubectl('--namespace', 'monitoring', 'get', 'pvc', '--output', 'name')
        .split('\n')
        .sort();
    const before = claims();
    await make('destroy');
    expect(pods()).toEqual([]);
    expect(claims()).toEqual(before);
    await make('up');
    expect(claims()).toEqual(before);
    await reconnect();
    expect((await prometheus.raw('up{job="prometheus"}', '2h'))[0]).toEqual(oldest);
  });

  it('destroy with PURGE=1 deletes the volumes too', async () => {
    const output = await make('destroy', { PURGE: '1' });
    expect(output).toMatch(
      /Data deleted: claims data-alertmanager-0, .* in the namespace monitoring/,
    );
    expect(cluster.kubectl('--namespace', 'monitoring', 'get', 'pvc', '--output', 'name')).toBe('');
  });
});
