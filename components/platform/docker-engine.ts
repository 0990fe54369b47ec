import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../stack-error';
import { type ChosenEngine, remoteEngine } from './engine-address';

/** Throws if the provider uses an engine on another machine. Does nothing without an engine. */
export function assertEngineHere(): void {
  if (pulumi.runtime.getEngine() === undefined) return;
  // The place of the engine does not affect which resources the stack has.
  // eslint-disable-next-line no-restricted-syntax -- the provider reads these variables
  const chosen = providerEngine((key) => pulumi.runtime.getConfig(`docker:${key}`), process.env);
  const problem = chosen && remoteEngine(chosen);
  if (problem !== undefined) throw new StackError(problem);
}

/**
 * The engine that the provider uses; undefined if that is unknown: it is at the default socket, or
 * in a context, which only `make` looks up.
 *
 * @param config reads the provider's configuration
 */
export function providerEngine(
  config: (key: string) => string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ChosenEngine | undefined {
  if (config('context') || env['DOCKER_CONTEXT']) return undefined;
  const address = config('host');
  if (address) return { address, by: 'docker:host', instead: 'pulumi config rm docker:host' };
  const variable = env['DOCKER_HOST'];
  return variable
    ? { address: variable, by: 'DOCKER_HOST', instead: 'unset DOCKER_HOST' }
    : undefined;
}
