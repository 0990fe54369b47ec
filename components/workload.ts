import type * as pulumi from '@pulumi/pulumi';
import type { ClusterReads } from './cluster-reads';
import type { Discovery } from './discovery';
import type { Image } from './images';

/**
 * Platform-independent description of a workload. A platform (platform/docker.ts,
 * platform/kubernetes.ts) runs it. Based on the Score specification (https://docs.score.dev), with
 * additions for production: connections, host access, replicas and companions. The structure is
 * plain data, so that it can be validated before anything is provisioned. Only leaves (file
 * content, env values, args) can be outputs, and thereby secrets.
 */
export interface Workload extends ContainerSpec {
  /** DNS label. Other workloads reach it by this name. */
  readonly name: string;
  /** Data that survives replacement, upgrade and `destroy`. Each instance has its own. */
  readonly volumes?: readonly Volume[];
  /**
   * Volumes of other workloads that it also mounts, e.g. an object store that is a directory.
   * Only on one machine: Kubernetes refuses them. @default none
   */
  readonly sharedVolumes?: readonly SharedVolume[];
  /** Numeric, so that `runAsNonRoot` can be verified. Companions run as the same user. */
  readonly user: User;
  /** Access to the host, by name. A workload with host access is privileged. */
  readonly host?: readonly HostAccess[];
  /** Everything it connects to. On Kubernetes, undeclared connections are blocked. */
  readonly connectsTo?: readonly Connection[];
  /** External peers that may connect to it. @default none */
  readonly acceptsFrom?: readonly ExternalClient[];
  /**
   * A page for people, at a host name of their own. Kubernetes only. The peers that bring them must
   * also be in `acceptsFrom`. @default none
   */
  readonly page?: Page;
  /**
   * Targets that it discovers by itself. If that needs the Kubernetes API, its own container (but
   * no companion) gets a token, the right to read only these targets, and network access to them.
   * @default none
   */
  readonly discovers?: readonly Discovery[];
  /**
   * Objects of the Kubernetes cluster that it lists and watches. Its own container (but no
   * companion) gets a token, the right to read only these objects, and network access to the API
   * server. Docker refuses it. @default none
   */
  readonly readsCluster?: ClusterReads;
  /** `perNode` runs one on each machine. @default 'single' */
  readonly placement?: 'single' | 'perNode';
  /**
   * Number of instances, each with its own name (`<name>-0`, `<name>-1`, …) and its own volumes.
   *
   * - Kubernetes: a StatefulSet with a headless Service, spread over nodes and zones; a
   *   PodDisruptionBudget lets a drain take one at a time.
   * - Docker: one container per instance. Only `<name>-0` publishes ports and is probed.
   *
   * Scaling from one to several instances, or back, keeps the volumes of the first. @default 1
   */
  readonly replicas?: number;
  /** Ports between instances, e.g. for gossip: its own or its companions'. @default none */
  readonly clusterPorts?: readonly string[];
  /**
   * Whether a client stays with one of several instances while that is ready. On Docker the name
   * resolves to all instances, and each client chooses. @default false: each connection may go to
   * another one
   */
  readonly stickyClients?: boolean;
  /**
   * Whether the instances' names resolve before they are ready. Cluster members that become ready
   * only after they found each other need this. On Docker they always resolve. @default false
   */
  readonly publishNotReadyAddresses?: boolean;
  /** Containers that run next to each instance and can share its volumes. @default none */
  readonly companions?: readonly Companion[];
  /** Its identity for Kubernetes and the cloud provider. Not used on Docker. */
  readonly serviceAccount?: ServiceAccountSpec;
  /** Grace period in seconds between SIGTERM and SIGKILL. @default 30 */
  readonly stopSeconds?: number;
}

/** A way in from outside, through the cluster's ingress controller or a gateway. */
export interface Page {
  /** Name of one of the ports. */
  readonly port: string;
  readonly host: string;
  /** Prefix of the paths. */
  readonly path: string;
  readonly by: IngressPage | GatewayPage;
}

export interface IngressPage {
  readonly kind: 'ingress';
  /** Class of the ingress controller. @default the cluster's */
  readonly className?: string;
  /**
   * Secret with the certificate, in the workload's namespace. @default none: the controller's own
   */
  readonly tlsSecret?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A route of an existing Gateway, which has the certificate. */
export interface GatewayPage {
  readonly kind: 'gateway';
  readonly name: string;
  readonly namespace: string;
  /** Listener of the Gateway. @default all that have the host */
  readonly listener?: string;
}

/** One container and its limits. */
export interface ContainerSpec {
  readonly image: Image;
  /** Replaces the image's own entrypoint; `args` follow it. @default the image's */
  readonly command?: readonly string[];
  /**
   * Arguments to the entrypoint. Visible in `docker inspect`, so never use secrets.
   * They can contain `instanceName` and `Platform.siblingHost`.
   */
  readonly args?: readonly pulumi.Input<string>[];
  /** Environment. Like `args`, it is visible and can contain the same placeholders. */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Mounted read-only, the same for each instance. Secrets belong here. */
  readonly files?: readonly ConfigFile[];
  /** Directories for temporary data (tmpfs, lost on restart). @default none */
  readonly scratch?: readonly string[];
  readonly ports?: readonly Port[];
  /** Readiness probe. */
  readonly readiness?: Probe;
  /** Liveness probe (Kubernetes). @default none */
  readonly liveness?: Probe;
  readonly resources: Resources;
  /**
   * Capabilities that the container keeps; all others are dropped. A binary with a file capability
   * cannot be executed without that capability. @default none
   */
  readonly capabilities?: readonly Capability[];
}

/**
 * A sidecar: one for each instance, with the workload's user.
 *
 * On Kubernetes it is in the same pod, so port names and numbers must differ from its siblings'. On
 * Docker it is a container of its own in the stack's network: sharing the network namespace
 * (`networkMode: container:…`) would cut it off whenever its sibling restarts. Either way it is at
 * `Platform.siblingHost`, so it has to listen on all interfaces and not on the loopback alone.
 */
export interface Companion extends ContainerSpec {
  /** DNS label of at most 30 characters. Others find its endpoint under this name. */
  readonly name: string;
  /** Volumes of the workload that it also mounts. @default none */
  readonly mounts?: readonly VolumeMount[];
}

/** A volume that another workload declares, and that its first instance has. */
export interface SharedVolume {
  /** DNS label under which companions mount it. Differs from the names of the own volumes. */
  readonly name: string;
  /** The workload that declares it. It has to be deployed before. */
  readonly of: Endpoint;
  /** Name of the volume there. */
  readonly volume: string;
  /** Absolute path in the workload's own container. @default mounted by companions only */
  readonly path?: string;
}

export interface VolumeMount {
  /** Name of one of the workload's volumes or shared volumes. */
  readonly volume: string;
  /** Absolute path inside the container. */
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/**
 * Placeholder for the instance's name in `args` and `env`: `<workload>-0` and so on, or the
 * workload's name if it has one instance. It is not substituted in files: use an environment
 * variable for programs that expand variables.
 */
export const instanceName = '$(INSTANCE_NAME)';

/** Its own ServiceAccount, without any rights unless added here. */
export interface ServiceAccountSpec {
  /**
   * Annotations that bind it to a cloud identity, e.g. `eks.amazonaws.com/role-arn` or
   * `iam.gke.io/gcp-service-account`. These use their own tokens. @default none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels of its pods, e.g. `azure.workload.identity/use: 'true'`. @default none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Mount a token for the Kubernetes API, which has no rights by itself. @default false */
  readonly apiToken?: boolean;
}

export interface ConfigFile {
  /** Absolute path inside the container. */
  readonly path: string;
  readonly content: pulumi.Input<string>;
  /** Encrypt it in the state, and use a Secret on Kubernetes. @default false */
  readonly secret?: boolean;
}

export interface Volume {
  readonly name: string;
  /** Absolute path inside the container. */
  readonly path: string;
  /** Size in MiB (the claim's request on Kubernetes; Docker volumes have no limit). */
  readonly sizeMiB: number;
  /**
   * Image directory whose owner and mode a new volume gets, if the workload's own image has no
   * directory that its user can write to. Docker only: Kubernetes uses the pod's fsGroup.
   * @default the directory `path` of the workload's image
   */
  readonly ownedLike?: { readonly image: Image; readonly path: string };
}

export interface Port {
  readonly name: string;
  /** 1 to 65535, inside the container. */
  readonly number: number;
  /**
   * Port on the loopback interface of the machine (Docker). On Kubernetes, use
   * `kubectl port-forward` or an ingress. @default not published
   */
  readonly publish?: number;
  /** Also use UDP, e.g. for gossip. Only TCP is published. @default false */
  readonly udp?: boolean;
  /** Only other instances of the workload may connect (`clusterPorts`). @default false */
  readonly membersOnly?: boolean;
}

/** An HTTP GET that returns 2xx if the container is healthy. */
export interface Probe {
  /** Name of one of the ports. */
  readonly port: string;
  readonly path: string;
  /** Time until it has to be ready, in seconds. @default 60 */
  readonly deadlineSeconds?: number;
}

export interface Resources {
  /** Limit in MiB. The kernel kills a container that uses more. */
  readonly memoryMiB: number;
  /** Limit, in cores (0.5 = half a core). */
  readonly cpus: number;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Only capabilities that the Pod Security Standard `restricted` allows to add. */
export const allowedCapabilities = ['NET_BIND_SERVICE'] as const;
export type Capability = (typeof allowedCapabilities)[number];

/**
 * - `hostMetrics`: the machine's network namespace, and its root file system read-only at /host.
 * - `containerStats`: cgroups, machine information and the container engine's API, to identify
 *   containers.
 * - `containerLogs`: the log files of all containers, read-only, where `Platform.containerLogs`
 *   says. No API.
 */
export const hostAccesses = ['hostMetrics', 'containerStats', 'containerLogs'] as const;
export type HostAccess = (typeof hostAccesses)[number];

/** Location and format of the container logs, for workloads with host access `containerLogs`. */
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
 * A deployed workload, as other workloads see it. Plain data, so that configuration can be built
 * from it before anything runs. The platform knows its resources and readiness.
 */
export interface Endpoint {
  readonly name: string;
  /** DNS name for other workloads. It resolves to any of the instances. */
  readonly host: string;
  /** DNS name of each instance, in order. Empty with `discovery: 'dns'`. */
  readonly instances: readonly string[];
  readonly ports: readonly Port[];
  /** `dns`: the name resolves to all instances. `static`: `instances` lists them. */
  readonly discovery: 'static' | 'dns';
  /** True if it uses the host network. */
  readonly onHostNetwork: boolean;
  /** Readiness probe, as declared. */
  readonly readiness?: Probe;
  /** URL on this machine. Undefined if no port is published. */
  readonly url?: string;
  /** Endpoints of its companions by name. @default none */
  readonly companions?: Readonly<Record<string, Endpoint>>;
}

/** An external peer that a workload connects to, e.g. AudiFi's API or the internet. */
export interface External {
  readonly external: string;
  /** TCP ports, 1 to 65535; `all` if only DNS knows them (SRV records). */
  readonly ports: readonly number[] | 'all';
  /** Its addresses. @default any */
  readonly peers?: readonly Peer[];
}

/** An external peer that may connect to a workload. Not enforced on Docker. */
export interface ExternalClient {
  /** Description of the peer. */
  readonly external: string;
  /** Names of ports of the workload or of its companions. */
  readonly ports: readonly string[];
  /** Its addresses; one match is enough. Everybody is `0.0.0.0/0` and `::/0`. */
  readonly peers: readonly Peer[];
}

/** Pods of one namespace, or an address range. */
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
  /** Excluded ranges inside it. @default none */
  readonly except?: readonly string[];
}

export type Connection = Endpoint | External;

export function isExternal(connection: Connection): connection is External {
  return 'external' in connection;
}

export function isCidr(peer: Peer): peer is CidrPeer {
  return 'cidr' in peer;
}

/** `host:port` of an endpoint's port. Throws if the port is not declared. */
export function address(endpoint: Endpoint, portName: string): string {
  return `${endpoint.host}:${portNumber(endpoint, portName)}`;
}

/**
 * `host:port` of every instance. Throws if the port is not declared, or if only DNS knows the
 * instances.
 */
export function addresses(endpoint: Endpoint, portName: string): string[] {
  if (endpoint.discovery === 'dns') {
    throw new Error(`the instances of ${endpoint.name} are known only through DNS`);
  }
  const port = portNumber(endpoint, portName);
  return endpoint.instances.map((host) => `${host}:${port}`);
}

/** The endpoint of a companion. Throws if it does not exist. */
export function companion(endpoint: Endpoint, name: string): Endpoint {
  const found = endpoint.companions?.[name];
  if (found === undefined) throw new Error(`${endpoint.name} has no companion "${name}"`);
  return found;
}

/** Number of an endpoint's port. Throws if the port is not declared. */
export function portNumber(
  { name, ports }: Pick<Endpoint, 'name' | 'ports'>,
  portName: string,
): number {
  const port = ports.find((p) => p.name === portName);
  if (port === undefined) throw new Error(`${name} has no port "${portName}"`);
  return port.number;
}
