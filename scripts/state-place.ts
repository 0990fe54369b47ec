import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectName, projectRoot } from './stack-files';

/** Folder of this project's own state, which is used without a login. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return env['AUDIFI_STATE'] || join(base, projectName);
}

/** URL of the Pulumi backend that the user chose; undefined: the project's own state is used. */
export function chosenBackend(env: NodeJS.ProcessEnv): string | undefined {
  if (env['PULUMI_BACKEND_URL']) return env['PULUMI_BACKEND_URL'];
  const current = loggedInTo(env);
  if (current !== undefined) return current;
  return env['PULUMI_ACCESS_TOKEN'] ? 'https://api.pulumi.com' : undefined;
}

function loggedInTo(env: NodeJS.ProcessEnv): string | undefined {
  const file = join(env['PULUMI_HOME'] ?? join(homedir(), '.pulumi'), 'credentials.json');
  if (!existsSync(file)) return undefined;
  try {
    const { current } = JSON.parse(readFileSync(file, 'utf8')) as { current?: string };
    return current || undefined;
  } catch {
    return undefined;
  }
}

/** Folder with the state, if it is on this machine: the project's own, or that of a `file://`. */
export function localState(env: NodeJS.ProcessEnv): string | undefined {
  const url = chosenBackend(env);
  if (url === undefined) return stateDirectory(env);
  if (!url.startsWith('file://')) return undefined;
  const path = url.slice('file://'.length).replace(/\?.*$/s, '');
  return path.startsWith('~') ? join(homedir(), path.slice(1)) : resolve(projectRoot, path);
}

/** Where the state is, for messages. A URL may contain credentials: they are left out. */
export const stateName = (env: NodeJS.ProcessEnv): string =>
  localState(env) ??
  (chosenBackend(env) ?? '').replace(/\?.*$/s, '').replace(/\/\/[^/]*@/, '//****@');
