import { describe, expect, it } from '@jest/globals';
import { allJobs } from '../../components/deployment';
import { appServices } from '../../components/services-app';
import { anyOf } from '../../dashboards';
import { replicas, seriesOf, shares } from '../../scripts/bench/dashboards/fleet';
import { requestOf, stepOf } from '../../scripts/bench/dashboards/grafana';
import { pagingLines } from '../../scripts/bench/paging';
import { sectionLines } from '../../scripts/bench/report';
import { childrensTime, dated, quantileOf, withSection } from '../../scripts/bench/statistics';
import { spansPerBatch, SpanBatches, spansPerTrace } from '../../scripts/bench/traces/spans';
import { describeSeries, metrics } from '../../telemetry';

/** Whether rules or panels read metrics of the job: those of AudiFi, or those that it names. */
const inContract = (name: string): boolean =>
  allJobs().some(
    (job) =>
      job.name === name && (job.metrics !== undefined || Object.hasOwn(appServices, job.service)),
  );

describe('the fleet of the benchmark', () => {
  it('has about 100,000 series, and every metric of the contract within its budget', () => {
    const total = Object.values(shares()).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(90_000);
    expect(total).toBeLessThan(105_000);
    for (const job of [...Object.keys(replicas), 'uptime']) {
      const counts = new Map<string, number>();
      for (const { text } of seriesOf(job)) {
        const [name = ''] = text.split('{');
        const base = Object.hasOwn(metrics, name) ? name : name.replace(/_[a-z]+$/, '');
        if (describeSeries(name) !== undefined) counts.set(base, (counts.get(base) ?? 0) + 1);
      }
      expect(counts.size).toBeGreaterThan(inContract(job) ? 0 : -1);
      for (const [name, count] of counts) {
        const { budget } = metrics[name as keyof typeof metrics];
        expect([name, count <= budget]).toEqual([name, true]);
      }
    }
  });
});

describe('queries as Grafana sends them', () => {
  it.each([
    [3_600, 24, 15],
    [86_400, 24, 60],
    [86_400, 8, 120],
    [604_800, 24, 300],
    [604_800, 12, 600],
    [604_800, 6, 1_200],
  ])('for %d s in a panel of %d/24 have a point every %d s', (seconds, width, step) => {
    expect(stepOf(seconds, width)).toBe(step);
  });

  it('are aligned to their step, with windows of more than one step', () => {
    const query = { dashboard: 'd', place: 'p', refId: 'A', source: 's', legend: '' };
    const asked = { ...query, expr: 'rate(x[$__rate_interval])', instant: false, width: 12 };
    expect(requestOf(asked, '7 d', 1_000_000_123)).toEqual({
      path: 'query_range',
      parameters: { query: 'rate(x[615s])', start: '999394800', end: '999999600', step: '600' },
    });
  });
});

describe('spans of the benchmark', () => {
  interface Span {
    readonly traceId: string;
    readonly attributes: readonly { readonly value: { readonly stringValue?: string } }[];
    readonly startTimeUnixNano: string;
    readonly endTimeUnixNano: string;
  }
  const spansOf = (text: string): Span[] => {
    const { resourceSpans } = JSON.parse(text) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  };

  it('are traces of ten spans with seven attributes each, found by the IDs that are asked for', () => {
    const batches = new SpanBatches();
    const at = 1_700_000_000_000;
    // More than there are templates.
    const all = Array.from({ length: 25 }, () => spansOf(batches.next(at)));
    for (const [batch, spans] of all.entries()) {
      expect(spans).toHaveLength(spansPerBatch);
      expect(new Set(spans.map(({ attributes }) => attributes.length))).toEqual(new Set([7]));
      const first = spans.filter(({ traceId }) => traceId === batches.traceId(batch, 7));
      expect(first).toHaveLength(spansPerTrace);
      expect(JSON.stringify(first)).toContain(`"${batches.requestId(batch, 7)}"`);
      for (const { startTimeUnixNano: start, endTimeUnixNano: end } of spans) {
        expect([start.length, end.length, end > start]).toEqual([19, 19, true]);
      }
    }
    const ids = new Set(all.flat().map(({ traceId }) => traceId));
    expect(ids.size).toBe((25 * spansPerBatch) / spansPerTrace);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a selector for several values', () => {
  it('matches each of them and nothing else', () => {
    expect(anyOf(['a:9090'])).toBe('a:9090');
    expect(anyOf(['a.b', '/v1/:id'])).toBe('(a\\\\.b|/v1/:id)');
  });
});

describe('the report', () => {
  it('has correct quantiles', () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect([0.5, 0.95, 1].map((q) => quantileOf(q, values))).toEqual([10, 19, 20]);
  });

  it('replaces one section and keeps the others', () => {
    const text = '# All\n\nIntro.\n\n## A\n\nold\n\n## B\n\nkept\n';
    expect(withSection(text, 'A', ['## A', '', 'new', ''])).toBe(
      '# All\n\nIntro.\n\n## A\n\nnew\n\n## B\n\nkept\n',
    );
    expect(withSection(text, 'C', ['## C', '', 'new'])).toBe(`${text}\n## C\n\nnew\n`);
  });

  it('have the date of their measurement', () => {
    const day = new Date('2026-11-27T12:00:00Z');
    expect(dated(['## A', '', 'new'], day)).toEqual([
      '## A',
      '',
      '_Measured on 2026-11-27._',
      '',
      'new',
    ]);
  });

  it('compare with the sum of several medians', () => {
    const series = [[2], [3], [9, 10, 11]].map((values, i) => ({
      ...{ name: `s${i}`, unit: 's' as const, values },
    }));
    const ratios = [
      { of: 2, to: [0, 1], aim: 1 },
      { of: 2, to: 0 },
    ];
    expect(sectionLines({ title: 'T', how: '', series, ratios }).slice(-3)).toEqual([
      '- s2 : (s0 + s1) = **2.00** (target: at most 1)',
      '- s2 : s0 = **5.00**',
      '',
    ]);
  });
});

describe('the CPU time of a command', () => {
  it('is in the second line that the shell prints, after any other output', () => {
    const printed = 'warning: 1m2s 3m4s\n0m0.010000s 0m0.000000s\n1m2.500000s 0m0.250000s\n';
    expect(childrensTime(printed)).toBe(62.75);
  });

  it('is an error if the shell printed none', () => {
    expect(() => childrensTime('error: no stack')).toThrow('no output of times: error: no stack');
  });
});

it('the section on pages compares the latest one with theory', () => {
  const one = (kind: string, toPage: number | undefined) => ({
    ...{ kind, alert: 'APIDown', what: '', steps: [], theory: 110 },
    ...(toPage === undefined ? {} : { toPage }),
  });
  const text = pagingLines([one('api-down', 88), one('api-down', 110), one('db-down', 121)]).join(
    '\n',
  );
  expect(text).toContain('| api-down | APIDown | 110 s | 99.0 s | 88.0 – 110.0 s | 1.00 |');
  expect(text).toContain(
    'The latest of 3 pages: **1.10** times the expected time (target: at most 1.05); 1 were',
  );
  expect(pagingLines([one('db-down', undefined)]).join()).toContain(
    '| db-down | no page arrived |',
  );
});
