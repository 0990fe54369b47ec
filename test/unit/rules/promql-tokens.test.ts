import { describe, expect, it } from '@jest/globals';
import { asked, unknownIn } from './promql-tokens';

describe('what a PromQL text asks for', () => {
  it('is its metrics with their labels, and its groupings', () => {
    expect(
      asked(
        'sum by (job) (rate(http_requests_total{status=~"5..",job="x or y"}[5m] offset 1d)) / on (job) up',
      ),
    ).toEqual({
      selectors: [
        { metric: 'http_requests_total', labels: ['status', 'job'] },
        { metric: 'up', labels: [] },
      ],
      grouping: ['job', 'job'],
    });
  });

  it.each([
    ['rate(http_request_total[5m])', ['metric http_request_total']],
    ['up{code="500"}', ['label up{code}']],
    ['sum by (path) (up)', ['grouping path']],
    [
      'histogram_quantile(0.9, http_request_duration_seconds)',
      ['metric http_request_duration_seconds'],
    ],
    ['job:http_requests:rate1m', ['metric job:http_requests:rate1m']],
    ['1 - max_over_time(up[5m]) == bool 1', []],
    ['max_over_time(up[1h:1m] offset 1h)', []],
  ])('is told where it does not exist: %s', (promql, unknown) => {
    expect(unknownIn(promql)).toEqual(unknown);
  });
});
