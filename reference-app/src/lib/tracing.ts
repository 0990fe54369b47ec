import {
  context,
  type Context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import type { Attribute, SpanKindName, SpanName } from '../../../telemetry';
import { HttpError } from './http-error';
import { describeError, type Log } from './log';
import { propagator } from './propagation';
import { onlyAllowed, otlpProcessor } from './span-export';
import { within } from './time-limit';
import { noteFirstEnds } from './trace-age';

export {
  type Carrier,
  carriedRequestId,
  carryRequestId,
  contextOf,
  outsideHeaders,
  traceHeaders,
} from './propagation';

/** Attributes of a span, from the contract. */
export type Attributes = { readonly [A in Attribute]?: string | number };

export interface Tracing {
  /** Sends the remaining spans within two seconds. Never fails. */
  readonly stop: () => Promise<void>;
}

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly log: Log;
  /**
   * Base URL of an OTLP receiver. Without it no traces are recorded: logs still have trace IDs, but
   * metrics have no exemplars.
   */
  readonly endpoint?: string | undefined;
  /** Receive each span when it ends, for tests. */
  readonly exporters?: readonly SpanExporter[];
}

/** Milliseconds for the last spans, so that an unreachable collector does not delay a stop. */
const stopMs = 2_000;

/**
 * Starts OpenTelemetry with W3C trace context and baggage. Sends all spans over OTLP/HTTP in
 * batches. There is no sampling here: the collector decides for whole traces, because it knows how
 * they ended. See https://opentelemetry.io/docs/languages/js/instrumentation/
 */
export function startTracing(options: TracingOptions): Tracing {
  const { service, version, environment, log, endpoint, exporters = [] } = options;
  const processors = [
    ...(endpoint === undefined ? [] : [otlpProcessor(endpoint, log)]),
    ...exporters.map((exporter) => new SimpleSpanProcessor(onlyAllowed(exporter))),
  ];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'deployment.environment.name': environment,
    }),
    // Ignores the caller's sampling flag, so that clients cannot disable a service's traces.
    sampler: processors.length > 0 ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanLimits: {
      attributeCountLimit: 32,
      attributeValueLengthLimit: 512,
      eventCountLimit: 8,
      linkCountLimit: 8,
    },
    spanProcessors: [noteFirstEnds, ...processors],
  });
  provider.register({ propagator: propagator() });
  const stop = async (): Promise<void> => {
    try {
      await within(stopMs, provider.shutdown());
    } catch (error) {
      log.warn('The last spans were not sent', { error });
    }
  };
  return { stop };
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const satisfies Record<SpanKindName, SpanKind>;

export interface SpanOptions {
  /** @default internal */
  readonly kind?: SpanKindName;
  readonly attributes?: Attributes;
  /** @default the active context */
  readonly parent?: Context;
  /** Links to other spans that caused it. */
  readonly links?: readonly SpanContext[];
}

/** A span that the caller must end, for operations that are not one function. */
export function startSpan(name: SpanName, options: SpanOptions = {}): Span {
  const { kind = 'internal', attributes = {}, parent = context.active(), links = [] } = options;
  return trace.getTracer('audifi').startSpan(
    name,
    {
      ...{ kind: kinds[kind], attributes },
      links: links.map((linked) => ({ context: linked })),
    },
    parent,
  );
}

/** Runs a function in a span. Exceptions are recorded and rethrown. */
export async function inSpan<T>(
  name: SpanName,
  options: SpanOptions,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  const span = startSpan(name, options);
  try {
    return await activate(span, () => work(span), options.parent);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Runs a function with the span as the active one. */
export const activate = <T>(span: Span, work: () => T, parent: Context = context.active()): T =>
  context.with(trace.setSpan(parent, span), work);

/** Sets attributes of the contract on a span. @param span the active one by default */
export function annotate(attributes: Attributes, span = trace.getActiveSpan()): void {
  span?.setAttributes(attributes);
}

/**
 * Marks a span as failed. The message may contain personal data, so it is masked. A rejected
 * request (not found, not allowed) is not a server error: it only gets `error.type`.
 */
export function failSpan(span: Span, error: unknown): void {
  if (error instanceof HttpError && error.status < 500) {
    annotate({ 'error.type': error.code }, span);
    return;
  }
  const { type, message, stack } = describeError(error);
  annotate({ 'error.type': type }, span);
  span.recordException({ name: type, message, ...(stack !== undefined && { stack }) });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/**
 * Attributes of an HTTP call. They exclude the full URL, because some providers put keys into it.
 */
export function httpAttributes(method: 'GET' | 'POST', url: string): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}
