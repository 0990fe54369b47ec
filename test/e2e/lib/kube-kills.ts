import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { AlertmanagerApi } from './alertmanager';
import { eventually } from './engine';
import { id, JaegerApi } from './jaeger';
import { appNamespace } from './kube-app';
import type { KubeLife } from './kube-life';
import { PrometheusApi } from './prometheus';

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

/** Ends a pod without its grace period, and waits until the next one of its name is ready. */
const kill = (life: KubeLife, name: string): Promise<void> =>
  replace(life, name, ['--grace-period=0', '--force']);

async function replace(life: KubeLife, name: string, how: readonly string[]): Promise<void> {
  const found = (): Pod | undefined => {
    const list = life.kubectl(
      ...['get', 'pods', '--field-selector', `metadata.name=${name}`, '--output', 'json'],
    );
    return (JSON.parse(list) as { items: Pod[] }).items[0];
  };
  const before = found()?.metadata.uid;
  life.kubectl('delete', 'pod', name, '--wait=false', ...how);
  await eventually(`${name} is ready again`, 180, () => {
    const now = found();
    const conditions = now?.metadata.uid === before ? [] : (now?.status.conditions ?? []);
    const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    return Promise.resolve(ready || undefined);
  });
}

/** The default of `traces.decisionWait`. */
const decisionMs = 10_000;

/** One pod after the other is killed, while the application sends and an alert fires. */
export function losesPods(life: KubeLife): void {
  it('keeps every acknowledged span, except those that wait in a collector that is killed', async () => {
    const { cluster } = life.stack;
    const api = await cluster.open('api-server', 3001, appNamespace);
    const sent: { readonly trace: string; readonly at: number }[] = [];
    const killed: number[] = [];
    let done = false;
    const losses = (async () => {
      await kill(life, 'jaeger-0');
      await replace(life, 'otel-collector-0', []);
      killed.push(Date.now());
      await kill(life, 'otel-collector-1');
    })().finally(() => {
      done = true;
    });
    while (!done) {
      const trace = id(16);
      const at = Date.now();
      if ((await fetch(`${api}/span?trace=${trace}`)).status === 200) sent.push({ trace, at });
      await sleep(100);
    }
    await losses;
    const jaeger = new JaegerApi(await cluster.open('jaeger', 16686));
    // It keeps its spans in memory until it has decided on their trace (docs/tracing.md).
    const [end = 0] = killed;
    const mayBeLost = (at: number): boolean => at > end - decisionMs - 2000 && at < end + 5000;
    const kept = sent.filter(({ at }) => !mayBeLost(at)).map(({ trace }) => trace);
    expect(kept.length).toBeGreaterThan(20);
    await eventually('every other acknowledged trace is in Jaeger', 120, async () => {
      const stored = await jaeger.stored(kept);
      if (stored.length < kept.length) throw new Error(`${stored.length} of ${kept.length}`);
      return true;
    });
  });

  it('keeps every sample of a Prometheus that is killed', async () => {
    const { cluster, reconnect } = life.stack;
    const samples = async (): Promise<unknown[]> => {
      const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
      return prometheus.raw('up{job="prometheus", pod="prometheus-1"}', '15m');
    };
    const before = await samples();
    await kill(life, 'prometheus-0');
    const after = await samples();
    // The window has moved on by the time of the restart.
    expect(after).toEqual(expect.arrayContaining(before.slice(-20)));
    await reconnect();
  });

  it('pages once although the Alertmanager whose turn it is gets killed', async () => {
    const { cluster } = life.stack;
    const instances = await Promise.all(
      [0, 1, 2].map(
        async (i) => new AlertmanagerApi(await cluster.open(`pod/alertmanager-${i}`, 9093)),
      ),
    );
    const name = 'KilledBeforeItNotified';
    const labels = { alertname: name, severity: 'critical', service: 'test', team: 'platform' };
    const annotations = { summary: name, description: name };
    // As Prometheus does: to all. The first one notifies, after `group_wait`.
    await Promise.all(
      instances.map((instance) =>
        instance.send([{ labels, annotations, startsAt: new Date().toISOString() }]),
      ),
    );
    await kill(life, 'alertmanager-0');
    const triggers = async (): Promise<number> =>
      (await life.pages()).filter(
        ({ event_action: action, payload }) =>
          action === 'trigger' && JSON.stringify(payload ?? '').includes(name),
      ).length;
    await eventually('the page arrives', 90, async () =>
      (await triggers()) > 0 ? true : undefined,
    );
    // The restarted one has the notification log of the others.
    await sleep(30_000);
    expect(await triggers()).toBe(1);
  });
}
