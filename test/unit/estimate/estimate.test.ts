import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deploymentOf, specTargets } from '../../../components/deployment';
import type { ServiceEntry } from '../../../components/service-entry';
import { services } from '../../../components/services';
import { limits, seriesPerTarget } from '../../../scripts/estimate/constants';
import { estimate, type Estimate } from '../../../scripts/estimate/estimate';
import {
  defaultInputs,
  type Load,
  loadOf,
  type StackSettings,
} from '../../../scripts/estimate/load';
import { listPrices } from '../../../scripts/estimate/prices';
import { projectRoot } from '../../../scripts/stack-files';
import { shapeOf } from '../../../scripts/stack-settings';
import { afterCommand, refusal, stackConfig, type Tree } from '../../lib/pulumi-config';

function settingsOf(tree: Tree): StackSettings {
  const config = Object.entries(tree).map(([key, value]) => [`audifi-observability:${key}`, value]);
  return shapeOf({ config: Object.fromEntries(config) as Record<string, unknown> });
}

function estimateOf(tree: Tree, given: Partial<Load> = {}): Estimate {
  const settings = settingsOf(tree);
  return estimate(settings, loadOf(defaultInputs(settings, given)), listPrices);
}

const gigabytes = ({ data }: Estimate, name: string): number =>
  data.find((each) => each.name === name)?.gigabytes ?? NaN;
const part = ({ parts }: Estimate, name: string) => parts.find((each) => each.name === name);

describe('the parts of the estimate', () => {
  it.each<[string, Tree]>([
    ['a development stack', { inbox: { enabled: true } }],
    ['a stack with everything', { platform: 'kubernetes', longTerm: { store: 'filesystem' } }],
    ['a stack with the collector as log agent', { logs: { agent: 'otel' } }],
  ])("are all services of %s, each once, but not AudiFi's", (_, tree) => {
    const catalogue: Readonly<Record<string, ServiceEntry>> = services;
    const deployed = deploymentOf(settingsOf(tree)).services;
    const own = deployed.filter((name) => catalogue[name]?.of === 'stack');
    const names = estimateOf(tree).parts.map(({ name }) => name);
    expect([...names].sort()).toEqual([...own].sort());
  });

  it('have as many instances as the catalogue says', () => {
    const counts = { prometheus: 2, alertmanager: 3, grafana: 4, loki: 3, traces: 5 };
    const replicated: Tree = Object.fromEntries(
      Object.entries(counts).map(([name, replicas]) => [name, { replicas }]),
    );
    const made = estimateOf(
      {
        ...replicated,
        platform: 'kubernetes',
        loki: { replicas: 3, s3: { bucket: 'b' } },
      },
      { nodes: 7 },
    );
    const catalogue: Readonly<Record<string, ServiceEntry>> = services;
    for (const { name, instances } of made.parts) {
      const { perNode, replicas } = catalogue[name] ?? {};
      const expected = perNode === true ? 7 : replicas === undefined ? 1 : counts[replicas];
      expect([name, instances]).toEqual([name, expected]);
    }
  });
});

describe("the specification's table of retention", () => {
  // The load of docs/sizing.md: 5,000 series, and the other inputs at their defaults.
  const made = estimateOf(
    { longTerm: { store: 'filesystem' }, uptime: { public: true } },
    { series: 5_000 },
  );

  it.each([
    ['metrics, as scraped', 1, 0.78, '15d'],
    ['metrics, downsampled', 5, 4.8, '1y'],
    ['logs, error and warn', 10, 2.3, '90d'],
    ['logs, info', 20, 4.5, '14d'],
    ['traces', 5, 4.85, '7d'],
    ['uptime history (in the row above)', 0.1, 0.004, '1y'],
  ])('%s: below %d GB', (name, spec, expected, kept) => {
    const size = gigabytes(made, name);
    expect(made.data.find((each) => each.name === name)?.kept).toBe(kept);
    expect(size).toBeLessThan(spec);
    expect(Math.abs(size / expected - 1)).toBeLessThan(0.05);
  });

  it('is reached at the load that docs/sizing.md says', () => {
    const page = readFileSync(join(projectRoot, 'docs', 'sizing.md'), 'utf8');
    const reached: readonly [string, Partial<Load>, number][] = [
      ['metrics, as scraped', { series: 6_400 }, 1],
      ['metrics, downsampled', { series: 5_200 }, 5],
      ['logs, error and warn', { logsGBPerDay: 6.8 }, 10],
      ['logs, info', { logsGBPerDay: 6.8 }, 20],
      ['traces', { spansPerSecond: 83 }, 5],
    ];
    for (const [name, load, spec] of reached) {
      const size = gigabytes(estimateOf({ longTerm: { store: 'filesystem' } }, load), name);
      expect([name, Math.abs(size / spec - 1) < 0.03]).toEqual([name, true]);
      expect(page).toContain(Object.values(load)[0]?.toLocaleString('en'));
    }
  });

  it("is too small for the specification's own jobs at the size of the benchmark's fleet", () => {
    const jobs = [...Object.keys(specTargets()), 'node'];
    const series = jobs.reduce((sum, job) => sum + (seriesPerTarget[job] ?? NaN), 0);
    expect(jobs).toHaveLength(7);
    expect(Math.round(series / 1_000)).toBe(11);
    expect(gigabytes(estimateOf({}, { series }), 'metrics, as scraped')).toBeGreaterThan(1);
  });
});

it('the series per target are those of the benchmark', () => {
  const page = readFileSync(join(projectRoot, 'docs', 'benchmarks.md'), 'utf8');
  const [, fleet = ''] = /Targets × series per target: ([^.]+)\./.exec(page) ?? [];
  const measured = [...fleet.matchAll(/([\w-]+) \d+ × (\d+)/g)].map(([, job, n]) => [
    job,
    Number(n),
  ]);
  expect(measured.length).toBeGreaterThan(10);
  // A new benchmark may differ a little.
  for (const [job, n] of measured) {
    const ratio = (seriesPerTarget[String(job)] ?? 0) / Number(n);
    expect([job, ratio > 0.8 && ratio < 1.25]).toEqual([job, true]);
  }
});

describe('measured figures are reproduced', () => {
  it('memory and CPU of Prometheus at 102,485 series', () => {
    const prometheus = part(estimateOf({}, { series: 102_485, users: 0 }), 'prometheus');
    expect(prometheus?.memoryMiB).toBeCloseTo(520, -1);
    expect(prometheus?.cores).toBeCloseTo(0.29, 5);
  });

  it('94 GB a year for 100,000 series in the bucket, without the time until blocks go', () => {
    const size = gigabytes(
      estimateOf({ longTerm: { store: 'filesystem' } }, { series: 100_000 }),
      'metrics, downsampled',
    );
    expect(size * (365 / 374)).toBeCloseTo(94, 0);
  });

  it('the collector needs a core for 2,200 spans/s', () => {
    const made = estimateOf({}, { spansPerSecond: 2_200 });
    expect(part(made, 'otel-collector')?.cores).toBeCloseTo(1, 5);
  });
});

describe('the estimate follows the settings', () => {
  it('has the services of the stack, and no others', () => {
    const names = (tree: Tree): string[] => estimateOf(tree).parts.map(({ name }) => name);
    expect(names({})).toEqual(expect.arrayContaining(['prometheus', 'loki', 'promtail', 'jaeger']));
    expect(names({ logs: { agent: 'otel' } })).toContain('otel-agent');
    expect(names({ logs: { enabled: false } })).not.toContain('loki');
    expect(names({ traces: { enabled: false } })).not.toContain('jaeger');
    expect(names({ cadvisor: { enabled: false } })).not.toContain('cadvisor');
    expect(names({}).filter((name) => name.startsWith('thanos'))).toEqual([]);
    expect(names({ longTerm: { store: 'filesystem' } })).toContain('thanos-compactor');
  });

  it('a scrape interval twice as long halves samples, CPU and disk, but not memory', () => {
    const load = { series: 50_000, users: 0 };
    const [fast, slow] = ['15s', '30s'].map((scrapeInterval) =>
      part(estimateOf({ prometheus: { scrapeInterval } }, load), 'prometheus'),
    );
    expect(slow?.cores).toBeCloseTo((fast?.cores ?? NaN) / 2, 8);
    expect(slow?.diskGB).toBeCloseTo((fast?.diskGB ?? NaN) / 2, 8);
    expect(slow?.memoryMiB).toBe(fast?.memoryMiB);
  });

  it('retention, replicas and sampling change what is stored', () => {
    const raw = 'metrics, as scraped';
    const [short, long] = ['15d', '30d'].map((retention) =>
      gigabytes(estimateOf({ prometheus: { retention } }), raw),
    );
    expect(long).toBeCloseTo((short ?? NaN) * 2, 8);
    expect(
      estimateOf({ prometheus: { replicas: 2 } }).data.find(({ name }) => name === raw)?.copies,
    ).toBe(2);
    const all = gigabytes(estimateOf({ traces: { sampling: { share: 1 } } }), 'traces');
    expect(all).toBeGreaterThan(8 * gigabytes(estimateOf({}), 'traces'));
  });

  it('more targets are more series', () => {
    const series = (tree: Tree): number => defaultInputs(settingsOf(tree)).series.value;
    const addresses = ['a:1', 'b:1', 'c:1'];
    expect(series({ targets: { 'api-server': { addresses } } }) - series({})).toBeGreaterThan(
      7_800,
    );
    expect(series({ targets: { worker: { enabled: false } } })).toBeLessThan(series({}));
  });

  it('a bucket holds the data instead of the volume, and costs requests', () => {
    const load = { series: 100_000, logsGBPerDay: 5 };
    const made = estimateOf(
      {
        platform: 'kubernetes',
        longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } },
        loki: { s3: { bucket: 'audifi-logs' } },
      },
      load,
    );
    expect(made.total.bucketGB).toBeGreaterThan(100);
    expect(made.money.requests).toBeGreaterThan(0);
    expect(part(made, 'loki')?.diskGB).toBeLessThan(2);
    expect(estimateOf({}, load).money).toMatchObject({ bucket: 0, requests: 0 });
  });

  it('traces on a database server are not on the volume', () => {
    const opensearch = { urls: ['https://opensearch.internal:9200'] };
    const made = estimateOf({ jaeger: { storageBackend: 'opensearch', opensearch } });
    expect(made.data.find(({ name }) => name === 'traces')?.where).toBe('server');
    expect(part(made, 'jaeger')?.diskGB).toBe(0);
  });

  it('everything grows with the load, and the sum of the money is its parts', () => {
    const small = estimateOf({}, { series: 1_000, logsGBPerDay: 0.1, spansPerSecond: 1 });
    const large = estimateOf({}, { series: 1e6, logsGBPerDay: 100, spansPerSecond: 1_000 });
    for (const key of ['cores', 'memoryMiB', 'diskGB'] as const) {
      expect(large.total[key]).toBeGreaterThan(small.total[key]);
    }
    const { total, ...parts } = large.money;
    expect(total).toBeCloseTo(
      Object.values(parts).reduce((sum, money) => sum + money, 0),
      8,
    );
  });
});

describe('what does not fit', () => {
  const scale = (tree: Tree, load: Partial<Load>): string[] =>
    estimateOf(tree, load)
      .advice.filter(({ kind }) => kind === 'scale')
      .map(({ what }) => what);

  it('nothing, for the defaults', () => {
    expect(estimateOf({}).advice).toEqual([]);
  });

  it.each([
    ['Prometheus', { series: 2_400_000 }, { series: 2_500_000 }, /too many for one Prometheus/],
    ['Loki', { logsGBPerDay: 19 }, { logsGBPerDay: 21 }, /more than 20 GB per instance of Loki/],
    // At 0.12, 4,000 spans/s are 480 stored ones; their week is more than 50 GB.
    ['badger', { spansPerSecond: 800 }, { spansPerSecond: 850 }, /traces outgrow badger/],
  ])('%s, from its limit on', (_, below, above, what) => {
    expect(scale({}, below).filter((text) => what.test(text))).toEqual([]);
    expect(scale({}, above).filter((text) => what.test(text))).toHaveLength(1);
  });

  it("the log agent's limit, by the lines of one node", () => {
    const ofAgent = (load: Partial<Load>): readonly string[] =>
      estimateOf({}, load).advice.flatMap(({ fix }) => (/logs.cpus/.test(fix) ? [fix] : []));
    expect(ofAgent({ logsGBPerDay: 40 })).toEqual([]);
    expect(ofAgent({ logsGBPerDay: 400, nodes: 10 })).toEqual([]);
    expect(ofAgent({ logsGBPerDay: 400 })).toEqual(['pulumi config set --path logs.cpus 4']);
  });

  it('distributed Loki, when all instances that the settings allow are too few', () => {
    const [advice] = estimateOf({ platform: 'kubernetes' }, { logsGBPerDay: 61, nodes: 9 }).advice;
    expect(advice?.fix).toMatch(/distributed Loki/);
    expect(limits.lokiReplicas).toBe(9);
  });

  // The commands are applied until none is left. The settings stay valid.
  it.each<[string, Tree, Partial<Load>]>([
    ['dev', {}, { series: 900_000, logsGBPerDay: 15, spansPerSecond: 3_000 }],
    ['dev', {}, { series: 300_000, spansPerSecond: 100_000, keptShare: 0.001 }],
    [
      'prod',
      { platform: 'kubernetes', prometheus: { replicas: 2 } },
      { series: 1_500_000, logsGBPerDay: 50, spansPerSecond: 2_000, nodes: 12 },
    ],
    [
      'prod',
      { platform: 'kubernetes', longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } } },
      { series: 700_000, logsGBPerDay: 19, nodes: 12 },
    ],
  ])('%s: its commands make the settings fit', (stack, tree, load) => {
    let config = stackConfig({ ...tree, alerts: { acceptGaps: true } }, { stack });
    let { advice } = estimateOf(config.tree, load);
    expect(advice.length).toBeGreaterThan(1);
    for (let round = 0; round < 4 && advice.length > 0; round += 1) {
      for (const { fix } of advice) config = afterCommand(config, fix);
      expect(refusal(config)?.message).toBeUndefined();
      ({ advice } = estimateOf(config.tree, load));
    }
    expect(advice).toEqual([]);
  });
});
