import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { eventually } from './engine';
import type { KubeLife } from './kube-life';
import { LokiApi } from './logs';

/** Everything that the API server has of the stack: pods, their history, files and Secrets. */
const kinds =
  'pods,statefulsets,deployments,daemonsets,replicasets,controllerrevisions,configmaps,secrets';

/** All text in the cluster, also that in Secrets. */
function everything(life: KubeLife): string {
  const { items } = life.stack.cluster.get(kinds, '--all-namespaces') as {
    items: { kind: string; data?: Record<string, string> }[];
  };
  const decoded = items
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data = {} }) => Object.values(data))
    .map((text) => Buffer.from(text, 'base64').toString('utf8'));
  return `${JSON.stringify(items)}\n${decoded.join('\n')}`;
}

/**
 * Rotates secrets by `up`.
 *
 * @param restarted names of the pods that use one of them
 * @param identities of all pods of the stack by name
 */
export function rotates(
  life: KubeLife,
  secrets: Readonly<Record<string, { readonly from: string; readonly to: string }>>,
  restarted: readonly string[],
  identities: () => Record<string, string>,
): void {
  it('rotated secrets restart the pods that use them, and leave nothing of the old ones', async () => {
    const { make, reconnect } = life.stack;
    for (const { from, to } of Object.values(secrets)) {
      expect(everything(life)).toContain(from);
      expect(everything(life)).not.toContain(to);
    }
    const before = identities();
    for (const [key, { to }] of Object.entries(secrets)) {
      await make('pulumi', { ARGS: `config set ${key} ${to} --secret` });
    }
    await make('up');
    const now = identities();
    const changed = Object.keys(now).filter((name) => before[name] !== now[name]);
    expect(changed.sort()).toEqual([...restarted].sort());
    for (const { from, to } of Object.values(secrets)) {
      expect(everything(life)).toContain(to);
      expect(everything(life)).not.toContain(from);
    }
    await reconnect();
  });
}

/**
 * An image that does not exist, and a setting that makes a program exit: here the address of Loki's
 * bucket.
 */
export function stopsBadChanges(life: KubeLife, bucket: string): void {
  it('an up that cannot work stops early, says why, and the old pods serve', async () => {
    const { checkout, make, attempt } = life.stack;
    const images = join(checkout.dir, 'components', 'images.ts');
    const good = readFileSync(images, 'utf8');
    const bad = good.replace(
      /(kube-state-metrics\/kube-state-metrics',\s+tag: )'[^']+'/,
      "$1'none'",
    );
    expect(bad).not.toBe(good);
    const set = (endpoint: string): Promise<string> =>
      make('pulumi', { ARGS: `config set --path loki.s3.endpoint ${endpoint}` });
    writeFileSync(images, bad);
    await set('http://nowhere.audifi.svc:9000');
    const started = Date.now();
    const { code, output } = await attempt('up');
    expect(code).not.toBe(0);
    // Pulumi alone would wait for the timeout of the slower rollout: more than seven minutes.
    expect(Date.now() - started).toBeLessThan(300_000);
    expect(output).toMatch(/^Stopping: /m);
    expect(output).toMatch(
      /^ {2}kube-state-metrics .*kube-state-metrics:none cannot be pulled \(.+\)$/m,
    );
    expect(output).toMatch(
      /^ {2}loki +2 of 3 ready: loki-2: loki exited with code 1: .*nowhere\.audifi\.svc.*$/m,
    );
    expect(output).toContain('Each of them still has ready pods with the old settings.');
    const serving = 'jsonpath={.status.availableReplicas}';
    expect(life.kubectl('get', 'deployment/kube-state-metrics', '--output', serving)).toBe('1');
    const loki = new LokiApi(await life.stack.cluster.open('pod/loki-0', 3100));
    expect(await loki.lines('{container="api-server"}')).not.toEqual([]);

    writeFileSync(images, good);
    await set(bucket);
    await make('up');
    await life.allReady(60);
    const rest = 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}';
    await eventually('no pod of the bad settings is left', 60, () =>
      Promise.resolve(life.kubectl('get', 'pods', '--output', rest) === '' || undefined),
    );
  });
}

/** After `kubectl scale`, kubectl owns the number of replicas. */
export function undoesScaling(life: KubeLife): void {
  it('make refresh up sets the replicas again that kubectl scale has changed', async () => {
    const { make } = life.stack;
    const deployment = 'deployment/kube-state-metrics';
    life.kubectl('scale', deployment, '--replicas=2');
    await make('refresh');
    await make('up');
    const replicas = 'jsonpath={.spec.replicas}';
    expect(life.kubectl('get', deployment, '--output', replicas)).toBe('1');
    await life.allReady(60);
  });
}

/** A quota that allows no further pod. Pod Security and admission webhooks look the same. */
export function tellsDenials(life: KubeLife): void {
  it('make status says why the cluster admits no pod', async () => {
    const { attempt } = life.stack;
    life.kubectl('create', 'quota', 'e2e-full', '--hard=pods=0');
    try {
      life.kubectl('delete', 'pod', 'alertmanager-2', '--wait=true');
      await eventually('the reason in make status', 60, async () => {
        const { output } = await attempt('status');
        return /alertmanager .*the API server rejects its pods \(.*exceeded quota: e2e-full/.test(
          output,
        )
          ? true
          : undefined;
      });
    } finally {
      life.kubectl('delete', 'quota', 'e2e-full');
    }
    await life.allReady(120);
  });
}
