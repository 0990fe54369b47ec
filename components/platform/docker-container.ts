import type * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { ConfigFile, HostAccess, User, Workload } from '../workload';
import { capabilitiesOf, cpusText, hostMounts } from './docker-arguments';
import { type Part, withName } from './instances';
import { outermostDirectories } from './paths';

/** One container to run, and where it stands. */
export interface ContainerRequest {
  readonly workload: Workload;
  readonly part: Part;
  /** Name of the instance that it belongs to. */
  readonly instance: string;
  /** Name of the container on the engine. */
  readonly name: string;
  readonly labels: docker.ContainerArgs['labels'];
  readonly image: pulumi.Input<string>;
  /** Container that carries the config files. */
  readonly files?: docker.Container;
  /** The workload's volumes by name. */
  readonly volumes: ReadonlyMap<string, docker.Volume>;
  readonly network: pulumi.Input<string>;
  /** Names in the network. */
  readonly aliases: readonly string[];
  /** Whom it finds under another name than the network's own. */
  readonly hosts: readonly docker.types.input.ContainerHost[];
  /** Docker's own directory on the machine. */
  readonly dockerRoot: string;
  /** Are its published ports this one's? */
  readonly publish: boolean;
}

/** Arguments of a container that can do nothing but what its workload says. */
export function containerArgs(request: ContainerRequest): docker.ContainerArgs {
  const { workload, files, volumes } = request;
  const { spec, companion, mounts } = request.part;
  // A companion has no host access: a workload with some has no companions.
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
      // The provider ignores `readOnly` beside `fromContainer`; the suffix is what the engine
      // reads.
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
    // Equal to `memory`: no swap. Left out, the engine fills in a value that shows up as drift.
    memorySwap: spec.resources.memoryMiB,
    cpus: cpusText(spec.resources.cpus),
    logDriver: 'json-file',
    // The tag writes the container's name into each line: the path has only its id.
    logOpts: { 'max-size': '10m', 'max-file': '3', tag: '{{.Name}}' },
    destroyGraceSeconds: workload.stopSeconds ?? 30,
    // Whoever counts for all containers has to see their cgroups as the machine does.
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
 * The provider copies `uploads` to "/", which the engine refuses for a container with a read-only
 * root. So they go into an anonymous volume of a container that is never started, and the
 * real one mounts it read-only. Changed content gives a new container with a fresh volume: no file
 * of the past stays behind, and the real container is replaced because its source changed.
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
