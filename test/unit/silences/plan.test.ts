import { describe, expect, it } from '@jest/globals';
import { isMatcher, matchesValue, parseMatcher } from '../../../components/alerting/matchers';
import { planSilences, type SilenceSettings } from '../../../scripts/silences/plan';
import { inWords } from '../../../scripts/silences';
import { type StoredSilence, written } from '../../../scripts/running/alertmanager';

const unix = (text: string): number => new Date(text).getTime() / 1000;
const now = unix('2026-12-24T20:00:00Z');

const wanted: SilenceSettings = {
  name: 'new-disk',
  matchers: ['alertname=LowDiskSpace', 'node=~"db-[0-9]+"'],
  from: '2026-12-24T22:00:00+01:00',
  to: '2026-12-25T02:00:00+01:00',
  comment: 'The disk is replaced',
  author: 'ada@audifi.io',
};

/** What Alertmanager has after it took the silences of a plan. */
const taken = (plan: ReturnType<typeof planSilences>): StoredSilence[] =>
  plan.create.map(({ silence }, i) => ({
    ...{ id: `id-${i}`, createdBy: silence.createdBy, comment: silence.comment },
    state: unix(silence.startsAt) <= now ? 'active' : 'pending',
    start: Math.max(now, unix(silence.startsAt)),
    end: unix(silence.endsAt),
    matchers: silence.matchers.map(written),
  }));

describe('the plan of silences', () => {
  it('creates what is missing, in UTC, with author and comment', () => {
    const { create, expire } = planSilences([wanted], [], now);
    expect(expire).toEqual([]);
    expect(create).toEqual([
      {
        name: 'new-disk',
        silence: {
          matchers: [
            { name: 'alertname', value: 'LowDiskSpace', isRegex: false, isEqual: true },
            { name: 'node', value: 'db-[0-9]+', isRegex: true, isEqual: true },
          ],
          startsAt: '2026-12-24T21:00:00.000Z',
          endsAt: '2026-12-25T01:00:00.000Z',
          createdBy: 'ada@audifi.io',
          comment: 'The disk is replaced (alertmanager.silences: new-disk)',
        },
      },
    ]);
  });

  it.each([
    ['that starts later', wanted],
    ['that has started already', { ...wanted, from: '2026-12-24T10:00:00Z' }],
  ])('does nothing a second time to one %s', (_, one) => {
    const stored = taken(planSilences([one], [], now));
    const again = planSilences([one], stored, now);
    expect(again).toEqual({ create: [], expire: [], keep: ['new-disk'], past: [] });
  });

  it.each<[string, Partial<SilenceSettings>]>([
    ['matchers', { matchers: ['alertname=LowDiskSpace'] }],
    ['end', { to: '2026-12-25T03:00:00+01:00' }],
    ['start', { from: '2026-12-24T22:30:00+01:00' }],
    ['comment', { comment: 'The disk is full' }],
    ['author', { author: 'bob@audifi.io' }],
  ])('replaces one with another %s', (_, change) => {
    const stored = taken(planSilences([wanted], [], now));
    const plan = planSilences([{ ...wanted, ...change }], stored, now);
    expect(plan.create).toHaveLength(1);
    expect(plan.expire).toEqual([{ name: 'new-disk', id: 'id-0' }]);
    expect(inWords(plan)).toMatch(/^Silences:\n {2}new-disk: created, until [^\n]+\n$/);
  });

  it('ends those that the settings no longer have, and leaves those of people alone', () => {
    const [own] = taken(planSilences([wanted], [], now));
    if (own === undefined) throw new Error('none');
    const stored: StoredSilence[] = [
      own,
      { ...own, id: 'person', comment: 'I look at it' },
      { ...own, id: 'old', state: 'expired' },
    ];
    const plan = planSilences([], stored, now);
    expect(plan).toMatchObject({ create: [], expire: [{ id: own.id }], keep: [] });
    expect(inWords(plan)).toContain('new-disk: ended');
  });

  it('does not create what is over, and says so', () => {
    const plan = planSilences([wanted], [], unix(wanted.to) + 1);
    expect(plan).toMatchObject({ create: [], past: ['new-disk'] });
    expect(inWords(plan)).toContain('new-disk: over; remove it');
    expect(inWords(planSilences([], [], now))).toBe('');
  });
});

describe('matchers', () => {
  it.each([
    ['alertname=LowDiskSpace', { name: 'alertname', operator: '=', value: 'LowDiskSpace' }],
    ['alertname="A B"', { name: 'alertname', operator: '=', value: 'A B' }],
    ['a!~"x|y"', { name: 'a', operator: '!~', value: 'x|y' }],
    ['a = "\\"q\\""', { name: 'a', operator: '=', value: '"q"' }],
    ['a=""', { name: 'a', operator: '=', value: '' }],
  ])('%s is one', (text, expected) => {
    expect(parseMatcher(text)).toEqual(expected);
    expect(isMatcher(text)).toBe(true);
  });

  it.each([
    ...['', 'alertname', 'alertname==A', '1a=b', 'a-b=c', 'a="b', 'a=b c', 'a={b}', 'a="b" '],
    ...['a=~"("', 'a=~"(?=x)"', 'a=~"(x)\\\\1"', "a='b'"],
  ])('%s is none', (text) => {
    expect(isMatcher(text)).toBe(false);
  });

  it('have the patterns of Go', () => {
    const matcher = parseMatcher('a=~"(?i)db\\\\-(?P<n>[0-9])"');
    expect(matcher && matchesValue(matcher, 'DB-1')).toBe(true);
  });

  it('compare the whole value', () => {
    const matcher = parseMatcher('a=~"b|c"');
    expect(matcher && ['b', 'bc', ''].map((own) => matchesValue(matcher, own))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
