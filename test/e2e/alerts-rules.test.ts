import './lib/fast-rules';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { FakeTarget } from './lib/app';
import { eventually } from './lib/engine';
import { noObjectives } from './lib/objectives';
import {
  alertmanagerProcess,
  prometheusProcess,
  renderedServices,
  type Service,
} from './lib/processes';
import {
  events,
  messages,
  pagerdutyEvents,
  type PagerDutyEvent,
  type SlackMessage,
  slackWebhook,
} from './lib/receivers';

/**
 * From a breach to the notification: the real Prometheus with the real rules, twenty times faster,
 * and the real Alertmanager, both with the program's configuration. AudiFi and the receivers are
 * simulated.
 */
const pagerduty = pagerdutyEvents();
const slack = slackWebhook();
const infos = slackWebhook();
const api = new FakeTarget();
const ws = new FakeTarget();
const postgres = new FakeTarget();
const node = new FakeTarget();
const targets = [api, ws, postgres, node];
const receivers = [pagerduty, slack, infos];

let alertmanager: Service;
let prometheus: Service;

const timing = (wait: string) => ({ groupWait: wait, groupInterval: '2s', repeatInterval: '1h' });

beforeAll(async () => {
  const kit = await prepare({ need: ['alertmanager', 'prometheus'], log: () => undefined });
  await Promise.all([...receivers, ...targets].map((server) => server.open()));
  healthy();
  const config = {
    prometheus: { scrapeInterval: '1s', evaluationInterval: '1s' },
    // The targets below replace AudiFi.
    ...{ referenceApp: false, inbox: { enabled: false }, logs: { enabled: false } },
    cadvisor: { enabled: false },
    grafana: { enabled: false },
    uptime: { enabled: false },
    traces: { enabled: false },
    pagerduty: { eventsUrl: pagerduty.url('/v2/enqueue') },
    alertmanager: {
      startDelay: '1s',
      critical: timing('2s'),
      warning: timing('3s'),
      info: timing('3s'),
    },
    slo: noObjectives,
    // Otherwise APIDown fires before the first scrape, because `for` is seconds here.
    alerts: { expectApp: false },
    targets: {
      'api-server': { addresses: [api.address] },
      'ws-server': { addresses: [ws.address] },
      postgres: { addresses: [postgres.address] },
      ...Object.fromEntries(['caddy', 'worker', 'redis'].map((job) => [job, { enabled: false }])),
    },
  };
  const secrets = {
    pagerdutyRoutingKey: '0123456789abcdef'.repeat(2),
    slackWebhookUrl: slack.url('/alerts'),
    slackMonitoringWebhookUrl: infos.url('/infos'),
  };
  const services = await renderedServices('e2e', config, secrets);
  alertmanager = await alertmanagerProcess(
    kit.commands['alertmanager'] ?? '',
    services('alertmanager'),
  );
  prometheus = await prometheusProcess(
    kit.commands['prometheus'] ?? '',
    services('prometheus'),
    alertmanager,
    [['node-exporter:9100', node.address]],
  );
  await alertmanager.start();
  await prometheus.start();
});
afterAll(async () => {
  await prometheus.remove();
  await alertmanager.remove();
  await Promise.all([...receivers, ...targets].map((server) => server.close()));
});

const seconds = (): number => Date.now() / 1000;

/** Sets all metrics to healthy values. */
function healthy(): void {
  for (const target of targets) {
    target.gauges.set('process_start_time_seconds', seconds() - 86_400);
  }
  api.rates.set('http_requests_total{method="GET",path="/v1/tracks",status="200"}', 20);
  api.rates.set('http_requests_total{method="GET",path="/v1/tracks",status="500"}', 0);
  latency(0.2);
  api.rates.set('stripe_webhook_errors_total', 0);
  ws.rates.set('ws_connections_total{status="connected"}', 1);
  ws.gauges.set('ws_connections_active{session_id="s1",role="viewer"}', 10);
  postgres.gauges.set('pg_up', 1);
  const disk = '{device="/dev/vda",fstype="ext4",mountpoint="/"}';
  node.gauges.set(`node_filesystem_size_bytes${disk}`, 100e9);
  node.gauges.set(`node_filesystem_avail_bytes${disk}`, 60e9);
  node.gauges.set(`node_filesystem_readonly${disk}`, 0);
  node.gauges.set('node_memory_MemTotal_bytes', 16e9);
  node.gauges.set('node_memory_MemAvailable_bytes', 8e9);
}

/** All API requests take this many seconds. */
function latency(value: number): void {
  for (const le of [0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity]) {
    const label = le === Infinity ? '+Inf' : String(le);
    api.rates.set(`http_request_duration_seconds_bucket{le="${label}"}`, value <= le ? 20 : 0);
  }
  api.rates.set('http_request_duration_seconds_count', 20);
}

const pages = (alertname: string): PagerDutyEvent[] =>
  events(pagerduty.delivered).filter(({ payload }) => payload.class === alertname);
const told = (receiver: typeof slack, alertname: string): SlackMessage[] =>
  messages(receiver.delivered).filter(({ attachments }) =>
    attachments[0]?.title.includes(` ${alertname} `),
  );
const titles = (receiver: typeof slack, alertname: string): string[] =>
  told(receiver, alertname).map(({ attachments }) => attachments[0]?.title ?? '');

/** Waits until a notification was sent this many times, or reports what was sent instead. */
async function toldOf(what: string, count: number, how: () => readonly unknown[]): Promise<void> {
  await eventually(what, 45, () => (how().length >= count ? true : undefined));
}

describe('with healthy metrics', () => {
  it('nobody is notified', async () => {
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(events(pagerduty.calls).map(({ payload }) => payload.summary)).toEqual([]);
    const said = messages([...slack.calls, ...infos.calls]);
    expect(said.map(({ attachments }) => attachments[0]?.title)).toEqual([]);
  });
});

describe("the spec's warnings and infos", () => {
  const warnings = [
    'HighLatency',
    'LowDiskSpace',
    'HighMemoryUsage',
    'WebSocketConnectionSpike',
    'StripeWebhookFailures',
  ];
  const notes = ['DeploymentDetected', 'VStudioSessionActive'];

  beforeAll(() => {
    latency(4);
    const disk = '{device="/dev/vda",fstype="ext4",mountpoint="/"}';
    node.gauges.set(`node_filesystem_avail_bytes${disk}`, 10e9);
    node.gauges.set('node_memory_MemAvailable_bytes', 1e9);
    ws.rates.set('ws_connections_total{status="connected"}', 500);
    api.rates.set('stripe_webhook_errors_total', 2);
    api.gauges.set('process_start_time_seconds', seconds());
    ws.gauges.set('ws_connections_active{session_id="s1",role="viewer"}', 150);
  });

  it.each(warnings)('%s goes to #audifi-alerts', async (name) => {
    await toldOf(name, 1, () => told(slack, name));
    const [message] = told(slack, name);
    expect(message?.channel).toBe('#audifi-alerts');
    const text = message?.attachments[0]?.text ?? '';
    expect(text).toMatch(new RegExp(`<https://[^|>]+/${name}\\.md\\|Runbook>`));
    expect(text).toMatch(/<http:\/\/127\.0\.0\.1:3000\/d\/audifi-[^|>]+\|Dashboard>/);
    // The query of LowDiskSpace is too long for a message.
    const query = /<http:\/\/127\.0\.0\.1:9090\/graph\?g0\.expr=[^|>]+\|Query>/;
    expect(query.test(text)).toBe(name !== 'LowDiskSpace');
  });

  it.each(notes)('%s goes to #audifi-monitoring', async (name) => {
    await toldOf(name, 1, () => told(infos, name));
    expect(told(infos, name)[0]?.channel).toBe('#audifi-monitoring');
  });

  it('resolved notifications arrive once each, and nobody is paged', async () => {
    healthy();
    for (const name of warnings) await toldOf(`end of ${name}`, 2, () => told(slack, name));
    for (const name of notes) await toldOf(`end of ${name}`, 2, () => told(infos, name));
    for (const [receiver, names] of [
      [slack, warnings],
      [infos, notes],
    ] as const) {
      for (const name of names) {
        expect(titles(receiver, name)).toEqual([
          expect.stringMatching(/WARNING|INFO/),
          expect.stringContaining('RESOLVED'),
        ]);
      }
    }
    expect(events(pagerduty.calls).map(({ payload }) => payload.summary)).toEqual([]);
  });
});

describe("the spec's critical alerts", () => {
  const names = ['HighErrorRate', 'APIDown', 'WebSocketDown', 'DatabaseDown'];

  it('HighErrorRate and DatabaseDown page because of metrics', async () => {
    api.rates.set('http_requests_total{method="GET",path="/v1/tracks",status="500"}', 10);
    postgres.gauges.set('pg_up', 0);
    for (const name of ['HighErrorRate', 'DatabaseDown']) {
      await toldOf(name, 1, () => pages(name));
    }
    expect(pages('HighErrorRate')[0]?.payload.summary).toMatch(
      /^\[e2e\] High 5xx error rate \(\d\d.*%\) \(api-server\)$/,
    );
  });

  it('APIDown and WebSocketDown page because of missing targets', async () => {
    await api.close();
    await ws.close();
    for (const name of ['APIDown', 'WebSocketDown']) await toldOf(name, 1, () => pages(name));
  });

  it('each resolves with its key, and was delivered once', async () => {
    healthy();
    await api.open();
    await ws.open();
    for (const name of names) await toldOf(`end of ${name}`, 2, () => pages(name));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    for (const name of names) {
      const told = pages(name);
      expect({ name, actions: told.map((e) => e.event_action) }).toEqual({
        name,
        actions: ['trigger', 'resolve'],
      });
      expect(new Set(told.map((e) => e.dedup_key)).size).toBe(1);
      expect(told[0]?.payload.severity).toBe('critical');
    }
  });

  it('nothing else paged, and inhibited alerts were not delivered', () => {
    expect(new Set(events(pagerduty.calls).map(({ payload }) => payload.class))).toEqual(
      new Set(names),
    );
    // The targets that were down belong to the same outage.
    expect(told(slack, 'TargetDown')).toEqual([]);
    expect(told(slack, 'TargetsMissing')).toEqual([]);
  });
});

describe('a failing receiver', () => {
  const failing = 'AlertmanagerNotificationsFailing';

  it('a failure of PagerDuty goes to Slack, and the page arrives when it is back', async () => {
    const before = pages('DatabaseDown').length;
    pagerduty.behaviour = () => 500;
    postgres.gauges.set('pg_up', 0);
    await toldOf(failing, 1, () => told(slack, failing));
    expect(JSON.stringify(told(slack, failing)[0])).toContain('integration=pagerduty');
    expect(pages('DatabaseDown')).toHaveLength(before);
    pagerduty.behaviour = () => undefined;
    await toldOf('DatabaseDown', before + 1, () => pages('DatabaseDown'));
    postgres.gauges.set('pg_up', 1);
    await toldOf('its end', before + 2, () => pages('DatabaseDown'));
    expect(pages(failing)).toEqual([]);
  });

  it('a failure of Slack pages', async () => {
    slack.behaviour = () => 500;
    node.gauges.set('node_memory_MemAvailable_bytes', 1e9);
    await toldOf(failing, 1, () => pages(failing));
    expect(pages(failing)[0]?.payload.summary).toContain('Warnings do not reach Slack');
    slack.behaviour = () => undefined;
    healthy();
    await toldOf('its end', 2, () => pages(failing));
  });
});
