import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { imageRef } from '../images';
import type { Discovery } from '../discovery';
import { assertValid } from '../workload-validation';
import {
  address,
  type Connection,
  type ContainerLogs,
  type Endpoint,
  type HostAccess,
  isExternal,
  type Workload,
} from '../workload';
import {
  capabilitiesOf,
  cpusText,
  dockerContainers,
  gatewayOf,
  hostMounts,
  imageArgs,
} from './docker-arguments';
import { outermostDirectories } from './paths';
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
  /** How a published port is probed once its container runs. */
  readonly waitUntilReady: WaitUntilReady;
  /** Last word on a container's arguments, for what the workload cannot say. @default none */
  readonly transform?: (name: string, args: docker.ContainerArgs) => docker.ContainerArgs;
}

/**
 * Runs workloads as containers of one Docker engine.
 *
 * Provisions: one network (unless an existing one is joined), and for each workload its image, one
 * volume a declared volume (kept by `destroy`), one never-started container that carries the config
 * files, and the container itself: non-root, read-only root, no capabilities, loopback ports,
 * limits, bounded logs, restarted unless stopped by hand.
 *
 * Upstream: https://www.pulumi.com/registry/packages/docker/api-docs/container/
 */
export class DockerPlatform extends pulumi.ComponentResource implements Platform {
  readonly hostListenAddress: pulumi.Output<string>;
  readonly containerLogs: ContainerLogs = {
    files: `${dockerContainers}/*/*-json.log`,
    format: 'docker',
  };
  /** An engine is one machine, and its own name is no part of what a stack is. */
  readonly nodeName = 'docker-host';
  readonly manyHosts = false;
  readonly sizedVolumes = false;
  private readonly network: pulumi.Output<string>;
  /** Images that are built here, by reference. */
  private readonly built = new Map<string, docker.RemoteImage>();

  constructor(
    name: string,
    private readonly args: DockerPlatformArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:platform:Docker', name, {}, opts);
    const joined =
      args.joinNetwork === undefined ? this.ownNetwork(name) : this.existing(args.joinNetwork);
    this.network = joined.id;
    // A container on the network of the machine is reached by the others at their gateway: an
    // address of this machine that only its containers route to, unlike 0.0.0.0.
    this.hostListenAddress = joined.gateway;
    this.registerOutputs({ network: this.network });
  }

  deploy(workload: Workload, opts: { readonly parent: pulumi.Resource }): Endpoint {
    assertValid(workload);
    const { name } = workload;
    const child: pulumi.CustomResourceOptions = { parent: opts.parent };
    const image = this.imageOf(workload, child);
    const labels = this.labels(name);
    const volumes = (workload.volumes ?? []).map((volume) => ({
      path: volume.path,
      // retainOnDelete: replacing or destroying the stack never deletes data (make destroy PURGE=1 does).
      volume: new docker.Volume(
        `${name}-${volume.name}`,
        { name: this.fullName(`${name}-${volume.name}`), labels },
        { ...child, retainOnDelete: true },
      ),
    }));
    const files = this.filesContainer(workload, image, child);
    const hostAccess = new Set<HostAccess>(workload.host);
    const connections = workload.connectsTo ?? [];

    const args: docker.ContainerArgs = {
      name: this.fullName(name),
      image: image.imageId,
      ...(workload.command === undefined ? {} : { entrypoints: [...workload.command] }),
      command: [...(workload.args ?? [])],
      envs: Object.entries(workload.env ?? {}).map(([k, v]) => pulumi.interpolate`${k}=${v}`),
      user: `${workload.user.uid}:${workload.user.gid}`,
      labels,
      restart: 'unless-stopped',
      readOnly: true,
      capabilities: capabilitiesOf(workload),
      securityOpts: ['no-new-privileges:true'],
      tmpfs: Object.fromEntries(
        (workload.scratch ?? []).map((path) => [path, 'rw,noexec,nosuid,nodev,size=64m']),
      ),
      volumes: [
        // The provider ignores `readOnly` beside `fromContainer`; the suffix is what the engine reads.
        ...(files === undefined ? [] : [{ fromContainer: pulumi.interpolate`${files.id}:ro` }]),
        ...volumes.map((v) => ({ volumeName: v.volume.name, containerPath: v.path })),
      ],
      mounts: hostMounts(hostAccess),
      ports: (workload.ports ?? []).flatMap((port) =>
        port.publish === undefined
          ? []
          : [{ internal: port.number, external: port.publish, ip: '127.0.0.1' }],
      ),
      memory: workload.resources.memoryMiB,
      // Equal to `memory`: no swap. Left out, the engine fills in a value that shows up as drift.
      memorySwap: workload.resources.memoryMiB,
      cpus: cpusText(workload.resources.cpus),
      logDriver: 'json-file',
      // The tag writes the container's name into each line: the path has only its id.
      logOpts: { 'max-size': '10m', 'max-file': '3', tag: '{{.Name}}' },
      destroyGraceSeconds: workload.stopSeconds ?? 30,
      // Whoever counts for all containers has to see their cgroups as the machine does.
      ...(hostAccess.has('containerStats') ? { cgroupnsMode: 'host' } : {}),
      ...(hostAccess.has('hostMetrics')
        ? { networkMode: 'host' }
        : {
            networksAdvanced: [{ name: this.network, aliases: [name] }],
            hosts: connections.filter(onHostNetwork).map((endpoint) => ({
              host: endpoint.host,
              ip: this.hostListenAddress,
            })),
          }),
    };
    const container = new docker.Container(name, this.args.transform?.(name, args) ?? args, {
      ...child,
      // The provider calls a change of these an update and leaves the container as it was.
      replaceOnChanges: ['mounts', 'tmpfs'],
      deleteBeforeReplace: true,
      dependsOn: connections.flatMap((c) => (isExternal(c) ? [] : c.dependsOn)),
    });
    return this.endpoint(workload, container);
  }

  /** The name of a container is what the engine, cAdvisor and the log files call it. */
  discover(endpoint: Pick<Endpoint, 'name' | 'host' | 'ports'>, port: string): Discovery {
    const labels = { node: this.nodeName, container: this.fullName(endpoint.name) };
    return { by: 'address', address: address(endpoint, port), labels };
  }

  /** Everybody on the network reaches everybody. */
  connect(): void {
    // Nothing to provision.
  }

  /**
   * An image that is built here is one resource, whoever runs it: two builds of one name at once would each have an
   * image id of their own, and the next refresh would find the wrong one.
   */
  private imageOf(
    { name, image }: Workload,
    opts: pulumi.CustomResourceOptions,
  ): docker.RemoteImage {
    if (image.build === undefined) {
      return new docker.RemoteImage(`${name}-image`, imageArgs(image), opts);
    }
    const ref = imageRef(image);
    const known = this.built.get(ref);
    if (known !== undefined) return known;
    const resource = `${image.repository.slice(image.repository.lastIndexOf('/') + 1)}-image`;
    const built = new docker.RemoteImage(resource, imageArgs(image), { parent: this });
    this.built.set(ref, built);
    return built;
  }

  /**
   * The provider copies `uploads` to "/", which the engine refuses for a container with a read-only
   * root. So they go into an anonymous volume of a container that is never started, and the
   * real one mounts it read-only. Changed content gives a new container with a fresh volume: no file
   * of the past stays behind, and the real container is replaced because its source changed.
   */
  private filesContainer(
    workload: Workload,
    image: docker.RemoteImage,
    opts: pulumi.CustomResourceOptions,
  ): docker.Container | undefined {
    const files = workload.files ?? [];
    if (files.length === 0) return undefined;
    const name = `${workload.name}-files`;
    return new docker.Container(
      name,
      {
        name: this.fullName(name),
        image: image.imageId,
        labels: this.labels(workload.name),
        start: false,
        mustRun: false,
        networkMode: 'none',
        volumes: outermostDirectories(files.map((f) => f.path)).map((containerPath) => ({
          containerPath,
        })),
        uploads: files.map((file) => ({
          file: file.path,
          content: file.secret === true ? pulumi.secret(file.content) : file.content,
          owner: String(workload.user.uid),
          group: String(workload.user.gid),
          permissions: file.secret === true ? '0400' : '0444',
        })),
      },
      opts,
    );
  }

  private endpoint(workload: Workload, container: docker.Container): Endpoint {
    const ports = workload.ports ?? [];
    const published = (name: string | undefined): number | undefined =>
      ports.find((p) => p.name === name)?.publish;
    const first = ports.find((p) => p.publish !== undefined);
    const { readiness } = workload;
    const probed = readiness === undefined ? undefined : published(readiness.port);
    const ready =
      readiness === undefined || probed === undefined
        ? container.id.apply(() => true)
        : container.id.apply(() =>
            this.args.waitUntilReady({
              name: workload.name,
              url: `http://127.0.0.1:${probed}${readiness.path}`,
              deadlineSeconds: readiness.deadlineSeconds ?? 60,
            }),
          );
    return {
      name: workload.name,
      host: workload.name,
      ports,
      discovery: 'static',
      onHostNetwork: (workload.host ?? []).includes('hostMetrics'),
      readiness,
      url: first?.publish === undefined ? undefined : `http://127.0.0.1:${first.publish}`,
      ready,
      dependsOn: [container],
    };
  }

  private ownNetwork(name: string): { id: pulumi.Output<string>; gateway: pulumi.Output<string> } {
    const network = new docker.Network(
      `${name}-network`,
      {
        name: this.fullName(),
        driver: 'bridge',
        labels: this.labels('network'),
      },
      // A second network of the same name is refused by newer engines and ambiguous on older ones.
      { parent: this, deleteBeforeReplace: true },
    );
    return { id: network.id, gateway: network.ipamConfigs.apply(gatewayOf) };
  }

  private existing(network: string): {
    id: pulumi.Output<string>;
    gateway: pulumi.Output<string>;
  } {
    const found = docker.getNetworkOutput({ name: network }, { parent: this });
    return { id: found.id, gateway: found.ipamConfigs.apply(gatewayOf) };
  }

  private fullName(name?: string): string {
    return ['audifi', this.args.stack, ...(name === undefined ? [] : [name])].join('-');
  }

  /** `make destroy PURGE=1` and the clean-up after an interrupted `up` touch only what has these. */
  private labels(component: string): { label: string; value: string }[] {
    return [
      { label: 'io.audifi.component', value: component },
      { label: 'io.audifi.stack', value: this.args.stack },
    ];
  }
}

function onHostNetwork(connection: Connection): connection is Endpoint {
  return !isExternal(connection) && connection.onHostNetwork;
}
