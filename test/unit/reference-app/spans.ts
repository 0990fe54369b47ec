import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import {
  commonAttributes,
  connectingSpans,
  exceptionAttributes,
  keyTraces,
  type SpanSpec,
} from '../../../telemetry';
import { startTracing, type Tracing } from '../../../reference-app/src/lib/tracing';
import { logInto } from './kit';

const specs: readonly SpanSpec[] = [...Object.values(keyTraces).flat(), ...connectingSpans];

/** Records all spans of the process in memory, as they would be exported. */
export function recordSpans(): { exporter: InMemorySpanExporter; tracing: Tracing } {
  const exporter = new InMemorySpanExporter();
  const tracing = startTracing({
    ...{ service: 'api-server', version: '1.2.3', environment: 'test', log: logInto([]) },
    exporters: [exporter],
  });
  return { exporter, tracing };
}

export const traceIdOf = (span: ReadableSpan): string => span.spanContext().traceId;
const idOf = (span: ReadableSpan): string => span.spanContext().spanId;

/** Spans by kind and name, with children indented below their parents, in order of their start. */
export function tree(spans: readonly ReadableSpan[]): string[] {
  const known = new Set(spans.map(idOf));
  const began = ({ startTime: [seconds, nanos] }: ReadableSpan) => seconds * 1e9 + nanos;
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanContext }) => {
        const id = parentSpanContext?.spanId;
        return parent === undefined ? id === undefined || !known.has(id) : id === parent;
      })
      .sort((a, b) => began(a) - began(b))
      .flatMap((span) => [
        `${'  '.repeat(depth)}${SpanKind[span.kind].toLowerCase()} ${span.name}`,
        ...below(idOf(span), depth + 1),
      ]);
  return below(undefined, 0);
}

/** The spans of one trace by name. Throws for an unknown name. */
export function byName(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} in ${tree(spans).join('\n')}`);
  return found;
}

export const failed = (spans: readonly ReadableSpan[]): string[] =>
  spans.filter(({ status }) => status.code === SpanStatusCode.ERROR).map(({ name }) => name);

/** Properties of a span that are not in the contract; empty if there are none. */
export function violations(span: ReadableSpan): string[] {
  const kind = SpanKind[span.kind].toLowerCase();
  const fitting = specs.filter((spec) => spec.kind === kind && matches(spec.name, span.name));
  if (fitting.length === 0) return [`${kind} ${span.name}`];
  const allowed = new Set<string>([
    ...commonAttributes,
    ...fitting.flatMap(({ attributes }) => attributes),
  ]);
  const events = span.events.flatMap(({ attributes = {} }) => Object.keys(attributes));
  return [
    ...Object.keys(span.attributes).filter((name) => !allowed.has(name)),
    ...events.filter((name) => !exceptionAttributes.some((known) => known === name)),
  ].map((name) => `${span.name}: ${name}`);
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '\\S+');
  return new RegExp(`^${source}$`).test(name);
}
