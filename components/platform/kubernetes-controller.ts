import type { apps, core, policy } from '@pulumi/kubernetes/types/input';
import type { Workload } from '../workload';
import { isReplicated, partsOf } from './instances';
import { mebibytes } from './kubernetes-container';
import { type Labels, onHostNetwork, protocolsOf } from './kubernetes-policy';

/** The part that all kinds of controller have in common. */
export interface PodTemplate {
  /** Labels that tell this workload's pods from all others; they never change. */
  readonly selector: Labels;
  readonly labels: Labels;
  readonly pod: core.v1.PodSpec;
}

/**
 * For a workload with volumes or with several instances: one claim a volume and instance, kept when
 * the StatefulSet is scaled, replaced or deleted, and found again by its name
 * (`<volume>-<workload>-0`).
 */
export function statefulSetSpec(
  workload: Workload,
  template: PodTemplate,
  storageClassName: string | undefined,
): apps.v1.StatefulSetSpec {
  const { volumes = [], replicas = 1 } = workload;
  return {
    ...common(template),
    // A plain text: the provider would wait for a Service that waits for these pods.
    serviceName: isReplicated(workload) ? headlessName(workload) : workload.name,
    replicas,
    // All start at once: members of a cluster wait for one another, and a broken one must not keep
    // the next from coming. An update still goes one by one.
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

/** Time in seconds to pull the images. */
const pullSeconds = 180;

/**
 * How long a rollout may take, in seconds, before it counts as failed: instances are replaced one
 * after the other, and each may use its whole grace period and its whole deadline. Undefined for one
 * on each node: the number of nodes is not known, so Pulumi's default of ten minutes applies.
 */
export function rolloutSeconds(workload: Workload): number | undefined {
  if (workload.placement === 'perNode') return undefined;
  const { replicas = 1, stopSeconds = 30 } = workload;
  const deadlines = partsOf(workload).map(({ spec }) => spec.readiness?.deadlineSeconds ?? 60);
  return pullSeconds + replicas * (stopSeconds + Math.max(...deadlines));
}

/** For one on each node. */
export function daemonSetSpec(template: PodTemplate): apps.v1.DaemonSetSpec {
  return {
    ...common(template),
    // One node after the other would take hours on a big cluster.
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
  };
}

/** For everything else. */
export function deploymentSpec(workload: Workload, template: PodTemplate): apps.v1.DeploymentSpec {
  return {
    ...common(template),
    replicas: 1,
    // Two pods cannot listen on the same port of a node: there the old one goes first.
    strategy: { type: onHostNetwork(workload) ? 'Recreate' : 'RollingUpdate' },
  };
}

/** The name under which others reach a workload; undefined when it listens on no port. */
export function serviceSpec(workload: Workload, selector: Labels): core.v1.ServiceSpec | undefined {
  const ports = servicePorts(workload);
  if (ports.length === 0) return undefined;
  return {
    type: 'ClusterIP',
    // Headless: the name has the address of every instance. Also of those that are not ready:
    // whoever watches them has to see them fail, not disappear.
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
 * Gives each instance a name of its own, below `<workload>-headless`; undefined when there is one.
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

/** A drain takes one instance at a time, and one that is broken already does not hold it up. */
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
