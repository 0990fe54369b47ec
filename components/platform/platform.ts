import type * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import type { ContainerLogs, Endpoint, Workload } from '../workload';

/**
 * Where workloads run. Two realisations, docker.ts and kubernetes.ts, take the same description;
 * components know only this interface and hold no `if (platform …)`.
 */
export interface Platform {
  /**
   * Runs a workload.
   *
   * Throws (before any resource is registered) when the description is unsound, and when it would
   * take a name or a volume that another workload has.
   *
   * @param workload what to run
   * @param opts.parent the component that the resources belong to
   */
  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint;

  /**
   * Resolves once a deployed workload is provisioned and, where it can be probed from here, ready.
   *
   * Throws for an endpoint that this platform did not deploy.
   */
  ready(endpoint: Endpoint): pulumi.Output<boolean>;

  /**
   * Lets a workload talk to others that were deployed after it, and that know of it themselves.
   * Whoever can name them in `connectsTo` does so instead.
   */
  connect(
    from: Endpoint,
    to: readonly Endpoint[],
    opts: { readonly parent: pulumi.Resource },
  ): void;

  /**
   * Host at which a container of a workload finds another one of the same instance: `localhost` in
   * a pod, a name of its own in a Docker network. For `args` and `env` only, as it may hold
   * `instanceName`.
   *
   * @param companion name of the companion to reach. @default the workload's own container
   * @example `--prometheus.url=http://${platform.siblingHost()}:9090`
   */
  siblingHost(companion?: string): string;

  /**
   * How the instances of a workload are found at one of its ports, each with the labels that tell
   * what it is: `node`, `container` and, where there are such, `namespace` and `pod`. Also for a
   * workload without host access that is yet to be deployed.
   *
   * Throws when the port was never declared.
   */
  discover(endpoint: Pick<Endpoint, 'name' | 'instances' | 'ports'>, port: string): Discovery;

  /** Where the platform itself measures its containers. Undefined: a workload has to. */
  readonly containerMetrics?: Discovery;

  /** Name of the machine that a workload on each machine is on. For its `args` and `env` only. */
  readonly nodeName: string;

  /**
   * Address that a workload with the host access `hostMetrics` has to listen on, so that the stack
   * reaches it and the world outside the machine does not.
   */
  readonly hostListenAddress: pulumi.Input<string>;

  /** Where a workload with the host access `containerLogs` finds the log files. */
  readonly containerLogs: ContainerLogs;

  /** Are several machines watched, so that Prometheus can outlive one of them and tell? */
  readonly manyHosts: boolean;

  /** Does a volume have the size that its workload asks for? */
  readonly sizedVolumes: boolean;
}
