import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, cleanError } from '../backend';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { projectRoot, readStackFile } from '../stack-files';
import {
  moveAside,
  namesPassphrase,
  passphrasePath,
  storedPassphrase,
  storedStacks,
  storePassphrase,
} from '../state-folder';
import { chosenBackend, stateDirectory } from '../state-place';
import type { Files, Manifest } from './folder';

/** Names of the files of Pulumi in a backup. */
const names = { state: 'pulumi-state.json', passphrase: 'passphrase' } as const;

/**
 * The state of a stack, whose secrets stay encrypted, and its stack file. If the state is on this
 * machine, also the passphrase that decrypts the secrets. They include the credentials of buckets,
 * and Grafana's key, which is needed to read its database.
 */
export async function readState(
  stack: string,
  pulumi: string,
  { local, env, stateDir }: Backend,
): Promise<Files> {
  const { code, stdout, stderr } = await exported(stack, pulumi, env);
  if (code !== 0) throw new OperatorError(`pulumi stack export: ${stderr.trim()}`);
  const file = readStackFile(stack);
  const passphrase = stateDir === undefined ? undefined : storedPassphrase(stateDir);
  return new Map([
    [names.state, Buffer.from(stdout)],
    [`Pulumi.${stack}.yaml`, Buffer.from(file.text)],
    ...(local && passphrase !== undefined
      ? [[names.passphrase, Buffer.from(`${passphrase}\n`)] as const]
      : []),
  ]);
}

/** What `restorePassphrase` needs to know. */
export interface PassphraseRequest {
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the backup. */
  readonly from: string;
  readonly backup: { readonly manifest: Pick<Manifest, 'stack'>; readonly files: Files };
  /** Whether the backup replaces a state with resources. */
  readonly replace: boolean;
}

/**
 * Restores the passphrase from a backup if this machine has none, or only one that a command has
 * generated and no stack needs. Runs before the stack is opened, because a new passphrase could
 * not decrypt the state. @returns what to tell the operator; empty if it changed nothing
 *
 * @throws OperatorError if the backup's state would be imported, but stacks need another passphrase
 */
export function restorePassphrase(
  { stack, env, from, backup: { manifest, files }, replace }: PassphraseRequest,
  now = new Date(),
): string {
  const content = files.get(names.passphrase);
  const own = chosenBackend(env) === undefined && !namesPassphrase(env);
  if (content === undefined || !own) return '';
  const folder = stateDirectory(env);
  const present = storedPassphrase(folder);
  if (present === content.toString('utf8').trim()) return '';
  const stacks = storedStacks(folder);
  const inUse = stacks.filter(({ empty }) => !empty).map(({ name }) => name);
  const imports = manifest.stack === stack && (replace || !inUse.includes(stack));
  if (present !== undefined && !imports) return '';
  if (present !== undefined && inUse.length > 0) {
    throw new OperatorError(otherPassphrase(stack, folder, from, inUse));
  }
  const moves = imports && inUse.length === 0 && (present !== undefined || stacks.length > 0);
  const aside = moves ? moveAside(folder, now) : undefined;
  storePassphrase(folder, content);
  return (
    `  passphrase: that of the backup, in ${passphrasePath(folder)}\n` +
    (aside === undefined
      ? ''
      : `  the previous state folder, in which no stack has resources, is now ${aside}\n`)
  );
}

function otherPassphrase(
  stack: string,
  folder: string,
  from: string,
  inUse: readonly string[],
): string {
  const aside = `${folder}.old`;
  const others = inUse.filter((name) => name !== stack);
  return (
    `the state in the backup needs the passphrase in ${join(from, names.passphrase)}, but ` +
    `${inUse.join(', ')} in ${folder} ${inUse.length === 1 ? 'has' : 'have'} another one ` +
    `(${passphrasePath(folder)}). Nothing was changed.\n` +
    '  If the backup is the right one, move the folder aside and restore again:\n' +
    `    mv ${folder} ${aside}\n    make restore STACK=${stack} FROM=${from}` +
    (others.length === 0
      ? ''
      : `\n  Then add AUDIFI_STATE=${aside} to the commands for ${others.join(', ')}`)
  );
}

/**
 * Imports the state of a backup into a stack whose state is empty. A state with resources is
 * replaced only if `replace` says so. @returns whether it was imported
 */
export async function restoreState(
  stack: string,
  pulumi: string,
  { env }: Backend,
  files: Files,
  replace: boolean,
): Promise<boolean> {
  const content = files.get(names.state);
  if (content === undefined) return false;
  const present = await exported(stack, pulumi, env);
  const { deployment } = JSON.parse(present.code === 0 ? present.stdout : '{}') as {
    deployment?: { resources?: unknown[] };
  };
  if (!replace && (deployment?.resources ?? []).length > 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'audifi-restore-'));
  try {
    const path = join(folder, names.state);
    writeFileSync(path, content, { mode: 0o600 });
    const args = ['stack', 'import', '--stack', stack, '--file', path];
    const done = await capture(pulumi, args, { env, cwd: projectRoot });
    if (done.code !== 0) throw new OperatorError(`pulumi stack import: ${cleanError(done.stderr)}`);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const exported = (stack: string, pulumi: string, env: NodeJS.ProcessEnv) =>
  capture(pulumi, ['stack', 'export', '--stack', stack], { env, cwd: projectRoot });
