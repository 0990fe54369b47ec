import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheRoot } from './cache';

/** Finds a command on PATH, but ignores the folders that the kit added for a child process. */
export function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const foreign = folders.filter((folder) => !folder.startsWith(cacheRoot()));
  return foreign.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
