import { PersistentVolumeClaim } from '@pulumi/kubernetes/core/v1';
import type * as pulumi from '@pulumi/pulumi';
import type { Workload } from '../workload';
import { resizeProblem } from './cluster-claims';
import type { ClusterState } from './cluster-state';
import { mebibytes } from './kubernetes-container';
import { metadata } from './kubernetes-objects';
import type { Placed } from './kubernetes-policy';

export interface ClaimsArgs {
  /** Storage class of new claims. @default the cluster's */
  readonly storageClass?: string;
  /** State of the cluster. @default nothing is known */
  readonly existing?: ClusterState;
}

/**
 * The claims of a workload's instances, under the names that the StatefulSet controller looks for.
 * The claim templates of a StatefulSet are immutable, but a claim can grow while its pod runs.
 *
 * A claim is never deleted or replaced in the cluster: it outlives the stack, and the next `up`
 * adopts it. An existing claim keeps its storage class if it has one, and its size if the size
 * cannot change. (If the size is a setting, cluster-check.ts has rejected the change before.)
 *
 * @param opts the provider must accept existing objects
 */
export function volumeClaims(
  workload: Workload,
  placed: Placed,
  { storageClass, existing }: ClaimsArgs,
  opts: pulumi.CustomResourceOptions,
): PersistentVolumeClaim[] {
  const { volumes = [], replicas = 1, placement } = workload;
  if (placement === 'perNode') return [];
  return volumes.flatMap((volume) =>
    Array.from({ length: replicas }, (_, ordinal) => {
      const name = `${volume.name}-${workload.name}-${ordinal}`;
      const live = existing?.claims.get(name);
      const keepsSize =
        existing !== undefined &&
        live !== undefined &&
        resizeProblem(volume.sizeMiB, live, existing) !== undefined;
      const storage = keepsSize ? live.request : mebibytes(volume.sizeMiB);
      const storageClassName =
        storageClass === undefined ? undefined : (live?.storageClass ?? storageClass);
      // The API server accepts a class for a claim that has none. The provider records this as a
      // replacement, but the claim stays.
      const getsClass =
        live !== undefined && live.storageClass === undefined && live.capacity === undefined;
      const ignoreChanges = getsClass ? [] : ['spec.storageClassName'];
      return new PersistentVolumeClaim(
        `${workload.name}-${volume.name}-${ordinal}`,
        {
          metadata: {
            ...metadata(placed, name),
            annotations: {
              // The cluster may create the volume only for a pod, which waits for this claim.
              'pulumi.com/skipAwait': 'true',
              // Claims of an earlier release were created by the StatefulSet controller, which owns
              // these fields.
              'pulumi.com/patchForce': 'true',
            },
          },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage } },
            ...(storageClassName === undefined ? undefined : { storageClassName }),
          },
        },
        { ...opts, retainOnDelete: true, ignoreChanges },
      );
    }),
  );
}

/** Parts of a StatefulSet that cannot change, and have no effect on claims that exist. */
export const ignoredTemplates = [
  'spec.volumeClaimTemplates[*].metadata.labels',
  'spec.volumeClaimTemplates[*].spec',
];
