import { by, type Expr, like, oneOf, unlike } from '../telemetry';
import { scoped } from './scope';

/*
 * State of a cluster, for alerts, recorded series and panels. `max by` and `min by` leave one value
 * while kube-state-metrics is replaced and two of its instances report every object.
 */

export const eachPod = ['namespace', 'pod'] as const;
export const eachContainer = [...eachPod, 'container'] as const;
export const eachWorkload = ['namespace', 'workload'] as const;
export const eachClaim = ['namespace', 'persistentvolumeclaim'] as const;

export const nodeReady = scoped('kube_node_status_condition', {
  condition: 'Ready',
  status: 'true',
});

export const nodePressure = scoped('kube_node_status_condition', {
  condition: oneOf('MemoryPressure', 'DiskPressure', 'PIDPressure'),
  status: 'true',
});

/** For each container whose last end was a kill for its memory use. */
export const killedForMemory = by(
  'max',
  eachContainer,
  scoped('kube_pod_container_status_last_terminated_reason', { reason: 'OOMKilled' }),
);

/**
 * Pods of a Job are never ready once they have ended. A failed pod of anything else was replaced
 * and remains only as a record, e.g. after an eviction.
 */
export function podsNotReady(): Expr<'namespace' | 'pod' | 'node' | 'workload'> {
  const pods = scoped('kube_pod_info', { created_by_kind: unlike('Job') });
  const ended = scoped('kube_pod_status_phase', { phase: oneOf('Succeeded', 'Failed') });
  const ready = scoped('kube_pod_status_ready', { condition: 'true' });
  const each = by('max', [...eachPod, 'node', 'workload'], pods);
  return (`${each}\n` +
    `unless on (namespace, pod)\n${by('max', eachPod, ended)} == 1\n` +
    `unless on (namespace, pod)\n${by('max', eachPod, ready)} == 1`) as typeof each;
}

export const perWorkload = (expr: Expr): Expr<'namespace' | 'workload'> =>
  by('max', eachWorkload, expr);

interface Replicas {
  readonly wanted: Expr;
  readonly available: Expr;
  /** A series whose value changes while a rollout makes progress. */
  readonly updated: Expr;
}

export const replicas: Readonly<Record<'Deployment' | 'StatefulSet' | 'DaemonSet', Replicas>> = {
  Deployment: {
    wanted: scoped('kube_deployment_spec_replicas'),
    available: scoped('kube_deployment_status_replicas_available'),
    updated: scoped('kube_deployment_status_replicas_updated'),
  },
  StatefulSet: {
    wanted: scoped('kube_statefulset_replicas'),
    available: scoped('kube_statefulset_status_replicas_available'),
    updated: scoped('kube_statefulset_status_replicas_updated'),
  },
  DaemonSet: {
    wanted: scoped('kube_daemonset_status_desired_number_scheduled'),
    available: scoped('kube_daemonset_status_number_available'),
    updated: scoped('kube_daemonset_status_updated_number_scheduled'),
  },
};

/** Free space or inodes of the volumes, and their size. */
export const volumes = {
  bytes: {
    free: scoped('kubelet_volume_stats_available_bytes'),
    size: scoped('kubelet_volume_stats_capacity_bytes'),
  },
  inodes: {
    free: scoped('kubelet_volume_stats_inodes_free'),
    size: scoped('kubelet_volume_stats_inodes'),
  },
} as const;

/** Free share of each claim. A claim that several pods use is measured on each of their nodes. */
export function volumeFree(
  resource: keyof typeof volumes,
): Expr<'namespace' | 'persistentvolumeclaim'> {
  const { free, size } = volumes[resource];
  return by('min', eachClaim, `${free} / (${size} > 0)` as typeof free);
}

/**
 * Minimum size of a file system, as a share of the requested size. The file system's metadata takes
 * the rest, and the largest share of it on a small volume.
 */
const usableShare = 0.85;

export const claimSize = by('max', eachClaim, volumes.bytes.size);

export const claimRequest = by(
  'max',
  eachClaim,
  scoped('kube_persistentvolumeclaim_resource_requests_storage_bytes'),
);

/** Claims whose volume is smaller than requested, or is to grow. */
export function claimsTooSmall(): Expr<'namespace' | 'persistentvolumeclaim'> {
  const changing = scoped('kube_persistentvolumeclaim_status_condition', {
    condition: like('Resizing|FileSystemResizePending|.+ResizeError'),
    status: 'true',
  });
  return (`${claimSize} < ${usableShare} * ${claimRequest}\n` +
    `or\n${by('max', eachClaim, changing)} == 1`) as typeof claimSize;
}
