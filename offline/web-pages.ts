import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fullDiskIn, makeDirectory } from './cache';
import { KitError, type Log } from './errors';
import { nodePackages } from './image-recipes';
import { isOn } from './mode';
import { type Packages, unpack } from './packages';
import type { BuildOutput } from './progress';
import type { Recipe, WebPages } from './recipe';
import { run, tail } from './run';

const pnpmSum =
  'sha512-dAGE0Q+B9dWxZb6IVg7numJAbEE0iWq8J6WAEJ7sL0fB5B2RJRyUTCyrq8scIkYXmeu3LeLsYlryAwsONsc1ow==';

/** It has no dependencies of its own, and runs no script of a package here. */
export const pnpmPackages: Packages = {
  main: 'pnpm',
  npm: {
    name: 'pnpm',
    version: '11.28.11',
    integrity: { x64: pnpmSum, arm64: pnpmSum },
    files: { bin: '/pnpm/bin', dist: '/pnpm/dist', 'package.json': '/pnpm/package.json' },
  },
};

/** What a running build needs besides its inputs. */
export interface Building {
  /** The command in messages. */
  readonly what: string;
  readonly log: Log;
  readonly output: BuildOutput;
  /** Set if another build has failed. */
  readonly signal: AbortSignal;
}

/** Disk space in MB that the npm packages of web pages need while they are built. */
export const webPagesMegabytes = 500;

/** Parses AUDIFI_WEB_PAGES. */
export const webPagesWanted = (text = process.env.AUDIFI_WEB_PAGES): boolean =>
  isOn('AUDIFI_WEB_PAGES', text);

/** The web pages to build into a command. Undefined if it has none, or none are wanted. */
export const webPagesOf = (recipe: Recipe): WebPages | undefined =>
  webPagesWanted() ? recipe.webPages : undefined;

/** Everything that the pages depend on, besides the module. */
export const webPagesInputs = (pages: WebPages): string =>
  JSON.stringify([pages, pnpmPackages, nodePackages]);

/**
 * Builds web pages in `module`, a writable copy, with upstream's own scripts. pnpm compares every
 * package with the checksum in the module's lock file.
 *
 * @param scratch folder for pnpm's own files
 */
export async function buildWebPages(
  pages: WebPages,
  module: string,
  scratch: string,
  { what, log, output, signal }: Building,
): Promise<void> {
  const env = await environment(scratch, log);
  const install = `cd ${pages.workspace} && pnpm install --frozen-lockfile --ignore-scripts`;
  log(`building the web pages of ${what} from npm packages`);
  output.begin('web pages');
  const started = Date.now();
  for (const script of [install, ...pages.scripts]) {
    // Checked only between scripts: if a script were killed, its child processes would continue.
    if (signal.aborted) throw new KitError(`the web pages of ${what} are not finished`);
    const { ok, stdout, stderr } = await run('bash', ['-e', '-c', script], {
      cwd: module,
      env,
      timeoutMs: 900_000,
    });
    if (ok) continue;
    // pnpm reports errors on standard output.
    throw (
      fullDiskIn(stdout + stderr) ??
      new KitError(
        `cannot build the web pages of ${what} (without AUDIFI_WEB_PAGES it is built without them):\n` +
          tail(`${stdout.trimEnd()}\n${stderr}`, 10),
      )
    );
  }
  log(`built the web pages of ${what} in ${Math.round((Date.now() - started) / 1000)} s`);
}

/**
 * Variables for upstream's scripts: pnpm and the pinned Node come first in the path, and pnpm keeps
 * its files in `scratch`. The user's settings for the npm registry stay.
 */
async function environment(scratch: string, log: Log): Promise<NodeJS.ProcessEnv> {
  const node = join((await unpack(nodePackages, log)).root, 'usr/local/bin/node');
  const pnpm = join((await unpack(pnpmPackages, log)).root, 'pnpm/bin/pnpm.mjs');
  const bin = join(scratch, 'bin');
  makeDirectory(bin);
  const command = `#!/bin/sh\nexec '${node}' '${pnpm}' "$@"\n`;
  writeFileSync(join(bin, 'pnpm'), command, { mode: 0o755 });
  // NODE_ENV would change what is installed and built.
  const { NODE_ENV: _, ...env } = process.env;
  return {
    ...env,
    PATH: [bin, dirname(node), env.PATH ?? ''].join(delimiter),
    CI: '1',
    pnpm_config_store_dir: join(scratch, 'store'),
    pnpm_config_cache_dir: join(scratch, 'cache'),
    // The module's checksum covers the lock file. Asking the registry about each of its entries
    // would double the time.
    pnpm_config_trust_lockfile: 'true',
    pnpm_config_verify_deps_before_run: 'false',
  };
}
