import { DaemonSet, Deployment, StatefulSet } from '@pulumi/kubernetes/apps/v1';
import { ConfigMap, Namespace, Secret, Service, ServiceAccount } from '@pulumi/kubernetes/core/v1';
import { NetworkPolicy } from '@pulumi/kubernetes/networking/v1';
import { Provider } from '@pulumi/kubernetes/provider';
import type { core, meta } from '@pulumi/kubernetes/types/input';
import * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import { assertValid } from '../workload-validation';
import {
  type ContainerLogs,
  type Endpoint,
  type External,
  isExternal,
  portNumber,
  type Workload,
} from '../workload';
import {
  daemonSetSpec,
  deploymentSpec,
  type PodTemplate,
  serviceSpec,
  statefulSetSpec,
} from './kubernetes-controller';
import {
  accessRights,
  apiConnections,
  defaultApiServerPorts,
  type Finder,
  foreignPodPolicies,
} from './kubernetes-discovery';
import { fileData, type FileObjects, fileProblems } from './kubernetes-files';
import { hostIp, imageProblems, nodeName, nodeVariables, podLogs, podSpec } from './kubernetes-pod';
import {
  connectionPolicies,
  connectionProblems,
  type Labels,
  namespacePolicies,
  onHostNetwork,
  type Placed,
  type Policy,
} from './kubernetes-policy';
import type { Platform } from './platform';

export interface KubernetesPlatformArgs {
  /** Stack name; a label of every object. */
  readonly stack: string;
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  /**
   * Namespace of the stack, which no other stack may share. Workloads with host access live in a second
   * one, `<namespace>-host`. @default 'monitoring'
   */
  readonly namespace?: string;
  /** Storage class of the volumes. @default the cluster's */
  readonly storageClass?: string;
  /**
   * The cluster's DNS domain, e.g. `cluster.local`, to make names absolute.
   * @default names end in `.svc` and are completed by the search path of the pods
   */
  readonly clusterDomain?: string;
  /** Ports of the API server, for the network policy of who asks it. @default 443 and 6443 */
  readonly apiServerPorts?: readonly number[];
  /** True: the kubelets' certificates are not checked. @default false: the cluster's authority has signed them */
  readonly kubeletInsecureTls?: boolean;
  /** Last word on a pod, for what the workload cannot say. @default none */
  readonly transform?: (name: string, pod: core.v1.PodSpec) => core.v1.PodSpec;
}

const commonLabels: Labels = {
  'app.kubernetes.io/part-of': 'audifi-observability',
  'app.kubernetes.io/managed-by': 'pulumi',
};

/** A namespace with the policies that hold for all of its pods. */
interface Space {
  readonly name: string;
  readonly namespace: Namespace;
  /** What has to be there before a pod runs. */
  readonly guards: readonly pulumi.Resource[];
}

/**
 * Runs workloads on a Kubernetes cluster.
 *
 * Provisions: a namespace that admits nothing but the Pod Security Standard `restricted` (and, once a
 * workload declares host access, a privileged one for these alone), closed to all traffic but DNS; for
 * each workload a ServiceAccount without a token (but for who finds its targets by the API server), a ConfigMap and a Secret for its files, a
 * StatefulSet (it has volumes), a DaemonSet (one per node) or else a Deployment, a Service, and
 * NetworkPolicies for exactly what it connects to. Published ports are not opened: people come through
 * `kubectl port-forward` or an ingress. Pulumi waits for each rollout and fails with the pods' reasons.
 *
 * Changed files make new ConfigMaps and Secrets under new names, so pods roll. Volumes, and therefore
 * the namespace around them, stay when a workload or the stack is destroyed. A changed volume size
 * replaces the StatefulSet and leaves its volume as it is: enlarge the PersistentVolumeClaim as well.
 *
 * Upstream: https://www.pulumi.com/registry/packages/kubernetes/
 */
export class KubernetesPlatform extends pulumi.ComponentResource implements Platform {
  /** Kubernetes puts the node's address here before it starts the container; only in args and env. */
  readonly hostListenAddress = `$(${hostIp})`;
  readonly containerLogs: ContainerLogs = { files: `${podLogs}/*/*/*.log`, format: 'cri' };
  readonly nodeName = `$(${nodeName})`;
  readonly containerMetrics: Discovery;
  readonly manyHosts = true;
  readonly sizedVolumes = true;
  private readonly provider: Provider;
  private readonly namespaces: Provider;
  private readonly spaces = new Map<string, Space>();
  private readonly deployed = new Map<string, Placed>();
  /** Names of the workloads that run on each node. */
  private readonly perNode = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly args: KubernetesPlatformArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:platform:Kubernetes', name, {}, opts);
    const { context } = args;
    this.provider = new Provider(`${name}-provider`, { context }, { parent: this });
    // The namespace outlives `destroy` because the volumes lie in it, and the next `up` takes it over
    // again. For every other object, one that is already there is not ours and an error.
    this.namespaces = new Provider(
      `${name}-namespaces`,
      { context, upsertExistingObjects: true },
      { parent: this },
    );
    this.containerMetrics = {
      by: 'kubelets',
      path: '/metrics/cadvisor',
      port: 10250,
      insecureTls: args.kubeletInsecureTls ?? false,
    };
    this.registerOutputs({ namespace: this.namespace });
  }

  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint {
    assertValid(workload);
    this.assertRunnable(workload);
    const { name } = workload;
    const space = this.spaceOf(workload);
    const placed: Placed = {
      name,
      namespace: space.name,
      labels: this.selector(name),
      onHostNetwork: onHostNetwork(workload),
    };
    this.deployed.set(name, placed);
    if (workload.placement === 'perNode') this.perNode.add(name);
    const connections = workload.connectsTo ?? [];
    const child: pulumi.CustomResourceOptions = {
      parent: opts.parent,
      provider: this.provider,
      dependsOn: space.namespace,
    };
    const account = new ServiceAccount(
      `${name}-account`,
      { metadata: this.metadata(placed, name), automountServiceAccountToken: false },
      child,
    );
    const files = this.fileObjects(workload, placed, child);
    const finder = this.finder(placed, workload);
    const policies = [
      ...connectionPolicies(placed, [...connections, ...this.apiServer(finder)], this.deployed),
      ...foreignPodPolicies(finder, new Set(this.spaces.keys())),
    ].map((policy) => this.policy(policy, opts.parent));
    const rights = accessRights(finder, {
      ...child,
      dependsOn: [account, ...[...this.spaces.values()].map(({ namespace }) => namespace)],
    });
    const pods = this.pods(workload, placed, files, {
      ...child,
      dependsOn: [
        account,
        ...space.guards,
        ...policies,
        ...rights,
        ...connections.flatMap((c) => (isExternal(c) ? [] : c.dependsOn)),
      ],
    });
    const spec = serviceSpec(workload, placed.labels);
    const service =
      spec &&
      new Service(`${name}-service`, { metadata: this.metadata(placed, name), spec }, child);
    return {
      name,
      host: this.hostName(placed),
      ports: workload.ports ?? [],
      discovery: workload.placement === 'perNode' ? 'dns' : 'static',
      onHostNetwork: placed.onHostNetwork,
      readiness: workload.readiness,
      url: undefined,
      // Known only after the provider has seen the rollout through.
      ready: pods.id.apply(() => true),
      dependsOn: service === undefined ? [pods] : [pods, service],
    };
  }

  discover(endpoint: Pick<Endpoint, 'name' | 'ports'>, port: string): Discovery {
    const { name } = endpoint;
    return {
      by: 'pods',
      namespace: this.deployed.get(name)?.namespace ?? this.namespace,
      labels: this.selector(name),
      port: portNumber(endpoint, port),
      instance: this.perNode.has(name) ? 'node' : 'pod',
    };
  }

  connect(
    from: Endpoint,
    to: readonly Endpoint[],
    opts: { readonly parent: pulumi.Resource },
  ): void {
    const placed = this.deployed.get(from.name);
    const unknown = to.find(({ name }) => !this.deployed.has(name));
    if (placed === undefined || unknown !== undefined) {
      throw new Error(`${unknown?.name ?? from.name} was not deployed by this platform`);
    }
    for (const policy of connectionPolicies(placed, to, this.deployed)) {
      this.policy(policy, opts.parent);
    }
  }

  /** What is sound on Docker and cannot be done here is an error, before anything is registered. */
  private assertRunnable(workload: Workload): void {
    const problems = [
      ...imageProblems(workload),
      ...fileProblems(workload.files ?? []),
      ...connectionProblems(workload, this.deployed),
    ];
    if (this.deployed.has(workload.name)) problems.push('is deployed twice');
    // A StatefulSet puts its name and a hash of 11 characters into a label, which can have 63.
    if (workload.name.length > 52) problems.push('has a name of more than 52 characters');
    for (const variable of nodeVariables(workload)) {
      if (workload.env?.[variable.name] === undefined) continue;
      problems.push(`sets ${variable.name}, which Kubernetes tells about the node`);
    }
    if (problems.length > 0) {
      throw new Error(`workload "${workload.name}" on Kubernetes: ${problems.join('; ')}`);
    }
  }

  private pods(
    workload: Workload,
    placed: Placed,
    files: FileObjects,
    opts: pulumi.CustomResourceOptions,
  ): StatefulSet | DaemonSet | Deployment {
    const { name } = workload;
    const pod = podSpec(workload, files);
    const template: PodTemplate = {
      selector: placed.labels,
      labels: this.labels(name),
      pod: this.args.transform?.(name, pod) ?? pod,
    };
    const metadata = this.metadata(placed, name);
    if (workload.placement === 'perNode') {
      return new DaemonSet(name, { metadata, spec: daemonSetSpec(template) }, opts);
    }
    if ((workload.volumes ?? []).length > 0) {
      const spec = statefulSetSpec(workload, template, this.args.storageClass);
      return new StatefulSet(name, { metadata, spec }, opts);
    }
    return new Deployment(name, { metadata, spec: deploymentSpec(workload, template) }, opts);
  }

  /**
   * Without a name of ours, Pulumi gives each version its own: the pods that refer to it roll, and those
   * of the old version keep theirs until they are gone.
   */
  private fileObjects(
    workload: Workload,
    placed: Placed,
    opts: pulumi.CustomResourceOptions,
  ): FileObjects {
    const files = workload.files ?? [];
    const plain = files.filter((file) => file.secret !== true);
    const secret = files.filter((file) => file.secret === true);
    const args = { metadata: this.metadata(placed), immutable: true };
    const config =
      plain.length > 0
        ? new ConfigMap(`${workload.name}-config`, { ...args, data: fileData(plain) }, opts)
        : undefined;
    const stringData = pulumi.secret(fileData(secret));
    return {
      config: config?.metadata.name,
      secret:
        secret.length > 0
          ? new Secret(`${workload.name}-secret`, { ...args, stringData }, opts).metadata.name
          : undefined,
    };
  }

  /** Both policies of a connection belong to who connects, and go with it. */
  private policy({ name, namespace, spec }: Policy, parent: pulumi.Resource): NetworkPolicy {
    return new NetworkPolicy(
      `${namespace}-${name}`,
      { metadata: { name, namespace, labels: commonLabels }, spec },
      { parent, provider: this.provider, dependsOn: this.spaces.get(namespace)?.namespace },
    );
  }

  /** The workload's namespace, created with its guards when the first workload needs it. */
  private spaceOf(workload: Workload): Space {
    const privileged = (workload.host ?? []).length > 0;
    const name = privileged ? `${this.namespace}-host` : this.namespace;
    const known = this.spaces.get(name);
    if (known !== undefined) return known;
    const level = privileged ? 'privileged' : 'restricted';
    const modes = ['enforce', 'audit', 'warn'];
    const podSecurity: Labels = Object.fromEntries(
      modes.map((mode): [string, string] => [`pod-security.kubernetes.io/${mode}`, level]),
    );
    const namespace = new Namespace(
      `${this.name}-${name}`,
      { metadata: { name, labels: { ...commonLabels, ...podSecurity } } },
      { parent: this, provider: this.namespaces, retainOnDelete: true },
    );
    const guards: pulumi.Resource[] = [namespace];
    const space = { name, namespace, guards };
    this.spaces.set(name, space);
    guards.push(...namespacePolicies(name).map((policy) => this.policy(policy, this)));
    return space;
  }

  private finder(placed: Placed, { discovers = [] }: Workload): Finder {
    const { name } = placed;
    const uniqueName = `${this.namespace}-${name}`;
    return { placed, uniqueName, labels: this.labels(name), discovers };
  }

  private apiServer({ discovers }: Finder): External[] {
    return apiConnections(discovers, this.args.apiServerPorts ?? defaultApiServerPorts);
  }

  private get namespace(): string {
    return this.args.namespace ?? 'monitoring';
  }

  private hostName({ name, namespace }: Placed): string {
    const { clusterDomain } = this.args;
    return [name, namespace, 'svc', ...(clusterDomain === undefined ? [] : [clusterDomain])].join(
      '.',
    );
  }

  private metadata({ name, namespace }: Placed, objectName?: string): meta.v1.ObjectMeta {
    return { name: objectName, namespace, labels: this.labels(name) };
  }

  private labels(name: string): Labels {
    return { ...this.selector(name), ...commonLabels };
  }

  /** Never changes: a selector cannot, once created. */
  private selector(name: string): Labels {
    return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': this.args.stack };
  }
}
