import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { makeDirectory } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** An npm package that contains a native build. There is one package per architecture. */
export interface NpmPackage {
  /** Its name. `{arch}` stands for Node's `process.arch`. */
  readonly name: string;
  readonly version: string;
  /** The upstream release that it contains. @default version */
  readonly release?: string;
  /** The registry's `dist.integrity` of the package for each architecture. */
  readonly integrity: Readonly<Record<string, string>>;
  /** Files and folders by path in the package, with their path in the image. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * A JSON list of `{ source, target }` in the package: symbolic links, which npm archives cannot
   * contain.
   */
  readonly links?: string;
}

/**
 * Downloads the package with npm, verifies its pinned checksum, and copies its files below `root`.
 */
export async function unpackNpm(
  wanted: NpmPackage,
  root: string,
  log: Log,
): Promise<Record<string, string>> {
  const integrity = wanted.integrity[process.arch];
  const name = wanted.name.replace('{arch}', process.arch);
  if (integrity === undefined) throw new KitError(`npm has no ${wanted.name} for ${process.arch}`);
  const scratch = mkdtempSync(join(root, '..', 'npm-'));
  try {
    log(`fetching ${name} ${wanted.version} from the npm registry`);
    const spec = `${name}@${wanted.version}`;
    await must('npm', ['pack', '--silent', '--ignore-scripts', spec], scratch);
    const archive = readdirSync(scratch).find((file) => file.endsWith('.tgz')) ?? '';
    const sum = createHash('sha512')
      .update(readFileSync(join(scratch, archive)))
      .digest('base64');
    if (`sha512-${sum}` !== integrity) {
      throw new KitError(`${spec} is not the pinned one: its sum is sha512-${sum}`);
    }
    await must('tar', ['-xzf', archive, '--no-same-owner'], scratch);
    const folder = join(scratch, 'package');
    if (wanted.links !== undefined) makeLinks(folder, wanted.links);
    for (const [from, to] of Object.entries(wanted.files)) {
      makeDirectory(dirname(join(root, to)));
      cpSync(join(folder, from), join(root, to), { recursive: true, verbatimSymlinks: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { [name]: wanted.version };
}

function makeLinks(folder: string, list: string): void {
  const links = JSON.parse(readFileSync(join(folder, list), 'utf8')) as Array<{
    source: string;
    target: string;
  }>;
  for (const { source, target } of links) {
    if (existsSync(join(folder, target))) continue;
    symlinkSync(relative(dirname(target), source), join(folder, target));
  }
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { ok, stderr } = await run(command, args, { cwd, timeoutMs: 600_000 });
  if (!ok) throw new KitError(`${basename(command)} ${args[0]} failed: ${tail(stderr, 3)}`);
}
