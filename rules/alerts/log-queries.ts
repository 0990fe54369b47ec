import { type Context, when } from '../context';
import { type Alert, perJob } from '../model';
import { jobs } from '../options';

/** Names of the alerts below, most severe first. Each has a runbook and a test with its name. */
export const logQueryNames = ['ErrorLogBurst', 'SlowQueries', 'LogBatchesLost'] as const;

/** Alerts in LogQL on the log lines themselves. Loki's ruler sends them to Alertmanager. */
export function logQueryAlerts(c: Context): readonly Alert[] {
  if (!c.has(jobs.loki)) return [];
  return [
    {
      name: 'ErrorLogBurst',
      severity: 'warning',
      service: 'monitoring',
      serviceLabel: perJob,
      dashboard: 'audifi-logs',
      expr: `sum by (job) (count_over_time({level="error"}[${c.said(300)}])) > ${c.t.errorLogs}`,
      for: c.hold(120),
      summary: `{{ $labels.job }} logged {{ $value }} errors in the last ${c.said(300)}`,
      description:
        `{{ $labels.job }} logged {{ $value }} lines of level error in the last ${c.said(300)}. Its metrics may ` +
        'not show these errors: failed jobs, retries and caught exceptions appear only in the log.',
    },
    ...when(c.has(jobs.postgres), slowQueries(c)),
    ...when(c.has(jobs.promtail), batchesLost(c)),
  ];
}

/** Counts PostgreSQL's slow-query lines. `log_min_duration_statement` must be 1000 or less. */
function slowQueries(c: Context): Alert {
  const line = '`duration: (?P<ms>[0-9.]+) ms`';
  const slow = `{job="postgres",level="info"} |= "duration: " | regexp ${line} | ms > 1000`;
  return {
    name: 'SlowQueries',
    severity: 'warning',
    service: 'postgres',
    dashboard: 'audifi-database',
    expr: `sum by (job) (count_over_time(${slow} [${c.said(600)}])) > ${c.t.slowQueries}`,
    for: c.hold(300),
    summary: '{{ $value }} queries took longer than one second',
    description:
      `PostgreSQL logged {{ $value }} queries that took longer than one second in the last ${c.said(600)}. Likely causes: ` +
      'a missing index, a lock, or a table that has grown.',
  };
}

/** Promtail counts what Loki rejects, but not batches that it cannot encode. It only logs those. */
function batchesLost(c: Context): Alert {
  const errors = '{job="promtail",level="error"} |~ "error encoding batch|batch add err"';
  return {
    name: 'LogBatchesLost',
    severity: 'warning',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    expr: `sum by (job) (count_over_time(${errors} [${c.said(900)}])) > 0`,
    for: c.hold(0),
    summary: 'Promtail lost {{ $value }} batches of log lines',
    description:
      `Promtail could not encode {{ $value }} batches in the last ${c.said(900)} and dropped them. Lines of any container ` +
      "may be missing. See Promtail's own log for the reason.",
  };
}
