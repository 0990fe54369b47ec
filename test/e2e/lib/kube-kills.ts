import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { AlertmanagerApi } from './alertmanager';
import { eventually } from './engine';
import { id, JaegerApi } from './jaeger';
import { appNamespace } from './kube-app';
import { killed, type KubeLife, replaced } from './kube-life';
import { PrometheusApi } from './prometheus';

/** The default of `traces.decisionWait`. */
const decisionMs = 10_000;

/** One pod after the other is killed, while the application sends and an alert fires. */
export function losesPods(life: KubeLife): void {
  it('keeps every acknowledged trace, except those that wait in a collector that is killed', async () => {
    const { cluster } = life.stack;
    const api = await cluster.open('api-server', 3001, appNamespace);
    const sent: { readonly trace: string; readonly at: number }[] = [];
    let killedAt = 0;
    let done = false;
    const losses = (async () => {
      await killed(life, 'jaeger-0');
      await replaced(life, 'otel-collector-0', () => {
        life.kubectl('delete', 'pod', 'otel-collector-0', '--wait=false');
      });
      // The other one may still have spans for it.
      killedAt = Date.now();
      await killed(life, 'otel-collector-1');
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
    const mayBeLost = (at: number): boolean =>
      at > killedAt - decisionMs - 2_000 && at < killedAt + 5_000;
    const kept = sent.filter(({ at }) => !mayBeLost(at));
    expect(kept.length).toBeGreaterThan(20);
    await eventually('every other acknowledged trace is in Jaeger', 120, async () => {
      const stored = new Set(await jaeger.stored(kept.map(({ trace }) => trace)));
      const lost = kept.filter(({ trace }) => !stored.has(trace));
      if (lost.length === 0) return true;
      const times = lost.map(({ at }) => Math.round((at - killedAt) / 1000)).join(' ');
      throw new Error(`${lost.length} of ${kept.length} are lost, sent at ${times} s of the kill`);
    });
  });

  it('keeps every sample of a Prometheus that is killed', async () => {
    const { cluster, reconnect } = life.stack;
    const samples = async (): Promise<unknown[]> => {
      const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
      return prometheus.raw('up{job="prometheus", pod="prometheus-1"}', '15m');
    };
    const before = await samples();
    await killed(life, 'prometheus-0');
    const after = await samples();
    // The window of 15 minutes has moved in the meantime, so only the latest samples are compared.
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
    await killed(life, 'alertmanager-0');
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
