import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inContext } from '../kubectl';
import { OperatorError } from '../operator-error';
import { capture, captureBytes } from '../process';
import { consistentCopy, type Database, type DatabaseFile, databaseFiles, tarOf } from './sqlite';

/** The user of Grafana's image, which owns the files. */
const owner = { uid: 472, gid: 472 };
/** Environment variable with the directory of the database. */
const directoryVariable = 'GF_PATHS_DATA';

/** Where Grafana runs: a container's name, or a pod. */
export type GrafanaPlace =
  | { readonly container: string }
  | { readonly pod: string; readonly namespace: string; readonly context?: string | undefined };

/** Grafana's database file on its volume, while Grafana runs. */
export async function readGrafana(place: GrafanaPlace, env: NodeJS.ProcessEnv): Promise<Database> {
  const directory = await directoryOf(place, env);
  return consistentCopy(() => filesIn(place, directory, env));
}

/**
 * Replaces Grafana's database. The previous one stays beside it as `grafana.db.before-<time>`.
 * Stops Grafana meanwhile. Docker only.
 *
 * @returns the path of the previous database in the container; undefined if there was none
 */
export async function replaceGrafana(
  container: string,
  database: Database,
  env: NodeJS.ProcessEnv,
  now = new Date(),
): Promise<string | undefined> {
  const directory = await directoryOf({ container }, env);
  await run('docker', ['stop', container], env);
  try {
    const previous = await filesIn({ container }, directory, env);
    const suffix = `before-${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
    const files = new Map<string, Buffer>([
      ...[...previous].map(([name, content]): [string, Buffer] => [
        name.replace('grafana.db', `grafana.db.${suffix}`),
        content,
      ]),
      ...databaseFiles.map((name): [string, Buffer] => [
        name,
        // The log of the previous database must not stay. An empty log is valid.
        database.get(name) ?? Buffer.alloc(0),
      ]),
    ]);
    const archive = tarOf(files, owner, Math.floor(now.getTime() / 1_000));
    const { code, stderr } = await captureBytes(
      'docker',
      ['cp', '-', `${container}:${directory}`],
      {
        env,
        input: archive,
      },
    );
    if (code !== 0) throw new OperatorError(`docker cp: ${stderr.trim()}`);
    return previous.has('grafana.db') ? `${directory}/grafana.db.${suffix}` : undefined;
  } finally {
    await run('docker', ['start', container], env);
  }
}

/** From the environment of its container. Each newly created stack has a directory of its own. */
async function directoryOf(place: GrafanaPlace, env: NodeJS.ProcessEnv): Promise<string> {
  if (!('container' in place)) {
    return (await run('kubectl', [...inPod(place), 'printenv', directoryVariable], env)).trim();
  }
  const format = '{{range .Config.Env}}{{println .}}{{end}}';
  const lines = await run('docker', ['inspect', '--format', format, place.container], env);
  const line = lines.split('\n').find((each) => each.startsWith(`${directoryVariable}=`));
  if (line === undefined) {
    throw new OperatorError(`the container ${place.container} is not Grafana's: run make up first`);
  }
  return line.slice(directoryVariable.length + 1);
}

async function filesIn(
  place: GrafanaPlace,
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<Database> {
  const found = new Map<DatabaseFile, Buffer>();
  for (const name of databaseFiles) {
    const content = await fileIn(place, `${directory}/${name}`, env);
    if (content !== undefined) found.set(name, content);
  }
  return found;
}

/** Undefined if there is no such file. */
async function fileIn(
  place: GrafanaPlace,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<Buffer | undefined> {
  if (!('container' in place)) {
    const read = await captureBytes('kubectl', [...inPod(place), 'cat', path], { env });
    if (read.code === 0) return read.stdout;
    if (/no such file/i.test(read.stderr)) return undefined;
    throw new OperatorError(`kubectl: ${read.stderr.trim()}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'audifi-backup-'));
  try {
    const copy = join(folder, 'file');
    const { code, stderr } = await capture('docker', ['cp', `${place.container}:${path}`, copy], {
      env,
    });
    if (code === 0) return readFileSync(copy);
    if (/could not find the file|no such container:path|no such file/i.test(stderr))
      return undefined;
    throw new OperatorError(`docker cp: ${stderr.trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const inPod = ({
  pod,
  namespace,
  context,
}: Exclude<GrafanaPlace, { readonly container: string }>): string[] => [
  ...inContext(context),
  ...['--namespace', namespace, 'exec', pod, '--container', 'grafana', '--'],
];

async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await capture(command, args, { env });
  if (code !== 0) throw new OperatorError(`${command}: ${stderr.trim()}`);
  return stdout;
}

/** Grafana's database on a PostgreSQL server (settings `grafana.database`). */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly sslMode: string;
}

/**
 * A dump by `pg_dump`, which has to be installed here and may not be older than the server. Its
 * password comes from PGPASSWORD or ~/.pgpass, never from an argument.
 *
 * Upstream: https://www.postgresql.org/docs/current/app-pgdump.html
 */
export const dumpPostgres = (place: PostgresPlace, env: NodeJS.ProcessEnv): Promise<Buffer> =>
  postgres('pg_dump', ['--format=custom', '--no-owner'], place, env);

/**
 * Restores a dump into an empty database, completely or not at all. Fails if a table already
 * exists.
 */
export async function restorePostgres(
  place: PostgresPlace,
  dump: Buffer,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const whole = ['--no-owner', '--single-transaction', '--exit-on-error'];
  await postgres('pg_restore', whole, place, env, dump);
}

async function postgres(
  command: 'pg_dump' | 'pg_restore',
  args: readonly string[],
  { host, port, name, user, sslMode }: PostgresPlace,
  env: NodeJS.ProcessEnv,
  input?: Buffer,
): Promise<Buffer> {
  const server = [`--host=${host}`, `--port=${port}`, `--username=${user}`, `--dbname=${name}`];
  const { code, stdout, stderr } = await captureBytes(
    command,
    [...args, ...server, '--no-password'],
    { env: { ...env, PGSSLMODE: sslMode }, ...(input === undefined ? {} : { input }) },
  ).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OperatorError(
      `${command} is not installed. Install the PostgreSQL client, or back up the database "${name}" on ${host} with your own tools`,
    );
  });
  if (code !== 0) {
    throw new OperatorError(
      `${command}: ${stderr.trim()}\nThe password is read from PGPASSWORD or ~/.pgpass.`,
    );
  }
  return stdout;
}
