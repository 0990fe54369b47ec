import { type Span, type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
} from '@opentelemetry/sdk-trace-node';

/**
 * Call it once, before the service listens. Without OTEL_EXPORTER_OTLP_ENDPOINT it sends nothing.
 * On SIGTERM, after the last response, call `shutdown()` of the result: it sends the last spans.
 */
export function startTracing(service: string, version: string): NodeTracerProvider {
  const endpoint = (process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '').replace(/\/+$/, '');
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'deployment.environment.name': process.env['DEPLOY_ENV'] ?? 'dev',
    }),
    // The collector decides which traces to keep, when a trace is complete.
    sampler: new AlwaysOnSampler(),
    spanProcessors:
      endpoint === ''
        ? []
        : [
            new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), {
              scheduledDelayMillis: 1_000,
              maxQueueSize: 4_096,
            }),
          ],
  });
  // Keeps spans active across `await`, and propagates `traceparent`.
  provider.register();
  return provider;
}

/** Runs a function in an active span, so that spans inside are its children. */
export function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return trace.getTracer('audifi').startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      // Only the class, because messages may contain user input.
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
