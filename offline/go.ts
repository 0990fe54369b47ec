import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptDo, withApt } from './apt';
import { cacheRoot, makeDirectory, withLock } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** A Go installation that can build the recipes. */
export interface Go {
  readonly path: string;
  readonly version: string;
}

/**
 * The Go toolchain that is downloaded if the machine's own is too old. Go publishes its toolchains
 * as modules, so the module proxy serves the compiler as well. Checksums as in sum.golang.org.
 */
export const toolchain = {
  version: '1.26.8',
  sums: {
    'linux-amd64': 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=',
    'linux-arm64': 'h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=',
  } as Readonly<Record<string, string>>,
};

/** What is known about this machine before any download. */
export interface Probes {
  /** Version of the machine's own Go, such as `1.19.8`; undefined if there is none. */
  readonly found?: string;
  /** `os-arch` in Go's notation. */
  readonly platform: string;
  /** Whether Debian packages can be downloaded and unpacked. */
  readonly apt: boolean;
}

export type Decision =
  | { readonly step: 'use' }
  | { readonly step: 'fetch' }
  | { readonly step: 'bootstrap' }
  | { readonly step: 'refuse'; readonly reason: string };

/**
 * Decides how to get a Go of version `needed` or later: the machine's own; otherwise the toolchain
 * module, downloaded with any Go that supports modules; otherwise the same with Debian's Go,
 * unpacked into the cache.
 */
export function decide(needed: string, probes: Probes): Decision {
  if (probes.found !== undefined && isAtLeast(probes.found, needed)) return { step: 'use' };
  const have = probes.found === undefined ? 'there is no Go here' : `Go ${probes.found} is too old`;
  if (toolchain.sums[probes.platform] === undefined) {
    return {
      step: 'refuse',
      reason: `building needs Go ${needed} or newer (${have}): install it from https://go.dev/dl`,
    };
  }
  if (probes.found !== undefined) return { step: 'fetch' };
  if (probes.apt) return { step: 'bootstrap' };
  return {
    step: 'refuse',
    reason:
      `building needs Go (${have}): install ${needed} or newer from https://go.dev/dl, or any Go from your ` +
      `distribution (it is enough to fetch the right one)`,
  };
}

/** Compares versions such as `1.26` and `1.26.8` number by number. */
export function isAtLeast(version: string, needed: string): boolean {
  const parse = (text: string): number[] => text.split(/[.\-a-z]+/).map(Number);
  const [have, want] = [parse(version), parse(needed)];
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Finds out how to get a Go of version `needed` or later. Changes nothing. */
export async function planGo(needed: string): Promise<{ own?: Go; decision: Decision }> {
  const own = await findGo();
  const apt = (await run('apt-get', ['--version'])).ok && (await run('dpkg-deb', ['--version'])).ok;
  return { own, decision: decide(needed, { found: own?.version, platform, apt }) };
}

/** Finds or downloads a Go of version `needed` or later. */
export async function ensureGo(needed: string, log: Log): Promise<Go> {
  const { own, decision } = await planGo(needed);
  if (decision.step === 'refuse') throw new KitError(decision.reason);
  if (decision.step === 'use' && own !== undefined) return own;
  return withLock(
    join(cacheRoot(), 'go.lock'),
    () => log('waiting for another run that is fetching Go'),
    async () => fetchToolchain(own ?? (await bootstrapGo(log)), log),
  );
}

/**
 * The machine's own Go. GOTOOLCHAIN=local prevents it from switching to another version because of
 * a go.mod.
 */
async function findGo(): Promise<Go | undefined> {
  for (const path of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    const go = await versionOf(path);
    if (go !== undefined) return go;
  }
  return undefined;
}

async function versionOf(path: string): Promise<Go | undefined> {
  const { ok, stdout } = await run(path, ['env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '' },
  });
  const version = /^go(\d+\.\d+(?:\.\d+)?)/.exec(stdout.trim())?.[1];
  return ok && version !== undefined ? { path, version } : undefined;
}

/**
 * Unpacks Debian's Go into the cache. Installs nothing, so it needs no root and does not change the
 * system. If the machine has no package lists, they are downloaded into the cache as well.
 */
async function bootstrapGo(log: Log): Promise<Go> {
  const home = join(cacheRoot(), 'bootstrap-go');
  const unpacked = await goBelow(home);
  if (unpacked !== undefined) return unpacked;
  log('no Go here: unpacking Debian’s into the cache, to fetch a newer one with');
  makeDirectory(home);
  const scratch = mkdtempSync(join(home, 'apt-'));
  try {
    const name = await withApt(scratch, async (options) => {
      const found = await goPackage(options);
      await aptDo(['apt-get', ...options, '-qq', 'download', found], scratch);
      return found;
    });
    const archive = readdirSync(scratch).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new KitError(`apt-get downloaded no archive of ${name}`);
    await aptDo(['dpkg-deb', '-x', archive, home], scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const go = await goBelow(home);
  if (go === undefined)
    throw new KitError(
      `Debian’s Go in ${home} does not run here: install Go from https://go.dev/dl`,
    );
  return go;
}

/**
 * `golang-go` only depends on the package of the release's Go version: golang-1.19-go in Debian 12.
 */
async function goPackage(options: readonly string[]): Promise<string> {
  const { stdout } = await run('apt-cache', [...options, 'depends', 'golang-go']);
  const name = /Depends: (golang-[\d.]+-go)\b/.exec(stdout)?.[1];
  if (name !== undefined) return name;
  throw new KitError(
    'Debian’s package lists do not contain golang-go: install Go from https://go.dev/dl',
  );
}

async function goBelow(home: string): Promise<Go | undefined> {
  const lib = join(home, 'usr/lib');
  const folder = existsSync(lib)
    ? readdirSync(lib).find((name) => name.startsWith('go-'))
    : undefined;
  return folder === undefined ? undefined : versionOf(join(lib, folder, 'bin/go'));
}

/**
 * Downloads the pinned toolchain with an older Go, and makes it executable, because the module
 * cache does not preserve the permission.
 */
async function fetchToolchain(with_: Go, log: Log): Promise<Go> {
  const id = `golang.org/toolchain@v0.0.1-go${toolchain.version}.${platform}`;
  log(`fetching Go ${toolchain.version} as a module (70 MB), with Go ${with_.version}`);
  const { ok, stdout, stderr } = await run(with_.path, ['mod', 'download', '-json', id], {
    cwd: tmpdir(),
    // The checksum of this module is pinned above, so no service other than the proxy is needed.
    env: {
      ...process.env,
      GOFLAGS: '-mod=mod',
      GOTOOLCHAIN: 'local',
      GONOSUMDB: 'golang.org/toolchain',
    },
    timeoutMs: 600_000,
  });
  const got = JSON.parse(stdout || '{}') as { Dir?: string; Sum?: string; Error?: string };
  if (!ok || got.Dir === undefined) {
    throw new KitError(`cannot fetch ${id}: ${got.Error ?? tail(stderr, 3)}`);
  }
  if (got.Sum !== toolchain.sums[platform]) {
    throw new KitError(`${id} has the sum ${got.Sum}, not the pinned one: refusing to run it`);
  }
  makeExecutable(got.Dir);
  return { path: join(got.Dir, 'bin/go'), version: toolchain.version };
}

function makeExecutable(root: string): void {
  for (const folder of ['bin', 'pkg/tool']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }) as string[]) {
      const path = join(root, folder, name);
      if (statSync(path).isFile()) chmodSync(path, 0o555);
    }
  }
}
