import { describe, expect, it } from '@jest/globals';
import { asText } from '../../../scripts/review/report';
import { matches, review, type ReviewInput } from '../../../scripts/review/review';
import type { Notification } from '../../../scripts/running/events';

const labels = (alertname: string, severity = 'warning', more = {}) => ({
  ...{ alertname, severity, env: 'dev' },
  ...more,
});
const firing = (name: string, start: number, end?: number, more = {}) => ({
  ...{ labels: labels(name, 'warning', more), start },
  ...(end === undefined ? {} : { end }),
});
const sent = (time: number, name: string, resolved = false): Notification => ({
  ...{ kind: 'notification', time, instance: 'am', position: 0 },
  ...{ receiver: 'alerts', integration: 'slack' },
  alerts: [{ name, labels: labels(name), resolved }],
});

const day = 86_400;
const input = (more: Partial<ReviewInput>): ReviewInput => ({
  ...{ alerts: [], firings: [], events: [], silences: [] },
  ...{ start: 0, end: day, short: 300 },
  ...more,
});
const only = (more: Partial<ReviewInput>) => review(input(more)).fired[0];

describe('the review', () => {
  it('lists what never fired, without the heartbeat', () => {
    const alerts = ['Watchdog', 'B', 'A', 'C'].map((name) => ({ name, severity: 'warning' }));
    const firings = [firing('C', 10, 20), firing('Watchdog', 0)];
    const result = review(input({ alerts, firings }));
    expect(result.neverFired).toEqual(['A', 'B']);
    expect(result.fired.map(({ name }) => name)).toEqual(['C']);
  });

  it('counts series that fire together once, and names of two severities apart', () => {
    const firings = [
      firing('A', 1_000, 2_000, { instance: '1' }),
      firing('A', 1_500, 2_500, { instance: '2' }),
      { labels: labels('A', 'critical'), start: 1_000, end: 1_100 },
    ];
    const { fired } = review(input({ firings }));
    expect(fired.map(({ severity, times, total }) => [severity, times, total])).toEqual([
      ['warning', 1, 1_500],
      ['critical', 1, 100],
    ]);
  });

  it('counts the most firings within an hour', () => {
    const firings = [0, 1_000, 2_000, 3_700, 20_000].map((start) =>
      firing('A', start, start + 400),
    );
    expect(only({ firings })).toMatchObject({ times: 5, perHour: 3 });
  });

  it('counts firings that were over soon, and long ones that nobody silenced', () => {
    const firings = [firing('A', 0, 100), firing('A', 5_000, 9_000), firing('A', 20_000)];
    expect(only({ firings })).toMatchObject({ short: 1, unsilenced: 2, now: true });
    const silence = {
      ...{ id: 's', createdBy: 'ada', made: 6_000, start: 6_000, end: 9_000 },
      matchers: ['alertname="A"', 'env=~"d.*"'],
    };
    expect(only({ firings, silences: [silence] })).toMatchObject({ short: 1, unsilenced: 1 });
    const other = { ...silence, matchers: ['alertname="B"'] };
    expect(only({ firings, silences: [other] })).toMatchObject({ unsilenced: 2 });
    // Made before the alert fired, so it was no reaction.
    expect(only({ firings, silences: [{ ...silence, made: 100 }] })?.unsilenced).toBe(2);
  });

  it('counts messages, and firings without one while events are known', () => {
    const firings = [firing('A', 100, 900), firing('A', 5_000, 9_000), firing('A', 20_000, 30_000)];
    const events = [sent(4_000, 'B'), sent(5_020, 'A'), sent(9_010, 'A', true)];
    expect(only({ firings, events })).toMatchObject({ messages: 1, unsent: 1 });
    const without = only({ firings });
    expect([without?.messages, without?.unsent]).toEqual([undefined, 0]);
  });
});

it.each([
  ['alertname="A"', true],
  ['alertname=A', true],
  ['alertname!="A"', false],
  ['alertname=~"A|B"', true],
  ['alertname=~"A.+"', false],
  ['alertname!~"B"', true],
  ['pod=""', true],
  ['pod!=""', false],
])('the matcher %s matches: %s', (matcher, expected) => {
  expect(matches(matcher, labels('A'))).toBe(expected);
});

describe('the text', () => {
  const context = {
    ...{ stack: 'dev', had: 3_600, asked: 7 * day, short: 300, now: day, eventsFrom: 'Loki' },
  };

  it('gives advice, and says what cannot be known', () => {
    const firings = [0, 1_000, 2_000].map((start) => firing('A', start, start + 100));
    const alerts = [{ name: 'B', severity: 'info' }];
    const text = asText(review(input({ alerts, firings })), context);
    expect(text).toContain('over 1 h (there is no older data; 7 d requested)');
    expect(text).toMatch(/A +warning +3 × +5 min +3 +3 +\? +0/);
    expect(text).toMatch(/Flapped, 3 times or more within an hour .*:\n {2}A\n/);
    expect(text).toMatch(/Mostly resolved within 5 min, .*:\n {2}A\n/);
    expect(text).toContain('Never fired (1):\n  B\n');
    expect(text).toContain('There are no events of Alertmanager in');
    expect(text).toContain(
      'Acknowledgements in PagerDuty and reactions in Slack are not available here',
    );
  });

  it('says since when the events are known', () => {
    const events = [sent(day - 600, 'A')];
    const result = review(input({ firings: [firing('A', day - 700)], events }));
    expect(asText(result, context)).toContain('in Loki, which begin 10 min ago');
  });
});
