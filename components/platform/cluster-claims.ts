import { bytesOf } from '../units';
import type { ClusterState, LiveClaim } from './cluster-state';

const bytesPerMiB = 2 ** 20;

/** Size of a claim in MiB. */
export const requestedMiB = ({ request }: LiveClaim): number => bytesOf(request) / bytesPerMiB;

/**
 * Why a claim cannot have this size, in words that follow "the claim has 50Gi"; undefined if it
 * can. These are the rules of the API server: a bound claim can grow if its storage class allows
 * it. It can shrink only after growing failed, and not to the size of its volume or below.
 *
 * Upstream:
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
 */
export function resizeProblem(
  sizeMiB: number,
  claim: LiveClaim,
  { growing }: Pick<ClusterState, 'growing'>,
): string | undefined {
  const [wanted, has] = [sizeMiB, requestedMiB(claim)];
  const { capacity, storageClass = '' } = claim;
  if (wanted === has) return undefined;
  if (capacity === undefined) return 'and cannot change before it has a volume';
  if (wanted < has) {
    return wanted * bytesPerMiB > capacity ? undefined : 'and a volume cannot shrink';
  }
  if (storageClass === '') return 'and cannot grow, because it has no storage class';
  if (growing.has(storageClass)) return undefined;
  return `and its storage class "${storageClass}" does not let volumes grow (allowVolumeExpansion)`;
}

/**
 * The claims of the instances of a workload, with their names. Those of instances that the workload
 * no longer has are kept in the cluster, but cannot change.
 */
export function claimsOf(
  volume: { readonly volume: string; readonly workload: string; readonly replicas: number },
  { claims }: ClusterState,
): [string, LiveClaim][] {
  const stem = `${volume.volume}-${volume.workload}`;
  const names = Array.from({ length: volume.replicas }, (_, ordinal) => `${stem}-${ordinal}`);
  return names.flatMap((name): [string, LiveClaim][] => {
    const claim = claims.get(name);
    return claim === undefined ? [] : [[name, claim]];
  });
}
