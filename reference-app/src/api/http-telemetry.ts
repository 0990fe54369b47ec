import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { context, type Context, SpanStatusCode } from '@opentelemetry/api';
import type { Log } from '../lib/log';
import { scrub } from '../lib/mask';
import { newRequestId } from '../lib/request-id';
import { type Metrics, otherValue } from '../lib/metrics';
import { activate, annotate, carryRequestId, contextOf, failSpan, startSpan } from '../lib/tracing';

/** State of a request until it is answered. */
export interface RequestState {
  readonly requestId: string;
  /** Contains the server span, and the request ID as baggage. */
  readonly context: Context;
  userId?: string;
  /** Internal error, which is logged once with the request. */
  error?: unknown;
  /** Size of the body in bytes. */
  size: number;
}

const states = new WeakMap<Request, RequestState>();

export function stateOf(request: Request): RequestState {
  const state = states.get(request);
  if (state === undefined) throw new Error('httpTelemetry does not stand before this route');
  return state;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Unknown and unused methods count as OPTIONS of `other`. */
const methodOf = (name: string): (typeof methods)[number] =>
  methods.find((known) => known === name) ?? 'OPTIONS';

const statuses = [
  ...['200', '201', '202', '204', '206', '301', '302', '303', '304', '307', '308'],
  ...['400', '401', '402', '403', '404', '405', '409', '410', '413', '415', '422', '429'],
  ...['500', '501', '502', '503', '504'],
] as const;
export type Status = (typeof statuses)[number];
/** A status that is not in the contract counts as the first of its class. */
export const statusOf = (code: number): Status =>
  statuses.find((known) => known === String(code)) ??
  (code < 300 ? '200' : code < 400 ? '302' : code < 500 ? '400' : '500');

/**
 * Metrics, one log line and the server span of every request, as each AudiFi service needs them. A
 * request whose client disconnected does not count as answered.
 */
export function httpTelemetry(metrics: Metrics, log: Log): RequestHandler {
  const total = metrics.of('http_requests_total');
  const seconds = metrics.of('http_request_duration_seconds');
  const requestBytes = metrics.of('http_request_size_bytes');
  const responseBytes = metrics.of('http_response_size_bytes');
  const inFlight = metrics.of('http_requests_in_flight');
  let answering = 0;
  inFlight.onScrape(() => inFlight.set(answering));

  return (request: Request, response: Response, next: NextFunction) => {
    const start = performance.now();
    const method = methodOf(request.method);
    const path = scrub(request.path);
    const requestId = newRequestId();
    // A new request ID replaces any that the caller sent.
    const parent = carryRequestId(requestId, contextOf(request.headers));
    const span = startSpan(method, {
      ...{ kind: 'server', parent },
      attributes: {
        ...{ 'http.request.method': method, 'url.path': path, 'url.scheme': 'http', requestId },
      },
    });
    answering += 1;
    activate(span, enter, parent);

    function enter(): void {
      const state: RequestState = { requestId, context: context.active(), size: 0 };
      states.set(request, state);
      response.setHeader('x-request-id', requestId);
      response.once('close', () => activate(span, () => leave(state), parent));
      next();
    }

    function leave(state: RequestState): void {
      const duration = performance.now() - start;
      const route = routeOf(request);
      const status = response.statusCode;
      answering -= 1;
      if (route !== otherValue) {
        span.updateName(`${method} ${route}`);
        annotate({ 'http.route': route }, span);
      }
      if (state.userId !== undefined) annotate({ 'user.id': state.userId }, span);
      const line = {
        ...{ requestId: state.requestId, userId: state.userId, method, path: route },
        duration_ms: Math.round(duration * 1000) / 1000,
      };
      if (response.writableFinished) {
        annotate({ 'http.response.status_code': status }, span);
        total.add({ method, path: route, status: statusOf(status) });
        seconds.observe(duration / 1000, { method, path: route });
        requestBytes.observe(state.size, { method });
        responseBytes.observe(bodySize(request, response), { method });
        const failed = status >= 500;
        if (failed) {
          if (state.error === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
          else failSpan(span, state.error);
        }
        log[failed ? 'error' : 'info']('Request answered', {
          ...line,
          statusCode: status,
          ...(failed && { error: state.error }),
        });
      } else log.warn('Client went away before its answer', line);
      span.end();
    }
  };
}

/** Template of the route, never the URL itself. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route
    ? String(route.path)
    : otherValue;
}

function bodySize(request: Request, response: Response): number {
  if (request.method === 'HEAD') return 0;
  return Number(response.getHeader('content-length') ?? 0);
}
