import type * as pulumi from '@pulumi/pulumi';
import type { Image } from './images';

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

export interface ConfigFile {
  /** Absolute path inside the container. */
  readonly path: string;
  readonly content: pulumi.Input<string>;
  /** Encrypt it in the state, and use a Secret on Kubernetes. @default false */
  readonly secret?: boolean;
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

/** Only capabilities that the Pod Security Standard `restricted` allows to add. */
export const allowedCapabilities = ['NET_BIND_SERVICE'] as const;
export type Capability = (typeof allowedCapabilities)[number];
