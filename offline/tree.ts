import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TarEntry } from './tar';

/**
 * Directories that current Debian has only under /usr, but that packages may still refer to by
 * their old path.
 */
const merged = ['bin', 'sbin', 'lib', 'lib64'];

/**
 * Reads a folder as the members of a layer, all owned by root, without set-user-ID bits. Sorted,
 * and without timestamps, so that the same files give the same bytes.
 */
export function readTree(root: string): TarEntry[] {
  return (readdirSync(root, { recursive: true }) as string[]).map((path) => {
    const file = join(root, path);
    const status = lstatSync(file);
    const mode = status.mode & 0o755;
    if (status.isSymbolicLink()) return { path, link: readlinkSync(file), mode: 0o777 };
    return status.isDirectory()
      ? { path, mode: 0o755 }
      : { path, mode, content: readFileSync(file) };
  });
}

/** Moves everything under /usr, as Debian does, and adds links at the old paths. */
export function mergeUsr(entries: readonly TarEntry[]): TarEntry[] {
  const top = (path: string): string => path.split('/')[0] ?? '';
  const moved = entries.map((entry) =>
    merged.includes(top(entry.path)) ? { ...entry, path: `usr/${entry.path}` } : entry,
  );
  const links = merged.map((path) => ({ path, link: `usr/${path}`, mode: 0o777 }));
  return [...new Map([...moved, ...links].map((entry) => [entry.path, entry])).values()];
}

/**
 * Adds a symbolic link. A `*` in its target stands for a directory with an unknown version, such as
 * `15` in `/usr/lib/postgresql/15/bin`. If there are several, the highest one is used.
 */
export function linkTo(entries: readonly TarEntry[], path: string, target: string): TarEntry {
  const [before = '', after] = target.split('*');
  const found =
    after === undefined
      ? target
      : entries
          .map((entry) => `/${entry.path}`)
          .filter((name) => name.startsWith(before) && name.endsWith(after))
          .filter((name) => !name.slice(before.length, name.length - after.length).includes('/'))
          .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
          .at(-1);
  if (found === undefined) throw new Error(`nothing in the image is like ${target}`);
  return { path: path.slice(1), link: found, mode: 0o777 };
}
