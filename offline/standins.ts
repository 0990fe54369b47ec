import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheRoot, diskError, makeDirectory } from './cache';

/**
 * Pulumi plugins that have a stand-in in the kit, by the name of the released plugin, with their
 * source.
 */
export const standIns = {
  'pulumi-language-nodejs': 'language',
  'pulumi-resource-docker': 'docker',
  'pulumi-resource-random': 'random',
} as const;

const sources = join(__dirname, 'standins');

/**
 * Bundles each stand-in into one file in the cache, so that it starts without resolving modules.
 * Returns the folder with the executables. The cache key is a hash of their sources and the
 * lockfile.
 */
export async function bundleStandIns(): Promise<string> {
  const target = join(cacheRoot(), `standins-${key()}`);
  if (existsSync(target)) return target;
  makeDirectory(cacheRoot());
  try {
    const work = mkdtempSync(`${target}.tmp-`);
    try {
      await bundle(work, target);
      renameSync(work, target);
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      // A parallel run was faster, with the same result.
      if (!existsSync(target)) throw error;
    }
  } catch (error) {
    throw diskError(error, cacheRoot());
  }
  return target;
}

function key(): string {
  const hash = createHash('sha256').update(process.execPath);
  const files = (readdirSync(sources, { recursive: true }) as string[]).sort();
  for (const path of [...files.map((file) => join(sources, file)), join(__dirname, 'tar.ts')]) {
    if (statSync(path).isFile())
      hash.update(`\0${path.slice(__dirname.length)}\0`).update(readFileSync(path));
  }
  hash.update(readFileSync(join(__dirname, '..', 'package-lock.json')));
  return hash.digest('hex').slice(0, 12);
}

async function bundle(work: string, target: string): Promise<void> {
  // esbuild is a dependency of tsx, which runs this code. A dependency of our own would pin it
  // twice.
  const { build } = createRequire(require.resolve('tsx/package.json'))(
    'esbuild',
  ) as typeof import('esbuild');
  for (const [name, source] of Object.entries(standIns)) {
    await build({
      entryPoints: [join(sources, source, 'main.ts')],
      outfile: join(work, `${name}.js`),
      bundle: true,
      platform: 'node',
      target: 'node20',
      minify: true,
      // Optional native parts of the SSH client, which also works without them.
      external: ['*.node', 'cpu-features'],
      logLevel: 'silent',
    });
    const command = `#!/bin/sh\nexec '${process.execPath}' '${join(target, name)}.js' "$@"\n`;
    writeFileSync(join(work, name), command);
    chmodSync(join(work, name), 0o755);
  }
}
