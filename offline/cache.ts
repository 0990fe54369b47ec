import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KitError } from './errors';

/**
 * The kit's cache. It is outside the working tree, so that a new clone can use what an earlier one
 * built.
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.AUDIFI_CACHE) return env.AUDIFI_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'audifi-observability');
}

/**
 * A lock that its owner has not touched for this long is taken over, because the owner was killed.
 */
const staleAfterMs = 30_000;

/**
 * Runs `work` while holding the lock file at `path`, so that parallel runs build only once. The
 * owner touches the lock regularly. A process id alone is not sufficient, because containers can
 * share the cache.
 */
export async function withLock<T>(
  path: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  makeDirectory(dirname(path));
  for (let waited = false; !tryLock(path); waited = true) {
    if (!waited) onWait();
    await sleep(500);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimesSync(path, now, now);
  }, staleAfterMs / 6);
  beat.unref();
  const release = (): void => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, `${hostname()} ${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw diskError(error, path);
    if (isStale(path)) rmSync(path, { force: true });
    return false;
  }
}

function isStale(path: string): boolean {
  try {
    const [host, pid] = readFileSync(path, 'utf8').trim().split(' ');
    if (host === hostname() && pid !== undefined && !isAlive(Number(pid))) return true;
    return Date.now() - statSync(path).mtimeMs > staleAfterMs;
  } catch {
    return false; // released between the two looks
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Creates a directory of the cache. A full or read-only disk is reported in one clear message.
 * Creates level by level, because Node's recursive option hides the reason of a failure.
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw diskError(error, path);
  }
}

/**
 * Removes the leftovers of interrupted runs next to `target`. Only the holder of its lock may call
 * it.
 */
export function removeLeftovers(target: string): void {
  const prefix = `${basename(target)}.tmp-`;
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(prefix)) {
      rmSync(join(dirname(target), name), { recursive: true, force: true });
    }
  }
}

/** Fails early if the cache has not enough space for the next step. */
export function requireSpace(megabytes: number): void {
  const root = cacheRoot();
  makeDirectory(root);
  const { bavail, bsize } = statfsSync(root);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < megabytes)
    throw new KitError(fullDisk(root, `${free} MB free, ${megabytes} MB needed`));
}

const fullDisk = (path: string, detail: string): string =>
  `the disk of the offline kit's cache ${path} is full (${detail}): free some space, or set AUDIFI_CACHE to a ` +
  `directory with room and run this again`;

/** Converts a file system error to a message that an operator can act on. */
export function diskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new KitError(fullDisk(path, code));
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOENT') {
    return new KitError(
      `cannot write to the offline kit's cache ${path} (${code}): make it writable, or set AUDIFI_CACHE to another directory`,
    );
  }
  return error;
}

/** The same for the output of a child process: `write /a/b: no space left on device`. */
export function fullDiskIn(output: string): KitError | undefined {
  const match = /(\/[^\s:]+)?:? *no space left on device/i.exec(output);
  if (match === null) return undefined;
  const path = match[1] ?? cacheRoot();
  if (path.startsWith(cacheRoot())) return new KitError(fullDisk(cacheRoot(), 'no space left'));
  return new KitError(
    `the disk under ${path} is full: free some space, or move what Go keeps there with GOCACHE, GOMODCACHE or TMPDIR ` +
      `(the offline kit's own cache is ${cacheRoot()}, set by AUDIFI_CACHE)`,
  );
}
