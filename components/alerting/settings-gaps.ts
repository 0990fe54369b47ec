import { isIP } from 'node:net';
import { runsInbox, type StackShape } from '../stack-shape';
import { type Path, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { hostOf, isLoopback } from '../settings/kinds-hosts';
import { defaultRunbookBase } from './settings-schema';

/**
 * The settings that decide whether an alert reaches a person who can act on it. For an account,
 * it only matters whether it is set.
 */
export type AlertPaths = StackShape & {
  readonly alerts: { readonly runbookBase: string; readonly dashboardBase?: string };
  readonly kubernetes: { readonly namespace: string };
  readonly alertmanager: { readonly externalUrl?: string };
  readonly prometheus: { readonly externalUrl?: string };
  readonly pagerduty: { readonly create: boolean };
  readonly pagerdutyRoutingKey?: unknown;
  readonly pagerdutyToken?: unknown;
  readonly slackWebhookUrl?: unknown;
  readonly heartbeatUrl?: unknown;
  readonly betterStackToken?: unknown;
};

type Dashboards = Pick<AlertPaths, 'alerts' | 'grafana'>;

const dashboardSetting = ({ alerts, grafana }: Dashboards): string | undefined =>
  alerts.dashboardBase ?? grafana.externalUrl;

/** URL of Grafana in links. */
export const dashboardBaseOf = (settings: Dashboards): string =>
  dashboardSetting(settings) ?? `http://127.0.0.1:${settings.grafana.port}`;

/**
 * Finds settings that are valid but leave alerts without a receiver or with dead links: neither
 * PagerDuty nor Slack, no Slack for warnings, links to a loopback address, runbooks at the default
 * URL, or a cluster without a heartbeat that shows when the stack itself is down. Pure.
 */
export function alertingGaps(settings: AlertPaths): Finding[] {
  const told =
    settings.slackWebhookUrl !== undefined ||
    settings.pagerdutyRoutingKey !== undefined ||
    settings.pagerduty.create;
  const silent = settings.platform === 'kubernetes' ? silence(settings) : [];
  if (told) {
    return [...unwarned(settings), ...silent, ...links(settings), ...runbooks(settings)];
  }
  if (settings.platform === 'docker') {
    return runsInbox(settings) ? [] : [nobody(settings)];
  }
  return [nobody(settings), ...silent, ...links(settings), ...runbooks(settings)];
}

/** If one of these settings is invalid, it is unknown whether there is a gap. */
const accepted: readonly Path[] = [['alerts', 'acceptGaps'], ['platform']];

const nobody = ({ platform }: AlertPaths): Finding => ({
  at: ['slackWebhookUrl'],
  from: [['slackWebhookUrl'], ['pagerdutyRoutingKey'], ['pagerduty', 'create'], ...accepted],
  what:
    'is missing, and so is pagerdutyRoutingKey: alerts notify nobody' +
    (platform === 'docker' ? ' (inbox.enabled shows on this machine what they would send)' : ''),
  fix: setFix(['slackWebhookUrl'], '--secret'),
});

/** Warnings never go to PagerDuty. */
function unwarned({ slackWebhookUrl }: AlertPaths): Finding[] {
  if (slackWebhookUrl !== undefined) return [];
  const at = ['slackWebhookUrl'];
  const what = 'is missing: warnings notify nobody, because PagerDuty only gets critical alerts';
  return [{ at, from: [at, ...accepted], what, fix: setFix(at, '--secret') }];
}

/** On a single machine a person may notice a failure. A cluster is expected to page. */
function silence({ heartbeatUrl, betterStackToken }: AlertPaths): Finding[] {
  if (heartbeatUrl !== undefined || betterStackToken !== undefined) return [];
  const at = ['heartbeatUrl'];
  const what =
    'is missing: if Prometheus or all Alertmanagers are down, no alert is sent, and nobody notices';
  return [{ at, from: [at, ['betterStackToken'], ...accepted], what, fix: setFix(at, '--secret') }];
}

/** Settings that decide where links to dashboards lead. */
const dashboardKeys: readonly Path[] = [
  ['alerts', 'dashboardBase'],
  ['grafana', 'externalUrl'],
  ['grafana', 'enabled'],
];

function links(settings: AlertPaths): Finding[] {
  const { alerts, alertmanager, grafana, prometheus } = settings;
  // Grafana also needs its own URL, for example for redirects.
  const dashboards =
    grafana.enabled && alerts.dashboardBase === undefined
      ? (['grafana', 'externalUrl'] as const)
      : (['alerts', 'dashboardBase'] as const);
  const all = [
    [dashboards, dashboardSetting(settings), 'https://grafana.audifi.io'],
    [['alertmanager', 'externalUrl'], alertmanager.externalUrl, 'https://alerts.audifi.io'],
    [['prometheus', 'externalUrl'], prometheus.externalUrl, 'https://prom.audifi.io'],
  ] as const;
  return all.flatMap(([at, url, example]): Finding[] => {
    const problem = whyDead(url, settings.kubernetes.namespace);
    if (problem === undefined) return [];
    const from = [at, ...(at === dashboards ? dashboardKeys : []), ...accepted];
    return [{ at, from, what: problem, fix: setFix(at, example) }];
  });
}

/** Why a link to the URL does not work on other machines; undefined if it may work. */
function whyDead(url: string | undefined, namespace: string): string | undefined {
  if (url === undefined) return 'is missing: links in messages would only work on this machine';
  const host = (hostOf(url) ?? '').toLowerCase().replace(/\.$/, '');
  if (isLoopback(host)) {
    return 'is a loopback address: links in messages only work on this machine';
  }
  if (/\.svc(\.cluster\.local)?$/.test(host) || host === `${host.split('.')[0]}.${namespace}`) {
    return 'is a name inside the cluster: links in messages do not work outside of it';
  }
  return host.includes('.') || isIP(host) !== 0
    ? undefined
    : 'has a host name without a domain: links in messages only work where this name is known';
}

function runbooks({ alerts }: AlertPaths): Finding[] {
  if (alerts.runbookBase.replace(/\/+$/, '') !== defaultRunbookBase) return [];
  const at = ['alerts', 'runbookBase'];
  const what =
    'is the default, which only the authors of this project can read: set it to your copy';
  return [{ at, from: [at, ...accepted], what, fix: setFix(at, 'https://runbooks.audifi.io') }];
}
