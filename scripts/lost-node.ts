import type { Pod } from './pods';

/** Milliseconds in which a kubelet starts a new pod, or kills one after its grace period. */
const patience = 60_000;

/**
 * The node of a pod if the node does not respond, as far as the pod's status shows. The node itself
 * is not read, because that needs rights in the whole cluster.
 *
 * @param now in milliseconds of Unix time, by the cluster's clock
 * @returns undefined if the node responds, or if the pod is on none
 */
export function lostNode({ metadata, spec, status = {} }: Pod, now: number): string | undefined {
  const { conditions = [], phase, reason, startTime } = status;
  const of = (type: string) => conditions.find((condition) => condition.type === type);
  const before = (time: string | undefined): boolean =>
    time !== undefined && now - Date.parse(time) > patience;
  const ready = of('Ready');
  // If a node stops reporting, the cluster changes only the condition Ready. A kubelet changes
  // Ready alone only because of readiness gates.
  const isMarked =
    ready?.status === 'False' &&
    ready.reason !== 'ReadinessGatesNotReady' &&
    of('ContainersReady')?.status === 'True';
  const isNotTaken =
    phase === 'Pending' &&
    startTime === undefined &&
    before(of('PodScheduled')?.lastTransitionTime);
  const isLost =
    reason === 'NodeLost' ||
    ready?.status === 'Unknown' ||
    isMarked ||
    isNotTaken ||
    // The end of the grace period.
    before(metadata.deletionTimestamp);
  return isLost ? spec?.nodeName : undefined;
}
