import { PriorityClass } from '@pulumi/kubernetes/scheduling/v1';
import type * as pulumi from '@pulumi/pulumi';
import { commonLabels } from './cluster-labels';

/** Name of the stack's own PriorityClass. It belongs to no namespace. */
export const priorityName = (namespace: string): string => `audifi-${namespace}`;

/**
 * The priority of all pods unless `kubernetes.priorityClass` names another class: on a full cluster
 * they are scheduled before pods without a priority, and a node that runs out of memory evicts them
 * later. They never evict other pods themselves, because monitoring must not stop what it watches.
 *
 * Upstream: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export function ownPriority(namespace: string, opts: pulumi.CustomResourceOptions): PriorityClass {
  const name = priorityName(namespace);
  return new PriorityClass(
    name,
    {
      metadata: { name, labels: commonLabels },
      value: 1_000_000,
      preemptionPolicy: 'Never',
      description: `Pods of the monitoring stack in ${namespace}.`,
    },
    opts,
  );
}
