import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { createToken } from '../lib/tokens';
import { annotate, failSpan, httpAttributes, inSpan, outsideHeaders } from '../lib/tracing';
import type { Logins } from './logins';
import type { Random } from './random';
import type { Tally } from './tally';

/** A request with the labels of the API's counter. */
export interface Planned {
  readonly method: 'GET' | 'POST';
  /** Template of the route. */
  readonly path: string;
  readonly url: string;
  readonly body?: unknown;
  readonly user?: string;
  /** Provider of a login. */
  readonly provider?: string;
}

export interface RequestOptions {
  readonly apiUrl: string;
  readonly sessionSecret: string;
  readonly perSecond: number;
  readonly tally: Tally;
  readonly logins: Logins;
  readonly random: Random;
  readonly paused: () => boolean;
}

/**
 * Maximum number of unanswered requests. Above it no more are sent, so that a slow API is not
 * flooded.
 */
const mostInFlight = 200;
const timeoutMs = 15_000;

const providers = ['google', 'apple', 'discord', 'twitch'] as const;

/** Sends requests to the API at a constant rate and counts the responses. */
export class RequestGenerator {
  inFlight = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: RequestOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      if (this.options.paused() || this.inFlight >= mostInFlight) return;
      this.inFlight += 1;
      void this.send(plan(this.options.random)).finally(() => (this.inFlight -= 1));
    }, 1000 / this.options.perSecond);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private send(planned: Planned): Promise<void> {
    const { method } = planned;
    const attributes = httpAttributes(method, this.options.apiUrl);
    return inSpan(method, { kind: 'client', attributes }, (span) => this.ask(planned, span));
  }

  private async ask(planned: Planned, span: Span): Promise<void> {
    const { apiUrl, tally, logins, sessionSecret } = this.options;
    const { method, path, url, body, user, provider } = planned;
    const expires = Math.floor(Date.now() / 1000) + 3600;
    // Each user has one browser here, and another one for V Studio.
    const login = user === undefined ? undefined : `web-${user}`;
    const token =
      user === undefined || login === undefined
        ? undefined
        : createToken(sessionSecret, { id: login, userId: user, role: 'viewer', expires });
    try {
      const response = await fetch(`${apiUrl}${url}`, {
        method,
        headers: {
          ...outsideHeaders(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.arrayBuffer();
      const status = String(response.status);
      const requestId = response.headers.get('x-request-id');
      // Here a 404 is expected and not a failure of the client.
      annotate({ 'http.response.status_code': response.status }, span);
      if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      // Only the API itself sets a request ID.
      if (requestId === null) {
        tally.elsewhere('http', { method, path, status });
        return;
      }
      annotate({ requestId }, span);
      if (login !== undefined) logins.use(login);
      tally.count('http_requests_total', { method, path, status });
      if (provider !== undefined) countLogin(tally, provider, response.status);
    } catch (error) {
      failSpan(span, error);
      tally.unsure('http_requests_total', { method, path });
      if (provider !== undefined) tally.unsure('oauth_logins_total', { provider });
    }
  }
}

/**
 * What the API counts for each response of the callback. A 500 may come before or after the login
 * itself.
 */
function countLogin(tally: Tally, provider: string, status: number): void {
  if (status >= 500 && status !== 502 && status !== 504) {
    tally.unsure('oauth_logins_total', { provider });
    return;
  }
  const result = status === 200 ? 'success' : status === 403 ? 'denied' : 'failed';
  tally.count('oauth_logins_total', { provider, result });
}

/** Typical requests of users with realistic frequencies. */
export function plan(random: Random): Planned {
  const user = `user_${random.integer(1, 200)}`;
  const choose = random.weighted<() => Planned>([
    [30, () => get('/v1/tracks', '/v1/tracks', random.next() < 0.5 ? user : undefined)],
    [30, () => get('/v1/tracks/:id', `/v1/tracks/${random.integer(1, 50)}`, user)],
    [1, () => get('/v1/tracks/:id', '/v1/tracks/999999999', user)],
    [8, () => get('/v1/studio/sessions', '/v1/studio/sessions', user)],
    [10, () => balance(random, user)],
    [4, () => post('/v1/tracks', { title: `Take ${random.hex(4)}`, price_cents: 129 }, user)],
    [0.5, () => post('/v1/tracks', { title: '', price_cents: 129 }, user)],
    [0.5, () => post('/v1/tracks', { title: 'Nobody', price_cents: 129 })],
    [6, () => post('/v1/orders', { track_id: random.integer(1, 50) }, user)],
    [4, () => post('/v1/auth/magic-link', { email: `fan${random.hex(6)}@example.com` })],
    [5, () => login(random)],
    [1, () => get('other', `/wp-login-${random.hex(4)}.php`)],
  ]);
  return choose();
}

const get = (path: string, url: string, user?: string): Planned => ({
  ...{ method: 'GET', path, url },
  ...(user !== undefined && { user }),
});

const post = (path: string, body: unknown, user?: string): Planned => ({
  ...{ method: 'POST', path, url: path, body },
  ...(user !== undefined && { user }),
});

function balance(random: Random, user: string): Planned {
  const network = random.pick(['ethereum', 'base']);
  const url = `/v1/wallets/0x${random.hex(40)}/balance?network=${network}`;
  return get('/v1/wallets/:address/balance', url, user);
}

function login(random: Random): Planned {
  const provider = random.pick(providers);
  // Each failure is a 502 of the API. More of them would burn error budgets without an incident.
  const query = random.weighted([
    [169, `code=good-${random.integer(1, 200)}`],
    [20, 'error=access_denied'],
    [10, 'code=denied-1'],
    [1, 'code=failed-1'],
  ]);
  const path = '/v1/auth/oauth/:provider/callback';
  return { ...get(path, `/v1/auth/oauth/${provider}/callback?${query}`), provider };
}
