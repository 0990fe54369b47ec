import {
  context,
  type Context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { Attribute } from '../../../telemetry';
import { describeError } from './log';

/** Attributes of a span, by the contract. */
export type Attributes = { readonly [A in Attribute]?: string | number };

export interface Tracing {
  /** Sends what is still here. */
  readonly stop: () => Promise<void>;
}

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** Base URL of an OTLP receiver; without it spans are made, for logs and exemplars, and dropped. */
  readonly endpoint?: string | undefined;
  /** More processors, for tests. */
  readonly processors?: readonly SpanProcessor[];
}

/**
 * Starts OpenTelemetry: W3C trace context, spans over OTLP/HTTP in batches.
 * https://opentelemetry.io/docs/languages/js/instrumentation/
 */
export function startTracing(options: TracingOptions): Tracing {
  const { service, version, environment, endpoint, processors = [] } = options;
  const exported =
    endpoint === undefined
      ? []
      : [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }))];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'deployment.environment.name': environment,
    }),
    spanProcessors: [...exported, ...processors],
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
} as const;

export interface SpanOptions {
  /** @default internal */
  readonly kind?: keyof typeof kinds;
  readonly attributes?: Attributes;
  /** @default the active one */
  readonly parent?: Context;
}

/** A span that the caller ends; for what does not fit into one function. */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  const { kind = 'internal', attributes, parent = context.active() } = options;
  return trace
    .getTracer('audifi')
    .startSpan(name, { kind: kinds[kind], ...(attributes && { attributes }) }, parent);
}

/** Runs a function in a span; what it throws is recorded and thrown on. */
export async function inSpan<T>(
  name: string,
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

/** Marks a span as failed. What the error says may be personal, so it is scrubbed. */
export function failSpan(span: Span, error: unknown): void {
  const { type, message, stack } = describeError(error);
  span.setAttribute('error.type', type);
  span.recordException({ name: type, message, ...(stack !== undefined && { stack }) });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

export type Carrier = Record<string, string>;

/** The active trace as headers (`traceparent`), for HTTP, Redis messages and jobs alike. */
export function traceHeaders(): Carrier {
  const carrier: Carrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** The context that the sender's headers name, or the active one. */
export const contextOf = (carrier: Readonly<Record<string, unknown>>): Context =>
  propagation.extract(context.active(), carrier);
