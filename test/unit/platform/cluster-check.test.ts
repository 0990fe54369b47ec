import { describe, expect, it } from '@jest/globals';
import { clusterProblems } from '../../../components/platform/cluster-check';
import { stateOf } from '../../../components/platform/cluster-state';
import { bytesOf } from '../../../components/units';
import { sizedVolumes } from '../../../components/platform/volumes-config';
import main from '../../../index';
import { run } from '../../lib/mocks';
import { afterCommand, parse, stackConfig, texts, type Tree } from '../../lib/pulumi-config';
import { claim, classes, type Objects } from './cluster-fixtures';

/** `key: what` of each problem. Fails if the suggested commands do not solve all of them. */
function problems(tree: Tree, objects: Objects): string[] {
  const state = stateOf(objects);
  const secretKeys = Object.keys(tree).filter((key) => key.endsWith('Key'));
  const config = stackConfig({ platform: 'kubernetes', ...tree }, { stack: 'prod', secretKeys });
  const found = clusterProblems(parse(config.tree, config), state);
  const commands = found.map(({ fix }) => fix).filter((fix) => fix.startsWith('pulumi '));
  const repaired = [...new Set(commands)].reduce(afterCommand, config);
  const left = clusterProblems(parse(repaired.tree, repaired), state);
  expect(left.length).toBe(found.length - commands.length);
  return found.map(({ key, what }) => `${key}: ${what}`);
}

const space = (name: string, labels: Record<string, string> = {}, deletionTimestamp?: string) => ({
  kind: 'Namespace',
  metadata: { name, labels, deletionTimestamp },
});
const partOf = { 'app.kubernetes.io/part-of': 'audifi-observability' };
const ours = { ...partOf, 'app.kubernetes.io/instance': 'prod' };

describe('a namespace', () => {
  const adopt = { kubernetes: { adoptNamespace: true } };

  it('that does not exist, or that this stack or an earlier release of it created, is fine', () => {
    const others = [space('default'), space('audifi'), space('monitoring-old')];
    expect(problems({}, others)).toEqual([]);
    expect(problems({}, [space('monitoring', ours), space('monitoring-host', partOf)])).toEqual([]);
  });

  it.each(['monitoring', 'monitoring-host'])('%s that exists is not taken over', (name) => {
    const foreign = space(name, { 'kubernetes.io/metadata.name': name, team: 'sre' });
    const [problem = '', ...others] = problems({}, [foreign]);
    expect(others).toEqual([]);
    expect(problem).toMatch(
      new RegExp(`^kubernetes.namespace: ${name} exists, and this stack did not create it`),
    );
    expect(problem).toContain('kubernetes.adoptNamespace');
    expect(problems(adopt, [foreign])).toEqual([]);
  });

  it('of another stack is refused, even if existing ones may be taken over', () => {
    const theirs = space('monitoring', { ...ours, 'app.kubernetes.io/instance': 'staging' });
    for (const tree of [{}, adopt]) {
      expect(problems(tree, [theirs])).toEqual([
        'kubernetes.namespace: monitoring belongs to the stack "staging", and two stacks cannot ' +
          'share a namespace. If "prod" is the new name of that stack, read ' +
          'docs/backup.md#renaming-a-stack instead',
      ]);
    }
  });

  it('that is being deleted is waited for, whoever created it', () => {
    const [problem] = problems({}, [space('monitoring', ours, '2026-11-26T12:00:00Z')]);
    expect(problem).toContain('is being deleted');
  });
});

describe('the port of the node exporter', () => {
  const exporter = (stack: string, containerPort: number) => ({
    kind: 'DaemonSet',
    metadata: {
      ...{ name: 'node-exporter', namespace: `${stack}-host` },
      labels: { ...partOf, 'app.kubernetes.io/instance': stack },
    },
    spec: {
      template: { spec: { hostNetwork: true, containers: [{ ports: [{ containerPort }] }] } },
    },
  });

  it('is refused if another stack uses it on every node', () => {
    expect(problems({}, [exporter('first', 9100)])).toEqual([
      'nodeExporter.enabled: must be false: port 9100 of every node belongs to the stack "first" ' +
        '(namespace first-host), which measures the same nodes. To measure them twice, set ' +
        'another nodeExporter.port',
    ]);
    expect(problems({ nodeExporter: { port: 9101 } }, [exporter('first', 9101)])).toHaveLength(1);
  });

  it("is fine if it is the stack's own, another one, or not needed", () => {
    expect(problems({}, [exporter('prod', 9100)])).toEqual([]);
    expect(problems({}, [exporter('first', 9101)])).toEqual([]);
    const off = { nodeExporter: { enabled: false } };
    expect(problems(off, [exporter('first', 9100)])).toEqual([]);
  });
});

describe('the namespace of discovered pods', () => {
  const api = (namespace?: string) => ({
    'api-server': {
      kubernetes: { labels: { app: 'api' }, port: 9090, ...(namespace && { namespace }) },
    },
  });

  it('must exist, because the stack creates a Role there', () => {
    expect(problems({ targets: api() }, [space('default')])).toEqual([
      'kubernetes.appNamespace: is audifi, but the cluster has no such namespace: pods of api-server ' +
        'are discovered there',
    ]);
    expect(problems({ targets: api('shop') }, [space('audifi')])[0]).toMatch(
      /^targets\.api-server\.kubernetes\.namespace: is shop, /,
    );
    expect(problems({ targets: api() }, [space('audifi')])).toEqual([]);
  });

  it('is created by one command for all jobs, in the context of the settings', () => {
    const targets = { ...api(), worker: api()['api-server'] };
    const config = stackConfig(
      { platform: 'kubernetes', targets, kubernetes: { context: 'eks' } },
      { stack: 'prod', secretKeys: [] },
    );
    const found = clusterProblems(parse(config.tree, config), stateOf([]));
    expect(found.map(({ fix }) => fix)).toEqual(['kubectl --context eks create namespace audifi']);
  });

  it("need not exist if it is the stack's own, which the stack creates", () => {
    for (const own of ['monitoring', 'monitoring-host']) {
      expect(problems({ targets: api(own) }, [])).toEqual([]);
    }
  });

  it('need not exist if nothing is discovered there', () => {
    expect(
      problems({ targets: { 'api-server': { ...api()['api-server'], enabled: false } } }, []),
    ).toEqual([]);
  });
});

const grows = { storageClass: 'growing' };

describe('the size of a volume', () => {
  const sized = (storage: string): Tree => ({
    prometheus: { storage, retentionSize: '1GiB', replicas: 2 },
  });
  const found = (storage: string, ...claims: readonly object[]): string[] =>
    problems(sized(storage), [...classes, ...claims] as Objects);

  it.each<[string, string, readonly object[]]>([
    ['without a claim', '50GiB', []],
    ['as it is', '50GiB', [claim('data-prometheus-0', '50Gi')]],
    ['as it is, in other words', '2GiB', [claim('data-prometheus-0', '2048Mi')]],
    ['that grows', '50GiB', [claim('data-prometheus-0', '20Gi', grows)]],
    [
      'that growing has not reached',
      '30GiB',
      [{ ...claim('data-prometheus-0', '50Gi', { ...grows, capacity: '20Gi' }) }],
    ],
    ['of a claim of another workload', '50GiB', [claim('data-prometheus-old-0', '20Gi')]],
    [
      'that the claim of a former instance cannot have',
      '50GiB',
      [claim('data-prometheus-0', '50Gi'), claim('data-prometheus-2', '20Gi')],
    ],
    [
      'that one of two claims has',
      '20GiB',
      [claim('data-prometheus-0', '20Gi'), claim('data-prometheus-1', '50Gi')],
    ],
  ])('%s is accepted', (_, storage, claims) => {
    expect(found(storage, ...claims)).toEqual([]);
  });

  it.each<[string, string, object, RegExp]>([
    [
      'smaller than the claim',
      '20GiB',
      claim('data-prometheus-0', '50Gi', grows),
      /50Gi and a volume cannot shrink$/,
    ],
    [
      'larger, without the right to grow',
      '50GiB',
      claim('data-prometheus-0', '20Gi'),
      /storage class "fixed" does not let volumes grow/,
    ],
    [
      'larger, with growing turned off',
      '50GiB',
      claim('data-prometheus-0', '20Gi', { storageClass: 'closed' }),
      /storage class "closed" does not/,
    ],
    [
      'larger, without a storage class',
      '50GiB',
      claim('data-prometheus-0', '20Gi', { storageClass: '' }),
      /it has no storage class$/,
    ],
    [
      'larger, of an unknown storage class',
      '50GiB',
      claim('data-prometheus-0', '20Gi', { storageClass: 'gone' }),
      /storage class "gone" does not/,
    ],
    [
      'other than that of a claim without a volume',
      '50GiB',
      claim('data-prometheus-0', '20Gi', { phase: 'Pending' }),
      /before it has a volume$/,
    ],
  ])('%s is refused', (_, storage, one, says) => {
    const [problem = '', ...others] = found(storage, one);
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^prometheus\.storage: is \d+GiB, but the claim data-prometheus-0 has /,
    );
    expect(problem).toMatch(says);
  });

  it('is one problem for all instances, beside those of other settings', () => {
    const claims = [0, 1].map((i) => claim(`data-prometheus-${i}`, '20Gi'));
    expect(found('50GiB', ...claims, claim('data-loki-0', '99Gi'), space('monitoring'))).toEqual([
      expect.stringMatching(/^kubernetes\.namespace: /),
      expect.stringMatching(
        /^prometheus\.storage: .* claims data-prometheus-0, data-prometheus-1 have 20Gi/,
      ),
      expect.stringMatching(/^loki\.storage: .* data-loki-0 has 99Gi and a volume cannot shrink$/),
    ]);
  });

  it('of the collector includes its queues, and space that they no longer need may stay', () => {
    const queue = claim('queue-otel-collector-0', '4Gi');
    const queues = { forwarding: { newRelic: { region: 'eu', traces: true }, queue: '1GiB' } };
    const withQueues = { ...queues, newRelicLicenseKey: 'x'.repeat(40) };
    expect(problems({}, [...classes, queue] as Objects)).toEqual([]);
    const [problem] = problems({ traces: { storage: '3GiB' }, ...withQueues }, [
      ...classes,
      queue,
    ] as Objects);
    expect(problem).toMatch(/^traces\.storage: with \dGiB for forwarding is /);
  });
});

it('every claim whose size is a setting is checked', async () => {
  const tree = {
    platform: 'kubernetes',
    alerts: { acceptGaps: true },
    longTerm: {
      store: 's3',
      storage: '71GiB',
      s3: { bucket: 'audifi-metrics', region: 'eu-west-1' },
    },
    prometheus: { storage: '72GiB' },
    alertmanager: { storage: '73GiB' },
    loki: { storage: '74GiB' },
    jaeger: { storage: '75GiB' },
    traces: { storage: '76GiB' },
    grafana: { storage: '77GiB' },
  };
  const { ofType } = await run(main, { stack: 'prod', config: texts(tree) });
  const claims = ofType('PersistentVolumeClaim').map(({ inputs }) => {
    const { metadata, spec } = inputs as {
      metadata: { name: string };
      spec: { resources: { requests: { storage: string } } };
    };
    return `${metadata.name} ${bytesOf(spec.resources.requests.storage) / 2 ** 20}`;
  });
  const known = sizedVolumes(parse(tree)).map(
    ({ volume, workload, sizeMiB }) => `${volume}-${workload}-0 ${sizeMiB}`,
  );
  // This one caches an index; its size is fixed.
  expect([...known, 'data-thanos-store-0 2048'].sort()).toEqual(claims.sort());
});

it.each([
  ['50Gi', 50 * 2 ** 30],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['500M', 5e8],
  ['1073741824', 2 ** 30],
  ['1e9', 1e9],
  ['2Ti', 2 ** 41],
  ['100m', 1],
  ['many', NaN],
])('the quantity %s is %d bytes', (quantity, bytes) => {
  expect(bytesOf(quantity)).toBe(bytes);
});

describe('a claim that somebody has deleted', () => {
  const deleted = (metadata: object) => {
    const one = claim('data-loki-0', '40Gi');
    const spec = { ...one.spec, volumeName: 'pv-7' };
    return { ...one, spec, metadata: { ...one.metadata, ...metadata } };
  };
  const at = { deletionTimestamp: '2026-11-26T03:00:00Z' };
  const tree = { loki: { storage: '40GiB' } };

  it('is named before its pod stops, with the command that keeps the volume', () => {
    const state = stateOf([...classes, deleted(at)] as Objects);
    const config = stackConfig({ platform: 'kubernetes', ...tree }, { stack: 'prod' });
    const found = clusterProblems(parse(config.tree, config), state);
    expect(found.map(({ what, fix }) => [what.slice(0, 22), fix])).toEqual([
      [
        'the claim data-loki-0 ',
        `kubectl patch pv pv-7 --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      ],
    ]);
  });

  it('is kept in the cluster of the settings', () => {
    const state = stateOf([...classes, deleted(at)] as Objects);
    const there = { ...tree, platform: 'kubernetes', kubernetes: { context: 'eu' } };
    const config = stackConfig(there, { stack: 'prod' });
    const [found] = clusterProblems(parse(config.tree, config), state);
    expect(found?.fix).toMatch(/^kubectl --context eu patch pv pv-7 /);
  });

  it('is no problem otherwise', () => {
    expect(problems(tree, [...classes, deleted({})] as Objects)).toEqual([]);
  });
});
