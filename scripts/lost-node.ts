import type { Pod } from './pods';

/** Milliseconds in which a kubelet takes on a new pod, or ends one whose grace period is over. */
const patience = 60_000;

/**
 * The node of a pod if it does not respond, as far as the pod tells. It is not read from the node,
 * because that needs rights in the whole cluster.
 *
 * @returns undefined if the node responds, or if the pod is on none
 */
export function lostNode({ metadata, spec, status = {} }: Pod, now: number): string | undefined {
  const { conditions = [], phase, reason, startTime } = status;
  const of = (type: string) => conditions.find((condition) => condition.type === type);
  const before = (time: string | undefined): boolean =>
    time !== undefined && now - Date.parse(time) > patience;
  const ready = of('Ready');
  // For a node that stops reporting, the cluster changes this condition alone. A kubelet does so
  // only for readiness gates.
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
