import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, isMap, parse, parseDocument } from 'yaml';
import type { Override } from './left-out';
import { assertNotLocked, releaseStaleLocks } from './locks';
import { OperatorError } from './operator-error';
import { capture } from './process';
import { projectRoot, readStackFile, type StackFile } from './stack-files';
import { namesPassphrase, passphraseFile, stateFile } from './state-folder';
import { chosenBackend, stateDirectory, stateName } from './state-place';

/**
 * Where the state of a stack is stored, and how to call `pulumi` for it.
 *
 * An existing login (pulumi login, PULUMI_BACKEND_URL, PULUMI_ACCESS_TOKEN) is used.
 * Otherwise the state is in files under `$XDG_STATE_HOME/audifi-observability`, encrypted with a
 * generated passphrase next to them (mode 0600). The encryption salt is stored there too,
 * so that `make up` does not change the checkout.
 */
export interface Backend {
  /** This project's own backend, or one that the user chose. */
  readonly local: boolean;
  /** Variables for every call of `pulumi`. */
  readonly env: NodeJS.ProcessEnv;
  /** Arguments for commands that read config: up, preview, refresh, destroy. */
  readonly configArgs: readonly string[];
  /** Folder of our state; undefined when the user chose a backend. */
  readonly stateDir?: string;
}

export interface BackendRequest {
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
  readonly pulumi: string;
  /** Settings to override on this machine, in a copy of the stack's file. @default none */
  readonly overrides?: readonly Override[];
  /** The `make` command that needs the stack. @default pulumi */
  readonly command?: string;
}

/** Commands that create a missing stack in a backend that others use. */
const creating = ['up', 'preview', 'restore', 'pulumi'];

/** Commands that change a stack, so that no other process may work on it. */
const changing = ['up', 'refresh', 'destroy', 'restore'];

/** Prepares the backend and makes sure that the stack exists in it. */
export async function openBackend(request: BackendRequest): Promise<Backend> {
  const { stack, env, command = 'pulumi' } = request;
  const file = readStackFile(stack);
  const own = chosenBackend(env) === undefined;
  if (own) releaseStaleLocks(stack, env);
  if (changing.includes(command)) assertNotLocked(command, stack, env);
  return own ? ours(request, file) : theirs(request, file);
}

/** Whether this stack has no state yet. False if the user chose a backend. */
export const isNew = (stack: string, env: NodeJS.ProcessEnv): boolean =>
  chosenBackend(env) === undefined && !existsSync(stateFile(stateDirectory(env), stack));

async function theirs(request: BackendRequest, file: StackFile): Promise<Backend> {
  const { stack, env, overrides = [] } = request;
  await assertExists(request);
  if (overrides.length === 0) return { local: false, env, configArgs: [] };
  const folder = join(stateDirectory(env), 'overrides');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configFile = join(folder, `Pulumi.${stack}.yaml`);
  writeCopy(configFile, file, overrides);
  return { local: false, env, configArgs: ['--config-file', configFile] };
}

/** Never selects the stack: plain `pulumi` commands act on the one that the user has selected. */
async function assertExists({
  stack,
  env,
  pulumi,
  command = 'pulumi',
}: BackendRequest): Promise<void> {
  const ask = (args: string[]) =>
    capture(pulumi, [...args, '--non-interactive'], { env, cwd: projectRoot });
  const known = await ask(['stack', '--show-name', '--stack', stack]);
  if (known.code === 0) return;
  if (!known.stderr.includes('no stack named')) throw new OperatorError(cleanError(known.stderr));
  if (!creating.includes(command)) {
    throw new OperatorError(
      `the stack "${stack}" does not exist in ${stateName(env)}. Create it: make up STACK=${stack}`,
    );
  }
  const created = await ask(['stack', 'init', stack, '--no-select']);
  if (created.code !== 0) throw new OperatorError(cleanError(created.stderr));
}

/** A copy of the user's file with the overrides. The file itself is never changed. */
function writeCopy(
  path: string,
  file: StackFile,
  overrides: readonly Override[],
  salt?: string,
): void {
  const document: Document = parseDocument(file.text);
  if (document.contents === null) document.contents = document.createNode({});
  if (salt !== undefined) document.set('encryptionsalt', salt);
  if (overrides.length > 0 && !isMap(document.get('config'))) {
    document.set('config', document.createNode({}));
  }
  for (const { path: key, value } of overrides) document.setIn(['config', ...key], value);
  writeFileSync(path, String(document), { mode: 0o600 });
}

async function ours(
  { stack, env, pulumi, overrides = [] }: BackendRequest,
  file: StackFile,
): Promise<Backend> {
  const stateDir = stateDirectory(env);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const ownEnv: NodeJS.ProcessEnv = {
    ...env,
    PULUMI_BACKEND_URL: `file://${stateDir}`,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  if (!namesPassphrase(env)) {
    ownEnv['PULUMI_CONFIG_PASSPHRASE_FILE'] = passphraseFile(
      stateDir,
      stack,
      file.encryptionSalt !== undefined,
    );
  }
  const configFile = join(stateDir, `Pulumi.${stack}.yaml`);
  const exists = existsSync(stateFile(stateDir, stack));
  let salt = file.encryptionSalt ?? storedSalt(configFile);
  if (!exists || salt === undefined) {
    salt =
      (await initialise(stack, pulumi, ownEnv, file, exists)) ??
      file.encryptionSalt ??
      (await saltOfOther(stack, configFile));
  }
  // A file that carries its own salt (it has secrets) and needs no change is used as it is.
  const asItIs = file.encryptionSalt !== undefined && overrides.length === 0;
  if (!asItIs) writeCopy(configFile, file, overrides, salt);
  return {
    local: true,
    env: ownEnv,
    configArgs: ['--config-file', asItIs ? file.path : configFile],
    stateDir,
  };
}

/** The salt of a command that has just created the stack and is about to store it. */
async function saltOfOther(stack: string, configFile: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const salt = storedSalt(configFile);
    if (salt !== undefined) return salt;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new OperatorError(
    `another command has just created the state of stack "${stack}". Nothing was changed. ` +
      'Run this command again.',
  );
}

function storedSalt(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const salt = (parse(readFileSync(path, 'utf8')) as Record<string, unknown> | null)?.[
    'encryptionsalt'
  ];
  return typeof salt === 'string' ? salt : undefined;
}

/**
 * `pulumi stack init` writes the salt into the stack's file, so run it in a copy of the project.
 *
 * @returns undefined if another command has created the stack in the meantime
 */
async function initialise(
  stack: string,
  pulumi: string,
  env: NodeJS.ProcessEnv,
  file: StackFile,
  exists: boolean,
): Promise<string | undefined> {
  const copy = mkdtempSync(join(tmpdir(), 'audifi-stack-'));
  try {
    copyFileSync(join(projectRoot, 'Pulumi.yaml'), join(copy, 'Pulumi.yaml'));
    const stackFile = join(copy, `Pulumi.${stack}.yaml`);
    writeFileSync(stackFile, file.text);
    const args = exists
      ? ['stack', 'change-secrets-provider', 'passphrase', '--stack', stack]
      : ['stack', 'init', stack];
    const done = await capture(pulumi, [...args, '--non-interactive'], { env, cwd: copy });
    const salt = storedSalt(stackFile);
    if (done.code === 0 && salt !== undefined) return salt;
    const told = cleanError(done.stderr);
    if (!exists && /already exists$/.test(told)) return undefined;
    throw new OperatorError(told);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The error, in our own words where pulumi's message is hard to understand. */
export function cleanError(stderr: string): string {
  if (/incorrect passphrase/.test(stderr)) {
    return (
      'wrong passphrase for this stack. Set the passphrase that the stack was created with:\n' +
      'PULUMI_CONFIG_PASSPHRASE_FILE=<file> (or PULUMI_CONFIG_PASSPHRASE). Nothing was changed.'
    );
  }
  const lines = stderr
    .split('\n')
    .filter((l) => l.trim() !== '' && !/^warning: using pulumi-/.test(l));
  return lines.join('\n').replace(/^error: /, '');
}
