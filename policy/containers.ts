import type { PolicyResource } from './resource';
import { at, is, isSet, items, list, notKnown, text } from './values';

/** A container on Docker or in a pod. Values may be `notKnown`. */
export interface RunningContainer {
  /** Name in messages, e.g. `container prometheus`. */
  readonly title: string;
  /** The ID of an image on Docker, where the image is a separate resource. */
  readonly image?: unknown;
  readonly isRoot: boolean;
  readonly readOnlyRoot: boolean;
  readonly memoryLimit: unknown;
  readonly cpuLimit: unknown;
  readonly privileged: boolean;
  /** Whether a process may gain more privileges than its parent. */
  readonly escalates: boolean;
  /** Protections of the kernel that are turned off, e.g. `seccomp=unconfined`. */
  readonly unconfined: readonly string[];
  /** Whether all capabilities are dropped. */
  readonly dropsAll: boolean;
  /** Added capabilities, without the prefix CAP_. */
  readonly capabilities: readonly string[];
  /** What it can access on the host, e.g. `the directory / of the host`. */
  readonly hostAccess: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: unknown }[];
  readonly args: readonly unknown[];
}

export const dockerContainer = 'docker:index/container:Container';

/** Containers that a resource runs: none, one, or all of a pod. */
export function containersOf(resource: PolicyResource): RunningContainer[] {
  if (resource.type === dockerContainer) {
    // Never started. It only contains files, or sets the owner of a volume.
    return resource.props['start'] === false ? [] : [onDocker(resource)];
  }
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const inPod = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) =>
    list(at(pod.spec, kind)),
  );
  const access = podAccess(pod.spec);
  return inPod.map((container) => onKubernetes(container, pod.spec, access));
}

function onDocker({ name, props }: PolicyResource): RunningContainer {
  const user = props['user'];
  const capabilities = (kind: string): string[] =>
    list(at(props['capabilities'], kind)).map((given) => text(given).replace(/^CAP_/, ''));
  const memory = props['memory'];
  return {
    title: `container ${name}`,
    image: props['image'],
    isRoot: user !== notKnown && (!isSet(user) || /^(0|root)(:|$)/.test(text(user))),
    readOnlyRoot: is(props['readOnly'], true),
    memoryLimit: memory,
    cpuLimit: props['cpus'] ?? props['cpuQuota'],
    privileged: props['privileged'] === true,
    escalates: !list(props['securityOpts']).some((option) =>
      /^no-new-privileges(:true)?$/.test(text(option)),
    ),
    unconfined: list(props['securityOpts'])
      .map(text)
      .filter((option) => /[:=](unconfined|disable)$/.test(option)),
    dropsAll: capabilities('drops').includes('ALL'),
    capabilities: capabilities('adds'),
    hostAccess: [
      ...['networkMode', 'pidMode', 'ipcMode', 'usernsMode', 'cgroupnsMode'].flatMap((mode) =>
        namespaceOf(mode.replace(/(ns)?Mode$/, ''), text(props[mode])),
      ),
      ...list(props['mounts'])
        .filter((mount) => at(mount, 'type') === 'bind')
        .map((mount) => `${pathText(at(mount, 'source'))}${writable(at(mount, 'readOnly'))}`),
      ...list(props['mounts']).flatMap((mount) =>
        boundDirectory(at(mount, 'volumeOptions', 'driverOptions')),
      ),
      ...list(props['volumes'])
        .filter((volume) => isSet(at(volume, 'hostPath')))
        .map((volume) => `${pathText(at(volume, 'hostPath'))}${writable(at(volume, 'readOnly'))}`),
      ...list(props['devices']).map((device) => `device ${text(at(device, 'hostPath'))}`),
      ...(isSet(props['gpus']) || list(props['deviceRequests']).length > 0
        ? ['the GPUs of the host']
        : []),
    ],
    environment: items(props['envs']).map((entry) => {
      if (typeof entry !== 'string') return { name: '', value: entry };
      const [variable = '', ...value] = entry.split('=');
      return { name: variable, value: value.join('=') };
    }),
    args: [...items(props['entrypoints']), ...items(props['command'])],
  };
}

/** A namespace of the host, or of another container, which may use the host's. */
function namespaceOf(kind: string, mode: string): string[] {
  if (mode === 'host') return [`the host's ${kind} namespace`];
  return mode.startsWith('container:') ? [`the ${kind} namespace of another container`] : [];
}

/** The directory of the host that a volume of the driver `local` is, with these options. */
function boundDirectory(options: unknown): string[] {
  const device = text(at(options, 'device'));
  return device.startsWith('/') ? [`${pathText(device)}, writable`] : [];
}

/** Directories of the host that a volume gives to any container that mounts it. */
export function hostDirectoriesOf({ type, props }: PolicyResource): string[] {
  if (type === 'docker:index/volume:Volume') return boundDirectory(props['driverOpts']);
  if (type !== 'kubernetes:core/v1:PersistentVolume') return [];
  return ['hostPath', 'local'].flatMap((kind) => {
    const path = at(props, 'spec', kind, 'path');
    return path === undefined ? [] : [pathText(path)];
  });
}

function onKubernetes(
  container: unknown,
  pod: unknown,
  hostAccess: readonly string[],
): RunningContainer {
  const own = (key: string): unknown => at(container, 'securityContext', key);
  const either = (key: string): unknown => own(key) ?? at(pod, 'securityContext', key);
  const capabilities = (kind: string): string[] =>
    list(at(own('capabilities'), kind)).map((given) => text(given));
  const ports = list(at(container, 'ports')).filter((port) => isSet(at(port, 'hostPort')));
  return {
    title: `container ${text(at(container, 'name'))}`,
    image: at(container, 'image'),
    isRoot:
      either('runAsUser') === 0 ||
      !(isSet(either('runAsUser')) || is(either('runAsNonRoot'), true)),
    readOnlyRoot: is(own('readOnlyRootFilesystem'), true),
    memoryLimit: at(container, 'resources', 'limits', 'memory'),
    cpuLimit: at(container, 'resources', 'limits', 'cpu'),
    privileged: own('privileged') === true,
    escalates: !is(own('allowPrivilegeEscalation'), false),
    unconfined: [
      ...['seccompProfile', 'appArmorProfile']
        .filter((profile) => at(either(profile), 'type') === 'Unconfined')
        .map((profile) => `${profile} Unconfined`),
      ...(own('procMount') === 'Unmasked' ? ['procMount Unmasked'] : []),
    ],
    dropsAll: capabilities('drop').includes('ALL'),
    capabilities: capabilities('add'),
    hostAccess: [
      ...hostAccess,
      ...ports.map((port) => `port ${String(at(port, 'hostPort'))} of the node`),
    ],
    environment: items(at(container, 'env')).map((variable) => ({
      name: text(at(variable, 'name')),
      value: at(variable, 'value'),
    })),
    args: [...items(at(container, 'command')), ...items(at(container, 'args'))],
  };
}

/** Access to the node that every container of a pod has, with or without mounts. */
function podAccess(pod: unknown): string[] {
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC']
      .filter((key) => at(pod, key) === true)
      .map((key) => `the host's ${key.slice('host'.length).toLowerCase()} namespace`),
    ...list(at(pod, 'volumes'))
      .filter((volume) => isSet(at(volume, 'hostPath')))
      .map((volume) => {
        const mounts = mountsOf(pod).filter((mount) => at(mount, 'name') === at(volume, 'name'));
        const readOnly = mounts.every((mount) => at(mount, 'readOnly') === true);
        return `${pathText(at(volume, 'hostPath', 'path'))}${writable(readOnly)}`;
      }),
  ];
}

const mountsOf = (pod: unknown): unknown[] =>
  ['initContainers', 'containers'].flatMap((kind) =>
    list(at(pod, kind)).flatMap((container) => list(at(container, 'volumeMounts'))),
  );

const pathText = (path: unknown): string => `the directory ${text(path)} of the host`;
const writable = (readOnly: unknown): string => (readOnly === true ? '' : ', writable');

export interface Pod {
  readonly namespace: unknown;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly spec: unknown;
}

const templated = new Set([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'],
]);

/** The pod template of a Kubernetes resource, if it has one. */
export function podOf({ type, props }: PolicyResource): Pod | undefined {
  const [provider, , kind = ''] = type.split(':');
  if (provider !== 'kubernetes') return undefined;
  const namespace = at(props, 'metadata', 'namespace');
  const of = (template: unknown): Pod => ({
    namespace,
    labels: (at(template, 'metadata', 'labels') ?? {}) as Record<string, unknown>,
    spec: at(template, 'spec'),
  });
  if (kind === 'Pod') return of(props);
  if (kind === 'CronJob') return of(at(props, 'spec', 'jobTemplate', 'spec', 'template'));
  return templated.has(kind) ? of(at(props, 'spec', 'template')) : undefined;
}
