import { createHash } from 'node:crypto';
import { DaemonSet, Deployment, StatefulSet } from '@pulumi/kubernetes/apps/v1';
import type { apps, core, meta } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { Workload } from '../workload';
import { isReplicated, partsOf } from './instances';
import { ignoredTemplates } from './kubernetes-claims';
import { mebibytes } from './kubernetes-container';
import { headlessName } from './kubernetes-names';
import { graceSeconds } from './kubernetes-pod';
import { type Labels, onHostNetwork } from './kubernetes-policy';

/**
 * A DaemonSet for one pod per node, a StatefulSet for pods with volumes or names of their own, and
 * a Deployment for all others.
 */
export function controllerOf(workload: Workload): 'DaemonSet' | 'StatefulSet' | 'Deployment' {
  if (workload.placement === 'perNode') return 'DaemonSet';
  return (workload.volumes ?? []).length > 0 || isReplicated(workload)
    ? 'StatefulSet'
    : 'Deployment';
}

/** The common part of all kinds of controllers. */
export interface PodTemplate {
  /** Metadata of the controller itself. */
  readonly metadata: meta.v1.ObjectMeta;
  /** Labels that only the pods of this workload have. They never change. */
  readonly selector: Labels;
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly pod: core.v1.PodSpec;
}

/**
 * Annotations of a workload's pods. A cluster gives a pod its cloud identity when it creates the
 * pod, so another identity must replace it.
 */
export function identityNotes({ serviceAccount }: Workload): Labels | undefined {
  const annotations = Object.entries(serviceAccount?.annotations ?? {}).sort();
  if (annotations.length === 0) return undefined;
  const hash = createHash('sha256').update(JSON.stringify(annotations)).digest('hex');
  return { 'audifi.io/identity': hash.slice(0, 10) };
}

/**
 * Provisions the controller of a workload.
 *
 * @param storageClass storage class of new claims. @default the cluster's
 */
export function controller(
  workload: Workload,
  template: PodTemplate,
  storageClass: string | undefined,
  opts: pulumi.CustomResourceOptions,
): StatefulSet | DaemonSet | Deployment {
  const { name } = workload;
  const metadata = { ...template.metadata, annotations: takesBack };
  switch (controllerOf(workload)) {
    case 'DaemonSet': {
      const noted = { ...metadata, annotations: { ...takesBack, ...seenByCluster } };
      return new DaemonSet(name, { metadata: noted, spec: daemonSetSpec(template) }, opts);
    }
    case 'StatefulSet': {
      const spec = statefulSetSpec(workload, template, storageClass);
      const ignoreChanges = ignoredTemplates;
      return new StatefulSet(name, { metadata, spec }, { ...opts, ignoreChanges });
    }
    case 'Deployment': {
      const spec = deploymentSpec(workload, template);
      return new Deployment(name, { metadata, spec }, opts);
    }
  }
}

/**
 * For a workload with volumes or several instances: one claim per volume and instance. Claims are
 * kept when the StatefulSet is scaled, replaced or deleted, and are found again by name
 * (`<volume>-<workload>-0`). They exist before the pods (kubernetes-claims.ts), so the sizes in the
 * templates have no effect.
 */
function statefulSetSpec(
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
    // broken one must not block the next. Updates replace one at a time, from the highest number
    // down, and wait until it is ready again. They do not check the other instances, so
    // `make up` does.
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

/**
 * After `kubectl scale` or `kubectl set image`, kubectl owns the field, and a change by `up` would
 * be a conflict.
 */
const takesBack = { 'pulumi.com/patchForce': 'true' };

/**
 * Pulumi waits only until the cluster has seen the settings, not for a ready pod on each node.
 * Otherwise one node that does not respond would make every `up` that changes the DaemonSet fail,
 * and the first `up` would create nothing that depends on it. With `skipAwait`, `destroy` would not
 * wait until the pods are gone.
 */
const seenByCluster = { 'pulumi.com/waitFor': 'jsonpath={.status.observedGeneration}' };

/** Seconds to pull the images. */
const pullSeconds = 180;

/**
 * Timeout of a rollout in seconds. Instances are replaced one after another, and each may need its
 * whole grace period and readiness deadline. Undefined for one instance per node, whose rollout is
 * not awaited.
 */
export function rolloutSeconds(workload: Workload): number | undefined {
  if (workload.placement === 'perNode') return undefined;
  const { replicas = 1 } = workload;
  const deadlines = partsOf(workload).map(({ spec }) => spec.readiness?.deadlineSeconds ?? 60);
  return pullSeconds + replicas * (graceSeconds(workload) + Math.max(...deadlines));
}

/** For one instance per node. */
function daemonSetSpec(template: PodTemplate): apps.v1.DaemonSetSpec {
  return {
    ...common(template),
    // Updating one node at a time would take hours on a large cluster.
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
  };
}

/** For all other workloads. */
function deploymentSpec(workload: Workload, template: PodTemplate): apps.v1.DeploymentSpec {
  return {
    ...common(template),
    replicas: 1,
    // On the host network, two pods cannot listen on the same port of a node, so the old one must
    // stop first.
    strategy: { type: onHostNetwork(workload) ? 'Recreate' : 'RollingUpdate' },
  };
}

function common({ selector, labels, annotations, pod }: PodTemplate): {
  selector: apps.v1.DeploymentSpec['selector'];
  template: apps.v1.DeploymentSpec['template'];
} {
  const metadata = { labels, ...(annotations && { annotations }) };
  return { selector: { matchLabels: selector }, template: { metadata, spec: pod } };
}
