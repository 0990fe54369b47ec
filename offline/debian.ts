import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptDo, withApt } from './apt';
import { makeDirectory } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** Packages of Debian. */
export interface DebianPackages {
  /** Suite that they are of, e.g. `sid`. @default the release that runs here */
  readonly suite?: string;
  /** Packages that are taken whole. Of what they depend on, only the shared libraries are. */
  readonly names: readonly string[];
  /** Beginning of the name of a dependency that is taken whole too, where its name has a version in it. */
  readonly wholeToo?: string;
  /** Locales to compile, such as `en_US`, always as UTF-8. They need the packages `locales` and `libc-bin`. */
  readonly locales?: readonly string[];
}

/** What no container looks at, below /usr/share. The sources of locales are compiled by then. */
const neverWanted = ['doc', 'man', 'info', 'locale', 'lintian', 'bug', 'menu', 'i18n'];

/** Packages with shared libraries are named so; those of Perl's modules are as well. */
export const library = /^(lib|zlib)(?!perl)(?!.*-perl$)/;
export const sharedObject = /^(usr\/)?lib(64|\/[^/]+)?\/[^/]*\.so[^/]*$/;

/**
 * Downloads packages and what they need, as apt resolves it for a machine that has nothing yet, and unpacks them below
 * `root`. Nothing is installed and no script of a package runs, so neither root nor a change of the system is needed.
 * apt checks what it downloads against the release's signature. Returns the version of each package.
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

/** Lists packages and what they need, as apt would install them on a machine that has nothing. */
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

/** Reads lines such as `'uri' name_version_arch.deb size hash`, where a colon in the version is written %3a. */
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

/** Compiles a locale with the unpacked release's own compiler, run by its own loader, so that any machine will do. */
async function compileLocale(locale: string, root: string, scratch: string): Promise<void> {
  const target = join(root, 'usr/lib/locale');
  makeDirectory(target);
  const files = readdirSync(root, { recursive: true }) as string[];
  // Both lie in one folder, /lib/x86_64-linux-gnu for instance.
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
