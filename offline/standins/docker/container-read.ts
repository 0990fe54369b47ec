import type { ContainerInspectInfo, HealthConfig } from 'dockerode';
import type { Value, Values } from '../values';
import { capability } from './container-create';
import { flag, number, object, objects, text, texts } from './daemon';
import { goDuration } from './duration';

const megabyte = 1024 * 1024;

/** Missing in dockerode's types. */
type Config = ContainerInspectInfo['Config'] & { StopSignal?: string; StopTimeout?: number };

/** Properties of a container that the daemon sets, as outputs. */
export function describe(info: ContainerInspectInfo, inputs: Values): Values {
  const { HostConfig, State } = info;
  const Config: Config = info.Config;
  const outputs: Record<string, Value> = {
    name: info.Name.replace(/^\//, ''),
    bridge: (info.NetworkSettings as { Bridge?: string }).Bridge ?? '',
    command: Config.Cmd ?? [],
    entrypoints: list(Config.Entrypoint),
    // The daemon does not distinguish variables of the image, so only the requested ones are shown.
    envs: texts(inputs, 'envs'),
    hostname: Config.Hostname,
    init: HostConfig.Init ?? false,
    ipcMode: HostConfig.IpcMode ?? '',
    memorySwap: mebibytes(HostConfig.MemorySwap),
    mustRun: flag(inputs, 'mustRun', true) && State.Running,
    logDriver: HostConfig.LogConfig?.Type ?? '',
    networkDatas: networkDatas(info),
    platform: info.Platform ?? '',
    runtime: HostConfig.Runtime ?? '',
    securityOpts: (HostConfig.SecurityOpt as string[] | null) ?? [],
    shmSize: Math.floor((HostConfig.ShmSize ?? 0) / megabyte),
    stopSignal: Config.StopSignal ?? '',
    stopTimeout: Config.StopTimeout ?? 0,
  };
  if (Config.Healthcheck) outputs.healthcheck = healthcheck(Config.Healthcheck);
  if (HostConfig.NanoCpus) outputs.cpus = decimal(HostConfig.NanoCpus / 1e9);
  if (!State.Running) outputs.exitCode = State.ExitCode;
  const published = objects(inputs, 'ports');
  if (published.length > 0 && (State.Running || flag(inputs, 'mustRun', true))) {
    outputs.ports = ports(info, published);
  }
  return outputs;
}

const list = (value: string | string[] | null | undefined): string[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];

/**
 * In the notation of the released provider: `0.25`, but `1.0`, and `10.` if nine zeros were
 * rounded.
 */
const decimal = (value: number): string => {
  const nine = value.toFixed(9);
  const zeros = nine.split('0').length - 1;
  return zeros === 9 ? value.toFixed(1) : nine.replace(/0+$/, '');
};

const healthcheck = (check: HealthConfig): Value => ({
  tests: check.Test ?? [],
  interval: goDuration(check.Interval),
  timeout: goDuration(check.Timeout),
  startPeriod: goDuration(check.StartPeriod),
  startInterval: '0s',
  retries: check.Retries ?? 0,
});

/** Published ports, with the external port that was requested or that the daemon selected. */
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
 * Inputs that would describe the container in its current state. Only covers properties that can
 * change on an existing container: its name, its limits, its restart policy and whether it runs.
 * Capabilities are in the daemon's notation, which differs if a program omits `CAP_`.
 */
export function drifted(info: ContainerInspectInfo, inputs: Values): Values {
  const { HostConfig } = info;
  const actual: Record<string, Value> = {
    name: info.Name.replace(/^\//, ''),
    restart: HostConfig.RestartPolicy?.Name || 'no',
    maxRetryCount: HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    cpuShares: HostConfig.CpuShares ?? 0,
    cpuSet: HostConfig.CpusetCpus ?? '',
    memory: mebibytes(HostConfig.Memory),
    memoryReservation: mebibytes(HostConfig.MemoryReservation),
  };
  const changed = Object.entries(actual).filter(([key, value]) => {
    const expected = inputs[key] ?? defaults[key];
    return expected !== undefined && value !== expected;
  });
  return {
    ...inputs,
    ...Object.fromEntries(changed),
    ...asWritten(inputs),
    ...ifStopped(info, inputs),
  };
}

/** Values of omitted inputs. */
const defaults: Readonly<Record<string, Value>> = {
  restart: 'no',
  maxRetryCount: 0,
  cpuShares: 0,
  cpuSet: '',
  memory: 0,
  memoryReservation: 0,
};

function asWritten(inputs: Values): Values {
  const capabilities = object(inputs, 'capabilities');
  if (capabilities === undefined) return {};
  const lists = Object.keys(capabilities).map((key) => [
    key,
    texts(capabilities, key).map(capability),
  ]);
  return { capabilities: Object.fromEntries(lists) as Values };
}

/** A stopped container also has no ports. */
function ifStopped(info: ContainerInspectInfo, inputs: Values): Values {
  if (info.State.Running || !flag(inputs, 'mustRun', true)) return {};
  return { mustRun: false, ...(objects(inputs, 'ports').length > 0 && { ports: [] }) };
}

/** Sizes below zero mean no limit and are not converted. */
const mebibytes = (bytes: number | undefined): number =>
  bytes !== undefined && bytes > 0 ? Math.floor(bytes / megabyte) : (bytes ?? 0);
