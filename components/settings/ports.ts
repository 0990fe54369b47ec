import type { Path } from './commands';
import type { ParsedSettings } from './schema';

/** Settings that name an account which alerts are sent to. */
const accounts = ['slackWebhookUrl', 'pagerdutyRoutingKey', 'pagerdutyToken'] as const;

/** Is the reference application run? It would take the names of AudiFi's own containers on a joined network. */
export function runsReferenceApp(parsed: ParsedSettings): boolean {
  return parsed.referenceApp ?? (parsed.platform === 'docker' && parsed.network === undefined);
}

/**
 * Is the inbox run?
 *
 * @param isSet is there a value, though it may not be readable here?
 */
export function runsInbox(
  parsed: ParsedSettings,
  isSet: (key: string) => boolean = (key) =>
    accounts.some((a) => a === key && parsed[a] !== undefined),
): boolean {
  return parsed.inbox.enabled ?? (parsed.platform === 'docker' && !accounts.some(isSet));
}

/** Every port that a stack on Docker publishes on the machine, with the setting that it comes from. */
export function publishedPorts(
  parsed: ParsedSettings,
  isSet?: (key: string) => boolean,
): { readonly at: Path; readonly port: number }[] {
  const { prometheus, alertmanager, grafana, loki, logs, cadvisor, uptime } = parsed;
  const { referenceAppPorts, inbox } = parsed;
  const app = runsReferenceApp(parsed);
  const all: [Path, number | undefined][] = [
    [['prometheus', 'port'], prometheus.port],
    [['alertmanager', 'port'], alertmanager.port],
    [['grafana', 'port'], grafana.enabled ? grafana.port : undefined],
    [['loki', 'port'], logs.enabled ? loki.port : undefined],
    [['cadvisor', 'port'], cadvisor.enabled ? cadvisor.port : undefined],
    [['uptime', 'port'], uptime.enabled ? uptime.port : undefined],
    [['referenceAppPorts', 'web'], app ? referenceAppPorts.web : undefined],
    [['referenceAppPorts', 'control'], app ? referenceAppPorts.control : undefined],
    [['inbox', 'port'], runsInbox(parsed, isSet) ? inbox.port : undefined],
  ];
  return all.flatMap(([at, port]) => (port === undefined ? [] : [{ at, port }]));
}
