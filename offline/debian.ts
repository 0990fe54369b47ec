import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptDo, withApt } from './apt';
import { makeDirectory } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** Debian packages. */
export interface DebianPackages {
  /** Suite of the packages, e.g. `sid`. @default the release of this machine */
  readonly suite?: string;
  /** Packages to unpack completely. Of their dependencies, only shared libraries are unpacked. */
  readonly names: readonly string[];
  /** Name prefix of dependencies to unpack completely as well, for names that contain a version. */
  readonly wholeToo?: string;
  /**
   * Locales to compile, such as `en_US`, always as UTF-8. They need the packages `locales` and
   * `libc-bin`.
   */
  readonly locales?: readonly string[];
}

/**
 * Directories below /usr/share that no container needs. Locales are already compiled at this point.
 */
const neverWanted = ['doc', 'man', 'info', 'locale', 'lintian', 'bug', 'menu', 'i18n'];

/**
 * Names of packages with shared libraries. Packages of Perl modules have similar names and are
 * excluded.
 */
export const library = /^(lib|zlib)(?!perl)(?!.*-perl$)/;
export const sharedObject = /^(usr\/)?lib(64|\/[^/]+)?\/[^/]*\.so[^/]*$/;

/**
 * Downloads packages with their dependencies, as apt resolves them for an empty machine, and
 * unpacks them below `root`. Installs nothing and runs no package scripts, so it needs no root and
 * does not change the system. apt verifies the downloads with the signature of the release. Returns
 * the version of each package.
 */
export async function unpackDebian(
  wanted: DebianPackages,
  root: string,
  log: Log,
): Promise<Record<string, string>> {
  const scratch = mkdtempSync(join(root, '..', 'apt-'));
  try {
    const isWhole = (name: string): boolean =>
      wanted.names.includes(name) || name.startsWith(wanted.wholeToo ?? '/');
    const taken = await withApt(
      scratch,
      async (options) => {
        const found = await resolve(wanted.names, scratch, options);
        const some = found.filter(({ name }) => isWhole(name) || library.test(name));
        log(`fetching ${some.length} packages of Debian for ${wanted.names[0]}`);
        const specs = some.map(({ name, version }) => `${name}=${version}`);
        await aptDo(['apt-get', ...options, '-qq', 'download', ...specs], scratch);
        return some;
      },
      wanted.suite,
    );
    for (const file of readdirSync(scratch).filter((entry) => entry.endsWith('.deb'))) {
      await unpackOne(join(scratch, file), root, isWhole(file.split('_')[0] ?? ''));
    }
    for (const locale of wanted.locales ?? []) await compileLocale(locale, root, scratch);
    for (const folder of neverWanted) {
      rmSync(join(root, 'usr/share', folder), { recursive: true, force: true });
    }
    return Object.fromEntries(taken.map(({ name, version }) => [name, version]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Package {
  readonly name: string;
  readonly version: string;
}

/** Lists packages and their dependencies, as apt would install them on an empty machine. */
async function resolve(
  names: readonly string[],
  scratch: string,
  options: readonly string[],
): Promise<Package[]> {
  const status = join(scratch, 'status');
  writeFileSync(status, '');
  const empty = ['-o', `Dir::State::status=${status}`, '--no-install-recommends'];
  const args = [...options, ...empty, '-qq', '-y', '--print-uris', 'install', ...names];
  const found = packagesIn(await aptDo(['apt-get', ...args], scratch));
  const missing = names.filter((name) => !found.some((one) => one.name === name));
  if (missing.length === 0) return found;
  throw new KitError(`Debian's package lists do not have ${missing.join(', ')}`);
}

/**
 * Parses lines such as `'uri' name_version_arch.deb size hash`, where %3a stands for a colon in the
 * version.
 */
export function packagesIn(uris: string): Package[] {
  return [...uris.matchAll(/^'\S+' ([^_\s]+)_([^_\s]+)_\S+\.deb /gm)].map(
    ([, name = '', version = '']) => ({ name, version: decodeURIComponent(version) }),
  );
}

async function unpackOne(archive: string, root: string, whole: boolean): Promise<void> {
  const into = whole ? root : mkdtempSync(`${archive}-`);
  await aptDo(['dpkg-deb', '-x', archive, into], root);
  if (whole) return;
  const files = readdirSync(into, { recursive: true }) as string[];
  for (const path of files.filter((file) => sharedObject.test(file))) {
    makeDirectory(dirname(join(root, path)));
    cpSync(join(into, path), join(root, path), { verbatimSymlinks: true });
  }
}

/**
 * Compiles a locale with the compiler and the loader of the unpacked release, so that it works on
 * any machine.
 */
async function compileLocale(locale: string, root: string, scratch: string): Promise<void> {
  const target = join(root, 'usr/lib/locale');
  makeDirectory(target);
  const files = readdirSync(root, { recursive: true }) as string[];
  // The loader and the C library are in the same folder, for instance /lib/x86_64-linux-gnu.
  const libc = files.find((path) => path.endsWith('/libc.so.6')) ?? '';
  const libraries = dirname(join(root, libc));
  const loader = readdirSync(libraries).find((name) => /^ld-linux.*\.so\.\d$/.test(name));
  const env = { ...process.env, I18NPATH: join(root, 'usr/share/i18n') };
  const compiler = join(root, 'usr/bin/localedef');
  const output = join(target, `${locale}.utf8`);
  const { ok, stderr } = await run(
    join(libraries, loader ?? ''),
    [
      ...['--library-path', libraries, compiler],
      ...['--no-archive', '-i', locale, '-f', 'UTF-8', output],
    ],
    { env, cwd: scratch, timeoutMs: 120_000 },
  );
  if (!ok) throw new KitError(`cannot compile the locale ${locale}: ${tail(stderr, 3)}`);
}
