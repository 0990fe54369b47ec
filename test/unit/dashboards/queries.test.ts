import { describe, expect, it } from '@jest/globals';
import { allDashboards, sources } from '../../../dashboards';
import { renderRules } from '../../../rules';
import { variants } from '../../../rules/variants';
import { recorded } from '../../../telemetry';
import { allQueries, type DashboardQuery, filled, panelsOf } from '../../lib/dashboard-queries';
import { logqlErrors, promqlErrors } from '../../lib/grammar';
import { asked, resultLabels, unknownIn } from '../../lib/promql';
import { everything } from './options';

interface Asked {
  readonly expr: string;
  readonly datasource: { readonly type: string };
}

/** With the other log agent, the dashboard Stack has different queries. */
const withCollector = allDashboards({ ...everything, logAgent: 'otel' }).filter(
  ({ uid }) => uid === 'audifi-stack',
);
const dashboards = [...allDashboards(everything), ...withCollector];
const all = dashboards.flatMap((dashboard) => allQueries(dashboard));
const of = (source: string): [string, DashboardQuery][] =>
  all
    .filter((query) => query.source === `audifi-${source}`)
    .map((query) => [`${query.dashboard}: ${query.place} ${query.refId}`, query]);

describe('PromQL', () => {
  it.each(of('prometheus'))(
    '%s is valid, and uses existing metrics and labels',
    (_, { expr, label }) => {
      expect(promqlErrors(expr)).toEqual([]);
      expect(unknownIn(expr)).toEqual([]);
      if (label !== undefined) expect(unknownIn(`sum by (${label}) (${expr})`)).toEqual([]);
    },
  );

  it('selects jobs, so that other services on the same Prometheus do not matter', () => {
    // Series of every target, and of no target.
    const ofAll = ['up', 'ALERTS', 'ALERTS_FOR_STATE'];
    const strange = of('prometheus').flatMap(([name, { expr }]) =>
      asked(expr)
        .selectors.filter(({ metric }) => !Object.hasOwn(recorded, metric))
        .filter(({ metric, labels }) => !ofAll.includes(metric) && !labels.includes('job'))
        .map(({ metric }) => `${name}: ${metric}`),
    );
    expect(strange).toEqual([]);
  });

  it('uses only labels in legends that the query returns', () => {
    const shown = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard)
        .filter(({ datasource }) => datasource?.uid === sources.prometheus.uid)
        .flatMap(({ title, targets = [] }) =>
          (targets as unknown as { expr: string; legendFormat?: string }[]).flatMap((target) =>
            [...(target.legendFormat ?? '').matchAll(/\{\{ *(\w+) *\}\}/g)].map(
              ([, label = '']) => ({ title, label, expr: filled(target.expr) }),
            ),
          ),
        ),
    );
    expect(shown.length).toBeGreaterThan(50);
    const lost = shown.filter(({ expr, label }) => !resultLabels(expr).always.has(label));
    expect(lost).toEqual([]);
  });

  it('only uses recorded series that exist', () => {
    const rules = Object.values(variants).flatMap((options) => Object.values(renderRules(options)));
    const text = rules.join('\n');
    const names = of('prometheus').flatMap(([, { expr }]) =>
      asked(expr).selectors.map(({ metric }) => metric),
    );
    for (const name of names.filter((metric) => Object.hasOwn(recorded, metric))) {
      expect(text).toContain(`record: ${name}\n`);
    }
  });

  it('has windows that follow the scrape interval or the time range, and bounded selectors', () => {
    for (const dashboard of dashboards) {
      for (const { title, targets = [] } of panelsOf(dashboard)) {
        for (const { expr, datasource } of targets as unknown as Asked[]) {
          // Log lines are counted one by one. For a counter in Prometheus, such a window may
          // contain a single sample.
          const windows =
            datasource.type === 'loki'
              ? /^\$__(interval|range)$/
              : /^\$__(rate_interval|range)$|^1h$/;
          expect([title, expr]).toEqual([title, expect.not.stringMatching(/=~"\.[*+]"|\{\}/)]);
          const rates = [...expr.matchAll(/\b(?:rate|increase)\([^[]*\[([^\]]+)\]/g)];
          for (const [, window] of rates) {
            expect([title, window]).toEqual([title, expect.stringMatching(windows)]);
          }
        }
      }
    }
  });

  // Without a witness, a panel would show 0 although nothing is known.
  it('returns 0 only if a series proves that its source works', () => {
    const unproven = of('prometheus').filter(([, { expr }]) => expr.includes('vector(0)'));
    // For the Watchdog, nothing is as bad as 0.
    expect(unproven.map(([, { place }]) => place)).toEqual(['Watchdog', 'Watchdog']);
    const watchdog = '0 * count(ALERTS{alertname="Watchdog",alertstate="firing"})';
    const numbers = ['Firing Alerts', 'Firing Alerts', 'Critical', 'Warnings', 'About to Fire'];
    const counts = of('prometheus').filter(
      ([, { expr, place, instant }]) =>
        instant && numbers.includes(place) && expr.includes('count('),
    );
    expect(counts.map(([, { place }]) => place)).toEqual(numbers);
    for (const [name, { expr }] of counts) {
      expect([name, expr]).toEqual([name, expect.stringContaining(`or ${watchdog}`)]);
    }
  });

  // The last value of a range query is old while its source is down.
  it('is an instant query if the panel shows one number', () => {
    const numbers = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).filter(
        // A mean of a year is the same for hours.
        ({ type, title }) =>
          ['stat', 'bargauge', 'table'].includes(type) && title !== 'Uptime of the Last Year',
      ),
    );
    for (const { title, targets = [] } of numbers) {
      for (const target of targets as unknown as { instant?: boolean; queryType?: string }[]) {
        const once = target.instant === true || target.queryType === 'instant';
        expect([title, once]).toEqual([title, true]);
      }
    }
  });
});

describe('LogQL', () => {
  it('offers every container that writes logs, also those that Prometheus does not scrape', () => {
    const [[, service] = ['']] = of('loki').filter(([, { label }]) => label !== undefined);
    expect(service).toMatchObject({ dashboard: 'audifi-logs', place: 'variable service' });
    // The environment bounds a selector whose service is any.
    expect(service).toMatchObject({ expr: '{env="dev"}', label: 'job', all: '.+' });
  });

  it.each(of('loki'))('%s is valid, and selects by existing labels', (_, { expr, label: own }) => {
    expect(logqlErrors(expr)).toEqual([]);
    const [, selector = ''] = /\{([^}]*)\}/.exec(expr) ?? [];
    const labels = [...selector.matchAll(/(\w+)(?:=~?|!=|!~)/g)].map(([, label]) => label);
    expect(labels).toEqual(expect.arrayContaining(own === undefined ? ['env', 'job'] : ['env']));
    expect(selector).toMatch(/(^|,)env="dev"/);
    for (const label of labels) expect(['job', 'container', 'level', 'env']).toContain(label);
  });

  // For any other format, Grafana escapes an apostrophe, which means a backslash in backticks.
  it('searches for the text as it was typed', () => {
    const texts = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).flatMap(({ targets = [] }) =>
        (targets as unknown as Asked[]).map(({ expr }) => expr),
      ),
    );
    const searching = texts.filter((expr) => expr.includes('search'));
    expect(searching).toHaveLength(2);
    for (const expr of searching) expect(expr).toContain('|= `${search:raw}`');
  });

  it('counts error lines of every format among the messages', () => {
    const [[, counted] = ['']] = of('loki').filter(([, { place }]) => place === 'Top Messages');
    // The fields of the known loggers, then the line itself, cut by characters and not by bytes.
    expect(counted?.expr).toMatch(
      /printf "%\.200s" \(.+ \(or \.reason \.message \.msg __line__\) "#"\)/,
    );
    // Loki fails a query with a line that a parser could not read.
    expect(counted?.expr).toMatch(/ \| drop __error__, __error_details__ \[1h\]/);
    expect(counted?.expr).not.toMatch(/message ?!= ?""/);
  });

  // Loki rejects a query with more than 1,000 different messages.
  it('counts messages together that differ only in numbers, times and ids', () => {
    const [[, counted] = ['']] = of('loki').filter(([, { place }]) => place === 'Top Messages');
    const [, pattern = '$^'] = /regexReplaceAllLiteral "(.+?)"/.exec(counted?.expr ?? '') ?? [];
    const shown = (text: string): string => text.replaceAll(new RegExp(pattern, 'g'), '#');
    expect(shown('no track 7d1f0c9e-beef-4a51-9c2d-0a1b2c3d4e5f at 2026-11-30T10:00:01.5Z')).toBe(
      'no track # at #:#:#.#',
    );
    expect(shown('charge ch_3Nffr1fakjsdX of 12.50 EUR failed')).toBe(
      'charge ch_# of #.# EUR failed',
    );
    expect(shown('Cannot read properties of undefined')).toBe(
      'Cannot read properties of undefined',
    );
  });

  it('returns 0 only if lines arrive, and else nothing', () => {
    expect(of('loki').filter(([, { expr }]) => expr.includes('vector('))).toEqual([]);
    const numbers = of('loki').filter(([, { place }]) => ['Errors', 'Warnings'].includes(place));
    expect(numbers).toHaveLength(2);
    const arriving =
      /^sum\(.*\) or 0 \* sum\(count_over_time\(\{env="dev",job=~"[^"]*"\}\[5m\]\)\)$/;
    for (const [name, { expr }] of numbers) {
      expect([name, expr]).toEqual([name, expect.stringMatching(arriving)]);
    }
  });

  // One line in a step of five seconds would be twelve lines per minute.
  it('has rates of at least a minute', () => {
    const rates = dashboards
      .flatMap((dashboard) => panelsOf(dashboard))
      .filter(({ targets = [] }) =>
        (targets as unknown as Asked[]).some(({ expr }) => expr.includes('[$__interval]')),
      );
    expect(rates.map(({ title, interval }) => [title, interval])).toEqual([
      ['Log Volume', '1m'],
      ['Lines by Level', '1m'],
      ['Errors by Service', '1m'],
    ]);
  });

  it('in links is valid as well', () => {
    const urls = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).flatMap(({ links = [] }) => links.map(({ url = '' }) => url)),
    );
    const panes = urls
      .filter((url) => url.includes('audifi-loki'))
      .map((url) => decodeURIComponent(url.replace(/^.*panes=/, '')));
    expect(panes.length).toBeGreaterThan(5);
    for (const text of panes) {
      const { a } = JSON.parse(text) as { a: { queries: { expr: string }[] } };
      for (const { expr } of a.queries) expect([expr, logqlErrors(expr)]).toEqual([expr, []]);
    }
  });
});

describe('replacing variables', () => {
  it('fills in all variables, and throws on an unknown one', () => {
    expect(
      filled('rate(x{a=~"$endpoint"}[$__rate_interval])', { endpoint: 'b', __rate_interval: '5m' }),
    ).toBe('rate(x{a=~"b"}[5m])');
    expect(filled('|= `${search:raw}`', { search: "it's" })).toBe("|= `it's`");
    expect(() => filled('$nobody')).toThrow(/\$nobody/);
  });
});
