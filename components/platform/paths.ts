import { posix } from 'node:path';

/**
 * The directories of these files that lie in no other one of them: a platform mounts each of these
 * once, and the file's path below it keeps any nested directory.
 */
export function outermostDirectories(files: readonly string[]): string[] {
  const dirs = [...new Set(files.map((file) => posix.dirname(file)))].sort();
  return dirs.filter((dir) => !dirs.some((other) => dir !== other && dir.startsWith(`${other}/`)));
}
