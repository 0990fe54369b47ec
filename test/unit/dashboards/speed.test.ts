import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { allDashboards } from '../../../dashboards';
import { defaultOptions, renderRules } from '../../../rules';
import { variants } from '../../../rules/variants';
import { replicas, seriesOf } from '../../../scripts/bench/dashboards/fleet';
import { allQueries, type DashboardQuery } from '../../lib/dashboard-queries';
import { asked } from '../../lib/promql';
import { everything } from './options';

/**
 * Rules that keep a week of 100,000 series below 200 ms, without a measurement (`make bench`
 * measures): no range query over raw high-cardinality series, and no recorded expression is
 * computed again.
 */
const queries = [everything, { ...everything, logAgent: 'otel' as const }]
  .flatMap((options) => allDashboards(options))
  .flatMap((dashboard) => allQueries(dashboard))
  .filter(({ source, label }) => source === 'audifi-prometheus' && label === undefined);
const overTime = queries.filter(({ instant }) => !instant);
const named = (all: readonly DashboardQuery[]): [string, DashboardQuery][] =>
  all.map((query) => [`${query.dashboard}: ${query.place} ${query.refId}`, query]);

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval?: string;
    readonly rules: readonly { readonly record?: string; readonly expr: string }[];
  }[];
}
const recording = parse(renderRules(defaultOptions)['recording.yml'] ?? '') as RuleFile;

describe('a range query', () => {
  /** Number of series of each name in the fleet of the benchmark. */
  const wide = new Map<string, number>();
  for (const [job, count] of Object.entries(replicas)) {
    for (const { text } of seriesOf(job)) {
      const name = text.replace(/\{.*/, '');
      wide.set(name, (wide.get(name) ?? 0) + count);
    }
  }

  it.each(named(overTime))('%s reads at most 200 raw series', (_, { expr }) => {
    const names = new Set(asked(expr).selectors.map(({ metric }) => metric));
    const raw = [...names].map((name) => wide.get(name) ?? 0);
    expect(raw.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(200);
  });

  // Averages of three days, which no panel shows.
  const shown = recording.groups.filter(({ name }) => name !== 'data-budgets');
  const sources = shown.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => asked(expr).selectors.map(({ metric }) => metric)),
  );

  it.each(named(overTime))('%s does not compute a recorded expression again', (_, { expr }) => {
    const rates = [...expr.matchAll(/\brate\((\w+)/g)].map(([, name = '']) => name);
    expect(rates.filter((name) => sources.includes(name))).toEqual([]);
  });
});

describe('an exemplar query', () => {
  it('reads raw buckets once, and draws nothing else', () => {
    const buckets = queries.filter(({ expr }) => expr.includes('_bucket'));
    expect(buckets.filter(({ instant }) => instant).map(({ place }) => place)).toContain(
      'Slowest Endpoints',
    );
    for (const { place, expr, instant } of buckets.filter(({ expr }) => !expr.includes('rate('))) {
      expect([place, instant, expr]).toEqual([place, true, expect.stringMatching(/^count.* < 0$/)]);
    }
  });
});

describe('recording rules', () => {
  it('with high cardinality run once a minute, averages of days every four, and no others', () => {
    const things =
      /^(path|path_le|operation_table|relname|queryid|cmd|device|name|session|instance:up|route)\b/;
    for (const { name, interval, rules } of recording.groups) {
      const wide = rules.filter(({ record = '' }) => things.test(record));
      const slow = name === 'data-budgets' ? '4m' : undefined;
      expect([name, interval]).toEqual([name, wide.length > 0 ? '1m' : slow]);
    }
  });

  it('run at most once per scrape, and speed up like alerts', () => {
    const intervals = Object.entries(variants).map(([name, options]) => {
      const file = parse(renderRules(options)['recording.yml'] ?? '') as RuleFile;
      return [name, [...new Set(file.groups.flatMap(({ interval }) => interval ?? []))]];
    });
    expect(Object.fromEntries(intervals)).toMatchObject({
      default: ['1m', '4m'],
      adjusted: ['3s', '12s'],
    });
    const slow = renderRules({ ...defaultOptions, scrapeInterval: 120 })['recording.yml'] ?? '';
    expect(slow).toContain('interval: 2m\n');
  });
});
