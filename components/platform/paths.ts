import { posix } from 'node:path';

/**
 * The outermost directories of these files. A platform mounts each of them once, and the rest of a
 * file's path stays below.
 */
export function outermostDirectories(files: readonly string[]): string[] {
  const dirs = [...new Set(files.map((file) => posix.dirname(file)))].sort();
  return dirs.filter((dir) => !dirs.some((other) => dir !== other && dir.startsWith(`${other}/`)));
}

/** Namespace of a stack on Kubernetes without another setting. */
export const usualNamespace = 'monitoring';

/**
 * Directory on a node for a volume of a workload with one pod per node. Stacks in other namespaces
 * than the usual one have a directory each, so that several stacks can share a node.
 */
export const nodeDirectory = (namespace: string, workload: string, volume: string): string =>
  posix.join(
    '/var/lib/audifi-observability',
    namespace === usualNamespace ? '' : namespace,
    `${workload}-${volume}`,
  );
