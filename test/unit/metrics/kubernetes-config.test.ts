import { describe, expect, it } from '@jest/globals';
import {
  clusterNodeScrape,
  kubeletScrape,
  objectScrape,
} from '../../../components/metrics/kubernetes-config';
import { clusterNodeMetrics, objectMetrics, volumeMetrics } from '../../../telemetry';
import { type Labels, relabelled } from '../../lib/relabel';

// What Prometheus puts on every series of the job before relabelling.
const target = {
  job: 'kube-state-metrics',
  instance: 'kube-state-metrics-5d8c7b9f4-x2x7q',
  node: 'node-b',
  namespace: 'monitoring',
  pod: 'kube-state-metrics-5d8c7b9f4-x2x7q',
  container: 'kube-state-metrics',
};
const { job, instance } = target;

/** A series of kube-state-metrics, with conflicting labels renamed as Prometheus does. */
const scraped = (labels: Labels): Labels => ({
  ...target,
  ...Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name in target ? `exported_${name}` : name,
      value,
    ]),
  ),
});
const seen = (labels: Labels) => relabelled(objectScrape.metric_relabel_configs, scraped(labels));

describe('metrics of objects', () => {
  const pod = { namespace: 'audifi', pod: 'api-server-7c9d8f6b5-abcde', uid: '1' };

  it('have the labels of the object, and only the instance of kube-state-metrics', () => {
    const restarts = {
      __name__: 'kube_pod_container_status_restarts_total',
      ...pod,
      container: 'api-server',
    };
    expect(seen(restarts)).toEqual({ ...restarts, job, instance });
    const phase = { __name__: 'kube_pod_status_phase', ...pod, phase: 'Running' };
    expect(seen(phase)).toEqual({ ...phase, job, instance });
    const claim = {
      __name__: 'kube_persistentvolumeclaim_access_mode',
      namespace: 'monitoring',
      persistentvolumeclaim: 'data-prometheus-0',
      access_mode: 'ReadWriteOnce',
    };
    expect(seen(claim)).toEqual({ ...claim, job, instance });
  });

  it('have the node of the pod, and none before it is scheduled', () => {
    const info = { __name__: 'kube_pod_info', ...pod, created_by_kind: '', created_by_name: '' };
    expect(seen({ ...info, node: 'node-a' })).toMatchObject({ node: 'node-a' });
    expect(seen({ ...info, node: '' })).not.toHaveProperty('node');
  });

  it.each([
    ['ReplicaSet', 'api-server-7c9d8f6b5', 'api-server'],
    ['StatefulSet', 'prometheus', 'prometheus'],
    ['StatefulSet', 'my-db', 'my-db'],
    ['DaemonSet', 'node-exporter', 'node-exporter'],
    ['Job', 'backup-29301', undefined],
    ['', '', undefined],
  ])('have the workload of a pod of %s %s: %s', (kind, name, workload) => {
    const made = { created_by_kind: kind, created_by_name: name };
    expect(seen({ __name__: 'kube_pod_info', ...pod, ...made })?.['workload']).toBe(workload);
  });

  it.each(['deployment', 'statefulset', 'daemonset'])('name a %s like its pods', (kind) => {
    const labels = { __name__: `kube_${kind}_x`, namespace: 'audifi', [kind]: 'api-server' };
    expect(seen(labels)).toEqual({ ...labels, workload: 'api-server', job, instance });
  });

  it('do not become new series when a pod gets its address', () => {
    const addresses = { host_ip: '10.0.0.1', pod_ip: '10.1.0.7' };
    const other = { host_network: 'false', priority_class: 'high' };
    const labels = { __name__: 'kube_pod_info', ...pod, node: 'node-a' };
    expect(seen({ ...labels, ...addresses, ...other })).toEqual({ ...labels, job, instance });
  });

  it('have all labels of the contract', () => {
    for (const [name, { labels }] of Object.entries(objectMetrics)) {
      const own = Object.keys(labels).filter((label) => label !== 'workload');
      const kept = seen({ __name__: name, ...Object.fromEntries(own.map((l) => [l, 'x'])) });
      expect(Object.keys(kept ?? {})).toEqual(expect.arrayContaining(own));
    }
  });
});

describe('metrics of nodes', () => {
  it('have their node and no pod', () => {
    for (const __name__ of Object.keys(clusterNodeMetrics)) {
      const labels = { __name__, node: 'node-a' };
      expect(relabelled(clusterNodeScrape.metric_relabel_configs, scraped(labels))).toEqual({
        ...labels,
        job,
        instance,
      });
    }
  });
});

describe("the kubelets' own metrics", () => {
  const kept = (labels: Labels) =>
    relabelled(kubeletScrape(['audifi', 'monitoring']).metric_relabel_configs, labels);
  const claim = { namespace: 'audifi', persistentvolumeclaim: 'data-postgres-0' };

  it("include volumes in the stack's namespaces", () => {
    for (const __name__ of Object.keys(volumeMetrics)) {
      expect(kept({ __name__, ...claim })).toEqual({ __name__, ...claim });
      expect(kept({ __name__, ...claim, namespace: 'audifi-old' })).toBeUndefined();
    }
  });

  it('include the process start time, and no others', () => {
    expect(kept({ __name__: 'process_start_time_seconds' })).toBeDefined();
    const others = ['kubelet_volume_stats_used_bytes', 'kubelet_running_pods', 'rest_client_x'];
    for (const __name__ of others) expect(kept({ __name__, ...claim })).toBeUndefined();
  });
});
