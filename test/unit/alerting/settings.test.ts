import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { alertingFindings } from '../../../components/alerting/settings-checks';
import { alertingSchema } from '../../../components/alerting/settings-schema';
import { keyOf } from '../../../components/settings/commands';
import { secretKeysOf } from '../../../components/settings/kinds';

type AlertingInput = z.input<typeof alertingSchema>;

const url = 'https://hooks.slack.com/services/T0/B0/x';
const key = 'a'.repeat(32);

function findings(input: AlertingInput, platform: 'docker' | 'kubernetes' = 'docker'): string[] {
  return alertingFindings({ ...alertingSchema.parse(input), platform }).map(
    ({ at, what }) => `${keyOf(at)}: ${what}`,
  );
}

describe('the schema', () => {
  it("has the spec's channels and no accounts by default", () => {
    const { slack, pagerduty, ...rest } = alertingSchema.parse({});
    expect(slack).toEqual({
      alertsChannel: '#audifi-alerts',
      monitoringChannel: '#audifi-monitoring',
    });
    expect(pagerduty.create).toBe(false);
    for (const secret of secretKeysOf(alertingSchema)) expect(rest[secret]).toBeUndefined();
  });

  it('marks all accounts and tokens as secrets', () => {
    expect(secretKeysOf(alertingSchema)).toEqual([
      'slackWebhookUrl',
      'slackMonitoringWebhookUrl',
      'pagerdutyRoutingKey',
      'pagerdutyToken',
      'heartbeatUrl',
    ]);
  });

  it.each<[string, object]>([
    ['a key of another length', { pagerdutyRoutingKey: 'abc' }],
    ['a channel without #', { slack: { alertsChannel: 'audifi' } }],
    ['a webhook that is no URL', { slackWebhookUrl: 'hooks.slack.com' }],
    ['a name for an address', { pagerduty: { users: ['ada'] } }],
    ['a time zone that is none', { pagerduty: { timeZone: 'Berlin' } }],
    ['a handover without time zone', { pagerduty: { firstHandover: '2026-01-05T09:00' } }],
    [
      'a time of day that is none',
      { alertmanager: { maintenance: [{ name: 'a', from: '2:00' }] } },
    ],
    ['an unknown key', { alertmanager: { portt: 1 } }],
  ])('rejects %s', (_, input) => {
    expect(alertingSchema.safeParse(input).success).toBe(false);
  });
});

describe('settings that depend on each other', () => {
  it('are valid by default, on both platforms', () => {
    expect(findings({})).toEqual([]);
    expect(findings({}, 'kubernetes')).toEqual([]);
  });

  it('PagerDuty: needs a token and users, and no routing key', () => {
    const pagerduty = { create: true, users: ['ada@audifi.io'] };
    expect(findings({ pagerduty, pagerdutyToken: 'abcdefgh' })).toEqual([]);
    expect(findings({ pagerduty: { create: true }, pagerdutyRoutingKey: key })).toEqual([
      expect.stringMatching(/^pagerdutyRoutingKey: cannot be combined with pagerduty\.create/),
      expect.stringMatching(/^pagerdutyToken: is missing/),
      expect.stringMatching(/^pagerduty\.users: is empty/),
    ]);
  });

  it('Slack: infos need a webhook for warnings', () => {
    expect(findings({ slackMonitoringWebhookUrl: url })).toEqual([
      expect.stringMatching(/^slackWebhookUrl: is missing/),
    ]);
  });

  it('Kubernetes: only ports that the network policy allows, without showing the secret', () => {
    const heartbeatUrl = 'http://secret-host:8080/secret-path';
    const [problem = ''] = findings({ heartbeatUrl }, 'kubernetes');
    expect(problem).toMatch(/^heartbeatUrl: is not on port 443/);
    expect(problem).not.toMatch(/secret-(host|path)|8080/);
    expect(findings({ heartbeatUrl })).toEqual([]);
  });

  it('intervals: rejects values that Alertmanager would change silently', () => {
    expect(findings({ alertmanager: { retention: '1h' } })).toEqual([
      expect.stringMatching(/^alertmanager\.critical\.repeatInterval: 2h is longer/),
      expect.stringMatching(/^alertmanager\.warning\.repeatInterval: 12h is longer/),
      expect.stringMatching(/^alertmanager\.info\.repeatInterval: 1d is longer/),
    ]);
    const critical = { groupInterval: '10m', repeatInterval: '5m' };
    expect(findings({ alertmanager: { critical } })).toEqual([
      expect.stringMatching(/^alertmanager\.critical\.repeatInterval: 5m is shorter/),
    ]);
  });

  it('intervals: not shorter than Alertmanagers wait for each other', () => {
    const critical = { groupInterval: '15s', repeatInterval: '18s' };
    expect(findings({ alertmanager: { critical, replicas: 2 } })).toEqual([]);
    expect(findings({ alertmanager: { critical, replicas: 3 } })).toEqual([
      expect.stringMatching(/^alertmanager\.critical\.groupInterval: 15s is shorter than the 20s/),
      // One round of commands repairs both.
      expect.stringMatching(/^alertmanager\.critical\.repeatInterval: 18s is shorter.*\(20s\)/),
    ]);
  });

  it('maintenance: unique names, and an end after the start', () => {
    const maintenance = [
      { name: 'a', from: '02:00', to: '24:00' },
      { name: 'a', from: '22:00', to: '04:00' },
    ];
    expect(findings({ alertmanager: { maintenance } })).toEqual([
      expect.stringMatching(/^alertmanager\.maintenance\[1\]\.name/),
      expect.stringMatching(/^alertmanager\.maintenance\[1\]\.to: 04:00 is not after/),
    ]);
  });

  describe('silences', () => {
    const silence = {
      ...{ name: 'a', matchers: ['alertname=LowDiskSpace'], comment: 'why', author: 'ada' },
      from: '2026-12-24T22:00:00+01:00',
      to: '2026-12-25T02:00:00+01:00',
    };
    const found = (...silences: (typeof silence)[]) => findings({ alertmanager: { silences } });

    it('have different names and an end, at most 31 days after their start', () => {
      expect(found(silence)).toEqual([]);
      expect(found(silence, silence)).toEqual([
        expect.stringMatching(/^alertmanager\.silences\[1\]\.name: "a" is already/),
      ]);
      // 22:00 in Berlin is after 20:30 in UTC on the clock, but not in time.
      expect(found({ ...silence, to: '2026-12-24T20:30:00Z' })).toEqual([
        expect.stringMatching(/^alertmanager\.silences\[0\]\.to: .* is not after from/),
      ]);
      expect(found({ ...silence, to: '2027-01-30T00:00:00Z' })).toEqual([
        expect.stringMatching(/is 37 days after from .*; at most 31 are allowed/),
      ]);
    });

    it.each([
      [['alertname="Watchdog"']],
      [['alertname=~"Watch.*|A"']],
      [['severity!="critical"', 'env="dev"']],
      [['env="dev"', 'service=~"monitoring|host"']],
      [['severity=none', 'instance=""']],
      [['alertname=~".+"']],
    ])('never mute the heartbeat: %j', (matchers) => {
      expect(found({ ...silence, matchers })).toEqual([
        expect.stringMatching(/^alertmanager\.silences\[0\]\.matchers: match the Watchdog/),
      ]);
    });

    it.each([[['alertname!="Watchdog"', 'env="dev"']], [['severity="warning"']], [['node="a"']]])(
      'may mute others: %j',
      (matchers) => {
        expect(found({ ...silence, matchers })).toEqual([]);
      },
    );

    it('match something', () => {
      expect(found({ ...silence, matchers: ['pod=~".*"', 'a!="b"'] })).toEqual([
        expect.stringMatching(/matchers: all match alerts without the label/),
      ]);
    });
  });
});
