import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import {
  eventProblems,
  messageProblems,
  type PagerDutyEvent,
  type SlackMessage,
  webhookProblems,
} from './published-schemas';
import { LocalServer } from './server';

export type { PagerDutyEvent, SlackMessage } from './published-schemas';

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
  return new Receiver(({ body }) => {
    const problems = messageProblems(body);
    return problems.length > 0
      ? { status: 400, type: 'text/plain', text: `invalid_payload: ${problems.join(', ')}` }
      : { status: 200, type: 'text/plain', text: 'ok' };
  }, host);
}

/** A service that raises an alarm when calls stop. */
export function heartbeat(host?: string): Receiver {
  return new Receiver(({ body }) => {
    const problems = webhookProblems(body);
    return problems.length > 0
      ? { status: 400, type: 'text/plain', text: problems.join(', ') }
      : { status: 200, type: 'text/plain', text: 'OK' };
  }, host);
}

export const events = (calls: readonly Call[]): PagerDutyEvent[] =>
  calls.map(({ body }) => body as PagerDutyEvent);
export const messages = (calls: readonly Call[]): SlackMessage[] =>
  calls.map(({ body }) => body as SlackMessage);
