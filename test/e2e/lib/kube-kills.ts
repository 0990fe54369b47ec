import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { AlertmanagerApi } from './alertmanager';
import { eventually } from './engine';
import { isReady, type KubeLife, type Pod } from './kube-life';
import { PrometheusApi } from './prometheus';

/** Kills a pod, and waits until the next one of its name is ready. */
async function killed(life: KubeLife, name: string): Promise<void> {
  const found = (): Pod | undefined => {
    const list = life.kubectl(
      ...['get', 'pods', '--field-selector', `metadata.name=${name}`, '--output', 'json'],
    );
    return (JSON.parse(list) as { items: Pod[] }).items[0];
  };
  const before = found()?.metadata.uid;
  life.kill(name);
  await eventually(`${name} is ready again`, 180, () => {
    const now = found();
    const ready = now !== undefined && now.metadata.uid !== before && isReady(now);
    return Promise.resolve(ready || undefined);
  });
}

/** Prometheus is killed, and an Alertmanager while an alert waits for it. */
export function losesPods(life: KubeLife): void {
  it('keeps every sample of a Prometheus that is killed', async () => {
    const { cluster, reconnect } = life.stack;
    const samples = async (): Promise<unknown[]> => {
      const prometheus = new PrometheusApi(await cluster.open('pod/prometheus-0', 9090));
      return prometheus.raw('up{job="prometheus", pod="prometheus-1"}', '15m');
    };
    const before = await samples();
    await killed(life, 'prometheus-0');
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
