import { describe, expect, it } from '@jest/globals';
import type { Metric } from '../../../telemetry';
import { counter, gauge, histogram, open, someHave } from '../../../telemetry/contract';
import { asText } from '../../../scripts/contract/difference';
import { logDifferences, type StoredLine } from '../../../scripts/contract/logs';
import { metricDifferences, selectorOf } from '../../../scripts/contract/metrics';
import { spanDifferences, type StoredSpan } from '../../../scripts/contract/spans';

describe('metrics', () => {
  const by = ['worker'] as const;
  const known: Readonly<Record<string, Metric>> = {
    jobs_total: counter({
      unit: 'jobs',
      help: '',
      labels: { queue: ['email', 'mint'], kind: open('', 2) },
      budget: 3,
      by,
    }),
    wait_seconds: histogram({ unit: 'seconds', help: '', buckets: [0.1, 1], by }),
    rare_total: counter({
      ...{ unit: 'jobs', help: '', labels: { a: someHave('', 1) }, by },
      onlyIf: 'a job was lost',
    }),
    depth: gauge({ unit: 'jobs', help: '', by }),
  };
  const target = { job: 'worker', instance: 'worker:1' };
  const jobs = (labels: object) => ({ __name__: 'jobs_total', ...target, ...labels });
  const wait = (part: string, le?: string) => ({
    ...{ __name__: `wait_seconds_${part}`, ...target, ...(le === undefined ? {} : { le }) },
  });
  const right = [
    jobs({ queue: 'email', kind: 'a' }),
    ...['0.1', '1.0', '+Inf'].map((le) => wait('bucket', le)),
    ...[wait('sum'), wait('count')],
    { __name__: 'depth', ...target },
    { __name__: 'up', ...target },
    { __name__: 'job:x:rate5m', ...target },
  ];
  const types = new Map([['jobs_total', 'counter']]);
  const texts = (series: readonly object[], kinds = types) =>
    metricDifferences({ job: 'worker', series: series as Record<string, string>[] }, kinds, known)
      .filter(({ kind }) => kind === 'broken')
      .map(({ text }) => text);

  it('as in the contract are no difference; a conditional one is only noted', () => {
    expect(texts(right)).toEqual([]);
    const series = right as Record<string, string>[];
    expect(metricDifferences({ job: 'worker', series }, types, known)).toEqual([
      {
        signal: 'metrics',
        kind: 'unseen',
        text: 'rare_total of worker; it exists only if a job was lost',
      },
    ]);
  });

  it.each<[string, readonly object[], string]>([
    ['a missing one', right.filter((s) => s.__name__ !== 'depth'), 'depth is missing on worker'],
    ['another one', [...right, { __name__: 'x', ...target }], 'x of worker is not in the contract'],
    [
      'a label',
      [...right, jobs({ queue: 'mint', kind: 'a', user: '7' })],
      'label user of jobs_total (worker) is not in the contract',
    ],
    [
      'no label',
      [...right, jobs({ queue: 'mint' })],
      'label kind of jobs_total (worker) is missing on 1 of 2 series',
    ],
    [
      'a value',
      [...right, jobs({ queue: 'sms', kind: 'a' })],
      'label queue of jobs_total (worker) has values that are not allowed: sms',
    ],
    [
      'too many values',
      [...right, jobs({ queue: 'mint', kind: 'b' }), jobs({ queue: 'mint', kind: 'c' })],
      'label kind of jobs_total (worker) has 3 values on worker:1; at most 2 are allowed',
    ],
    [
      'too many series',
      [
        ...right,
        ...['a', 'b', 'c'].map((kind) =>
          jobs({ queue: 'mint', kind: kind === 'c' ? 'b' : kind, pod: kind }),
        ),
      ],
      'jobs_total of worker has 4 series on worker:1; at most 3 are allowed',
    ],
    [
      'a bucket',
      [...right.filter((s) => !('le' in s && s.le === '1.0')), wait('bucket', '2.0')],
      'buckets of wait_seconds (worker) differ: without 1 and with 2',
    ],
  ])('%s is a difference', (_, series, text) => {
    expect(texts(series)).toEqual([text]);
  });

  it('values of two instances are not added up', () => {
    const other = { ...jobs({ queue: 'mint', kind: 'c' }), instance: 'worker:2' };
    expect(texts([...right, jobs({ queue: 'mint', kind: 'b' }), other])).toEqual([]);
  });

  it('another type is a difference', () => {
    expect(texts(right, new Map([['depth', 'counter']]))).toEqual([
      'depth of worker is a counter, but a gauge in the contract',
    ]);
  });

  it('asks for all series of AudiFi, and of exporters for those in the contract', () => {
    expect(selectorOf('api-server')).toBe('{job="api-server"}');
    expect(selectorOf('caddy')).toMatch(
      /^\{job="caddy",__name__=~"caddy_http_requests_total\|.*caddy_http_request_duration_seconds_\(bucket\|sum\|count\).*"\}$/,
    );
    expect(selectorOf('somebody')).toBeUndefined();
  });
});

describe('logs', () => {
  const record = {
    timestamp: '2026-01-01T00:00:00.000Z',
    level: 'info',
    service: 'api-server',
    message: 'GET /v1/tracks',
  };
  const labels = {
    job: 'api-server',
    container: 'api-server',
    level: 'info',
    env: 'dev',
    node: 'n',
  };
  const texts = (...lines: StoredLine[]) =>
    logDifferences('api-server', lines).map(({ kind, text }) => `${kind}: ${text}`);
  const line = (more: object, moreLabels = {}): StoredLine => ({
    labels: { ...labels, ...moreLabels },
    line: JSON.stringify({ ...record, ...more }),
  });

  it('as in the contract are no difference', () => {
    expect(texts(line({ requestId: 'req_1', statusCode: 200 }, { request_id: 'req_1' }))).toEqual(
      [],
    );
  });

  it.each<[string, StoredLine, string]>([
    ['a field', line({ password: 'x' }), 'field password is not in the contract (api-server)'],
    ['no field', line({ message: undefined }), 'field message is missing (api-server)'],
    ['a type', line({ statusCode: '200' }), 'field statusCode is not a whole number (api-server)'],
    [
      'a level',
      line({ level: 'fatal' }),
      'field level has values that are not allowed: fatal (api-server)',
    ],
    ['a label', line({}, { user: '7' }), 'label user (api-server) is not in the contract'],
    [
      'no metadata',
      line({ traceId: 'a' }),
      'structured metadata trace_id is missing, although field traceId is set (api-server)',
    ],
    ['no JSON', { labels, line: 'Listening' }, 'lines of api-server are not JSON objects'],
  ])('%s is a difference', (_, one, text) => {
    expect(texts(line({}), one)).toEqual([`broken: ${text}, 1 of 2 lines`]);
  });

  it('that do not arrive are noted', () => {
    expect(texts()).toEqual(['unseen: no line of api-server was stored']);
  });
});

describe('spans', () => {
  const span = (name: string, kind: string, attributes: readonly string[] = []): StoredSpan => ({
    ...{ service: 'api-server', name, kind, attributes, eventAttributes: [] },
  });
  const broken = (...spans: StoredSpan[]) =>
    spanDifferences(spans).flatMap(({ kind, text }) => (kind === 'broken' ? [text] : []));

  it('with names, kinds and attributes of the contract are no difference', () => {
    expect(
      broken(
        span('GET /v1/tracks/:id', 'server', [
          'http.route',
          'requestId',
          'span.kind',
          'otel.scope.name',
        ]),
        span('SELECT tracks', 'client', ['db.system.name', 'error.type']),
        span('process email', 'consumer', ['messaging.system']),
        span('eth_call', 'client', ['rpc.method']),
      ),
    ).toEqual([]);
  });

  it.each([
    [span('getTrack', 'client'), 'span getTrack (client) is not in the contract (api-server; 1 ×)'],
    [span('auth', 'server'), 'span auth (server) is not in the contract (api-server; 1 ×)'],
    [
      span('auth', 'internal', ['user.email']),
      'attribute user.email on span auth is not in the contract (api-server; 1 ×)',
    ],
    [
      { ...span('auth', 'internal'), eventAttributes: ['note'] },
      'attribute note of an event on span auth is not in the contract (api-server; 1 ×)',
    ],
  ])('others are a difference', (one, text) => {
    expect(broken(one)).toEqual([text]);
  });

  it('that were not seen are noted, and attributes that no span of a name has', () => {
    const notes = spanDifferences([span('handler getTrack', 'internal', ['code.function.name'])]);
    const texts = notes.map(({ text }) => text);
    expect(texts).toContain('track.id is missing on every span handler {function}');
    expect(texts).toContain('no span stripe.verify (internal)');
    expect(texts).not.toContain('code.function.name is missing on every span handler {function}');
  });
});

it('the text lists what was compared, what was not and why, and the differences', () => {
  const text = asText('dev', {
    differences: [
      { signal: 'metrics', kind: 'broken', text: 'depth is missing on worker' },
      { signal: 'spans', kind: 'unseen', text: 'no span auth (internal)' },
    ],
    skipped: [{ signal: 'logs', why: 'the stack does not run loki' }],
    compared: ['metrics: 7 series of 1 jobs (worker)'],
  });
  expect(text).toContain('logs: not compared, because the stack does not run loki');
  expect(text).toMatch(/1 difference:\n {2}metrics depth is missing on worker\n/);
  expect(text).toMatch(/Not seen.*:\n {2}spans {3}no span auth/);
});
