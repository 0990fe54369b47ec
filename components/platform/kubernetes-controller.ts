import type { apps, core, policy } from '@pulumi/kubernetes/types/input';
import type { Workload } from '../workload';
import { isReplicated, partsOf } from './instances';
import { mebibytes } from './kubernetes-container';
import { type Labels, onHostNetwork, protocolsOf } from './kubernetes-policy';

/** Kind of the controller: one for each node, instances with a name or with volumes, or neither. */
export function controllerOf(workload: Workload): 'DaemonSet' | 'StatefulSet' | 'Deployment' {
  if (workload.placement === 'perNode') return 'DaemonSet';
  return (workload.volumes ?? []).length > 0 || isReplicated(workload)
    ? 'StatefulSet'
    : 'Deployment';
}

/** The common part of all kinds of controllers. */
export interface PodTemplate {
  /** Labels that only the pods of this workload have. They never change. */
  readonly selector: Labels;
  readonly labels: Labels;
  readonly pod: core.v1.PodSpec;
}

/**
 * For a workload with volumes or several instances: one claim per volume and instance. Claims are
 * kept when the StatefulSet is scaled, replaced or deleted, and are found again by name
 * (`<volume>-<workload>-0`). They exist before the pods (kubernetes-claims.ts), so the templates
 * only say which ones there are, and their sizes have no effect.
 */
export function statefulSetSpec(
  workload: Workload,
  template: PodTemplate,
  storageClassName: string | undefined,
): apps.v1.StatefulSetSpec {
  const { volumes = [], replicas = 1 } = workload;
  return {
    ...common(template),
    // Plain text and not an output. Otherwise the provider would wait for a Service that waits for
    // these pods.
    serviceName: isReplicated(workload) ? headlessName(workload) : workload.name,
    replicas,
    // All instances start at the same time, because members of a cluster wait for each other, and a
    // broken one must not block the next. Updates still replace one at a time.
    podManagementPolicy: 'Parallel',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: volumes.map((volume) => ({
      metadata: { name: volume.name, labels: template.labels },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: mebibytes(volume.sizeMiB) } },
        ...(storageClassName === undefined ? undefined : { storageClassName }),
      },
    })),
  };
}

/** Seconds to pull the images. */
const pullSeconds = 180;

/**
 * Timeout of a rollout in seconds. Instances are replaced one after another, and each may need its
 * whole grace period and readiness deadline. Undefined for one instance per node: the number of
 * nodes is unknown, so Pulumi's default of ten minutes applies.
 */
export function rolloutSeconds(workload: Workload): number | undefined {
  if (workload.placement === 'perNode') return undefined;
  const { replicas = 1, stopSeconds = 30 } = workload;
  const deadlines = partsOf(workload).map(({ spec }) => spec.readiness?.deadlineSeconds ?? 60);
  return pullSeconds + replicas * (stopSeconds + Math.max(...deadlines));
}

/** For one instance per node. */
export function daemonSetSpec(template: PodTemplate): apps.v1.DaemonSetSpec {
  return {
    ...common(template),
    // Updating one node at a time would take hours on a large cluster.
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
  };
}

/** For all other workloads. */
export function deploymentSpec(workload: Workload, template: PodTemplate): apps.v1.DeploymentSpec {
  return {
    ...common(template),
    replicas: 1,
    // On the host network, two pods cannot listen on the same port of a node, so the old one must
    // stop first.
    strategy: { type: onHostNetwork(workload) ? 'Recreate' : 'RollingUpdate' },
  };
}

/** The Service of a workload; undefined if it has no ports. */
export function serviceSpec(workload: Workload, selector: Labels): core.v1.ServiceSpec | undefined {
  const ports = servicePorts(workload);
  if (ports.length === 0) return undefined;
  return {
    type: 'ClusterIP',
    // Headless: the name resolves to the addresses of all instances, including unready ones, so
    // that the monitoring sees them fail and not disappear.
    ...(workload.placement === 'perNode'
      ? { clusterIP: 'None', publishNotReadyAddresses: true }
      : undefined),
    ...(workload.stickyClients === true && isReplicated(workload)
      ? { sessionAffinity: 'ClientIP' }
      : undefined),
    selector,
    ports,
  };
}

/**
 * Gives each instance its own name below `<workload>-headless`; undefined for a single instance.
 */
export function headlessSpec(
  workload: Workload,
  selector: Labels,
): core.v1.ServiceSpec | undefined {
  const ports = servicePorts(workload);
  if (ports.length === 0 || !isReplicated(workload)) return undefined;
  return {
    type: 'ClusterIP',
    clusterIP: 'None',
    publishNotReadyAddresses: workload.publishNotReadyAddresses === true,
    selector,
    ports,
  };
}

export function headlessName({ name }: Pick<Workload, 'name'>): string {
  return `${name}-headless`;
}

/** A drain evicts one instance at a time. Instances that are already broken do not block it. */
export function disruptionSpec(selector: Labels): policy.v1.PodDisruptionBudgetSpec {
  return {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: selector },
  };
}

/** Ports of all containers of the pod. */
function servicePorts(workload: Workload): core.v1.ServicePort[] {
  return partsOf(workload)
    .flatMap(({ spec }) => spec.ports ?? [])
    .flatMap(protocolsOf)
    .map(({ name, number, protocol }) => ({ name, port: number, targetPort: name, protocol }));
}

function common({ selector, labels, pod }: PodTemplate): {
  selector: apps.v1.DeploymentSpec['selector'];
  template: apps.v1.DeploymentSpec['template'];
} {
  return { selector: { matchLabels: selector }, template: { metadata: { labels }, spec: pod } };
}
