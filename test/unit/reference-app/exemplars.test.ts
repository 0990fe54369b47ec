import { ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Exemplars } from '../../../reference-app/src/lib/exemplars';
import { createMetrics, type Metrics } from '../../../reference-app/src/lib/metrics';
import { sentAt } from '../../../reference-app/src/lib/trace-age';
import { activate, inSpan, startSpan } from '../../../reference-app/src/lib/tracing';
import fc, { runs } from '../../lib/fast-check';
import { recordSpans, traceIdOf } from './spans';

const { exporter } = recordSpans();
afterEach(() => {
  jest.useRealTimers();
  exporter.reset();
});

/** Traces in the exemplars of a scrape. */
const named = async (metrics: Metrics) =>
  new Set([...(await metrics.text()).matchAll(/# \{trace_id="(\w+)"\}/g)].map(([, id]) => id));
/** Traces that the collector will keep. */
const kept = () =>
  new Set(
    exporter
      .getFinishedSpans()
      .filter(({ attributes }) => attributes['exemplar'] === 'true')
      .map(traceIdOf),
  );

describe('exemplars', () => {
  it.each([0, 30])(
    'only refer to marked traces, with %i s between them',
    async (exemplarSeconds) => {
      const metrics = createMetrics('api-server', { exemplarSeconds });
      const seconds = metrics.of('http_request_duration_seconds');
      for (let request = 0; request < 500; request += 1) {
        await inSpan('auth', {}, () =>
          seconds.observe(request / 100, { method: 'GET', path: `/${request % 3}` }),
        );
      }
      const traces = await named(metrics);
      expect(traces.size).toBeGreaterThan(20);
      for (const traceId of traces) expect(kept()).toContain(traceId);
      // Three series with eleven buckets and +Inf, each once; or every request.
      expect(kept().size).toBe(exemplarSeconds === 0 ? 500 : traces.size);
    },
  );

  it('are limited per series and bucket, under any load', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(500)), { maxLength: 200 }),
        (steps) => {
          const exemplars = new Exemplars(1);
          const taken: Record<string, number[]> = { a: [], b: [] };
          let now = 0;
          for (const [series, wait] of steps) {
            now += wait;
            const span = startSpan('auth');
            const found = activate(span, () => exemplars.take(series, now));
            if (found !== undefined) taken[series]?.push(now);
          }
          for (const times of Object.values(taken)) {
            times
              .slice(1)
              .forEach((time, index) =>
                expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1000),
              );
          }
          // The first observation of a series always gets an exemplar.
          for (const series of new Set(steps.map(([name]) => name)))
            expect(taken[series]).not.toEqual([]);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('are unlimited for a span that is already marked', async () => {
    const exemplars = new Exemplars(30);
    const other = new Exemplars(30);
    await inSpan('auth', {}, () => {
      exemplars.take('a', 0);
    });
    await inSpan('auth', {}, (span) => {
      expect(exemplars.take('a', 1)).toBeUndefined();
      expect(other.take('b', 1)).toEqual({ trace_id: span.spanContext().traceId });
      expect(exemplars.take('a', 2)).toEqual({ trace_id: span.spanContext().traceId });
    });
    expect(kept().size).toBe(2);
  });

  it('need a trace that the collector has not decided on yet', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const exemplars = new Exemplars(0, 10);
    // It is open for an hour, but the collector has no span of it.
    await inSpan('studio.session', {}, () => {
      jest.setSystemTime(4_600_000);
      expect(exemplars.take('a')).toBeDefined();
    });
    await inSpan('handler listTracks', {}, async () => {
      await inSpan('auth', {}, () => undefined);
      jest.setSystemTime(4_604_999);
      expect(exemplars.take('a')).toBeDefined();
      jest.setSystemTime(4_605_000);
      expect(exemplars.take('a')).toBeUndefined();
    });
    const sent = sentAt(ROOT_CONTEXT, 4_605_000);
    await inSpan('process email', { parent: sent }, () => {
      expect(exemplars.take('a')).toBeDefined();
      jest.setSystemTime(4_610_000);
      expect(exemplars.take('a')).toBeUndefined();
    });
  });

  it('need a span that has not ended', () => {
    const exemplars = new Exemplars(0);
    expect(exemplars.take('a')).toBeUndefined();
    const span = startSpan('auth');
    span.end();
    expect(activate(span, () => exemplars.take('a'))).toBeUndefined();
  });
});
