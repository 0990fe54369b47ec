import { describe, expect, it } from '@jest/globals';
import { dashboardOptions } from '../../../components/grafana/provision';
import { allDashboards, type Dashboard } from '../../../dashboards';
import { addedPanels } from '../../lib/added-panels';
import { allQueries, panelsOf } from '../../lib/dashboard-queries';
import { asked } from '../../lib/promql';
import { parse } from '../../lib/pulumi-config';
import { everything } from './options';

const dashboards = allDashboards(everything);
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({
    name: `${dashboard.uid ?? ''}: ${panel.title ?? ''}`,
    panel,
  })),
);
const panel = (name: string) => panels.find((one) => one.name === name)?.panel;
const timelines = panels.filter(({ panel: { type } }) => type === 'state-timeline');
const queriesOf = (name: string, of: readonly Dashboard[] = dashboards): string[] =>
  of
    .flatMap((dashboard) => allQueries(dashboard))
    .filter(({ dashboard, place }) => `${dashboard}: ${place}` === name)
    .map(({ expr }) => expr);

describe('a state timeline', () => {
  // Grafana shows 20 rows by default. A production stack has more jobs.
  it.each(timelines.map(({ name, panel }) => [name, panel] as const))(
    '%s shows all rows at once',
    (_, { options }) => {
      expect((options as { perPage?: number }).perPage).toBeGreaterThanOrEqual(1_000);
    },
  );

  // A query evaluates only its points, which are minutes apart over a day.
  it('shows what was shorter than the distance between two points', () => {
    const ofPeriods = ['audifi-slo: Uptime by Day', 'audifi-slo: Uptime by Month'];
    const sampled = timelines.filter(({ name }) => !ofPeriods.includes(name));
    expect(sampled.length).toBeGreaterThan(4);
    for (const { name } of sampled) {
      for (const expr of queriesOf(name)) {
        const names = new Set(asked(expr).selectors.map(({ metric }) => metric));
        for (const metric of names) {
          const series = `${metric}(\\{[^}]*\\})?`;
          // And the last value where a series is recorded less often than the window is long.
          const since = new RegExp(`(min|max)_over_time\\(${series}\\[1m\\]\\) or ${series}`, 'g');
          expect([name, expr.replaceAll(since, '')]).toEqual([
            name,
            expect.not.stringContaining(metric),
          ]);
        }
      }
    }
  });

  // Grafana draws a value from its point on to the next.
  it('of periods shows each in its own place', () => {
    const [day = ''] = queriesOf('audifi-slo: Uptime by Day');
    const [month = ''] = queriesOf('audifi-slo: Uptime by Month');
    expect(day).toContain('[1d:1h] offset -1d)');
    expect(month).toContain('[30d:1h] offset -30d)');
  });
});

describe('Service Health', () => {
  it('is red for a database only if all of its servers are down', () => {
    const [expr] = queriesOf('audifi-overview: Service Health');
    expect(expr).toMatch(/ or label_replace\(avg by \(job\) \(.*pg_up.*redis_up.*\), "of", /);
  });
});

describe('colours of a number', () => {
  const red = (name: string) =>
    panel(name)?.fieldConfig?.defaults.thresholds?.steps.some(({ color }) => color === 'red');

  it('are red only for what pages', () => {
    expect(red('audifi-stack: Targets Down')).toBe(false);
    expect(red('audifi-overview: Firing Alerts')).toBe(false);
    expect(panel('audifi-overview: Firing Alerts')?.fieldConfig?.overrides).toEqual([
      {
        matcher: { id: 'byName', options: 'critical' },
        properties: [
          {
            id: 'thresholds',
            value: {
              mode: 'absolute',
              steps: [
                { value: null, color: 'green' },
                { value: 1, color: 'red' },
              ],
            },
          },
        ],
      },
    ]);
  });
});

describe('a link to a dashboard', () => {
  const variablesOf = (uid?: string): ReadonlyMap<string, string> => {
    const { list = [] } = dashboards.find((one) => one.uid === uid)?.templating ?? {};
    return new Map(list.map(({ name, definition = '' }) => [name, definition]));
  };

  it('keeps the selection of each variable that has the same values there', () => {
    const kept = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).flatMap(({ title, links = [] }) =>
        links.flatMap(({ url = '' }) => {
          const [, to] = /^\/d\/([\w-]+)\?/.exec(url) ?? [];
          const there = variablesOf(to);
          const shared = [...variablesOf(dashboard.uid)].filter(
            ([name, values]) => values !== '' && there.get(name) === values,
          );
          for (const [name] of shared) {
            expect([title, url]).toEqual([
              title,
              expect.stringContaining(`&\${${name}:queryparam}`),
            ]);
          }
          return shared;
        }),
      ),
    );
    expect(new Set(kept.map(([name]) => name))).toEqual(new Set(['service', 'session']));
  });
});

describe('panels of the log agents and the trace collector', () => {
  const forwarding = ['otlp_http/new-relic'];

  it('leave out the targets of forwarding, as the alerts on them do', () => {
    const stacks = (['promtail', 'otel'] as const).flatMap((logAgent) =>
      allDashboards({ ...everything, logAgent, forwarding }),
    );
    const selectors = stacks
      .flatMap((dashboard) => allQueries(dashboard))
      .flatMap(({ expr }) => asked(expr).selectors)
      .filter(({ metric }) => metric.startsWith('otelcol_exporter_'));
    expect(selectors.length).toBeGreaterThan(8);
    for (const { metric, matchers } of selectors) {
      expect([metric, matchers]).toEqual([
        metric,
        expect.arrayContaining([
          { label: 'exporter', operator: '!~', value: 'otlp_http/new-relic' },
        ]),
      ]);
    }
  });

  it('know these targets from the settings', () => {
    const settings = parse(
      { forwarding: { newRelic: { traces: true } }, newRelicLicenseKey: 'k' },
      { secretKeys: ['newRelicLicenseKey'] },
    );
    const options = dashboardOptions(settings, { loki: true, jaeger: true });
    expect(options.forwarding).toEqual(forwarding);
  });
});

describe('the dashboard Kubernetes', () => {
  const uids = (settings: Readonly<Record<string, unknown>>): (string | undefined)[] =>
    allDashboards(dashboardOptions(parse(settings), { loki: false, jaeger: false })).map(
      ({ uid }) => uid,
    );

  it('is there if the stack reads the state of a cluster, as its alerts are', () => {
    expect(uids({ platform: 'kubernetes' })).toContain('audifi-kubernetes');
    expect(uids({ platform: 'docker' })).not.toContain('audifi-kubernetes');
    const without = { platform: 'kubernetes', kubernetes: { stateMetrics: false } };
    expect(uids(without)).not.toContain('audifi-kubernetes');
  });

  it('has panels that are all tried out with series (test/e2e/panels.test.ts)', () => {
    const own = panels.filter(({ name }) => name.startsWith('audifi-kubernetes: '));
    const tried = addedPanels.map(({ dashboard, panel: title }) => `${dashboard}: ${title}`);
    expect(tried).toEqual(expect.arrayContaining(own.map(({ name }) => name)));
  });
});

describe('Loki Answers', () => {
  it('includes pushes of both agents', () => {
    const [, push] = queriesOf('audifi-stack: Loki Answers');
    expect(push).toContain('route=~"loki_api_v1_push|otlp_v1_logs"');
  });
});

describe('the panel of an alert', () => {
  it.each([
    ['audifi-external-services: Oldest Job', 'WorkerQueueStuck'],
    ['audifi-database: Connections', 'DatabasePoolExhausted'],
    ['audifi-stack: Memory Limits', 'ContainerNearMemoryLimit'],
  ])('%s links to the runbook of %s', (name, alert) => {
    const urls = panel(name)?.links?.map(({ url }) => url);
    expect(urls).toContain(`https://runbooks.example/${alert}.md`);
  });
});

describe('names and shares of several', () => {
  // A few cold reads of a database that is hardly used are all of its reads.
  it('all tables and the whole cache are shares of the server, not of its lowest database', () => {
    for (const title of ['Index Usage', 'Index Cache Hits']) {
      expect(queriesOf(`audifi-database: ${title}`).join('\n')).toMatch(
        /\(instance:pg_\w+:ratio_rate5m\{/,
      );
    }
  });

  it('pods of one name in two namespaces are told apart', () => {
    for (const title of ['Memory by Container', 'Memory Limits', 'CPU by Container']) {
      expect(queriesOf(`audifi-stack: ${title}`).join('\n')).toContain(
        '"container", "pod", "namespace")',
      );
    }
  });
});
