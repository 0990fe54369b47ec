import { posix } from 'node:path';
import { allowedCapabilities, type ContainerSpec, instanceName, type Probe } from './workload';

export const dnsLabel = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Kubernetes port names are at most 15 characters. */
const portName = /^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/**
 * All problems of one container, a workload's own or a companion's.
 *
 * @param volumes mount paths of its volumes
 */
export function containerProblems(spec: ContainerSpec, volumes: readonly string[]): string[] {
  return [
    ...imageProblems(spec),
    ...portProblems(spec),
    ...pathProblems(spec, volumes),
    ...limitProblems(spec),
    ...placeholderProblems(spec),
  ];
}

/** Values that occur more than once, once each. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}

function imageProblems({ image, command }: ContainerSpec): string[] {
  const problems: string[] = [];
  if (image.repository === '' || image.tag === '' || image.tag === 'latest') {
    problems.push('image needs a repository and a pinned tag (not "latest")');
  }
  if (image.digest !== undefined && !digest.test(image.digest)) {
    problems.push(`image digest "${image.digest}" is not sha256: and 64 hex digits`);
  }
  if (image.build !== undefined && image.digest !== undefined) {
    problems.push('image is built here and cannot be pinned by the digest of another one');
  }
  if (image.build !== undefined && !insideProject(image.build.context)) {
    problems.push(`build context "${image.build.context}" is not a folder inside the project`);
  }
  if (command?.length === 0) {
    problems.push('the command is empty; leave it out');
  }
  return problems;
}

function portProblems({ ports = [], readiness, liveness }: ContainerSpec): string[] {
  const problems: string[] = [];
  for (const port of ports) {
    if (!portName.test(port.name)) {
      problems.push(`port name "${port.name}" is not a DNS label of at most 15 characters`);
    } else if (port.udp === true && port.name.length > 11) {
      problems.push(`port name "${port.name}" is too long for one with UDP (11 characters)`);
    }
    for (const number of new Set([port.number, port.publish ?? port.number])) {
      if (!Number.isInteger(number) || number < 1 || number > 65535) {
        problems.push(`port "${port.name}": ${number} is not a port (1 to 65535)`);
      }
    }
  }
  for (const name of repeated(ports.map((p) => p.name))) {
    problems.push(`two ports are named "${name}"`);
  }
  for (const number of repeated(ports.map((p) => p.number))) {
    problems.push(`port ${number} is declared twice`);
  }
  for (const number of repeated(ports.flatMap((p) => p.publish ?? []))) {
    problems.push(`port ${number} of the machine is published twice`);
  }
  const probes: [string, Probe | undefined][] = [
    ['readiness', readiness],
    ['liveness', liveness],
  ];
  for (const [kind, probe] of probes) {
    if (probe === undefined) continue;
    if (!ports.some((p) => p.name === probe.port)) {
      problems.push(`the ${kind} probe uses port "${probe.port}", which is not declared`);
    }
    if (!probe.path.startsWith('/')) {
      problems.push(`the ${kind} probe's path "${probe.path}" does not start with "/"`);
    }
  }
  return problems;
}

function pathProblems(spec: ContainerSpec, volumes: readonly string[]): string[] {
  const files = (spec.files ?? []).map((f) => f.path);
  const scratch = [...(spec.scratch ?? [])];
  const problems: string[] = [];
  for (const path of [...files, ...volumes, ...scratch]) {
    if (!posix.isAbsolute(path) || posix.normalize(path) !== path || path.endsWith('/')) {
      problems.push(`"${path}" is not a normal absolute path`);
    }
    if (/^\/(proc|sys|dev)(\/|$)/.test(path)) {
      problems.push(`"${path}" belongs to the kernel`);
    }
  }
  for (const path of repeated([...files, ...volumes, ...scratch])) {
    problems.push(`"${path}" is used twice`);
  }
  // Config files are in a read-only mount of their directory. Another mount inside or above it
  // would hide them, or be hidden by it.
  const configDirs = new Set(files.map((f) => posix.dirname(f)));
  if (configDirs.has('/')) problems.push('config files cannot be directly in "/"');
  for (const mount of [...volumes, ...scratch]) {
    for (const dir of configDirs) {
      if (within(dir, mount) || within(mount, dir)) {
        problems.push(`"${mount}" and the config files in "${dir}" would hide one another`);
      }
    }
  }
  for (const outer of [...volumes, ...scratch]) {
    for (const inner of [...volumes, ...scratch]) {
      if (outer !== inner && within(inner, outer)) {
        problems.push(`"${inner}" is mounted inside "${outer}"`);
      }
    }
  }
  return problems;
}

function limitProblems({ resources, capabilities = [] }: ContainerSpec): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(resources.memoryMiB) || resources.memoryMiB < 8) {
    problems.push(`memory limit ${resources.memoryMiB} MiB is not a whole number of at least 8`);
  }
  if (!(resources.cpus > 0) || resources.cpus > 512) {
    problems.push(`CPU limit ${resources.cpus} is not a number of cores`);
  }
  const known: readonly string[] = allowedCapabilities;
  for (const capability of capabilities) {
    if (known.includes(capability)) continue;
    problems.push(`capability "${capability}" is not one that may be added (${known.join(', ')})`);
  }
  return problems;
}

/** Checks that the instance's name is used only where Kubernetes can substitute it. */
function placeholderProblems({ env = {}, files = [] }: ContainerSpec): string[] {
  const variable = instanceName.slice(2, -1);
  return [
    ...files
      .filter(({ content }) => typeof content === 'string' && content.includes(instanceName))
      .map(({ path }) => `"${path}" has ${instanceName}, which is not substituted in a file`),
    ...(Object.hasOwn(env, variable) ? [`sets ${variable}, which is the instance's name`] : []),
  ];
}

function insideProject(folder: string): boolean {
  return (
    !posix.isAbsolute(folder) && posix.normalize(folder) === folder && !/^\.\.?(\/|$)/.test(folder)
  );
}

/** Whether `path` is the directory `dir` or below it. */
function within(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`);
}
