import { describe, expect, it } from '@jest/globals';
import {
  nodesWorkload,
  objectsWorkload,
  readNamespaces,
} from '../../../components/metrics/kube-state-metrics';
import { workloadProblems } from '../../../components/workload-validation';
import { clusterNodeMetrics, objectMetrics } from '../../../telemetry';
import { parse } from '../../lib/pulumi-config';

const objects = objectsWorkload('kube-state-metrics', ['audifi', 'monitoring']);
const nodes = nodesWorkload('kube-state-metrics-nodes');

/** Values of an argument. */
const listed = ({ args = [] }: typeof objects, flag: string): string[] =>
  args.flatMap((arg) => {
    const text = typeof arg === 'string' ? arg : '';
    return text.startsWith(`--${flag}=`) ? text.slice(flag.length + 3).split(',') : [];
  });

describe('kube-state-metrics', () => {
  it('has two valid workloads without access to the host', () => {
    for (const workload of [objects, nodes]) {
      expect(workloadProblems(workload)).toEqual([]);
      expect([workload.host, workload.volumes, workload.files]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  it('watches exactly the objects that it may read', () => {
    expect(objects.readsCluster).toEqual({
      kinds: listed(objects, 'resources'),
      namespaces: listed(objects, 'namespaces'),
    });
    expect(listed(objects, 'namespaces')).toEqual(['audifi', 'monitoring']);
    expect([listed(nodes, 'resources'), nodes.readsCluster]).toEqual([['nodes'], { nodes: true }]);
    // With namespaces it would list the nodes once for each of them.
    expect(listed(nodes, 'namespaces')).toEqual([]);
  });

  it.each([
    [objects, objectMetrics],
    [nodes, clusterNodeMetrics],
  ])('returns exactly the metrics of the contract: $name', (workload, contract) => {
    const allowed = listed(workload, 'metric-allowlist').map((pattern) => new RegExp(pattern));
    expect(allowed).toHaveLength(Object.keys(contract).length);
    for (const name of Object.keys(contract)) {
      expect(allowed.some((pattern) => pattern.test(name))).toBe(true);
      expect(allowed.some((pattern) => pattern.test(`${name}_time`))).toBe(false);
    }
  });

  it('has a metric of each kind of object that it may read', () => {
    for (const kind of objects.readsCluster?.kinds ?? []) {
      const prefix = `kube_${kind.replace(/s$/, '')}_`;
      const used = Object.keys(objectMetrics).filter((name) => name.startsWith(prefix));
      expect([kind, used.length > 0]).toEqual([kind, true]);
    }
  });

  it('is not restarted if the API server does not respond', () => {
    for (const { liveness } of [objects, nodes]) expect(liveness?.path).toBe('/healthz');
  });
});

describe('its namespaces', () => {
  const pods = { labels: { app: 'x' }, port: 9090 };
  const read = (targets: object): readonly string[] =>
    readNamespaces(parse({ platform: 'kubernetes', targets }), ['monitoring', 'monitoring-host']);

  it("are the stack's own if AudiFi's pods are not discovered", () => {
    expect(read({})).toEqual(['monitoring', 'monitoring-host']);
    expect(readNamespaces(parse({}))).toEqual([]);
  });

  it("include those of AudiFi's discovered pods, each once", () => {
    const targets = {
      worker: { kubernetes: pods },
      'api-server': { kubernetes: { ...pods, namespace: 'audifi' } },
      'ws-server': { kubernetes: { ...pods, namespace: 'live' } },
    };
    expect(read(targets)).toEqual(['audifi', 'live', 'monitoring', 'monitoring-host']);
  });

  it('exclude those of disabled targets', () => {
    const off = { enabled: false, kubernetes: { ...pods, namespace: 'old' } };
    expect(read({ worker: off })).not.toContain('old');
  });
});
