import { posix } from 'node:path';
import {
  allowedCapabilities,
  type HostAccess,
  hostAccesses,
  type Probe,
  type Workload,
} from './workload';

const dnsLabel = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Kubernetes port names are at most 15 characters. */
const portName = /^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/**
 * Everything that is wrong with a workload, as sentences for a developer; empty when it is sound.
 * Pure: runs before anything is provisioned, on every platform alike.
 */
export function workloadProblems(workload: Workload): string[] {
  return [
    ...identityProblems(workload),
    ...portProblems(workload),
    ...pathProblems(workload),
    ...limitProblems(workload),
    ...privilegeProblems(workload),
  ];
}

/** Throws one error that lists every problem of the workload. */
export function assertValid(workload: Workload): void {
  const problems = workloadProblems(workload);
  if (problems.length > 0) {
    throw new Error(`workload "${workload.name}": ${problems.join('; ')}`);
  }
}

function identityProblems({ name, image, command }: Workload): string[] {
  const problems: string[] = [];
  if (!dnsLabel.test(name)) {
    problems.push(`name "${name}" is not a DNS label (lower-case letters, digits, "-")`);
  }
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
    problems.push('an empty command is none: leave it out');
  }
  return problems;
}

function portProblems(workload: Workload): string[] {
  const ports = workload.ports ?? [];
  const problems: string[] = [];
  for (const port of ports) {
    if (!portName.test(port.name)) {
      problems.push(`port name "${port.name}" is not a DNS label of at most 15 characters`);
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
    ['readiness', workload.readiness],
    ['liveness', workload.liveness],
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

function pathProblems(workload: Workload): string[] {
  const files = (workload.files ?? []).map((f) => f.path);
  const volumes = (workload.volumes ?? []).map((v) => v.path);
  const scratch = [...(workload.scratch ?? [])];
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
  for (const name of repeated((workload.volumes ?? []).map((v) => v.name))) {
    problems.push(`two volumes are named "${name}"`);
  }
  // Config files live in a read-only mount of their directory: whatever is mounted in or over it
  // would hide them, or be hidden.
  const configDirs = new Set(files.map((f) => posix.dirname(f)));
  if (configDirs.has('/')) problems.push('config files cannot lie directly in "/"');
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

function limitProblems({ resources, volumes, stopSeconds }: Workload): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(resources.memoryMiB) || resources.memoryMiB < 8) {
    problems.push(`memory limit ${resources.memoryMiB} MiB is not a whole number of at least 8`);
  }
  if (!(resources.cpus > 0) || resources.cpus > 512) {
    problems.push(`CPU limit ${resources.cpus} is not a number of cores`);
  }
  for (const volume of volumes ?? []) {
    if (!dnsLabel.test(volume.name)) {
      problems.push(`volume name "${volume.name}" is not a DNS label`);
    }
    if (!Number.isInteger(volume.sizeMiB) || volume.sizeMiB < 1) {
      problems.push(`volume "${volume.name}" needs a size of at least 1 MiB`);
    }
  }
  if (stopSeconds !== undefined && (!Number.isInteger(stopSeconds) || stopSeconds < 1)) {
    problems.push(`stopSeconds ${stopSeconds} is not a whole number of at least 1`);
  }
  return problems;
}

/** What only root can read on a machine. */
const rootNeeded: readonly HostAccess[] = ['containerStats', 'containerLogs'];

function privilegeProblems(workload: Workload): string[] {
  const host: readonly string[] = workload.host ?? [];
  const problems = host
    .filter((access) => !(hostAccesses as readonly string[]).includes(access))
    .map((access) => `host access "${access}" does not exist (known: ${hostAccesses.join(', ')})`);
  const known: readonly string[] = allowedCapabilities;
  for (const capability of workload.capabilities ?? []) {
    if (known.includes(capability)) continue;
    problems.push(`capability "${capability}" is not one that may be added (${known.join(', ')})`);
  }
  if (workload.user.uid === 0 && !rootNeeded.some((access) => host.includes(access))) {
    problems.push('runs as root (uid 0) without the host access that would need it');
  }
  // A volume on every node is a directory of that node: privileged as well.
  if (
    workload.placement === 'perNode' &&
    (workload.volumes ?? []).length > 0 &&
    host.length === 0
  ) {
    problems.push('runs on every node and cannot have a volume there without host access');
  }
  if (host.includes('hostMetrics') && (workload.ports ?? []).some((p) => p.publish !== undefined)) {
    problems.push('is on the network of the machine and cannot publish a port as well');
  }
  return problems;
}

function insideProject(folder: string): boolean {
  return (
    !posix.isAbsolute(folder) && posix.normalize(folder) === folder && !/^\.\.?(\/|$)/.test(folder)
  );
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}

/** Is `path` the directory `dir` or below it? */
function within(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`);
}
