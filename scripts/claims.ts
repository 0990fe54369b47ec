import { at } from '../policy/values';
import { type Change, claimType } from './changes/change';
import { inContext, kubectlText } from './kubectl';
import { objectsOf, type Place } from './cluster-objects';

interface Claim {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

const claims = (stack: string, place: Place, env: NodeJS.ProcessEnv): Promise<Claim[]> =>
  objectsOf<Claim>('persistentvolumeclaims', stack, place, env);

/** Names of the claims with the stack's data. Throws an OperatorError with kubectl's error. */
export async function claimsOf(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  return (await claims(stack, place, env)).map(({ metadata }) => metadata.name).sort();
}

/**
 * Turns the creation of claims that exist in the cluster into updates, because `up` adopts them
 * with their data. They are left over from a destroyed stack, or from a release in which the
 * StatefulSet controller created them. If the cluster does not answer, nothing is changed.
 */
export async function withExistingClaims(
  changes: readonly Change[],
  stack: string,
  place: Place | undefined,
  env: NodeJS.ProcessEnv,
): Promise<readonly Change[]> {
  const created = changes.filter(({ type, op }) => op === 'create' && type === claimType);
  if (place === undefined || created.length === 0) return changes;
  const existing = await claims(stack, place, env).catch((): Claim[] => []);
  const specs = new Map(existing.map(({ metadata, spec }) => [metadata.name, spec]));
  return changes.map((change) => {
    const spec = created.includes(change)
      ? specs.get(String(at(change.new, 'metadata', 'name')))
      : undefined;
    return spec === undefined ? change : { ...change, op: 'update', old: { spec } };
  });
}

/**
 * Deletes claims of the stack, and their volumes unless the storage class retains them. Throws an
 * OperatorError with kubectl's error.
 */
export async function deleteClaims(
  names: readonly string[],
  { context, namespace }: Place,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await kubectlText(
    [...inContext(context), '--namespace', namespace, 'delete', 'persistentvolumeclaims', ...names],
    env,
  );
}
