import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OperatorError } from './operator-error';
import { projectName } from './stack-files';

/** A stack in this project's own state. */
export interface StoredStack {
  readonly name: string;
  /** Whether nothing that it has created exists any more. False if that is not known. */
  readonly empty: boolean;
}

const stacksFolder = (stateDir: string): string => join(stateDir, '.pulumi', 'stacks', projectName);

export const stateFile = (stateDir: string, stack: string): string =>
  join(stacksFolder(stateDir), `${stack}.json`);

/** The stacks in the project's own state, by name. */
export function storedStacks(stateDir: string): StoredStack[] {
  const folder = stacksFolder(stateDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const name = /^(.+)\.json(?:\.gz)?$/.exec(file)?.[1];
      return name === undefined ? [] : [{ name, empty: isEmpty(join(folder, file)) }];
    });
}

interface Stored {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly unknown[];
      readonly pending_operations?: readonly unknown[];
    };
  };
}

function isEmpty(path: string): boolean {
  try {
    const { checkpoint } = JSON.parse(readFileSync(path, 'utf8')) as Stored;
    if (checkpoint === undefined) return false;
    const { resources = [], pending_operations: pending = [] } = checkpoint.latest ?? {};
    return resources.length + pending.length === 0;
  } catch {
    // Compressed or damaged.
    return false;
  }
}

/** Whether the user names a passphrase, so that none is stored. An empty one is possible. */
export const namesPassphrase = (env: NodeJS.ProcessEnv): boolean =>
  env['PULUMI_CONFIG_PASSPHRASE'] !== undefined || Boolean(env['PULUMI_CONFIG_PASSPHRASE_FILE']);

export const passphrasePath = (stateDir: string): string => join(stateDir, 'passphrase');

/** Undefined if there is none. A full disk can leave an empty file. */
export function storedPassphrase(stateDir: string): string | undefined {
  const path = passphrasePath(stateDir);
  return (existsSync(path) && readFileSync(path, 'utf8').trim()) || undefined;
}

/**
 * The file with the passphrase of the project's own state. The first stack gets a new one.
 *
 * @param salted whether the stack's file already has secrets
 * @throws OperatorError if there are secrets that a new passphrase could not decrypt
 */
export function passphraseFile(stateDir: string, stack: string, salted: boolean): string {
  const path = passphrasePath(stateDir);
  if (storedPassphrase(stateDir) !== undefined) return path;
  const names = storedStacks(stateDir).map(({ name }) => name);
  if (names.length === 0 && !salted) {
    storePassphrase(stateDir, `${randomBytes(32).toString('base64url')}\n`);
    return path;
  }
  const what =
    names.length === 0 ? `the secrets in Pulumi.${stack}.yaml` : `the state of ${names.join(', ')}`;
  throw new OperatorError(
    `the passphrase of ${what} is missing: ${path}. Nothing was changed.\n` +
      '  Put this file back, or restore it from a backup:\n' +
      `    make restore STACK=${stack} FROM=/backups/audifi-${stack}-20260101T030000Z\n` +
      '  If you keep the passphrase elsewhere, set PULUMI_CONFIG_PASSPHRASE_FILE=<file> (or ' +
      'PULUMI_CONFIG_PASSPHRASE).\n  docs/backup.md says what to do if it is lost.',
  );
}

/** Writes the passphrase if there is none. A run that is started twice still gets only one. */
export function storePassphrase(stateDir: string, content: string | Buffer): void {
  const path = passphrasePath(stateDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  if (existsSync(path) && readFileSync(path, 'utf8').trim() === '') rmSync(path);
  // A full disk or a power failure must not leave a part of it under its name.
  const draft = `${path}.${process.pid}`;
  try {
    const file = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Unlike a rename, a link never replaces a file.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renames the folder, so that a new one can take its place. @returns the new name */
export function moveAside(stateDir: string, now: Date): string {
  const name = `${basename(stateDir)}.before-${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const aside = join(dirname(stateDir), name);
  renameSync(stateDir, aside);
  return aside;
}
