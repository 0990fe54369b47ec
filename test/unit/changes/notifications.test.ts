import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../scripts/changes/change';
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
