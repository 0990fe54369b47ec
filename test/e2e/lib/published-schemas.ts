/**
 * What PagerDuty, Slack and receivers of webhooks accept, by their published schemas and limits.
 */

/** Body of an event: https://developer.pagerduty.com/docs/send-alert-event */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly client?: string;
  readonly client_url?: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly class?: string;
    readonly component?: string;
    readonly group?: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

/** Body of a message: https://api.slack.com/reference/messaging/attachments */
export interface SlackMessage {
  readonly channel: string;
  readonly username: string;
  readonly attachments: readonly {
    readonly title: string;
    readonly title_link: string;
    readonly text: string;
    readonly fallback: string;
    readonly color: string;
    readonly footer?: string;
    readonly callback_id: string;
    readonly mrkdwn_in: readonly string[];
  }[];
}

/** What PagerDuty would reject according to its documentation. */
export function eventProblems(body: unknown): string[] {
  const {
    routing_key,
    event_action,
    dedup_key,
    payload,
    links = [],
    ...rest
  } = body as Partial<PagerDutyEvent & Record<string, unknown>>;
  const problems: string[] = [];
  const demand = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  demand(/^[A-Za-z0-9]{32}$/.test(routing_key ?? ''), 'routing_key is not 32 letters and digits');
  demand(event_action === 'trigger' || event_action === 'resolve', 'event_action is unknown');
  demand((dedup_key ?? '').length > 0 && (dedup_key ?? '').length <= 255, 'dedup_key');
  const known = ['client', 'client_url', 'images'];
  for (const key of Object.keys(rest)) demand(known.includes(key), `${key} is unknown`);
  demand((payload?.summary ?? '') !== '', 'payload.summary is empty');
  demand((payload?.summary ?? '').length <= 1024, 'payload.summary is too long');
  demand((payload?.source ?? '') !== '', 'payload.source is empty');
  const severities = ['critical', 'error', 'warning', 'info'];
  demand(severities.includes(payload?.severity ?? ''), 'payload.severity is unknown');
  demand(Buffer.byteLength(JSON.stringify(body)) <= 512_000, 'the event has more than 512 KB');
  demand(payload?.custom_details?.['error'] === undefined, 'Alertmanager has removed the details');
  for (const { href, text } of links) demand(URL.canParse(href) && text !== '', 'a link is no URL');
  return problems;
}

/**
 * What Slack would reject or cut: https://docs.slack.dev/legacy/legacy-messaging/ and
 * https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
 */
export function messageProblems(body: unknown): string[] {
  const { channel, username, attachments, ...rest } = body as Partial<
    SlackMessage & Record<string, unknown>
  >;
  const problems: string[] = [];
  const demand = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  for (const key of Object.keys(rest)) demand(false, `${key} is unknown`);
  demand(/^[#@]\S{1,80}$/.test(channel ?? ''), 'channel');
  demand((username ?? '').length <= 80, 'username');
  demand((attachments ?? []).length >= 1 && (attachments ?? []).length <= 20, 'attachments');
  demand(JSON.stringify(body).length <= 40_000, 'the message is too long');
  for (const { title, title_link, text, fallback, color, footer = '' } of attachments ?? []) {
    demand(title !== '' && title.length <= 1_024, 'title');
    demand(URL.canParse(title_link) && title_link.length <= 3_000, 'title_link');
    demand(text !== '' && text.length <= 3_000, `text of ${text.length} characters`);
    demand(fallback !== '' && fallback.length <= 3_000, 'fallback');
    demand(/^(good|warning|danger|#[0-9A-F]{6})$/.test(color), 'color');
    demand(footer.length <= 300, 'footer');
    // Everything in angle brackets is a link or a time; the rest is escaped.
    const plain = text.replace(/<(https?:\/\/[^<>|]+\|[^<>|]+|!date\^\d+\^[^<>|]+\|[^<>|]+)>/g, '');
    demand(!/[<>]|&(?!amp;|lt;|gt;)/.test(plain), 'text is not escaped');
  }
  return problems;
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export function webhookProblems(body: unknown): string[] {
  const { version, groupKey, status, receiver, externalURL, alerts } = body as {
    readonly [key: string]: unknown;
    readonly alerts?: readonly { readonly status?: string; readonly startsAt?: string }[];
  };
  const problems: string[] = [];
  const demand = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  demand(version === '4', 'version');
  demand(typeof groupKey === 'string' && groupKey !== '', 'groupKey');
  demand(status === 'firing' || status === 'resolved', 'status');
  demand(typeof receiver === 'string', 'receiver');
  demand(URL.canParse(String(externalURL)), 'externalURL');
  demand((alerts ?? []).length > 0, 'alerts');
  for (const { startsAt = '' } of alerts ?? []) demand(!isNaN(Date.parse(startsAt)), 'startsAt');
  return problems;
}
