import { stringify } from 'yaml';
import { duration } from '../telemetry';
import { budgetAlerts } from './alerts/budgets';
import { criticalAlerts } from './alerts/critical';
import { databaseAlerts } from './alerts/databases';
import { forwardingAlerts } from './alerts/forwarding';
import { infoAlerts } from './alerts/info';
import { kubernetesAlerts } from './alerts/kubernetes';
import { scrapeAlerts } from './alerts/meta';
import { logQueryAlerts } from './alerts/log-queries';
import { logPathAlerts } from './alerts/logs';
import { deliveryAlerts } from './alerts/meta-delivery';
import { prometheusAlerts } from './alerts/meta-prometheus';
import { longTermAlerts } from './alerts/longterm';
import { sloAlerts } from './alerts/slo';
import { traceAlerts } from './alerts/traces';
import { uptimeAlerts } from './alerts/uptime';
import { warningAlerts } from './alerts/warnings';
import { Context } from './context';
import type { Alert } from './model';
import type { RuleOptions } from './options';
import { teamOf } from './owners';
import { recordingGroups } from './recording';
import { budgetGroups, sloGroups } from './recording-slo';
import type { RunbookText } from './runbook-text';

/** Alerts by rule file. The group in a file has the same name. */
export function alertGroups(options: RuleOptions): Readonly<Record<string, readonly Alert[]>> {
  const c = new Context(options);
  return {
    critical: criticalAlerts(c),
    slo: sloAlerts(c),
    warnings: warningAlerts(c),
    databases: databaseAlerts(c),
    info: infoAlerts(c),
    uptime: uptimeAlerts(c),
    kubernetes: kubernetesAlerts(c),
    'meta-scrapes': scrapeAlerts(c),
    'meta-prometheus': prometheusAlerts(c),
    'meta-delivery': deliveryAlerts(c),
    'meta-logs': logPathAlerts(c),
    'meta-traces': traceAlerts(c),
    'meta-forwarding': forwardingAlerts(c),
    'meta-longterm': longTermAlerts(c),
    'meta-budgets': budgetAlerts(c),
  };
}

/** Alerts on log lines, by rule file of Loki's ruler. The group in a file has the same name. */
export const logAlertGroups = (
  options: RuleOptions,
): Readonly<Record<string, readonly Alert[]>> => ({
  logs: logQueryAlerts(new Context(options)),
});

/** All alerting rules of a stack. */
export function allAlerts(options: RuleOptions): readonly Alert[] {
  return [alertGroups(options), logAlertGroups(options)]
    .flatMap((all) => Object.values(all))
    .flat();
}

/**
 * Rule files for Prometheus, by file name.
 *
 * Upstream: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export function renderRules(options: RuleOptions): Readonly<Record<string, string>> {
  const files: Record<string, readonly Group[]> = {
    recording: recordingGroups(new Context(options)),
    'slo-recording': sloGroups(new Context(options)),
    'slo-budget': budgetGroups(new Context(options)),
  };
  return rendered({ ...files, ...groupsOf(alertGroups(options), options) });
}

/**
 * Rule files for Loki's ruler, by file name. The format is the same, with LogQL expressions.
 *
 * Upstream: https://grafana.com/docs/loki/latest/alert/
 */
export function renderLogRules(options: RuleOptions): Readonly<Record<string, string>> {
  return rendered(groupsOf(logAlertGroups(options), options));
}

const groupsOf = (
  alerts: Readonly<Record<string, readonly Alert[]>>,
  options: RuleOptions,
): Record<string, readonly Group[]> =>
  Object.fromEntries(
    Object.entries(alerts).map(([name, group]) => [
      name,
      [{ name, rules: group.map((alert) => alertingRule(alert, options)) }],
    ]),
  );

/** Omits files without rules. */
function rendered(
  files: Readonly<Record<string, readonly Group[]>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files)
      .map(([file, groups]) => [file, groups.filter(({ rules }) => rules.length > 0)] as const)
      .filter(([, groups]) => groups.length > 0)
      .map(([file, groups]) => [
        `${file}.yml`,
        stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false }),
      ]),
  );
}

interface Group {
  readonly name: string;
  readonly rules: readonly object[];
}

/**
 * An alerting rule in the format of Prometheus, with the labels and annotations that all alerts
 * have.
 */
export function alertingRule(alert: Alert, options: RuleOptions): AlertingRule {
  const team = teamOf(alert, options.owners);
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: duration(alert.for) }),
    ...(alert.keepFiringFor === undefined
      ? {}
      : { keep_firing_for: duration(alert.keepFiringFor) }),
    labels: {
      severity: alert.severity,
      service: alert.serviceLabel ?? alert.service,
      team,
      ...alert.labels,
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      owner: team,
      runbook_url: `${trimmed(options.runbookBase)}/${alert.name}.md`,
      dashboard_url: `${trimmed(options.dashboardBase)}/d/${alert.dashboard}`,
      ...essence(options.runbooks?.[alert.name]),
    },
  };
}

/** Fields of https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Escapes braces in queries, because Prometheus would parse them as its own templates. */
function essence(runbook: RunbookText | undefined): Record<string, string> {
  if (runbook === undefined) return {};
  const verbatim = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');
  const { impact, firstLook, decisions } = runbook;
  return {
    impact: verbatim(impact),
    first_look: verbatim(firstLook),
    decisions: verbatim(decisions),
  };
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');
