import type { stateOf } from '../../../components/platform/cluster-state';

/** Objects of a cluster, as kubectl lists them. */
export type Objects = Parameters<typeof stateOf>[0];

interface Claim {
  readonly capacity?: string;
  readonly storageClass?: string;
  readonly phase?: string;
}

export const claim = (name: string, storage: string, more: Claim = {}) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { storageClassName: more.storageClass ?? 'fixed', resources: { requests: { storage } } },
  status: {
    phase: more.phase ?? 'Bound',
    ...(more.phase === 'Pending' ? {} : { capacity: { storage: more.capacity ?? storage } }),
  },
});
export const classes = [
  { kind: 'StorageClass', metadata: { name: 'fixed' } },
  { kind: 'StorageClass', metadata: { name: 'closed' }, allowVolumeExpansion: false },
  { kind: 'StorageClass', metadata: { name: 'growing' }, allowVolumeExpansion: true },
];
