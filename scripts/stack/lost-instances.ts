import type { Place } from '../cluster-objects';
import { inContext } from '../kubectl';
import { OperatorError } from '../operator-error';
import { type WorkloadState, workloadStates } from '../pods';

/**
 * Refuses an update while an instance of a service with several is on a node that does not respond.
 * A rollout replaces the other instances one by one, and the StatefulSet does not wait for the
 * lost one, so a service may have no instance, or too few for a quorum, until the others are ready.
 *
 * `DEGRADED=1`: the operator accepts that.
 *
 * @throws OperatorError with the next steps, and if the cluster does not answer
 */
export async function assertInstancesPresent(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (env['DEGRADED'] === '1') return;
  const problem = lostInstances(stack, place, await workloadStates(stack, place, env));
  if (problem !== undefined) throw new OperatorError(problem);
}

/** The error, if instances are missing. Pure. */
export function lostInstances(
  stack: string,
  { context }: Pick<Place, 'context'>,
  states: ReadonlyMap<string, Pick<WorkloadState, 'instances' | 'serving' | 'lostNodes'>>,
): string | undefined {
  const missing = [...states].flatMap(([name, { instances = 1, serving, lostNodes = [] }]) =>
    instances > 1 && serving < instances && lostNodes.length > 0
      ? [{ name, instances, serving, lostNodes }]
      : [],
  );
  if (missing.length === 0) return undefined;
  const nodes = [...new Set(missing.flatMap(({ lostNodes }) => lostNodes))].sort();
  const kubectlIn = ['kubectl', ...inContext(context)].join(' ');
  const lines = missing.map(
    ({ name, instances, serving }) => `  ${name.padEnd(18)} ${serving} of ${instances} ready`,
  );
  return (
    `the nodes of some instances do not respond: ${nodes.join(', ')}. An update replaces the others ` +
    `too, and Kubernetes does not wait for the lost ones:\n${lines.join('\n')}\nNothing was changed.\n` +
    '  If you are sure that a node is off, let its pods start elsewhere, and wait until they are ready:\n' +
    nodes
      .map(
        (node) =>
          `    ${kubectlIn} taint nodes ${node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute\n`,
      )
      .join('') +
    '  To update now anyway:\n' +
    `    DEGRADED=1 make up STACK=${stack}`
  );
}
