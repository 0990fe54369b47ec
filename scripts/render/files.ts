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
 * Where a component's config files are written: below their outermost directory the paths are those
 * in the container, so that files that name each other by relative paths find each other.
 */
export function componentFiles(component: string, mounted: readonly MountedFile[]): Files {
  const dirs = outermostDirectories(mounted.map((file) => file.path));
  const files: Files = {};
  for (const { path, content } of mounted) {
    const dir = dirs.find((d) => path.startsWith(`${d}/`)) ?? '/';
    const short = posix.join(component, posix.relative(dir, path));
    // The same name in two directories: the second says where it comes from.
    files[short in files ? posix.join(component, path) : short] = content;
  }
  return files;
}

/** Keys sorted, so that a difference between two renders is a difference between the stacks. */
export function yaml(value: unknown, first: readonly string[] = []): string {
  const rank = (key: string): number => {
    const i = first.indexOf(key);
    return i === -1 ? first.length : i;
  };
  return stringify(compact(value), {
    // Go's parser of Kubernetes still takes `on` and `0444` for something else than a text.
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => {
      const [x, y] = [String(a.key), String(b.key)];
      return rank(x) - rank(y) || (x < y ? -1 : 1);
    },
  });
}

/** Without what was left out: `undefined` and `null` say nothing to Docker or Kubernetes. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null)
      .map(([key, inner]) => [key, compact(inner)]),
  );
}
