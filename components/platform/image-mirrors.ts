import type { Image } from '../images';

/**
 * Where to pull the images of a public registry: registry and path, by the name of the public
 * registry, e.g. `docker.io` → `registry.audifi.io/docker-hub`.
 */
export type ImageMirrors = Readonly<Record<string, string>>;

/** Registry of an image, and its path there. */
export function placeOf({ repository }: Image): readonly [registry: string, path: string] {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length > 0 && /[.:]/.test(first)) return [first, rest.join('/')];
  // An image without a registry is on Docker Hub, in `library` if it has no path.
  return ['docker.io', rest.length === 0 ? `library/${repository}` : repository];
}

/**
 * The image with its registry: the mirror, or else the public one. Tag and digest stay. CRI-O
 * rejects names without a registry if a node has several to search, as on OpenShift.
 */
export function mirrored<I extends Image>(image: I, mirrors: ImageMirrors): I {
  const [registry, path] = placeOf(image);
  return { ...image, repository: `${mirrors[registry] ?? registry}/${path}` };
}
