import { describe, expect, it } from '@jest/globals';
import { blackboxConfig } from '../../../components/metrics/blackbox-config';
import { lokiExporter } from '../../../components/traces/otel-exporters-config';
import {
  alertGroups,
  alertNames,
  allAlerts,
  defaultOptions,
  renderLogRules,
  renderRules,
  type RuleOptions,
} from '../../../rules';
import { pagingGroups } from '../../../rules/alerts/meta-prometheus';
import { variants } from '../../../rules/variants';
import { logqlGrouping, promqlErrors } from '../../lib/grammar';
import { once } from '../../lib/once';
import { asked, resultLabels, unknownIn } from '../../lib/promql';
import { type Rule, rulesIn } from '../../lib/rule-files';

const rendered = once((options: RuleOptions) => rulesIn(renderRules(options)));
const rulesOf = (options = defaultOptions): readonly Rule[] => rendered(options);
const named = (name: string, options = defaultOptions): Rule | undefined =>
  rulesOf(options).find(({ alert }) => alert === name);

describe.each(Object.entries(variants))('the rules of %s', (_, options) => {
  const rules = rulesOf(options);
  const alerts = rules.filter(({ alert }) => alert !== undefined);

  it('have all required labels and annotations', () => {
    for (const { alert = '', labels = {}, annotations = {} } of alerts) {
      expect(alert).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(['critical', 'warning', 'info', 'none']).toContain(labels['severity']);
      expect(labels['severity'] === 'none').toBe(alert === 'Watchdog');
      expect({ ...labels, alert }).toEqual(
        expect.objectContaining({ service: expect.any(String), team: annotations['owner'] }),
      );
      const base = options.runbookBase.replace(/\/$/, '');
      expect(annotations['runbook_url']).toBe(`${base}/${alert}.md`);
      expect(annotations['dashboard_url']).toMatch(/^https?:\/\/[^/]+\/d\/audifi-[a-z-]+$/);
      expect(annotations['summary']).toMatch(/^\S.{8,}\S$/);
      // Without the values. The promtool tests have the texts as people see them.
      expect(annotations['summary']?.replace(/\{\{.*?\}\}/g, '')).toMatch(/^.{1,110}$/);
      expect((annotations['description'] ?? '').length).toBeGreaterThan(60);
    }
  });

  it('are valid PromQL', () => {
    for (const { alert, record, expr } of rules) {
      const rule = alert ?? record;
      expect({ rule, errors: promqlErrors(expr) }).toEqual({ rule, errors: [] });
    }
  });

  it('only use metrics and labels of the contract', () => {
    for (const { alert, record, expr } of rules) {
      expect({ rule: alert ?? record, unknown: unknownIn(expr) }).toEqual({
        rule: alert ?? record,
        unknown: [],
      });
    }
  });

  it('only show labels that their expression returns', () => {
    for (const { alert, expr, labels, annotations } of alerts) {
      const { always, possible } = resultLabels(expr);
      const shown = shownLabels(JSON.stringify([labels, annotations]));
      const lost = [
        ...shown.plain.filter((label) => !always.has(label)),
        ...shown.guarded.filter((label) => !possible.has(label)),
      ];
      expect({ alert, lost }).toEqual({ alert, lost: [] });
    }
  });

  it('have texts whose queries are valid, of the contract, and left out without a result', () => {
    let count = 0;
    for (const { alert, annotations } of alerts) {
      const texts = Object.values(annotations ?? {}).join('\n');
      const queries = queriesIn(texts);
      for (const query of queries) {
        expect({ alert, errors: promqlErrors(query) }).toEqual({ alert, errors: [] });
        expect({ alert, unknown: unknownIn(query) }).toEqual({ alert, unknown: [] });
      }
      expect(texts.match(/\{\{[^{}]*\bquery /g) ?? []).toHaveLength(queries.length);
      // `first` of an empty result is an error, which would take the place of the whole text.
      expect(texts.match(/\{\{ with query /g) ?? []).toHaveLength(queries.length);
      count += queries.length;
    }
    if (alerts.some(({ alert }) => alert === 'LowDiskSpace')) expect(count).toBeGreaterThan(4);
  });

  it('only use jobs that are scraped', () => {
    const jobs = [...options.appJobs.map(({ name }) => name), ...options.ownJobs];
    const inTexts = alerts.flatMap(({ annotations }) =>
      queriesIn(Object.values(annotations ?? {}).join('\n')).map((expr) => ({ expr })),
    );
    for (const { expr } of [...alerts, ...inTexts]) {
      const matchers = asked(expr).selectors.flatMap((selector) => selector.matchers);
      for (const { value } of matchers.filter(
        ({ label, operator }) => label === 'job' && operator.startsWith('='),
      )) {
        if (value === placeholder) continue;
        for (const job of value.split('|')) expect(jobs).toContain(job);
      }
    }
  });
});

const placeholder = 'the value of a label';

/** Queries in a text, with a placeholder for the values of labels. */
const queriesIn = (text: string): string[] =>
  [...text.matchAll(/query (?:\(printf )?("(?:[^"\\]|\\.)*")/g)].map(([, query = '""']) =>
    (JSON.parse(query) as string).replaceAll('%q', JSON.stringify(placeholder)),
  );

/** Labels in a text. `{{ with $labels.x }}` omits its part if a series lacks the label. */
function shownLabels(text: string): { plain: string[]; guarded: string[] } {
  const all = [...text.matchAll(/(\{\{-? *(?:with|if) +)?\$labels\.(\w+)/g)];
  const named = (guarded: boolean): string[] =>
    all.filter(([, guard]) => (guard !== undefined) === guarded).map(([, , label = '']) => label);
  return { plain: named(false), guarded: named(true) };
}

describe('the alerts on logs', () => {
  it('only show labels that they group by', () => {
    for (const { alert, expr, labels, annotations } of rulesIn(renderLogRules(defaultOptions))) {
      const counted = logqlGrouping(expr);
      const { plain } = shownLabels(JSON.stringify([labels, annotations]));
      expect({ alert, lost: plain.filter((label) => !counted.includes(label)) }).toEqual({
        alert,
        lost: [],
      });
    }
  });
});

describe('the alerts', () => {
  it('match the list if all components are deployed', () => {
    const everything = allAlerts(variants['everything'] ?? defaultOptions);
    expect([...new Set(everything.map(({ name }) => name))].sort()).toEqual([...alertNames].sort());
  });

  it('page by at most twelve names, each of which needs a person within minutes', () => {
    const everything = allAlerts(variants['everything'] ?? defaultOptions);
    const pages = new Set(
      everything.filter(({ severity }) => severity === 'critical').map(({ name }) => name),
    );
    // A page that is added here takes the place of another one (docs/alerts.md).
    expect([...pages].sort()).toEqual([
      ...['APIDown', 'AlertmanagerNotificationsFailing', 'ApiAvailabilityBudgetBurn'],
      ...['ApiLatencyBudgetBurn', 'DatabaseDown', 'HighErrorRate', 'LoginBudgetBurn'],
      ...['RedisDown', 'StripeWebhookBudgetBurn', 'UptimeCheckFailed'],
      ...['WebSocketDeliveryBudgetBurn', 'WebSocketDown'],
    ]);
    expect(pages.size).toBeLessThanOrEqual(12);
  });

  it("keep the spec's names, severities, durations and summaries", () => {
    const spec = {
      HighErrorRate: ['critical', '2m', 'High 5xx error rate ({{ $value | humanizePercentage }})'],
      APIDown: ['critical', '1m', 'API server is down'],
      WebSocketDown: ['critical', '1m', 'WebSocket server is down'],
      DatabaseDown: ['critical', '1m', 'PostgreSQL database is down'],
      HighLatency: ['warning', '5m', 'P95 latency exceeds 2 seconds'],
      LowDiskSpace: ['warning', '10m', 'Disk space below 20%'],
      HighMemoryUsage: ['warning', '10m', 'Memory usage above 85%'],
      WebSocketConnectionSpike: ['warning', '5m', 'Unusual WebSocket connection rate'],
      StripeWebhookFailures: ['warning', '5m', 'Stripe webhooks failing'],
      DeploymentDetected: ['info', undefined, 'New API server deployment detected'],
      VStudioSessionActive: ['info', undefined, 'V Studio session with 100+ viewers'],
    };
    for (const [name, said] of Object.entries(spec)) {
      const rule = named(name);
      // What follows the spec's summary says where, and how much.
      const summary = rule?.annotations?.['summary']?.slice(0, said[2]?.length);
      expect([rule?.labels?.['severity'], rule?.for, summary]).toEqual(said);
    }
  });

  it('say which groups of rules page', () => {
    const groups = Object.entries(alertGroups(variants['everything'] ?? defaultOptions));
    const paging = groups.filter(([, all]) => all.some(({ severity }) => severity === 'critical'));
    expect(paging.map(([name]) => name).sort()).toEqual([...pagingGroups].sort());
  });

  it('say how long a check waits for an answer', () => {
    const waits = [...blackboxConfig().matchAll(/timeout: (\d+)s/g)].map(([, seconds]) => seconds);
    expect(new Set(waits)).toEqual(new Set(['8']));
    expect(named('UptimeCheckFailed')?.annotations?.['summary']).toContain('within 8 s');
  });

  it('stay one page in a crash loop, in which a scrape succeeds now and then', () => {
    const everything = rulesOf(variants['everything']);
    for (const name of ['APIDown', 'WebSocketDown', 'DatabaseDown', 'RedisDown']) {
      const rule = everything.find(({ alert }) => alert === name);
      expect([name, rule?.for, rule?.keep_firing_for]).toEqual([name, '1m', '5m']);
    }
    const checks = everything.filter(({ alert }) => alert === 'UptimeCheckFailed');
    for (const { labels, keep_firing_for } of checks) {
      const pages = labels?.['severity'] === 'critical';
      expect([labels?.['check'], keep_firing_for]).toEqual([
        labels?.['check'],
        pages ? '5m' : undefined,
      ]);
    }
  });

  it('require two failures of each check at its own interval', () => {
    const holds = rulesOf()
      .filter(({ alert }) => alert === 'UptimeCheckFailed')
      .map((rule) => [rule.labels?.['check'], rule.labels?.['severity'], rule.for]);
    expect(holds).toEqual([
      ['landing-page', 'critical', '1m10s'],
      ['app', 'critical', '1m10s'],
      ['api-health', 'critical', '40s'],
      ['ssl-expiry', 'warning', '2m10s'],
    ]);
  });

  it('tell how many lines that services send wait for Loki, and of each line that is lost', () => {
    const { sending_queue } = lokiExporter('http://loki:3100') as {
      readonly sending_queue: { readonly queue_size: number; readonly block_on_overflow: boolean };
    };
    expect(sending_queue.block_on_overflow).toBe(false);
    const lines = sending_queue.queue_size.toLocaleString('en');
    expect(named('LokiDown')?.annotations?.['description']).toContain(`(${lines} lines)`);
    const lost = rulesOf().find(
      ({ alert, labels }) => alert === 'LogLinesDropped' && labels?.['job'] === 'otel-collector',
    );
    for (const what of ['enqueue_failed', 'send_failed']) {
      expect(lost?.expr).toContain(`otelcol_exporter_${what}_log_records_total`);
    }
    const without = defaultOptions.ownJobs.filter((job) => job !== 'otel-collector');
    const down = named('LokiDown', { ...defaultOptions, ownJobs: without });
    expect(down?.annotations?.['description']).not.toContain('OTLP');
  });

  it('belong to the team of the service that the series is of', () => {
    const teamOf = (name: string, job?: string, options?: RuleOptions): string | undefined =>
      rulesOf(options).find((rule) => rule.alert === name && (!job || rule.labels?.['job'] === job))
        ?.labels?.['team'];
    const each =
      '{{ if eq $labels.job "api-server" "worker" }}backend' +
      '{{ else if eq $labels.job "ws-server" }}realtime{{ else }}platform{{ end }}';
    for (const name of ['TargetDown', 'ServiceCrashLooping', 'ExporterScrapeFailing']) {
      expect([name, teamOf(name)]).toEqual([name, each]);
    }
    const [burst] = rulesIn(renderLogRules(defaultOptions));
    expect(burst?.annotations?.['owner']).toBe(each);
    expect(
      ['worker', 'ws-server', 'caddy', 'loki'].map((j) => teamOf('TargetsMissing', j)),
    ).toEqual(['backend', 'realtime', 'platform', 'platform']);
    // A stack with an owner of its own for api-server.
    const core = variants['adjusted'];
    expect(teamOf('TargetDown', undefined, core)).toMatch(
      /"api-server" }}core.*"worker" }}backend/,
    );
    expect(teamOf('TargetsMissing', 'api-server', core)).toBe('core');
  });

  it('exist only for deployed components', () => {
    const alone = allAlerts(variants['nothing'] ?? defaultOptions).map(({ name }) => name);
    expect(alone).not.toEqual(expect.arrayContaining(['APIDown']));
    const own =
      /^(Watchdog|DataOutgrows|Target|ServiceCrashLooping|Prometheus(Config|Rule|Comp|WAL|Scrape|Too|Card|Near))/;
    for (const name of alone) expect(name).toMatch(own);
    const others = { ...defaultOptions, appJobs: [{ name: 'worker' }], checks: [] };
    const left = allAlerts(others).map(({ name }) => name);
    for (const gone of ['APIDown', 'HighErrorRate', 'DatabaseDown', 'RedisDown', 'WebSocketDown']) {
      expect(left).not.toContain(gone);
    }
    expect(left.filter((name) => /^(Uptime|Certificate)/.test(name))).toEqual([]);
  });

  it('send the failure of a receiver through another one', () => {
    const failing = rulesOf(variants['everything']).filter(
      ({ alert }) => alert === 'AlertmanagerNotificationsFailing',
    );
    expect(
      failing.map(({ labels = {} }) => [
        ...[labels['integration'], labels['receiver_name'], labels['severity']],
      ]),
    ).toEqual([
      ['pagerduty', 'on-call', 'critical'],
      ['slack', 'alerts', 'critical'],
      // Nobody has to act on an info alert, so its channel never pages.
      ['slack', 'monitoring', 'warning'],
      ['webhook', 'heartbeat', 'warning'],
    ]);
    // The receivers that share the channel of the warnings, and the channel of the infos alone.
    expect(failing[1]?.expr).toContain('receiver_name!~"monitoring"');
    expect(failing[2]?.expr).toContain('receiver_name="monitoring"');
  });

  it.each([
    [15, 8],
    [60, 7],
    [120, 3],
    [300, 2],
  ])(
    'see targets that fail again and again, also with a scrape every %i s',
    (interval, changes) => {
      const rule = named('TargetDown', { ...defaultOptions, scrapeInterval: interval });
      expect(rule?.expr).toContain(`[${interval === 300 ? '20m' : '15m'}]) >= ${changes} and up{`);
    },
  );

  it('are twenty times as fast in tests, with windows that still contain samples', () => {
    const fast = variants['adjusted'] ?? defaultOptions;
    expect(named('HighErrorRate', fast)?.for).toBe('6s');
    expect(named('HighErrorRate', fast)?.expr).toContain('[15s]');
    const slowScrapes = { ...defaultOptions, scrapeInterval: 120 };
    expect(named('HighErrorRate', slowScrapes)?.expr).toContain('[8m]');
  });
});
