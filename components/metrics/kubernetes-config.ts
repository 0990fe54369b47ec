import { volumeMetrics } from '../../telemetry';
import type { ScrapeConfig } from './prometheus-config';

/**
 * Scrape jobs for facts of a Kubernetes cluster. `namespace`, `pod`, `node` and `container` of
 * their series are those of the object, as everywhere else. `up` keeps those of the target. Pure.
 */

const identity = ['namespace', 'pod', 'node', 'container'];

/**
 * Prometheus has renamed the labels of the object to `exported_…`, because the target has the same
 * ones. `honor_labels` is not used: series without a pod, e.g. of a node, would then get the pod of
 * kube-state-metrics.
 */
const objectLabels = [
  ...identity.map((label) => ({ source_labels: [`exported_${label}`], target_label: label })),
  { regex: `exported_(${identity.join('|')})`, action: 'labeldrop' },
];

/**
 * The label `workload`, by which a pod and what made it are joined: a Deployment's pods are made by
 * a ReplicaSet, whose name is the Deployment's with a hash.
 */
const workloads = [
  {
    source_labels: ['created_by_kind', 'created_by_name'],
    regex: 'ReplicaSet;(.+)-[^-]+',
    target_label: 'workload',
  },
  {
    source_labels: ['created_by_kind', 'created_by_name'],
    regex: '(?:StatefulSet|DaemonSet);(.+)',
    target_label: 'workload',
  },
  {
    source_labels: ['deployment', 'statefulset', 'daemonset'],
    regex: ';*([^;]+);*',
    target_label: 'workload',
  },
];

/** For kube-state-metrics of objects in namespaces. */
export const objectScrape: ScrapeConfig = {
  metric_relabel_configs: [
    ...objectLabels,
    ...workloads,
    // Labels of kube_pod_info that would make a new series of a pod that only got its address.
    { regex: '(host|pod)_ip|host_network|priority_class', action: 'labeldrop' },
  ],
};

/** For kube-state-metrics of nodes. */
export const clusterNodeScrape: ScrapeConfig = { metric_relabel_configs: objectLabels };

/**
 * For the kubelets' own metrics: of a thousand series per node only those of volumes of these
 * namespaces, and the start of the process, for ServiceCrashLooping.
 */
export function kubeletScrape(namespaces: readonly string[]): ScrapeConfig {
  const volumes = Object.keys(volumeMetrics).join('|');
  return {
    metric_relabel_configs: [
      {
        source_labels: ['__name__', 'namespace'],
        regex: `(${volumes});(${namespaces.join('|')})|process_start_time_seconds;`,
        action: 'keep',
      },
    ],
  };
}
