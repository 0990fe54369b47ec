import { describe, expect, it } from '@jest/globals';
import { jobsOf, renderRules, scoped } from '../../../rules';
import { variants } from '../../../rules/variants';
import { recorded } from '../../../telemetry';
import { asked } from '../../lib/promql';
import { rulesIn } from '../../lib/rule-files';

/** Series of all targets, whoever owns them, and those that Prometheus writes about alerts. */
const ofEveryTarget = ['up', 'scrape_samples_post_metric_relabeling', 'ALERTS'];

describe.each(Object.entries(variants))('the rules of %s', (_, options) => {
  const rules = rulesIn(renderRules(options));

  it('select jobs, because other services use the same metric names', () => {
    const unscoped = rules.flatMap(({ alert, record, expr }) =>
      asked(expr)
        .selectors.filter(({ metric }) => !(metric in recorded) && !ofEveryTarget.includes(metric))
        .filter(({ matchers }) => !matchers.some((m) => m.label === 'job' && m.operator[0] === '='))
        .map(({ metric }) => `${alert ?? record ?? ''}: ${metric}`),
    );
    expect(unscoped).toEqual([]);
  });

  it('select only jobs that expose the metric', () => {
    for (const { alert, record, expr } of rules) {
      for (const { metric, matchers } of asked(expr).selectors) {
        const known = jobsOf(metric);
        if (known.length === 0) continue;
        const said = matchers.find(({ label }) => label === 'job')?.value.split('|') ?? [];
        expect({
          rule: alert ?? record,
          metric,
          other: said.filter((j) => !known.includes(j)),
        }).toEqual({ rule: alert ?? record, metric, other: [] });
      }
    }
  });
});

describe('a scoped selector', () => {
  it("has the jobs of AudiFi's services that emit the metric", () => {
    expect(scoped('http_requests_total', { status: '500' })).toBe(
      'http_requests_total{job="api-server",status="500"}',
    );
    expect(scoped('db_errors_total')).toBe('db_errors_total{job=~"api-server|worker"}');
  });

  it('has the job of the exporter', () => {
    expect(scoped('node_memory_MemTotal_bytes')).toBe('node_memory_MemTotal_bytes{job="node"}');
    expect(scoped('pg_up')).toBe('pg_up{job="postgres"}');
  });

  it('throws for metrics of all targets', () => {
    expect(() => scoped('process_start_time_seconds')).toThrow('no job is known');
  });
});
