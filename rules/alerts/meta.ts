import { oneOf, selector } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { type AppJob, jobs } from '../options';
import { ownTargets } from './critical';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const scrapeNames = [
  'Watchdog',
  'TargetDown',
  'TargetsMissing',
  'ExporterScrapeFailing',
  'GrafanaDown',
] as const;

/** Alerts on what watches: without it silence means nothing. */
export function scrapeAlerts(c: Context): readonly Alert[] {
  const expected: readonly AppJob[] = [
    ...c.options.appJobs,
    ...c.ownJobs.map((name) => ({ name, targets: name === jobs.alertmanager ? instances(c) : 1 })),
  ];
  return [
    watchdog,
    targetDown(c),
    ...expected.map((job) => targetsMissing(c, job)),
    ...when(exporterErrors(c).length > 0, exporterScrapeFailing(c)),
    ...when(c.has(jobs.grafana), grafanaDown(c)),
  ];
}

const instances = (c: Context): number => c.options.alertmanager?.instances ?? 1;

/** Always fires. Whoever misses it outside (heartbeat) knows that the path of alerts is broken. */
const watchdog: Alert = {
  name: 'Watchdog',
  severity: 'none',
  service: 'monitoring',
  dashboard: 'audifi-stack',
  expr: 'vector(1)',
  summary: 'The path of alerts works',
  description:
    'Fires always, and goes to the heartbeat receiver. When it stops arriving there, Prometheus, ' +
    'Alertmanager or the way out of here is broken, and no other alert can be trusted.',
};

function targetDown(c: Context): Alert {
  const down = (names: readonly string[]) =>
    `${selector('up', { job: names.length === 1 ? (names[0] ?? '') : oneOf(...names) })} == 0`;
  const each =
    c.options.expectApp || c.appJobs.length === 0
      ? down(c.jobs)
      : `${down(c.ownJobs)}\nor\n(${c.ifExpected(down(c.appJobs), c.appJobs)})`;
  return {
    name: 'TargetDown',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: '{{ $labels.job }}',
    dashboard: 'audifi-overview',
    expr: each,
    for: c.hold(300),
    summary: '{{ $labels.instance }} of {{ $labels.job }} does not answer',
    description:
      'Prometheus cannot read {{ $labels.instance }} of {{ $labels.job }}: it is down, unreachable, or ' +
      'sends more than its limits allow. Alerts that need its metrics are blind.',
    mutes: [
      {
        alerts: ['UptimeCheckNoData'],
        when: { job: jobs.blackbox },
        why: 'without the blackbox exporter no check has results',
      },
    ],
  };
}

function targetsMissing(c: Context, { name, targets = 1 }: AppJob): Alert {
  const up = selector('up', { job: name });
  const known = `(\n  count by (job) (${up})\n  or\n  0 * absent(${up})\n)`;
  return {
    name: 'TargetsMissing',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: name,
    dashboard: 'audifi-overview',
    expr: c.ifExpected(`${known} < ${targets}`, name),
    for: c.hold(300),
    labels: { job: name },
    summary: `Targets of ${name} are missing`,
    description:
      `Prometheus knows {{ $value }} of ${targets} target${targets === 1 ? '' : 's'} of ${name}. A name ` +
      'that no longer resolves, or a replica that is not ready, vanishes without ever being "down".',
  };
}

/** What exporters say of themselves when a part of their data could not be read: above 0 is bad. */
function exporterErrors(c: Context): readonly string[] {
  const vital = {
    job: jobs.node,
    collector: oneOf('cpu', 'diskstats', 'filesystem', 'meminfo', 'netdev'),
  };
  // Without one of these a panel is empty or an alert blind. The usual cause: no pg_stat_statements.
  const read = oneOf(
    ...['database', 'database_wraparound', 'stat_database', 'stat_statements'],
    ...['stat_user_tables', 'statio_user_tables'],
  );
  return [
    // Other collectors fail for good on machines that lack what they read.
    ...when(c.has(jobs.node), `1 - ${selector('node_scrape_collector_success', vital)}`),
    ...when(c.has(jobs.cadvisor), selector('container_scrape_error', { job: jobs.cadvisor })),
    ...when(
      c.has(jobs.postgres),
      selector('pg_exporter_last_scrape_error', { job: jobs.postgres }),
    ),
    ...when(
      c.has(jobs.postgres),
      `1 - ${selector('pg_scrape_collector_success', { job: jobs.postgres, collector: read })}`,
    ),
    ...when(
      c.has(jobs.redis),
      `max without (err) (${selector('redis_exporter_last_scrape_error', { job: jobs.redis })})`,
    ),
  ];
}

function exporterScrapeFailing(c: Context): Alert {
  return {
    name: 'ExporterScrapeFailing',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: '{{ $labels.job }}',
    dashboard: 'audifi-stack',
    expr: `(\n  ${exporterErrors(c).join('\n  or\n  ')}\n) > 0`,
    for: c.hold(600),
    summary: 'Exporter {{ $labels.job }} answers without part of its data',
    description:
      'The exporter {{ $labels.instance }} of {{ $labels.job }} could not read its source' +
      '{{ with $labels.collector }} (collector {{ . }}){{ end }}. Panels stay empty, and alerts on that ' +
      'data are blind.',
  };
}

function grafanaDown(c: Context): Alert {
  return {
    name: 'GrafanaDown',
    severity: 'warning',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    expr: `${c.answering(jobs.grafana)} == 0`,
    for: c.hold(300),
    summary: 'Grafana is down',
    description:
      'Grafana does not answer Prometheus: there are no dashboards. Alerts are found and delivered as ' +
      'before, and what was measured meanwhile is there afterwards.',
    mutes: ownTargets,
  };
}
