import { docker, type OwnContainer, ownContainers, ownNetworks } from './docker';
import { OperatorError } from './operator-error';
import { cleanError, type Backend } from './backend';
import { exportedState } from './exported-state';
import { capture } from './process';
import { projectRoot } from './stack-files';

interface Deployment {
  resources?: {
    id?: string;
    type: string;
    inputs?: { build?: unknown };
    outputs?: { mustRun?: boolean; name?: string; imageId?: string };
  }[];
  pending_operations?: unknown[];
}

/** What the next `up` has to do first. */
export interface Recovered {
  /**
   * True if a refresh is needed: a container in the state was removed or stopped by hand, or an
   * image was rebuilt.
   */
  readonly drifted: boolean;
}

/**
 * Cleans up after a killed `up`: resources that the engine created but did not record.
 *
 * Removes containers and networks that have the stack's label but are not in the state (never
 * volumes), then removes the pending operations from the state. The next `up` creates what is
 * missing. If nothing is wrong, it costs only one query to the engine.
 */
export async function recoverFromInterruption(
  stack: string,
  backend: Backend,
  pulumi: string,
): Promise<Recovered> {
  const containers = await ownContainers(stack, backend.env);
  const networks = await ownNetworks(stack, backend.env);
  const state = (await exportedState(stack, backend, pulumi)) as { deployment?: Deployment };
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
  const gone = (state.deployment?.resources ?? []).some(
    ({ type, id, outputs }) =>
      type === 'docker:index/container:Container' && isGone(id, outputs?.mustRun, containers),
  );
  const drifted = gone || (await hasNewImage(state.deployment ?? {}, backend.env));
  if ((state.deployment?.pending_operations ?? []).length === 0) return { drifted };
  note('pending operations of an interrupted run were removed from the state');
  if (state.deployment !== undefined) state.deployment.pending_operations = [];
  const imported = await capture(pulumi, ['stack', 'import', '--force', '--stack', stack], {
    env: backend.env,
    cwd: projectRoot,
    input: JSON.stringify(state),
  });
  if (imported.code !== 0) throw new OperatorError(cleanError(imported.stderr));
  return { drifted };
}

/**
 * Whether the last run of the engine failed or was interrupted. An interrupted one may have changed
 * objects in a cluster without recording it, so the state has to be compared with the cluster.
 */
export async function lastRunFailed(
  stack: string,
  { env }: Backend,
  pulumi: string,
): Promise<boolean> {
  const args = ['stack', 'history', '--json', '--page-size', '1', '--stack', stack];
  const { code, stdout } = await capture(pulumi, args, { env, cwd: projectRoot });
  if (code !== 0) return false;
  const [last] = JSON.parse(stdout || '[]') as { readonly result?: string }[];
  return last !== undefined && last.result !== 'succeeded';
}

/**
 * `created` is not included: the provider knows that such a container failed to start, and replaces
 * it. A refresh would lose that knowledge.
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

/**
 * Whether a name in the state now refers to another image, for example one that the offline kit has
 * rebuilt. Images that the program builds are not affected, because their names contain a hash of
 * their content.
 */
async function hasNewImage(
  { resources = [] }: Deployment,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const format = '{{.Repository}}:{{.Tag}}\t{{.ID}}';
  const lines = await docker(['image', 'ls', '--no-trunc', '--format', format], env);
  const ids = new Map(lines.map((line) => line.split('\t') as [string, string]));
  return resources.some(({ type, inputs, outputs }) => {
    if (type !== 'docker:index/remoteImage:RemoteImage' || inputs?.build !== undefined)
      return false;
    const id = ids.get(outputs?.name ?? '');
    return id !== undefined && id !== outputs?.imageId;
  });
}

function note(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
