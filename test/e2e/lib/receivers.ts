import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { LocalServer } from './server';

/** A request that arrived. */
export interface Call {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** Status of the response; undefined without a response. */
  readonly status?: number;
}

/** Response to a request: a status, or none until the caller gives up. */
export type Behaviour = (call: Omit<Call, 'status'>) => number | 'hang' | undefined;

/**
 * A local HTTP endpoint that replaces one on the internet. It stores every request, and fails on
 * demand.
 */
export class Receiver extends LocalServer {
  readonly calls: Call[] = [];
  /** Undefined: responds like the real service without problems. */
  behaviour: Behaviour = () => undefined;

  constructor(
    private readonly success: (call: Omit<Call, 'status'>) => Answer,
    host = '127.0.0.1',
  ) {
    super(host, ({ url: path = '/', headers }, body, response) => {
      this.answer({ at: Date.now(), path, headers, body }, response);
    });
  }

  /** Accepted requests. */
  get delivered(): Call[] {
    return this.calls.filter(({ status = 0 }) => status >= 200 && status < 300);
  }

  private answer(call: Omit<Call, 'status'>, response: ServerResponse): void {
    const behaviour = this.behaviour(call);
    if (behaviour === 'hang') {
      this.calls.push(call);
      return;
    }
    const { status, type, text } =
      behaviour === undefined
        ? this.success(call)
        : { status: behaviour, type: 'text/plain', text: 'told to fail' };
    this.calls.push({ ...call, status });
    response.writeHead(status, { 'Content-Type': type }).end(text);
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** https://developer.pagerduty.com/docs/events-api-v2-overview: a valid event gets a 202. */
export function pagerdutyEvents(host?: string): Receiver {
  return new Receiver(({ body }) => {
    const problems = eventProblems(body);
    const { dedup_key } = body as { dedup_key?: string };
    const answer =
      problems.length > 0
        ? { status: 'invalid event', message: 'Event object is invalid', errors: problems }
        : { status: 'success', message: 'Event processed', dedup_key };
    return {
      status: problems.length > 0 ? 400 : 202,
      type: 'application/json',
      text: JSON.stringify(answer),
    };
  }, host);
}

/** https://api.slack.com/messaging/webhooks: a message gets a 200 with the text `ok`. */
export function slackWebhook(host?: string): Receiver {
  return new Receiver(() => ({ status: 200, type: 'text/plain', text: 'ok' }), host);
}

/** A service that raises an alarm when calls stop. */
export function heartbeat(host?: string): Receiver {
  return new Receiver(() => ({ status: 200, type: 'text/plain', text: 'OK' }), host);
}

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

export const events = (calls: readonly Call[]): PagerDutyEvent[] =>
  calls.map(({ body }) => body as PagerDutyEvent);
export const messages = (calls: readonly Call[]): SlackMessage[] =>
  calls.map(({ body }) => body as SlackMessage);

/** What PagerDuty would reject according to its documentation. */
function eventProblems(body: unknown): string[] {
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
  for (const { href } of links) demand(URL.canParse(href), 'a link is no URL');
  return problems;
}
