import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { deploymentOf } from '../../components/deployment';
import { type ImageName, prepare } from '../../offline/kit';
import { withFullKeys } from '../../scripts/stack-files';
import { shapeOf } from '../../scripts/stack-settings';
import { Checkout } from './lib/checkout';
import { eventually } from './lib/engine';
import { KubeCluster } from './lib/kube-cluster';
import { releasedServices, releasedStack, restore } from './lib/kube-release';
import { LokiApi } from './lib/logs';
import { PrometheusApi } from './lib/prometheus';

// An upgrade of a running stack on a real cluster, with the real engine and the real provider: an
// earlier program's objects and state (test/e2e/lib/kube-release.ts), then this program. The state
// has the path of a kubeconfig that is on another machine, as earlier versions wrote it.

const small = { storage: '1GiB', memory: '512MiB' };
const config = {
  platform: 'kubernetes',
  kubernetes: { context: KubeCluster.context, adoptNamespace: true },
  alertmanager: { replicas: 1 },
  prometheus: { ...small, replicas: 1, retention: '4d', retentionSize: '512MiB' },
  loki: { ...small, replicas: 1 },
  jaeger: small,
  traces: { replicas: 1, storage: '256MiB', memory: '256MiB', maxTraces: 8000 },
  grafana: { enabled: false },
  uptime: { checks: [] },
  alerts: { acceptGaps: true },
};
const spaced = withFullKeys(config);
const stackImages: ImageName[] = [...deploymentOf(shapeOf({ config: spaced })).images];

let checkout: Checkout;
let cluster: KubeCluster;

async function make(target: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await checkout.make(target, { ...cluster.env, ...env });
  if (code !== 0) throw new Error(`make ${target}: exit ${code}\n${output}\n${cluster.report()}`);
  return output;
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
}

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** Identity of each object of a kind in the stack's namespace, by its name, unless it is ending. */
const identities = (kind: string): Record<string, string> =>
  Object.fromEntries(
    (cluster.get(kind, '--namespace', 'monitoring') as { items: Named[] }).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => [metadata.name, metadata.uid]),
  );

/** What the earlier stack has stored. */
interface Stored {
  readonly sample: readonly [number, string];
  readonly silence: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly controllers: Readonly<Record<string, string>>;
}
let stored: Stored;
const line = 'written before the upgrade';

/** Where the kubeconfig was on the machine of the earlier `up`. */
const elsewhere = '/home/ada/.kube/config';

interface State {
  readonly deployment: {
    readonly pending_operations?: readonly { readonly resource: { readonly urn: string } }[];
  };
}
const exported = async (): Promise<string> => {
  const output = await make('pulumi', { ARGS: 'stack export' });
  return output.slice(output.indexOf('{\n'), output.lastIndexOf('}') + 1);
};

/** On a new machine, this builds the parts of the cluster and the provider first. */
const buildMs = 45 * 60_000;

beforeAll(async () => {
  const kit = await prepare({
    ...{ need: ['pulumi', 'kubernetes', 'kubectl', 'docker', 'images'], images: stackImages },
  });
  checkout = new Checkout(releasedStack);
  cluster = new KubeCluster(checkout.dir, kit);
  await cluster.start(1, stackImages);
  const state = join(checkout.dir, 'state.json');
  writeFileSync(state, restore(cluster, elsewhere));
  checkout.writeStackFile(stringify({ config: spaced }));
  await make('pulumi', { ARGS: `stack import --file ${state}` });
  for (const service of releasedServices) {
    await cluster.kubectlAsync(
      ...['rollout', 'status', `statefulset/${service}`, '--namespace', 'monitoring'],
      ...['--timeout', '180s'],
    );
  }
  stored = await store();
}, buildMs);

afterAll(async () => {
  await cluster.stop();
  checkout.remove();
});

async function store(): Promise<Stored> {
  const loki = await cluster.open('loki', 3100);
  const now = `${Date.now()}000000`;
  await post(`${loki}/loki/api/v1/push`, {
    streams: [{ stream: { job: 'e2e' }, values: [[now, line]] }],
  });
  const { silenceID } = (await (
    await post(`${await cluster.open('alertmanager', 9093)}/api/v2/silences`, {
      matchers: [{ name: 'alertname', value: 'Upgrade', isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 86_400_000).toISOString(),
      ...{ createdBy: 'e2e', comment: line },
    })
  ).json()) as { silenceID: string };
  const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
  const sample = await eventually('a sample', 60, async () => {
    const [first] = await prometheus.raw('up{job="prometheus"}', '10m').catch(() => []);
    return first;
  });
  return {
    ...{ sample, silence: silenceID },
    ...{ claims: identities('pvc'), controllers: identities('statefulsets') },
  };
}

async function post(url: string, body: object): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}

it('shows claims that the StatefulSets created as volumes that exist', async () => {
  expect(Object.keys(stored.claims)).toEqual(
    releasedServices.map((service) => `data-${service}-0`),
  );
  const preview = await make('preview');
  expect(preview).toContain(`Changes that people notice (${releasedStack}):`);
  // The earlier stack in the fixture has no trace collector. A preview as long as this one shows
  // its summary before the resources and again after them.
  const added = '+ volume otel-collector-queue 256Mi';
  expect(preview.match(/[+~] volume .*/g)).toEqual([added, added]);
});

it('replaces no claim and no StatefulSet, and removes the path of a kubeconfig from the state', async () => {
  expect(await exported()).toContain(elsewhere);
  expect(await make('up')).toContain(`was removed: ${elsewhere}`);
  expect(await exported()).not.toContain(elsewhere);
  expect(identities('pvc')).toMatchObject(stored.claims);
  expect(identities('statefulsets')).toMatchObject(stored.controllers);
});

it('keeps samples, log lines and silences', async () => {
  const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
  expect((await prometheus.raw('up{job="prometheus"}', '1h'))[0]).toEqual(stored.sample);
  const loki = new LokiApi(await cluster.open('loki', 3100));
  expect((await loki.lines('{job="e2e"}')).map(({ text }) => text)).toEqual([line]);
  const alertmanager = await cluster.open('alertmanager', 9093);
  const silence = await fetch(`${alertmanager}/api/v2/silence/${stored.silence}`);
  expect(await silence.json()).toMatchObject({ status: { state: 'active' }, comment: line });
});

it('is complete: the preview after it changes nothing', async () => {
  const preview = await make('preview');
  expect(preview).toContain(`Changes that people notice (${releasedStack}): none.`);
  expect(preview).not.toMatch(/to (create|update|replace|delete)/);
});

it('completes an up that was killed, and leaves no trace of it in the state', async () => {
  const pod = (): string | undefined => identities('pods')['prometheus-0'];
  const hold = (finalizers: readonly string[] | null): string =>
    cluster.kubectl(
      ...['--namespace', 'monitoring', 'patch', 'pod', 'prometheus-0', '--type', 'merge'],
      ...['--patch', JSON.stringify({ metadata: { finalizers } })],
    );
  const before = pod();
  expect(before).toBeDefined();
  // The old pod stays until this is taken back, so the engine still waits when it is killed.
  hold(['audifi.test/hold']);
  await make('pulumi', { ARGS: 'config set --path prometheus.scrapeInterval 20s' });
  const { pid, finished } = checkout.start('up', cluster.env);
  await eventually('the old pod ends', 120, () => (pod() === before ? undefined : true));
  process.kill(-pid, 'SIGKILL');
  const { code, output } = await finished;
  expect(code).not.toBe(0);
  hold(null);
  const { pending_operations: pending } = (JSON.parse(await exported()) as State).deployment;
  const urns = (pending ?? []).map(({ resource }) => resource.urn);
  expect({ output, urns }).toMatchObject({
    urns: [expect.stringMatching(/StatefulSet::prometheus/)],
  });

  expect(await make('up')).toContain('The last run was killed');
  const { deployment } = JSON.parse(await exported()) as State;
  expect(deployment.pending_operations ?? []).toEqual([]);
  const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
  const intervals = (await prometheus.targets()).map(({ scrapeInterval }) => scrapeInterval);
  expect(intervals).toContain('20s');
  expect(await make('drift')).toContain(`No drift: ${releasedStack}`);
});

it('takes back what somebody has changed with kubectl', async () => {
  const label = 'app.kubernetes.io/part-of';
  const inNamespace = ['--namespace', 'monitoring'];
  const kinds = ['services', 'networkpolicies', 'serviceaccounts'];
  const labels = (): string[] =>
    kinds.flatMap((kind) =>
      (cluster.get(kind, ...inNamespace) as { items: Labelled[] }).items.flatMap(
        ({ metadata }) => metadata.labels?.[label] ?? [],
      ),
    );
  const before = labels();
  for (const kind of kinds) {
    const chosen = ['--selector', `${label}=${before[0] ?? ''}`];
    cluster.kubectl(...inNamespace, 'label', kind, ...chosen, `${label}=mine`, '--overwrite');
  }
  expect(new Set(labels())).toEqual(new Set(['mine']));
  await make('refresh');
  await make('up');
  expect(labels()).toEqual(before);
});
