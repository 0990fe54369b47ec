import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inhibitions } from '../../rules';
import { variants } from '../../rules/variants';
import { about, alert, Delivery, over, pause } from './lib/delivery';
import { events, messages } from './lib/receivers';

/** Receivers that fail, and more alerts than a message can list. */
const cluster = variants['everything'];
const delivery = new Delivery(undefined, {}, cluster && inhibitions(cluster));
const { pagerduty, slack, infos, receivers } = delivery;
const api = () => delivery.alertmanager;
const arrived = delivery.arrived.bind(delivery);

beforeAll(() => delivery.start());
afterAll(() => delivery.stop());
beforeEach(() => {
  for (const receiver of receivers) receiver.behaviour = () => undefined;
});

describe('a failing receiver', () => {
  // 403: a webhook or key that was revoked. Tried again with the group, not at once.
  const failures: readonly (number | 'hang')[] = [403, 429, 500, 'hang'];
  const pairs = [
    ['PagerDuty', pagerduty, 'critical'],
    ['Slack', slack, 'warning'],
  ] as const;

  it.each(pairs)(
    '%s responds with 403, 429, 500 or never: retried, and delivered once',
    async (...row) => {
      const [, receiver, severity] = row;
      const named = failures.map((failure) => ({ failure, name: `Fails${failure}x${severity}` }));
      receiver.behaviour = ({ body }) => {
        const found = named.find(({ name }) => JSON.stringify(body).includes(name));
        if (found === undefined) return undefined;
        const attempts = about(receiver, found.name).length;
        return attempts < (found.failure === 'hang' ? 1 : 2) ? found.failure : undefined;
      };
      await api().send(named.map(({ name }) => alert(name, severity)));
      for (const { name } of named) await arrived(receiver, name, 1, 40);
      await pause(5);
      for (const { name, failure } of named) {
        expect({
          name,
          calls: about(receiver, name).map(({ status }) => status ?? 'hang'),
        }).toEqual({
          name,
          calls: [
            ...(failure === 'hang' ? ['hang'] : [failure, failure]),
            receiver === pagerduty ? 202 : 200,
          ],
        });
      }
    },
  );

  it.each(pairs)('%s rejects connections: delivered once when it is back', async (...row) => {
    const [, receiver, severity] = row;
    const name = `Refused${severity}`;
    await receiver.close();
    await api().send([alert(name, severity)]);
    await pause(5);
    await receiver.open();
    await arrived(receiver, name, 1, 40);
    await pause(5);
    expect(about(receiver, name)).toHaveLength(1);
  });

  it('no log contains a secret', () => {
    expect(delivery.log).toMatch(/500|429|refused/);
    for (const secret of [delivery.routingKey, '/services/T0', '/beat']) {
      expect(delivery.log).not.toContain(secret);
    }
  });
});

describe('a zone that fails', () => {
  /** Five hundred alerts of rules/, as from a cluster that has lost a third of its nodes. */
  const fleet = Array.from({ length: 20 }, (_, i) => `node-${i}`);
  const jobs = [
    'api-server',
    'ws-server',
    'worker',
    'redis',
    'promtail',
    'loki',
    'jaeger',
    'caddy',
    'grafana',
  ];
  const one = (name: string, severity: string, labels: Record<string, string>) =>
    alert(name, severity, { stack: 'zone', ...labels });
  const alerts = [
    one('APIDown', 'critical', { job: 'api-server' }),
    one('DatabaseDown', 'critical', { job: 'postgres', service: 'postgres' }),
    one('HighErrorRate', 'critical', {}),
    ...fleet.flatMap((node, n) => [
      one('HostDown', 'warning', { node, instance: node, service: 'host' }),
      // Of nodes that are down: inhibited.
      ...jobs.map((job) =>
        one('TargetDown', 'warning', { node, job, service: job, instance: `${job}-${n}` }),
      ),
      ...jobs.map((job) =>
        one('KubePodNotReady', 'warning', { node, namespace: 'audifi', pod: `${job}-${n}` }),
      ),
      // Of the rest of the cluster, each of another service.
      one('TargetDown', 'warning', {
        ...{ node: `other-${n}`, job: `job-${n}`, service: `job-${n}`, instance: `job-${n}-0` },
      }),
      one('ServiceCrashLooping', 'warning', { job: `job-${n}`, service: `job-${n}` }),
      one('ContainerNearMemoryLimit', 'warning', { pod: `job-${n}-0`, container: `job-${n}` }),
      one('HighMemoryUsage', 'warning', { node: `other-${n}`, service: 'host' }),
      one('TargetsMissing', 'warning', { job: `job-${n}`, service: `job-${n}` }),
      one('KubeWorkloadUnderReplicated', 'warning', { namespace: 'audifi', workload: `job-${n}` }),
      one('ErrorLogBurst', 'warning', { job: `job-${n}`, service: `job-${n}` }),
    ]),
    one('HighLatency', 'warning', {}),
    one('ApiAvailabilityBudgetBurn', 'critical', { slo: 'api-availability' }),
  ];

  it('500 alerts become three pages and eight messages, the pages first', async () => {
    expect(alerts.length).toBeGreaterThanOrEqual(500);
    const now = new Date().toISOString();
    await api().send([...alerts].reverse().map((a) => ({ ...a, startsAt: now })));
    for (const name of ['APIDown', 'DatabaseDown', 'HighErrorRate']) await arrived(pagerduty, name);
    const names = [
      ...['HostDown', 'TargetDown', 'ServiceCrashLooping', 'ContainerNearMemoryLimit'],
      ...['HighMemoryUsage', 'TargetsMissing', 'KubeWorkloadUnderReplicated', 'ErrorLogBurst'],
    ];
    for (const name of names) await arrived(slack, name);
    await pause(6);
    const told = receivers
      .flatMap((receiver) => receiver.calls.map((call) => ({ receiver, call })))
      .filter(({ call }) => JSON.stringify(call.body).includes('stack%3D%22zone%22'))
      .sort((a, b) => a.call.at - b.call.at);
    expect(told).toHaveLength(11);
    expect(told.slice(0, 3).map(({ receiver }) => receiver)).toEqual(Array(3).fill(pagerduty));
    expect(told.map(({ call }) => call.status)).toEqual([
      202,
      202,
      202,
      ...Array<number>(8).fill(200),
    ]);
    const [message] = messages(about(slack, 'TargetDown'));
    expect(message?.attachments[0]?.title).toContain('20 firing');
  });
});

describe('many alerts', () => {
  const names = [
    ['StormPage', 'critical'],
    ['StormWarn', 'warning'],
    ['StormSlow', 'warning'],
    ['StormNote', 'info'],
  ] as const;
  const alerts = names.flatMap(([name, severity]) =>
    Array.from({ length: 125 }, (_, i) => alert(name, severity, { instance: `api:${i}` })),
  );

  it('500 alerts of four names become four messages, the critical one first', async () => {
    // Most severe last, and started only now, so that each group waits separately.
    const now = new Date().toISOString();
    await api().send([...alerts].reverse().map((a) => ({ ...a, startsAt: now })));
    const [page] = await arrived(pagerduty, 'StormPage');
    const [warn] = await arrived(slack, 'StormWarn');
    const [slow] = await arrived(slack, 'StormSlow');
    const [note] = await arrived(infos, 'StormNote');
    await pause(6);
    const all = receivers.flatMap((r) => r.calls).filter((c) => /Storm/.test(JSON.stringify(c)));
    expect(all.sort((a, b) => a.at - b.at)[0]).toBe(page);
    expect(all).toHaveLength(4);
    expect(events(page === undefined ? [] : [page])[0]?.payload.custom_details).toMatchObject({
      num_firing: 125,
    });
    for (const call of [warn, slow, note]) {
      const [attachment] = messages(call === undefined ? [] : [call])[0]?.attachments ?? [];
      expect(attachment?.title).toContain('125 firing');
      expect(attachment?.text).toContain('and more: 125 are firing');
    }
  });

  it('end with the same number of messages', async () => {
    await api().send(alerts.map(over));
    await arrived(pagerduty, 'StormPage', 2);
    await arrived(infos, 'StormNote', 2);
    await arrived(slack, 'StormWarn', 2);
    await arrived(slack, 'StormSlow', 2);
    await pause(5);
    const all = receivers.flatMap((r) => r.calls).filter((c) => /Storm/.test(JSON.stringify(c)));
    expect(all).toHaveLength(8);
  });
});
