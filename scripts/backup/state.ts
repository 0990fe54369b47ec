import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, stateDirectory } from '../backend';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { projectRoot, readStackFile } from '../stack-files';
import type { Files } from './folder';

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
  const passphrase = stateDir === undefined ? undefined : join(stateDir, names.passphrase);
  return new Map([
    [names.state, Buffer.from(stdout)],
    [`Pulumi.${stack}.yaml`, Buffer.from(file.text)],
    ...(local && passphrase !== undefined && existsSync(passphrase)
      ? [[names.passphrase, readFileSync(passphrase)] as const]
      : []),
  ]);
}

/**
 * Restores the passphrase from a backup if this machine has none. Runs before the stack is opened,
 * because a new passphrase could not decrypt the state. @returns whether it did
 */
export function restorePassphrase(files: Files, env: NodeJS.ProcessEnv): boolean {
  const content = files.get(names.passphrase);
  const folder = stateDirectory(env);
  const path = join(folder, names.passphrase);
  if (content === undefined || existsSync(path)) return false;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  return true;
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
    if (done.code !== 0) throw new OperatorError(`pulumi stack import: ${done.stderr.trim()}`);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const exported = (stack: string, pulumi: string, env: NodeJS.ProcessEnv) =>
  capture(pulumi, ['stack', 'export', '--stack', stack], { env, cwd: projectRoot });
