import { volumeMetrics } from '../../telemetry';
import type { ScrapeConfig } from './prometheus-config';

/**
 * Scrape jobs for the state of a Kubernetes cluster. The labels `namespace`, `pod`, `node` and
 * `container` of their series name the object that the series describes. Only those of `up` name
 * the target. Pure.
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
 * The label `workload`, by which a pod is joined with its workload. A Deployment's pods are created
 * by a ReplicaSet, whose name is the Deployment's name and a hash.
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
    // Labels of kube_pod_info that would start a new series when a pod gets its address.
    { regex: '(host|pod)_ip|host_network|priority_class', action: 'labeldrop' },
  ],
};

/** For kube-state-metrics of nodes. */
export const clusterNodeScrape: ScrapeConfig = { metric_relabel_configs: objectLabels };

/**
 * For the kubelets' own metrics, about a thousand series per node. Keeps only those of volumes in
 * these namespaces, and the start time of the process for ServiceCrashLooping.
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
