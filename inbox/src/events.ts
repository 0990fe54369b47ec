import { type Input, invalid, isObject, textField } from './http';
import type { NewNotification } from './store';

/** Longer texts are truncated, because the inbox is not an archive. */
const longest = 10_000;
const optional = (input: Input, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value.slice(0, longest) : '';
};

const actions = { trigger: 'firing', acknowledge: 'firing', resolve: 'resolved' } as const;

/**
 * An event of PagerDuty's Events API v2. The routing key is a credential and is not stored. See
 * https://developer.pagerduty.com/docs/send-alert-event
 */
export function pagerDutyEvent(event: Input): NewNotification {
  textField(event, 'routing_key', 200);
  const action = textField(event, 'event_action', 20);
  if (!isAction(action)) throw invalid('"event_action" has to be trigger, acknowledge or resolve');
  const key = textField(event, 'dedup_key', 255);
  const payload = isObject(event['payload']) ? event['payload'] : {};
  if (action === 'trigger') {
    for (const name of ['summary', 'source', 'severity']) textField(payload, name, 1_024);
  }
  return {
    ...{ via: 'pagerduty', channel: 'page', status: actions[action], key },
    severity: optional(payload, 'severity'),
    alert: optional(payload, 'class'),
    title: optional(payload, 'summary'),
    text: [...linksOf(event), ...details(payload['custom_details'])].join('\n').slice(0, longest),
  };
}

const isAction = (action: string): action is keyof typeof actions => Object.hasOwn(actions, action);

/** Links, in the form of those in Slack. Alertmanager may send some without a URL. */
function linksOf(event: Input): readonly string[] {
  const links = Array.isArray(event['links']) ? (event['links'] as unknown[]) : [];
  const texts = links.filter(isObject).flatMap((link) => {
    const [href, text] = [optional(link, 'href'), optional(link, 'text')];
    return href === '' ? [] : [`<${href}|${text || href}>`];
  });
  return texts.length === 0 ? [] : [texts.join(' · ')];
}

/** What happened comes first. Alertmanager sends the names in alphabetical order. */
function details(custom: unknown): readonly string[] {
  if (!isObject(custom)) return [];
  const first = ['firing', 'resolved'].filter((name) => Object.hasOwn(custom, name));
  const names = [...new Set([...first, ...Object.keys(custom)])];
  return names.flatMap((name) =>
    [custom[name]]
      .flat()
      .map((line) => `${name}: ${typeof line === 'string' ? line : JSON.stringify(line)}`),
  );
}

/**
 * A message to a Slack incoming webhook in the form that Alertmanager sends: one attachment, which
 * is green if all alerts are resolved. See
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackMessage(message: Input, path: string): NewNotification {
  const attachments = message['attachments'];
  const [first] = Array.isArray(attachments) ? (attachments as unknown[]) : [];
  const attachment = isObject(first) ? first : {};
  const title = optional(attachment, 'title') || optional(attachment, 'fallback');
  const text = optional(attachment, 'text') || optional(message, 'text');
  if (title === '' && text === '') throw invalid('no_text');
  const resolved = optional(attachment, 'color') === 'good' || /\bRESOLVED\b/.test(title);
  return {
    ...{ via: 'slack', channel: optional(message, 'channel') || `#${path}`, title, text },
    status: resolved ? 'resolved' : 'firing',
    severity: severityOf(title),
    alert: /^\w+/.exec(subjectOf(title))?.[0] ?? '',
    key: subjectOf(title),
  };
}

/**
 * Slack messages have no key. So this is the start of the title ("APIDown · api-server (dev)"),
 * without the end, which changes.
 */
const subjectOf = (title: string): string =>
  title.replace(/:[a-z_]+:|\b(RESOLVED|WARNING|INFO|CRITICAL)\b|–.*$/g, '').trim();

const severityOf = (title: string): string =>
  /\b(CRITICAL|WARNING|INFO)\b/.exec(title)?.[1]?.toLowerCase() ?? '';

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export function checkHeartbeat(message: Input): void {
  if (!Array.isArray(message['alerts']) || message['alerts'].length === 0) {
    throw invalid('a heartbeat has alerts');
  }
  if (message['status'] !== 'firing') throw invalid('a resolved alert is not a heartbeat');
}
