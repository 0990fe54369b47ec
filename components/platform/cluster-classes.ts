import type { Settings } from '../settings';
import type { Refused } from '../settings/check';
import { commandOf, setFix } from '../settings/commands';
import { claimsOf } from './cluster-claims';
import type { ClusterState, LiveClaim } from './cluster-state';
import { sizedVolumes } from './volumes-config';

/**
 * Warns about claims for which no storage class creates volumes; undefined if there are none. This
 * is not an error, because an administrator may have created volumes for them. Pure.
 */
export function classWarning(settings: Settings, state: ClusterState): string | undefined {
  const { storageClass } = settings.kubernetes;
  if (storageClass === undefined ? state.hasDefaultClass : state.classes.has(storageClass)) {
    return undefined;
  }
  const waits = (claim: LiveClaim): boolean =>
    claim.capacity === undefined && (claim.storageClass ?? storageClass) === storageClass;
  const waiting = sizedVolumes(settings)
    .filter((volume) => {
      const found = claimsOf(volume, state);
      return found.length < volume.replicas || found.some(([, claim]) => waits(claim));
    })
    .map(({ workload }) => workload);
  if (waiting.length === 0) return undefined;
  const why =
    storageClass === undefined
      ? 'kubernetes.storageClass is not set, and the cluster has no default storage class'
      : `kubernetes.storageClass is ${storageClass}, which the cluster does not have`;
  const known = bestFirst(state);
  const example = commandOf(setFix(['kubernetes', 'storageClass'], known[0] ?? 'standard'));
  return (
    `${why}. The pods of ${waiting.join(', ')} will wait until volumes are created for them.\n` +
    `  Storage classes of the cluster: ${known.join(', ') || 'none'}. Example: ${example}`
  );
}

/** Provisioners of shared files, on which databases are slow or fail, or of no volumes at all. */
const unsuitable = /efs|nfs|smb|file|ceph-?fs|fuse|blob|lustre|fsx|s3|no-provisioner/;

/** Names of the storage classes. */
function bestFirst({ classes, growing }: ClusterState): string[] {
  const rank = (name: string): number =>
    (unsuitable.test(classes.get(name) ?? '') ? 2 : 0) + (growing.has(name) ? 0 : 1);
  return [...classes.keys()].sort().sort((a, b) => rank(a) - rank(b));
}

/**
 * Says which volumes are not moved to the class in the settings, because people may expect that;
 * undefined if there are none. Pure.
 */
export function classNote(settings: Settings, state: ClusterState): string | undefined {
  const { storageClass } = settings.kubernetes;
  if (storageClass === undefined) return undefined;
  const others = sizedVolumes(settings)
    .flatMap((volume) => claimsOf(volume, state))
    .filter(([, claim]) => claim.capacity !== undefined && claim.storageClass !== storageClass);
  if (others.length === 0) return undefined;
  const names = others.map(([name]) => name).join(', ');
  const classes = [...new Set(others.map(([, claim]) => claim.storageClass || 'none'))].sort();
  return (
    `kubernetes.storageClass is ${storageClass}, which only new claims get. These keep their class ` +
    `(${classes.join(', ')}) and their data: ${names}. To move them: docs/kubernetes.md, ` +
    '"Moving to another storage class or a smaller volume"'
  );
}

/**
 * Reports claims without a volume that wait for another class than the one in the settings, or for
 * one that the cluster does not have. The class of a claim cannot change.
 */
export function classProblems(settings: Settings, state: ClusterState): Refused[] {
  const { storageClass, namespace, context } = settings.kubernetes;
  const isWrong = (known: string): boolean =>
    storageClass === undefined ? !state.classes.has(known) : known !== storageClass;
  return sizedVolumes(settings).flatMap((volume): Refused[] => {
    const wrong = claimsOf(volume, state).filter(
      // An empty class is the choice of an administrator, who creates the volume.
      ([, claim]) =>
        claim.capacity === undefined && claim.storageClass && isWrong(claim.storageClass),
    );
    const [first] = wrong;
    if (first === undefined) return [];
    const names = wrong.map(([name]) => name);
    const has = wrong.length > 1 ? `claims ${names.join(', ')} wait` : `claim ${names[0]} waits`;
    const kubectl = context === undefined ? 'kubectl' : `kubectl --context ${context}`;
    // The StatefulSet as well: it would create the claim again, with the old class.
    const objects = [`statefulset/${volume.workload}`, ...names.map((name) => `pvc/${name}`)];
    return [
      {
        key: 'kubernetes.storageClass',
        what:
          `is ${storageClass ?? 'not set'}, but the ${has} for a volume of the class ` +
          `"${first[1].storageClass}". A class cannot change. Delete the claim, which has no data, ` +
          'and its StatefulSet (the pods stay). Then run `make refresh up`',
        fix:
          `${kubectl} --namespace ${namespace} delete ${objects.join(' ')} --cascade=orphan ` +
          '--ignore-not-found',
      },
    ];
  });
}
