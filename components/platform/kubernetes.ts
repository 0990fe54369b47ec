import { ServiceAccount } from '@pulumi/kubernetes/core/v1';
import type { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import { assertValid } from '../workload-validation';
import {
  type ContainerLogs,
  type Endpoint,
  isExternal,
  portNumber,
  type Workload,
} from '../workload';
import { instanceLabel } from './cluster-labels';
import { Owners, partName, partsOf } from './instances';
import { usualDns } from './dns';
import type { KubernetesPlatformArgs } from './kubernetes-args';
import { clusterProblems } from './kubernetes-checks';
import { volumeClaims } from './kubernetes-claims';
import { hostIp, nodeName, podIp } from './kubernetes-container';
import {
  controller,
  controllerOf,
  identityNotes,
  type PodTemplate,
  rolloutSeconds,
} from './kubernetes-controller';
import { accessRights, discoveryPeers } from './kubernetes-discovery';
import type { FileObjects } from './kubernetes-files';
import { claims, endpointOf, instanceHosts } from './kubernetes-names';
import { fileObjects, metadata, objectLabels } from './kubernetes-objects';
import { pageObjects } from './kubernetes-page';
import { podLogs, podSpec } from './kubernetes-pod';
import { usualNamespace } from './paths';
import {
  connectionPolicies,
  type Labels,
  onHostNetwork,
  type Placed,
  workloadPolicies,
} from './kubernetes-policy';
import { ownPriority, priorityName } from './kubernetes-priority';
import { providersOf } from './kubernetes-providers';
import { services } from './kubernetes-services';
import { Spaces } from './kubernetes-spaces';
import type { Platform } from './platform';
import type { PortForwardArgs } from './port-forward';

/**
 * A deployed workload as policies see it, and the resources that must exist before others connect.
 */
interface Deployed extends Placed {
  readonly resources: readonly pulumi.Resource[];
  readonly perNode: boolean;
  /** As kubectl names it, e.g. `statefulset/grafana`. */
  readonly controller: string;
  readonly ready: pulumi.Output<boolean>;
}

/**
 * Runs workloads on a Kubernetes cluster.
 *
 * Provisions a namespace with the Pod Security Standard `restricted` and, for workloads with host
 * access, a privileged one. Both block all traffic except DNS. For each workload it provisions a
 * ServiceAccount without a token (unless the workload discovers targets or reads objects through
 * the API server), a ConfigMap and a Secret for each container's files, a StatefulSet (with volumes
 * or replicas), DaemonSet (one per node) or Deployment, a Service, and NetworkPolicies for exactly
 * its declared connections. Published ports are not opened: use `kubectl port-forward` or an
 * ingress. Except for DaemonSets, Pulumi waits for each rollout and reports why pods fail.
 *
 * A workload with replicas also has a headless Service with a name for each instance
 * (`<name>-0.<name>-headless.<namespace>.svc`), a PodDisruptionBudget, and rules that spread its
 * pods. Changing from one to several instances, or back, replaces the controller: all pods stop,
 * and the claims are kept and found again. Companions are containers of the same pod, behind the
 * same Service.
 *
 * Changed files create new ConfigMaps and Secrets with new names, so pods are replaced. Volumes,
 * and therefore their namespace, are kept when a workload or the stack is destroyed. A larger
 * volume size enlarges the claims in place.
 *
 * Upstream: https://www.pulumi.com/registry/packages/kubernetes/
 */
export class KubernetesPlatform extends pulumi.ComponentResource implements Platform {
  /**
   * The node's address. Kubernetes substitutes it when it starts the container, but only in args
   * and env. An IPv6 address needs the brackets, and Go accepts them around IPv4 too.
   */
  readonly hostListenAddress = `[$(${hostIp})]`;
  readonly instanceAddress = `$(${podIp})`;
  readonly containerLogs: ContainerLogs = { files: `${podLogs}/*/*/*.log`, format: 'cri' };
  readonly nodeName = `$(${nodeName})`;
  readonly containerMetrics: Discovery;
  readonly volumeMetrics: Discovery;
  readonly manyHosts = true;
  readonly sizedVolumes = true;
  private readonly provider: Provider;
  private readonly keeper: Provider;
  private readonly spaces: Spaces;
  private readonly deployed = new Map<string, Deployed>();
  private readonly owners = new Owners();

  constructor(
    name: string,
    private readonly args: KubernetesPlatformArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:platform:Kubernetes', name, {}, opts);
    const { namespace } = this;
    const { provider, keeper } = providersOf(name, args.context, { parent: this });
    this.provider = provider;
    this.keeper = keeper;
    this.spaces = new Spaces({
      ...{ name, namespace, provider, stack: args.stack, adopt: args.adoptNamespace ?? false },
      dns: args.dns ?? usualDns,
      parent: this,
      namespaces: keeper,
      guards: () =>
        args.priorityClass === undefined
          ? [ownPriority(namespace, { provider, parent: this })]
          : [],
    });
    const kubelets = {
      by: 'kubelets',
      port: 10250,
      insecureTls: args.kubeletInsecureTls ?? false,
    } as const;
    this.containerMetrics = { ...kubelets, path: '/metrics/cadvisor' };
    this.volumeMetrics = { ...kubelets, path: '/metrics' };
    this.registerOutputs({ namespace });
  }

  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint {
    assertValid(workload);
    this.assertRunnable(workload);
    const { name, connectsTo = [], serviceAccount } = workload;
    const space = this.spaces.of((workload.host ?? []).length > 0);
    const placed: Placed = {
      name,
      namespace: space.name,
      labels: this.selector(name),
      onHostNetwork: onHostNetwork(workload),
    };
    const child: pulumi.CustomResourceOptions = {
      parent: opts.parent,
      provider: this.provider,
      dependsOn: space.namespace,
    };
    const { annotations } = serviceAccount ?? {};
    const account = new ServiceAccount(
      `${name}-account`,
      {
        metadata: { ...metadata(placed, name), ...(annotations && { annotations }) },
        // The pod decides whether it gets a token.
        automountServiceAccountToken: false,
      },
      child,
    );
    const files = partsOf(workload).map((part) =>
      fileObjects(partName(name, part), part.spec.files ?? [], placed, child),
    );
    const found = discoveryPeers(workload, this.namespaces, this.args.apiServerPorts);
    const { podPorts } = this.args;
    const policies = workloadPolicies(workload, placed, found, this.deployed, podPorts).map(
      (policy) => this.spaces.policy(policy, opts.parent),
    );
    const { discovers, readsCluster } = workload;
    // Cluster-wide names include the namespace, so that they are unique.
    const finder = { name: `${this.namespace}-${name}`, placed, discovers, readsCluster };
    const rights = accessRights(finder, {
      ...child,
      dependsOn: [account, ...this.spaces.all.map(({ namespace }) => namespace)],
    });
    const claimed = volumeClaims(workload, placed, this.args, { ...child, provider: this.keeper });
    const seconds = rolloutSeconds(workload);
    const timeout = seconds === undefined ? undefined : `${seconds}s`;
    const template = this.template(workload, placed, files);
    const pods = controller(workload, template, this.args.storageClass, {
      ...child,
      customTimeouts: { create: timeout, update: timeout },
      dependsOn: [
        account,
        ...space.guards,
        ...policies,
        ...rights,
        ...claimed,
        ...connectsTo.flatMap((c) => (isExternal(c) ? [] : this.find(c).resources)),
      ],
    });
    const endpoint = endpointOf(workload, placed);
    const made = {
      ...placed,
      perNode: workload.placement === 'perNode',
      controller: `${controllerOf(workload).toLowerCase()}/${name}`,
      resources: [pods, ...services(workload, placed, child)],
      // Known only after the provider has waited for the rollout.
      ready: pods.id.apply(() => true),
    };
    // Nothing depends on a page: the cluster may have no controller for it.
    pageObjects(workload, placed, child);
    for (const known of [endpoint, ...Object.values(endpoint.companions ?? {})]) {
      this.deployed.set(known.name, { ...made, name: known.name });
    }
    return endpoint;
  }

  get namespaces(): readonly string[] {
    return this.spaces.all.map(({ name }) => name);
  }

  ready(endpoint: Endpoint): pulumi.Output<boolean> {
    return this.find(endpoint).ready;
  }

  reach(endpoint: Endpoint, port: string, localPort: number): pulumi.Output<string> {
    const { context, openTunnel } = this.args;
    const { name: service, namespace, controller: rollout } = this.find(endpoint);
    const tunnel: PortForwardArgs = {
      ...{ context, namespace, service, rollout, localPort },
      port: portNumber(endpoint, port),
    };
    return this.ready(endpoint).apply(async () =>
      pulumi.runtime.isDryRun() ? `http://127.0.0.1:${localPort}` : openTunnel(tunnel),
    );
  }

  /** Containers of a pod share its network. */
  siblingHost(): string {
    return 'localhost';
  }

  /** Workloads with host access have no replicas, so all instances are in the main namespace. */
  instanceHosts(workload: Pick<Workload, 'name' | 'replicas'>): string[] {
    return instanceHosts(workload, this.namespace);
  }

  discover(endpoint: Pick<Endpoint, 'name' | 'ports'>, port: string): Discovery {
    const { name } = endpoint;
    const known = this.deployed.get(name);
    return {
      by: 'pods',
      namespace: known?.namespace ?? this.namespace,
      labels: known?.labels ?? this.selector(name),
      port: portNumber(endpoint, port),
      instance: known?.perNode === true ? 'node' : 'pod',
    };
  }

  connect(
    from: Endpoint,
    to: readonly Endpoint[],
    opts: { readonly parent: pulumi.Resource },
  ): void {
    const placed = this.find(from);
    for (const endpoint of to) this.find(endpoint);
    for (const policy of connectionPolicies(placed, to, this.deployed)) {
      this.spaces.policy(policy, opts.parent);
    }
  }

  private find({ name }: Endpoint): Deployed {
    const found = this.deployed.get(name);
    if (found === undefined) throw new Error(`${name} was not deployed by this platform`);
    return found;
  }

  /** Rejects workloads that are valid on Docker but not here, before anything is registered. */
  private assertRunnable(workload: Workload): void {
    const { name } = workload;
    const things = claims(workload);
    const problems = [...clusterProblems(workload, this.deployed), ...this.owners.problems(things)];
    if (problems.length > 0) {
      throw new Error(`workload "${name}" on Kubernetes: ${problems.join('; ')}`);
    }
    this.owners.take(name, things);
  }

  private template(workload: Workload, placed: Placed, files: readonly FileObjects[]): PodTemplate {
    const { priorityClass = priorityName(this.namespace), transform } = this.args;
    const pod = {
      ...podSpec(workload, { selector: placed.labels, files, cluster: this.args }),
      priorityClassName: priorityClass,
    };
    return {
      metadata: metadata(placed, workload.name),
      selector: placed.labels,
      labels: { ...objectLabels(placed), ...workload.serviceAccount?.podLabels },
      annotations: identityNotes(workload),
      pod: transform?.(workload.name, pod) ?? pod,
    };
  }

  private get namespace(): string {
    return this.args.namespace ?? usualNamespace;
  }

  /** Never changes, because a selector is immutable. */
  private selector(name: string): Labels {
    return { 'app.kubernetes.io/name': name, [instanceLabel]: this.args.stack };
  }
}
