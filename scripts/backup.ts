import type { Backend } from './backend';
import { type Files, type Manifest, readBackup, writeBackup } from './backup/folder';
import {
  dumpPostgres,
  type GrafanaPlace,
  readGrafana,
  replaceGrafana,
  restorePostgres,
} from './backup/grafana';
import { parseSilences, readSilences, restoreSilences } from './backup/silences';
import type { DatabaseFile } from './backup/sqlite';
import { databaseFiles } from './backup/sqlite';
import { readState, restoreState } from './backup/state';
import { OperatorError } from './operator-error';
import type { Place } from './cluster-objects';
import { reach, type Stack } from './running/reach';

/** What both commands need to know about a stack. */
export interface BackupContext extends Stack {
  readonly pulumi: string;
  readonly backend: Backend;
  /** Where it runs in a cluster; undefined on Docker. */
  readonly place?: Place | undefined;
}

/** Names of files in a backup. */
const names = {
  silences: 'silences.json',
  postgres: 'grafana.dump',
  state: 'pulumi-state.json',
} as const;

/**
 * `make backup STACK=prod TO=/backups`: saves the data that `make up` cannot recreate, while the
 * stack runs: silences, Grafana's database, and Pulumi's state with its secrets. Metrics, logs and
 * traces are not included: they are in volumes and buckets. If a part cannot be read, it saves the
 * others.
 *
 * @param to folder in which the backup gets a folder of its own
 * @returns exit code; 1 if a part is missing
 */
export async function backup(context: BackupContext, to: string): Promise<number> {
  const { stack, backend, pulumi } = context;
  if (to === '') {
    throw new OperatorError(
      `TO is missing: the folder for the backup.\nExample: make backup STACK=${stack} TO=/backups`,
    );
  }
  let count = 0;
  const parts: Readonly<Record<string, () => Promise<Iterable<[string, Buffer]>>>> = {
    state: () => readState(stack, pulumi, backend),
    Grafana: () => grafanaFiles(context),
    silences: async () => {
      const silences = await withAlertmanager(context, readSilences);
      count = silences.length;
      return [[names.silences, Buffer.from(`${JSON.stringify(silences, undefined, 2)}\n`)]];
    },
  };
  const files = new Map<string, Buffer>();
  const failed: [part: string, error: unknown][] = [];
  for (const [part, read] of Object.entries(parts)) {
    try {
      for (const [name, content] of await read()) files.set(name, content);
    } catch (error) {
      failed.push([part, error]);
    }
  }
  const missing = failed.map(([part, error]) => `  ${part}: ${reason(error)}\n`).join('');
  if (files.size === 0) throw new OperatorError(`nothing could be read:\n${missing}`.trimEnd());
  const folder = writeBackup(to, stack, files, new Date());
  process.stdout.write(
    `Backup of stack "${stack}": ${folder}\n` +
      [...files].map(([name, content]) => `  ${name}, ${content.length} bytes\n`).join('') +
      `It contains ${count} silences and secrets: only you can read it. Encrypt it before you store it elsewhere.\n`,
  );
  if (failed.length === 0) return 0;
  process.stderr.write(`\nMissing in this backup:\n${missing}`);
  // Saved first, because a bug in one part is no reason to lose the others.
  const bug = failed.find(([, error]) => !(error instanceof OperatorError));
  if (bug !== undefined) throw bug[1];
  return 1;
}

/** The message of an error below a line of its own. */
const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\n', '\n    ');

async function grafanaFiles(context: BackupContext): Promise<[string, Buffer][]> {
  const { grafana } = context.settings;
  if (!grafana.enabled) return [];
  if (grafana.database !== undefined) {
    return [[names.postgres, await dumpPostgres(grafana.database, context.backend.env)]];
  }
  return [...(await readGrafana(grafanaPlace(context), context.backend.env))];
}

function grafanaPlace({ stack, place }: BackupContext): GrafanaPlace {
  return place === undefined
    ? { container: `audifi-${stack}-grafana` }
    : { pod: 'grafana-0', ...place };
}

/**
 * `make restore STACK=prod FROM=<folder of a backup>`: adds the silences that are missing, fills an
 * empty PostgreSQL database of Grafana, and imports Pulumi's state if the stack has none. Replaces
 * nothing, unless REPLACE names it: `grafana` (its database file on Docker) or `state`.
 *
 * @param replace words of REPLACE
 * @returns exit code; 1 if a part could not be restored
 */
export async function restore(
  context: BackupContext,
  from: string,
  replace: readonly string[],
): Promise<number> {
  const { stack, pulumi, backend } = context;
  assertReplaceable(replace);
  const { manifest, files } = readBackup(from);
  if (manifest.stack !== stack && replace.includes('state')) {
    throw new OperatorError(
      `the backup is of stack "${manifest.stack}", so its state cannot be restored to stack "${stack}". Nothing was changed`,
    );
  }
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  say(`Backup of stack "${manifest.stack}" at ${manifest.time}`);
  const imported =
    manifest.stack === stack &&
    (await restoreState(stack, pulumi, backend, files, replace.includes('state')));
  say(`  state: ${imported ? importedText(stack) : keptText(stack, manifest, files)}`);
  let complete = true;
  const silences = files.get(names.silences);
  if (silences === undefined) {
    say('  silences: not in this backup');
  } else {
    try {
      const list = parseSilences(silences);
      const added = await withAlertmanager(context, (url) => restoreSilences(url, list));
      say(`  silences: ${added} added, ${list.length - added} present or over`);
    } catch (error) {
      // If only the state of a stack exists, there is no Alertmanager yet.
      if (imported) {
        say('  silences: not restored, because Alertmanager does not run yet');
        return 0;
      }
      if (!(error instanceof OperatorError)) throw error;
      say(`  silences: not restored: ${reason(error)}`);
      complete = false;
    }
  }
  await restoreGrafana(context, files, replace, say);
  return complete ? 0 : 1;
}

const importedText = (stack: string): string =>
  `imported. Run make up STACK=${stack}, then make restore again for the rest.`;

/** Why the state of the stack stays. */
function keptText(stack: string, manifest: Manifest, files: Files): string {
  if (!files.has(names.state)) return 'not in this backup';
  return manifest.stack === stack
    ? 'kept, because the stack has one. REPLACE=state replaces it.'
    : `not restored, because it is of stack "${manifest.stack}"`;
}

async function restoreGrafana(
  context: BackupContext,
  files: Files,
  replace: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const { grafana } = context.settings;
  const { env } = context.backend;
  const dump = files.get(names.postgres);
  if (grafana.enabled && grafana.database !== undefined && dump !== undefined) {
    await restorePostgres(grafana.database, dump, env);
    say('  Grafana: its PostgreSQL database is restored');
    return;
  }
  const database = new Map<DatabaseFile, Buffer>(
    databaseFiles.flatMap((name) => {
      const content = files.get(name);
      return content === undefined ? [] : [[name, content] as const];
    }),
  );
  if (!grafana.enabled) return;
  if (grafana.database !== undefined || database.size === 0) {
    say('  Grafana: its database is not in this backup');
    return;
  }
  const place = grafanaPlace(context);
  if (!('container' in place)) {
    say('  Grafana: its volume is in the cluster; the commands are in docs/backup.md');
  } else if (!replace.includes('grafana')) {
    say(
      '  Grafana: the current database is kept. REPLACE=grafana replaces it and renames the old one.',
    );
  } else {
    const previous = await replaceGrafana(place.container, database, env);
    say(
      `  Grafana: its database is restored${previous === undefined ? '' : `; the previous one is ${previous} on its volume`}`,
    );
  }
}

const replaceable = ['grafana', 'state'];

function assertReplaceable(replace: readonly string[]): void {
  const unknown = replace.filter((word) => !replaceable.includes(word));
  if (unknown.length === 0) return;
  throw new OperatorError(
    `REPLACE: "${unknown.join(' ')}" cannot be replaced (possible: ${replaceable.join(', ')}).\nExample: make restore FROM=/backups/… REPLACE=grafana`,
  );
}

/** Runs an action with the URL of Alertmanager on this machine. */
async function withAlertmanager<T>(
  context: BackupContext,
  action: (url: string) => Promise<T>,
): Promise<T> {
  const server = await reach(context, 'alertmanager');
  try {
    return await action(server.url);
  } finally {
    server.close();
  }
}
