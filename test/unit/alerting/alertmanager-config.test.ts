import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  alertmanagerConfig,
  type AlertmanagerConfigArgs,
  type RouteConfig,
} from '../../../components/alerting/alertmanager-config';
import type { ReceiverConfig } from '../../../components/alerting/alertmanager-config-receivers';
import { alertingSchema } from '../../../components/alerting/settings-schema';
import { durationSeconds } from '../../../components/units';
import { metrics } from '../../../telemetry';

const defaults = alertingSchema.parse({});
const pagerduty = { eventsUrl: 'https://events.pagerduty.com/v2/enqueue' };
const slack = { ...defaults.slack, monitoringHasWebhook: false };

interface Config {
  readonly global: Record<string, string>;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibit_rules: readonly Record<string, unknown>[];
  readonly time_intervals?: readonly unknown[];
}

const text = (changes: Partial<AlertmanagerConfigArgs> = {}): string =>
  alertmanagerConfig({
    folder: '/etc/alertmanager',
    heartbeat: false,
    inhibitions: [],
    ...defaults.alertmanager,
    ...changes,
  });
const config = (changes: Partial<AlertmanagerConfigArgs> = {}): Config =>
  parse(text(changes)) as Config;

function receiver(name: string, changes: Partial<AlertmanagerConfigArgs>): ReceiverConfig {
  const found = config(changes).receivers.find((r) => r.name === name);
  if (found === undefined) throw new Error(`no receiver ${name}`);
  return found;
}

/** The channel of each receiver, or nothing. */
function ways(changes: Partial<AlertmanagerConfigArgs>): Record<string, string> {
  return Object.fromEntries(
    config(changes).receivers.map((r) => [
      r.name,
      r.pagerduty_configs !== undefined
        ? 'PagerDuty'
        : (r.slack_configs?.[0]?.channel ?? (r.webhook_configs === undefined ? '' : 'webhook')),
    ]),
  );
}

const routes = (c: Config): readonly RouteConfig[] => [c.route, ...(c.route.routes ?? [])];

describe('receivers of each severity', () => {
  it('match the table of the spec if all accounts are set', () => {
    expect(ways({ pagerduty, slack, heartbeat: true })).toEqual({
      'on-call': 'PagerDuty',
      alerts: '#audifi-alerts',
      monitoring: '#audifi-monitoring',
      unmatched: '#audifi-alerts',
      heartbeat: 'webhook',
    });
  });

  it("have the names of Alertmanager's metrics, by which rules tell them apart", () => {
    const { receiver_name } = metrics.alertmanager_notification_requests_total.labels;
    expect(config().receivers.map((r) => r.name)).toEqual(receiver_name);
  });

  it('are empty without accounts, but every route still has its receiver', () => {
    const none = config();
    expect(none.receivers.map((r) => Object.keys(r))).toEqual(none.receivers.map(() => ['name']));
    const names = none.receivers.map((r) => r.name);
    for (const route of routes(none)) expect(names).toContain(route.receiver);
  });

  it('send pages to the channel for warnings if there is no PagerDuty', () => {
    expect(ways({ slack })['on-call']).toBe('#audifi-alerts');
  });

  it('without Slack, do not page for warnings, but for an unknown severity', () => {
    expect(ways({ pagerduty })).toMatchObject({
      alerts: '',
      monitoring: '',
      unmatched: 'PagerDuty',
    });
  });
});

describe('routes', () => {
  const c = config({ pagerduty, slack });

  it('cover every alert, because the root route has a receiver', () => {
    expect(c.route).not.toHaveProperty('matchers');
    expect(c.route.receiver).toBe('unmatched');
  });

  it('never send an alert to two receivers', () => {
    for (const route of routes(c)) expect(route).not.toHaveProperty('continue');
  });

  it('send the failure of a receiver to another one, and page only for that of warnings', () => {
    const failing = routes(c).filter(({ matchers = [] }) =>
      matchers.some((m) => m.includes('AlertmanagerNotificationsFailing')),
    );
    expect(failing.map(({ matchers, receiver: to }) => [matchers?.[1], to])).toEqual([
      ['receiver_name="alerts"', 'on-call'],
      ['severity="critical"', 'alerts'],
      [undefined, 'alerts'],
    ]);
  });

  it('send the most severe alerts first', () => {
    const wait = (severity: string): number =>
      durationSeconds(
        routes(c).find((r) => r.matchers?.includes(`severity="${severity}"`))?.group_wait ?? '',
      ) ?? NaN;
    expect(wait('critical')).toBeGreaterThan(15);
    expect(wait('warning')).toBeGreaterThan(wait('critical'));
    expect(wait('info')).toBeGreaterThan(wait('warning'));
  });

  it('call the heartbeat exactly once per interval', () => {
    const heartbeat = routes(config({ heartbeatInterval: '2m' })).find(
      (r) => r.receiver === 'heartbeat',
    );
    expect(heartbeat).toMatchObject({
      group_wait: '0s',
      group_interval: '60000ms',
      repeat_interval: '108000ms',
    });
  });
});

describe('maintenance windows', () => {
  const maintenance = [
    { name: 'backups', weekdays: ['sunday' as const], from: '02:00', to: '04:00', timeZone: 'UTC' },
    { name: 'nightly', weekdays: [], from: '00:00', to: '01:00', timeZone: 'Europe/Berlin' },
  ];
  const c = config({ maintenance });

  it('mute warnings and infos only', () => {
    const held = routes(c).filter((r) => r.mute_time_intervals !== undefined);
    expect(held.map((r) => r.matchers)).toEqual([['severity="warning"'], ['severity="info"']]);
    expect(held[0]?.mute_time_intervals).toEqual(['backups', 'nightly']);
  });

  it('are times of day in their own time zone', () => {
    expect(c.time_intervals).toEqual([
      {
        name: 'backups',
        time_intervals: [
          {
            times: [{ start_time: '02:00', end_time: '04:00' }],
            weekdays: ['sunday'],
            location: 'UTC',
          },
        ],
      },
      {
        name: 'nightly',
        time_intervals: [
          { times: [{ start_time: '00:00', end_time: '01:00' }], location: 'Europe/Berlin' },
        ],
      },
    ]);
    expect(text({ maintenance })).toContain('start_time: "02:00"');
  });
});

describe('inhibitions', () => {
  const rule = {
    source_matchers: ['alertname="APIDown"'],
    target_matchers: ['alertname="HighLatency"'],
    equal: ['env', 'stack'],
  };

  it('are copied unchanged, with the reason as a comment', () => {
    const inhibitions = [{ ...rule, why: 'without an API nothing is slow' }];
    expect(config({ inhibitions }).inhibit_rules).toEqual([rule]);
    expect(text({ inhibitions })).toContain('  # without an API nothing is slow\n  - source');
  });
});

describe('receivers', () => {
  const all = { pagerduty, slack, heartbeat: true };

  it('read every secret from a file', () => {
    const files = [...text(all).matchAll(/(\w+_file): (\S+)/g)].map(([, key, file]) => [key, file]);
    expect(files).toEqual([
      ['routing_key_file', '/etc/alertmanager/secrets/pagerduty-routing-key'],
      ['api_url_file', '/etc/alertmanager/secrets/slack-alerts-url'],
      ['api_url_file', '/etc/alertmanager/secrets/slack-alerts-url'],
      ['api_url_file', '/etc/alertmanager/secrets/slack-alerts-url'],
      ['url_file', '/etc/alertmanager/secrets/heartbeat-url'],
    ]);
    expect(text(all)).not.toMatch(/^\s*(routing_key|api_url|url|token):/m);
  });

  it('use a separate webhook for infos if there is one', () => {
    const two = { slack: { ...slack, monitoringHasWebhook: true } };
    expect(receiver('monitoring', two).slack_configs?.[0]?.api_url_file).toMatch(/monitoring-url$/);
    expect(receiver('alerts', two).slack_configs?.[0]?.api_url_file).toMatch(/alerts-url$/);
  });

  it('send resolved notifications, except for the heartbeat', () => {
    expect(receiver('on-call', all).pagerduty_configs?.[0]?.send_resolved).toBe(true);
    expect(receiver('monitoring', all).slack_configs?.[0]?.send_resolved).toBe(true);
    expect(receiver('heartbeat', all).webhook_configs?.[0]?.send_resolved).toBe(false);
  });

  it('send events to the URL in the settings', () => {
    expect(config(all).global['pagerduty_url']).toBe(pagerduty.eventsUrl);
    expect(config().global).not.toHaveProperty('pagerduty_url');
  });

  it('limit each attempt to ten seconds', () => {
    const notifiers = config(all).receivers.flatMap((r) => [
      ...(r.pagerduty_configs ?? []),
      ...(r.slack_configs ?? []),
      ...(r.webhook_configs ?? []),
    ]);
    expect(new Set(notifiers.map((n) => n.timeout))).toEqual(new Set(['10s']));
  });
});
