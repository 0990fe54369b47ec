import { type Span, trace, TraceFlags } from '@opentelemetry/api';
import type { Attribute } from '../../../telemetry';
import { isUndecided } from './trace-age';

/** Labels of an exemplar. */
export interface Exemplar extends Record<string, string> {
  readonly trace_id: string;
}

const attribute: Attribute = 'exemplar';

/** Spans that already have an exemplar. Another exemplar for them adds no trace to keep. */
const marked = new WeakSet<Span>();

/**
 * Exemplars of one metric: traces that Grafana links to from a point in a graph.
 *
 * The collector must keep a trace that has an exemplar. So its span is marked while it is open, and
 * the collector keeps marked traces. Each series and bucket gets a new exemplar only after an
 * interval. With an exemplar per observation, sampling could not drop any trace.
 */
export class Exemplars {
  private readonly last = new Map<string, number>();

  /**
   * @param intervalSeconds minimum time between two exemplars of a series and bucket; 0 for one per
   * observation
   * @param decisionSeconds how long the collector waits for the spans of a trace
   */
  constructor(
    private readonly intervalSeconds: number,
    private readonly decisionSeconds = 10,
  ) {}

  /**
   * The exemplar for an observation, or undefined if it gets none.
   *
   * @param series labels and bucket of the observation
   * @param now milliseconds
   */
  take(series: string, now = performance.now()): Exemplar | undefined {
    const span = trace.getActiveSpan();
    // An ended or unsampled span is not exported, so a link to it would be dead.
    if (span?.isRecording() !== true) return undefined;
    const { traceId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
    // The mark would reach the collector after its decision, so the trace may already be dropped.
    if (!isUndecided(span, this.decisionSeconds)) return undefined;
    const last = this.last.get(series);
    const due = last === undefined || now - last >= this.intervalSeconds * 1000;
    if (!due && !marked.has(span)) return undefined;
    this.last.set(series, now);
    marked.add(span);
    span.setAttribute(attribute, 'true');
    return { trace_id: traceId };
  }

  /** For removed series. */
  forget(): void {
    this.last.clear();
  }
}
