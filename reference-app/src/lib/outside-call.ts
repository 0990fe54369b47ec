import type { SpanName } from '../../../telemetry';
import type { Metrics } from './metrics';
import { annotate, type Attributes, httpAttributes, inSpan, outsideHeaders } from './tracing';

export type OutsideService = 'stripe' | 'rpc' | 'email' | 'oauth';
export type FailureKind = 'timeout' | 'rate_limited' | 'refused' | 'other';

/** A failed call to an external service. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';

  constructor(
    readonly service: OutsideService,
    readonly kind: FailureKind,
    readonly status?: number,
  ) {
    super(`${service}: ${kind}${status === undefined ? '' : ` (status ${status})`}`);
  }
}

export interface OutsideCall {
  readonly service: OutsideService;
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default POST, as HTTP clients name their spans */
  readonly span?: SpanName;
  readonly attributes?: Attributes;
  /** @default 5000 */
  readonly timeoutMs?: number;
  /** Statuses other than 2xx that are not failures. @default none */
  readonly accept?: readonly number[];
}

export interface OutsideAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type CallOutside = (call: OutsideCall) => Promise<OutsideAnswer>;

/** Calls external services with timeout and tracing. Classifies and counts failures. */
export function outsideCaller(metrics: Metrics): CallOutside {
  const errors = metrics.of('external_api_errors_total');
  return (call) => {
    const { service, span = 'POST', attributes, url } = call;
    const options = {
      kind: 'client' as const,
      attributes: { ...httpAttributes('POST', url), ...attributes },
    };
    return inSpan(span, options, async () => {
      try {
        return await post(call);
      } catch (cause) {
        const error = cause instanceof OutsideError ? cause : failure(service, cause);
        errors.add({ service, error: error.kind });
        throw error;
      }
    });
  };
}

async function post(call: OutsideCall): Promise<OutsideAnswer> {
  const { service, url, body, headers = {}, timeoutMs = 5_000, accept = [] } = call;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...outsideHeaders() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  annotate({ 'http.response.status_code': response.status });
  // Always read the body. Otherwise the connection could not be reused.
  const text = await response.text();
  if (!response.ok && !accept.includes(response.status)) {
    const kind = response.status === 429 ? 'rate_limited' : 'other';
    throw new OutsideError(service, kind, response.status);
  }
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

function failure(service: OutsideService, cause: unknown): OutsideError {
  if (!(cause instanceof Error)) return new OutsideError(service, 'other');
  if (cause.name === 'TimeoutError') return new OutsideError(service, 'timeout');
  const inner: unknown = cause.cause;
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  return new OutsideError(service, code === 'ECONNREFUSED' ? 'refused' : 'other');
}
