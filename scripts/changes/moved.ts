import { at, type Change, claimType } from './change';

/**
 * Volumes on Kubernetes that would start empty. A claim cannot move to another namespace, so a new
 * `kubernetes.namespace` has new ones, and the old ones stay with their data.
 */
export function movedLines(changes: readonly Change[]): string[] {
  return changes.flatMap(({ type, name, ...change }) => {
    if (type !== claimType) return [];
    const [was, now] = (['old', 'new'] as const).map((side) =>
      at(change[side], 'metadata', 'namespace'),
    );
    if (typeof was !== 'string' || typeof now !== 'string' || was === now) return [];
    return [`! volume ${name} starts empty; its data stays in ${was}`];
  });
}
