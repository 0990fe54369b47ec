import type { ContainerInspectInfo } from 'dockerode';
import type { Value, Values } from '../values';
import { flag, number, objects, text } from './daemon';

const megabyte = 1024 * 1024;

/** dockerode's types leave these out. */
type Config = ContainerInspectInfo['Config'] & { StopSignal?: string; StopTimeout?: number };

/** The properties of a container that the daemon decides or fills in, as outputs. */
export function describe(info: ContainerInspectInfo, inputs: Values): Values {
  const { HostConfig, State } = info;
  const Config: Config = info.Config;
  const outputs: Record<string, Value> = {
    name: info.Name.replace(/^\//, ''),
    bridge: (info.NetworkSettings as { Bridge?: string }).Bridge ?? '',
    command: Config.Cmd ?? [],
    entrypoints: list(Config.Entrypoint),
    hostname: Config.Hostname,
    init: HostConfig.Init ?? false,
    ipcMode: HostConfig.IpcMode ?? '',
    logDriver: HostConfig.LogConfig?.Type ?? '',
    networkDatas: networkDatas(info),
    platform: info.Platform ?? '',
    runtime: HostConfig.Runtime ?? '',
    securityOpts: HostConfig.SecurityOpt ?? [],
    shmSize: Math.floor((HostConfig.ShmSize ?? 0) / megabyte),
    stopSignal: Config.StopSignal ?? '',
    stopTimeout: Config.StopTimeout ?? 0,
  };
  if (!State.Running) outputs.exitCode = State.ExitCode;
  const published = objects(inputs, 'ports');
  if (published.length > 0 && (State.Running || flag(inputs, 'mustRun', true))) {
    outputs.ports = ports(info, published);
  }
  return outputs;
}

const list = (value: string | string[] | null | undefined): string[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Published ports with the external port that was given, or that the daemon picked. */
function ports(info: ContainerInspectInfo, published: readonly Values[]): Value[] {
  const bound = info.NetworkSettings.Ports ?? {};
  return published.map((port) => {
    const key = `${number(port, 'internal')}/${text(port, 'protocol') ?? 'tcp'}`;
    const ip = text(port, 'ip') ?? '0.0.0.0';
    const wanted = number(port, 'external');
    const binding = (bound[key] ?? []).find(
      (b) => b.HostIp === ip && (wanted === undefined || b.HostPort === String(wanted)),
    );
    const external = binding === undefined ? wanted : Number(binding.HostPort);
    return {
      internal: number(port, 'internal') ?? 0,
      ...(external !== undefined && { external }),
      ip,
      protocol: text(port, 'protocol') ?? 'tcp',
    };
  });
}

function networkDatas(info: ContainerInspectInfo): Value[] {
  const networks = Object.entries(info.NetworkSettings.Networks ?? {});
  return networks
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([networkName, data]) => ({
      networkName,
      ipAddress: data.IPAddress,
      ipPrefixLength: data.IPPrefixLen,
      gateway: data.Gateway,
      globalIpv6Address: data.GlobalIPv6Address,
      globalIpv6PrefixLength: data.GlobalIPv6PrefixLen,
      ipv6Gateway: data.IPv6Gateway,
      macAddress: data.MacAddress,
    }));
}

/**
 * The inputs as they would have to be written to describe the container as it is now. Only what can change on a
 * container that exists is looked at: its name, its limits, its restart policy and whether it runs.
 */
export function drifted(info: ContainerInspectInfo, inputs: Values): Values {
  const actual: Record<string, Value> = {
    name: info.Name.replace(/^\//, ''),
    restart: info.HostConfig.RestartPolicy?.Name || 'no',
    maxRetryCount: info.HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    cpuShares: info.HostConfig.CpuShares ?? 0,
    cpuSet: info.HostConfig.CpusetCpus ?? '',
    memory: mebibytes(info.HostConfig.Memory),
    memoryReservation: mebibytes(info.HostConfig.MemoryReservation),
  };
  // Left out, the daemon chooses these itself: then they are not the program's to compare.
  if (number(inputs, 'memorySwap') !== undefined) {
    actual.memorySwap = mebibytes(info.HostConfig.MemorySwap);
  }
  if (text(inputs, 'cpus') !== undefined) actual.cpus = cpus(info, inputs);
  if (!info.State.Running && flag(inputs, 'mustRun', true)) actual.mustRun = false;
  const changed = Object.entries(actual).filter(([key, value]) => {
    const expected = inputs[key] ?? defaults[key];
    return expected !== undefined && value !== expected;
  });
  return { ...inputs, ...Object.fromEntries(changed) };
}

/** What leaving an input out means. */
const defaults: Record<string, Value> = {
  restart: 'no',
  maxRetryCount: 0,
  cpuShares: 0,
  cpuSet: '',
  memory: 0,
  memoryReservation: 0,
  mustRun: true,
};

/** Sizes below zero mean no limit and stay as they are. */
const mebibytes = (bytes: number | undefined): number =>
  bytes !== undefined && bytes > 0 ? Math.floor(bytes / megabyte) : (bytes ?? 0);

/** The program's own writing of the same number is kept: `0.50` is not a change from `0.5`. */
function cpus(info: ContainerInspectInfo, inputs: Values): string {
  const now = (info.HostConfig.NanoCpus ?? 0) / 1e9;
  const written = text(inputs, 'cpus') ?? '';
  return Number(written) === now ? written : String(now);
}
