import { describe, expect, it } from '@jest/globals';
import { retentionSizeMiB, volumeMiB, budgetsOf } from '../../components/settings/budgets';
import { prometheusWorkload } from '../../components/metrics/prometheus';
import { stackRules } from '../../components/metrics/stack-rules';
import { dataText, volumesOf } from '../../scripts/data-use';
import { parse, refusal, stackConfig, type Tree } from '../lib/pulumi-config';

const bytes = (tree: Tree): Record<string, number> =>
  Object.fromEntries(budgetsOf(parse(tree)).map(({ data, bytes: size }) => [data, size / 2 ** 30]));

describe('budgets', () => {
  it("have the sizes of the specification's table, except that 15 days of metrics fit", () => {
    const all = bytes({ longTerm: { store: 'filesystem' } });
    expect(all).toEqual({
      ...{ metrics: 8, longTerm: 5, uptime: 100 / 1024 },
      ...{ errorLogs: 10, infoLogs: 20, traces: 5, grafana: 1 },
    });
  });

  it('are only of data that the stack keeps itself', () => {
    expect(Object.keys(bytes({}))).toEqual([
      ...['metrics', 'errorLogs', 'infoLogs', 'traces', 'grafana'],
    ]);
    const opensearch = { urls: ['https://o.internal:9200'] };
    expect(bytes({ jaeger: { storageBackend: 'opensearch', opensearch } })).not.toHaveProperty(
      'traces',
    );
    expect(bytes({ logs: { enabled: false } })).not.toHaveProperty('infoLogs');
  });

  it('decide the sizes of volumes and the size at which Prometheus deletes', () => {
    const sizes = (tree: Tree): number[] => {
      const settings = parse(tree);
      return (['prometheus', 'loki', 'jaeger', 'grafana'] as const).map((service) =>
        volumeMiB(service, settings),
      );
    };
    const gib = (...sizes_: number[]): number[] => sizes_.map((size) => size * 1024);
    expect(sizes({})).toEqual(gib(10, 40, 10, 1));
    const budgets = {
      ...{ metrics: '16GiB', errorLogs: '20GiB', infoLogs: '40GiB' },
      ...{ traces: '10GiB', grafana: '2GiB' },
    };
    expect(sizes({ budgets })).toEqual(gib(20, 80, 20, 2));
    expect(retentionSizeMiB(parse({ budgets }))).toBe(16 * 1024);
    const { args = [] } = prometheusWorkload('prometheus', {
      settings: parse({ budgets }),
      platform: { discover: () => ({ by: 'addresses', targets: [] }), instanceHosts: () => [] },
      jobs: [],
    });
    expect(args).toContain('--storage.tsdb.retention.size=16384MB');
  });

  it('give way to a size that is set for one server', () => {
    const settings = parse({
      ...{ platform: 'kubernetes', alerts: { acceptGaps: true } },
      prometheus: { retentionSize: '20GiB', storage: '40GiB' },
      loki: { storage: '8GiB' },
    });
    expect(retentionSizeMiB(settings)).toBe(20 * 1024);
    expect(volumeMiB('prometheus', settings)).toBe(40 * 1024);
    // A volume that holds less than the budgets limits them.
    const kept = Object.fromEntries(budgetsOf(settings).map((b) => [b.data, b.bytes / 2 ** 30]));
    expect(kept).toMatchObject({ metrics: 20, errorLogs: 2, infoLogs: 4 });
  });

  it('have one budget for logs with a common retention, which Loki counts together', () => {
    const retention = { error: '14d', warn: '30d', info: '14d' };
    const logs = budgetsOf(parse({ logs: { retention } })).filter(({ data }) => /ogs/.test(data));
    expect(logs.map(({ data, bytes: size }) => [data, size])).toEqual([['logs', 30 * 2 ** 30]]);
  });

  it('are rejected where a volume of a set size cannot hold the metrics', () => {
    const config = stackConfig({
      ...{ platform: 'kubernetes', alerts: { acceptGaps: true } },
      ...{ budgets: { metrics: '40GiB' }, prometheus: { storage: '40GiB' } },
    });
    expect(refusal(config)?.problems.map(({ key, fix }) => [key, fix])).toEqual([
      ['budgets.metrics', expect.stringContaining('prometheus.storage 48GiB')],
    ]);
  });

  it('are in the rules of the stack, with the retention of each kind', () => {
    const { files } = stackRules({
      settings: parse({ budgets: { traces: '3GiB' }, logs: { retention: { info: '7d' } } }),
      platform: { manyHosts: false, sizedVolumes: false },
      jobs: ['prometheus', 'loki', 'jaeger', 'otel-collector'],
      channels: [],
    });
    const recorded = files['recording.yml'] ?? '';
    expect(recorded).toContain(`vector(${3 * 2 ** 30})`);
    expect(recorded).toContain('retention_hours="168"');
    expect(files['meta-budgets.yml']).toContain('DataOutgrowsBudget');
  });
});

describe('make status', () => {
  const settings = parse({ longTerm: { store: 'filesystem' }, budgets: { traces: '1GiB' } });
  const df = [
    JSON.stringify([
      { Name: 'audifi-dev-prometheus-data', Size: '1.5GB' },
      { Name: 'audifi-dev-prometheus-1-data', Size: '2.147GB' },
      { Name: 'audifi-dev-loki-data', Size: '734kB' },
      { Name: 'audifi-dev-jaeger-data', Size: '3.1GB' },
      { Name: 'audifi-other-grafana-data', Size: '5GB' },
      { Name: 'of-a-plugin', Size: 'N/A' },
    ]),
  ];
  const rows = (text: string): string[][] =>
    text.split('\n').map((line) => line.trim().split(/ {2,}/));

  it('shows the real use of volumes against the budgets, on Docker', () => {
    const use = { volumes: volumesOf(df), expected: new Map([['longTerm' as const, 24e9]]) };
    const found = rows(dataText(settings, { stack: 'dev' }, use));
    // The largest instance counts.
    expect(found).toContainEqual(['metrics, as scraped', '8 GiB', '2 GiB', '15d']);
    expect(found).toContainEqual(['logs, error and warn', '10 GiB', '0.7 MiB', '90d']);
    expect(found).toContainEqual(['logs, other levels', '20 GiB', 'in the row above', '14d, 3d']);
    expect(found).toContainEqual([
      ...['traces', '1 GiB', '2.89 GiB', '7d', 'raise budgets.traces or store less'],
    ]);
    expect(found).toContainEqual([
      ...['metrics in the bucket', '5 GiB', 'unknown', '22.4 GiB', '15d, 1y'],
      'raise budgets.longTerm or store less',
    ]);
    expect(found).toContainEqual(["Grafana's database", '1 GiB', 'unknown']);
  });

  it("says on Docker that Jaeger's volume looks larger than it is", () => {
    const text = (at: object) =>
      dataText(settings, { stack: 'dev', ...at }, { volumes: new Map(), expected: new Map() });
    expect(text({})).toContain('2 GiB that Jaeger reserves');
    expect(text({ namespace: 'monitoring' })).not.toContain('Jaeger reserves');
  });

  it('does not advise a larger budget because of what Jaeger reserves', () => {
    const advice = (bytes: number, at: object = {}): string => {
      const name = 'namespace' in at ? 'data-jaeger-0' : 'audifi-dev-jaeger-data';
      const use = { volumes: new Map([[name, bytes]]), expected: new Map() };
      return dataText(settings, { stack: 'dev', ...at }, use);
    };
    expect(advice(2 ** 31)).not.toContain('raise');
    expect(advice(2 ** 31 + 0.9 * 2 ** 30)).toContain('raise budgets.traces');
    expect(advice(0.9 * 2 ** 30, { namespace: 'monitoring' })).toContain('raise budgets.traces');
  });

  it("knows a cluster's volumes by their claims", () => {
    const volumes = new Map([
      ['data-prometheus-0', 3 * 2 ** 30],
      ['data-loki-0', 2 ** 30],
    ]);
    const text = dataText(
      settings,
      { stack: 'prod', namespace: 'monitoring' },
      {
        ...{ volumes, expected: new Map() },
      },
    );
    expect(rows(text)).toContainEqual(['metrics, as scraped', '8 GiB', '3 GiB', '15d']);
    expect(rows(text)).toContainEqual(['logs, error and warn', '10 GiB', '1 GiB', '90d']);
  });

  it('reads no output of docker as no volumes', () => {
    expect(volumesOf([])).toEqual(new Map());
    expect(volumesOf(['null'])).toEqual(new Map());
  });
});
