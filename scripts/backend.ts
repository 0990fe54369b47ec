import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, isMap, parse, parseDocument } from 'yaml';
import type { Override } from './left-out';
import { OperatorError } from './operator-error';
import { capture } from './process';
import { projectName, projectRoot, readStackFile, type StackFile } from './stack-files';

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
}

/** Prepares the backend and makes sure that the stack exists in it. */
export async function openBackend(request: BackendRequest): Promise<Backend> {
  const file = readStackFile(request.stack);
  return loggedInElsewhere(request.env) ? theirs(request, file) : ours(request, file);
}

/** Whether this stack has no state yet. False if the user chose a backend. */
export const isNew = (stack: string, env: NodeJS.ProcessEnv): boolean =>
  !loggedInElsewhere(env) && !existsSync(stateFile(stateDirectory(env), stack));

const stateFile = (stateDir: string, stack: string): string =>
  join(stateDir, '.pulumi', 'stacks', projectName, `${stack}.json`);

/** Whether the user chose a backend. Our own directory in PULUMI_BACKEND_URL does not count. */
function loggedInElsewhere(env: NodeJS.ProcessEnv): boolean {
  if (env['PULUMI_BACKEND_URL'] || env['PULUMI_ACCESS_TOKEN']) return true;
  const credentials = join(env['PULUMI_HOME'] ?? join(homedir(), '.pulumi'), 'credentials.json');
  if (!existsSync(credentials)) return false;
  try {
    const { current } = JSON.parse(readFileSync(credentials, 'utf8')) as { current?: string };
    return current !== undefined && current !== '';
  } catch {
    return false;
  }
}

async function theirs(
  { stack, env, pulumi, overrides = [] }: BackendRequest,
  file: StackFile,
): Promise<Backend> {
  const known = await capture(pulumi, ['stack', 'select', stack, '--create', '--non-interactive'], {
    env,
    cwd: projectRoot,
  });
  if (known.code !== 0) throw new OperatorError(cleanError(known.stderr));
  if (overrides.length === 0) return { local: false, env, configArgs: [] };
  const folder = join(stateDirectory(env), 'overrides');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configFile = join(folder, `Pulumi.${stack}.yaml`);
  writeCopy(configFile, file, overrides);
  return { local: false, env, configArgs: ['--config-file', configFile] };
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

/** Folder of our own state. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return env['AUDIFI_STATE'] || join(base, projectName);
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
  if (env['PULUMI_CONFIG_PASSPHRASE'] === undefined && !env['PULUMI_CONFIG_PASSPHRASE_FILE']) {
    ownEnv['PULUMI_CONFIG_PASSPHRASE_FILE'] = passphraseFile(stateDir);
  }
  await releaseStaleLock(stateDir, stack, pulumi, ownEnv);
  const configFile = join(stateDir, `Pulumi.${stack}.yaml`);
  const exists = existsSync(stateFile(stateDir, stack));
  let salt = file.encryptionSalt ?? storedSalt(configFile);
  if (!exists || salt === undefined) {
    salt = await initialise(stack, pulumi, ownEnv, file, exists);
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

function passphraseFile(stateDir: string): string {
  const path = join(stateDir, 'passphrase');
  if (!existsSync(path)) {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return path;
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
 */
async function initialise(
  stack: string,
  pulumi: string,
  env: NodeJS.ProcessEnv,
  file: StackFile,
  exists: boolean,
): Promise<string> {
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
    if (done.code !== 0 || salt === undefined) throw new OperatorError(cleanError(done.stderr));
    return salt;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * A killed `pulumi` leaves its lock behind. The lock names its process. If that process no longer
 * runs on this machine, the lock is stale.
 */
async function releaseStaleLock(
  stateDir: string,
  stack: string,
  pulumi: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const dir = join(stateDir, '.pulumi', 'locks', 'organization', projectName, stack);
  if (!existsSync(dir)) return;
  // Each lock has a file of attributes next to it; remove both.
  for (const name of readdirSync(dir).filter((file) => file.endsWith('.json'))) {
    const lock = JSON.parse(readFileSync(join(dir, name), 'utf8')) as {
      pid?: number;
      hostname?: string;
    };
    if (lock.pid === undefined || lock.hostname !== hostname() || isAlive(lock.pid)) continue;
    process.stderr.write(
      `The last run on stack "${stack}" was killed (process ${lock.pid}); its lock has been removed.\n`,
    );
    await capture(pulumi, ['cancel', '--yes', '--stack', stack], { env, cwd: projectRoot });
  }
}

/** Whether the process exists, is a pulumi, and is not a zombie. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    // `123 (pulumi) S …`. Without /proc (macOS) only the check above applies.
    const [, name = '', state = ''] =
      /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name.startsWith('pulumi') && state !== 'Z' && state !== 'X';
  } catch {
    return !existsSync('/proc/self/stat');
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
