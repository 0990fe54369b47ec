import { describe, expect, it } from '@jest/globals';
import { existenceOf } from '../../../scripts/reality/existence';
import { selectorsOf } from '../../../scripts/reality/selectors';
import type { Labels } from '../../../scripts/running/prometheus';
import type { Rule } from '../../../scripts/running/rules';

const rule = (name: string, expr: string, kind: Rule['kind'] = 'alert'): Rule => ({
  ...{ kind, name, expr, for: 0, keepFiringFor: 0, interval: 15 },
});

describe('selectors of an expression', () => {
  const optional = (promql: string): Record<string, boolean> =>
    Object.fromEntries(selectorsOf(promql).map((s) => [s.text, s.optional]));

  it('are found without range and offset', () => {
    expect(selectorsOf('sum(rate(a_total{x="1",y=~"b|c"}[5m] offset 1h)) / b')).toEqual([
      {
        text: 'a_total{x="1",y=~"b|c"}',
        metric: 'a_total',
        matchers: [
          { label: 'x', text: 'x="1"' },
          { label: 'y', text: 'y=~"b|c"' },
        ],
        optional: false,
      },
      { text: 'b', metric: 'b', matchers: [], optional: false },
    ]);
  });

  it.each([
    ['absent(a)', { a: true }],
    ['absent_over_time(a[5m])', { a: true }],
    ['a or 0 * b', { a: true, b: true }],
    ['a and b', { a: false, b: false }],
    ['a > 1 unless on (job) b == 1', { a: false, b: true }],
    ['sum(a / (b or c))', { a: false, b: true, c: true }],
  ])('in %s may be absent where the expression allows it', (promql, expected) => {
    expect(optional(promql)).toEqual(expected);
  });
});

/** A Prometheus with these current series, and series that it had before. */
function prometheus(now: readonly Labels[], before: readonly Labels[] = []) {
  const select = (text: string, from: readonly Labels[]): Labels[] => {
    const [selector] = selectorsOf(text);
    return from.filter(
      (labels) =>
        (selector?.metric === '' || labels['__name__'] === selector?.metric) &&
        (selector?.matchers ?? []).every(({ label, text: matcher }) => {
          const [, operator, value = ''] = /^\w+(=~|!=|=)"(.*)"$/.exec(matcher) ?? [];
          const own = labels[label] ?? '';
          if (operator === '=') return own === value;
          return operator === '!=' ? own !== value : new RegExp(`^(?:${value})$`).test(own);
        }),
    );
  };
  return {
    query: (query: string) => {
      const found = select(query.replace(/^count\((.*)\)$/s, '$1'), now);
      return Promise.resolve(found.length === 0 ? [] : [{ metric: {}, value: found.length }]);
    },
    series: (text: string) => Promise.resolve(select(text, [...now, ...before])),
  };
}

describe('existence', () => {
  const range = { start: 0, end: 1 };
  const http = { __name__: 'http_total', job: 'api', status: '200' };
  const one = async (expr: string, server = prometheus([http])) =>
    (await existenceOf([rule('A', expr)], server, range)).map(({ existence, why }) => ({
      existence,
      why,
    }));

  it('now, gone, or never with the reason', async () => {
    expect(await one('http_total > 1')).toEqual([{ existence: 'now', why: '' }]);
    const gone = prometheus([], [http]);
    expect((await one('http_total > 1', gone))[0]?.existence).toBe('gone');
    expect(await one('https_total > 1')).toEqual([
      { existence: 'never', why: 'there is no series https_total' },
    ]);
  });

  it('names the matcher that selects nothing, and what it could be', async () => {
    expect(await one('http_total{job="api",status="500"}')).toEqual([
      { existence: 'never', why: 'no series has status="500"; status is 200' },
    ]);
    const both = prometheus([http, { ...http, job: 'ws', status: '500' }]);
    expect((await one('http_total{job="api",status="500"}', both))[0]?.why).toBe(
      'no series has job="api"; job is ws',
    );
  });

  it('says so if only the combination is missing', async () => {
    const server = prometheus([
      { ...http, a: '1', b: '1' },
      { ...http, a: '2', b: '2' },
    ]);
    const why = (await one('http_total{a="1",b="2",status="500"}', server))[0]?.why;
    expect(why).toBe('no series has this combination of labels');
  });

  it('series of a new recording rule are not missing', async () => {
    const rules = [rule('job:x:rate5m', 'http_total', 'record'), rule('A', 'job:x:rate5m > 1')];
    const results = await existenceOf(rules, prometheus([http]), range);
    expect(results.map(({ existence }) => existence)).toEqual(['now', 'new']);
  });

  it('asks for each selector once, and requires it if one rule does', async () => {
    const rules = [rule('A', 'absent(lost)'), rule('B', 'lost > 1'), rule('C', 'absent(away)')];
    const results = await existenceOf(rules, prometheus([]), range);
    expect(
      results.map(({ selector, usedBy }) => [selector.text, usedBy, selector.optional]),
    ).toEqual([
      ['lost', ['A', 'B'], false],
      ['away', ['C'], true],
    ]);
  });

  it('allows series that exist only under a condition, by the contract', async () => {
    const expr = 'loki_discarded_samples_total{job="loki"} + ALERTS{alertname="X"}';
    const results = await existenceOf([rule('A', expr)], prometheus([]), range);
    expect(results.map(({ selector }) => selector.optional)).toEqual([true, true]);
    const overflow = 'traces_span_metrics_calls_total{otel_metric_overflow="true"}';
    const [result] = await existenceOf([rule('A', overflow)], prometheus([]), range);
    expect(result?.selector.optional).toBe(true);
  });
});
