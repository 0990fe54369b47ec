import { describe, expect, it } from '@jest/globals';
import { eventsIn } from '../../../scripts/running/events';

/** Lines as Alertmanager 0.34 writes them. */
const at = (seconds: string, data: object, more = {}): string =>
  `{"@timestamp":"2026-01-05T09:00:${seconds}Z", ${JSON.stringify({ instance: 'am-0', data, ...more }).slice(1)}`;
const labels = { labels: [{ key: 'alertname', value: 'APIDown' }] };
const alert = { fingerprint: '1', name: 'APIDown', labels };

describe('events of Alertmanager', () => {
  it('are read from its lines, in order; other lines are left out', () => {
    const lines = [
      at(
        '30.5',
        {
          notification: {
            alerts: [
              { hash: '1', details: alert },
              { hash: '2', details: { ...alert, resolved: true } },
              { hash: '3' },
            ],
            groupInfo: { receiverName: 'on-call' },
            integration: { name: 'pagerduty' },
          },
        },
        { clusterPosition: 2 },
      ),
      at('10', { alertCreated: { alert } }),
      '{"time":"2026-01-05T09:00:00Z","level":"INFO","msg":"Listening"}',
      '{"@timestamp":"2026-01-05T09:00:31Z", "data":{"alertCr',
      at('05', { alertmanagerStartupEvent: { version: '0.34.2' } }),
      at('40', {
        inhibitionMutedAlert: { mutedAlert: { labels } },
      }),
      at('41', { alertGrouped: {} }),
    ];
    const events = eventsIn(lines);
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'arrival', 'notification', 'muted']);
    const [, arrival, notification] = events;
    expect(arrival).toMatchObject({
      position: 0,
      alert: { name: 'APIDown', labels: { alertname: 'APIDown' }, resolved: false },
    });
    expect(notification).toMatchObject({
      ...{ receiver: 'on-call', integration: 'pagerduty', instance: 'am-0', position: 2 },
      time: new Date('2026-01-05T09:00:30.5Z').getTime() / 1000,
      alerts: [{ resolved: false }, { resolved: true }],
    });
  });

  it('have silences with their matchers and times', () => {
    const silence = {
      ...{ id: 's', createdBy: 'ada', comment: 'disk is replaced' },
      startsAt: '2026-01-05T09:00:00Z',
      endsAt: '2026-01-05T10:00:00Z',
      matchers: [{ type: 'TYPE_EQUAL', name: 'alertname', rendered: 'alertname="LowDiskSpace"' }],
    };
    const [event] = eventsIn([at('01', { silenceUpdated: { silence } })]);
    expect(event).toMatchObject({
      ...{ kind: 'silence', id: 's', createdBy: 'ada', comment: 'disk is replaced' },
      matchers: ['alertname="LowDiskSpace"'],
    });
    expect(event?.kind === 'silence' && event.end - event.start).toBe(3_600);
  });
});
