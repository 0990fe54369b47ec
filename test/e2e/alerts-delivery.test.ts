import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { AlertmanagerApi, type SentAlert } from './lib/alertmanager';
import { eventually } from './lib/engine';
import { alertmanagerProcess, renderedServices, type Service } from './lib/processes';
import {
  events,
  heartbeat,
  messages,
  pagerdutyEvents,
  type Receiver,
  slackWebhook,
} from './lib/receivers';

/**
 * The real Alertmanager with the program's own configuration, at short intervals, and endpoints on this
 * machine in the place of PagerDuty, Slack and the heartbeat. Alerts are handed over as Prometheus does.
 */
const pagerduty = pagerdutyEvents();
const slack = slackWebhook();
const infos = slackWebhook();
const beats = heartbeat();
const receivers = [pagerduty, slack, infos, beats];
const routingKey = '0123456789abcdef'.repeat(2);
const timing = (wait: string) => ({ groupWait: wait, groupInterval: '2s', repeatInterval: '1h' });

let service: Service;
let api: AlertmanagerApi;

beforeAll(async () => {
  const kit = await prepare({ need: ['alertmanager'], log: () => undefined });
  await Promise.all(receivers.map((r) => r.open()));
  const config = {
    pagerduty: { eventsUrl: pagerduty.url('/v2/enqueue') },
    alertmanager: {
      startDelay: '1s',
      critical: timing('1s'),
      warning: timing('2s'),
      info: timing('3s'),
      heartbeatInterval: '2s',
    },
  };
  const secrets = {
    pagerdutyRoutingKey: routingKey,
    slackWebhookUrl: slack.url('/services/T0/B0/alerts'),
    slackMonitoringWebhookUrl: infos.url('/services/T0/B0/infos'),
    heartbeatUrl: beats.url('/beat'),
  };
  const rendered = (await renderedServices('e2e', config, secrets))('alertmanager');
  service = await alertmanagerProcess(kit.commands['alertmanager'] ?? '', rendered);
  await service.start();
  api = new AlertmanagerApi(service.url);
});
afterAll(async () => {
  await service.remove();
  await Promise.all(receivers.map((r) => r.close()));
});
beforeEach(() => {
  for (const receiver of receivers) receiver.behaviour = () => undefined;
});

const started = new Date(Date.now() - 500);

function alert(
  alertname: string,
  severity: string,
  labels: Record<string, string> = {},
): SentAlert {
  return {
    labels: { alertname, severity, service: 'api-server', env: 'e2e', stack: 'e2e', ...labels },
    annotations: {
      summary: `${alertname} (5%)`,
      description: `What ${alertname} means: a: b.`,
      owner: 'backend',
      runbook_url: `https://runbooks.example/${alertname}.md`,
      dashboard_url: 'http://grafana.example/d/audifi-api',
    },
    startsAt: started.toISOString(),
    generatorURL: 'http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
  };
}

const over = (one: SentAlert): SentAlert => ({ ...one, endsAt: new Date().toISOString() });
const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Requests about an alert of this name. */
const about = (receiver: Receiver, alertname: string) =>
  receiver.calls.filter(({ body }) => JSON.stringify(body).includes(`${alertname} (5%)`));
const taken = (receiver: Receiver, alertname: string) =>
  about(receiver, alertname).filter(({ status = 0 }) => status >= 200 && status < 300);

const arrived = (receiver: Receiver, alertname: string, count = 1, seconds = 20) =>
  eventually(`${alertname} arrives ${count} times`, seconds, () =>
    taken(receiver, alertname).length >= count ? taken(receiver, alertname) : undefined,
  );

describe('a critical alert', () => {
  const one = alert('Page', 'critical', { instance: 'api:1', job: 'api-server' });
  const other = alert('Page', 'critical', { instance: 'api:2', job: 'api-server' });
  const filter = (labels: string): string => encodeURIComponent(`{${labels}}`);
  const all =
    'alertname="Page", env="e2e", instance="api:1", job="api-server", service="api-server", severity="critical", stack="e2e"';

  it('becomes a correct PagerDuty event', async () => {
    await api.send([one]);
    const [call] = await arrived(pagerduty, 'Page');
    const since = `${started.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    expect(call?.path).toBe('/v2/enqueue');
    expect(call?.headers['content-type']).toBe('application/json');
    expect(call?.body).toEqual({
      routing_key: routingKey,
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
          owner: 'backend',
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

  it('is not told again while nothing changes, however often Prometheus repeats it', async () => {
    for (let i = 0; i < 3; i += 1) {
      await api.send([one]);
      await pause(2);
    }
    expect(about(pagerduty, 'Page')).toHaveLength(1);
    expect(about(slack, 'Page')).toEqual([]);
  });

  it('joins the incident of its group, and ends it with the last of them', async () => {
    await api.send([one, other]);
    await arrived(pagerduty, 'Page', 2);
    await api.send([over(one), over(other)]);
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
  ] as const)('%s goes to its channel, once, and so does its end', async (...row) => {
    const [name, severity, receiver, channel, word, color] = row;
    const one = alert(name, severity, { instance: 'api:1' });
    await api.send([one]);
    await arrived(receiver, name);
    await api.send([over(one)]);
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
              `^\\*${name} \\(5%\\)\\*\nsince <!date\\^\\d+\\^.*\nWhat ${name} means: a: b\\.\n\`instance=api:1\`\n`,
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
  });

  it('an alert of no known severity is told as well', async () => {
    await api.send([alert('Odd', 'page')]);
    const [call] = messages(await arrived(slack, 'Odd'));
    expect(call?.attachments[0]?.title).toBe(':rotating_light: PAGE Odd · api-server (e2e)');
  });
});

describe('what is muted', () => {
  it('is not told while the alert that mutes it fires', async () => {
    // An inhibition of the rules themselves.
    await api.send([alert('HighLatency', 'warning'), alert('HighErrorRate', 'critical')]);
    await arrived(pagerduty, 'HighErrorRate');
    await pause(6);
    expect(about(slack, 'HighLatency')).toEqual([]);
    const states = (await api.alerts()).filter(({ name }) => name === 'HighLatency');
    expect(states).toEqual([{ name: 'HighLatency', state: 'suppressed', receivers: ['alerts'] }]);
  });

  it('is told of when that one ends', async () => {
    await api.send([over(alert('HighErrorRate', 'critical'))]);
    await arrived(slack, 'HighLatency');
  });
});

describe('an endpoint that fails', () => {
  const failures: readonly (number | 'hang')[] = [429, 500, 'hang'];
  const pairs = [
    ['PagerDuty', pagerduty, 'critical'],
    ['Slack', slack, 'warning'],
  ] as const;

  it.each(pairs)('%s answers 429, 500 or never: tried again, told once', async (...row) => {
    const [, receiver, severity] = row;
    const named = failures.map((failure) => ({ failure, name: `Fails${failure}x${severity}` }));
    receiver.behaviour = ({ body }) => {
      const found = named.find(({ name }) => JSON.stringify(body).includes(name));
      if (found === undefined) return undefined;
      const attempts = about(receiver, found.name).length;
      return attempts < (found.failure === 'hang' ? 1 : 2) ? found.failure : undefined;
    };
    await api.send(named.map(({ name }) => alert(name, severity)));
    for (const { name } of named) await arrived(receiver, name, 1, 40);
    await pause(5);
    for (const { name, failure } of named) {
      expect({ name, calls: about(receiver, name).map(({ status }) => status ?? 'hang') }).toEqual({
        name,
        calls: [
          ...(failure === 'hang' ? ['hang'] : [failure, failure]),
          receiver === pagerduty ? 202 : 200,
        ],
      });
    }
  });

  it.each(pairs)('%s refuses connections: told once it no longer does', async (...row) => {
    const [, receiver, severity] = row;
    const name = `Refused${severity}`;
    await receiver.close();
    await api.send([alert(name, severity)]);
    await pause(5);
    await receiver.open();
    await arrived(receiver, name, 1, 40);
    await pause(5);
    expect(about(receiver, name)).toHaveLength(1);
  });

  it('no log names what is secret', () => {
    expect(service.log).toMatch(/500|429|refused/);
    for (const secret of [routingKey, '/services/T0', '/beat']) {
      expect(service.log).not.toContain(secret);
    }
  });
});

describe('a storm', () => {
  const names = [
    ['StormPage', 'critical'],
    ['StormWarn', 'warning'],
    ['StormSlow', 'warning'],
    ['StormNote', 'info'],
  ] as const;
  const alerts = names.flatMap(([name, severity]) =>
    Array.from({ length: 125 }, (_, i) => alert(name, severity, { instance: `api:${i}` })),
  );

  it('of 500 alerts becomes four messages, the critical one first', async () => {
    // Worst last, and started only now, so that each group waits for its own.
    const now = new Date().toISOString();
    await api.send([...alerts].reverse().map((a) => ({ ...a, startsAt: now })));
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

  it('ends with as many messages as it began with', async () => {
    await api.send(alerts.map(over));
    await arrived(pagerduty, 'StormPage', 2);
    await arrived(infos, 'StormNote', 2);
    await arrived(slack, 'StormWarn', 2);
    await arrived(slack, 'StormSlow', 2);
    await pause(5);
    const all = receivers.flatMap((r) => r.calls).filter((c) => /Storm/.test(JSON.stringify(c)));
    expect(all).toHaveLength(8);
  });
});

describe('the Watchdog', () => {
  it('calls the heartbeat in its interval, and no more once it ends', async () => {
    const watchdog = alert('Watchdog', 'none');
    await api.send([watchdog]);
    const calls = await eventually('five heartbeats', 20, () =>
      beats.calls.length >= 5 ? beats.calls : undefined,
    );
    const gaps = calls.slice(1, 5).map(({ at }, i) => at - (calls[i]?.at ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(1_800);
      expect(gap).toBeLessThan(2_400);
    }
    await api.send([over(watchdog)]);
    await pause(1);
    const before = beats.calls.length;
    await pause(6);
    expect(beats.calls).toHaveLength(before);
    expect(about(slack, 'Watchdog')).toEqual([]);
  });
});
