import { inContext, kubectlText } from './kubectl';
import { objectsOf, type Place } from './pods';

interface Claim {
  readonly metadata: { readonly name: string };
}

/** Names of the claims with the stack's data. Throws an OperatorError with what kubectl said. */
export async function claimsOf(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const claims = await objectsOf<Claim>('persistentvolumeclaims', stack, place, env);
  return claims.map(({ metadata }) => metadata.name).sort();
}

/**
 * Deletes claims of the stack, and with them their volumes, if the storage class does not retain
 * those. Throws an OperatorError with what kubectl said.
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
