import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  cacheRoot,
  diskError,
  makeDirectory,
  removeLeftovers,
  requireSpace,
  withLock,
} from './cache';
import { type DebianPackages, unpackDebian } from './debian';
import { KitError, type Log } from './errors';
import { type NpmPackage, unpackNpm } from './npm';
import { run } from './run';

/** The parts of an image that come from package registries other than Go's. */
export interface Packages {
  /** The main package. Its version is the version of the image. */
  readonly main: string;
  readonly npm?: NpmPackage;
  readonly debian?: DebianPackages;
  /** Path in the image of a command that needs shared libraries from this machine. */
  readonly librariesOf?: string;
}

/** The unpacked files of an image, and the version of `main` in it. */
export interface Unpacked {
  readonly root: string;
  readonly version: string;
}

/** Path of an image's unpacked packages, whether they already exist or not. */
export function unpackedPath(packages: Packages): string {
  const key = createHash('sha256')
    .update(JSON.stringify([packages, process.arch]))
    .digest('hex');
  return join(cacheRoot(), `packages-${packages.main}-${key.slice(0, 12)}`);
}

/** Disk space in MB for the archives and their content. */
const neededMegabytes = 600;

/** Downloads and unpacks an image's packages into the cache, if they are missing. */
export async function unpack(packages: Packages, log: Log): Promise<Unpacked> {
  const target = unpackedPath(packages);
  if (!existsSync(target)) {
    requireSpace(neededMegabytes);
    await withLock(
      `${target}.lock`,
      () => log(`waiting for another run that is unpacking ${packages.main}`),
      async () => {
        if (!existsSync(target)) await unpackAll(packages, target, log);
      },
    );
  }
  return {
    root: join(target, 'root'),
    version: readFileSync(join(target, 'version'), 'utf8').trim(),
  };
}

async function unpackAll(packages: Packages, target: string, log: Log): Promise<void> {
  const started = Date.now();
  removeLeftovers(target);
  const work = mkdtempSync(`${target}.tmp-`);
  const root = join(work, 'root');
  try {
    makeDirectory(root);
    const { debian, npm, librariesOf, main } = packages;
    const versions = {
      ...(debian === undefined ? {} : await unpackDebian(debian, root, log)),
      ...(npm === undefined ? {} : await unpackNpm(npm, root, log)),
    };
    if (librariesOf !== undefined) await copyLibraries(librariesOf, root);
    const version = npm?.release ?? npm?.version ?? versions[main];
    if (version === undefined) throw new KitError(`the package registries did not provide ${main}`);
    writeFileSync(join(work, 'version'), version);
    rmSync(join(work, 'scratch'), { recursive: true, force: true });
    renameSync(work, target);
    log(`unpacked ${main} ${version} in ${Math.round((Date.now() - started) / 1000)} s`);
  } catch (error) {
    throw diskError(error, cacheRoot());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Name resolution of C libraries older than 2.34. They load these libraries by name, so no binary
 * lists them.
 */
const loadedByName = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

/**
 * Copies the shared libraries of a command to the same path as on this machine, where the command
 * looks for them.
 */
async function copyLibraries(command: string, root: string): Promise<void> {
  const { ok, stdout, stderr } = await run('ldd', [join(root, command)]);
  const lines = `${stdout}${stderr}`.split('\n');
  const missing = lines.find((line) => line.includes('not found'));
  if (!ok || missing !== undefined) {
    throw new KitError(
      `this machine lacks a library of ${basename(command)}: ${(missing ?? stderr).trim() || 'no ldd here'}`,
    );
  }
  const listed = lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  const libc = listed.find((path) => basename(path) === 'libc.so.6') ?? '';
  const named = loadedByName.map((name) => join(dirname(libc), name)).filter(existsSync);
  for (const path of new Set([...listed, ...named])) {
    makeDirectory(dirname(join(root, path)));
    cpSync(path, join(root, path), { dereference: true });
  }
}
