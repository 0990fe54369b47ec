import { dockerContainer } from '../policy/containers';
import { docker, type OwnContainer, ownContainers, ownNetworks } from './docker';
import { OperatorError } from './operator-error';
import { cleanError, type Backend } from './backend';
import { exportedState } from './exported-state';
import { assertNotLocked } from './locks';
import { capture } from './process';
import { assertSameName } from './stack/same-name';
import { projectRoot } from './stack-files';
import { stateName } from './state-place';

interface Deployment {
  resources?: {
    id?: string;
    type: string;
    inputs?: { build?: unknown; labels?: unknown };
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
 * volumes), lets paused containers run again, then removes the pending operations from the state.
 * The next `up` creates what is missing. If nothing is wrong, it only asks Docker and Pulumi.
 *
 * @param command the `make` command, for messages
 * @throws OperatorError if another process works on the stack, if the state is another stack's, or
 * if `up` would begin with empty volumes because the stack was renamed
 */
export async function recoverFromInterruption(
  stack: string,
  backend: Backend,
  pulumi: string,
  command = 'up',
): Promise<Recovered> {
  const { env } = backend;
  const containers = await ownContainers(stack, env);
  const networks = await ownNetworks(stack, env);
  const state = (await exportedState(stack, backend, pulumi)) as { deployment?: Deployment };
  if (command === 'up') assertSameName({ command, stack, env }, state.deployment?.resources ?? []);
  await assertStateKnows({ command, stack, env, deployment: state.deployment, containers });
  const known = new Set((state.deployment?.resources ?? []).map((resource) => resource.id));

  const orphans = containers.filter((container) => !known.has(container.id));
  const unused = networks.filter((network) => !known.has(network));
  // Another run may have started since the backend was opened.
  if (orphans.length + unused.length > 0) assertNotLocked(command, stack, env);
  for (const { id, name } of orphans) {
    note(`container ${name} was left behind by an interrupted run: removed`);
    await docker(['rm', '--force', '--volumes', id], env);
  }
  for (const id of unused) await removeNetwork(id, { command, stack, env });
  for (const { id, name, state: now } of containers) {
    if (now !== 'paused' || !known.has(id)) continue;
    note(`container ${name} was paused: it runs again`);
    await docker(['unpause', id], env);
  }
  const gone = (state.deployment?.resources ?? []).some(
    ({ type, id, outputs }) => type === dockerContainer && isGone(id, outputs?.mustRun, containers),
  );
  const drifted = gone || (await hasNewImage(state.deployment ?? {}, env));
  if ((state.deployment?.pending_operations ?? []).length === 0) return { drifted };
  note('pending operations of an interrupted run were removed from the state');
  if (state.deployment !== undefined) state.deployment.pending_operations = [];
  const imported = await capture(pulumi, ['stack', 'import', '--force', '--stack', stack], {
    env,
    cwd: projectRoot,
    input: JSON.stringify(state),
  });
  if (imported.code !== 0) throw new OperatorError(cleanError(imported.stderr));
  return { drifted };
}

/** `NEW_STATE=1`: the operator knows that the state of the stack is lost. */
export const inNewState = (env: NodeJS.ProcessEnv): boolean => env['NEW_STATE'] === '1';

/** A `make` command on a stack. */
interface Asked {
  readonly command: string;
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Refuses to work with a state that does not know a stack that exists on this machine. The stack
 * was created with another state, and all its containers would be removed as leftovers. Even a
 * first `up` that was killed leaves a network or pending operations in its state.
 *
 * @param asked without a deployment: the stack has no state yet
 */
export async function assertStateKnows({
  command,
  stack,
  env,
  deployment: { resources = [], pending_operations: pending = [] } = {},
  containers,
}: Asked & {
  readonly deployment?: Deployment;
  readonly containers?: readonly OwnContainer[];
}): Promise<void> {
  if (inNewState(env) || pending.length > 0) return;
  const found = containers ?? (await ownContainers(stack, env));
  if (found.length === 0) return;
  const there = [...found.map(({ id }) => id), ...(await ownNetworks(stack, env))];
  const known = new Set(resources.map(({ id }) => id));
  // A stack that joins another network has none of its own.
  const hasNetwork = there.length > found.length;
  if (hasNetwork ? there.some((id) => known.has(id)) : resources.length > 0) return;
  throw new OperatorError(
    `the stack "${stack}" is on this machine (${found.length} containers), but this state does ` +
      `not know it: ${stateName(env)}. Nothing was changed.\n` +
      '  If another user, login (pulumi login) or PULUMI_BACKEND_URL was in use when it was ' +
      'created, use the same again.\n' +
      '  If that state is lost, its containers can only be replaced; data in volumes stays:\n' +
      `    NEW_STATE=1 make ${command} STACK=${stack}`,
  );
}

/** @throws OperatorError with commands if containers of others use it */
async function removeNetwork(id: string, { command, stack, env }: Asked): Promise<void> {
  const names = '{{println .Name}}{{range .Containers}}{{println .Name}}{{end}}';
  const [name = id, ...users] = await docker(['network', 'inspect', '--format', names, id], env);
  if (users.length > 0) {
    throw new OperatorError(
      `the network ${name} was left behind by an interrupted run, and other containers use it. ` +
        `Disconnect them, run make ${command} STACK=${stack}, then connect them again:\n` +
        users.map((user) => `    docker network disconnect ${name} ${user}`).join('\n'),
    );
  }
  note('a network was left behind by an interrupted run: removed');
  await docker(['network', 'rm', id], env);
}

/** Whether a run has begun something and not recorded how it ended. */
export async function wasKilled(
  stack: string,
  backend: Pick<Backend, 'env'>,
  pulumi: string,
): Promise<boolean> {
  const { deployment } = (await exportedState(stack, backend, pulumi)) as {
    deployment?: Deployment;
  };
  return (deployment?.pending_operations ?? []).length > 0;
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
  return mustRun !== false && ['exited', 'dead'].includes(found.state);
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
