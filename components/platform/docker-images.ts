import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { type Image, imageRef } from '../images';

/** The images of a stack's containers. */
export class Images {
  /** Images built by this program, by reference. */
  private readonly built = new Map<string, docker.RemoteImage>();

  /** @param parent parent of the images that this program builds */
  constructor(private readonly parent: pulumi.Resource) {}

  /**
   * A built image is a single resource for all containers. Two parallel builds of one name would
   * have different image IDs, and the next refresh would find the wrong one.
   *
   * @param name stem of the resource name, if the image is not built
   */
  of(name: string, image: Image, opts: pulumi.CustomResourceOptions): docker.RemoteImage {
    if (image.build === undefined) {
      return new docker.RemoteImage(`${name}-image`, imageArgs(image), opts);
    }
    const ref = imageRef(image);
    const known = this.built.get(ref);
    if (known !== undefined) return known;
    const resource = `${image.repository.slice(image.repository.lastIndexOf('/') + 1)}-image`;
    const built = new docker.RemoteImage(resource, imageArgs(image), { parent: this.parent });
    this.built.set(ref, built);
    return built;
  }
}

/**
 * Arguments of an image. The engine pulls only if it has no image of this name. The build context
 * is relative to the folder of Pulumi.yaml, where plugins run. Attestations would give every build
 * another image ID.
 */
function imageArgs(image: Image): docker.RemoteImageArgs {
  const named = { name: imageRef(image), keepLocally: true };
  if (image.build === undefined) return named;
  const { context, args } = image.build;
  return { ...named, build: { context, buildArgs: { ...args }, provenance: 'false' } };
}
