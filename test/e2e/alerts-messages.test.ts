import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertNames } from '../../rules';
import type { SentAlert } from './lib/alertmanager';
import { Delivery, over } from './lib/delivery';
import { eventually } from './lib/engine';
import { type Call, events, messages, type Receiver } from './lib/receivers';
import { pages, ruleAlerts } from './lib/rule-alerts';

/**
 * Every alert of rules/ through the real Alertmanager, by every route that it can take: with
 * PagerDuty and Slack, with one of them only. The receivers reject what the published schemas and
 * limits do not allow (lib/published-schemas.ts).
 */
const settings = { externalUrl: pages.alertmanager };
const stacks = {
  both: new Delivery(['pagerduty', 'slack'], settings),
  slack: new Delivery(['slack'], settings),
  pagerduty: new Delivery(['pagerduty'], settings),
} as const;
type Stack = keyof typeof stacks;
const names = Object.keys(stacks) as Stack[];

const started = new Date(Date.now() - 1_000);
const alerts = ruleAlerts(started);

beforeAll(async () => {
  // One after another: rendering a stack replaces the engine that the SDK knows.
  for (const name of names) await stacks[name].start();
});
afterAll(() => Promise.all(names.map((name) => stacks[name].stop())));

const label = (alert: SentAlert, name: string): string => alert.labels[name] ?? '';
const text = (alert: SentAlert, name: string): string => alert.annotations?.[name] ?? '';

/** Where an alert has to arrive. */
function receiverOf(stack: Stack, alert: SentAlert): Receiver | undefined {
  const { pagerduty, slack, infos } = stacks[stack];
  const page = stack === 'slack' ? slack : pagerduty;
  const message = stack === 'pagerduty' ? undefined : slack;
  if (label(alert, 'alertname') === 'AlertmanagerNotificationsFailing') {
    return label(alert, 'receiver_name') === 'alerts' ? page : message;
  }
  switch (label(alert, 'severity')) {
    case 'critical':
      return page;
    case 'warning':
      return message;
    case 'info':
      return message && infos;
    default:
      return undefined;
  }
}

/** The notifications about an alert. Its stack is in all links to Alertmanager. */
function about(receiver: Receiver, alert: SentAlert): Call[] {
  const own = `stack%3D%22${label(alert, 'stack')}%22`;
  return receiver.calls.filter(({ body }) => JSON.stringify(body).includes(own));
}

async function delivered(stack: Stack, count: number): Promise<void> {
  const expected = alerts.flatMap((alert) => receiverOf(stack, alert) ?? []).length * count;
  const { pagerduty, slack, infos } = stacks[stack];
  const arrived = (): number =>
    [pagerduty, slack, infos].flatMap((r) => r.calls).filter((c) => c.status !== undefined).length;
  await eventually(`${expected} notifications with ${stack}`, 60, () =>
    arrived() >= expected ? true : undefined,
  );
  expect(arrived()).toBe(expected);
}

/** What a person can open. Other URLs in the texts only say what is checked. */
function linksOf(call: Call): string[] {
  const [event] = events([call]);
  if (event?.links !== undefined) {
    return [event.client_url ?? '', ...event.links.map(({ href }) => href)];
  }
  const [message] = messages([call]);
  return (message?.attachments ?? []).flatMap(({ title_link, text: body }) => [
    title_link,
    ...[...body.matchAll(/<([^!|>][^|>]*)\|/g)].map(([, url = '']) => url),
  ]);
}

const escaped = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe.each(names)('with %s', (stack) => {
  it('every alert arrives once, at its receiver', async () => {
    expect(new Set(alerts.map((alert) => label(alert, 'alertname')))).toEqual(new Set(alertNames));
    await stacks[stack].alertmanager.send(alerts);
    await delivered(stack, 1);
    for (const alert of alerts) {
      const { pagerduty, slack, infos } = stacks[stack];
      const right = receiverOf(stack, alert);
      for (const receiver of [pagerduty, slack, infos]) {
        const found = about(receiver, alert).map(({ status }) => status);
        const success = receiver === pagerduty ? 202 : 200;
        expect({ alert, found }).toEqual({ alert, found: receiver === right ? [success] : [] });
      }
    }
  });

  it('each event says what, since when, how bad, for whom, why, and what to do first', () => {
    const { pagerduty } = stacks[stack];
    const here = alerts.filter((alert) => receiverOf(stack, alert) === pagerduty);
    expect(here.length).toBeGreaterThan(stack === 'slack' ? -1 : 11);
    for (const alert of here) {
      const [event] = events(about(pagerduty, alert));
      const { payload, links = [] } = event ?? {};
      expect(payload?.summary).toBe(
        `[prod] ${text(alert, 'summary')} (${label(alert, 'service')})`,
      );
      expect(payload?.severity).toBe(label(alert, 'severity'));
      const details = payload?.custom_details ?? {};
      expect(details).toMatchObject({
        since: `${started.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
        owner: label(alert, 'team'),
        impact: [text(alert, 'impact')],
        first_look: text(alert, 'first_look').split('\n'),
        decisions: text(alert, 'decisions').split('\n'),
      });
      const firing = details['firing'] as string[];
      expect(firing).toHaveLength(1);
      expect(firing[0]).toContain(text(alert, 'description'));
      expect(links.map((link) => link.text)).toEqual(['Runbook', 'Dashboard', 'Query', 'Silence']);
    }
  });

  it('each message says the same', () => {
    const { slack, infos } = stacks[stack];
    for (const receiver of [slack, infos]) {
      const here = alerts.filter((alert) => receiverOf(stack, alert) === receiver);
      expect(here.length).toBeGreaterThan(stack === 'pagerduty' ? -1 : 1);
      for (const alert of here) {
        const [message] = messages(about(receiver, alert));
        const [attachment] = message?.attachments ?? [];
        const { title = '', text: body = '', footer } = attachment ?? {};
        const word = { critical: 'CRITICAL', warning: 'WARNING', info: 'INFO' };
        expect(title).toContain(word[label(alert, 'severity') as keyof typeof word]);
        expect(title).toContain(`${label(alert, 'alertname')} · ${label(alert, 'service')} (prod)`);
        for (const name of ['summary', 'description', 'impact', 'decisions']) {
          expect(body).toContain(escaped(text(alert, name)));
        }
        expect(body).toContain(escaped(text(alert, 'first_look').replaceAll('`', "'")));
        expect(body).toContain(`since <!date^${Math.floor(started.getTime() / 1000)}^`);
        expect(footer).toBe(`owner: ${label(alert, 'team')}`);
        // What a phone shows before "Show more" has the links.
        const links = [...body.matchAll(/\|(Runbook|Dashboard|Query|Silence)>/g)];
        const query = (alert.generatorURL ?? '').length < 400 ? ['Query'] : [];
        const all = ['Runbook', 'Dashboard', ...query, 'Silence'];
        expect(links.map(([, name]) => name)).toEqual(all);
        expect(body.indexOf('|Silence>')).toBeLessThan(
          body.indexOf(escaped(text(alert, 'decisions'))),
        );
      }
    }
  });

  it('nothing is unfilled, and every link works from a phone', () => {
    const { pagerduty, slack, infos } = stacks[stack];
    const calls = [pagerduty, slack, infos].flatMap((receiver) => receiver.calls);
    expect(calls.length).toBeGreaterThan(10);
    const outside: readonly string[] = Object.values(pages);
    for (const call of calls) {
      expect(JSON.stringify(call.body)).not.toMatch(/<no value>|%!|undefined|NaN/);
      const links = linksOf(call);
      expect(links.length).toBeGreaterThan(3);
      for (const url of links) expect(outside).toContain(new URL(url).origin);
    }
  });

  it('the Watchdog calls the heartbeat only', async () => {
    const { beats } = stacks[stack];
    await eventually('a heartbeat', 20, () => (beats.delivered.length > 0 ? true : undefined));
    expect(new Set(beats.calls.map(({ status }) => status))).toEqual(new Set([200]));
    expect(JSON.stringify(beats.calls[0]?.body)).toContain('"alertname":"Watchdog"');
  });

  it('the end of each alert closes what it opened', async () => {
    await stacks[stack].alertmanager.send(alerts.map(over));
    await delivered(stack, 2);
    const { pagerduty } = stacks[stack];
    const keys = new Set<string>();
    for (const alert of alerts) {
      const receiver = receiverOf(stack, alert);
      if (receiver === undefined) continue;
      const calls = about(receiver, alert);
      if (receiver === pagerduty) {
        const told = events(calls);
        expect(told.map((event) => event.event_action)).toEqual(['trigger', 'resolve']);
        const [key = '', ...others] = new Set(told.map((event) => event.dedup_key));
        expect(others).toEqual([]);
        keys.add(key);
      } else {
        const titles = messages(calls).map(({ attachments: [first] }) => first?.title ?? '');
        expect(titles).toHaveLength(2);
        expect(titles[1]).toContain(`RESOLVED ${label(alert, 'alertname')} ·`);
      }
    }
    const incidents = alerts.filter((alert) => receiverOf(stack, alert) === pagerduty);
    expect(keys.size).toBe(incidents.length);
  });
});
