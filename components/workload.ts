import type { ClusterReads } from './cluster-reads';
import type { Discovery } from './discovery';
import type { Image } from './images';
import type { Connection, Endpoint, ExternalClient } from './workload-connections';
import type { ContainerSpec, VolumeMount } from './workload-container';

export * from './workload-connections';
export * from './workload-container';

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
   * Docker only: the Kubernetes platform rejects them. @default none
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
   * A web page for people, at its own host name. Kubernetes only. The pods of the ingress
   * controller or gateway must also be in `acceptsFrom`.
   * @default none
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
   * server. The Docker platform rejects it. @default none
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
   * Whether a client stays with one of several instances while it is ready. On Docker the name
   * resolves to all instances, and each client chooses. @default false: each connection may go to
   * another one
   */
  readonly stickyClients?: boolean;
  /**
   * Whether instances' names resolve before the instances are ready. Cluster members that become
   * ready only after they have found each other need this. On Docker, names always resolve.
   * @default false
   */
  readonly publishNotReadyAddresses?: boolean;
  /** Containers that run next to each instance and can share its volumes. @default none */
  readonly companions?: readonly Companion[];
  /** Its identity for Kubernetes and the cloud provider. Not used on Docker. */
  readonly serviceAccount?: ServiceAccountSpec;
  /** Grace period in seconds between SIGTERM and SIGKILL. @default 30 */
  readonly stopSeconds?: number;
}

/** Access from outside, through the cluster's ingress controller or a gateway. */
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
  /** Listener of the Gateway. @default all listeners for the host */
  readonly listener?: string;
}

/**
 * A sidecar: one for each instance, with the workload's user.
 *
 * On Kubernetes it is in the same pod, so port names and numbers must differ from its siblings'. On
 * Docker it is a container of its own on the stack's network: sharing the network namespace
 * (`networkMode: container:…`) would cut it off whenever its sibling restarts. Either way it is at
 * `Platform.siblingHost`, so it has to listen on all interfaces and not on the loopback alone.
 */
export interface Companion extends ContainerSpec {
  /** DNS label of at most 30 characters. Others find its endpoint under this name. */
  readonly name: string;
  /** Volumes of the workload that it also mounts. @default none */
  readonly mounts?: readonly VolumeMount[];
}

/** A volume of the first instance of another workload. */
export interface SharedVolume {
  /** DNS label under which companions mount it. Must differ from the names of its own volumes. */
  readonly name: string;
  /** The workload that declares it. It has to be deployed before. */
  readonly of: Endpoint;
  /** Name of the volume there. */
  readonly volume: string;
  /** Absolute path in the workload's own container. @default mounted by companions only */
  readonly path?: string;
}

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

export interface User {
  readonly uid: number;
  readonly gid: number;
}

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
