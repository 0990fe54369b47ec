import { posix } from 'node:path';
import { stringify } from 'yaml';
import { outermostDirectories } from '../../components/platform/paths';

/** Content by path below `build/<stack>/`. */
export type Files = Record<string, string>;

/** A config file of a component, by its path in the container. */
export interface MountedFile {
  readonly path: string;
  readonly content: string;
}

/**
 * Paths of a component's config files in the output. Below the outermost directory they are the
 * same as in the container, so that relative paths between files work.
 */
export function componentFiles(component: string, mounted: readonly MountedFile[]): Files {
  const dirs = outermostDirectories(mounted.map((file) => file.path));
  const files: Files = {};
  for (const { path, content } of mounted) {
    const dir = dirs.find((d) => path.startsWith(`${d}/`)) ?? '/';
    const short = posix.join(component, posix.relative(dir, path));
    // If two directories have a file of the same name, the second one keeps its full path.
    files[short in files ? posix.join(component, path) : short] = content;
  }
  return files;
}

/**
 * YAML with sorted keys, so that a diff of two outputs only shows differences between the stacks.
 */
export function yaml(value: unknown, first: readonly string[] = []): string {
  const rank = (key: string): number => {
    const i = first.indexOf(key);
    return i === -1 ? first.length : i;
  };
  return stringify(compact(value), {
    // The Go parser of Kubernetes does not always parse `on` and `0444` as strings.
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => {
      const [x, y] = [String(a.key), String(b.key)];
      return rank(x) - rank(y) || (x < y ? -1 : 1);
    },
  });
}

/** Removes `undefined` and `null`, which Docker and Kubernetes ignore. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null)
      .map(([key, inner]) => [key, compact(inner)]),
  );
}
