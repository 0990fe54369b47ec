import { setCommand } from '../components/settings/commands';
import { docker } from './docker';
import { OperatorError } from './operator-error';
import type { StackFile } from './stack-files';
import { openSettings } from './stack-settings';

/** Where the Docker engine stores the logs of its containers. */
export interface EngineLogs {
  /**
   * Data root of the engine: a subdirectory with `userns-remap`, in the user's home if rootless.
   */
  readonly root: string;
  /** Running containers with their log driver. */
  readonly containers: readonly { readonly name: string; readonly driver: string }[];
}

export interface LogsProblem {
  readonly what: string;
  readonly fix: string;
}

/** Log drivers that write files which the log agent can read. */
const readable: readonly string[] = ['json-file'];

/** Asks the engine. @throws OperatorError if it does not respond */
export async function engineLogs(env: NodeJS.ProcessEnv): Promise<EngineLogs> {
  const [root = ''] = await docker(['info', '--format', '{{.DockerRootDir}}'], env);
  const ids = await docker(['ps', '--quiet', '--no-trunc'], env);
  const format = ['--format', '{{.Name}}\t{{.HostConfig.LogConfig.Type}}'];
  const lines = ids.length === 0 ? [] : await docker(['inspect', ...format, ...ids], env);
  const containers = lines.map((line) => {
    const [name = '', driver = ''] = line.split('\t');
    return { name: name.replace(/^\//, ''), driver };
  });
  return { root, containers };
}

/** A problem if the engine writes to a directory other than the one that the agent reads. */
export function wrongDirectory({ root }: EngineLogs, dockerRoot: string): LogsProblem | undefined {
  if (root === '' || root === dockerRoot) return undefined;
  return {
    what:
      `Docker stores its files in ${root}, but logs.dockerRoot is ${dockerRoot}: ` +
      'the log agent would find no container logs',
    fix: setCommand(['logs', 'dockerRoot'], root),
  };
}

/** Containers whose log driver writes no file that the agent can read, except driver `none`. */
export function unreadable({ containers }: EngineLogs): LogsProblem | undefined {
  const blind = containers.filter(({ driver }) => driver !== 'none' && !readable.includes(driver));
  if (blind.length === 0) return undefined;
  const names = blind.map(({ name, driver }) => `${name} (${driver})`).sort();
  return {
    what: `the log driver of ${blind.length} containers writes no files that the log agent can read: ${names.join(', ')}`,
    fix: "Recreate them with the log driver json-file and the option tag '{{.Name}}'.",
  };
}

/**
 * Settings of a stack that reads log files of this machine's Docker; undefined for any other stack.
 */
function settingsOf(file: StackFile): { readonly dockerRoot: string } | undefined {
  const parsed = openSettings(file);
  return parsed?.platform === 'docker' && parsed.logs.enabled ? parsed.logs : undefined;
}

/** Problems that prevent the log agent from reading the logs of this machine's containers. */
export async function logsProblems(
  file: StackFile,
  env: NodeJS.ProcessEnv,
): Promise<readonly LogsProblem[] | undefined> {
  const settings = settingsOf(file);
  if (settings === undefined) return undefined;
  const engine = await engineLogs(env);
  return [wrongDirectory(engine, settings.dockerRoot), unreadable(engine)].filter(
    (problem) => problem !== undefined,
  );
}

/** Refuses to start a log agent that would find no files, before anything is provisioned. */
export async function assertLogsFound(file: StackFile, env: NodeJS.ProcessEnv): Promise<void> {
  const settings = settingsOf(file);
  if (settings === undefined) return;
  const problem = wrongDirectory(await engineLogs(env), settings.dockerRoot);
  if (problem === undefined) return;
  throw new OperatorError(`${problem.what}.\n  Example: ${problem.fix}\nNothing was changed.`);
}
