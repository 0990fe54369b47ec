import { dockerContainer } from '../containers';
import type { PolicyResource, Rule } from '../resource';
import { at, is, list } from '../values';

/** Whether deleting the resource deletes its data. If unknown here, `make preview` checks it. */
function losesData({ protect, retainOnDelete }: PolicyResource): boolean {
  return protect !== true && retainOnDelete === false;
}

const volumes = new Set([
  'docker:index/volume:Volume',
  'kubernetes:core/v1:PersistentVolumeClaim',
  // Deleting a namespace deletes all claims in it.
  'kubernetes:core/v1:Namespace',
]);

export const protectedVolumes: Rule = {
  name: 'protected-volumes',
  description: 'Data outlives the stack: volumes are protected or retained, claims are kept.',
  check: (resource) => {
    const { type, name, props } = resource;
    if (volumes.has(type)) {
      return losesData(resource)
        ? [`${name} is deleted with the stack: set retainOnDelete or protect`]
        : [];
    }
    if (type === dockerContainer && props['start'] !== false) {
      return list(props['volumes'])
        .filter((volume) => isAnonymous(volume))
        .map((volume) => `${String(at(volume, 'containerPath'))} is on a volume without a name`);
    }
    if (!/^kubernetes:apps\/v1:StatefulSet$/.test(type)) return [];
    const policy = at(props, 'spec', 'persistentVolumeClaimRetentionPolicy');
    return ['whenDeleted', 'whenScaled']
      .filter((when) => at(policy, when) !== undefined && !is(at(policy, when), 'Retain'))
      .map(
        (when) =>
          `its claims are deleted ${when === 'whenDeleted' ? 'with it' : 'when it is scaled'}`,
      );
  },
};

/** An anonymous volume, which a new container does not get again. */
function isAnonymous(volume: unknown): boolean {
  return ['volumeName', 'hostPath', 'fromContainer'].every((key) => at(volume, key) === undefined);
}
