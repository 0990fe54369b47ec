import { describe, expect, it } from '@jest/globals';
import { renderRules } from '../../../rules';
import { variants } from '../../../rules/variants';
import { plain } from '../../lib/redact';
import { type Rule, rulesIn } from '../../lib/rule-files';

const pairs = (values: Readonly<Record<string, string>> = {}): object => ({
  // Prometheus has replaced the templates.
  labels: Object.entries(values).map(([key, value]) => ({
    key,
    value: value.replace(/\{\{.*?\}\}/g, 'caddy:8080'),
  })),
});

/** A line of Alertmanager's event recorder, as version 0.34 writes it. */
const event = ({
  alert = '',
  labels,
  annotations,
}: Pick<Rule, 'alert' | 'labels' | 'annotations'>): string =>
  JSON.stringify({
    '@timestamp': '2026-12-01T01:39:38.765884615Z',
    instance: 'aff9218789c5',
    data: {
      notification: {
        alerts: [
          {
            hash: '4800360160367186793',
            details: {
              ...{ fingerprint: '18439280141640473380', name: alert },
              ...{
                labels: pairs({ alertname: alert, ...labels }),
                annotations: pairs(annotations),
              },
              ...{ startsAt: '2026-12-01T01:32:23.762Z', endsAt: '2026-12-01T01:37:08.762Z' },
              resolved: true,
            },
          },
        ],
        groupInfo: {
          groupKey: `{}/{severity="info"}:{alertname="${alert}", env="dev", stack="dev"}`,
          groupLabels: pairs({ alertname: alert }),
          ...{ groupId: '68a09cb6a2772964880b5d338e8d5f88', receiverName: 'monitoring' },
        },
        ...{ repeatInterval: '14400s', reason: 'NOTIFY_REASON_FIRST_NOTIFICATION', flushId: '7' },
        integration: { name: 'slack', index: '0' },
      },
    },
  }).replaceAll(',"', ', "');

describe("an event of Alertmanager's event recorder", () => {
  it('needs no check by the rules, whatever alert of the stack it is about', () => {
    const alerts = Object.values(variants)
      .flatMap((options) => rulesIn(renderRules(options)))
      .filter(({ alert }) => alert !== undefined);
    const checked = alerts.filter((alert) => !plain(event(alert))).map(({ alert }) => alert);
    expect(alerts.length).toBeGreaterThan(200);
    expect([...new Set(checked)]).toEqual([]);
  });

  it('is checked if it may contain an address, a phone number or a key', () => {
    const alert = { alert: 'Custom', annotations: { description: 'Sessions grow.' } };
    expect(plain(event(alert))).toBe(true);
    for (const text of ['Ask ada@audifi.io.', 'Call +49 151 5550123.', 'key sk_a1b2c3d4e5f6']) {
      expect(plain(event({ ...alert, annotations: { description: text } }))).toBe(false);
    }
    expect(plain(event(alert).replace('"name":"Custom"', '"createdBy":"Ada"'))).toBe(false);
    expect(plain(event(alert).replace('"name":"Custom"', '"password":"hunter"'))).toBe(false);
  });
});
