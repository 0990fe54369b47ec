import type * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import type { ContainerLogs, Endpoint, Workload } from '../workload';

/**
 * Runs workloads. The implementations docker.ts and kubernetes.ts accept the same description, and
 * components know only this interface, so they contain no `if (platform …)`.
 */
export interface Platform {
  /**
   * Runs a workload.
   *
   * Throws before any resource is registered if the description is invalid, or if another workload
   * already uses its name or a volume.
   *
   * @param workload what to run
   * @param opts.parent the component that the resources belong to
   */
  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint;

  /**
   * Resolves once a deployed workload is provisioned and, if it can be probed from here, ready.
   *
   * Throws for an endpoint that this platform did not deploy.
   */
  ready(endpoint: Endpoint): pulumi.Output<boolean>;

  /**
   * URL of a port for this program, once the workload is ready.
   *
   * - Docker: the published port. Undefined if it is not published.
   * - Kubernetes: a tunnel to the Service, opened with kubectl while this program runs. In a
   *   preview there is no tunnel behind the URL.
   *
   * @param localPort port of the tunnel on this machine: always the same, so that a second `up`
   *   changes nothing
   */
  reach(endpoint: Endpoint, port: string, localPort: number): pulumi.Output<string> | undefined;

  /**
   * Allows connections to workloads that are deployed later and depend on this one.
   * If possible, use `connectsTo` instead.
   */
  connect(
    from: Endpoint,
    to: readonly Endpoint[],
    opts: { readonly parent: pulumi.Resource },
  ): void;

  /**
   * Host name by which a container reaches another one of the same instance: `localhost` in
   * a pod, a DNS name on Docker. Only for `args` and `env`, because it can contain
   * `instanceName`.
   *
   * @param companion name of the companion to reach. @default the workload's own container
   * @example `--prometheus.url=http://${platform.siblingHost()}:9090`
   */
  siblingHost(companion?: string): string;

  /**
   * Host name of each instance of a workload that is not deployed yet, in order: for the arguments
   * by which the instances find each other.
   */
  instanceHosts(workload: Pick<Workload, 'name' | 'replicas'>): readonly string[];

  /**
   * How Prometheus discovers the instances of a workload at one of its ports, with the labels
   * `node` and `container` and, on Kubernetes, `namespace` and `pod`. Also works for a
   * workload without host access that is not deployed yet.
   *
   * Throws if the port is not declared.
   *
   * @param companion name of the companion whose port it is. @default the workload's own container
   */
  discover(
    endpoint: Pick<Endpoint, 'name' | 'instances' | 'ports'>,
    port: string,
    companion?: string,
  ): Discovery;

  /** The platform's own container metrics. Undefined: a workload has to provide them. */
  readonly containerMetrics?: Discovery;

  /** The platform's own metrics of volumes. Undefined: there are none. */
  readonly volumeMetrics?: Discovery;

  /**
   * Namespaces of the workloads that have been deployed so far, for workloads that read objects of
   * the cluster. Undefined: the platform has no namespaces.
   */
  readonly namespaces?: readonly string[];

  /** Node name of a workload that runs on every node. Only for its `args` and `env`. */
  readonly nodeName: string;

  /**
   * Address at which the other instances connect to an instance of a workload with `clusterPorts`.
   * Only for its `args` and `env`. Undefined: each instance detects its own address.
   */
  readonly instanceAddress?: string;

  /**
   * Listen address for a workload with the host access `hostMetrics`, so that the stack can reach
   * it but other machines cannot.
   */
  readonly hostListenAddress: pulumi.Input<string>;

  /** Location of the log files for a workload with the host access `containerLogs`. */
  readonly containerLogs: ContainerLogs;

  /** Whether there are several machines, so that Prometheus can detect the failure of one. */
  readonly manyHosts: boolean;

  /** Whether volumes are limited to the requested size. */
  readonly sizedVolumes: boolean;
}
