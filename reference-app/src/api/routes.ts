import { context } from '@opentelemetry/api';
import express, { type Express, type Request, type Response } from 'express';
import type { Seen } from '../lib/active-sessions';
import { HttpError } from '../lib/http-error';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import { OutsideError } from '../lib/outside-call';
import { sleep } from '../lib/time-limit';
import type { Incident } from '../lib/incident';
import { readToken, type Session } from '../lib/tokens';
import { annotate, inSpan } from '../lib/tracing';
import { httpTelemetry, stateOf, type Status } from './http-telemetry';

/** Arguments of a handler. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Request['headers'];
  readonly body: Buffer;
  /** Only set for routes with `auth: 'required'`. */
  readonly userId: string;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Name of the handler, for its span. */
  readonly name: string;
  /** @default none: the call is authenticated in another way */
  readonly auth?: 'required' | 'optional';
  /**
   * Whether the handler creates its own spans instead of `handler` and `response`. @default false
   */
  readonly ownSpans?: true;
  /** Possible statuses. Their counters start at 0. */
  readonly answers: readonly Status[];
  readonly handle: (call: Call) => Promise<Answer>;
}

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly metrics: Metrics;
  readonly log: Log;
  readonly sessionSecret: string;
  readonly incident: () => Incident;
  /** Called with the session of each request that has one. */
  readonly seen: Seen;
  /**
   * Answers /health without metrics, because probes are not traffic, and a stopping service is not
   * an error.
   */
  readonly health: (response: Response) => Promise<void>;
}

/** Maximum body size in bytes. */
const bodyLimit = 64 * 1024;

/** The API as an Express application. */
export function createApi(options: ApiOptions): Express {
  const { routes, metrics, log, health } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/health', (_request, response) => health(response));
  app.use(httpTelemetry(metrics, log));
  const body = express.raw({ type: () => true, limit: bodyLimit });
  const total = metrics.of('http_requests_total');
  for (const route of routes) {
    const { method, path } = route;
    for (const status of route.answers) total.zero({ method, path, status });
    const handler = (request: Request, response: Response) =>
      // Parsing a body loses the active span, but the request still has it.
      context.with(stateOf(request).context, () => answer(options, route, request, response));
    if (method === 'GET') app.get(path, handler);
    else app.post(path, body, handler);
  }
  app.use((request, response) =>
    send(request, response, new HttpError(404, 'not_found', 'no such route')),
  );
  // Errors before a handler, such as a body that is too large. Express recognises an error handler
  // by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) =>
    send(request, response, error),
  );
  return app;
}

async function answer(
  options: ApiOptions,
  route: Route,
  request: Request,
  response: Response,
): Promise<void> {
  const state = stateOf(request);
  try {
    const body: unknown = request.body;
    const call = {
      ...{ params: request.params as Record<string, string>, headers: request.headers },
      query: new URL(request.url, 'http://api').searchParams,
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      requestId: state.requestId,
    };
    state.size = call.body.length;
    const userId = await authenticate(options, route, request);
    if (userId !== undefined) state.userId = userId;
    const handle = async () => {
      await playIncident(options.incident());
      return route.handle({ ...call, userId: userId ?? '' });
    };
    const write = ({ status, body: content }: Answer) => {
      response.status(status).json(content);
      return Number(response.getHeader('content-length'));
    };
    if (route.ownSpans === true) {
      write(await handle());
      return;
    }
    const attributes = { 'code.function.name': route.name };
    const done = await inSpan(`handler ${route.name}`, { attributes }, handle);
    await inSpan('response', {}, (span) =>
      annotate({ 'http.response.body.size': write(done) }, span),
    );
  } catch (error) {
    send(request, response, error);
  }
}

async function authenticate(
  { sessionSecret, seen }: ApiOptions,
  { auth }: Route,
  request: Request,
): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  return inSpan('auth', {}, (span) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const session: Session | undefined =
      token === undefined ? undefined : readToken(sessionSecret, token);
    if (session === undefined) {
      if (auth === 'optional') return undefined;
      throw new HttpError(401, 'unauthorized', 'a valid session token is needed');
    }
    annotate({ 'user.id': session.userId }, span);
    seen([session.id]);
    return session.userId;
  });
}

/** Simulates faults. Leave this out of a copy. */
async function playIncident(incident: Incident): Promise<void> {
  if (incident === 'errors' && Math.random() < 0.4) throw new Error('an error on purpose');
  if (incident === 'latency') await sleep(3_000 + Math.random() * 1_000);
}

/**
 * The only place that converts errors to responses. The log line of the request contains the error.
 */
function send(request: Request, response: Response, error: unknown): void {
  const { status, code, message } = toHttpError(error);
  const state = stateOf(request);
  state.error = error;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.status(status).json({ error: { code, message, requestId: state.requestId } });
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof OutsideError) {
    const status = error.kind === 'timeout' ? 504 : 502;
    return new HttpError(status, 'upstream_failed', `${error.service} did not answer as it should`);
  }
  // Errors of Express itself: 400 for an invalid URL or length, 413 for a large body.
  const own: unknown = error instanceof Error && 'status' in error ? error.status : 500;
  if (own === 413) return new HttpError(413, 'too_large', 'the body is too large');
  if (typeof own === 'number' && own >= 400 && own < 500) {
    return new HttpError(400, 'invalid_request', 'the request cannot be read');
  }
  return new HttpError(500, 'internal', 'something went wrong here');
}
