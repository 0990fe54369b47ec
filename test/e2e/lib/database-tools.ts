import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { unpack } from '../../../offline/packages';

/** SQLite's and PostgreSQL's programs. */
export interface DatabaseTools {
  /** Folder of `postgres`, `initdb`, `psql` and `pg_dump`, all of one version. */
  readonly postgres: string;
  /** Environment in which these programs and `sqlite3` are found. */
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => void;
}

/**
 * The programs of this machine, or those of its Debian release, unpacked into the cache and not
 * installed. An image's own clients do not serve: `pg_dump` refuses a newer server.
 */
export async function databaseTools(): Promise<DatabaseTools> {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const installed = postgresIn('/');
  if (installed !== undefined && path.some((folder) => existsSync(join(folder, 'sqlite3')))) {
    return { postgres: installed, env: withPath([installed]), remove: () => undefined };
  }
  const { root: cached } = await unpack(
    {
      main: 'postgresql',
      debian: { names: ['postgresql', 'sqlite3'], wholeToo: 'postgresql-' },
    },
    () => undefined,
  );
  // The server does not run as root, and other users cannot read root's cache.
  const root = mkdtempSync(join(tmpdir(), 'audifi-databases-'));
  chmodSync(root, 0o755);
  cpSync(cached, root, { recursive: true, verbatimSymlinks: true });
  const postgres = postgresIn(root);
  if (postgres === undefined) throw new Error(`no PostgreSQL server below ${root}`);
  const libraries = readdirSync(join(root, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(root, 'usr/lib', name));
  return {
    postgres,
    env: {
      ...withPath([postgres, join(root, 'usr/bin')]),
      LD_LIBRARY_PATH: libraries.join(delimiter),
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function postgresIn(root: string): string | undefined {
  const versions = join(root, 'usr/lib/postgresql');
  return (existsSync(versions) ? readdirSync(versions) : [])
    .map((version) => join(versions, version, 'bin'))
    .find((bin) => ['postgres', 'pg_dump'].every((file) => existsSync(join(bin, file))));
}

const withPath = (folders: readonly string[]): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [...folders, process.env['PATH'] ?? ''].join(delimiter),
});
