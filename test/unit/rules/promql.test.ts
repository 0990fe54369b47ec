import { describe, expect, it } from '@jest/globals';
import { targetLabels } from '../../../telemetry';
import { asked, resultLabels, unknownIn } from '../../lib/promql';

describe('parsing a PromQL expression', () => {
  it('returns its metrics with labels, and its groupings', () => {
    expect(
      asked(
        'sum by (job) (rate(http_requests_total{status=~"5..",job="x or y"}[5m] offset 1d)) / on (job) up',
      ),
    ).toEqual({
      selectors: [
        {
          metric: 'http_requests_total',
          labels: ['status', 'job'],
          matchers: [
            { label: 'status', operator: '=~', value: '5..' },
            { label: 'job', operator: '=', value: 'x or y' },
          ],
        },
        { metric: 'up', labels: [], matchers: [] },
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
  ])('reports what does not exist: %s', (promql, unknown) => {
    expect(unknownIn(promql)).toEqual(unknown);
  });
});

describe('labels of a PromQL result', () => {
  /** The labels of a target, and the rest without `instance`. */
  const target: readonly string[] = targetLabels;
  const place = target.filter((label) => label !== 'instance');

  it.each([
    ['up', target],
    ['rate(http_requests_total[5m] offset 1d) > 3', [...target, 'method', 'path', 'status']],
    ['sum(up)', []],
    ['sum by (job) (up)', ['job']],
    ['sum without (instance) (-up)', place],
    // Dropped labels do not come back.
    ['sum by (job, instance) (sum by (job) (up))', ['job']],
    ['max by (job, path) (up)', ['job']],
    ['topk(3, sum by (job) (up))', ['job']],
    ['count_values("version", sum by (job) (up))', ['version']],
    ['count_values by (job) ("version", up)', ['job', 'version']],
    // One-to-one: the matching labels. Many-to-one: all labels of the many side.
    ['up / on (job) sum by (job) (up)', ['job']],
    ['up > on (job) sum by (job) (up)', ['job']],
    ['up / ignoring (instance) sum by (job) (up)', place],
    [
      'up * on (job) group_left (path) sum by (job, path) (http_requests_total)',
      [...target, 'path'],
    ],
    ['sum by (job) (up) * on (job) group_right () up', target],
    ['up and on (job) sum by (job) (up)', target],
    ['sum by (job) (up) unless up', ['job']],
    ['1 - up == bool 1', target],
    [
      'histogram_quantile(0.9, sum by (le, job) (rate(http_request_duration_seconds_bucket[5m])))',
      ['job'],
    ],
    ['label_replace(sum by (job) (up), "host", "$1", "job", "(.*)")', ['host', 'job']],
    ['absent(up{job="api-server",instance=~"a.*"})', ['job']],
    ['vector(1) * scalar(up) + time()', []],
    ['max_over_time((sum by (job) (up))[1h:1m] @ end())', ['job']],
  ])('%s', (promql, labels) => {
    const { always, possible } = resultLabels(promql);
    expect([...always].sort()).toEqual([...labels].sort());
    expect([...possible].sort()).toEqual([...labels].sort());
  });

  it('are certain if both sides of `or` have them, and otherwise possible', () => {
    const { always, possible } = resultLabels('sum by (job) (up) or sum by (instance, job) (up)');
    expect([...always]).toEqual(['job']);
    expect([...possible].sort()).toEqual(['instance', 'job']);
  });
});
