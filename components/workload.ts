import type * as pulumi from '@pulumi/pulumi';
import type { Discovery } from './discovery';
import type { Image } from './images';

/**
 * A workload says once what to run; a platform (platform/docker.ts, platform/kubernetes.ts) says
 * how. The shape is the Score specification's workload (https://docs.score.dev) and what it lacks
 * for production: connections, host access, replicas and companions. Structure is plain data, so
 * that it is checked before anything is provisioned; only leaves (file content, env values, args)
 * may be outputs and thereby secrets.
 */
export interface Workload extends ContainerSpec {
  /** DNS label. Others reach the workload by this name. */
  readonly name: string;
  /** Data that survives replacement, upgrade and `destroy`. Each instance has its own. */
  readonly volumes?: readonly Volume[];
  /** Numeric, so that `runAsNonRoot` can be verified. Companions run as the same user. */
  readonly user: User;
  /** What it needs of the machine below it, by name. Whoever has one of these is privileged. */
  readonly host?: readonly HostAccess[];
  /** Everyone it talks to. What is not declared here does not work on Kubernetes. */
  readonly connectsTo?: readonly Connection[];
  /** Who outside the stack may connect to it. @default nobody */
  readonly acceptsFrom?: readonly ExternalClient[];
  /**
   * Targets that it finds by itself. Where that means asking the API of Kubernetes, its own
   * container (no companion) gets a token there, the right to read these and nothing else, and the
   * way to them. @default none
   */
  readonly discovers?: readonly Discovery[];
  /** `perNode` runs one on each machine. @default 'single' */
  readonly placement?: 'single' | 'perNode';
  /**
   * Number of instances, each with its own name (`<name>-0`, `<name>-1`, …) and its own volumes.
   *
   * - Kubernetes: a StatefulSet with a headless Service, spread over nodes and zones; a
   *   PodDisruptionBudget lets a drain take one at a time.
   * - Docker: one container for each. Only `<name>-0` publishes ports and is waited for.
   *
   * The first instance keeps the volumes of a single one, in both directions. @default 1
   */
  readonly replicas?: number;
  /** Ports, by name, on which the instances reach one another, e.g. to gossip. @default none */
  readonly clusterPorts?: readonly string[];
  /**
   * Do the instances' own names resolve before they are ready? Members of a cluster that become
   * ready only once they have found each other need it. On Docker they always do. @default false
   */
  readonly publishNotReadyAddresses?: boolean;
  /** Containers that run beside each instance and may share its volumes. @default none */
  readonly companions?: readonly Companion[];
  /** Its identity towards Kubernetes and the cloud around it. Docker has none. */
  readonly serviceAccount?: ServiceAccountSpec;
  /** Seconds between the request to stop and the kill. @default 30 */
  readonly stopSeconds?: number;
}

/** What one container runs, and within what limits. */
export interface ContainerSpec {
  readonly image: Image;
  /** Replaces the image's own entrypoint; `args` follow it. @default the image's */
  readonly command?: readonly string[];
  /**
   * Arguments to the entrypoint. Visible to everyone who may inspect the container: never a secret.
   * `instanceName` and `Platform.siblingHost` may be part of them.
   */
  readonly args?: readonly pulumi.Input<string>[];
  /** Environment. Like `args`: visible, and with the same placeholders. */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Mounted read-only, the same for each instance. Secrets belong here. */
  readonly files?: readonly ConfigFile[];
  /** Directories to write scratch data to (memory-backed, gone on restart). @default none */
  readonly scratch?: readonly string[];
  readonly ports?: readonly Port[];
  /** When it can serve. */
  readonly readiness?: Probe;
  /** When it has to be restarted (Kubernetes). @default none */
  readonly liveness?: Probe;
  readonly resources: Resources;
  /**
   * Capabilities that the process may take up; all others are dropped. A file that has one cannot
   * be executed without it. @default none
   */
  readonly capabilities?: readonly Capability[];
}

/**
 * A container beside a workload's own (a "sidecar"), one for each instance, as the workload's user.
 *
 * On Kubernetes it is in the same pod, so port names and numbers must differ from its siblings'. On
 * Docker it is a container of its own in the stack's network: sharing the network namespace
 * (`networkMode: container:…`) would cut it off whenever its sibling restarts. Either way it is at
 * `Platform.siblingHost`, so it has to listen on all interfaces and not on the loopback alone.
 */
export interface Companion extends ContainerSpec {
  /** DNS label of at most 30 characters. Others find its endpoint under this name. */
  readonly name: string;
  /** Volumes of the workload that it uses as well. @default none */
  readonly mounts?: readonly VolumeMount[];
}

export interface VolumeMount {
  /** Name of one of the workload's volumes. */
  readonly volume: string;
  /** Absolute path inside the container. */
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/**
 * Stands for the instance's name in `args` and `env`: `<workload>-0` and so on, or the workload's
 * own where it has one instance. In a file it stands for nothing: pass it as a variable to programs
 * that expand those.
 */
export const instanceName = '$(INSTANCE_NAME)';

/** A ServiceAccount of its own that may do nothing, unless something is added here. */
export interface ServiceAccountSpec {
  /**
   * Annotations that tie it to an identity of the cloud, e.g. `eks.amazonaws.com/role-arn` or
   * `iam.gke.io/gcp-service-account`. These bring tokens of their own. @default none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels of its pods, e.g. `azure.workload.identity/use: 'true'`. @default none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Token for the API of Kubernetes in its containers; it allows nothing by itself. @default false */
  readonly apiToken?: boolean;
}

export interface ConfigFile {
  /** Absolute path inside the container. */
  readonly path: string;
  readonly content: pulumi.Input<string>;
  /** Kept out of plain text: encrypted in state, a Secret on Kubernetes. @default false */
  readonly secret?: boolean;
}

export interface Volume {
  readonly name: string;
  /** Absolute path inside the container. */
  readonly path: string;
  /** Size in MiB (a request to the cluster; Docker volumes have no limit). */
  readonly sizeMiB: number;
  /**
   * Directory of an image whose owner and mode a new volume takes, where the workload's own image has none
   * that its user may write to. Docker alone: Kubernetes gives a volume to the group of the pod.
   * @default the directory `path` of the workload's image
   */
  readonly ownedLike?: { readonly image: Image; readonly path: string };
}

export interface Port {
  readonly name: string;
  /** 1 to 65535, inside the container. */
  readonly number: number;
  /**
   * Port on the loopback interface of the machine (Docker). On Kubernetes people come through
   * `kubectl port-forward` or an ingress. @default not reachable from outside the network
   */
  readonly publish?: number;
  /** UDP as well as TCP, as gossip needs. Only TCP is published. @default false */
  readonly udp?: boolean;
}

/** An HTTP GET that answers 2xx when all is well. */
export interface Probe {
  /** Name of one of the ports. */
  readonly port: string;
  readonly path: string;
  /** How long it may take to become ready, in seconds. @default 60 */
  readonly deadlineSeconds?: number;
}

export interface Resources {
  /** Limit, in MiB. The kernel ends a container that takes more. */
  readonly memoryMiB: number;
  /** Limit, in cores (0.5 = half a core). */
  readonly cpus: number;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Only what the Pod Security Standard `restricted` allows to add. */
export const allowedCapabilities = ['NET_BIND_SERVICE'] as const;
export type Capability = (typeof allowedCapabilities)[number];

/**
 * - `hostMetrics`: the machine's network namespace, and its root file system read-only at /host.
 * - `containerStats`: cgroups, machine facts and the container engine's API, to tell containers
 *   apart.
 * - `containerLogs`: the log files of all containers, read-only, where `Platform.containerLogs`
 *   says. No API.
 */
export const hostAccesses = ['hostMetrics', 'containerStats', 'containerLogs'] as const;
export type HostAccess = (typeof hostAccesses)[number];

/** How the containers' log files lie on a machine, for who has the host access `containerLogs`. */
export interface ContainerLogs {
  /** Pattern of the paths, in the container as on the machine. */
  readonly files: string;
  /**
   * - `docker`: JSON objects with `log`, `time` and, from containers with the log option `tag`,
   *   `attrs.tag`: their name. https://docs.docker.com/engine/logging/drivers/json-file/
   * - `cri`: `<time> <stream> <F or P> <text>`; the container's name is in the path.
   *   https://kubernetes.io/docs/concepts/cluster-administration/logging/
   */
  readonly format: 'docker' | 'cri';
}

/**
 * A deployed workload, seen from others. Plain data: configuration is built from it before anything
 * runs. The platform knows its resources and when it is ready.
 */
export interface Endpoint {
  readonly name: string;
  /** DNS name by which other workloads reach it: any instance, where it has several. */
  readonly host: string;
  /** DNS name of each instance, in order. Empty when only DNS knows them (`discovery: 'dns'`). */
  readonly instances: readonly string[];
  readonly ports: readonly Port[];
  /** `dns`: the name resolves to an address for each instance; `static`: `instances` has them. */
  readonly discovery: 'static' | 'dns';
  /** True when it listens on the machine's own network. */
  readonly onHostNetwork: boolean;
  /** Readiness probe, as declared. */
  readonly readiness?: Probe;
  /** Where a person on this machine opens it. Undefined when no port is published. */
  readonly url?: string;
  /** Endpoints of its companions by name. @default none */
  readonly companions?: Readonly<Record<string, Endpoint>>;
}

/** Somebody outside this stack whom a workload connects to, e.g. AudiFi's API or the internet. */
export interface External {
  readonly external: string;
  /** TCP ports, 1 to 65535. */
  readonly ports: readonly number[];
  /** Where it is. @default anywhere */
  readonly peers?: readonly Peer[];
}

/** Somebody outside this stack who may connect to a workload. On Docker the network decides. */
export interface ExternalClient {
  /** Who, in words. */
  readonly external: string;
  /** Names of ports of the workload or of its companions. */
  readonly ports: readonly string[];
  /** Where it is; one of these is enough. Everywhere is `0.0.0.0/0` and `::/0`. */
  readonly peers: readonly Peer[];
}

/** Pods of one namespace, or a range of addresses. */
export type Peer = PodPeer | CidrPeer;

export interface PodPeer {
  readonly namespace: string;
  /** Labels that its pods have. @default all pods of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/**
 * Addresses outside the cluster. Whether a range also covers pods and nodes depends on the network
 * plugin (Cilium: it does not); name those by their namespace.
 */
export interface CidrPeer {
  /** IPv4 or IPv6, e.g. `10.0.0.0/8`. */
  readonly cidr: string;
  /** Ranges inside it that are left out. @default none */
  readonly except?: readonly string[];
}

export type Connection = Endpoint | External;

export function isExternal(connection: Connection): connection is External {
  return 'external' in connection;
}

export function isCidr(peer: Peer): peer is CidrPeer {
  return 'cidr' in peer;
}

/** `host:port` of an endpoint's port. Throws when the port was never declared. */
export function address(endpoint: Endpoint, portName: string): string {
  return `${endpoint.host}:${portNumber(endpoint, portName)}`;
}

/**
 * `host:port` of every instance. Throws when the port was never declared, and for an endpoint whose
 * instances only DNS knows.
 */
export function addresses(endpoint: Endpoint, portName: string): string[] {
  if (endpoint.discovery === 'dns') {
    throw new Error(`the instances of ${endpoint.name} are known to DNS alone`);
  }
  const port = portNumber(endpoint, portName);
  return endpoint.instances.map((host) => `${host}:${port}`);
}

/** The endpoint of a companion. Throws when there is none of this name. */
export function companion(endpoint: Endpoint, name: string): Endpoint {
  const found = endpoint.companions?.[name];
  if (found === undefined) throw new Error(`${endpoint.name} has no companion "${name}"`);
  return found;
}

/** Number of an endpoint's port. Throws when the port was never declared. */
export function portNumber(
  { name, ports }: Pick<Endpoint, 'name' | 'ports'>,
  portName: string,
): number {
  const port = ports.find((p) => p.name === portName);
  if (port === undefined) throw new Error(`${name} has no port "${portName}"`);
  return port.number;
}
