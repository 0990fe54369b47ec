import { counter, gauge, open } from '../contract';
import { series } from '../recorded-series';

const namespace = open('namespace of the object', 50);
const pod = { namespace, pod: open('the pod', 300), uid: open('ID of the pod', 300) };
const container = { ...pod, container: open('container in the pod', 300) };
/** Added by Prometheus, so that pods and what made them have a label in common. */
const workload = open('Deployment, StatefulSet or DaemonSet, by name', 100);
const deployment = { namespace, workload, deployment: open('the Deployment', 50) };
const statefulset = { namespace, workload, statefulset: open('the StatefulSet', 50) };
const daemonset = { namespace, workload, daemonset: open('the DaemonSet', 50) };
const claim = { namespace, persistentvolumeclaim: open('the claim', 100) };
const node = { node: open('the node', 100) };

/**
 * Objects in the namespaces that the stack reads, by kube-state-metrics. `namespace`, `pod`, `node`
 * and `container` are the object's, never those of kube-state-metrics itself.
 */
export const objectMetrics = {
  kube_pod_info: gauge({
    unit: 'boolean',
    help: '1 for every pod, with its node and workload; a pod without a node is not scheduled.',
    labels: {
      ...{ ...pod, ...node, workload },
      created_by_kind: open('kind of the object that made the pod, e.g. ReplicaSet', 10),
      created_by_name: open('object that made the pod', 100),
    },
    budget: 300,
  }),
  kube_pod_status_phase: gauge({
    unit: 'boolean',
    help: '1 for the phase that the pod is in.',
    labels: { ...pod, phase: ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] },
    budget: 1_500,
  }),
  kube_pod_status_ready: gauge({
    unit: 'boolean',
    help: "1 for the value of the pod's condition Ready; none before the pod is scheduled.",
    labels: { ...pod, condition: ['true', 'false', 'unknown'] },
    budget: 900,
  }),
  kube_pod_container_status_waiting_reason: gauge({
    unit: 'boolean',
    help: '1 while the container waits for this reason; none while it runs.',
    labels: { ...container, reason: open('e.g. CrashLoopBackOff or ImagePullBackOff', 20) },
    budget: 300,
  }),
  kube_pod_container_status_last_terminated_reason: gauge({
    unit: 'boolean',
    help: '1 for the reason why the container last ended; none if it never did.',
    labels: { ...container, reason: open('e.g. OOMKilled, Error or Completed', 20) },
    budget: 300,
  }),
  kube_pod_container_status_restarts_total: counter({
    unit: 'count',
    help: 'Restarts of the container in this pod.',
    labels: container,
    budget: 300,
  }),
  kube_pod_spec_volumes_persistentvolumeclaims_info: gauge({
    unit: 'boolean',
    help: '1 for every claim that the pod uses.',
    labels: { ...pod, ...claim, volume: open('name of the volume in the pod', 50) },
    budget: 300,
  }),
  kube_deployment_spec_replicas: gauge({
    unit: 'count',
    help: 'Pods that the Deployment asks for.',
    labels: deployment,
    budget: 50,
  }),
  kube_deployment_status_replicas_available: gauge({
    unit: 'count',
    help: 'Its pods that are ready.',
    labels: deployment,
    budget: 50,
  }),
  kube_deployment_status_replicas_updated: gauge({
    unit: 'count',
    help: 'Its pods of the newest revision; changes during a rollout.',
    labels: deployment,
    budget: 50,
  }),
  kube_statefulset_replicas: gauge({
    unit: 'count',
    help: 'Pods that the StatefulSet asks for.',
    labels: statefulset,
    budget: 50,
  }),
  kube_statefulset_status_replicas_available: gauge({
    unit: 'count',
    help: 'Its pods that are ready.',
    labels: statefulset,
    budget: 50,
  }),
  kube_statefulset_status_replicas_updated: gauge({
    unit: 'count',
    help: 'Its pods of the newest revision; changes during a rollout.',
    labels: statefulset,
    budget: 50,
  }),
  kube_daemonset_status_desired_number_scheduled: gauge({
    unit: 'count',
    help: 'Nodes that have to run a pod of the DaemonSet.',
    labels: daemonset,
    budget: 50,
  }),
  kube_daemonset_status_number_available: gauge({
    unit: 'count',
    help: 'Nodes whose pod is ready.',
    labels: daemonset,
    budget: 50,
  }),
  kube_daemonset_status_updated_number_scheduled: gauge({
    unit: 'count',
    help: 'Nodes whose pod is of the newest revision; changes during a rollout.',
    labels: daemonset,
    budget: 50,
  }),
  kube_persistentvolumeclaim_access_mode: gauge({
    unit: 'boolean',
    help: '1 for each access mode of the claim.',
    labels: {
      ...claim,
      access_mode: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'],
    },
    budget: 400,
  }),
  kube_persistentvolumeclaim_resource_requests_storage_bytes: gauge({
    unit: 'bytes',
    help: 'Size that the claim asks for.',
    labels: claim,
    budget: 100,
  }),
  kube_persistentvolumeclaim_status_condition: gauge({
    unit: 'boolean',
    help: '1 for the value of the condition; only while the claim changes.',
    labels: {
      ...claim,
      condition: open('Resizing, FileSystemResizePending or of an add-on', 10),
      status: ['true', 'false', 'unknown'],
    },
    budget: 100,
  }),
};

/** All nodes of the cluster, by a kube-state-metrics of its own. */
export const clusterNodeMetrics = {
  kube_node_status_condition: gauge({
    unit: 'boolean',
    help: '1 for the value of the condition.',
    labels: {
      ...node,
      condition: open('Ready, MemoryPressure, DiskPressure, PIDPressure or of an add-on', 20),
      status: ['true', 'false', 'unknown'],
    },
    budget: 6_000,
  }),
  kube_node_spec_unschedulable: gauge({
    unit: 'boolean',
    help: '1 if the node is cordoned, e.g. for maintenance.',
    labels: node,
    budget: 100,
  }),
};

const request = {
  resource: open('kind of object, e.g. *v1.Pod', 10),
  result: ['success', 'error'],
} as const;

/** What kube-state-metrics says of itself. */
export const stateMetricsOwn = {
  kube_state_metrics_list_total: counter({
    unit: 'requests',
    help: 'Lists of objects that it asked the API server for.',
    labels: request,
    budget: 20,
  }),
  kube_state_metrics_watch_total: counter({
    unit: 'requests',
    help: 'Watches of objects that it asked the API server for.',
    labels: request,
    budget: 20,
  }),
};

/** Volumes that pods of a node use, by its kubelet. A volume that no pod uses has no series. */
export const volumeMetrics = {
  kubelet_volume_stats_capacity_bytes: gauge({
    unit: 'bytes',
    help: 'Size of the file system on the volume.',
    labels: claim,
    budget: 100,
  }),
  kubelet_volume_stats_available_bytes: gauge({
    unit: 'bytes',
    help: 'Free space for non-root users.',
    labels: claim,
    budget: 100,
  }),
  kubelet_volume_stats_inodes: gauge({
    unit: 'count',
    help: 'Files that fit on the volume; 0 where the file system has no limit.',
    labels: claim,
    budget: 100,
  }),
  kubelet_volume_stats_inodes_free: gauge({
    unit: 'count',
    help: 'Files that still fit.',
    labels: claim,
    budget: 100,
  }),
};

export const kubernetesMetrics = {
  ...objectMetrics,
  ...clusterNodeMetrics,
  ...stateMetricsOwn,
  ...volumeMetrics,
};

const eachClaim = ['namespace', 'persistentvolumeclaim'] as const;

/** Recording rules for the state of a cluster. */
export const kubernetesRecorded = {
  'pod:kube_pod_not_ready:max': series(
    '1 while the pod is not ready; else nothing.',
    ...(['namespace', 'pod', 'node', 'workload'] as const),
  ),
  'container:kube_pod_container_restarts:increase1h': series(
    'Restarts in the last hour; nothing without any.',
    ...(['namespace', 'pod', 'container'] as const),
  ),
  'claim:kubelet_volume_bytes_free:ratio': series('Share of the space that is free.', ...eachClaim),
  'claim:kubelet_volume_inodes_free:ratio': series('Share of inodes that are free.', ...eachClaim),
} as const;
