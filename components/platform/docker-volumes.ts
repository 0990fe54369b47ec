import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { Volume, Workload } from '../workload';
import type { Images } from './docker-images';
import { type Names, ownerName } from './docker-names';
import type { Instance } from './instances';

/** The volumes of an instance, by the names that the workload gives them. */
export function volumesOf(
  { volumes = [] }: Workload,
  instance: Instance,
  names: Names,
  opts: pulumi.CustomResourceOptions,
): ReadonlyMap<string, docker.Volume> {
  return new Map(volumes.map(({ name }) => [name, volumeOf(instance, name, names, opts)]));
}

function volumeOf(
  { resource }: Instance,
  name: string,
  names: Names,
  opts: pulumi.CustomResourceOptions,
): docker.Volume {
  const volume = `${resource}-${name}`;
  return new docker.Volume(
    volume,
    { name: names.full(volume), labels: names.labels(resource) },
    // Replacing or destroying the stack never deletes data (make destroy PURGE=1 does).
    { ...opts, retainOnDelete: true },
  );
}

/**
 * The container that sets the owner of a volume; undefined if the workload's own image sets it.
 *
 * When a container is created, the engine gives an empty volume the owner and mode of the directory
 * that it is mounted at. So a container of another image, which is never started, mounts it first.
 */
export function volumeOwner(
  { name, resource }: Instance,
  { name: volumeName, ownedLike }: Volume,
  volume: docker.Volume | undefined,
  { names, images }: { readonly names: Names; readonly images: Images },
  opts: pulumi.CustomResourceOptions,
): docker.Container[] {
  if (ownedLike === undefined || volume === undefined) return [];
  const owner = ownerName(resource, volumeName);
  const args: docker.ContainerArgs = {
    name: names.full(owner),
    image: images.of(owner, ownedLike.image, opts).imageId,
    labels: names.labels(name),
    start: false,
    mustRun: false,
    networkMode: 'none',
    volumes: [{ volumeName: volume.name, containerPath: ownedLike.path }],
  };
  return [new docker.Container(owner, args, opts)];
}
