import type * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { ConfigFile, HostAccess, User, Workload } from '../workload';
import { capabilitiesOf, cpusText, hostMounts } from './docker-arguments';
import { type Part, withName } from './instances';
import { outermostDirectories } from './paths';

/** A container to create. */
export interface ContainerRequest {
  readonly workload: Workload;
  readonly part: Part;
  /** Name of its instance. */
  readonly instance: string;
  /** Name of the container in the engine. */
  readonly name: string;
  readonly labels: docker.ContainerArgs['labels'];
  readonly image: pulumi.Input<string>;
  /** Container with the config files. */
  readonly files?: docker.Container;
  /** The workload's volumes by name. */
  readonly volumes: ReadonlyMap<string, docker.Volume>;
  readonly network: pulumi.Input<string>;
  /** DNS names on the network. */
  readonly aliases: readonly string[];
  /** Additional names for other containers, as entries in /etc/hosts. */
  readonly hosts: readonly docker.types.input.ContainerHost[];
  /** Docker's data directory on the machine. */
  readonly dockerRoot: string;
  /** Whether it publishes the ports. */
  readonly publish: boolean;
}

/** Arguments of a container with only the rights that its workload declares. */
export function containerArgs(request: ContainerRequest): docker.ContainerArgs {
  const { workload, files, volumes } = request;
  const { spec, companion, mounts } = request.part;
  // Companions have no host access, because a workload with host access has no companions.
  const hostAccess = new Set<HostAccess>(companion === undefined ? workload.host : []);
  return {
    name: request.name,
    image: request.image,
    ...(spec.command === undefined ? {} : { entrypoints: [...spec.command] }),
    command: (spec.args ?? []).map((arg) => withName(arg, request.instance)),
    envs: Object.entries(spec.env ?? {}).map(
      ([k, v]) => pulumi.interpolate`${k}=${withName(v, request.instance)}`,
    ),
    user: `${workload.user.uid}:${workload.user.gid}`,
    labels: request.labels,
    restart: 'unless-stopped',
    readOnly: true,
    capabilities: capabilitiesOf(spec),
    securityOpts: ['no-new-privileges:true'],
    tmpfs: Object.fromEntries(
      (spec.scratch ?? []).map((path) => [path, 'rw,noexec,nosuid,nodev,size=64m']),
    ),
    volumes: [
      // The provider ignores `readOnly` with `fromContainer`, but the engine supports this suffix.
      ...(files === undefined ? [] : [{ fromContainer: pulumi.interpolate`${files.id}:ro` }]),
      ...mounts.map((mount) => ({
        volumeName: volumes.get(mount.volume)?.name,
        containerPath: mount.path,
        ...(mount.readOnly === true ? { readOnly: true } : {}),
      })),
    ],
    mounts: hostMounts(hostAccess, request.dockerRoot),
    ports: (spec.ports ?? []).flatMap((port) =>
      port.publish === undefined || !request.publish
        ? []
        : [{ internal: port.number, external: port.publish, ip: '127.0.0.1' }],
    ),
    memory: spec.resources.memoryMiB,
    // Equal to `memory`: no swap. Without it, the engine sets a value that causes a diff.
    memorySwap: spec.resources.memoryMiB,
    cpus: cpusText(spec.resources.cpus),
    logDriver: 'json-file',
    // The tag adds the container's name to each line, because the path contains only its ID.
    logOpts: { 'max-size': '10m', 'max-file': '3', tag: '{{.Name}}' },
    destroyGraceSeconds: workload.stopSeconds ?? 30,
    // A workload that measures all containers must see their cgroups as the host does.
    ...(hostAccess.has('containerStats') ? { cgroupnsMode: 'host' } : {}),
    ...(hostAccess.has('hostMetrics')
      ? { networkMode: 'host' }
      : {
          networksAdvanced: [{ name: request.network, aliases: [...request.aliases] }],
          hosts: [...request.hosts],
        }),
  };
}

/**
 * Arguments of a container that only carries files.
 *
 * The provider copies `uploads` to "/", which the engine rejects for a container with a read-only
 * root. So they go into an anonymous volume of a container that is never started, and the real one
 * mounts it read-only. Changed content creates a new container with a fresh volume: no old file
 * remains, and the real container is replaced because its source changed.
 */
export function filesArgs(
  files: readonly ConfigFile[],
  { uid, gid }: User,
  container: Pick<docker.ContainerArgs, 'name' | 'image' | 'labels'>,
): docker.ContainerArgs {
  return {
    ...container,
    start: false,
    mustRun: false,
    networkMode: 'none',
    volumes: outermostDirectories(files.map((f) => f.path)).map((containerPath) => ({
      containerPath,
    })),
    uploads: files.map((file) => ({
      file: file.path,
      content: file.secret === true ? pulumi.secret(file.content) : file.content,
      owner: String(uid),
      group: String(gid),
      permissions: file.secret === true ? '0400' : '0444',
    })),
  };
}
