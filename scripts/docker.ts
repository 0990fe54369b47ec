import { OperatorError } from './operator-error';
import { capture } from './process';

/** One of our containers, as reported by the engine. */
export interface OwnContainer {
  readonly id: string;
  readonly name: string;
  /** `running`, `created`, `exited`, … */
  readonly state: string;
  /** E.g. `127.0.0.1:9090->9090/tcp`. */
  readonly ports: string;
}

/** Label of every object of a stack in Docker (docker-names.ts). Its value is the stack's name. */
export const stackLabel = 'io.audifi.stack';

const ofStack = (stack: string): string => `label=${stackLabel}=${stack}`;

/** Runs the docker client and returns its output lines. @throws OperatorError with one message */
export async function docker(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const { code, stdout, stderr } = await capture('docker', args, { env }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new OperatorError('docker is not installed: https://docs.docker.com/engine/install/');
    },
  );
  if (code !== 0) throw new OperatorError(`docker ${args[0]}: ${stderr.trim()}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Containers with the stack's label, running or not. */
export async function ownContainers(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<OwnContainer[]> {
  const format = '{{.ID}}\t{{.Names}}\t{{.State}}\t{{.Ports}}';
  const lines = await docker(
    ['ps', '--all', '--no-trunc', '--filter', ofStack(stack), '--format', format],
    env,
  );
  return lines.map((line) => {
    const [id = '', name = '', state = '', ports = ''] = line.split('\t');
    return { id, name, state, ports };
  });
}

/** Names of the stack's networks, by label. */
export function ownNetworks(stack: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const format = ['--no-trunc', '--format', '{{.ID}}'];
  return docker(['network', 'ls', '--filter', ofStack(stack), ...format], env);
}

/** Names of the stack's data volumes, by label. */
export function ownVolumes(stack: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  return docker(['volume', 'ls', '--quiet', '--filter', ofStack(stack)], env);
}
