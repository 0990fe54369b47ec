import { keyOf, setCommand } from '../components/settings/commands';
import { docker } from './docker';
import { OperatorError } from './operator-error';
import type { StackFile } from './stack-files';
import { openSettings } from './stack-settings';

/** Settings that limit the CPU of a service. */
const limits = ['prometheus', 'loki', 'logs'] as const;

/**
 * The CPU limits above the number of cores, which the Docker engine refuses. One text each, with a
 * command that works. Pure.
 */
export function limitsAboveCores(
  file: Pick<StackFile, 'config'>,
  cores: number,
): readonly string[] {
  const settings = openSettings(file);
  if (settings?.platform !== 'docker') return [];
  return limits
    .filter((service) => settings[service].cpus > cores)
    .map((service) => {
      const path = [service, 'cpus'];
      return (
        `${keyOf(path)} is ${settings[service].cpus}, but Docker has ${cores} cores here and refuses a higher limit.\n` +
        `Example: ${setCommand(path, String(cores))}`
      );
    });
}

/** Asks the engine. @throws OperatorError if it does not respond */
export async function refusedLimits(
  file: StackFile,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const [cores = ''] = await docker(['info', '--format', '{{.NCPU}}'], env);
  return limitsAboveCores(file, Number(cores) || Infinity);
}

/** Throws an OperatorError that names the limits that this machine's Docker engine refuses. */
export async function assertCores(file: StackFile, env: NodeJS.ProcessEnv): Promise<void> {
  const problems = await refusedLimits(file, env);
  if (problems.length > 0) throw new OperatorError(problems.join('\n'));
}
