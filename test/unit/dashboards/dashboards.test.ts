import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  allDashboards,
  type Dashboard,
  dashboardTexts,
  type DashboardOptions,
  sources,
} from '../../../dashboards';
import {
  alertNames,
  bucketFailedShare,
  defaultOptions,
  defaultThresholds,
  logQueueRatio,
  renderRules,
  spanQueueRatio,
} from '../../../rules';
import { panelsOf } from '../../lib/dashboard-queries';
import { specPanels } from '../../lib/spec-panels';
import { everything } from './options';

const all = allDashboards(everything);
const byUid = new Map(all.map((dashboard) => [dashboard.uid ?? '', dashboard]));
const each = all.map((dashboard): [string, Dashboard] => [dashboard.uid ?? '', dashboard]);
const bare: DashboardOptions = {
  ...everything,
  ...{ loki: false, jaeger: false, longTerm: false, cluster: false },
};

describe('the dashboards', () => {
  it.each(specPanels.map((one) => [one.panel, one] as const))(
    "have the specification's panel %s",
    (panel, { dashboard: uid, says, type }) => {
      const dashboard = byUid.get(uid);
      const found = dashboard === undefined ? [] : panelsOf(dashboard);
      const own = found.filter(({ title }) => title === panel);
      expect([says, own.length]).toEqual([says, 1]);
      if (type !== undefined) expect([says, own[0]?.type]).toEqual([says, type]);
    },
  );

  it('have all 34 panels of the specification, each with a query', () => {
    expect(specPanels).toHaveLength(34);
    expect(new Set(specPanels.map(({ dashboard }) => dashboard)).size).toBe(6);
    for (const { panel, shows } of specPanels)
      expect([panel, Object.keys(shows).length > 0]).toEqual([panel, true]);
  });

  it('have one file each, named by uid', () => {
    const files = readdirSync(join(__dirname, '../../../dashboards'));
    const own = files.filter((file) => file.startsWith('audifi-'));
    expect(own.map((file) => file.replace('.ts', '')).sort()).toEqual([...byUid.keys()].sort());
  });

  it.each(each)('%s is in the menu, and links to the others', (_, dashboard) => {
    expect(dashboard).toMatchObject({
      title: expect.stringMatching(/^AudiFi \/ /),
      tags: ['audifi'],
    });
    expect(dashboard.links).toMatchObject([
      { type: 'dashboards', tags: ['audifi'], keepTime: true },
    ]);
    expect(dashboard.templating.list?.[0]).toMatchObject({ name: 'env', query: 'dev' });
    expect(dashboard.annotations.list?.map(({ name }) => name)).toEqual(['Alerts', 'Deployments']);
  });

  it.each(each)('%s has panels without gaps or overlaps', (_, { panels = [] }) => {
    const taken = new Map<string, string>();
    for (const { title = '', gridPos } of panels) {
      const { x, y, w, h } = gridPos ?? { x: -1, y: -1, w: 0, h: 0 };
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + w).toBeLessThanOrEqual(24);
      for (let cell = 0; cell < w * h; cell += 1) {
        const place = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
        expect([title, taken.get(place)]).toEqual([title, undefined]);
        taken.set(place, title);
      }
    }
    const bottom = Math.max(...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
    expect(taken.size).toBe(24 * bottom);
  });

  it.each(each)('%s has unique panel ids that depend on titles only', (_, { panels = [] }) => {
    const ids = panels.map(({ id }) => id ?? 0);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toBeGreaterThan(0);
  });
});

describe('the uptime of a year', () => {
  const titles = (options: DashboardOptions): (string | undefined)[] =>
    allDashboards(options)
      .flatMap(panelsOf)
      .filter(({ title }) => /^Uptime (by|of)/.test(title ?? ''))
      .map(({ title, timeFrom, interval }) => [title, timeFrom, interval].join(' '));

  it('is there by day, by month and as a whole, where metrics are kept for a year', () => {
    expect(titles(everything)).toEqual([
      'Uptime by Day 1y 1d',
      'Uptime by Month 1y 30d',
      'Uptime of the Last Year 1d 6h',
    ]);
    expect(titles(bare)).toEqual([]);
    expect(titles({ ...everything, checks: false })).toEqual([]);
  });

  it('has one value an hour, because aggregates have fewer samples than recent times', () => {
    const queries = allDashboards(everything)
      .flatMap(panelsOf)
      .filter(({ title }) => /^Uptime (by|of)/.test(title ?? ''))
      .flatMap(({ targets = [] }) => targets as { expr?: string; range?: boolean }[]);
    expect(queries).toHaveLength(3);
    for (const { expr, range } of queries) {
      expect([expr, range]).toEqual([
        expect.stringMatching(/avg_over_time\(.*\[\d+d:1h\]( offset -\d+d)?\)/),
        true,
      ]);
    }
  });
});

describe('each panel', () => {
  const panels = all.flatMap((dashboard) =>
    panelsOf(dashboard).map((panel): [string, typeof panel] => [
      `${dashboard.uid ?? ''}: ${panel.title ?? ''}`,
      panel,
    ]),
  );
  const uids: string[] = Object.values(sources).map(({ uid }) => uid);

  it.each(panels)(
    '%s describes what it shows, what is good, and what to do otherwise',
    (_, panel) => {
      expect(panel.description).toMatch(
        /^\S[^]+\.\n\n\*\*Good:\*\* \S[^]*\.\n\n\*\*Otherwise:\*\* \S[^]+$/,
      );
      const { unit, noValue } = panel.fieldConfig?.defaults ?? {};
      expect(unit).toMatch(/\S/);
      expect(noValue).toMatch(/^\S[^]+[.?]$/);
      expect(noValue).not.toMatch(/^no data/i);
      expect(uids).toContain(panel.datasource?.uid);
      expect(panel.targets?.length).toBeGreaterThan(0);
    },
  );

  it.each(panels)(
    '%s links to existing runbooks and dashboards, with the same time range',
    (_, panel) => {
      for (const { title, url = '' } of panel.links ?? []) {
        const [, alert] = /^https:\/\/runbooks\.example\/(\w+)\.md$/.exec(url) ?? [];
        const [, uid] = /^\/d\/([\w-]+)\?/.exec(url) ?? [];
        if (alert !== undefined) expect(alertNames).toContain(alert);
        else if (uid !== undefined) {
          expect([...byUid.keys()]).toContain(uid);
          expect(url).toContain('${__url_time_range}');
        } else if (url.startsWith('/explore?')) {
          expect(url).toContain('%22from%22%3A%22${__from}%22');
        } else {
          // Grafana finds an Alertmanager by the name of its data source, not by uid.
          const silences = '/alerting/silences?alertmanager=AudiFi%20Alertmanager';
          expect([title, url]).toEqual(['Silences', silences]);
        }
      }
    },
  );
});

describe('threshold lines in panels', () => {
  /** Thresholds that come neither from alerts nor from a boolean state. */
  const ours = new Set([
    // States up and down, and a number of alerts or targets.
    ...[0, 1],
    // A budget that is nearly spent, and burn rates of alerts (docs/slo.md).
    ...[0.25, 14.4, 6],
    everything.slo.uptime.objective,
    // Thresholds of alerts that are not settings.
    ...[logQueueRatio, spanQueueRatio, bucketFailedShare],
  ]);
  const steps = (options: DashboardOptions): Map<string, number[]> =>
    new Map(
      allDashboards(options).flatMap((dashboard) =>
        panelsOf(dashboard).map(({ title = '', fieldConfig }): [string, number[]] => [
          `${dashboard.uid ?? ''}: ${title}`,
          (fieldConfig?.defaults.thresholds?.steps ?? []).flatMap(({ value }) => value ?? []),
        ]),
      ),
    );

  it('are the thresholds of the alerts', () => {
    // All thresholds differ, so that a panel cannot have the wrong one by chance.
    const other = Object.fromEntries(
      Object.keys(defaultThresholds).map((key, i) => [key, 0.0101 + i / 1000]),
    ) as typeof defaultThresholds;
    const limits = Object.values(other);
    const allowed = new Set([...limits, ...limits.map((v) => 1 - v), ...limits.map((v) => 60 * v)]);
    for (const [panel, values] of steps({ ...everything, thresholds: other })) {
      for (const value of values) {
        expect([panel, value, allowed.has(value) || ours.has(value)]).toEqual([panel, value, true]);
      }
    }
  });

  it.each([
    ['audifi-overview: Error Rate', [defaultThresholds.errorRatio]],
    ['audifi-overview: Latency', [defaultThresholds.latencySeconds]],
    ['audifi-overview: Resource Usage', [0.8, defaultThresholds.memoryUsedRatio]],
    ['audifi-websocket: Connection Rate', [60 * defaultThresholds.wsConnectionRate]],
    ['audifi-v-studio: Viewers per Session', [defaultThresholds.sessionViewers]],
    ['audifi-external-services: Stripe Webhook Errors', [defaultThresholds.stripeWebhookErrorRate]],
    ['audifi-external-services: Oldest Job', [defaultThresholds.queueWaitSeconds]],
    ['audifi-stack: Memory Limits', [defaultThresholds.containerMemoryRatio]],
    ['audifi-overview: Certificate Days Left', [defaultThresholds.certificateDays]],
    ['audifi-kubernetes: Volume Space Left', [defaultThresholds.volumeFreeRatio]],
    ['audifi-database: Replication Lag', [defaultThresholds.postgresReplicationLagBytes]],
    ['audifi-database: Transaction IDs', [defaultThresholds.postgresTransactionAge]],
    ['audifi-database: Idle Transactions', [defaultThresholds.postgresIdleTransactionSeconds]],
  ])('%s', (panel, values) => {
    expect(steps(everything).get(panel)).toEqual(values);
  });
});

describe('External API Errors', () => {
  it('lead to the logs of both services that call others, also of calls that are tried again', () => {
    const panels = panelsOf(byUid.get('audifi-external-services') ?? ({} as Dashboard));
    const links = panels.find(({ title }) => title === 'External API Errors')?.links ?? [];
    expect(links.map(({ title }) => title)).toEqual(['Logs of api-server', 'Logs of worker']);
    for (const { url } of links) {
      expect(decodeURIComponent(url ?? '')).toContain('level=~\\"warn|error\\"');
    }
  });
});

describe('lines beside a threshold', () => {
  const ofPanel = (uid: string, title: string) => {
    const dashboard = byUid.get(uid);
    const [panel] =
      dashboard === undefined ? [] : panelsOf(dashboard).filter((p) => p.title === title);
    const targets = (panel?.targets ?? []) as unknown as { expr: string }[];
    return { exprs: targets.map(({ expr }) => expr), panel };
  };

  // The sum of small sessions would be above the line without an alert.
  it('of the sessions have the colour of its alert, and the sum of small sessions is none', () => {
    for (const title of ['Viewers per Session', 'Largest Sessions']) {
      const { exprs, panel } = ofPanel('audifi-v-studio', title);
      expect(panel?.fieldConfig?.defaults.thresholds?.steps).toEqual([
        { value: null, color: 'green' },
        { value: defaultThresholds.sessionViewers, color: 'blue' },
      ]);
      expect(exprs).toEqual([expect.stringContaining('session:ws_connections_active:topk10_sum')]);
    }
    const rules = renderRules(defaultOptions)['recording.yml'] ?? '';
    const [, largest = ''] =
      /record: session:ws_connections_active:topk10_sum\n\s+expr: (.+(?:\n {10,}.+)*)/.exec(
        rules,
      ) ?? [];
    expect(largest).toContain('session_id!~"|other"');
  });

  // A small pool is fully in use whenever it is healthy.
  it('of the connections to PostgreSQL are those that its alert reads', () => {
    const { exprs } = ofPanel('audifi-database', 'Connections in Use');
    expect(exprs).toEqual(['max(instance:pg_connections:utilisation{instance=~"$instance"})']);
  });
});

describe('the JSON', () => {
  it('is deterministic, with sorted keys', () => {
    const texts = dashboardTexts(everything);
    expect(dashboardTexts({ ...everything })).toEqual(texts);
    for (const text of Object.values(texts)) {
      const keys = Object.keys(JSON.parse(text) as object);
      expect(keys).toEqual([...keys].sort());
    }
  });

  it('contains nothing of a specific Grafana, and no local path', () => {
    for (const text of Object.values(dashboardTexts(everything))) {
      const { id, version } = JSON.parse(text) as { id?: number; version?: number };
      expect({ id, version }).toEqual({});
      expect(text).not.toContain(process.cwd());
    }
  });

  it('refers to Loki, Jaeger, Thanos and the cluster only if the stack has them', () => {
    const text = JSON.stringify(dashboardTexts(bare));
    expect(text).not.toMatch(/audifi-(loki|jaeger|logs|kubernetes)|kube_|thanos_/);
    expect(text).not.toContain('"exemplar\\":true');
    expect(JSON.stringify(dashboardTexts(everything))).toContain('audifi-jaeger');
  });
});
