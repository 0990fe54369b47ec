import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { estimateCommand } from '../../../scripts/estimate';
import { measure } from '../../../scripts/estimate/measured';
import { listPrices } from '../../../scripts/estimate/prices';
import { readInputs } from '../../../scripts/estimate/read-inputs';
import { OperatorError } from '../../../scripts/operator-error';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'audifi-estimate-'));
  writeFileSync(join(root, 'Pulumi.yaml'), 'name: audifi-observability\n');
  writeFileSync(join(root, 'Pulumi.test.yaml'), 'config: {}\n');
  writeFileSync(
    join(root, 'Pulumi.wrong.yaml'),
    'config:\n  audifi-observability:prometheus: { retention: 15 }\n',
  );
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const run = (env: NodeJS.ProcessEnv, stack = 'test'): Promise<string> =>
  estimateCommand(stack, env, root);
/** Cells of the line that starts with a word. */
const line = (text: string, first: string): string[] =>
  (text.split('\n').find((each) => each.startsWith(`${first}  `)) ?? '').split(/ {2,}/);

describe('the inputs', () => {
  it('are numbers from the environment; those that are not given are missing', () => {
    expect(
      readInputs({ SERIES: '100000', LOGS_GB_PER_DAY: '0.5', USERS: ' 3 ', NODES: '' }),
    ).toEqual({ series: 100_000, logsGBPerDay: 0.5, users: 3 });
    expect(readInputs({ LOGS_GB_PER_DAY: '0', SPANS_PER_SECOND: '0', KEPT_SHARE: '1' })).toEqual({
      ...{ logsGBPerDay: 0, spansPerSecond: 0, keptShare: 1 },
    });
  });

  it.each([
    [
      { SERIES: 'many' },
      /SERIES: "many" is not a number \(active series\)\. Example: SERIES=100000/,
    ],
    [{ SERIES: '100k' }, /"100k" is not a number/],
    [{ SERIES: '-1' }, /"-1" is not a number/],
    [{ SERIES: '1e5' }, /"1e5" is not a number/],
    [{ SERIES: '0' }, /SERIES: 0 is not between 1 and/],
    [{ SERIES: '1.5' }, /SERIES: 1\.5 is not a whole number/],
    [{ NODES: '0' }, /NODES: 0 is not between 1/],
    [{ ERROR_SHARE: '7' }, /ERROR_SHARE: 7 is not between 0 and 1/],
    [{ LOGS_GB_PER_DAY: '5GB' }, /LOGS_GB_PER_DAY: "5GB" is not a number/],
    [{ SPANS_PER_SECOND: '1e999' }, /is not a number/],
    [{ MAKEFLAGS: ' -- SERIE=5 STACK=dev' }, /SERIE: unknown variable; did you mean SERIES\?/],
    [{ MAKEFLAGS: 's -- series=5' }, /series: unknown variable; did you mean SERIES\?/],
    [{ MAKEFLAGS: 'w -- STACK=dev COLOUR=blue' }, /COLOUR: unknown variable \(known: SERIES, /],
  ])('%j is rejected with an example', (env, says) => {
    expect(() => readInputs(env)).toThrow(OperatorError);
    expect(() => readInputs(env)).toThrow(says);
    expect(() => readInputs(env)).toThrow(/Example: make estimate SERIES=100000/);
  });

  it('are all reported at once', () => {
    const env = { SERIES: 'x', USERS: 'y', MAKEFLAGS: '-- NODE=3' };
    expect(() => readInputs(env)).toThrow(/NODE.*\nSERIES.*\nUSERS/);
  });

  it.each([
    '',
    'rR',
    ' --jobserver-auth=3,4 -j',
    's -- STACK=prod PRICES=a\\ b.json AGAINST=http://127.0.0.1:9090/?a=b NODES=3',
  ])('with MAKEFLAGS %j are fine', (MAKEFLAGS) => {
    expect(readInputs({ MAKEFLAGS })).toEqual({});
  });
});

describe('the text', () => {
  it('says what is given, assumed and from the settings, and all figures', async () => {
    const text = await run({ SERIES: '100000' });
    expect(line(text, 'SERIES')).toEqual(['SERIES', '100,000', 'active series', 'given']);
    expect(line(text, 'USERS').at(-1)).toMatch(/^assumed: /);
    expect(text).toContain('(4 of 7 inputs are assumed)');
    // 100,000 series × 5.2 KiB, and 100,000 / 15 s × 15 d × 1.8 B.
    expect(line(text, 'prometheus')).toEqual(['prometheus', '1', '0.30', '508 MiB', '16 GB']);
    expect(line(text, 'metrics, as scraped')).toContain('16 GB');
    expect(text).toMatch(/budgets\.metrics 8GiB is too small: \d+GiB/);
    expect(text).toContain(listPrices.date);
  });

  it('uses other prices', async () => {
    const path = join(root, 'prices.json');
    writeFileSync(
      path,
      JSON.stringify({ ...listPrices, currency: 'EUR', date: '2026-01-02', core: 0 }),
    );
    const text = await run({ PRICES: path });
    expect(text).toMatch(/MONEY A MONTH +EUR/);
    expect(text).toContain('Prices of 2026-01-02');
    expect(Number(line(text, 'CPU and memory')[1])).toBeLessThan(
      Number(line(await run({}), 'CPU and memory')[1]),
    );
  });

  it.each([
    ['no JSON', 'core: 3', /PRICES: .* is not JSON/],
    ['a list', '[]', /the content is not a group of keys/],
    ['a missing price', JSON.stringify({ ...listPrices, core: undefined }), /core is not a number/],
    ['a negative price', JSON.stringify({ ...listPrices, disk: -1 }), /disk is less than 0/],
    ['no date', JSON.stringify({ ...listPrices, date: 'today' }), /date is not a date such as/],
    ['a misspelt key', JSON.stringify({ ...listPrices, cores: 1 }), /unknown key cores/],
  ])('rejects prices with %s', async (_, content, says) => {
    const path = join(root, 'bad.json');
    writeFileSync(path, content);
    await expect(run({ PRICES: path })).rejects.toThrow(says);
    await expect(run({ PRICES: path })).rejects.toThrow(/Example: /);
  });

  it('rejects a missing file of prices, an unknown stack and invalid settings', async () => {
    await expect(run({ PRICES: join(root, 'none.json') })).rejects.toThrow(
      /cannot be read.*\nExample/s,
    );
    await expect(run({}, 'nowhere')).rejects.toThrow(/no stack "nowhere"/);
    await expect(run({}, 'wrong')).rejects.toThrow(/prometheus\.retention: 15 is not a duration/);
    await expect(run({ AGAINST: 'nowhere' })).rejects.toThrow(/no stack "nowhere"/);
    await expect(run({ AGAINST: 'http://' })).rejects.toThrow(/AGAINST: "http:\/\/" is not a URL/);
  });
});

describe('AGAINST a running stack', () => {
  let prometheus: Server;
  let url: string;
  let queries: string[];
  let respond: (query: string) => unknown;

  const one = (value: number | string, metric: object = {}): object => ({
    status: 'success',
    data: { resultType: 'vector', result: [{ metric, value: [1_700_000_000, `${value}`] }] },
  });
  const nothing = { status: 'success', data: { resultType: 'vector', result: [] } };
  /** A stack that runs for two days. */
  const answers: readonly (readonly [RegExp, object])[] = [
    [/process_start_time_seconds/, one(172_800)],
    [/head_series/, one(40_000)],
    [/samples_appended/, one(2_700)],
    [/lowest_timestamp/, one(172_000)],
    [/distributor_bytes/, one(100_000)],
    [/chunk_stored/, one(30_000)],
    [/accepted_spans/, one(200)],
    [/sent_spans/, one(50)],
    [/by \(node\)/, one(1)],
    [/memory_working_set/, one(260 * 2 ** 20, { container: 'audifi-test-prometheus' })],
    [/cpu_usage/, one(0.25, { container: 'audifi-test-prometheus-0' })],
    [/storage_blocks_bytes/, one(0.9e9)],
    [/badger_size/, one(1.2e9)],
  ];

  beforeEach(async () => {
    queries = [];
    respond = (query) => answers.find(([asked]) => asked.test(query))?.[1] ?? nothing;
    prometheus = createServer((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        const query = new URLSearchParams(body).get('query') ?? '';
        queries.push(query);
        if (request.url !== '/api/v1/query') response.statusCode = 404;
        const answer = respond(query);
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    prometheus.close();
  });

  it('takes the load that is measured, unless it is given', async () => {
    const text = await run({ AGAINST: url, SPANS_PER_SECOND: '7' });
    expect(line(text, 'SERIES')).toEqual([
      ...['SERIES', '40,000', 'active series', 'measured: in the running stack test'],
    ]);
    expect(line(text, 'LOGS_GB_PER_DAY')[1]).toBe('8.6');
    expect(line(text, 'KEPT_SHARE')[1]).toBe('0.25');
    expect(line(text, 'SPANS_PER_SECOND').slice(1)).toEqual(['7', 'spans/s', 'given']);
    expect(line(text, 'USERS').at(-1)).toMatch(/^assumed/);
  });

  it('compares with real figures of the measured load', async () => {
    const text = await run({ AGAINST: url, SERIES: '1000000' });
    // 40,000 series: not those that are given.
    expect(line(text, 'samples per second')).toEqual([
      ...['samples per second', '2,667 /s', '2,700 /s', '0.99 ×'],
    ]);
    expect(line(text, 'prometheus, memory').slice(1)).toEqual(['203 MiB', '260 MiB', '0.78 ×']);
    expect(line(text, 'prometheus, CPU').slice(2, 3)).toEqual(['0.25 cores']);
    // 2,700/s × ((172,000 s − 3 h) × 1.8 B + 3 h × 8.3 B): not yet 15 days.
    expect(line(text, 'prometheus, disk at this age').slice(1)).toEqual([
      ...['1 GB', '900 MB', '1.1 ×'],
    ]);
    expect(line(text, 'stored per byte of log lines').slice(1)).toEqual(['0.23', '0.3', '0.75 ×']);
    expect(text).toMatch(/Its Prometheus does not know: .*loki, memory; /);
  });

  it('on Kubernetes, reads the containers and volumes of its namespaces', async () => {
    const gigabyte = one(7e9, { persistentvolumeclaim: 'data-loki-0' });
    const known: readonly (readonly [RegExp, object])[] = [
      [/memory_working_set/, one(512 * 2 ** 20, { container: 'loki' })],
      [/volume_stats/, gigabyte],
      ...answers,
    ];
    respond = (query) => known.find(([asked]) => asked.test(query))?.[1] ?? nothing;
    const { use, diskGB } = await measure({ url, stack: 'prod', namespace: 'monitoring' });
    expect(use.get('loki')).toEqual({ memoryMiB: 512 });
    expect(diskGB.get('loki')).toBe(7);
    expect(queries.filter((query) => query.includes('monitoring')).length).toBeGreaterThan(2);
    expect(queries.some((query) => query.includes('namespace=~"monitoring(-host)?"'))).toBe(true);
  });

  it('asks queries that Prometheus can parse, over at most a day and not before the start', async () => {
    await run({ AGAINST: url });
    expect(queries.some((query) => query.includes('[86400s]'))).toBe(true);
    for (const query of queries) {
      let errors = 0;
      parser.parse(query).iterate({ enter: ({ type }) => void (errors += type.isError ? 1 : 0) });
      expect([query, errors]).toEqual([query, 0]);
    }
    queries = [];
    const before = respond;
    respond = (query) => (query.includes('process_start') ? one(600) : before(query));
    await run({ AGAINST: url });
    expect(queries.filter((query) => query.includes('[540s]')).length).toBeGreaterThan(3);
    expect(queries.some((query) => query.includes('[86400s]'))).toBe(false);
  });

  it('works with a stack that measures nothing, and with values that are no numbers', async () => {
    for (const answer of [nothing, one('NaN')]) {
      respond = () => answer;
      const text = await run({ AGAINST: url });
      expect(line(text, 'SERIES').at(-1)).toMatch(/^settings/);
      expect(text).toContain('Its Prometheus does not know: samples per second; ');
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it.each([
    ['<html>', /does not respond: .*\n.*\nExample: make up/s],
    ['{}', /does not answer like a Prometheus server: no result\nExample: /],
    [{ status: 'error', error: 'query timed out' }, /query timed out\nExample: /],
  ])('rejects the answer %j', async (answer, says) => {
    respond = () => answer;
    await expect(run({ AGAINST: url })).rejects.toThrow(says);
  });

  it('says so if nothing listens, also for a stack by name', async () => {
    await new Promise((resolve) => prometheus.close(resolve));
    await expect(run({ AGAINST: url })).rejects.toThrow(
      /does not respond: .*ECONNREFUSED.*\n.*\nExample/,
    );
    const port = new URL(url).port;
    writeFileSync(
      join(root, 'Pulumi.other.yaml'),
      `config:\n  audifi-observability:prometheus: { port: ${port} }\n`,
    );
    await expect(run({ AGAINST: 'other' })).rejects.toThrow(
      /Prometheus of stack "other" .*ECONNREFUSED.*\n.*\nExample: make up STACK=other/,
    );
  });
});
