import { type Span, trace, TraceFlags } from '@opentelemetry/api';
import type { Attribute } from '../../../telemetry';

/** Labels of an exemplar. */
export interface Exemplar extends Record<string, string> {
  readonly trace_id: string;
}

const attribute: Attribute = 'exemplar';

/** Spans that an exemplar names already: another one costs the collector nothing more. */
const marked = new WeakSet<Span>();

/**
 * Exemplars of one metric: the traces that Grafana jumps to from a point of a graph.
 *
 * A trace that an exemplar names has to be kept, so its span is marked while it is still open, and the collector keeps what
 * is marked. Each series and bucket therefore has a new exemplar only every so often: with one for every observation,
 * nothing would be left for sampling to drop.
 */
export class Exemplars {
  private readonly last = new Map<string, number>();

  /** @param intervalSeconds least time between two exemplars of one series and bucket; 0 is one for each observation */
  constructor(private readonly intervalSeconds: number) {}

  /**
   * The exemplar for an observation that is made now, or undefined when there is to be none.
   *
   * @param series labels and bucket of the observation
   * @param now milliseconds
   */
  take(series: string, now = performance.now()): Exemplar | undefined {
    const span = trace.getActiveSpan();
    // A span that has ended, or that is not exported, could not be found.
    if (span?.isRecording() !== true) return undefined;
    const { traceId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
    const last = this.last.get(series);
    const due = last === undefined || now - last >= this.intervalSeconds * 1000;
    if (!due && !marked.has(span)) return undefined;
    this.last.set(series, now);
    marked.add(span);
    span.setAttribute(attribute, 'true');
    return { trace_id: traceId };
  }

  /** For series that are gone. */
  forget(): void {
    this.last.clear();
  }
}
