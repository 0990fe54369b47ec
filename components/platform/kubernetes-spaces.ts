import { Namespace } from '@pulumi/kubernetes/core/v1';
import { NetworkPolicy } from '@pulumi/kubernetes/networking/v1';
import type { Provider } from '@pulumi/kubernetes/provider';
import type * as pulumi from '@pulumi/pulumi';
import type { ClusterDns } from './dns';
import { commonLabels, namespaceLabels } from './cluster-labels';
import { type Labels, namespacePolicies, type Policy } from './kubernetes-policy';

/** A namespace with the default policies for its pods. */
export interface Space {
  readonly name: string;
  readonly namespace: Namespace;
  /** Resources that must exist before a pod runs. */
  readonly guards: readonly pulumi.Resource[];
}

export interface SpacesArgs {
  /** Stem of the resource names. */
  readonly name: string;
  /** Namespace for workloads without host access. The other one is `<namespace>-host`. */
  readonly namespace: string;
  /** Name of the stack, a label of its namespaces. */
  readonly stack: string;
  /** Take over existing namespaces that belong to no stack. */
  readonly adopt: boolean;
  readonly dns: ClusterDns;
  readonly parent: pulumi.Resource;
  /** For objects of the stack. */
  readonly provider: Provider;
  /** For namespaces, which outlive the stack and are adopted again. */
  readonly namespaces: Provider;
  /** Makes the resources that must exist before any pod runs. Called once. */
  readonly guards: () => readonly pulumi.Resource[];
}

/**
 * The stack's namespaces. Each is created with its default policies when the first workload needs
 * it.
 */
export class Spaces {
  private readonly spaces = new Map<string, Space>();
  private guards?: readonly pulumi.Resource[];

  constructor(private readonly args: SpacesArgs) {}

  /** @param privileged whether it admits workloads with host access */
  of(privileged: boolean): Space {
    const { parent, namespaces, stack, adopt } = this.args;
    const name = privileged ? `${this.args.namespace}-host` : this.args.namespace;
    const known = this.spaces.get(name);
    if (known !== undefined) return known;
    const level = privileged ? 'privileged' : 'restricted';
    const modes = ['enforce', 'audit', 'warn'];
    const podSecurity: Labels = Object.fromEntries(
      modes.map((mode): [string, string] => [`pod-security.kubernetes.io/${mode}`, level]),
    );
    const namespace = new Namespace(
      `${this.args.name}-${name}`,
      {
        metadata: {
          name,
          labels: { ...namespaceLabels(stack), ...podSecurity },
          // Another tool may have set the same labels.
          ...(adopt ? { annotations: { 'pulumi.com/patchForce': 'true' } } : undefined),
        },
      },
      { parent, provider: namespaces, retainOnDelete: true },
    );
    const guards: pulumi.Resource[] = [namespace, ...(this.guards ??= this.args.guards())];
    const space = { name, namespace, guards };
    this.spaces.set(name, space);
    guards.push(
      ...namespacePolicies(name, this.args.dns).map((policy) => this.policy(policy, parent)),
    );
    return space;
  }

  /** The namespaces that exist so far. */
  get all(): readonly Space[] {
    return [...this.spaces.values()];
  }

  policy({ name, namespace, spec }: Policy, parent: pulumi.Resource): NetworkPolicy {
    return new NetworkPolicy(
      `${namespace}-${name}`,
      { metadata: { name, namespace, labels: commonLabels }, spec },
      {
        parent,
        provider: this.args.provider,
        dependsOn: this.spaces.get(namespace)?.namespace,
      },
    );
  }
}
