import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  allAlerts,
  burnFactor,
  burnWindows,
  defaultOptions,
  defaultSlos,
  inhibitions,
  latencyBounds,
  lowestObjective,
  objectivesOf,
  partsOf,
  renderRules,
  type SloKey,
  type SloSettings,
  sloSchema,
} from '../../../rules';
import { recorded } from '../../../telemetry';
import fc, { runs } from '../../lib/fast-check';

const day = 86_400;
const keys = Object.keys(defaultSlos).filter((key) => key !== 'windowDays') as SloKey[];
const withSlo = (slo: SloSettings) => ({ ...defaultOptions, slo });
const alertsOf = (slo: SloSettings) =>
  allAlerts(withSlo(slo)).filter(({ name }) => name.endsWith('BudgetBurn'));

describe('the mathematics of error budgets', () => {
  it('has the burn rates of the field for 30 days, and keeps the spent share for others', () => {
    expect(burnWindows.map((pair) => burnFactor(pair, 30))).toEqual([14.4, 6, 3, 1]);
    expect(burnWindows.map((pair) => burnFactor(pair, 60))).toEqual([28.8, 12, 6, 2]);
  });

  it('knows the lowest objective that a fast burn can be told of', () => {
    expect(lowestObjective(30)).toBeCloseTo(1 - 1 / 14.4, 10);
  });

  it('makes of a window only parts that are shorter than the data is kept', () => {
    expect(partsOf(30, 15 * day)).toBe(3);
    expect(partsOf(30, 40 * day)).toBe(1);
    // The alerts themselves look back three days.
    expect(partsOf(30, 3 * day)).toBeUndefined();
    fc.assert(
      fc.property(fc.integer({ min: 28, max: 92 }), fc.integer({ min: 4, max: 400 }), (w, kept) => {
        const parts = partsOf(w, kept * day) ?? 0;
        expect(parts).toBeGreaterThanOrEqual(1);
        expect(w / parts).toBeLessThan(kept);
        if (parts > 1) expect(w / (parts - 1)).toBeGreaterThan(0.9 * kept);
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('objectives', () => {
  it.each(keys)('%s is its own in rules, alerts and settings', (key) => {
    const [one] = objectivesOf(defaultSlos, true).filter((slo) => slo.key === key);
    if (one === undefined) throw new Error(key);
    const changed = { ...defaultSlos, [key]: { ...defaultSlos[key], minBadEvents: 77 } };
    const before = alertsOf(defaultSlos);
    const other = alertsOf(changed).filter(({ expr }, i) => expr !== before[i]?.expr);
    expect(new Set(other.map(({ name }) => name))).toEqual(new Set([one.alert]));
    for (const { expr } of other) expect(expr).toContain('>= 77');
    // Switched off, nothing of it is left.
    const off = withSlo({ ...defaultSlos, [key]: { ...defaultSlos[key], enabled: false } });
    expect(allAlerts(off).map(({ name }) => name)).not.toContain(one.alert);
    expect(JSON.stringify(renderRules(off))).not.toContain(`slo=\\"${one.name}\\"`);
  });

  it.each(keys)('%s changes the budget that burn rates are measured by', (key) => {
    const text = (objective: number): string =>
      renderRules(withSlo({ ...defaultSlos, [key]: { ...defaultSlos[key], objective } }))[
        'slo-recording.yml'
      ] ?? '';
    expect(text(0.9876)).toContain('/\n          0.0124');
    expect(text(0.999)).not.toContain('0.0124');
  });

  it('page by a fast burn and are tickets by a slow one; uptime checks page by themselves', () => {
    const severities = Object.fromEntries(
      [...new Set(alertsOf(defaultSlos).map(({ name }) => name))].map((name) => [
        name,
        alertsOf(defaultSlos)
          .filter((alert) => alert.name === name)
          .map(({ severity, expr }) => [
            severity,
            [
              ...new Set(
                [...expr.matchAll(/ratio\{[^}]*window="(\w+)"\} (?:>|<=) ([\d.]+)/g)].map(
                  ([, window, rate]) => `${window ?? ''} ${rate ?? ''}`,
                ),
              ),
            ].join(', '),
          ]),
      ]),
    );
    const fast = '1h 14.4, 5m 14.4, 6h 6, 30m 6';
    const slow = '1d 3, 2h 3, 3d 1, 6h 1';
    expect(severities['LoginBudgetBurn']).toEqual([
      ['critical', fast],
      ['warning', slow],
    ]);
    expect(severities['UptimeBudgetBurn']).toEqual([['warning', `${fast}, ${slow}`]]);
  });

  it('hold back the ticket while the page fires, and are held back by what causes them', () => {
    const muting = inhibitions(defaultOptions).filter(({ target_matchers: [first = ''] }) =>
      first.includes('LoginBudgetBurn'),
    );
    const sources = muting.map(({ source_matchers }) => source_matchers.join(','));
    // Not HighErrorRate: one failing endpoint must not hide that nobody can log in.
    expect(sources.sort()).toEqual([
      'alertname="APIDown"',
      'alertname="DatabaseDown"',
      'alertname="LoginBudgetBurn",severity="critical"',
    ]);
  });

  it('are held back by HighErrorRate if they count requests, others only if most of them fail', () => {
    const [errors] = allAlerts(defaultOptions).filter(({ name }) => name === 'HighErrorRate');
    const muted = errors?.mutes?.flatMap(({ alerts }) => alerts) ?? [];
    expect(muted.filter((name) => name.endsWith('BudgetBurn'))).toEqual([
      'ApiAvailabilityBudgetBurn',
      'ApiLatencyBudgetBurn',
    ]);
    const ofMost = (window: string): string =>
      `unless on ()\n      (max_over_time(ALERTS{alertname="HighErrorRate",alertstate="firing"}[${window}]) and on () ` +
      `max_over_time(job:http_errors:ratio_rate5m{job="api-server"}[${window}]) > 0.5)`;
    const pages = alertsOf(defaultSlos).filter(({ severity }) => severity === 'critical');
    for (const { name, expr } of pages) {
      const wanted = ['LoginBudgetBurn', 'StripeWebhookBudgetBurn'].includes(name);
      for (const window of ['10m', '1h5m', '35m', '6h5m']) {
        expect([name, window, expr.includes(ofMost(window))]).toEqual([name, window, wanted]);
      }
    }
  });

  it('begin to page in no outage that holds them back, nor soon after it', () => {
    const all = allAlerts(defaultOptions);
    const pages = alertsOf(defaultSlos).filter(({ severity }) => severity === 'critical');
    expect(pages).toHaveLength(5);
    for (const { name, expr, for: wait = 0 } of pages) {
      const outages = all.filter(
        (other) => other.name !== name && other.mutes?.some(({ alerts }) => alerts.includes(name)),
      );
      const names = outages.map((outage) => outage.name);
      expect(names.length).toBeGreaterThan(0);
      for (const window of ['10m', '1h5m', '35m', '6h5m']) {
        expect(expr).toContain(
          `unless on ()\n      max_over_time(ALERTS{alertname=~"${names.join('|')}",alertstate="firing"}[${window}])`,
        );
      }
      // Of two that begin at once, the outage fires first.
      for (const outage of outages) expect(wait).toBeGreaterThan(outage.for ?? 0);
    }
  });

  it('exist only for what is deployed', () => {
    const options = {
      ...defaultOptions,
      appJobs: defaultOptions.appJobs.filter(({ name }) => name !== 'ws-server'),
      checks: [],
    };
    const names = new Set(allAlerts(options).map(({ name }) => name));
    expect(names.has('WebSocketDeliveryBudgetBurn')).toBe(false);
    expect(names.has('UptimeBudgetBurn')).toBe(false);
    expect(names.has('LoginBudgetBurn')).toBe(true);
  });
});

describe('the settings of objectives', () => {
  it.each([...latencyBounds])('take the bucket of %s seconds, and count what is above it', (s) => {
    const slo = sloSchema.parse({ apiLatency: { seconds: s } });
    const le = Number.isInteger(s) ? `le=~"${s}(\\\\.0)?"` : `le="${s}"`;
    expect(renderRules(withSlo(slo))['slo-recording.yml']).toContain(le);
  });

  it('are a closed set, in shares and whole numbers', () => {
    for (const wrong of [
      { checkout: {} },
      { login: { objective: '0.99' } },
      { login: { objective: 1 } },
      { login: { minBadEvents: 0.5 } },
      { windowDays: 30.5 },
    ]) {
      expect([wrong, sloSchema.safeParse(wrong).success]).toEqual([wrong, false]);
    }
  });
});

describe('the recorded budgets', () => {
  interface File {
    readonly groups: readonly {
      readonly name: string;
      readonly interval?: string;
      readonly rules: readonly {
        readonly record: string;
        readonly expr: string;
        readonly labels?: Readonly<Record<string, string>>;
      }[];
    }[];
  }
  const files = renderRules(defaultOptions);
  const groups = ['slo-recording.yml', 'slo-budget.yml'].flatMap(
    (name) => (parse(files[name] ?? '') as File).groups,
  );

  it('are series of the contract with just its labels, and no two rules record one series', () => {
    const all = groups.flatMap(({ rules }) => rules);
    const ids = all.map(({ record, labels }) => `${record}${JSON.stringify(labels)}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { record, labels = {} } of all) {
      const known: readonly string[] = recorded[record as 'slo:burn_rate:ratio'].labels;
      expect(known).toEqual(expect.arrayContaining(Object.keys(labels)));
    }
  });

  it('neither leave gaps nor overlap: increments are as long as the pause between two evaluations', () => {
    const budget = groups.find(({ name }) => name === 'slo-budget');
    const ticks = budget?.rules.filter(({ record }) => record === 'slo:bad_events:tick') ?? [];
    expect(ticks.length).toBe(6);
    for (const { expr } of ticks) expect(expr).toContain(`[${budget?.interval ?? 'no interval'}]`);
    // Below five minutes, or an instant query between two evaluations finds nothing.
    expect(budget?.interval).toBe('4m');
  });

  it.each([60, 120])(
    'have samples at any time, even if one target has interval %i s',
    (longest) => {
      const slow = renderRules({
        ...defaultOptions,
        scrapeInterval: longest,
        budgets: [{ data: 'metrics', bytes: 2 ** 30, kept: [15 * day] }],
      });
      const all = Object.values(slow).flatMap((text) => (parse(text) as File).groups);
      const intervals = Object.fromEntries(all.map(({ name, interval }) => [name, interval]));
      expect(intervals).toMatchObject({ 'slo-budget': '4m', 'data-budgets': '4m' });
      const budget = all.find(({ name }) => name === 'slo-budget')?.rules ?? [];
      for (const { record, expr } of budget.filter(({ record }) => /_?events:tick$/.test(record))) {
        expect([record, expr]).toEqual([record, expect.stringContaining('[4m]')]);
      }
    },
  );

  it('look back over no more than one part', () => {
    const text = files['slo-budget.yml'] ?? '';
    expect([...new Set(text.match(/\[\d+d\]|offset \w+/g))]).toEqual(['[10d]', 'offset 10d']);
  });
});
