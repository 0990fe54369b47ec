import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** Packages of the Debian release that runs here. */
export interface DebianPackages {
  /** Packages that are taken whole. Of what they depend on, only the shared libraries are. */
  readonly names: readonly string[];
  /** Beginning of the name of a dependency that is taken whole too, where its name has a version in it. */
  readonly wholeToo?: string;
  /** Paths that are left out, as the beginning of a path without its leading slash. */
  readonly without?: readonly string[];
  /** Locales to compile, such as `en_US`, always as UTF-8. They need the packages `locales` and `libc-bin`. */
  readonly locales?: readonly string[];
}

/** What no container looks at. */
const neverWanted = ['doc', 'man', 'info', 'locale', 'lintian', 'bug', 'menu', 'i18n'].map(
  (folder) => `usr/share/${folder}/`,
);

/** Packages with shared libraries are named so; those of Perl's modules are as well. */
const library = /^(lib|zlib)(?!perl)(?!.*-perl$)/;
const sharedObject = /^(usr\/)?lib(64|\/[^/]+)?\/[^/]*\.so[^/]*$/;

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
    const { options, found } = await resolve(wanted.names, scratch);
    const isWhole = (name: string): boolean =>
      wanted.names.includes(name) || name.startsWith(wanted.wholeToo ?? '/');
    const taken = found.filter(({ name }) => isWhole(name) || library.test(name));
    log(`fetching ${taken.length} packages of Debian for ${wanted.names[0]}`);
    const specs = taken.map(({ name, version }) => `${name}=${version}`);
    await apt(['apt-get', ...options, '-qq', 'download', ...specs], scratch);
    for (const file of readdirSync(scratch).filter((entry) => entry.endsWith('.deb'))) {
      await unpackOne(join(scratch, file), root, isWhole(file.split('_')[0] ?? ''));
    }
    for (const locale of wanted.locales ?? []) await compileLocale(locale, root, scratch);
    for (const path of [...neverWanted, ...(wanted.without ?? [])]) {
      rmSync(join(root, path), { recursive: true, force: true });
    }
    return Object.fromEntries(taken.map(({ name, version }) => [name, version]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Resolved {
  readonly options: string[];
  readonly found: ReadonlyArray<{ name: string; version: string }>;
}

/** Asks apt, with package lists of our own where the machine has none. */
async function resolve(names: readonly string[], scratch: string): Promise<Resolved> {
  const status = join(scratch, 'status');
  writeFileSync(status, '');
  makeDirectory(join(scratch, 'archives', 'partial'));
  const own = ['-o', `Dir::Cache=${scratch}`, '-o', 'Debug::NoLocking=1'];
  const lists = ['-o', `Dir::State::Lists=${join(scratch, 'lists')}`];
  const ask = async (options: string[]): Promise<Resolved | undefined> => {
    const empty = ['-o', `Dir::State::status=${status}`, '--no-install-recommends'];
    const args = [...options, ...empty, '-qq', '-y', '--print-uris', 'install', ...names];
    const { ok, stdout } = await run('apt-get', args, { cwd: scratch, timeoutMs: 300_000 });
    // 'uri' name_version_arch.deb size hash; a colon in the version is written %3a.
    const found = [...stdout.matchAll(/^'\S+' ([^_\s]+)_([^_\s]+)_\S+\.deb /gm)];
    if (!ok || found.length === 0) return undefined;
    const named = found.map(([, name = '', version = '']) => ({
      name,
      version: decodeURIComponent(version),
    }));
    return { options, found: named };
  };
  const known = await ask(own);
  if (known !== undefined) return known;
  makeDirectory(join(scratch, 'lists', 'partial'));
  await apt(['apt-get', ...own, ...lists, '-qq', 'update'], scratch);
  const fetched = await ask([...own, ...lists]);
  if (fetched !== undefined) return fetched;
  throw new KitError(`Debian's package lists do not have all of ${names.join(', ')}`);
}

async function unpackOne(archive: string, root: string, whole: boolean): Promise<void> {
  const into = whole ? root : mkdtempSync(`${archive}-`);
  await apt(['dpkg-deb', '-x', archive, into], root);
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

async function apt([command = '', ...args]: readonly string[], cwd: string): Promise<void> {
  const { ok, stderr } = await run(command, args, { cwd, timeoutMs: 600_000 });
  if (!ok) throw new KitError(`cannot get Debian's packages: ${command} says: ${tail(stderr, 3)}`);
}
