import {
  containersOf,
  dockerContainer,
  hostDirectoriesOf,
  type RunningContainer,
} from '../containers';
import type { PolicyResource, Rule } from '../resource';
import { isSet, notKnown, text } from '../values';
import { agentOf, hostAgents, isRootAgent, rootAgents } from './host-agents';

/** A rule that checks each container separately. */
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
  `No container runs as root, except the host agents ${rootAgents.join(', ')}.`,
  ({ isRoot, title }, workload) =>
    isRoot && !isRootAgent(workload, title)
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
  'Every container has a memory limit and a CPU limit.',
  ({ memoryLimit, cpuLimit }) => [
    ...(isLimit(memoryLimit) ? [] : ['has no memory limit']),
    ...(isLimit(cpuLimit) ? [] : ['has no CPU limit']),
  ],
);

/** Docker takes zero and negative numbers for no limit. A symbol is a value that is not known. */
const isLimit = (value: unknown): boolean =>
  typeof value === 'symbol' || (isSet(value) && !(Number(value) <= 0));

export const noPrivileges = containerRule(
  'no-privileges',
  'No container is privileged, unconfined, keeps default capabilities, or can gain privileges.',
  ({ privileged, escalates, unconfined, dropsAll, capabilities }) => [
    ...(privileged ? ['is privileged'] : []),
    ...unconfined.map((option) => `turns off a protection of the kernel: ${option}`),
    ...(escalates
      ? ['can gain privileges: set no-new-privileges (allowPrivilegeEscalation: false)']
      : []),
    ...(dropsAll ? [] : ['keeps the default capabilities: drop ALL']),
    ...capabilities
      .filter((capability) => !harmless.has(capability))
      .map((capability) => `has the capability ${capability}`),
  ],
);

/** Capabilities that give no access to the host, other users' files or other processes. */
const harmless = new Set(['NET_BIND_SERVICE']);

const containerAccess = containerRule(
  'no-host-access',
  `No container has access to the host, except what the host agents need: ${Object.keys(hostAgents).join(', ')}.`,
  ({ hostAccess }, workload) => {
    const agent = agentOf(workload);
    return hostAccess
      .filter((access) => agent?.access.some((allowed) => allowed.test(access)) !== true)
      .map((access) =>
        agent === undefined
          ? `has access to ${access}, but is not a host agent (policy/rules)`
          : `has access to ${access}, which this host agent does not need (policy/rules)`,
      );
  },
);

export const noHostAccess: Rule = {
  ...containerAccess,
  check: (resource) => [
    ...(containerAccess.check?.(resource) ?? []),
    ...hostDirectoriesOf(resource).map(
      (directory) => `is ${directory}: containers must not mount it`,
    ),
  ],
};

/**
 * A tag that names a version: two numbers (`17.10`, `v3.13.5`), a date, or a hash of the content,
 * as locally built images have. `17`, `24-slim` and `latest` move: the version that runs would
 * depend on when the image was pulled.
 */
const version = /\d+\.\d+|\d{4}-\d{2}-\d{2}|^[0-9a-f]{12,64}$/;

export const pinnedImages: Rule = {
  name: 'pinned-images',
  description: 'Every image has a tag that names a version with at least two numbers, or a digest.',
  check: (resource) =>
    imagesOf(resource)
      .filter((image) => image !== notKnown && !isPinned(text(image)))
      .map((image) => `the image "${text(image)}" is not pinned: give it a version or a digest`),
};

function imagesOf({ type, props, ...rest }: PolicyResource): unknown[] {
  if (type === 'docker:index/remoteImage:RemoteImage') return [props['name']];
  const images =
    type === dockerContainer
      ? [props['image']]
      : containersOf({ type, props, ...rest }).map(({ image }) => image);
  return images.filter((image) => image !== undefined);
}

/** `repository:1.2.3`, `repository@sha256:…`; the port of a registry is not a tag. */
function isPinned(image: string): boolean {
  // A Docker container refers to an image by its ID, `sha256:…`.
  if (/@sha256:[0-9a-f]{64}$|^sha256:/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  return tag !== undefined && version.test(tag);
}
