import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from '@jest/globals';
import {
  carriedRequestId,
  carryRequestId,
  contextOf,
  inSpan,
  outsideHeaders,
  traceHeaders,
} from '../../../reference-app/src/lib/tracing';
import fc, { runs } from '../../lib/fast-check';
import { recordSpans } from './spans';

recordSpans();
const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

describe('trace propagation', () => {
  it('passes trace context and request ID to services of AudiFi', async () => {
    await context.with(carryRequestId('req_1'), () =>
      inSpan('auth', {}, (span) => {
        const { traceId, spanId } = span.spanContext();
        const headers = { traceparent: `00-${traceId}-${spanId}-01`, baggage: 'requestId=req_1' };
        expect(traceHeaders()).toEqual(headers);
        expect(outsideHeaders()).toEqual({ traceparent: headers.traceparent });
      }),
    );
  });

  it('passes no other baggage', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (entries, id) => {
        const written = Object.entries({ ...entries, requestId: id })
          .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
          .join(',');
        const received = contextOf({ traceparent, baggage: written });
        const put = propagation.createBaggage({ email: { value: 'ada@example.com' } });
        for (const from of [received, propagation.setBaggage(ROOT_CONTEXT, put)]) {
          const { baggage = '' } = context.with(from, traceHeaders);
          expect(baggage).toMatch(/^(requestId=[\w-]{1,64})?$/);
        }
        expect(carriedRequestId(received) ?? '').toMatch(/^[\w-]{0,64}$/);
      }),
      { numRuns: runs(500) },
    );
  });

  it('starts a new trace for invalid headers', () => {
    for (const broken of [
      '',
      'x',
      `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
      `${traceparent}-x`,
    ]) {
      expect(trace.getSpanContext(contextOf({ traceparent: broken }))).toBeUndefined();
    }
    const followed = trace.getSpanContext(contextOf({ traceparent }));
    expect(followed).toMatchObject({ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) });
  });

  // A client that requests no sampling must not disable a service's traces.
  it("records traces whatever the caller's sampling flag is", async () => {
    const unsampled = contextOf({ traceparent: traceparent.replace(/01$/, '00') });
    await inSpan('auth', { parent: unsampled }, (span) => {
      expect(span.isRecording()).toBe(true);
      expect(span.spanContext().traceId).toBe('ab'.repeat(16));
    });
  });
});
