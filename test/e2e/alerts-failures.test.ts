import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { about, alert, Delivery, over, pause } from './lib/delivery';
import { events, messages } from './lib/receivers';

/** Receivers that fail, and more alerts than a message can list. */
const delivery = new Delivery();
const { pagerduty, slack, infos, receivers } = delivery;
const api = () => delivery.alertmanager;
const arrived = delivery.arrived.bind(delivery);

beforeAll(() => delivery.start());
afterAll(() => delivery.stop());
beforeEach(() => {
  for (const receiver of receivers) receiver.behaviour = () => undefined;
});

describe('a failing receiver', () => {
  const failures: readonly (number | 'hang')[] = [429, 500, 'hang'];
  const pairs = [
    ['PagerDuty', pagerduty, 'critical'],
    ['Slack', slack, 'warning'],
  ] as const;

  it.each(pairs)(
    '%s responds with 429, 500 or never: retried, and delivered once',
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

  it('500 alerts become four messages, the critical one first', async () => {
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
      expect(attachment?.text).toContain('and more: 125 fire in all');
      expect(attachment?.text.length).toBeLessThan(4_000);
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
