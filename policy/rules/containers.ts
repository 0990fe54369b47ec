import { containersOf, type RunningContainer } from '../containers';
import type { Rule } from '../resource';
import { isSet, notKnown, text } from '../values';

/**
 * Workloads that look at the machine, and no other may: their logical names, with what each may be.
 * Adding one is a decision for the review of this file.
 */
export const hostAgents: Readonly<Record<string, { readonly root: boolean }>> = {
  'node-exporter': { root: false },
  // cgroups and other processes' files are root's.
  cadvisor: { root: true },
  // So are the log files of containers.
  promtail: { root: true },
  'otel-agent': { root: true },
};

const agentOf = (name: string): { readonly root: boolean } | undefined =>
  Object.entries(hostAgents).find(([agent]) => agent === name)?.[1];

/** A rule about each container by itself. */
function containerRule(
  name: string,
  description: string,
  judge: (container: RunningContainer, workload: string) => readonly string[],
): Rule {
  return {
    name,
    description,
    check: (resource) =>
      containersOf(resource).flatMap((container) =>
        judge(container, resource.name).map((message) => `${container.title} ${message}`),
      ),
  };
}

export const nonRoot = containerRule(
  'non-root',
  `No container runs as root but the host agents ${agents((agent) => agent.root)}.`,
  ({ isRoot }, workload) =>
    isRoot && agentOf(workload)?.root !== true
      ? ['runs as root: give it a user (Docker: user; Kubernetes: runAsUser, runAsNonRoot)']
      : [],
);

export const readOnlyRoot = containerRule(
  'read-only-root',
  'The root file system of every container is read-only.',
  (container) =>
    container.readOnlyRoot
      ? []
      : ['can write to its root file system: set readOnly (readOnlyRootFilesystem)'],
);

export const resourceLimits = containerRule(
  'resource-limits',
  'Every container has a limit of memory and of CPU.',
  ({ memoryLimit, cpuLimit }) => [
    ...(isSet(memoryLimit) ? [] : ['has no limit of memory']),
    ...(isSet(cpuLimit) ? [] : ['has no limit of CPU']),
  ],
);

export const noPrivileges = containerRule(
  'no-privileges',
  'No container is privileged, keeps capabilities that it was not given, or can gain rights.',
  ({ privileged, escalates, dropsAll, capabilities }) => [
    ...(privileged ? ['is privileged'] : []),
    ...(escalates
      ? ['can gain rights: set no-new-privileges (allowPrivilegeEscalation: false)']
      : []),
    ...(dropsAll ? [] : ['keeps the default capabilities: drop ALL']),
    ...capabilities
      .filter((capability) => !harmless.has(capability))
      .map((capability) => `has the capability ${capability}`),
  ],
);

/** It gives no power over the machine, over files of others or over other processes. */
const harmless = new Set(['NET_BIND_SERVICE']);

export const noHostAccess = containerRule(
  'no-host-access',
  `Nothing of the machine is open to a container, but to the host agents ${agents(() => true)}.`,
  ({ hostAccess }, workload) =>
    agentOf(workload) !== undefined
      ? hostAccess
          .filter((access) => access.endsWith(', writable') && !/audifi/.test(access))
          .map((access) => `has ${access}: a host agent reads`)
      : hostAccess.map((access) => `has ${access}, and is no host agent (policy/rules)`),
);

function agents(which: (agent: { readonly root: boolean }) => boolean): string {
  return Object.entries(hostAgents)
    .filter(([, agent]) => which(agent))
    .map(([name]) => name)
    .join(', ');
}

/** Tags that move: what runs would depend on when it was pulled. */
const moving = /^(latest|main|master|stable|edge|nightly|dev|develop|head|release|lts)$/i;

export const pinnedImages: Rule = {
  name: 'pinned-images',
  description: 'Every image has a tag that names a version, or a digest.',
  check: (resource) => {
    const images =
      resource.type === 'docker:index/remoteImage:RemoteImage'
        ? [resource.props['name']]
        : containersOf(resource).flatMap(({ image }) => (image === undefined ? [] : [image]));
    return images
      .filter((image) => image !== notKnown && !isPinned(text(image)))
      .map((image) => `the image "${text(image)}" is not pinned: give it a version or a digest`);
  },
};

/** `repository:1.2.3`, `repository@sha256:…`; a port of the registry is no tag. */
function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  return tag !== undefined && /\d/.test(tag) && !moving.test(tag);
}
