import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Checkout, MakeResult } from './checkout';
import { eventually } from './engine';
import { appNamespace } from './kube-app';
import type { KubeCluster } from './kube-cluster';
import { LokiApi } from './logs';
import { PrometheusApi } from './prometheus';

/** The stack that a test runs on a cluster of three nodes. */
export interface KubeStack {
  readonly stack: string;
  readonly cluster: KubeCluster;
  readonly checkout: Checkout;
  /** Runs `make`. Fails with what it printed. */
  readonly make: (target: string, env?: NodeJS.ProcessEnv) => Promise<string>;
  /** The same for a command that may fail. */
  readonly attempt: (target: string, env?: NodeJS.ProcessEnv) => Promise<MakeResult>;
  /** URL of the stand-in for PagerDuty. */
  readonly receiver: string;
  /** Opens the tunnels to the stack again, after its pods were replaced. */
  readonly reconnect: () => Promise<void>;
  /** Starts lost nodes again. */
  readonly startNodes: () => Promise<void>;
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

interface Page {
  readonly routing_key: string;
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string };
}

export const isReady = ({ status: { conditions = [] } }: Pick<Pod, 'status'>): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const namespace = 'monitoring';
const replicated = ['alertmanager', 'loki', 'prometheus'];

/** What people do to a cluster, and what fails there, while the stack runs. */
export class KubeLife {
  constructor(private readonly running: () => KubeStack) {}

  get stack(): KubeStack {
    return this.running();
  }

  kubectl(...args: string[]): string {
    return this.stack.cluster.kubectl('--namespace', namespace, ...args);
  }

  nodeOf(pod: string): string {
    return this.kubectl('get', 'pod', pod, '--output', 'jsonpath={.spec.nodeName}');
  }

  /** Ends a pod without its grace period. Does not wait for the next one. */
  kill(pod: string): void {
    this.kubectl('delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false');
  }

  /** `ready/wanted` of each StatefulSet, e.g. `loki 2/3`. */
  statefulSets(): string[] {
    const columns = 'NAME:.metadata.name,READY:.status.readyReplicas,WANTED:.spec.replicas';
    return this.kubectl(
      'get',
      'statefulsets',
      '--no-headers',
      '--output',
      `custom-columns=${columns}`,
    )
      .trim()
      .split('\n')
      .map((line) => line.replace('<none>', '0').replace(/^(\S+)\s+(\d+)\s+(\d+)$/, '$1 $2/$3'));
  }

  async allReady(seconds: number): Promise<void> {
    await eventually('every instance is ready', seconds, () => {
      const missing = this.statefulSets().filter((line) => !/ (\d+)\/\1$/.test(line));
      if (missing.length > 0) throw new Error(missing.join(', '));
      return Promise.resolve(true);
    });
  }

  /** A pod of the application that is ready and not on this node. */
  async appElsewhere(node: string): Promise<string> {
    return eventually('a pod of the application elsewhere', 60, async () => {
      const selector = 'app.kubernetes.io/name=api-server';
      const { items } = this.stack.cluster.get(
        ...['pods', '--namespace', appNamespace, '--selector', selector],
      ) as { items: Pod[] };
      const pod = items.find((one) => one.spec.nodeName !== node && isReady(one));
      if (pod === undefined) return undefined;
      return this.stack.cluster.open(`pod/${pod.metadata.name}`, 3001, appNamespace);
    });
  }

  scaleApp(replicas: number): void {
    const args = ['scale', 'deployment/api-server', `--replicas=${replicas}`];
    this.stack.cluster.kubectl('--namespace', appNamespace, ...args);
  }

  /** Waits until all these lines of the application are in Loki, asked at one instance. */
  async keeps(lines: readonly string[], instance: string): Promise<void> {
    const loki = new LokiApi(await this.stack.cluster.open(`pod/${instance}`, 3100));
    const app = `{namespace="${appNamespace}", container="api-server"}`;
    const common = lines[0]?.replace(/ \d+$/, '') ?? '';
    await eventually('every line is in Loki', 150, async () => {
      const found = (await loki.lines(`${app} |= "${common}"`)).map(({ text }) => text);
      const missing = lines.filter((line) => !found.some((text) => text.includes(`${line}"`)));
      if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
      return true;
    });
  }

  async pages(): Promise<Page[]> {
    const all = (await (await fetch(this.stack.receiver)).json()) as { body: Page }[];
    return all.map(({ body }) => body);
  }
}

async function write(api: string, line: string): Promise<string> {
  const { status } = await fetch(`${api}/log?text=${encodeURIComponent(line)}`);
  expect(status).toBe(200);
  return line;
}

/** Kills a pod, and waits until the next one of its name is ready. */
export const killed = (life: KubeLife, name: string): Promise<void> =>
  replaced(life, name, () => {
    life.kill(name);
  });

export async function replaced(life: KubeLife, name: string, end: () => void): Promise<void> {
  const found = (): Pod | undefined => {
    const list = life.kubectl(
      ...['get', 'pods', '--field-selector', `metadata.name=${name}`, '--output', 'json'],
    );
    return (JSON.parse(list) as { items: Pod[] }).items[0];
  };
  const before = found()?.metadata.uid;
  end();
  await eventually(`${name} is ready again`, 180, () => {
    const now = found();
    const ready = now !== undefined && now.metadata.uid !== before && isReady(now);
    return Promise.resolve(ready || undefined);
  });
}

/** A node that ends without notice, and one that is drained. */
export function losesNodes(life: KubeLife, routingKey: string): void {
  it('loses no line, and pages once, while a node is lost', async () => {
    const { attempt, cluster, startNodes } = life.stack;
    const first = life.nodeOf('alertmanager-0');
    // The first instance is the one that would send the page. The control plane has to stay.
    const lost = first === 'node-0' ? 'node-2' : first;
    const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
    const [oldest] = await prometheus.raw('up{job="prometheus"}', '2h');
    const loki = ['loki-0', 'loki-1', 'loki-2'].find((pod) => life.nodeOf(pod) !== lost) ?? '';
    const api = await life.appElsewhere(lost);

    await cluster.loseNode(lost);
    const lines: string[] = [];
    for (let i = 0; i < 20; i += 1) lines.push(await write(api, `while a node is lost ${i}`));
    await life.keeps(lines, loki);
    const before = new Set((await life.pages()).map(({ dedup_key: key }) => key));
    life.scaleApp(0);
    const page = await eventually('the page arrives', 240, async () =>
      (await life.pages()).find(
        ({ payload, dedup_key: key }) => !before.has(key) && /API/.test(payload?.summary ?? ''),
      ),
    );
    expect(page).toMatchObject({ event_action: 'trigger', routing_key: routingKey });
    // By now, the others know that one Loki is lost. One that restarts does not wait for it.
    await killed(life, loki);

    // As docs/kubernetes.md and the error say for a node that does not come back soon.
    await eventually('the cluster knows', 90, () =>
      Promise.resolve(/NotReady/.test(cluster.kubectl('get', 'node', lost)) || undefined),
    );
    const gone = 'node.kubernetes.io/out-of-service';
    const { code, output } = await attempt('up');
    expect(code).not.toBe(0);
    expect(output).toMatch(
      new RegExp(`do not respond: ${lost}\\.[^]* loki +2 of 3 ready\\n[^]*Nothing was changed`),
    );
    const taint = `taint nodes ${lost} ${gone}=nodeshutdown:NoExecute`;
    expect(output).toContain(taint);
    cluster.kubectl(...taint.split(' '));
    await life.allReady(180);
    for (const service of replicated) expect(life.nodeOf(`${service}-0`)).not.toBe(lost);
    const moved = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
    expect((await moved.raw('up{job="prometheus"}', '2h'))[0]).toEqual(oldest);

    await startNodes();
    cluster.kubectl('taint', 'node', lost, `${gone}-`);
    life.scaleApp(2);
    const own = async (): Promise<string[]> =>
      (await life.pages())
        .filter(({ dedup_key: key }) => key === page.dedup_key)
        .map(({ event_action: action }) => action);
    await eventually('the incident is resolved', 240, async () =>
      (await own()).includes('resolve') ? true : undefined,
    );
    // Instances that were apart for a while may each report the end. Only one may have paged.
    expect([...new Set(await own())]).toEqual(['trigger', 'resolve']);
    expect((await own()).filter((action) => action === 'trigger')).toHaveLength(1);
  });

  it('leaves a node that is drained one instance after the other, and loses no line', async () => {
    const { cluster } = life.stack;
    await life.allReady(120);
    const onNode = (node: string): number =>
      replicated.filter((service) => life.nodeOf(`${service}-0`) === node).length;
    const drained = onNode('node-1') >= onNode('node-2') ? 'node-1' : 'node-2';
    const api = await life.appElsewhere(drained);
    const lines: string[] = [];
    const worst: Record<string, number> = {};
    let done = false;
    const drain = cluster
      .kubectlAsync(
        'drain',
        drained,
        '--ignore-daemonsets',
        '--delete-emptydir-data',
        '--timeout=240s',
      )
      .finally(() => {
        done = true;
      });
    for (let i = 0; !done; i += 1) {
      lines.push(await write(api, `while a node is drained ${i}`));
      for (const line of life.statefulSets()) {
        const [, name = '', ready = '', wanted = ''] = /^(\S+) (\d+)\/(\d+)$/.exec(line) ?? [];
        worst[name] = Math.max(worst[name] ?? 0, Number(wanted) - Number(ready));
      }
      await sleep(250);
    }
    expect(await drain).toContain(`node/${drained} drained`);
    for (const service of replicated) {
      expect(worst[service]).toBeLessThanOrEqual(1);
    }
    await life.allReady(120);
    const left = cluster.get('pods', '--namespace', namespace) as { items: Pod[] };
    expect(left.items.map(({ spec }) => spec.nodeName)).not.toContain(drained);
    await life.keeps(lines, 'loki-0');
    cluster.kubectl('uncordon', drained);
    await life.stack.reconnect();
  });
}
