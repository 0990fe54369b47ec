import type { core } from '@pulumi/kubernetes/types/input';
import * as pulumi from '@pulumi/pulumi';
import { imageRef } from '../images';
import type { HostAccess, Probe, Volume, Workload } from '../workload';
import { apiAccess, asksApiServer } from './kubernetes-discovery';
import { type FileObjects, fileMounts, type PodMount } from './kubernetes-files';

/** Environment variable with the node's address, for workloads on the node's own network. */
export const hostIp = 'HOST_IP';

/** Environment variable with the node's name, for workloads on each node. */
export const nodeName = 'NODE_NAME';

/** Where the kubelet keeps the logs: `<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
export const podLogs = '/var/log/pods';

/** As much as on Docker. What is written counts towards the memory limit. */
const scratchSize = '64Mi';

/**
 * The pod that runs a workload; pure. It satisfies the Pod Security Standard `restricted` unless the
 * workload declares host access.
 *
 * Upstream: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSpec(workload: Workload, objects: FileObjects): core.v1.PodSpec {
  const host = new Set<HostAccess>(workload.host);
  const { uid, gid } = workload.user;
  const mounts = [
    ...fileMounts(workload.files ?? [], objects),
    ...(workload.scratch ?? []).map(scratchMount),
    ...(workload.placement === 'perNode' ? (workload.volumes ?? []).map(nodeVolume(workload)) : []),
    ...hostMounts(host),
    ...(asksApiServer(workload.discovers) ? [apiAccess()] : []),
  ];
  return {
    serviceAccountName: workload.name,
    // Nobody here talks to the API server, but for a container that finds its targets there.
    automountServiceAccountToken: false,
    // Otherwise every service of the namespace becomes a handful of environment variables, and some
    // programs read theirs from exactly such names.
    enableServiceLinks: false,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    terminationGracePeriodSeconds: workload.stopSeconds ?? 30,
    securityContext: {
      runAsNonRoot: uid !== 0,
      runAsUser: uid,
      runAsGroup: gid,
      // Volumes and secret files become the group's, so that a process that is not root can use them;
      // only when the top directory is wrong, or a big volume would take minutes at every start.
      fsGroup: gid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(host.has('hostMetrics')
      ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }
      : undefined),
    // On every node means also on those that are reserved, not ready or under pressure.
    ...(workload.placement === 'perNode' ? { tolerations: [{ operator: 'Exists' }] } : undefined),
    containers: [container(workload, mounts)],
    volumes: mounts.map(({ volume }) => volume),
  };
}

/** What a cluster cannot do with this image, as sentences for a developer. */
export function imageProblems({ image }: Workload): string[] {
  return image.build === undefined
    ? []
    : ['its image is built here, and nodes pull from a registry'];
}

function container(workload: Workload, mounts: readonly PodMount[]): core.v1.Container {
  const own = nodeVariables(workload);
  const known = own.map((variable) => variable.name);
  const { capabilities, ports = [] } = workload;
  return {
    name: workload.name,
    image: imageRef(workload.image),
    ...(workload.command && { command: workload.command.map((part) => literally(part, known)) }),
    args: (workload.args ?? []).map((arg) => literally(arg, known)),
    env: environment(workload, own),
    ports: ports.map(({ name, number }) => ({ name, containerPort: number, protocol: 'TCP' })),
    ...probes(workload),
    resources: resources(workload),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], ...(capabilities && { add: [...capabilities] }) },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      ...(workload.placement === 'perNode' ? [] : (workload.volumes ?? [])).map(
        ({ name, path }) => ({ name, mountPath: path }),
      ),
      ...mounts.map(({ mount }) => mount),
    ],
  };
}

/** First, because Kubernetes expands only what was defined before. */
function environment(
  { env = {} }: Workload,
  own: readonly NodeVariable[],
): core.v1.EnvVar[] | undefined {
  const known = own.map(({ name }) => name);
  const variables: core.v1.EnvVar[] = [
    ...own.map(({ name, fieldPath }) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ...Object.entries(env).map(([name, value]) => ({ name, value: literally(value, known) })),
  ];
  return variables.length === 0 ? undefined : variables;
}

interface NodeVariable {
  readonly name: string;
  /** Field of the pod. */
  readonly fieldPath: string;
}

/** What a workload may ask of its node, by the names of environment variables that Kubernetes sets. */
export function nodeVariables({ host = [], placement }: Workload): readonly NodeVariable[] {
  return [
    ...(host.includes('hostMetrics') ? [{ name: hostIp, fieldPath: 'status.hostIP' }] : []),
    ...(placement === 'perNode' ? [{ name: nodeName, fieldPath: 'spec.nodeName' }] : []),
  ];
}

/**
 * Memory is reserved in full: it cannot be taken back, and a pod above its request is the first that
 * a node under pressure evicts. CPU time can be shared: a quarter is reserved, so that an
 * idle stack does not fill a node; who needs more and finds none is slowed down, not killed.
 */
function resources({ resources: { memoryMiB, cpus } }: Workload): core.v1.ResourceRequirements {
  const memory = mebibytes(memoryMiB);
  return {
    limits: { memory, cpu: cores(cpus) },
    requests: { memory, cpu: cores(cpus / 4) },
  };
}

/** As the API server writes it back, so that a refresh finds no difference. */
export function mebibytes(count: number): string {
  return count % 1024 === 0 ? `${count / 1024}Gi` : `${count}Mi`;
}

function cores(count: number): string {
  const millicores = Math.max(1, Math.ceil(count * 1000));
  return millicores % 1000 === 0 ? `${millicores / 1000}` : `${millicores}m`;
}

/** The kubelet asks, not the container, so that images without a shell can be probed. */
function probes(
  workload: Workload,
): Pick<core.v1.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { readiness, liveness } = workload;
  const starting = readiness ?? liveness;
  const every = (probe: Probe, periodSeconds: number, failureThreshold: number): core.v1.Probe => ({
    httpGet: { path: probe.path, port: probe.port },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold,
  });
  return {
    // The others wait for this one: a slow start is neither unready nor dead before its deadline.
    ...(starting && {
      startupProbe: every(starting, 2, Math.ceil((starting.deadlineSeconds ?? 60) / 2)),
    }),
    ...(readiness && { readinessProbe: every(readiness, 5, 3) }),
    // More patient than readiness: traffic stops first, a restart comes only when that was no help.
    ...(liveness && { livenessProbe: every(liveness, 10, 6) }),
  };
}

function scratchMount(path: string, i: number): PodMount {
  const name = `scratch-${i}`;
  return {
    volume: { name, emptyDir: { medium: 'Memory', sizeLimit: scratchSize } },
    mount: { name, mountPath: path },
  };
}

/** A claim belongs to one pod; what one pod on each node keeps lies on the node, and outlives the pod there. */
const nodeVolume =
  ({ name: workload }: Workload) =>
  ({ name, path }: Volume): PodMount => ({
    volume: {
      name,
      hostPath: {
        path: `/var/lib/audifi-observability/${workload}-${name}`,
        type: 'DirectoryOrCreate',
      },
    },
    mount: { name, mountPath: path },
  });

/** Read-only views of the node. */
function hostMounts(host: ReadonlySet<HostAccess>): PodMount[] {
  const mount = (
    name: string,
    path: string,
    mountPath: string,
    extra: Partial<core.v1.VolumeMount>,
  ): PodMount => ({
    volume: { name, hostPath: { path } },
    mount: { name, mountPath, readOnly: true, ...extra },
  });
  // `readOnly` alone leaves the file systems mounted below writable. It cannot be recursive together
  // with propagation, which the first one needs to see disks that are mounted later.
  const recursive = { recursiveReadOnly: 'IfPossible' };
  return [
    ...(host.has('hostMetrics')
      ? [mount('host', '/', '/host', { mountPropagation: 'HostToContainer' })]
      : []),
    // No `type`, so nothing is checked: a node has one of the two engines, and the runtime puts an
    // empty directory in place of the other.
    ...(host.has('containerLogs') ? [mount('pod-logs', podLogs, podLogs, recursive)] : []),
    ...(host.has('containerStats')
      ? [
          mount('rootfs', '/', '/rootfs', recursive),
          mount('var-run', '/var/run', '/var/run', recursive),
          mount('sys', '/sys', '/sys', recursive),
          mount('containerd', '/var/lib/containerd', '/var/lib/containerd', recursive),
          mount('docker', '/var/lib/docker', '/var/lib/docker', recursive),
        ]
      : []),
  ];
}

/**
 * Kubernetes expands `$(NAME)` in arguments and environment and takes `$$` for an escaped `$`;
 * Docker passes both on as they are. A workload means what it says, except for what it may ask of its node.
 */
function literally(text: pulumi.Input<string>, known: readonly string[]): pulumi.Input<string> {
  const but = known.map((name) => `(?!\\(${name}\\))`).join('');
  const special = new RegExp(`\\$${but}(?=[$(])`, 'g');
  const escape = (value: string): string => value.replace(special, '$$$$');
  return typeof text === 'string' ? escape(text) : pulumi.output(text).apply(escape);
}
