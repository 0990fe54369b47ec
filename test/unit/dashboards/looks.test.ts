import { describe, expect, it } from '@jest/globals';
import { allDashboards, dashboardTexts } from '../../../dashboards';
import { allAlerts } from '../../../rules';
import { variants } from '../../../rules/variants';
import { panelsOf } from '../../lib/dashboard-queries';
import { everything } from './options';

const dashboards = allDashboards(everything);
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel): [string, typeof panel] => [
    `${dashboard.uid ?? ''}: ${panel.title ?? ''}`,
    panel,
  ]),
);
const ofType = (type: string) => panels.filter(([, panel]) => panel.type === type);
const expressionsOf = ({ targets = [] }: (typeof panels)[number][1]): string[] =>
  (targets as unknown as { expr: string }[]).map(({ expr }) => expr);

describe('the display in Grafana', () => {
  // Grafana 9.4 draws nothing if it does not know a colour scheme.
  it.each(panels)('%s uses colours that every Grafana since 9.4 supports', (_, panel) => {
    const modes = [undefined, 'fixed', 'thresholds', 'palette-classic'];
    expect(modes).toContain(panel.fieldConfig?.defaults.color?.mode);
  });

  it.each(ofType('timeseries'))('%s has an axis that also suits zeros', (_, panel) => {
    const { max, custom } = panel.fieldConfig?.defaults as {
      max?: number;
      custom: { axisSoftMax?: number };
    };
    expect(max ?? custom.axisSoftMax).toBeGreaterThan(0);
  });

  // A budget is below 0 when its objective is missed. Grafana hides what is below a fixed minimum.
  it.each(ofType('timeseries'))(
    '%s starts at 0, and shows values below 0 if there are any',
    (name, panel) => {
      const { min, custom } = panel.fieldConfig?.defaults as {
        min?: number;
        custom: { axisSoftMin?: number };
      };
      const free = ['audifi-slo: Error Budget Left', 'audifi-database: Index Cache Hits'];
      expect([name, min]).toEqual([name, free.includes(name) ? undefined : 0]);
      expect(custom.axisSoftMin).toBe(name === free[1] ? 0.9 : 0);
    },
  );

  it.each(ofType('timeseries'))('%s has its legend where there is space for it', (_, panel) => {
    const { w = 0, h = 0 } = panel.gridPos ?? {};
    const { legend } = panel.options as { legend: { placement: string; calcs: string[] } };
    expect([w, h, legend.placement]).toEqual([w, h, w >= 20 || h < 8 ? 'right' : 'bottom']);
    // A window of 1280 pixels would cut off the third column.
    if (w <= 8) expect(legend.calcs.length).toBeLessThan(3);
  });

  // Bars are missing where nothing was counted. Of a share that should be high, the minimum counts.
  it.each(ofType('timeseries'))(
    '%s has numbers in its legend that are true for gaps, and has the worst',
    (name, panel) => {
      const { drawStyle } = panel.fieldConfig?.defaults.custom as { drawStyle: string };
      const { legend } = panel.options as {
        legend: { calcs: string[]; sortBy: string; sortDesc: boolean };
      };
      const comesAndGoes = [
        ...['audifi-on-call: Alerts from Logs', 'audifi-on-call: Alerts by Severity'],
        ...['audifi-v-studio: Viewers per Session', 'audifi-kubernetes: Restarts'],
        'audifi-kubernetes: Out of Memory Kills',
      ];
      const shouldBeHigh = [
        ...['audifi-external-services: Stripe Status', 'audifi-slo: Error Budget Left'],
        ...['audifi-database: Index Usage', 'audifi-database: Index Cache Hits'],
        ...['audifi-database: Redis Hit Rate', 'audifi-kubernetes: Volume Space Left'],
        'audifi-kubernetes: Volume Inodes Left',
      ];
      const low = shouldBeHigh.includes(name);
      if (drawStyle === 'bars' || comesAndGoes.includes(name)) {
        expect(legend).toMatchObject({ calcs: ['max'], sortBy: 'Max' });
      } else {
        expect(legend.calcs).toEqual(expect.arrayContaining(['lastNotNull', low ? 'min' : 'max']));
      }
      expect([name, legend.sortDesc]).toEqual([name, !low]);
      // One NaN would make the mean NaN.
      const quantiles = expressionsOf(panel).filter((expr) =>
        /histogram_quantile|:p\d\d_/.test(expr),
      );
      for (const expr of quantiles) expect(expr).toMatch(/ >= 0\b/);
    },
  );

  // Overlapping areas of many series would mix to a colour that is not in the legend.
  it.each(ofType('timeseries'))('%s fills only stacked or few areas, and bars', (_, panel) => {
    const { stacking, fillOpacity, drawStyle } = panel.fieldConfig?.defaults.custom as {
      stacking?: { mode: string };
      fillOpacity: number;
      drawStyle: string;
    };
    const many = JSON.stringify(panel.targets).includes('{{');
    const solid = stacking !== undefined || drawStyle === 'bars';
    expect([many, fillOpacity]).toEqual([many, solid ? 60 : many ? 0 : 8]);
    // Bars of several series would hide each other.
    if (drawStyle === 'bars' && many) expect(stacking).toBeDefined();
  });

  it.each(ofType('bargauge'))('%s shows the name of a single bar', (_, panel) => {
    const { displayName } = panel.fieldConfig?.defaults ?? {};
    const { reduceOptions } = panel.options as { reduceOptions: { values: boolean } };
    if (panel.datasource?.type === 'loki') expect(reduceOptions.values).toBe(true);
    else expect(displayName).toMatch(/\$\{__field\.labels\.\w+\}/);
  });

  it.each(ofType('state-timeline'))('%s has a colour and a text for each state', (_, panel) => {
    const { color, mappings = [], thresholds } = panel.fieldConfig?.defaults ?? {};
    // A share has the colours of its threshold.
    if (String(color?.mode) === 'thresholds') expect(thresholds?.steps).toHaveLength(2);
    else {
      expect(color?.mode).toBe('fixed');
      expect(mappings.length).toBeGreaterThan(0);
    }
  });
});

describe('the thresholds in a graph', () => {
  const panel = (name: string) => panels.find(([other]) => other === name)?.[1];

  it('have the colour of their severity, also if low values are bad', () => {
    const { thresholds } = panel('audifi-slo: Error Budget Left')?.fieldConfig?.defaults ?? {};
    expect(thresholds?.steps.slice(1)).toEqual([
      { value: 0, color: 'red' },
      { value: 0.25, color: 'orange' },
    ]);
  });

  it.each([
    ['audifi-overview: Error Rate', 0.05],
    ['audifi-api: Error Rate by Endpoint', 0.05],
    ['audifi-external-services: Stripe Webhook Errors', 0.1],
    ['audifi-database: Lock Waits', 60],
  ])('%s: the line is in view, and values near it can be told apart', (name, limit) => {
    const defaults = panel(name)?.fieldConfig?.defaults;
    expect(defaults).toMatchObject({ custom: { axisSoftMax: 2 * limit } });
    expect(defaults?.max).toBeUndefined();
  });

  it('are the brightest colour of the response times, so that good ones are dim', () => {
    const { color } = panel('audifi-api: Response Time by Endpoint')?.options as { color: object };
    expect(color).toMatchObject({ min: 0, max: 2 });
  });
});

describe('colours of series', () => {
  const colourOf = (title: string, series: string): unknown =>
    panels
      .find(([name]) => name === title)?.[1]
      .fieldConfig?.overrides.find(({ matcher }) => matcher.options === series)?.properties[0]
      ?.value;

  it.each(['audifi-overview: Request Rate', 'audifi-stack: Spans by Service'])(
    '%s has the colours of the services',
    (title) => {
      expect(colourOf(title, 'ws-server')).toEqual({ mode: 'fixed', fixedColor: '#b877d9' });
    },
  );

  it('show a normal end of a connection as good, and nothing else', () => {
    const title = 'audifi-websocket: Disconnection Reasons';
    const reasons = ['client_closed', 'timeout', 'server_shutdown', 'auth_failed', 'rate_limited'];
    expect(colourOf(title, 'client_closed')).toMatchObject({ fixedColor: 'green' });
    for (const other of reasons.slice(1)) {
      expect(colourOf(title, other)).toMatchObject({
        fixedColor: expect.not.stringMatching('green'),
      });
    }
  });

  // Red would look like an alert.
  it('show a number that is normal in no colour that means bad', () => {
    expect(colourOf('audifi-stack: Alerts Waiting', 'waiting')).toBeUndefined();
  });
});

describe('whole numbers', () => {
  it.each([
    'audifi-v-studio: Votes in This Time',
    'audifi-external-services: Webhook Errors of an Hour',
  ])('%s are not rounded to thousands', (name) => {
    const { unit, decimals } =
      panels.find(([other]) => other === name)?.[1].fieldConfig?.defaults ?? {};
    expect([unit, decimals]).toEqual(['locale', 0]);
  });
});

describe('the menu and the annotations', () => {
  it.each(Object.entries(dashboardTexts(everything)))(
    '%s are shown above the panels, and not behind a button',
    (_, text) => {
      const { links, annotations } = JSON.parse(text) as {
        links: object[];
        annotations: { list: object[] };
      };
      const all = [...links, ...annotations.list];
      expect(all).toHaveLength(3);
      for (const one of all) expect(one).not.toHaveProperty(['placement']);
    },
  );
});

describe('annotations', () => {
  it.each(dashboards.map(({ uid = '', annotations }) => [uid, annotations.list ?? []] as const))(
    '%s mark the start and do not shade the duration',
    (_, list) => {
      expect(list).toHaveLength(2);
      for (const { expr } of list) {
        // In a long time range, points are hours apart. Alerts that come and go between two points
        // must count.
        expect(expr).toMatch(/\[\$__interval:1m\].* unless .* offset \$__interval/);
      }
    },
  );
});

describe('the query of an annotation', () => {
  const all = dashboards.flatMap(({ annotations }) => annotations.list ?? []);

  it.each(all.map((one) => [one.name, one] as const))(
    '%s is where old and new versions of Grafana read it',
    (_, { expr, step, target }) => {
      expect(target).toMatchObject({ refId: 'Anno', expr, interval: step });
    },
  );
});

describe('the table of firing alerts', () => {
  const [, table] = ofType('table').find(([name]) => name.startsWith('audifi-on-call')) ?? [];

  it('is sorted by severity, not by its name', () => {
    expect(table?.options).toMatchObject({ sortBy: [{ displayName: 'Severity', desc: false }] });
    const [expr = ''] = table === undefined ? [] : expressionsOf(table);
    const ranks = [...expr.matchAll(/"severity", "(\d)", "severity", "(\w+)"/g)];
    expect(ranks.map(([, rank, word]) => [rank, word])).toEqual([
      ['1', 'critical'],
      ['2', 'warning'],
      ['3', 'info'],
    ]);
  });

  it('has a heading for each label that an alert has, instead of the label’s name', () => {
    const { renameByName = {}, excludeByName = {} } = (table?.transformations?.[0]?.options ??
      {}) as Record<string, Record<string, string> | undefined>;
    const labels = new Set(
      Object.values(variants).flatMap((options) =>
        allAlerts(options).flatMap(({ summary, description, labels: own = {} }) => [
          ...Object.keys(own),
          ...[...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name),
        ]),
      ),
    );
    expect([...labels]).toEqual(expect.arrayContaining(['device', 'pod']));
    // No text contains the label `slo`.
    const missing = [...labels, 'slo'].filter((name = '') => {
      return !(name in excludeByName) && !/^[A-Z]/.test(renameByName[name] ?? '');
    });
    expect(missing).toEqual([]);
  });

  // Some alerts of Kubernetes have no other label that names what is broken.
  it('shows the node and the namespace, but not the labels that all series have', () => {
    const options = table?.transformations?.[0]?.options as { excludeByName: object } | undefined;
    expect(options).toMatchObject({ renameByName: { node: 'Node', namespace: 'Namespace' } });
    const hidden = ['Time', '__name__', 'alertstate', 'env', 'job', 'server', 'stack'];
    expect(Object.keys(options?.excludeByName ?? {}).sort()).toEqual(hidden);
  });

  it('shows the text for no data only for the whole table', () => {
    expect(table?.fieldConfig?.defaults.noValue).toBe('Nothing fires.');
    expect(table?.fieldConfig?.overrides).toContainEqual({
      matcher: { id: 'byRegexp', options: '.*' },
      properties: [{ id: 'noValue', value: '–' }],
    });
  });
});
