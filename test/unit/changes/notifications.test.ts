import { describe, expect, it } from '@jest/globals';
import { encrypted } from '../../../policy/values';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { lines, onDocker, onKubernetes } from '../../lib/changes';

describe('notifications', () => {
  const config = (more: object = {}, route: object = {}): object => ({
    route: {
      ...{ receiver: 'web', group_wait: '30s' },
      routes: [{ receiver: 'pager', matchers: ['severity = critical'], ...route }],
    },
    receivers: [
      { name: 'web', slack_configs: [{ channel: '#a' }] },
      { name: 'pager', ...more },
    ],
  });

  it('lists receivers with their integrations', () => {
    const paged = { pagerduty_configs: [{ routing_key_file: '/k' }] };
    expect(lines('Notifications', onDocker(config(), config(paged)))).toEqual([
      '~ receiver pager: notifies nobody → pagerduty',
    ]);
  });

  it('lists routes with their timings', () => {
    expect(
      lines('Notifications', onKubernetes(config(), config({}, { repeat_interval: '1h' }))),
    ).toEqual([
      '+ route severity = critical → pager (repeat_interval 1h)',
      '- route severity = critical → pager',
    ]);
  });

  it('lists the labels by which a route groups', () => {
    const grouped = config({}, { group_by: ['env', 'alertname'] });
    expect(lines('Notifications', onDocker(config(), grouped))).toEqual([
      '+ route severity = critical → pager (group_by env alertname)',
      '- route severity = critical → pager',
    ]);
  });

  it('lists the times of a window', () => {
    const window = (to: string, more: object = {}): object => ({
      ...config(),
      time_intervals: [
        {
          name: 'night',
          time_intervals: [{ times: [{ start_time: '00:00', end_time: to }], ...more }],
        },
      ],
    });
    expect(lines('Notifications', onDocker(window('04:00'), window('24:00')))).toEqual([
      '~ window night: 00:00–04:00 → 00:00–24:00',
    ]);
    const days = { weekdays: ['sunday', 'monday'], location: 'UTC' };
    expect(lines('Notifications', onDocker(config(), window('04:00', days)))).toEqual([
      '+ window night: 00:00–04:00 sunday, monday UTC',
    ]);
  });

  it('lists the rules that inhibit', () => {
    const inhibiting = {
      ...config(),
      inhibit_rules: [
        {
          source_matchers: ['alertname="APIDown"'],
          target_matchers: ['service="api"', 'severity="warning"'],
          equal: ['env'],
        },
      ],
    };
    expect(lines('Notifications', onDocker(config(), inhibiting))).toEqual([
      '+ inhibition alertname="APIDown" mutes service="api", severity="warning" (equal env)',
    ]);
  });

  it('lists the resources in PagerDuty', () => {
    const change: Change = {
      ...{ type: 'pagerduty:index/serviceIntegration:ServiceIntegration', name: 'events' },
      ...{ op: 'create', new: {} },
    };
    const other = onDocker(config(), config());
    expect(lines('Notifications', change, other)).toEqual([
      '+ PagerDuty service integration events',
    ]);
  });
});

describe('a rotated secret of a receiver', () => {
  const changed = ['~ secret of alertmanager changes'];
  const files = (uploads: unknown): Inputs => ({ start: false, image: 'img', uploads });
  const file = (content: string, permissions = '0400'): object => ({
    ...{ file: '/etc/alertmanager/key', content, permissions },
  });
  const container = (was: unknown, now: unknown): Change => ({
    ...{ type: 'docker:index/container:Container', name: 'alertmanager-files', op: 'replace' },
    ...{ old: files(was), new: files(now) },
  });
  const object = (op: 'update' | 'replace', was: Inputs, now: Inputs): Change => ({
    ...{ type: 'kubernetes:core/v1:Secret', name: 'alertmanager-secret', op },
    ...{ old: was, new: now },
  });

  it('is listed without its value', () => {
    const hidden = { stringData: encrypted };
    const open = (value: string): Inputs => ({ stringData: { key: value } });
    expect(lines('Notifications', object('replace', hidden, hidden))).toEqual(changed);
    expect(lines('Notifications', object('update', open('a'), open('b')))).toEqual(changed);
    expect(lines('Notifications', container([file('a')], [file('b')]))).toEqual(changed);
  });

  it('is listed if only hidden files differ', () => {
    const plain = [file('x', '0444')];
    expect(lines('Notifications', container(plain, plain))).toEqual(changed);
  });

  it('is not listed if something else changes', () => {
    const labelled = { stringData: encrypted, metadata: { labels: { a: 'b' } } };
    const other = [file('a'), file('x', '0444')];
    expect(lines('Notifications', object('update', { stringData: encrypted }, labelled))).toEqual(
      [],
    );
    expect(lines('Notifications', container([file('a')], other))).toEqual([]);
    expect(lines('Notifications', container(encrypted, encrypted))).toEqual([]);
  });
});

describe('uptime monitors and heartbeats', () => {
  const object = (kind: string, op: Change['op'], old?: Inputs, now?: Inputs): Change => ({
    ...{ type: `pulumi-nodejs:dynamic/betterStack:${kind}`, name: 'uptime-check-app', op },
    ...{ old, new: now },
  });
  const monitor = (more: object = {}): Inputs => ({
    ...{ token: encrypted, __provider: 'code' },
    attributes: { url: 'https://app.audifi.io', check_frequency: 60, ...more },
  });

  it('are listed if they are added, removed or changed', () => {
    const found = [
      object('Monitor', 'create', undefined, monitor()),
      object('Monitor', 'delete', monitor()),
      object('Monitor', 'update', monitor(), monitor({ check_frequency: 300 })),
      object('Heartbeat', 'delete', { attributes: { name: 'Watchdog' } }),
    ].flatMap((change) => lines('Notifications', change));
    expect(found).toEqual([
      '+ monitor uptime-check-app (https://app.audifi.io)',
      '- monitor uptime-check-app (https://app.audifi.io)',
      '~ monitor uptime-check-app: check_frequency 60 → 300',
      '- heartbeat uptime-check-app',
    ]);
  });

  it('are not listed if only the code of the provider changes', () => {
    const now = { ...monitor(), __provider: 'other code' };
    expect(lines('Notifications', object('Monitor', 'update', monitor(), now))).toEqual([]);
  });
});
