import { type Context, createContextKey, type Span, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** What this process knows about a trace. */
interface Known {
  /** When a span of the trace first ended, in milliseconds of Unix time. */
  firstEnd?: number | undefined;
}

const known = new WeakMap<Span, Known>();
const sentKey = createContextKey('when another process sent the first span of the trace');

/** A context whose trace already has an ended span in another process, at this Unix time in ms. */
export const sentAt = (context: Context, time: number): Context => context.setValue(sentKey, time);

/**
 * Notes when the first span of each trace ended. The collector cannot know a trace before that, so
 * it decides `decisionWait` after that at the earliest.
 */
export const noteFirstEnds: SpanProcessor = {
  onStart: (span, context) => {
    const parent = trace.getSpan(context);
    const inherited = parent === undefined ? undefined : known.get(parent);
    known.set(span, inherited ?? { firstEnd: context.getValue(sentKey) as number | undefined });
  },
  onEnd: (span) => {
    // The same object as in onStart. Only its type is narrower.
    const about = known.get(span as unknown as Span);
    if (about !== undefined) about.firstEnd ??= Date.now();
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/**
 * Whether the collector certainly still waits for spans of this trace. The second half of its wait
 * is left as time for the span to reach the collector.
 */
export const isUndecided = (span: Span, decisionSeconds: number): boolean =>
  isRecent(known.get(span)?.firstEnd, decisionSeconds);

/** The same for a trace whose first span ended at this Unix time in milliseconds. */
export const isRecent = (firstEnd: number | undefined, decisionSeconds: number): boolean =>
  firstEnd === undefined || Date.now() - firstEnd < (decisionSeconds * 1000) / 2;
