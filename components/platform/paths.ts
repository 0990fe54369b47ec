import { posix } from 'node:path';

/**
 * The outermost directories of these files. A platform mounts each of them once, and the rest of a
 * file's path stays below.
 */
export function outermostDirectories(files: readonly string[]): string[] {
  const dirs = [...new Set(files.map((file) => posix.dirname(file)))].sort();
  return dirs.filter((dir) => !dirs.some((other) => dir !== other && dir.startsWith(`${other}/`)));
}
