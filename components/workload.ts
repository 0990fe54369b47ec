import type * as pulumi from '@pulumi/pulumi';
import type { Discovery } from './discovery';
import type { Image } from './images';

/**
 * A workload says once what to run; a platform (platform/docker.ts, platform/kubernetes.ts) says how.
 * The shape is the Score specification's workload (https://docs.score.dev) and two things of ours:
 * `connectsTo` and `host`. Structure is plain data, so that it is checked before anything is
 * provisioned; only leaves (file content, env values, args) may be outputs and thereby secrets.
 */
export interface Workload {
  /** DNS label. Others reach the workload by this name. */
  readonly name: string;
  readonly image: Image;
  /** Replaces the image's own entrypoint; `args` follow it. @default the image's */
  readonly command?: readonly string[];
  /** Arguments to the entrypoint. Visible to everyone who may inspect the container: never a secret. */
  readonly args?: readonly pulumi.Input<string>[];
  /** Environment. Visible like `args`: never a secret. */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Mounted read-only. Secrets belong here. */
  readonly files?: readonly ConfigFile[];
  /** Data that survives replacement, upgrade and `destroy`. With `perNode`, each machine has its own. */
  readonly volumes?: readonly Volume[];
  /** Directories to write scratch data to (memory-backed, gone on restart). @default none */
  readonly scratch?: readonly string[];
  readonly ports?: readonly Port[];
  /** When the workload can serve. */
  readonly readiness?: Probe;
  /** When it has to be restarted (Kubernetes). @default none */
  readonly liveness?: Probe;
  readonly resources: Resources;
  /** Numeric, so that `runAsNonRoot` can be verified. */
  readonly user: User;
  /**
   * Capabilities that the process may take up; all others are dropped. A file that has one cannot be executed
   * without it. @default none
   */
  readonly capabilities?: readonly Capability[];
  /** What it needs of the machine below it, by name. Whoever has one of these is privileged. */
  readonly host?: readonly HostAccess[];
  /** Everyone it talks to. What is not declared here does not work on Kubernetes. */
  readonly connectsTo?: readonly Connection[];
  /**
   * Targets that it finds by itself. Where that means asking the platform's API (Kubernetes), it gets an identity there and the
   * right to read these, and no other workload has one. @default none
   */
  readonly discovers?: readonly Discovery[];
  /** `perNode` runs one on each machine. @default 'single' */
  readonly placement?: 'single' | 'perNode';
  /** Seconds between the request to stop and the kill. @default 30 */
  readonly stopSeconds?: number;
}

export interface ConfigFile {
  /** Absolute path inside the container. */
  readonly path: string;
  readonly content: pulumi.Input<string>;
  /** Kept out of plain text everywhere: encrypted in state, a Secret on Kubernetes. @default false */
  readonly secret?: boolean;
}

export interface Volume {
  readonly name: string;
  /** Absolute path inside the container. */
  readonly path: string;
  /** Size in MiB (a request to the cluster; Docker volumes have no limit). */
  readonly sizeMiB: number;
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
 * - `containerStats`: cgroups, machine facts and the container engine's API, to tell containers apart.
 * - `containerLogs`: the log files of all containers, read-only, where `Platform.containerLogs` says. No API.
 */
export const hostAccesses = ['hostMetrics', 'containerStats', 'containerLogs'] as const;
export type HostAccess = (typeof hostAccesses)[number];

/** How the log files of a machine's containers lie there, for who has the host access `containerLogs`. */
export interface ContainerLogs {
  /** Pattern of the paths, in the container as on the machine. */
  readonly files: string;
  /**
   * - `docker`: JSON objects with `log`, `time` and, from containers with the log option `tag`, `attrs.tag`: their name.
   *   https://docs.docker.com/engine/logging/drivers/json-file/
   * - `cri`: `<time> <stream> <F or P> <text>`; the container's name is in the path.
   *   https://kubernetes.io/docs/concepts/cluster-administration/logging/
   */
  readonly format: 'docker' | 'cri';
}

/** A deployed workload, seen from others. Plain data: configuration is built from it before anything runs. */
export interface Endpoint {
  readonly name: string;
  /** DNS name by which other workloads reach it. */
  readonly host: string;
  readonly ports: readonly Port[];
  /** `dns`: the name resolves to one address for each instance; `static`: to one address. */
  readonly discovery: 'static' | 'dns';
  /** True when it listens on the machine's own network. */
  readonly onHostNetwork: boolean;
  /** Readiness probe, as declared. */
  readonly readiness?: Probe;
  /** Where a person on this machine opens it. Undefined when no port is published. */
  readonly url?: string;
  /** Resolves once it is provisioned and, where it can be probed from here, ready. */
  readonly ready: pulumi.Output<boolean>;
  /** Resources that have to exist before anyone talks to it. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Somebody outside this stack, e.g. AudiFi's own services or the internet. */
export interface External {
  readonly external: string;
  /** TCP ports, 1 to 65535. */
  readonly ports: readonly number[];
  /** Kubernetes namespace that it lives in. @default anywhere */
  readonly namespace?: string;
}

export type Connection = Endpoint | External;

export function isExternal(connection: Connection): connection is External {
  return 'external' in connection;
}

/** `host:port` of an endpoint's port. Throws when the port was never declared. */
export function address(
  endpoint: Pick<Endpoint, 'name' | 'host' | 'ports'>,
  portName: string,
): string {
  return `${endpoint.host}:${portNumber(endpoint, portName)}`;
}

/** Number of an endpoint's port. Throws when the port was never declared. */
export function portNumber(endpoint: Pick<Endpoint, 'name' | 'ports'>, portName: string): number {
  const port = endpoint.ports.find((p) => p.name === portName);
  if (port === undefined) {
    throw new Error(`${endpoint.name} has no port "${portName}"`);
  }
  return port.number;
}
