import './lib/fastest-rules';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { AlertmanagerApi } from './lib/alertmanager';
import { FakeTarget } from './lib/app';
import { alert, pause } from './lib/delivery';
import { eventually } from './lib/engine';
import { noObjectives } from './lib/objectives';
import { PrometheusApi } from './lib/prometheus';
import { prometheusProcess, renderedServices, type Service } from './lib/processes';
import {
  events,
  messages,
  pagerdutyEvents,
  type PagerDutyEvent,
  slackWebhook,
} from './lib/receivers';
import { AlertmanagerCluster, prometheusReplica } from './lib/replicas';

/**
 * Two Prometheus and three Alertmanagers as on a cluster, real processes with the program's
 * configuration. Whichever of them is killed or cut off, the page arrives. Rules are twenty times
 * faster; the wait of each Alertmanager for the one before it (10 s) is not.
 */
const pagerduty = pagerdutyEvents();
const slack = slackWebhook();
const app = new FakeTarget();

let alertmanagers: AlertmanagerCluster;
const servers: Service[] = [];

const timing = { groupWait: '1s', groupInterval: '2s', repeatInterval: '1h' };
/** Seconds after which the third Alertmanager would have sent a duplicate. */
const doubled = 22;

beforeAll(async () => {
  const kit = await prepare({ need: ['alertmanager', 'prometheus'], log: () => undefined });
  await Promise.all([pagerduty, slack, app].map((server) => server.open()));
  app.gauges.set('process_start_time_seconds', Date.now() / 1000 - 86_400);
  const off = { enabled: false };
  const rendered = await renderedServices(
    'e2e',
    {
      prometheus: { scrapeInterval: '1s', evaluationInterval: '1s' },
      ...{ referenceApp: false, inbox: off, logs: off, cadvisor: off, grafana: off, traces: off },
      ...{ uptime: off, nodeExporter: off, slo: noObjectives, alerts: { expectApp: true } },
      pagerduty: { eventsUrl: pagerduty.url('/v2/enqueue') },
      alertmanager: { startDelay: '1s', critical: timing, warning: timing, info: timing },
      targets: {
        'api-server': { addresses: [app.address] },
        ...Object.fromEntries(
          ['caddy', 'ws-server', 'worker', 'postgres', 'redis'].map((job) => [job, off]),
        ),
      },
    },
    {
      pagerdutyRoutingKey: '0123456789abcdef'.repeat(2),
      slackWebhookUrl: slack.url('/alerts'),
    },
  );
  const command = kit.commands['alertmanager'] ?? '';
  alertmanagers = await new AlertmanagerCluster(command, rendered('alertmanager')).start();
  const [first] = alertmanagers.members;
  if (first === undefined) throw new Error('no Alertmanager was started');
  for (const replica of [0, 1]) {
    const own = prometheusReplica(rendered('prometheus'), replica, alertmanagers.members);
    const server = await prometheusProcess(kit.commands['prometheus'] ?? '', own, first);
    servers.push(await server.start());
  }
  await together(3);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.remove()));
  await alertmanagers.remove();
  await Promise.all([pagerduty, slack, app].map((server) => server.close()));
});

/** Waits until the first Alertmanagers know this many members. */
const together = (members: number): Promise<true> =>
  eventually(`${members} members`, 60, async () => {
    const indexes = Array.from({ length: members }, (_, i) => i);
    const known = await Promise.all(indexes.map((i) => alertmanagers.known(i)));
    return known.every((n) => n === members) ? true : undefined;
  });

const pages = (from = 0): PagerDutyEvent[] =>
  events(pagerduty.delivered.slice(from)).filter(({ payload }) => payload.class === 'APIDown');

/** Waits until this many events have arrived. */
const arrives = (what: string, from: number, count: number): Promise<true> =>
  eventually(what, 90, () => (pages(from).length >= count ? true : undefined));

/** Waits until neither a Prometheus nor an Alertmanager has the alert. */
async function forgotten(): Promise<void> {
  await eventually('the alert has ended everywhere', 90, async () => {
    const pending = await Promise.all(
      servers.map(
        async ({ url }) =>
          (await new PrometheusApi(url).query('ALERTS{alertname="APIDown"}')).length,
      ),
    );
    const known = await Promise.all(
      alertmanagers.members.map(async ({ url }) => {
        const all = await new AlertmanagerApi(url).alerts();
        return all.filter(({ name }) => name === 'APIDown').length;
      }),
    );
    return [...pending, ...known].every((n) => n === 0) ? true : undefined;
  });
}

describe('two Prometheus and three Alertmanagers', () => {
  const killed: readonly (readonly [string, () => Service | undefined])[] = [
    ...[0, 1, 2].map((i) => [`Alertmanager ${i}`, () => alertmanagers.members[i]] as const),
    ...[0, 1].map((i) => [`Prometheus ${i}`, () => servers[i]] as const),
  ];

  it.each(killed)('%s is killed: one page, and one end of it', async (_, one) => {
    const from = pagerduty.delivered.length;
    const service = one();
    await service?.kill('SIGKILL');
    await app.close();
    await arrives('the page', from, 1);
    await service?.start();
    await together(3);
    await app.open();
    await arrives('its end', from, 2);
    // Until the killed one has seen the end too, so that the alert does not reach the next test.
    await forgotten();
    const told = pages(from);
    expect(told.map((event) => event.event_action)).toEqual(['trigger', 'resolve']);
    expect(new Set(told.map((event) => event.dedup_key)).size).toBe(1);
  });

  it('one is cut off: each side notifies, which is one incident and two messages', async () => {
    // The second and third Alertmanager wait before they notify, and then report the alerts as they
    // were before the wait. If the alert fired again meanwhile, they would report it as resolved.
    await pause(doubled);
    const from = pagerduty.delivered.length;
    await alertmanagers.partition(2);
    await together(2);
    expect(await alertmanagers.known(2)).toBe(1);
    await app.close();
    const apis = alertmanagers.members.map(({ url }) => new AlertmanagerApi(url));
    await Promise.all(apis.map((api) => api.send([alert('CutOff', 'warning')])));
    await arrives('the page of each side', from, 2);
    const texts = () =>
      messages(slack.delivered).filter(({ attachments: [first] }) =>
        first?.title.includes('CutOff'),
      );
    await eventually('both messages', 60, () => (texts().length >= 2 ? true : undefined));
    // By now, a double of an earlier page would have arrived as well.
    await pause(doubled);
    const told = pages(from);
    expect(told.map((event) => event.event_action)).toEqual(['trigger', 'trigger']);
    expect(new Set(told.map((event) => event.dedup_key)).size).toBe(1);
    expect(texts()).toHaveLength(2);
  });

  it('is back: nothing is sent again, and the incident ends', async () => {
    const from = pagerduty.delivered.length;
    const sent = slack.delivered.length;
    await alertmanagers.heal(2);
    await together(3);
    await pause(doubled);
    expect(pages(from)).toEqual([]);
    expect(slack.delivered).toHaveLength(sent);
    await app.open();
    await arrives('the end', from, 1);
    expect(pages(from)[0]?.event_action).toBe('resolve');
  });
});
