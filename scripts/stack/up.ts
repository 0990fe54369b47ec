import { OperatorError } from '../operator-error';
import type { Place } from '../cluster-objects';
import { workloadStates } from '../pods';
import { lastRunFailed, recoverFromInterruption, wasKilled } from '../recover';
import { watchRollout } from '../rollout-watch';
import { applySilences } from '../silences';
import { printStatus } from '../status';
import { upWithContents } from './contents';
import { type Context, run } from './context';
import { assertInstancesPresent } from './lost-instances';
import { inNewCluster } from './same-cluster';

/** `make up`: provisions, waits until everything is ready, and prints the status. */
export async function up(context: Context): Promise<number> {
  const { backend, place, stack } = context;
  if (place !== undefined) await assertInstancesPresent(stack, place, backend.env);
  const why = place === undefined ? await driftReason(context) : await refreshReason(context);
  if (why !== undefined) {
    const [where, provider] =
      place === undefined ? ['Docker', 'docker'] : ['the cluster', 'kubernetes'];
    process.stderr.write(`${why}: comparing the state with ${where} first.\n`);
    // The engine compares with its state; only a refresh detects what was removed by hand.
    const refreshed = await run(context, [
      ...['refresh', '--yes', '--skip-preview', '--suppress-progress', '--suppress-outputs'],
      // Grafana may not answer before this run has repaired it.
      ...['--target', `**${provider}:**`, ...backend.configArgs],
      // Otherwise the engine keeps what a killed run was creating, and every later run warns of it.
      ...(place === undefined ? [] : ['--clear-pending-creates']),
    ]);
    if (refreshed !== 0) return refreshed;
  }
  const args = ['up', '--yes', '--skip-preview', ...backend.configArgs];
  return place === undefined
    ? provision(context, args)
    : watched(context, place, (stopped) => provision(context, args, stopped));
}

/** Runs the engine, and prints the status. @param stopped ends both early */
async function provision(context: Context, args: string[], stopped?: AbortSignal): Promise<number> {
  const { stack, backend, pulumi, kit, place, without } = context;
  const code = await upWithContents(context, args, stopped);
  if (code !== 0) {
    if (place !== undefined) await explainPods(stack, place, backend.env);
    return code;
  }
  const ready = await printStatus(stack, backend, pulumi, 45, place, undefined, stopped);
  const silences = await applySilences({ stack, settings: context.settings });
  if (silences !== '') process.stdout.write(`\n${silences}`);
  if (without.length > 0) process.stdout.write(`\n${without.join('\n')}\n`);
  if (kit.standIns.length > 0) process.stdout.write(`\n${kit.summary}\n`);
  return ready ? 0 : 1;
}

/** Cleans up after an interrupted run. @returns why the state differs from Docker, if it does */
async function driftReason({ stack, backend, pulumi }: Context): Promise<string | undefined> {
  const { drifted } = await recoverFromInterruption(stack, backend, pulumi);
  return drifted ? 'Containers or images are not as the last run left them' : undefined;
}

/** Why the state may differ from the cluster; undefined if there is no reason. */
export async function refreshReason({
  stack,
  backend,
  pulumi,
}: Pick<Context, 'stack' | 'backend' | 'pulumi'>): Promise<string | undefined> {
  if (inNewCluster(backend.env)) return 'NEW_CLUSTER=1';
  // A run that was killed is not in the history.
  if (await wasKilled(stack, backend, pulumi)) return 'The last run was killed';
  return (await lastRunFailed(stack, backend, pulumi)) ? 'The last run failed' : undefined;
}

/**
 * Stops the work when a new pod will not start, instead of waiting for a timeout. Pulumi does not
 * wait for pods of every node, so the wait for the status needs this too.
 */
async function watched(
  context: Context,
  place: Place,
  work: (stopped: AbortSignal) => Promise<number>,
): Promise<number> {
  const stopped = new AbortController();
  const watch = watchRollout(context.stack, place, context.backend.env, (why) => {
    process.stderr.write(`\nStopping: ${why.join('\n          ')}\n\n`);
    stopped.abort();
  });
  try {
    return await work(stopped.signal);
  } finally {
    watch.stop();
  }
}

/** After a failed `up`: which pods are not ready and why, and what still runs. */
async function explainPods(stack: string, place: Place, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const states = [...(await workloadStates(stack, place, env))].filter(([, { ready }]) => !ready);
    if (states.length === 0) return;
    const lines = states.map(([name, { why }]) => `  ${name.padEnd(18)} ${why}`);
    const absent = states.filter(([, { serving }]) => serving === 0).map(([name]) => name);
    process.stderr.write(
      `\nNot ready in the cluster:\n${lines.join('\n')}\n` +
        (absent.length === 0
          ? 'Each of them still has ready pods with the old settings.\n'
          : `Down, with no ready pod: ${absent.join(', ')}. A single instance with a volume stops before its replacement starts.\n`) +
        `Correct the setting or restore the old one, then run make up STACK=${stack}.\n`,
    );
  } catch (error) {
    // The cluster does not answer, as pulumi has just said.
    if (!(error instanceof OperatorError)) throw error;
  }
}
