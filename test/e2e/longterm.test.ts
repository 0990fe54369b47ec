import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { freePort } from '../../scripts/free-port';
import {
  type BlockMeta,
  type BlockSource,
  blocksIn,
  makeBlocks,
  type PlantedSeries,
} from './lib/blocks';
import { eventually } from './lib/engine';
import { type Rendered, renderedServices, type Replacements, Service } from './lib/processes';

/**
 * A year of metrics in the real Thanos, with the arguments and files that the program gives it. The
 * real compactor compacts, downsamples and deletes blocks of two Prometheus servers, and the real
 * query frontend answers queries over a year. Each part is killed once.
 */
const day = 86_400;
const interval = 120;
const now = Math.floor(Date.now() / 1_000);
/** Blocks of the compactor are two weeks, from multiples of two weeks. */
const fortnight = 14 * day;
const today = now - (now % (2 * 3_600));
/** After this time, the blocks are two hours long, as Prometheus makes them. */
const recent = today - 2 * day - (today % (2 * day));
const first = recent - 365 * day - ((recent - 365 * day) % fortnight);

/** One request a second on each of two servers; the process restarts every ten days. */
const requests = (instance: string): PlantedSeries => ({
  family: 'planted_requests',
  type: 'counter',
  name: `planted_requests_total{job="planted",instance="${instance}"}`,
  valueAt: (time) => (time - first) % (10 * day),
});
/** The same for a whole day, so that every resolution has the same answer. */
const depthOf = (time: number): number => 100 + (Math.floor(time / day) % 10);
const depth: PlantedSeries = {
  family: 'planted_depth',
  type: 'gauge',
  name: 'planted_depth{job="planted",instance="a"}',
  valueAt: depthOf,
};
const series = [requests('a'), requests('b'), depth];

const gap = (daysAgo: number): ((time: number) => boolean) => {
  const start = recent - daysAgo * day - ((recent - daysAgo * day) % day);
  return (time) => time >= start && time < start + 3 * day;
};
const labels = (replica: string): Record<string, string> => ({ env: stack, stack, replica });
const stack = 'e2e-longterm';
/** Two servers that scrape the same, seconds apart; each was down for three days. */
const sources: readonly [BlockSource, BlockSource] = [
  { series, interval, offset: 0, labels: labels('prometheus'), missing: gap(200) },
  { series, interval, offset: 17, labels: labels('prometheus-b'), missing: gap(100) },
];

const folder = mkdtempSync(join(tmpdir(), 'audifi-longterm-'));
const bucket = join(folder, 'bucket');
/** Path of the bucket in the configuration: a link, so that a test can take the bucket away. */
const path = join(folder, 'link');
const started: Service[] = [];
let commands: Readonly<Record<string, string>>;
let services: (name: string) => Rendered;
let prometheus: Service;
let shipped: string[];

const thanos = async (
  name: string,
  move: Replacements = [],
  more: readonly string[] = [],
): Promise<Service & { readonly grpc: string }> => {
  const [http, grpc] = [await freePort(), await freePort()];
  const rendered = services(name);
  const service = new Service(
    commands['thanos'] ?? 'thanos',
    { ...rendered, args: [...rendered.args, ...more] },
    [
      ['/etc/thanos', '{dir}/etc/thanos'],
      ['/var/thanos', '{dir}/data'],
      ['directory: /bucket', `directory: ${path}`],
      ['address=:10902', `address=127.0.0.1:${http}`],
      ['address=:10901', `address=127.0.0.1:${grpc}`],
      ...move,
    ],
    `http://127.0.0.1:${http}`,
  );
  started.push(service);
  return Object.assign(service, { grpc: `127.0.0.1:${grpc}` });
};

const pointTo = (target: string): void => {
  rmSync(path, { force: true });
  symlinkSync(target, path);
};

async function metric(service: Service, name: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.reduce((sum, value) => sum + value, 0);
}

beforeAll(async () => {
  ({ commands } = await prepare({
    need: ['promtool', 'prometheus', 'thanos'],
    log: () => undefined,
  }));
  services = await renderedServices(stack, {
    longTerm: { store: 'filesystem' },
    referenceApp: false,
    alerts: { acceptGaps: true },
  });
  mkdirSync(bucket);
  const promtool = commands['promtool'] ?? 'promtool';
  const own = join(folder, 'own');
  mkdirSync(own);
  const windows: [number, number][] = [];
  for (let from = first; from < recent; from += fortnight) {
    windows.push([from, Math.min(from + fortnight, recent)]);
  }
  for (const window of windows) {
    await Promise.all(sources.map((s) => makeBlocks(promtool, bucket, s, window, '500h')));
  }
  const [a, b] = sources;
  const lately: [number, number] = [recent, today];
  // The sidecar has to upload the blocks that the first server has on its own disk.
  [shipped] = await Promise.all([
    makeBlocks(promtool, own, { ...a, labels: undefined }, lately, '2h'),
    makeBlocks(promtool, bucket, b, lately, '2h'),
  ]);
  const port = await freePort();
  prometheus = new Service(
    commands['prometheus'] ?? 'prometheus',
    services('prometheus'),
    [
      ['/etc/prometheus', '{dir}/etc/prometheus'],
      ['=/prometheus', '={dir}/data'],
      ['--web.listen-address=:9090', `--web.listen-address=127.0.0.1:${port}`],
      ['localhost:9090', `127.0.0.1:${port}`],
    ],
    `http://127.0.0.1:${port}`,
  );
  started.push(prometheus);
  cpSync(own, prometheus.data, { recursive: true });
  await prometheus.start();
});

afterAll(async () => {
  for (const service of started) await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

let sidecar: Service & { readonly grpc: string };

describe('the sidecar', () => {
  it('loses no block and uploads none twice, when the bucket is away and when it is killed', async () => {
    const before = blocksIn(bucket).map(({ ulid }) => ulid);
    const nothing = join(folder, 'nothing');
    writeFileSync(nothing, '');
    pointTo(nothing);
    sidecar = await thanos('prometheus-sidecar', [
      ['--tsdb.path=/prometheus', `--tsdb.path=${prometheus.data}`],
      ['http://prometheus:9090', prometheus.url],
    ]);
    await sidecar.start();
    await eventually('the bucket fails', 60, async () =>
      (await metric(sidecar, 'thanos_objstore_bucket_operation_failures_total')) > 0
        ? true
        : undefined,
    );
    await sidecar.kill('SIGKILL');
    pointTo(bucket);
    const uploaded = (): string[] =>
      blocksIn(bucket)
        .map(({ ulid }) => ulid)
        .filter((ulid) => !before.includes(ulid));
    await sidecar.start();
    await eventually('the first upload', 60, () => (uploaded().length > 0 ? true : undefined));
    await sidecar.kill('SIGKILL');
    await sidecar.start();
    await eventually('all uploads', 60, () =>
      uploaded().length >= shipped.length ? true : undefined,
    );
    expect(uploaded().sort()).toEqual([...shipped].sort());
    const mine = blocksIn(bucket).filter(({ ulid }) => shipped.includes(ulid));
    for (const { thanos: added } of mine) expect(added?.labels).toEqual(labels('prometheus'));
    // The list by which Prometheus knows what it may compact.
    const list = readFileSync(join(prometheus.data, 'thanos.shipper.json'), 'utf8');
    const listed = JSON.parse(list) as { readonly uploaded: readonly string[] };
    expect([...listed.uploaded].sort()).toEqual([...shipped].sort());
  });

  it('uploads nothing again and loses nothing when Prometheus is replaced, also without its list', async () => {
    const before = blocksIn(bucket).map(({ ulid }) => ulid);
    for (const lost of [false, true]) {
      for (const part of [sidecar, prometheus]) await part.kill('SIGKILL');
      if (lost) rmSync(join(prometheus.data, 'thanos.shipper.json'));
      for (const part of [prometheus, sidecar]) await part.start();
      await eventually('the sidecar has compared its blocks with the bucket', 60, async () =>
        (await metric(sidecar, 'thanos_shipper_dir_syncs_total')) > 0 ? true : undefined,
      );
      expect([lost, await metric(sidecar, 'thanos_shipper_uploads_total')]).toEqual([lost, 0]);
      const after = blocksIn(bucket).map(({ ulid }) => ulid);
      expect(after.sort()).toEqual(before.sort());
    }
  });
});

const raw = 0;
const fiveMinutes = 300_000;
const oneHour = 3_600_000;
const of = (resolution: number, replica?: string): BlockMeta[] =>
  blocksIn(bucket)
    .filter(
      ({ thanos: { downsample, labels: of } = missing }) =>
        downsample.resolution === resolution && (replica ?? of['replica']) === of['replica'],
    )
    .sort((a, b) => a.minTime - b.minTime);
/** Raw samples before this, in milliseconds, are past their retention. */
const kept = (now - 15 * day) * 1_000;
const missing = { downsample: { resolution: -1 }, labels: {} as Readonly<Record<string, string>> };

describe('the compactor', () => {
  it('merges, downsamples and deletes, although it is killed in the middle', async () => {
    const before = blocksIn(bucket).length;
    // All blocks of the test are new: do not wait before they are used, or before they are deleted.
    const compactor = await thanos(
      'thanos-compactor',
      [],
      ['--consistency-delay=0s', '--delete-delay=0s', '--wait-interval=5s'],
    );
    await compactor.start();
    await eventually('the first merged block', 120, () =>
      blocksIn(bucket).length < before - 10 ? true : undefined,
    );
    await compactor.kill('SIGKILL');
    await compactor.start();
    await eventually('all is compacted', 180, async () =>
      (await metric(compactor, 'thanos_compact_iterations_total')) > 0 ? true : undefined,
    );
    await eventually('what is marked is deleted', 60, () =>
      of(raw).every(({ maxTime }) => maxTime >= kept) ? true : undefined,
    );
    expect(await metric(compactor, 'thanos_compact_halted')).toBe(0);
    expect(compactor.log).not.toMatch(/critical error/);
    await compactor.kill('SIGTERM');
  });

  it('has deleted raw samples that are older than their retention, and nothing else', () => {
    expect(of(raw).filter(({ maxTime }) => maxTime < kept)).toEqual([]);
    expect(of(raw).length).toBeGreaterThan(2);
    for (const replica of ['prometheus', 'prometheus-b']) {
      for (const resolution of [fiveMinutes, oneHour]) {
        const [block] = of(resolution, replica);
        expect((block?.minTime ?? 0) / 1_000 - first).toBeLessThan(day);
      }
    }
  });

  it('has each time once for each server and resolution', () => {
    for (const replica of ['prometheus', 'prometheus-b']) {
      for (const resolution of [raw, fiveMinutes, oneHour]) {
        of(resolution, replica).reduce((end, { minTime, maxTime }) => {
          expect(minTime).toBeGreaterThanOrEqual(end);
          return maxTime;
        }, 0);
      }
    }
  });

  it('leaves so few objects that a year is cheap to list', () => {
    const { length } = blocksIn(bucket);
    expect(length).toBeGreaterThan(100);
    expect(length).toBeLessThan(160);
  });
});

/** A matrix from the HTTP API: values by time for each series. */
interface Matrix {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [number, string])[];
  }[];
}

describe('the query frontend', () => {
  let store: Service & { readonly grpc: string };
  let query: Service;
  let frontend: Service;

  const get = async <T>(
    server: Service,
    api: string,
    asked: Record<string, string>,
  ): Promise<T> => {
    const response = await fetch(`${server.url}/api/v1/${api}?${new URLSearchParams(asked)}`);
    const body = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Error(body.error);
    return body.data;
  };
  /** Twice a day for a year. */
  const halfDays = { start: String(first), end: String(today), step: String(day / 2) };
  const year = (expr: string, more: Record<string, string> = {}): Promise<Matrix> =>
    get(frontend, 'query_range', { query: expr, ...halfDays, ...more });
  /** The values of the one series at noon: at midnight, aggregates are of the day before. */
  const only = ({ result }: Matrix): readonly (readonly [number, number])[] => {
    expect(result).toHaveLength(1);
    return (result[0]?.values ?? [])
      .filter(([time]) => time % day === day / 2)
      .map(([time, value]) => [time, Number(value)]);
  };
  const noons: readonly number[] = Array.from(
    { length: Math.floor((today - first - day / 2) / day) + 1 },
    (_, i) => first + day / 2 + i * day,
  );

  beforeAll(async () => {
    store = await thanos('thanos-store');
    await store.start();
    query = await thanos('thanos-query', [
      ['prometheus-sidecar:10901', sidecar.grpc],
      ['thanos-store:10901', store.grpc],
    ]);
    await query.start();
    frontend = await thanos('thanos-frontend', [['http://thanos-query:10902', query.url]]);
    await frontend.start();
    await eventually('both sources are known', 30, async () => {
      const { sidecar: sidecars, store: stores } = await get<Record<string, unknown[]>>(
        query,
        'stores',
        {},
      );
      return sidecars?.length === 1 && stores?.length === 1 ? true : undefined;
    });
  });

  it('answers a year in less than a second, with the right value for every day', async () => {
    const start = performance.now();
    const answer = await year('planted_depth');
    expect(performance.now() - start).toBeLessThan(1_000);
    const values = only(answer);
    // The gaps of each server are filled by the other.
    expect(values).toEqual(noons.map((time) => [time, depthOf(time)]));
    expect(answer.result[0]?.metric).not.toHaveProperty('replica');
    expect(await year('planted_depth')).toEqual(answer);
  });

  it('counts nothing twice', async () => {
    for (const [expr, expected] of [
      ['count(planted_requests_total)', () => 2],
      ['sum(planted_depth)', depthOf],
    ] as const) {
      const values = only(await year(expr));
      expect(values).toEqual(noons.map((time) => [time, expected(time)]));
    }
    // Both servers are there: without deduplication everything is twice, except in the gaps.
    const twice = only(await year('count(planted_requests_total)', { dedup: 'false' }));
    expect(new Set(twice.map(([, value]) => value))).toEqual(new Set([2, 4]));
  });

  it('has every request of a year, through restarts, gaps and both sources', async () => {
    const values = only(await year('sum(increase(planted_requests_total[1d]))')).slice(1);
    expect(values).toHaveLength(noons.length - 1);
    const off = values
      .map(([time, value]) => ({ time, by: Math.abs(value / (2 * day) - 1) }))
      .filter(({ by }) => by > 0.005);
    // Where 1-hour aggregates end and finer ones begin, up to an hour of a counter is missing.
    expect(off.length).toBeLessThanOrEqual(1);
    for (const { by } of off) expect(by).toBeLessThan(0.05);
    const all = values.reduce((sum, [, value]) => sum + value, 0);
    expect(Math.abs(all / (2 * day * values.length) - 1)).toBeLessThan(0.005);
  });

  it('looks further back than raw samples reach, in a window of 30 days', async () => {
    const { result } = await get<{ result: { value: [number, string] }[] }>(frontend, 'query', {
      query: 'sum(increase(planted_requests_total[30d]))',
      time: String(today - 3_600),
    });
    expect(result).toHaveLength(1);
    expect(Math.abs(Number(result[0]?.value[1]) / (2 * 30 * day) - 1)).toBeLessThan(0.01);
    // What the panels of objectives and of uptime ask.
    for (const [function_, expected] of [
      ['avg_over_time', 104.5],
      ['sum_over_time', (104.5 * 30 * day) / interval],
    ] as const) {
      const { result: found } = await get<{ result: { value: [number, string] }[] }>(
        frontend,
        'query',
        { query: `sum(${function_}(planted_depth[30d]))`, time: String(today - 3_600) },
      );
      expect([function_, Number(found[0]?.value[1]) / expected]).toEqual([
        function_,
        expect.closeTo(1, 1.5),
      ]);
    }
  });

  it('has no raw samples of times past their retention', async () => {
    const old = { start: String(first), end: String(now - 30 * day), step: String(day) };
    const asked = { query: 'planted_depth', ...old };
    const rawOnly = await get<Matrix>(query, 'query_range', {
      ...asked,
      max_source_resolution: '0s',
    });
    expect(rawOnly.result).toEqual([]);
    const any = await get<Matrix>(query, 'query_range', asked);
    expect(any.result).toHaveLength(1);
  });

  it('answers Grafana in fine steps for times past the retention of raw samples', async () => {
    const midnight = today - 60 * day - (today % day);
    const { result } = await get<Matrix>(frontend, 'query_range', {
      query: 'planted_depth',
      start: String(midnight + 600),
      end: String(midnight + day - 600),
      step: '120',
      max_source_resolution: 'auto',
    });
    expect(result).toHaveLength(1);
    const values = (result[0]?.values ?? []).map(([, value]) => Number(value));
    expect(values.length).toBeGreaterThan(600);
    expect(new Set(values)).toEqual(new Set([depthOf(midnight)]));
  });

  it('weighs each hour of a year equally, as the panel of uptime asks', async () => {
    const { result } = await get<Matrix>(frontend, 'query_range', {
      query: 'avg_over_time(planted_depth[365d:1h])',
      start: String(today - day),
      end: String(today),
      step: String(6 * 3_600),
      max_source_resolution: 'auto',
    });
    expect(result).toHaveLength(1);
    for (const [, value] of result[0]?.values ?? []) expect(Number(value)).toBeCloseTo(104.5, 0);
  });

  it('answers for recent times while the store gateway is dead, and for all when it is back', async () => {
    const answer = await year('planted_depth');
    await store.kill('SIGKILL');
    const lately = await eventually('an answer without the store', 60, () =>
      get<{ result: unknown[] }>(frontend, 'query', {
        query: 'planted_depth',
        time: String(today - 3_600),
      }),
    );
    expect(lately.result).toHaveLength(1);
    // A query that is not in the cache yet: its incomplete answer must not get there.
    const uncached = (): Promise<readonly unknown[]> => year('planted_depth + 0').then(only);
    expect((await uncached()).length).toBeLessThan(noons.length);
    await store.start();
    await eventually('the frontend has not cached the gap', 150, async () =>
      (await uncached()).length === noons.length ? true : undefined,
    );
    for (const part of [query, frontend]) {
      await part.kill('SIGKILL');
      await part.start();
    }
    await eventually('the year is back', 60, async () => {
      const { result } = await year('planted_depth');
      return result[0]?.values.length === answer.result[0]?.values.length ? true : undefined;
    });
    expect(await year('planted_depth')).toEqual(answer);
  });
});
