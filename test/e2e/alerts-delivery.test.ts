import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { about, alert, Delivery, over, pause, started } from './lib/delivery';
import { eventually } from './lib/engine';
import { events, messages } from './lib/receivers';

/** Which notification arrives where, its text, and that it arrives only once. */
const delivery = new Delivery();
const { pagerduty, slack, infos, beats } = delivery;
const api = () => delivery.alertmanager;
const arrived = delivery.arrived.bind(delivery);

beforeAll(() => delivery.start());
afterAll(() => delivery.stop());

describe('a critical alert', () => {
  const one = alert('Page', 'critical', { instance: 'api:1', job: 'api-server' });
  const other = alert('Page', 'critical', { instance: 'api:2', job: 'api-server' });
  const filter = (labels: string): string => encodeURIComponent(`{${labels}}`);
  const all =
    'alertname="Page", env="e2e", instance="api:1", job="api-server", service="api-server", severity="critical", stack="e2e"';

  it('becomes a correct PagerDuty event', async () => {
    await api().send([one]);
    const [call] = await arrived(pagerduty, 'Page');
    const since = `${started.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    expect(call?.path).toBe('/v2/enqueue');
    expect(call?.headers['content-type']).toBe('application/json');
    expect(call?.body).toEqual({
      routing_key: delivery.routingKey,
      event_action: 'trigger',
      dedup_key: expect.stringMatching(/^[0-9a-f]{64}$/),
      client: 'Alertmanager of AudiFi (e2e)',
      client_url: `http://127.0.0.1:9093/#/alerts?filter=${filter(all)}`,
      payload: {
        summary: '[e2e] Page (5%) (api-server)',
        source: 'api:1',
        severity: 'critical',
        class: 'Page',
        component: 'api-server',
        group: 'e2e',
        custom_details: {
          firing: [
            `Page (5%) – instance=api:1 job=api-server since ${since}. What Page means: a: b.`,
          ],
          resolved: [],
          num_firing: 1,
          num_resolved: 0,
          since,
          impact: ['Customers: nobody can log in.'],
          owner: 'backend',
          first_look: ['up{job="api-server"} == 0', '{job="caddy"} |~ "a\\\\n"'],
          decisions: ['- all: down → roll back'],
          environment: 'e2e',
        },
      },
      links: [
        { text: 'Runbook', href: 'https://runbooks.example/Page.md' },
        { text: 'Dashboard', href: 'http://grafana.example/d/audifi-api' },
        { text: 'Query', href: 'http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1' },
        {
          text: 'Silence',
          href: `http://127.0.0.1:9093/#/silences/new?filter=${filter(all)}`,
        },
      ],
    });
  });

  it('is not repeated while nothing changes, although Prometheus sends it repeatedly', async () => {
    for (let i = 0; i < 3; i += 1) {
      await api().send([one]);
      await pause(2);
    }
    expect(about(pagerduty, 'Page')).toHaveLength(1);
    expect(about(slack, 'Page')).toEqual([]);
  });

  it('joins the incident of its group, which ends with the last alert', async () => {
    await api().send([one, other]);
    await arrived(pagerduty, 'Page', 2);
    await api().send([over(one), over(other)]);
    const calls = events(await arrived(pagerduty, 'Page', 3));
    expect(calls.map((e) => e.event_action)).toEqual(['trigger', 'trigger', 'resolve']);
    expect(new Set(calls.map((e) => e.dedup_key)).size).toBe(1);
    const [, second, last] = calls;
    expect(second?.payload.summary).toBe('[e2e] Page (5%) (api-server), 2 firing');
    expect(second?.payload.source).toBe('api-server');
    expect(last?.payload.summary).toBe('[e2e] Resolved: Page (5%) (api-server), 2 resolved');
    expect(last?.payload.custom_details).toMatchObject({
      firing: [],
      num_resolved: 2,
      resolved: [1, 2].map((i) =>
        expect.stringMatching(
          new RegExp(`^Page \\(5%\\) – instance=api:${i} job=api-server for .+s$`),
        ),
      ),
    });
    await pause(5);
    expect(about(pagerduty, 'Page')).toHaveLength(3);
  });
});

describe('warnings and infos', () => {
  it.each([
    ['Warn', 'warning', slack, '#audifi-alerts', ':warning: WARNING', 'warning'],
    ['Note', 'info', infos, '#audifi-monitoring', ':information_source: INFO', '#439FE0'],
  ] as const)(
    '%s goes to its channel once, and so does its resolved notification',
    async (...row) => {
      const [name, severity, receiver, channel, word, color] = row;
      const one = alert(name, severity, { instance: 'api:1' });
      await api().send([one]);
      await arrived(receiver, name);
      await api().send([over(one)]);
      await arrived(receiver, name, 2);
      await pause(5);
      const [fired, ended, ...more] = messages(about(receiver, name));
      expect(more).toEqual([]);
      expect(fired).toEqual({
        channel,
        username: 'Alertmanager',
        attachments: [
          {
            title: `${word} ${name} · api-server (e2e)`,
            title_link: expect.stringContaining('/#/alerts?filter=%7Balertname%3D%22'),
            text: expect.stringMatching(
              new RegExp(
                `^\\*${name} \\(5%\\)\\*\nsince <!date\\^\\d+\\^.*\n\`instance=api:1\`\nWhat ${name} means: a: b\\.\nImpact: Customers: nobody can log in\\.\n`,
              ),
            ),
            fallback: `${word} ${name} · api-server (e2e)`,
            callback_id: '',
            color,
            footer: 'owner: backend',
            mrkdwn_in: ['text'],
          },
        ],
      });
      const [attachment] = ended?.attachments ?? [];
      expect(attachment?.title).toBe(`:white_check_mark: RESOLVED ${name} · api-server (e2e)`);
      expect(attachment?.color).toBe('good');
      expect(about(pagerduty, name)).toEqual([]);
    },
  );

  it('both channels of Slack are counted separately', async () => {
    const metrics = await api().metrics();
    for (const receiver of ['alerts', 'monitoring']) {
      const labels = `{integration="slack",receiver_name="${receiver}"}`;
      expect(metrics).toContain(`alertmanager_notification_requests_total${labels} 2\n`);
      expect(metrics).toContain(`alertmanager_notification_requests_failed_total${labels} 0\n`);
    }
  });

  it('an alert with an unknown severity is delivered as well', async () => {
    await api().send([alert('Odd', 'page')]);
    const [call] = messages(await arrived(slack, 'Odd'));
    expect(call?.attachments[0]?.title).toBe(':rotating_light: PAGE Odd · api-server (e2e)');
  });
});

describe('an inhibited alert', () => {
  it('is not delivered while the inhibiting alert fires', async () => {
    // An inhibition rule of rules/.
    await api().send([alert('HighErrorRate', 'critical')]);
    await arrived(pagerduty, 'HighErrorRate');
    await api().send([alert('HighLatency', 'warning')]);
    await pause(6);
    expect(about(slack, 'HighLatency')).toEqual([]);
    const states = (await api().alerts()).filter(({ name }) => name === 'HighLatency');
    expect(states).toMatchObject([
      { name: 'HighLatency', state: 'suppressed', receivers: ['alerts'] },
    ]);
  });

  it('is delivered when the inhibiting alert ends', async () => {
    await api().send([over(alert('HighErrorRate', 'critical'))]);
    await arrived(slack, 'HighLatency');
  });
});

describe('the Watchdog', () => {
  it('calls the heartbeat at its interval, and stops when it ends', async () => {
    const watchdog = alert('Watchdog', 'none');
    await api().send([watchdog]);
    const calls = await eventually('five heartbeats', 20, () =>
      beats.calls.length >= 5 ? beats.calls : undefined,
    );
    // The interval is two seconds. On a busy machine, single calls are late.
    const mean = ((calls[4]?.at ?? 0) - (calls[1]?.at ?? 0)) / 3;
    expect(mean).toBeGreaterThan(1_800);
    expect(mean).toBeLessThan(3_000);
    await api().send([over(watchdog)]);
    await pause(1);
    const before = beats.calls.length;
    await pause(6);
    expect(beats.calls).toHaveLength(before);
    expect(about(slack, 'Watchdog')).toEqual([]);
  });
});
