import { describe, expect, it } from '@jest/globals';
import { asMarkdown, asText, type Drill, inTime } from '../../../scripts/drill/report';
import { drillAlert, pageAlert, pageTimeline } from '../../../scripts/drill/page';
import { jobsOf } from '../../../scripts/drill/jobs';
import { notified, type Observed, timeline } from '../../../scripts/drill/timeline';
import type { Notification } from '../../../scripts/running/events';
import { shapeOf } from '../../../scripts/stack-settings';
import type { Rule } from '../../../scripts/running/rules';

const sent = (time: number, resolved = false, more: Partial<Notification> = {}): Notification => ({
  ...{ kind: 'notification', time, instance: 'am', position: 0 },
  ...{ receiver: 'on-call', integration: 'pagerduty' },
  alerts: [{ name: 'APIDown', labels: {}, resolved }],
  ...more,
});

const delays = { scrape: 15, rise: 0, evaluation: 15, hold: 60, groupWait: 20 };
const observed: Observed = {
  breach: 1_000,
  healed: 1_110,
  scrapes: [995, 1_010, 1_025],
  pending: 1_020,
  firing: 1_080,
  resolved: 1_140,
  events: [
    sent(1_101),
    sent(1_102, false, { receiver: 'alerts', integration: 'slack' }),
    sent(1_200, true),
  ],
};

describe('the timeline of an incident', () => {
  it('has each step with its limit', () => {
    const { steps, toPage, theory } = timeline('APIDown', observed, delays);
    expect(steps.map(({ what, took, theory: limit }) => [what, took, limit?.seconds])).toEqual([
      ['breach', 0, undefined],
      ['first scrape', 10, 15],
      ['pending', 10, 15],
      ['firing', 60, 60],
      ['notified: on-call (pagerduty)', 21, 20],
      ['notified: alerts (slack)', 1, undefined],
      ['fault ended', 8, undefined],
      ['resolved', 30, undefined],
      ['resolved: on-call (pagerduty)', 60, undefined],
    ]);
    expect([toPage, theory]).toEqual([101, 110]);
  });

  it('begins when Prometheus noticed it, if the command was still running', () => {
    const { steps, toPage } = timeline('APIDown', { ...observed, breach: 1_022 }, delays);
    expect(steps.slice(0, 3).map(({ what, took }) => [what, took])).toEqual([
      ['breach', 0],
      ['first scrape', 0],
      ['pending', 0],
    ]);
    expect(toPage).toBe(81);
    // The next scrape after the breach is later than pending.
    const late = timeline('APIDown', { ...observed, breach: 1_015 }, delays);
    expect(late.steps.slice(1, 3).map(({ took }) => took)).toEqual([0, 5]);
  });

  it('counts the time until a mean exceeds its threshold', () => {
    const seen = { ...observed, exceeded: 1_015 };
    const { steps, theory } = timeline('APIDown', seen, { ...delays, rise: 150 });
    expect(steps.slice(1, 4).map(({ what, took }) => [what, took])).toEqual([
      ['first scrape', 10],
      ['exceeded', 5],
      ['pending', 5],
    ]);
    expect(theory).toBe(260);
  });

  it('rounds `for` up to evaluations, as Prometheus does', () => {
    expect(timeline('APIDown', observed, { ...delays, hold: 50 }).theory).toBe(110);
  });

  it('adds the delay of the peers before the instance that notified', () => {
    const events = [sent(1_121, false, { position: 2 })];
    const { theory, steps } = timeline('APIDown', { ...observed, events }, delays);
    expect(theory).toBe(130);
    expect(steps.find(({ what }) => what.startsWith('notified'))?.theory?.seconds).toBe(40);
  });

  it('says so if nothing was sent', () => {
    const { toPage } = timeline('APIDown', { ...observed, events: [] }, delays);
    expect(toPage).toBeUndefined();
  });
});

describe('notifications', () => {
  it('are the first to each receiver about this alert, firing or resolved', () => {
    const events = [
      sent(900),
      sent(1_001, false, { alerts: [{ name: 'Other', labels: {}, resolved: false }] }),
      sent(1_002),
      sent(1_003),
      sent(1_004, true),
    ];
    const times = (resolved: boolean) =>
      notified('APIDown', events, resolved, 1_000).map(({ time }) => time);
    expect(times(false)).toEqual([1_002]);
    expect(times(true)).toEqual([1_004]);
  });
});

describe('the report', () => {
  const drill: Drill = {
    ...{ kind: 'api-down', alert: 'APIDown', what: 'api-server is stopped' },
    ...timeline('APIDown', observed, delays),
  };

  it('is in time up to 1.05 of the theory', () => {
    expect(inTime({ toPage: 115, theory: 110 })).toBe(true);
    expect(inTime({ toPage: 116, theory: 110 })).toBe(false);
    expect(inTime({ theory: 110 })).toBe(false);
  });

  it('for the terminal has every step and the verdict', () => {
    const text = asText(drill);
    expect(text).toMatch(/firing +\+60\.0 s +at most 60 s +`for`, in evaluations/);
    expect(text).toContain(
      'In time: 101.0 s from breach to notification, 0.92 times the expected 110 s',
    );
    expect(asText({ ...drill, toPage: 130 })).toContain('Late: 130.0 s');
  });

  it('of all drills counts those that were late or did not come', () => {
    const silent: Drill = { ...drill, kind: 'lost', toPage: undefined };
    const text = asMarkdown('dev', [drill, silent], new Date('2026-01-05T09:00:00Z'));
    expect(text).toContain('# Drills on stack dev, 2026-01-05 09:00 UTC');
    expect(text).toContain('1 of 2 notifications arrived in time');
    expect(text).toContain('| api-down | APIDown | 101.0 s | 110 s | 0.92 |');
    expect(text).toContain('| lost | APIDown | none arrived | 110 s | – |');
    expect(text).toContain('No notification arrived. Expected within 110 s.');
  });
});

it('the scrape jobs of an alert are also those behind recording rules', () => {
  const rule = (kind: Rule['kind'], name: string, expr: string): Rule => ({
    ...{ kind, name, expr, for: 0, keepFiringFor: 0, interval: 15 },
  });
  const rules = [
    rule('alert', 'A', 'job:x:rate5m > 1 and up{job="redis"} == 0'),
    rule('record', 'job:x:rate5m', 'rate(x_total{job=~"api-server|worker"}[5m]) + job:x:rate5m'),
    rule('alert', 'B', 'up{job="node"} == 0'),
  ];
  expect(jobsOf('A', rules)).toEqual(['api-server', 'redis', 'worker']);
});

describe('a drill of the page alone', () => {
  const event = (time: number, resolved: boolean, position = 0) =>
    sent(time, resolved, { position, alerts: [{ name: pageAlert, labels: {}, resolved }] });

  it('is timed from the alert to the message that it has ended', () => {
    const events = [event(1_019, false), event(1_082, true)];
    const { steps, toPage, theory } = pageTimeline({ sent: 1_000, ended: 1_021, events }, 20);
    expect(steps.map(({ what, took, theory: limit }) => [what, took, limit?.seconds])).toEqual([
      ['alert sent', 0, undefined],
      ['notified: on-call (pagerduty)', 19, 22],
      ['alert ended', 2, undefined],
      ['resolved: on-call (pagerduty)', 61, undefined],
    ]);
    expect([toPage, theory]).toEqual([19, 22]);
  });

  it('allows the wait for each Alertmanager before the one that notified', () => {
    const events = [event(1_039, false, 2)];
    expect(pageTimeline({ sent: 1_000, ended: 1_041, events }, 20).theory).toBe(42);
  });

  it('has no notification if none came', () => {
    const { toPage, steps } = pageTimeline({ sent: 1_000, ended: 1_100, events: [] }, 20);
    expect(toPage).toBeUndefined();
    expect(steps.map(({ what }) => what)).toEqual(['alert sent', 'alert ended']);
  });

  it('sends an alert that says that nothing is broken, and that ends even if the drill is stopped', () => {
    const running = { stack: 'prod', settings: shapeOf({ config: {} }) };
    const { labels, annotations, startsAt, endsAt } = drillAlert(running, 1_000);
    expect(labels).toMatchObject({ alertname: 'Drill', severity: 'critical' });
    expect(annotations['summary']).toContain('nothing is broken');
    expect(Date.parse(endsAt) - Date.parse(startsAt)).toBe(900_000);
  });
});
