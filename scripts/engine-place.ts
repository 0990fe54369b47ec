import { type ChosenEngine, remoteEngine } from '../components/platform/engine-address';
import { dockerContext } from '../offline/kit';
import { OperatorError } from './operator-error';
import type { StackFile } from './stack-files';

/** The error if a stack on Docker would use an engine on another machine. */
export function engineProblem(
  stack: string,
  { config }: Pick<StackFile, 'config'>,
  env: NodeJS.ProcessEnv,
): string | undefined {
  return [providerEngine(stack, config), clientEngine(env)]
    .map((engine) => engine && remoteEngine(engine))
    .find((problem) => problem !== undefined);
}

/**
 * Refuses an engine on another machine, before anything is built or created there. Only for
 * commands that create: `make destroy` removes what an earlier version has created.
 */
export function assertEngineHere(
  stack: string,
  file: Pick<StackFile, 'config'>,
  env: NodeJS.ProcessEnv,
): void {
  const problem = engineProblem(stack, file, env);
  if (problem !== undefined) throw new OperatorError(problem);
}

/** The engine in the configuration of Pulumi's provider, which it prefers to DOCKER_HOST. */
function providerEngine(stack: string, config: StackFile['config']): ChosenEngine | undefined {
  const address = config['docker:host'];
  if (typeof address !== 'string' || address === '') return undefined;
  const instead = `make pulumi STACK=${stack} ARGS="config rm docker:host"`;
  return { address, by: 'docker:host', instead };
}

/** The engine of the docker CLI. */
function clientEngine(env: NodeJS.ProcessEnv): ChosenEngine | undefined {
  const variable = env['DOCKER_HOST'];
  if (variable) return { address: variable, by: 'DOCKER_HOST', instead: 'unset DOCKER_HOST' };
  const context = dockerContext(env);
  if (context === undefined) return undefined;
  const instead = env['DOCKER_CONTEXT'] ? 'unset DOCKER_CONTEXT' : 'docker context use default';
  return { address: context.host, by: `the Docker context "${context.name}"`, instead };
}
