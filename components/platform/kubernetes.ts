import { DaemonSet, Deployment, StatefulSet } from '@pulumi/kubernetes/apps/v1';
import { ServiceAccount } from '@pulumi/kubernetes/core/v1';
import { Provider } from '@pulumi/kubernetes/provider';
import type { core } from '@pulumi/kubernetes/types/input';
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
import { isReplicated, Owners, partName, partsOf } from './instances';
import { hostIp, nodeName, podVariables } from './kubernetes-container';
import {
  daemonSetSpec,
  deploymentSpec,
  type PodTemplate,
  rolloutSeconds,
  statefulSetSpec,
} from './kubernetes-controller';
import { accessRights, discoveryPeers } from './kubernetes-discovery';
import { claims, endpointOf, instanceHosts } from './kubernetes-names';
import { fileObjects, metadata, objectLabels, services } from './kubernetes-objects';
import { type FileObjects, fileProblems } from './kubernetes-files';
import { pageObjects } from './kubernetes-page';
import { podLogs, podProblems, podSpec } from './kubernetes-pod';
import {
  acceptPolicies,
  type ClusterDns,
  clusterPolicies,
  connectionPolicies,
  connectionProblems,
  type Labels,
  onHostNetwork,
  type Placed,
  type Policy,
  usualDns,
} from './kubernetes-policy';
import type { PortForwardArgs } from './port-forward';
import { Spaces } from './kubernetes-spaces';
import type { Platform } from './platform';

export interface KubernetesPlatformArgs {
  /** Stack name; a label of every object. */
  readonly stack: string;
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  /**
   * Namespace of the stack, which no other stack may share. Workloads with host access live in a
   * second one, `<namespace>-host`. @default 'monitoring'
   */
  readonly namespace?: string;
  /** Storage class of the volumes. @default the cluster's */
  readonly storageClass?: string;
  /** Ports of the API server, for the network policy of who asks it. @default 443 and 6443 */
  readonly apiServerPorts?: readonly number[];
  /**
   * True: the kubelets' certificates are not checked.
   * @default false: the cluster's authority has signed them
   */
  readonly kubeletInsecureTls?: boolean;
  /** Where the cluster's DNS answers. @default port 53 of the pods in kube-system */
  readonly dns?: ClusterDns;
  /** Opens a port of a Service on this machine; returns its URL. */
  readonly openTunnel: (tunnel: PortForwardArgs) => Promise<string>;
  /** Last word on a pod, for what the workload cannot say. @default none */
  readonly transform?: (name: string, pod: core.v1.PodSpec) => core.v1.PodSpec;
}

/**
 * A workload that was deployed: as policies see it, and what has to be there before others talk to
 * it.
 */
interface Deployed extends Placed {
  readonly resources: readonly pulumi.Resource[];
  readonly perNode: boolean;
  readonly ready: pulumi.Output<boolean>;
}

/**
 * Runs workloads on a Kubernetes cluster.
 *
 * Provisions: a namespace that admits nothing but the Pod Security Standard `restricted` (and, once
 * a workload declares host access, a privileged one for these alone), closed to all traffic but
 * DNS; for each workload a ServiceAccount without a token (except where it finds its targets by the
 * API server), a ConfigMap and a Secret for each container's files, a StatefulSet (it has volumes or
 * replicas), a DaemonSet (one per node) or else a Deployment, a Service, and NetworkPolicies for
 * exactly what it connects to and accepts. Published ports are not opened: people come through
 * `kubectl port-forward` or an ingress. Pulumi waits for each rollout and fails with the pods'
 * reasons.
 *
 * A workload with replicas also has a headless Service, by which each instance is known
 * (`<name>-0.<name>-headless.<namespace>.svc`), a PodDisruptionBudget, and rules that spread its
 * pods. To go from one to several, or back, replaces the controller: all pods stop, claims stay and
 * are found again. Companions are containers of the same pod, behind the same Service.
 *
 * Changed files make new ConfigMaps and Secrets under new names, so pods roll. Volumes, and
 * therefore the namespace around them, stay when a workload or the stack is destroyed. A changed
 * volume size replaces the StatefulSet and leaves its volume as it is: enlarge the
 * PersistentVolumeClaim as well.
 *
 * Upstream: https://www.pulumi.com/registry/packages/kubernetes/
 */
export class KubernetesPlatform extends pulumi.ComponentResource implements Platform {
  /**
   * Kubernetes puts the node's address here before it starts the container; only in args and env.
   * An IPv6 address needs the brackets, and Go accepts them around IPv4 too.
   */
  readonly hostListenAddress = `[$(${hostIp})]`;
  readonly containerLogs: ContainerLogs = { files: `${podLogs}/*/*/*.log`, format: 'cri' };
  readonly nodeName = `$(${nodeName})`;
  readonly containerMetrics: Discovery;
  readonly manyHosts = true;
  readonly sizedVolumes = true;
  private readonly provider: Provider;
  private readonly spaces: Spaces;
  private readonly deployed = new Map<string, Deployed>();
  private readonly owners = new Owners();

  constructor(
    name: string,
    private readonly args: KubernetesPlatformArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:platform:Kubernetes', name, {}, opts);
    const { context } = args;
    this.provider = new Provider(`${name}-provider`, { context }, { parent: this });
    // The namespace outlives `destroy` because the volumes lie in it, and the next `up` takes it
    // over again. For every other object, one that is already there is not ours and an error.
    const namespaces = new Provider(
      `${name}-namespaces`,
      { context, upsertExistingObjects: true },
      { parent: this },
    );
    const { namespace } = this;
    const { provider } = this;
    this.spaces = new Spaces({
      name,
      namespace,
      dns: args.dns ?? usualDns,
      parent: this,
      provider,
      namespaces,
    });
    this.containerMetrics = {
      by: 'kubelets',
      path: '/metrics/cadvisor',
      port: 10250,
      insecureTls: args.kubeletInsecureTls ?? false,
    };
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
        // Only the pod says whether it gets one.
        automountServiceAccountToken: false,
      },
      child,
    );
    const files = partsOf(workload).map((part) =>
      fileObjects(partName(name, part), part.spec.files ?? [], placed, child),
    );
    const policies = this.policies(workload, placed).map((policy) =>
      this.spaces.policy(policy, opts.parent),
    );
    const rights = this.rights(workload, placed, {
      ...child,
      dependsOn: [account, ...this.spaces.all.map(({ namespace }) => namespace)],
    });
    const seconds = rolloutSeconds(workload);
    const timeout = seconds === undefined ? undefined : `${seconds}s`;
    const pods = this.pods(workload, placed, files, {
      ...child,
      customTimeouts: { create: timeout, update: timeout },
      dependsOn: [
        account,
        ...space.guards,
        ...policies,
        ...rights,
        ...connectsTo.flatMap((c) => (isExternal(c) ? [] : this.find(c).resources)),
      ],
    });
    const endpoint = endpointOf(workload, placed);
    const made = {
      ...placed,
      perNode: workload.placement === 'perNode',
      resources: [
        pods,
        ...services(workload, placed, child),
        ...pageObjects(workload, placed, child),
      ],
      // Known only after the provider has seen the rollout through.
      ready: pods.id.apply(() => true),
    };
    for (const known of [endpoint, ...Object.values(endpoint.companions ?? {})]) {
      this.deployed.set(known.name, { ...made, name: known.name });
    }
    return endpoint;
  }

  ready(endpoint: Endpoint): pulumi.Output<boolean> {
    return this.find(endpoint).ready;
  }

  reach(endpoint: Endpoint, port: string, localPort: number): pulumi.Output<string> {
    const { context, openTunnel } = this.args;
    const { name: service, namespace } = this.find(endpoint);
    const tunnel = { context, namespace, service, port: portNumber(endpoint, port), localPort };
    return this.ready(endpoint).apply(async () =>
      pulumi.runtime.isDryRun() ? `http://127.0.0.1:${localPort}` : openTunnel(tunnel),
    );
  }

  /** Containers of one pod share its network. */
  siblingHost(): string {
    return 'localhost';
  }

  /** Workloads with host access have no replicas, so all are in the main namespace. */
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

  /** What is sound on Docker and cannot be done here is an error, before anything is registered. */
  private assertRunnable(workload: Workload): void {
    const { name } = workload;
    const parts = partsOf(workload);
    const things = claims(workload);
    const problems = [
      ...podProblems(workload),
      ...parts.flatMap(({ spec }) => fileProblems(spec.files ?? [])),
      ...connectionProblems(workload, this.deployed),
      ...this.owners.problems(things),
    ];
    // A StatefulSet puts its name and a hash of 11 characters into a label, which can have 63.
    if (name.length > 52) problems.push('has a name of more than 52 characters');
    for (const variable of podVariables(workload)) {
      if (workload.env?.[variable.name] === undefined) continue;
      problems.push(`sets ${variable.name}, by which Kubernetes tells about the pod`);
    }
    if (problems.length > 0) {
      throw new Error(`workload "${name}" on Kubernetes: ${problems.join('; ')}`);
    }
    this.owners.take(name, things);
  }

  /** All policies of a connection belong to who connects, and go with it. */
  private policies(workload: Workload, placed: Placed): Policy[] {
    const { connectsTo = [], acceptsFrom = [], clusterPorts = [], discovers = [] } = workload;
    const own = this.spaces.all.map(({ name }) => name);
    const found = discoveryPeers(discovers, own, this.args.apiServerPorts);
    const ports = partsOf(workload).flatMap(({ spec }) => spec.ports ?? []);
    const among = isReplicated(workload) ? ports.filter((p) => clusterPorts.includes(p.name)) : [];
    return [
      ...connectionPolicies(placed, [...connectsTo, ...found], this.deployed),
      ...acceptPolicies(placed, acceptsFrom, ports),
      ...clusterPolicies(placed, among),
    ];
  }

  private pods(
    workload: Workload,
    placed: Placed,
    files: readonly FileObjects[],
    opts: pulumi.CustomResourceOptions,
  ): StatefulSet | DaemonSet | Deployment {
    const { name } = workload;
    const pod = podSpec(workload, { selector: placed.labels, files });
    const template: PodTemplate = {
      selector: placed.labels,
      labels: { ...objectLabels(placed), ...workload.serviceAccount?.podLabels },
      pod: this.args.transform?.(name, pod) ?? pod,
    };
    const meta = metadata(placed, name);
    if (workload.placement === 'perNode') {
      return new DaemonSet(name, { metadata: meta, spec: daemonSetSpec(template) }, opts);
    }
    if ((workload.volumes ?? []).length > 0 || isReplicated(workload)) {
      const spec = statefulSetSpec(workload, template, this.args.storageClass);
      return new StatefulSet(name, { metadata: meta, spec }, opts);
    }
    return new Deployment(name, { metadata: meta, spec: deploymentSpec(workload, template) }, opts);
  }

  /** What it needs to find its targets. Names of the cluster are no other stack's. */
  private rights(
    { discovers = [] }: Workload,
    placed: Placed,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const name = `${this.namespace}-${placed.name}`;
    return accessRights({ name, placed, discovers }, opts);
  }

  private get namespace(): string {
    return this.args.namespace ?? 'monitoring';
  }

  /** Never changes: a selector cannot, once created. */
  private selector(name: string): Labels {
    return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': this.args.stack };
  }
}
