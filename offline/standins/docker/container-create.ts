import { readFileSync } from 'node:fs';
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import { tar } from '../../tar';
import type { Values } from '../values';
import { flag, labels, map, number, object, objects, text, texts } from './daemon';
import { nanoseconds } from './duration';

const megabyte = 1024 * 1024;
const optional = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

/** The request that creates a container, as the released provider sends it. */
export function createOptions(inputs: Values): ContainerCreateOptions {
  const ports = objects(inputs, 'ports');
  const volumes = objects(inputs, 'volumes').map(checkedVolume);
  const paths = volumes.map((v) => text(v, 'containerPath')).filter((p) => p !== undefined);
  return {
    name: text(inputs, 'name'),
    platform: text(inputs, 'platform'),
    Image: text(inputs, 'image'),
    Hostname: text(inputs, 'hostname'),
    Domainname: text(inputs, 'domainname'),
    User: text(inputs, 'user'),
    Env: optional(texts(inputs, 'envs')),
    Cmd: optional(texts(inputs, 'command')),
    Entrypoint: optional(texts(inputs, 'entrypoints')),
    WorkingDir: text(inputs, 'workingDir'),
    Labels: labels(inputs),
    Tty: flag(inputs, 'tty'),
    OpenStdin: flag(inputs, 'stdinOpen'),
    StopSignal: text(inputs, 'stopSignal'),
    StopTimeout: number(inputs, 'stopTimeout'),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    Volumes: Object.fromEntries(paths.map((path) => [path, {}])),
    Healthcheck: healthcheck(object(inputs, 'healthcheck')),
    HostConfig: hostConfig(inputs, ports, volumes),
  };
}

const portKey = (port: Values): string =>
  `${number(port, 'internal')}/${text(port, 'protocol') ?? 'tcp'}`;

/** Missing in dockerode's types. */
type FullHostConfig = HostConfig & { CgroupnsMode?: string };

function hostConfig(inputs: Values, ports: Values[], volumes: Values[]): FullHostConfig {
  const capabilities = object(inputs, 'capabilities') ?? {};
  const cpus = text(inputs, 'cpus');
  const security = texts(inputs, 'securityOpts');
  const throttle = (key: string): Array<{ Path: string; Rate: number }> | undefined =>
    optional(
      objects(inputs, key).map((d) => ({
        Path: text(d, 'path') ?? '',
        Rate: number(d, 'rate') ?? 0,
      })),
    );
  return {
    ...resources(inputs),
    AutoRemove: flag(inputs, 'rm'),
    Binds: optional(volumes.filter(isBind).map(bind)),
    BlkioDeviceReadBps: throttle('deviceReadBps'),
    BlkioDeviceReadIOps: throttle('deviceReadIops'),
    BlkioDeviceWriteBps: throttle('deviceWriteBps'),
    BlkioDeviceWriteIOps: throttle('deviceWriteIops'),
    CapAdd: optional(texts(capabilities, 'adds').map(capability)),
    CapDrop: optional(texts(capabilities, 'drops').map(capability)),
    CgroupnsMode: text(inputs, 'cgroupnsMode'),
    CgroupParent: text(inputs, 'cgroupParent'),
    CpuPeriod: cpus === undefined ? number(inputs, 'cpuPeriod') : undefined,
    CpuQuota: cpus === undefined ? number(inputs, 'cpuQuota') : undefined,
    Devices: optional(objects(inputs, 'devices').map(device)),
    Dns: optional(texts(inputs, 'dns')),
    DnsOptions: optional(texts(inputs, 'dnsOpts')),
    DnsSearch: optional(texts(inputs, 'dnsSearches')),
    ExtraHosts: optional(
      objects(inputs, 'hosts').map((h) => `${text(h, 'host')}:${text(h, 'ip')}`),
    ),
    GroupAdd: optional(texts(inputs, 'groupAdds')),
    Init: flag(inputs, 'init'),
    IpcMode: text(inputs, 'ipcMode'),
    LogConfig: { Type: text(inputs, 'logDriver') ?? '', Config: map(inputs, 'logOpts') ?? {} },
    Mounts: optional(objects(inputs, 'mounts').map(mount)),
    NanoCpus: cpus === undefined ? undefined : nanoCpus(cpus),
    NetworkMode: text(inputs, 'networkMode') ?? 'bridge',
    PidMode: text(inputs, 'pidMode'),
    PortBindings: ports.length > 0 ? portBindings(ports) : undefined,
    Privileged: flag(inputs, 'privileged'),
    PublishAllPorts: flag(inputs, 'publishAllPorts'),
    ReadonlyRootfs: flag(inputs, 'readOnly'),
    Runtime: text(inputs, 'runtime'),
    SecurityOpt: optional(security.filter((option) => option !== 'systempaths=unconfined')),
    ...(security.includes('systempaths=unconfined') && { MaskedPaths: [], ReadonlyPaths: [] }),
    ShmSize: (number(inputs, 'shmSize') ?? 0) * megabyte,
    StorageOpt: map(inputs, 'storageOpts'),
    Sysctls: map(inputs, 'sysctls'),
    Tmpfs: map(inputs, 'tmpfs'),
    Ulimits: optional(
      objects(inputs, 'ulimits').map((u) => ({
        Name: text(u, 'name') ?? '',
        Soft: number(u, 'soft') ?? 0,
        Hard: number(u, 'hard') ?? 0,
      })),
    ),
    UsernsMode: text(inputs, 'usernsMode'),
    VolumesFrom: optional(
      volumes.map((v) => text(v, 'fromContainer')).filter((v) => v !== undefined),
    ),
  };
}

/** The daemon's notation of a capability. */
export const capability = (name: string): string =>
  name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;

/**
 * Limits that can be changed on a running container. Sizes are in MiB in the inputs. -1 means no
 * limit.
 */
export function resources(inputs: Values): HostConfig {
  const swap = number(inputs, 'memorySwap');
  return {
    CpuShares: number(inputs, 'cpuShares'),
    CpusetCpus: text(inputs, 'cpuSet'),
    Memory: (number(inputs, 'memory') ?? 0) * megabyte,
    MemoryReservation: (number(inputs, 'memoryReservation') ?? 0) * megabyte,
    MemorySwap: swap === undefined ? undefined : swap > 0 ? swap * megabyte : swap,
    RestartPolicy: {
      Name: text(inputs, 'restart') ?? 'no',
      MaximumRetryCount: number(inputs, 'maxRetryCount') ?? 0,
    },
  };
}

function nanoCpus(cpus: string): number {
  const value = Number(cpus);
  if (!Number.isFinite(value)) throw new Error(`Error setting cpus: ${cpus} is not a number`);
  return Math.round(value * 1e9);
}

function checkedVolume(volume: Values): Values {
  const [path, from] = [text(volume, 'containerPath'), text(volume, 'fromContainer')];
  if (path === undefined && from === undefined) {
    throw new Error(
      'Unable to parse volumes: volume entry without container path or source container',
    );
  }
  if (path !== undefined && from !== undefined) {
    throw new Error(
      'Unable to parse volumes: both a container and a path specified in a volume entry',
    );
  }
  return volume;
}

const isBind = (v: Values): boolean =>
  text(v, 'fromContainer') === undefined &&
  (text(v, 'hostPath') ?? text(v, 'volumeName')) !== undefined;

const bind = (v: Values): string =>
  `${text(v, 'hostPath') ?? text(v, 'volumeName')}:${text(v, 'containerPath')}:${flag(v, 'readOnly') ? 'ro' : 'rw'}`;

const device = (
  d: Values,
): { PathOnHost: string; PathInContainer: string; CgroupPermissions: string } => ({
  PathOnHost: text(d, 'hostPath') ?? '',
  PathInContainer: text(d, 'containerPath') ?? text(d, 'hostPath') ?? '',
  CgroupPermissions: text(d, 'permissions') ?? 'rwm',
});

/** One binding per published port. Without an external port, the daemon selects a free one. */
function portBindings(ports: Values[]): HostConfig['PortBindings'] {
  const bindings: Record<string, Array<{ HostIp: string; HostPort: string }>> = {};
  for (const port of ports) {
    const external = number(port, 'external');
    (bindings[portKey(port)] ??= []).push({
      HostIp: text(port, 'ip') ?? '0.0.0.0',
      HostPort: String(external ?? 0),
    });
  }
  return bindings;
}

function mount(values: Values): MountSettings {
  const type = text(values, 'type') as MountSettings['Type'];
  const [bindOptions, tmpfs, volume] = [
    object(values, 'bindOptions'),
    object(values, 'tmpfsOptions'),
    object(values, 'volumeOptions'),
  ];
  const settings: Partial<MountSettings> = {};
  if (type === 'bind' && bindOptions) {
    settings.BindOptions = {
      Propagation: text(bindOptions, 'propagation') as NonNullable<
        MountSettings['BindOptions']
      >['Propagation'],
    };
  }
  if (type === 'tmpfs' && tmpfs) {
    settings.TmpfsOptions = {
      SizeBytes: number(tmpfs, 'sizeBytes') ?? 0,
      Mode: number(tmpfs, 'mode') ?? 0,
    };
  }
  if (type === 'volume' && volume) {
    settings.VolumeOptions = {
      NoCopy: flag(volume, 'noCopy'),
      Labels: labels(volume),
      DriverConfig: {
        Name: text(volume, 'driverName') ?? '',
        Options: map(volume, 'driverOptions') ?? {},
      },
    };
  }
  return {
    Type: type,
    Target: text(values, 'target') ?? '',
    Source: text(values, 'source') ?? '',
    ReadOnly: flag(values, 'readOnly'),
    ...settings,
  };
}

function healthcheck(values: Values | undefined): ContainerCreateOptions['Healthcheck'] {
  if (values === undefined) return undefined;
  return {
    Test: texts(values, 'tests'),
    Interval: nanoseconds(text(values, 'interval')),
    Timeout: nanoseconds(text(values, 'timeout')),
    StartPeriod: nanoseconds(text(values, 'startPeriod')),
    Retries: number(values, 'retries') ?? 0,
  };
}

/** The files of `uploads`, each as an archive to unpack at the container's root. */
export function uploads(inputs: Values): Buffer[] {
  return objects(inputs, 'uploads').map((upload) => {
    const [content, base64, source] = [
      text(upload, 'content'),
      text(upload, 'contentBase64'),
      text(upload, 'source'),
    ];
    const given = [content, base64, source].filter((value) => value !== undefined);
    if (given.length !== 1) {
      const rule = given.length === 0 ? 'one of' : 'only one of';
      const verb = given.length === 0 ? 'must' : 'can';
      throw new Error(
        `error with upload content: ${rule} 'content', 'content_base64', or 'source' ${verb} be set`,
      );
    }
    const permissions = text(upload, 'permissions');
    return tar([
      {
        path: (text(upload, 'file') ?? '').replace(/^\/+/, ''),
        content: source !== undefined ? readFileSync(source) : decoded(content, base64),
        mode: permissions ? parseInt(permissions, 8) : flag(upload, 'executable') ? 0o744 : 0o644,
        uid: Number(text(upload, 'owner') ?? 0),
        gid: Number(text(upload, 'group') ?? 0),
        mtime: Math.floor(Date.now() / 1000),
      },
    ]);
  });
}

const decoded = (content: string | undefined, base64: string | undefined): Buffer =>
  content !== undefined ? Buffer.from(content, 'utf8') : Buffer.from(base64 ?? '', 'base64');
