import { jobs } from '../../rules';
import { type Expr, orZero, quantile, rate, selector, sum } from '../../telemetry';
import { observed } from './queries';

const job = jobs.spanMetrics;
const window = 300;

/**
 * Queries that a span links to, by kind of span. Every service that sends spans has these
 * metrics. Grafana replaces `$__tags` with a matcher for the span's service.
 */
export const spanQueries = (() => {
  const calls = ofService(selector('traces_span_metrics_calls_total', { job }));
  const errors = selector('traces_span_metrics_calls_total', {
    job,
    status_code: 'STATUS_CODE_ERROR',
  });
  const buckets = ofService(selector('traces_span_metrics_duration_seconds_bucket', { job }));
  const all = sum(['span_kind'], rate(calls, window));
  const failed = sum(['span_kind'], rate(ofService(errors), window));
  const les = sum(['le', 'span_kind'], rate(buckets, window));
  return [
    { name: 'Spans per second', query: all },
    { name: 'Share of errors', query: `${orZero(failed, all)} / (${all} > 0)` },
    { name: '95th percentile', query: observed(quantile(0.95, les)) },
  ] as const;
})();

function ofService<L extends string>(series: Expr<L>): Expr<L> {
  return series.replace(/\}$/, ',$__tags}') as Expr<L>;
}
