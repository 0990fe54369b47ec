import { increase, oneOf, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import { type Alert, perJob } from '../model';
import { type AppJob, instancesOf, jobs } from '../options';
import { firstValue, found } from '../texts';
import { ownTargets } from './consequences';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const scrapeNames = [
  'Watchdog',
  'TargetDown',
  'TargetsMissing',
  'ExporterScrapeFailing',
  'GrafanaDown',
] as const;

/** Alerts on the monitoring itself. If it is broken, the absence of alerts means nothing. */
export function scrapeAlerts(c: Context): readonly Alert[] {
  const expected: readonly AppJob[] = [
    ...c.options.appJobs,
    ...c.ownJobs.map((name) => ({ name, targets: instancesOf(c.options, name) })),
  ];
  return [
    watchdog,
    targetDown(c),
    ...expected.map((job) => targetsMissing(c, job)),
    ...when(exporterErrors(c).length > 0, exporterScrapeFailing(c)),
    ...when(c.has(jobs.grafana), grafanaDown(c)),
  ];
}

/** Always fires. If its heartbeat stops arriving outside, alert delivery is broken. */
const watchdog: Alert = {
  name: 'Watchdog',
  severity: 'none',
  service: 'monitoring',
  dashboard: 'audifi-stack',
  expr: 'vector(1)',
  summary: 'Alert delivery works',
  description:
    'This alert always fires and goes to the heartbeat receiver. If it stops arriving there, Prometheus, ' +
    'Alertmanager or the connection to the internet is broken, and other alerts may not be delivered.',
};

function targetDown(c: Context): Alert {
  const down = (names: readonly string[]): string => {
    const up = selector('up', { job: names.length === 1 ? (names[0] ?? '') : oneOf(...names) });
    return `(\n  ${c.flapping(up)}\n  or\n  ${up} == 0\n)`;
  };
  const each =
    c.options.expectApp || c.appJobs.length === 0
      ? down(c.jobs)
      : `${down(c.ownJobs)}\nor\n(${c.ifExpected(down(c.appJobs), c.appJobs)})`;
  return {
    name: 'TargetDown',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: perJob,
    dashboard: 'audifi-overview',
    expr: each,
    for: c.hold(300),
    summary:
      'Prometheus {{ if gt $value 0.0 }}often {{ end }}cannot scrape {{ $labels.job }} ({{ $labels.instance }}{{ with $labels.node }} on {{ . }}{{ end }})',
    description:
      'Prometheus {{ if gt $value 0.0 }}often {{ end }}cannot scrape {{ $labels.instance }} of {{ $labels.job }}: the target is down, unreachable, or ' +
      'exceeds the scrape limits. Alerts that use its metrics cannot fire. ' +
      found(
        `count(${selector('up', { job: '%q' })} == 1) or vector(0)`,
        `Instances of {{ $labels.job }} that are up: ${firstValue('printf "%.0f"')}.`,
        'job',
      ),
    mutes: [
      {
        alerts: ['UptimeCheckNoData'],
        when: { job: jobs.blackbox },
        why: 'without the blackbox exporter no check has results',
      },
      {
        alerts: ['KubePodNotReady'],
        equal: ['namespace', 'pod'],
        why: 'the pod that does not answer is the one that is not ready',
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
      `Prometheus has discovered {{ $value }} of ${targets} expected target${targets === 1 ? '' : 's'} of ${name}. ` +
      'TargetDown does not cover the others: a target that is no longer discovered (its DNS name does not resolve, or its ' +
      'replica is not ready) is not "down".',
  };
}

/** Exporters' own metrics for data that they could not read: above 0 is bad. */
function exporterErrors(c: Context): readonly string[] {
  const vital = {
    job: jobs.node,
    collector: oneOf('cpu', 'diskstats', 'filesystem', 'meminfo', 'netdev'),
  };
  // Without one of these, a panel is empty or an alert cannot fire. The usual cause: no
  // pg_stat_statements.
  const read = oneOf(
    ...['database', 'database_wraparound', 'stat_database', 'stat_statements'],
    ...['stat_user_tables', 'statio_user_tables'],
  );
  return [
    // Other collectors always fail on machines without the hardware or file that they read.
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
    // Failed lists and watches of objects, mostly because they are forbidden.
    ...when(
      c.has(jobs.kubeTelemetry),
      failedRequests(c, 'kube_state_metrics_list_total'),
      failedRequests(c, 'kube_state_metrics_watch_total'),
    ),
    ...when(
      c.has(jobs.redis),
      `max without (err) (${selector('redis_exporter_last_scrape_error', { job: jobs.redis })})`,
    ),
  ];
}

const failedRequests = (
  c: Context,
  name: 'kube_state_metrics_list_total' | 'kube_state_metrics_watch_total',
): string => {
  const job = oneOf(jobs.kubeTelemetry, jobs.kubeNodesTelemetry);
  const failed = selector(name, { job, result: 'error' });
  // Without `> 0`, lists that did not fail would hide failed watches.
  return `${sum(['job', 'instance', 'resource'], increase(failed, c.window(300)))} > 0`;
};

function exporterScrapeFailing(c: Context): Alert {
  // Of kube-state-metrics: the kind of object that it may not read.
  const kind = c.has(jobs.kubeTelemetry) ? '{{ with $labels.resource }} ({{ . }}){{ end }}' : '';
  return {
    name: 'ExporterScrapeFailing',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: perJob,
    dashboard: 'audifi-stack',
    expr: `(\n  ${exporterErrors(c).join('\n  or\n  ')}\n) > 0`,
    for: c.hold(600),
    summary: 'Exporter {{ $labels.job }} returns incomplete data',
    description:
      'The exporter {{ $labels.instance }} of {{ $labels.job }} could not read its source' +
      `{{ with $labels.collector }} (collector {{ . }}){{ end }}${kind}. Panels that use this data are empty, and alerts ` +
      'on it cannot fire.',
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
      'Prometheus cannot scrape Grafana, so dashboards are most likely unavailable. Alerts still fire and are ' +
      'delivered, and no metrics are lost.',
    mutes: ownTargets,
  };
}
