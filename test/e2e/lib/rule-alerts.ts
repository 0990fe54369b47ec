import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runbookTexts } from '../../../components/metrics/runbooks';
import { type Alert, alertingRule, allAlerts, logAlertGroups } from '../../../rules';
import { variants } from '../../../rules/variants';
import type { SentAlert } from './alertmanager';

const folder = join(__dirname, '../../promtool');

interface Expected {
  readonly exp_labels: Readonly<Record<string, string>>;
  readonly exp_annotations: Readonly<Record<string, string>>;
}
interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly Expected[];
    }[];
  }[];
}

/** Where people open links, as in production. */
export const pages = {
  runbooks: 'https://runbooks.audifi.io',
  grafana: 'https://grafana.audifi.io',
  prometheus: 'https://prometheus.audifi.io',
  alertmanager: 'https://alerts.audifi.io',
} as const;

/**
 * Every alert of rules/ as Prometheus or Loki sends it: one of each name, severity and service,
 * with the labels and texts that its promtool test expects. Each is of a stack of its own, so that
 * none inhibits another one or joins its group.
 */
export function ruleAlerts(startsAt: Date): SentAlert[] {
  const texts = runbookTexts();
  return distinct([...tested(), ...onLogs()]).map(({ exp_labels, exp_annotations }, i) => {
    const name = exp_labels['alertname'] ?? '';
    const { impact, firstLook, decisions } = texts[name] ?? {};
    if (impact === undefined || firstLook === undefined || decisions === undefined) {
      throw new Error(`no runbook for ${name}`);
    }
    return {
      labels: { ...exp_labels, env: 'prod', stack: `prod-${i}` },
      annotations: {
        ...exp_annotations,
        dashboard_url: (exp_annotations['dashboard_url'] ?? '').replace(
          'http://grafana:3000',
          pages.grafana,
        ),
        ...{ impact, first_look: firstLook, decisions },
      },
      startsAt: startsAt.toISOString(),
      generatorURL: queryUrl(name, exp_labels['severity'] ?? ''),
    };
  });
}

function tested(): Expected[] {
  return readdirSync(folder)
    .filter((file) => /^[A-Z].*\.test\.yml$/.test(file))
    .map((file) => parse(readFileSync(join(folder, file), 'utf8')) as TestFile)
    .flatMap(({ tests }) => tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test))
    .flatMap(({ alertname, exp_alerts }) =>
      exp_alerts.map((one) => ({ ...one, exp_labels: { alertname, ...one.exp_labels } })),
    );
}

/** Loki's alerts have no promtool tests. Their templates use only a value and the job. */
function onLogs(): Expected[] {
  return Object.values(logAlertGroups(everything))
    .flat()
    .map((alert) => {
      const { labels, annotations } = alertingRule(alert, everything);
      const filled = (texts: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(
          Object.entries(texts).map(([key, text]) => [
            key,
            text
              .replace(/\{\{ if eq \$labels\.job .*\{\{ end \}\}/, 'backend')
              .replaceAll('{{ $labels.job }}', 'worker')
              .replaceAll('{{ $value }}', '72'),
          ]),
        );
      return {
        exp_labels: filled({ ...labels, alertname: alert.name, job: 'worker' }),
        exp_annotations: filled(annotations),
      };
    });
}

function distinct(alerts: readonly Expected[]): Expected[] {
  const of = ({ exp_labels: l }: Expected): string =>
    [l['alertname'], l['severity'], l['service'], l['integration']].join(' ');
  return [...new Map(alerts.map((one) => [of(one), one])).values()];
}

const everything = variants['everything'] ?? raise('there are no rules for everything');

/** The link to the rule's query, as Prometheus and Loki build it. */
function queryUrl(name: string, severity: string): string {
  const named = allAlerts(everything).filter((alert) => alert.name === name);
  const rule: Alert =
    named.find((alert) => alert.severity === severity) ?? named[0] ?? raise(`no rule ${name}`);
  const expr = encodeURIComponent(rule.expr).replaceAll('%20', '+');
  const logs = Object.values(logAlertGroups(everything)).flat();
  return logs.some((alert) => alert.name === name)
    ? `${pages.grafana}/explore?left=${expr}`
    : `${pages.prometheus}/graph?g0.expr=${expr}&g0.tab=1`;
}

function raise(what: string): never {
  throw new Error(what);
}
