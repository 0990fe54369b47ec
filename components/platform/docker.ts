import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import { assertValid } from '../workload-validation';
import {
  type ContainerLogs,
  type Endpoint,
  instanceName,
  isExternal,
  portNumber,
  type Workload,
} from '../workload';
import { dockerContainers, dockerRoot } from './docker-arguments';
import { containerArgs, filesArgs } from './docker-container';
import { Images } from './docker-images';
import { claims, endpointOf, Names } from './docker-names';
import { existingNetwork, gatewayOf, type Gateways, ownNetwork } from './docker-network';
import { whenReady } from './docker-ready';
import { volumeOwner, volumesOf } from './docker-volumes';
import { type Instance, instancesOf, Owners, type Part, partName, partsOf } from './instances';
import type { Platform } from './platform';
import type { WaitUntilReady } from './readiness';

export interface DockerPlatformArgs {
  /** Stack name; part of every name and label, so that several stacks share a machine. */
  readonly stack: string;
  /**
   * Existing Docker network to join, so that its containers are reachable by name.
   * @default a network of its own, `audifi-<stack>`
   */
  readonly joinNetwork?: string;
  /** DNS names of the stack's services, which must be free in a joined network. @default none */
  readonly services?: readonly string[];
  /** Docker's data root, from `docker info`. @default `/var/lib/docker` */
  readonly dockerRoot?: string;
  /** How to probe a published port once its container runs. */
  readonly waitUntilReady: WaitUntilReady;
  /** Transform of a container's arguments. @default none */
  readonly transform?: (name: string, args: docker.ContainerArgs) => docker.ContainerArgs;
}

/** The resources of a workload. */
interface Made {
  readonly containers: readonly docker.Container[];
  /** Volumes of the first instance, by name. */
  readonly volumes: ReadonlyMap<string, docker.Volume>;
  readonly ready: pulumi.Output<boolean>;
}

/**
 * Runs workloads as containers on one Docker engine.
 *
 * Provisions one network (unless it joins an existing one), and for each workload its image, one
 * Docker volume per declared volume (kept by `destroy`), a never-started container with the config
 * files, another one that sets the owner of a volume if the image cannot, and the container itself:
 * non-root, read-only root, no capabilities, loopback ports, limits, log rotation, restart policy.
 *
 * With replicas, each instance is a container `audifi-<stack>-<name>-0` and so on, with its own
 * volumes and files. On the network each instance has its own name, `<name>-0`. The shared name
 * `<name>` resolves to the addresses of all instances. Only the first instance publishes ports and
 * is probed; the others count as ready when they run. A companion is also a container,
 * `audifi-<stack>-<name>-<companion>`, and starts after the workload's own.
 *
 * `acceptsFrom`, `clusterPorts` and `serviceAccount` have no effect here: all containers on the
 * network can reach each other.
 *
 * Upstream: https://www.pulumi.com/registry/packages/docker/api-docs/container/
 */
export class DockerPlatform extends pulumi.ComponentResource implements Platform {
  readonly containerLogs: ContainerLogs = {
    files: `${dockerContainers}/*/*-json.log`,
    format: 'docker',
  };
  /** One engine is one machine. Its real name is not part of the stack. */
  readonly nodeName = 'docker-host';
  readonly manyHosts = false;
  readonly sizedVolumes = false;
  private readonly network: pulumi.Output<string>;
  private readonly gateway: pulumi.Output<Gateways>;
  private hostAddress: pulumi.Output<string> | undefined;
  private readonly names: Names;
  private readonly images = new Images(this);
  private readonly deployed = new Map<string, Made>();
  private readonly owners = new Owners();

  constructor(
    name: string,
    private readonly args: DockerPlatformArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:platform:Docker', name, {}, opts);
    this.names = new Names(args.stack);
    const joined =
      args.joinNetwork === undefined
        ? ownNetwork(`${name}-network`, this.names, this)
        : existingNetwork(
            args.joinNetwork,
            { names: this.names, services: args.services ?? [] },
            this,
          );
    this.network = joined.id;
    this.gateway = joined.gateway;
    this.registerOutputs({ network: this.network });
  }

  /**
   * Containers reach a container on the host network at their gateway: an address of this machine
   * that only its containers can route to, unlike 0.0.0.0. A network without a gateway is an error
   * only for workloads that use this.
   */
  get hostListenAddress(): pulumi.Output<string> {
    this.hostAddress ??= this.gateway.apply(gatewayOf);
    return this.hostAddress;
  }

  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint {
    assertValid(workload);
    this.assertFits(workload);
    const child: pulumi.CustomResourceOptions = { parent: opts.parent };
    const parts = partsOf(workload).map((part) => ({
      ...part,
      image: this.images.of(partName(workload.name, part), part.spec.image, child),
    }));
    const instances = instancesOf(workload).map((instance) => ({
      instance,
      volumes: volumesOf(workload, instance, this.names, child),
    }));
    const containers = instances.map(({ instance, volumes }, i) =>
      this.instance(workload, instance, parts, volumes, i === 0, child),
    );
    const endpoint = endpointOf(workload);
    const made: Made = {
      containers: containers.flat(),
      volumes: instances[0]?.volumes ?? new Map(),
      ready: whenReady(workload, containers, this.args.waitUntilReady),
    };
    this.deployed.set(workload.name, made);
    for (const { name } of Object.values(endpoint.companions ?? {})) this.deployed.set(name, made);
    return endpoint;
  }

  ready(endpoint: Endpoint): pulumi.Output<boolean> {
    const made = this.deployed.get(endpoint.name);
    if (made === undefined) throw new Error(`${endpoint.name} was not deployed by this platform`);
    return made.ready;
  }

  reach(endpoint: Endpoint): pulumi.Output<string> | undefined {
    const { url } = endpoint;
    return url === undefined ? undefined : this.ready(endpoint).apply(() => url);
  }

  siblingHost(companion?: string): string {
    return partName(instanceName, { companion });
  }

  instanceHosts(workload: Pick<Workload, 'name' | 'replicas'>): string[] {
    return instancesOf(workload).map(({ name }) => name);
  }

  /**
   * Label `container`: the container's name in the engine, cAdvisor and the log files. It contains
   * the DNS name. A target at `localhost` is the only instance of its workload.
   */
  discover(
    endpoint: Pick<Endpoint, 'name' | 'instances' | 'ports'>,
    portName: string,
    companion?: string,
  ): Discovery {
    const port = portNumber(endpoint, portName);
    return {
      by: 'addresses',
      targets: endpoint.instances.map((instance) => {
        const name = partName(instance === 'localhost' ? endpoint.name : instance, { companion });
        const host = companion === undefined ? instance : name;
        const labels = { node: this.nodeName, container: this.names.full(name) };
        return { address: `${host}:${port}`, labels };
      }),
    };
  }

  /** No-op: all containers on the network can reach each other. */
  connect(): void {
    // Nothing to provision.
  }

  /** Rejects a workload that conflicts with others, before anything is registered. */
  private assertFits(workload: Workload): void {
    const things = claims(workload);
    const problems = this.owners.problems(things);
    for (const connection of workload.connectsTo ?? []) {
      if (isExternal(connection) || this.deployed.has(connection.name)) continue;
      problems.push(`connects to "${connection.name}", which this platform has not deployed`);
    }
    for (const { of, volume } of workload.sharedVolumes ?? []) {
      if (this.deployed.get(of.name)?.volumes.has(volume) === true) continue;
      problems.push(`mounts the volume "${volume}" of "${of.name}", which has not been deployed`);
    }
    if (workload.readsCluster !== undefined) {
      problems.push('reads objects of a Kubernetes cluster, which Docker does not have');
    }
    if (problems.length > 0) {
      throw new Error(`workload "${workload.name}" on Docker: ${problems.join('; ')}`);
    }
    this.owners.take(workload.name, things);
  }

  /** Containers of one instance: the workload's own, then its companions'. */
  private instance(
    workload: Workload,
    instance: Instance,
    parts: readonly (Part & { readonly image: docker.RemoteImage })[],
    own: ReadonlyMap<string, docker.Volume>,
    first: boolean,
    child: pulumi.CustomResourceOptions,
  ): docker.Container[] {
    const shared = workload.sharedVolumes ?? [];
    const volumes = new Map([
      ...own,
      ...shared.flatMap(({ name, of, volume }): [string, docker.Volume][] => {
        const found = this.deployed.get(of.name)?.volumes.get(volume);
        return found === undefined ? [] : [[name, found]];
      }),
    ]);
    const connections = (workload.connectsTo ?? []).flatMap((c) => (isExternal(c) ? [] : [c]));
    const before = [...connections, ...shared.map(({ of }) => of)].flatMap(
      ({ name }) => this.deployed.get(name)?.containers ?? [],
    );
    const { names, images } = this;
    const owners = (workload.volumes ?? []).flatMap((volume) =>
      volumeOwner(instance, volume, volumes.get(volume.name), { names, images }, child),
    );
    const containers: docker.Container[] = [];
    for (const part of parts) {
      const name = partName(instance.name, part);
      const resource = partName(instance.resource, part);
      const common = { image: part.image.imageId, labels: names.labels(name) };
      const { files = [] } = part.spec;
      const args = containerArgs({
        ...common,
        dockerRoot: this.args.dockerRoot ?? dockerRoot,
        workload,
        part,
        instance: instance.name,
        name: names.full(name),
        files:
          files.length === 0
            ? undefined
            : new docker.Container(
                `${resource}-files`,
                filesArgs(files, workload.user, {
                  ...common,
                  name: names.full(`${name}-files`),
                }),
                child,
              ),
        volumes,
        network: this.network,
        aliases: [...new Set([name, partName(workload.name, part)])],
        hosts: connections
          .filter((endpoint) => endpoint.onHostNetwork)
          .map((endpoint) => ({ host: endpoint.host, ip: this.hostListenAddress })),
        publish: first,
      });
      containers.push(
        new docker.Container(resource, this.args.transform?.(name, args) ?? args, {
          ...child,
          // The provider plans a change of these as an update, but does not change the container.
          replaceOnChanges: ['mounts', 'tmpfs'],
          deleteBeforeReplace: true,
          // A new volume gets its owner from the first container that mounts it.
          dependsOn: [...before, ...owners, ...containers.slice(0, 1)],
        }),
      );
    }
    return containers;
  }
}
