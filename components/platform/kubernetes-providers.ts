import { Provider } from '@pulumi/kubernetes/provider';
import type * as pulumi from '@pulumi/pulumi';

export interface Providers {
  readonly provider: Provider;
  /**
   * For objects that outlive the stack: namespaces and claims. The next `up` adopts them again
   * (cluster-check.ts has made sure that they are ours). For `provider`, an object that exists is
   * not ours and causes an error.
   */
  readonly keeper: Provider;
}

/**
 * The providers of a cluster. They find the kubeconfig as kubectl does.
 *
 * @param name stem of the resource names
 * @param context context of the kubeconfig. @default its current one
 */
export function providersOf(
  name: string,
  context: string | undefined,
  opts: pulumi.CustomResourceOptions,
): Providers {
  // Without `kubeconfig`, the SDK takes the path in KUBECONFIG and writes it into the state, where
  // it is wrong on other machines. With an empty one, the provider reads KUBECONFIG itself.
  //
  // After somebody has changed a field with kubectl, kubectl owns it. Without `enablePatchForce`,
  // `up` could not take it back. An object that exists is still an error for `provider`.
  const cluster = { context, kubeconfig: '', enablePatchForce: true };
  return {
    provider: new Provider(`${name}-provider`, cluster, opts),
    keeper: new Provider(`${name}-namespaces`, { ...cluster, upsertExistingObjects: true }, opts),
  };
}
