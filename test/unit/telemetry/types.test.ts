import { describe, expect, it } from '@jest/globals';
import {
  like,
  noneOf,
  oneOf,
  present,
  quantile,
  rate,
  ratio,
  selector,
  sum,
} from '../../../telemetry';

/**
 * Code that must not compile. `tsc --noEmit` (make test) fails if one of these lines becomes valid,
 * because its `@ts-expect-error` is then unused. Nothing here is run.
 */
export function refused(): void {
  // @ts-expect-error a metric that nobody emits
  selector('http_request_total');
  // @ts-expect-error a label that the metric does not have
  selector('http_requests_total', { code: '500' });
  // @ts-expect-error a value that the label never has
  selector('ws_connections_total', { status: 'conected' });
  // @ts-expect-error the same within a choice
  selector('ws_connections_total', { status: oneOf('connected', 'gone') });
  // @ts-expect-error and within an exclusion
  selector('ws_connections_total', { status: noneOf('gone') });
  // @ts-expect-error a histogram is its buckets, sum and count
  selector('http_request_duration_seconds');
  // @ts-expect-error a counter has no buckets
  selector('http_requests_total_bucket');
  // @ts-expect-error only buckets have `le`
  selector('http_request_duration_seconds_count', { le: '1' });
  // @ts-expect-error a label that is not there to sum by
  sum(['endpoint'], rate(selector('http_requests_total'), 300));
  // @ts-expect-error a label that an earlier sum has dropped
  sum(['path'], sum(['method'], rate(selector('http_requests_total'), 300)));
  // @ts-expect-error a quantile without `le`
  quantile(0.95, sum([], rate(selector('http_request_duration_seconds_bucket'), 300)));
  // @ts-expect-error a recording rule that does not exist
  selector('job:http_requests:rate1m');
  // @ts-expect-error a label that the recorded series has no more
  selector('job:http_requests:rate5m', { path: '/' });
}

describe('PromQL from typed parts', () => {
  it('is the same as written by hand', () => {
    const all = selector('http_requests_total');
    const errors = selector('http_requests_total', { status: like('5..'), job: 'api-server' });
    expect(ratio(sum(['job'], rate(errors, 300)), sum(['job'], rate(all, 300)))).toBe(
      [
        'sum by (job) (rate(http_requests_total{status=~"5..",job="api-server"}[5m]))',
        '/',
        'sum by (job) (rate(http_requests_total[5m]))',
      ].join('\n'),
    );
    expect(
      quantile(0.95, sum(['le'], rate(selector('http_request_duration_seconds_bucket'), 90))),
    ).toBe(
      'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[1m30s])))',
    );
  });

  it('escapes label values, and the values of a choice', () => {
    expect(selector('up', { job: 'a"b\\c' })).toBe(String.raw`up{job="a\"b\\c"}`);
    expect(selector('up', { job: oneOf('a.b', 'c') })).toBe(String.raw`up{job=~"a\\.b|c"}`);
    expect(selector('ws_connections_active', { session_id: present })).toBe(
      'ws_connections_active{session_id!=""}',
    );
  });
});
