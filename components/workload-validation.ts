import { type Companion, type HostAccess, hostAccesses, type Workload } from './workload';
import { containerProblems, dnsLabel, repeated } from './workload-validation-container';
import { outsideProblems } from './workload-validation-outside';

/**
 * All problems of a workload, as sentences for a developer; empty if it is valid.
 * Pure. Runs before anything is provisioned, on every platform.
 */
export function workloadProblems(workload: Workload): string[] {
  return [
    ...nameProblems(workload),
    ...containerProblems(
      workload,
      [...(workload.volumes ?? []), ...(workload.sharedVolumes ?? [])].flatMap((v) => v.path ?? []),
    ),
    ...volumeProblems(workload),
    ...instanceProblems(workload),
    ...companionProblems(workload),
    ...outsideProblems(workload),
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

function nameProblems({ name }: Workload): string[] {
  return dnsLabel.test(name)
    ? []
    : [`name "${name}" is not a DNS label (lower-case letters, digits, "-")`];
}

function volumeProblems({ volumes = [], sharedVolumes = [], stopSeconds }: Workload): string[] {
  const problems = repeated([...volumes, ...sharedVolumes].map((v) => v.name)).map(
    (name) => `two volumes are named "${name}"`,
  );
  for (const { name } of sharedVolumes.filter((volume) => !dnsLabel.test(volume.name))) {
    problems.push(`volume name "${name}" is not a DNS label`);
  }
  for (const volume of volumes) {
    if (!dnsLabel.test(volume.name)) {
      problems.push(`volume name "${volume.name}" is not a DNS label`);
    }
    if (!Number.isInteger(volume.sizeMiB) || volume.sizeMiB < 1) {
      problems.push(`volume "${volume.name}" needs a size of at least 1 MiB`);
    }
    if (volume.ownedLike?.path.startsWith('/') === false) {
      problems.push(`volume "${volume.name}": "${volume.ownedLike.path}" is not an absolute path`);
    }
  }
  if (stopSeconds !== undefined && (!Number.isInteger(stopSeconds) || stopSeconds < 1)) {
    problems.push(`stopSeconds ${stopSeconds} is not a whole number of at least 1`);
  }
  return problems;
}

function instanceProblems(workload: Workload): string[] {
  const { replicas = 1, placement, host = [], clusterPorts = [] } = workload;
  const problems: string[] = [];
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 100) {
    problems.push(`replicas ${replicas} is not a whole number from 1 to 100`);
  } else if (replicas > 1 && placement === 'perNode') {
    problems.push('runs on every node, so it cannot have replicas');
  } else if (replicas > 1 && host.length > 0) {
    problems.push('has host access, so it cannot have replicas on one machine');
  }
  const declared = [workload, ...(workload.companions ?? [])].flatMap(({ ports = [] }) =>
    ports.map((p) => p.name),
  );
  for (const port of clusterPorts.filter((name) => !declared.includes(name))) {
    problems.push(`cluster port "${port}" is not declared`);
  }
  return problems;
}

function companionProblems(workload: Workload): string[] {
  const { companions = [], host = [] } = workload;
  if (companions.length === 0) return [];
  const problems = companions.flatMap((companion) => [
    ...(dnsLabel.test(companion.name) && companion.name.length <= 30
      ? []
      : [`companion name "${companion.name}" is not a DNS label of at most 30 characters`]),
    ...(companion.name === workload.name || /(^|-)files$/.test(companion.name)
      ? [`companion name "${companion.name}" is taken`]
      : []),
    ...containerProblems(
      companion,
      (companion.mounts ?? []).map((m) => m.path),
    ).map((problem) => `companion "${companion.name}": ${problem}`),
    ...mountProblems(companion, workload),
  ]);
  for (const name of repeated(companions.map((c) => c.name))) {
    problems.push(`two companions are named "${name}"`);
  }
  if (host.length > 0)
    problems.push('has host access, so it cannot have companions, which would share it');
  return [...problems, ...sharedPorts(workload, companions)];
}

function mountProblems(
  { name, mounts = [] }: Companion,
  { volumes = [], sharedVolumes = [] }: Workload,
): string[] {
  const declared = [...volumes, ...sharedVolumes].map((volume) => volume.name);
  return mounts
    .filter((mount) => !declared.includes(mount.volume))
    .map(({ volume }) => `companion "${name}" mounts volume "${volume}", which is not declared`);
}

/** Port conflicts between containers of one pod, which share an address. */
function sharedPorts(workload: Workload, companions: readonly Companion[]): string[] {
  const containers = [workload, ...companions].map(({ ports = [] }) => ports);
  const shared = <T>(of: (ports: (typeof containers)[number]) => T[]): T[] =>
    repeated(containers.flatMap((ports) => [...new Set(of(ports))]));
  return [
    ...shared((ports) => ports.map((p) => p.name)).map(
      (name) => `two of its containers have a port named "${name}"`,
    ),
    ...shared((ports) => ports.map((p) => p.number)).map(
      (number) => `two of its containers listen on port ${number}`,
    ),
    ...shared((ports) => ports.flatMap((p) => p.publish ?? [])).map(
      (number) => `port ${number} of the machine is published by two of its containers`,
    ),
  ];
}

/** Host access that only root can use. */
const rootNeeded: readonly HostAccess[] = ['containerStats', 'containerLogs'];

function privilegeProblems(workload: Workload): string[] {
  const host: readonly string[] = workload.host ?? [];
  const problems = host
    .filter((access) => !(hostAccesses as readonly string[]).includes(access))
    .map((access) => `host access "${access}" does not exist (known: ${hostAccesses.join(', ')})`);
  if (workload.user.uid === 0 && !rootNeeded.some((access) => host.includes(access))) {
    problems.push('runs as root (uid 0) without a host access that requires root');
  }
  // With one instance per node, a volume is a directory on the node, which is privileged.
  if (
    workload.placement === 'perNode' &&
    (workload.volumes ?? []).length > 0 &&
    host.length === 0
  ) {
    problems.push('runs on every node, so it cannot have a volume without host access');
  }
  for (const label of Object.keys(workload.serviceAccount?.podLabels ?? {})) {
    // Services and NetworkPolicies select pods by these labels.
    if (label.startsWith('app.kubernetes.io/')) {
      problems.push(`pod label "${label}" is reserved for the stack`);
    }
  }
  if (host.includes('hostMetrics') && (workload.ports ?? []).some((p) => p.publish !== undefined)) {
    problems.push('uses the host network, so it cannot publish a port');
  }
  return problems;
}
