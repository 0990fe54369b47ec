import { docker, type OwnContainer, ownContainers, ownNetworks } from './docker';
import { OperatorError } from './operator-error';
import { cleanError, type Backend } from './backend';
import { capture } from './process';
import { projectRoot } from './stack-files';

interface Deployment {
  resources?: { id?: string; type: string; outputs?: { mustRun?: boolean } }[];
  pending_operations?: unknown[];
}

/** What the next `up` needs besides the program. */
export interface Recovered {
  /** A container that the state knows was removed or stopped by hand: the state has to look again. */
  readonly drifted: boolean;
}

/**
 * Clears up after an `up` that was killed: what the engine of the time had begun and never wrote down.
 *
 * Containers and networks with the stack's label that the state does not know are removed (volumes
 * never), then the unfinished operations are struck from the state. The next `up` makes what is missing.
 * Does nothing, and costs one look at the engine, when all is well.
 */
export async function recoverFromInterruption(
  stack: string,
  backend: Backend,
  pulumi: string,
): Promise<Recovered> {
  const containers = await ownContainers(stack, backend.env);
  const networks = await ownNetworks(stack, backend.env);
  const target = ['--stack', stack];
  const exported = await capture(pulumi, ['stack', 'export', ...target], {
    env: backend.env,
    cwd: projectRoot,
  });
  if (exported.code !== 0) throw new OperatorError(cleanError(exported.stderr));
  const state = JSON.parse(exported.stdout) as { deployment?: Deployment };
  const known = new Set((state.deployment?.resources ?? []).map((resource) => resource.id));

  const orphans = containers.filter((container) => !known.has(container.id));
  for (const { id, name } of orphans) {
    note(`container ${name} was left behind by an interrupted run: removed`);
    await docker(['rm', '--force', '--volumes', id], backend.env);
  }
  for (const id of networks.filter((network) => !known.has(network))) {
    note('a network was left behind by an interrupted run: removed');
    await docker(['network', 'rm', id], backend.env);
  }
  const drifted = (state.deployment?.resources ?? []).some(
    ({ type, id, outputs }) =>
      type === 'docker:index/container:Container' && isGone(id, outputs?.mustRun, containers),
  );
  if ((state.deployment?.pending_operations ?? []).length === 0) return { drifted };
  note('unfinished operations of an interrupted run are struck from the state');
  if (state.deployment !== undefined) state.deployment.pending_operations = [];
  const imported = await capture(pulumi, ['stack', 'import', '--force', ...target], {
    env: backend.env,
    cwd: projectRoot,
    input: JSON.stringify(state),
  });
  if (imported.code !== 0) throw new OperatorError(cleanError(imported.stderr));
  return { drifted };
}

/**
 * `created` is left out: such a container failed to start, the provider knows, and replaces it. A refresh
 * would make it forget.
 */
function isGone(
  id: string | undefined,
  mustRun: boolean | undefined,
  containers: readonly OwnContainer[],
): boolean {
  const found = containers.find((container) => container.id === id);
  if (found === undefined) return true;
  return mustRun !== false && ['exited', 'dead', 'paused'].includes(found.state);
}

function note(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
