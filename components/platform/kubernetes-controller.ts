import type { apps, core } from '@pulumi/kubernetes/types/input';
import type { Workload } from '../workload';
import { mebibytes } from './kubernetes-pod';
import { type Labels, onHostNetwork } from './kubernetes-policy';

/** The part that all kinds of controller have in common. */
export interface PodTemplate {
  /** Labels that tell this workload's pods from all others; they never change. */
  readonly selector: Labels;
  readonly labels: Labels;
  readonly pod: core.v1.PodSpec;
}

/**
 * For a workload with volumes: one claim a volume, kept when the StatefulSet is scaled, replaced or
 * deleted, and found again by its name (`<volume>-<workload>-0`).
 */
export function statefulSetSpec(
  { name, volumes = [] }: Workload,
  template: PodTemplate,
  storageClassName: string | undefined,
): apps.v1.StatefulSetSpec {
  return {
    ...common(template),
    // A plain text: the provider would wait for a Service that waits for these pods.
    serviceName: name,
    replicas: 1,
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
  const ports = workload.ports ?? [];
  if (ports.length === 0) return undefined;
  return {
    type: 'ClusterIP',
    // Headless: the name has the address of every instance. Also of those that are not ready: whoever
    // watches them has to see them fail, not disappear.
    ...(workload.placement === 'perNode'
      ? { clusterIP: 'None', publishNotReadyAddresses: true }
      : undefined),
    selector,
    ports: ports.map(({ name, number }) => ({
      name,
      port: number,
      targetPort: name,
      protocol: 'TCP',
    })),
  };
}

function common({ selector, labels, pod }: PodTemplate): {
  selector: apps.v1.DeploymentSpec['selector'];
  template: apps.v1.DeploymentSpec['template'];
} {
  return { selector: { matchLabels: selector }, template: { metadata: { labels }, spec: pod } };
}
