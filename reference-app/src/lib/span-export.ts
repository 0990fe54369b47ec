import { type Attributes, diag, type DiagLogFunction, DiagLogLevel } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { attributes as contract, exceptionAttributes } from '../../../telemetry';
import type { Log } from './log';
import { scrub } from './mask';

/**
 * Maximum number of spans that wait for the collector. Further spans are dropped, and the log
 * reports it.
 */
export const queueLimit = 4_096;
const batchSize = 512;
/**
 * Milliseconds: how long a batch is retried, the pause between attempts, and the limit of an
 * attempt. The limit includes the SDK's own retries, which take up to 16 s. The rest is for a slow
 * collector's answer.
 */
const [retryMs, pauseMs, attemptMs] = [60_000, 1_000, 30_000];

/**
 * Sends spans over OTLP/HTTP in batches in the background. Requests never wait for the collector.
 *
 * @param endpoint base URL of the receiver, without /v1/traces
 */
export function otlpProcessor(endpoint: string, log: Log): SpanProcessor {
  // The SDK reports dropped spans only here.
  const warn: DiagLogFunction = (message) => log.warn(`Tracing: ${message}`);
  const ignore: DiagLogFunction = () => undefined;
  diag.setLogger(
    { warn, error: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: attemptMs,
    // On a stop, all waiting batches are sent in parallel.
    concurrencyLimit: queueLimit / batchSize + 1,
  });
  const patient = onlyAllowed(retryingExporter(exporter));
  return new BatchSpanProcessor(reportingExporter(patient, log), {
    maxQueueSize: queueLimit,
    maxExportBatchSize: batchSize,
    scheduledDelayMillis: 1_000,
    // Longer than the last attempt, so that the exporter reports the error.
    exportTimeoutMillis: retryMs + 2 * attemptMs,
  });
}

/**
 * Sends a batch again for a minute while the collector cannot be reached, asks to wait or does not
 * answer in time, for example because it starts later than the service. Meanwhile further spans
 * wait in the queue. A batch is not sent again if the collector rejects it. A collector that does
 * not answer in time may count the batch twice. OTLP prefers that to a lost batch. See
 * https://opentelemetry.io/docs/specs/otlp/#duplicate-data
 */
export function retryingExporter(exporter: SpanExporter): SpanExporter {
  const attempt: (...args: [...Parameters<SpanExporter['export']>, number]) => void = (
    spans,
    done,
    deadline,
  ) =>
    exporter.export(spans, (result) => {
      const again = Date.now() + pauseMs <= deadline && mayBeUntaken(result.error);
      if (result.code === ExportResultCode.SUCCESS || !again) done(result);
      // A process that has nothing else to do may end.
      else setTimeout(() => attempt(spans, done, deadline), pauseMs).unref();
    });
  return {
    export: (spans, done) => attempt(spans, done, Date.now() + retryMs),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * Whether the collector perhaps did not take the batch, and may take it later. The code is text for
 * network errors, and a number for a status that rejects the batch. Without a code, the collector
 * asked to wait or did not answer in time; the SDK tells the latter only by its message.
 */
function mayBeUntaken(error: Error | undefined): boolean {
  if (error === undefined) return false;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return true;
  return (
    code === undefined &&
    (error.name === 'OTLPExporterError' || error.message === 'Request timed out')
  );
}

/** Logs once that spans are lost, and once that they arrive again. */
export function reportingExporter(exporter: SpanExporter, log: Log): SpanExporter {
  let away = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !away) {
          log.warn('Spans cannot be sent and are dropped', { error: result.error });
        } else if (!failed && away) log.info('Spans are sent again');
        away = failed;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * Exports only what the contract allows, and masks it. Attributes that were set without `annotate`,
 * for example by a library, are removed. The collector masks again.
 */
export function onlyAllowed(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(allowed), done),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * For a link to the parent. Jaeger stores one relation for each pair of spans. By default a link
 * becomes FOLLOWS_FROM, which Grafana does not count as a parent: the span would be a second root.
 * See https://opentelemetry.io/docs/specs/semconv/registry/attributes/opentracing/
 */
const childOf = { 'opentracing.ref_type': 'child_of' };

const attributeNames: ReadonlySet<string> = new Set(Object.keys(contract));
const exceptionNames: ReadonlySet<string> = new Set(exceptionAttributes);

function allowed(span: ReadableSpan): ReadableSpan {
  const { status } = span;
  return {
    name: scrub(span.name),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: status.message === undefined ? status : { ...status, message: scrub(status.message) },
    attributes: only(attributeNames, span.attributes),
    links: span.links.map((link) => ({
      ...link,
      attributes: link.context.spanId === span.parentSpanContext?.spanId ? childOf : {},
    })),
    // Other events are dropped, because even their names are unknown.
    events: span.events
      .filter(({ name }) => name === 'exception')
      .map((event) => ({ ...event, attributes: only(exceptionNames, event.attributes ?? {}) })),
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function only(names: ReadonlySet<string>, given: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(given)) {
    if (!names.has(name)) continue;
    if (typeof value === 'string') kept[name] = scrub(value);
    // The contract has no list attributes.
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
  }
  return kept;
}
