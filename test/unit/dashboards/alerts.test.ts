import { expect, it } from '@jest/globals';
import { allDashboards } from '../../../dashboards';
import { alertGroups, allAlerts, jobs, logAlertGroups, renderRules } from '../../../rules';
import { variants } from '../../../rules/variants';
import { allQueries } from '../../lib/dashboard-queries';
import { once } from '../../lib/once';
import { asked } from '../../lib/promql';
import { rulesIn } from '../../lib/rule-files';
import { everything } from './options';

/** Expressions of each recorded series, in all variants of a stack. */
const recordings = new Map<string, Set<string>>();
for (const options of Object.values(variants)) {
  for (const { record, expr } of rulesIn(renderRules(options))) {
    if (record === undefined) continue;
    recordings.set(record, (recordings.get(record) ?? new Set()).add(expr));
  }
}

/** Metrics of targets that a query reads, also through recorded series. */
const sources = (expr: string): ReadonlySet<string> =>
  new Set(metricsIn(expr).flatMap((metric) => [...origins(metric)]));

const metricsIn = once((expr: string) => asked(expr).selectors.map(({ metric }) => metric));

const known = new Map<string, ReadonlySet<string>>();
function origins(metric: string): ReadonlySet<string> {
  const before = known.get(metric);
  if (before !== undefined) return before;
  // A rule that reads its own series ends here.
  known.set(metric, new Set());
  const inner = [...(recordings.get(metric) ?? [])];
  const found = new Set(inner.length === 0 ? [metric] : inner.flatMap((e) => [...sources(e)]));
  known.set(metric, found);
  return found;
}

const queries = ['promtail', 'otel'].flatMap((logAgent) =>
  allDashboards({ ...everything, logAgent: logAgent as 'promtail' | 'otel' }).flatMap((dashboard) =>
    allQueries(dashboard).filter(({ width }) => width !== undefined),
  ),
);

/** Metrics that the panels of each dashboard read. */
const shown = new Map<string, Set<string>>();
for (const { dashboard, source, expr } of queries) {
  if (source !== 'audifi-prometheus') continue;
  const all = shown.get(dashboard) ?? new Set();
  for (const metric of sources(expr)) all.add(metric);
  shown.set(dashboard, all);
}

/** Alerts whose dashboard does not show what they read, and why. New ones need a panel. */
const withoutPanel: Readonly<Record<string, readonly string[]>> = {
  'a failure of the monitoring that is not there on any other day: a panel would always be empty': [
    ...['AlertmanagerClusterIncomplete', 'AlertmanagerConfigInconsistent', 'LokiRuleFailures'],
    ...['LokiWALCorrupted', 'PrometheusCompactionsFailing', 'PrometheusScrapeLimitHit'],
    ...['PrometheusWALCorrupted', 'ExporterScrapeFailing', 'ContainerLogsUnread'],
    ...['ForwardingMetricsLate', 'ForwardingMetricsRefused', 'LogLinesRefused'],
    'LokiAlertDeliveryFailing',
  ],
  'a panel shows the same thing as another counts it: clients that wait': [
    'PgbouncerClientsBlocked',
  ],
  'a number of starts, which the text has; graphs mark the time': [
    ...['DeploymentDetected', 'ServiceCrashLooping'],
  ],
  'there is no value to show': ['UptimeCheckNoData', 'Watchdog'],
};

it('the dashboard of each alert exists, whatever is deployed', () => {
  const alerts = Object.values(variants).flatMap((options) => {
    const ofLogs = Object.values(logAlertGroups(options)).flat();
    const cluster = options.ownJobs.includes(jobs.kubeObjects);
    return allAlerts(options).map(({ name, dashboard }) => ({
      ...{ name, dashboard, cluster },
      onLogs: ofLogs.some((alert) => alert.name === name),
    }));
  });
  const uids = once((key: string) =>
    allDashboards({
      ...{ ...everything, jaeger: false, longTerm: false },
      ...{ loki: key.includes('loki'), cluster: key.includes('cluster') },
    }).map(({ uid }) => uid),
  );
  for (const { name, dashboard, onLogs, cluster } of alerts) {
    const there = uids(`${onLogs ? 'loki ' : ''}${cluster ? 'cluster' : ''}`);
    expect([name, there]).toEqual([name, expect.arrayContaining([dashboard])]);
  }
});

it('the dashboard of each alert has a panel with a metric that the alert reads', () => {
  const alerts = Object.values(variants).flatMap((options) =>
    Object.values(alertGroups(options)).flat(),
  );
  const unseen = alerts.filter(({ dashboard, expr }) => {
    const read = [...sources(expr)];
    // Many alerts also read whether the target is up, for example to fall silent.
    const own = read.filter((metric) => metric !== 'up');
    return !(own.length === 0 ? read : own).some((metric) => shown.get(dashboard)?.has(metric));
  });
  const names = new Set(unseen.map(({ name }) => name));
  expect([...names].sort()).toEqual(Object.values(withoutPanel).flat().sort());
});

it('the dashboard of each alert on log lines has a panel with log lines, or of their cause', () => {
  const onLogs = new Set(
    queries.filter(({ source }) => source === 'audifi-loki').map(({ dashboard }) => dashboard),
  );
  const alerts = Object.values(variants).flatMap((options) =>
    Object.values(logAlertGroups(options)).flat(),
  );
  const unseen = alerts.filter(({ dashboard }) => !onLogs.has(dashboard));
  // Slow statements by the statistics of PostgreSQL, and the path of the log lines.
  expect([...new Set(unseen.map(({ name }) => name))]).toEqual(['SlowQueries', 'LogBatchesLost']);
});
