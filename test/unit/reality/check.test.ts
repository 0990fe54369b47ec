import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { alertsOf, checkAgainst } from '../../../scripts/reality/check';
import { asMarkdown, asText, notChecked, problems } from '../../../scripts/reality/report';
import { PrometheusClient } from '../../../scripts/running/prometheus';
import { type Rule, rulesIn } from '../../../scripts/running/rules';

const alert = (name: string, expr: string, wait = 0): Rule => ({
  ...{ kind: 'alert', name, severity: 'warning', expr, for: wait, keepFiringFor: 0, interval: 15 },
});

/** In seconds of Unix time. */
let now: number;
let server: Server;
let url: string;
/** Range queries: [start, end] of each. */
let ranges: [number, number][];
/** The most points that the server answers at once. */
let limit: number;

/** As much of Prometheus as the check needs. `up` exists since an hour, `lost` never. */
beforeEach(async () => {
  [ranges, limit] = [[], 1_000];
  now = Math.floor(Date.now() / 1000);
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes: Buffer) => (text += bytes.toString()));
    request.on('end', () => {
      const fields = new URLSearchParams(text);
      const query = fields.get('query') ?? fields.get('match[]') ?? '';
      const empty = query.includes('lost');
      const send = (data: unknown, status = 200): void => {
        response.statusCode = status;
        response.end(JSON.stringify(status === 200 ? { status: 'success', data } : data));
      };
      if (query.startsWith('bad(')) {
        send({ status: 'error', error: 'unknown function' }, 400);
        return;
      }
      if (request.url === '/api/v1/series') {
        send(empty ? [] : [{ __name__: 'up' }]);
        return;
      }
      if (request.url === '/api/v1/query_range') {
        const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(fields.get(name)));
        const [from = 0, to = 0, by = 1] = [start, end, step];
        if ((to - from) / by > limit) {
          send({ status: 'error', error: 'query processing would load too many samples' }, 422);
          return;
        }
        ranges.push([from, to]);
        const values: [number, string][] = [];
        // Two minutes long, in the middle of the hour.
        for (let t = from; t <= to; t += by) {
          if (t >= now - 1_800 && t < now - 1_680) values.push([t, '1']);
        }
        send({ result: empty || values.length === 0 ? [] : [{ metric: {}, values }] });
        return;
      }
      const value = query.includes('lowest_timestamp') ? String(now - 3_600) : '1';
      send({
        result: empty ? [] : [{ metric: {}, value: [now, value] }],
        stats: { timings: { evalTotalTime: 0.25 }, samples: { totalQueryableSamples: 40 } },
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const check = (rules: readonly Rule[], asked = 7 * 86_400) =>
  checkAgainst(
    rules,
    new PrometheusClient({ title: 'Prometheus', url, example: 'make up' }),
    asked,
  );

describe('the check against a Prometheus', () => {
  it('says how often alerts would have fired, over the data that there is', async () => {
    const report = await check([alert('Short', 'up == 0'), alert('Long', 'up == 0', 300)]);
    expect(report.range.start).toBe(now - 3_600);
    expect(alertsOf(report)).toEqual([
      expect.objectContaining({ name: 'Short', times: 1, total: 120, now: false, pendings: 0 }),
      expect.objectContaining({ name: 'Long', times: 0, pendings: 1 }),
    ]);
    const text = asText('dev', report);
    expect(text).toContain('over 1 h (there is no older data; 7 d requested)');
    expect(text).toContain('Of 2 alerts, 1 would have fired. 1 others were pending');
    expect(text).toMatch(/Short +warning +1 × +2 min +2 min/);
    // 0.25 s each 15 s, twice
    expect(text).toContain('takes 3.33 % of a core');
  });

  it('halves a range that is too much for the server, and sees the same', async () => {
    limit = 20;
    const report = await check([alert('Short', 'up == 0')]);
    expect(ranges.length).toBeGreaterThan(10);
    expect(alertsOf(report)[0]).toMatchObject({ times: 1, total: 120 });
    // No evaluation is left out or done twice.
    for (const [i, [start]] of ranges.entries()) {
      if (i > 0) expect(start).toBe((ranges[i - 1]?.[1] ?? 0) + 15);
    }
  });

  it('fails for series that never existed and queries that are refused, not for absence', async () => {
    const report = await check([
      alert('Lost', 'lost{job="x"} > 1'),
      alert('Gone', 'absent(lost)'),
      alert('Bad', 'bad(up)'),
    ]);
    expect(problems(report)).toBe(2);
    const markdown = asMarkdown('prod', report);
    expect(markdown).toContain('- lost{job="x"}: there is no series lost (Lost)');
    expect(markdown).toMatch(/- Bad is refused: .* answered 400: unknown function/);
    expect(markdown).toContain('No alert would have fired.');
    expect(markdown).not.toContain('absent');
  });

  it('is reported as not done, with the reason, where there is no Prometheus', () => {
    expect(notChecked('prod', 'kubectl: forbidden\nExample: make up STACK=prod')).toBe(
      '### Rules against prod\n\nNot checked, because kubectl: forbidden\n',
    );
  });
});

describe('the rules of a program', () => {
  const upload = (file: string, content: object) => ({ file, content: stringify(content) });
  const container = (name: string, ...uploads: object[]) => ({
    ...{ type: 'docker:index/container:Container', name, inputs: { uploads } },
  });
  const groups = (...rules: object[]) => ({ groups: [{ name: 'g', interval: '1m', rules }] });

  it('are those of Prometheus with their intervals, not those of Loki', () => {
    const found = rulesIn([
      container(
        'prometheus-files',
        upload('/etc/prometheus/prometheus.yml', { global: { evaluation_interval: '15s' } }),
        upload('/etc/prometheus/rules/a.yml', {
          groups: [
            {
              name: 'a',
              rules: [{ alert: 'A', expr: 'up', for: '1m', labels: { severity: 'info' } }],
            },
          ],
        }),
        upload('/etc/prometheus/rules/b.yml', groups({ record: 'x:y', expr: 'up' })),
      ),
      container('loki-files', upload('/loki/rules/a.yml', groups({ alert: 'L', expr: '{a="b"}' }))),
    ]);
    expect(found).toEqual([
      expect.objectContaining({
        kind: 'alert',
        name: 'A',
        severity: 'info',
        for: 60,
        interval: 15,
      }),
      expect.objectContaining({ kind: 'record', name: 'x:y', interval: 60 }),
    ]);
  });

  it('are an error without a prometheus.yml', () => {
    expect(() => rulesIn([])).toThrow(/declares no prometheus.yml/);
  });
});
