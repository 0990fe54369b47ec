import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { defaultOptions, logAlertGroups } from '../rules';
import { by, oneOf, selector } from '../telemetry';
import { alertTable } from './lib/alert-table';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, runbook } from './lib/links';
import { lines, number, timeline } from './lib/panels';
import { alertsIn, instant, logRange, range, sinceLastPoint } from './lib/queries';
import { severities, severityStates } from './lib/severities';
import { sourceNames } from './lib/sources';
import type { DashboardOptions } from './options';

const told = oneOf(...severities);
const empty = 'Prometheus does not respond, or evaluates no rules. See Stack.';

/** Which alerts fire, for how long they have fired, and what to do. Open it when you are paged. */
export const onCall = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-on-call',
      title: 'On call',
      description:
        'Firing alerts, how long they have been firing, and their runbooks. For a drill, run make incident and follow the runbook from here.',
      from: 'now-6h',
      rows: [
        {
          title: 'State',
          height: 6,
          panels: [
            [8, firing('critical', 'Critical')],
            [8, firing('warning', 'Warnings')],
            [8, pending(options)],
          ],
        },
        { title: 'Firing now', height: 11, panels: [[24, table(options)]] },
        ...(options.loki
          ? [{ title: 'Found in logs', height: 6, panels: [[24, fromLogs(options)] as const] }]
          : []),
        {
          title: 'Since when',
          height: 11,
          panels: [
            [24, history()],
            [24, volume(options)],
          ],
        },
      ],
    },
    options,
  );

const silences = {
  title: 'Silences',
  url: `/alerting/silences?alertmanager=${encodeURIComponent(sourceNames.alertmanager)}`,
};

function firing(severity: 'critical' | 'warning', title: string): Panel {
  const alerts = selector('ALERTS', { alertstate: 'firing', severity });
  return number({
    title,
    shows: `Alerts of severity ${severity} that are firing now.`,
    good: '0.',
    otherwise: 'The table below lists each alert with its runbook.',
    unit: 'count',
    queries: [instant(alertsIn(alerts), severity)],
    empty,
    limit: above(1, severity),
    links: [silences],
  });
}

function pending(options: DashboardOptions): Panel {
  const alerts = selector('ALERTS', { alertstate: 'pending', severity: told });
  return number({
    title: 'About to Fire',
    shows: 'Pending alerts: the condition is true, but not yet for as long as their "for".',
    good: '0.',
    otherwise: 'Act now, before they fire and notify people.',
    unit: 'count',
    queries: [instant(alertsIn(alerts), 'pending')],
    empty,
    limit: above(1, 'warning'),
    links: [runbook(options, 'Watchdog'), dashboard('audifi-stack', 'Stack')],
  });
}

function table(options: DashboardOptions): Panel {
  const since = selector('ALERTS_FOR_STATE', { severity: told });
  const fires = selector('ALERTS', { alertstate: 'firing', severity: told });
  return alertTable(
    {
      title: 'Firing Alerts',
      shows:
        'Each firing alert, and since when its condition has been true. Click its name to open the runbook.',
      good: 'Empty.',
      otherwise:
        'Handle critical alerts first. Inhibited alerts are listed as well; the alert above them is the cause.',
      expr: `${since} and ignoring (alertstate) ${fires}`,
      empty: 'Nothing fires.',
      links: [silences, dashboard('audifi-overview', 'Overview')],
    },
    options,
  );
}

/**
 * Loki's ruler sends its alerts directly to Alertmanager, so Prometheus has no series of them. This
 * panel runs the expressions of these alerts, which return a result while an alert is pending or
 * firing.
 */
function fromLogs(options: DashboardOptions): Panel {
  const { logs = [] } = logAlertGroups({ ...defaultOptions, thresholds: options.thresholds });
  const asked = logs
    .filter(({ name }) => name !== 'LogBatchesLost' || options.logAgent === 'promtail')
    .map(({ name, expr }) => logRange(ofStack(expr, options), `${name} {{job}}`));
  const [first = logRange('vector(0)', ''), ...more] = asked;
  return lines({
    title: 'Alerts from Logs',
    shows: 'Log lines counted by each Loki alert, while the count is above its threshold.',
    good: 'Empty.',
    otherwise:
      'If it stays above the threshold, the alert fires in Alertmanager. Its runbook has the query.',
    unit: 'count',
    queries: [first, ...more],
    empty: 'No alert from logs in this time range.',
    sparse: true,
    links: [runbook(options, 'ErrorLogBurst'), runbook(options, 'SlowQueries')],
  });
}

/** One Loki may store the logs of several stacks. Each stack's ruler only reads its own. */
const ofStack = (expr: string, { environment }: DashboardOptions): string =>
  expr.replace(/\{(job="[^"]*")?,?/, (_, job = 'job!=""') => `{env="${environment}",${job},`);

function history(): Panel {
  const ranks = severities.map((severity, i) => {
    const fires = selector('ALERTS', { alertstate: 'firing', severity });
    return `${i + 1} * ${by('max', ['alertname', 'service'], sinceLastPoint('max', fires))}`;
  });
  return timeline({
    title: 'Alert History',
    shows: 'When each alert was firing, coloured by severity.',
    good: 'Empty.',
    otherwise: 'The alert that began first is most often the cause.',
    unit: 'state',
    queries: [range(ranks.join(' or '), '{{alertname}} {{service}}')],
    empty: 'No alert fired in this time range.',
    states: severityStates,
    links: [silences],
  });
}

function volume(options: DashboardOptions): Panel {
  const each = by(
    'count',
    ['severity'],
    selector('ALERTS', { alertstate: 'firing', severity: told }),
  );
  return lines({
    title: 'Alerts by Severity',
    shows: 'Number of firing alerts.',
    good: 'None, or few.',
    otherwise: 'Many every day: some rules are too sensitive. Change them in rules/.',
    unit: 'count',
    queries: [range(each, '{{severity}}')],
    names: ['critical', 'warning', 'info'],
    empty: 'No alert fired in this time range.',
    stacked: true,
    sparse: true,
    links: [runbook(options, 'AlertmanagerNotificationsFailing')],
  });
}
