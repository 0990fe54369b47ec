import type { core } from '@pulumi/kubernetes/types/input';
import type { HostAccess, Volume, Workload } from '../workload';
import { repeated } from '../workload-validation-container';
import type { ImageMirrors } from './image-mirrors';
import { isReplicated, type Part, partsOf } from './instances';
import { container } from './kubernetes-container';
import { apiAccess, asksApiServer } from './kubernetes-discovery';
import { type FileObjects, fileMounts, type PodMount } from './kubernetes-files';
import { type Labels, onHostNetwork } from './kubernetes-policy';
import { type NodeChoice, scheduling } from './kubernetes-scheduling';
import { nodeDirectory, usualNamespace } from './paths';

/**
 * Directory of the container logs on a node: `<namespace>_<pod>_<uid>/<container>/<restart>.log`.
 */
export const podLogs = '/var/log/pods';

/** The same size as on Docker. It counts towards the memory limit. */
const scratchSize = '64Mi';

/** What the pod refers to. */
export interface PodContext {
  /** Labels of the workload's pods. */
  readonly selector: Labels;
  /** Objects with the files of each container, in the order of `partsOf`. */
  readonly files: readonly FileObjects[];
  /** @default nothing special */
  readonly cluster?: PodsOfCluster;
}

/** Settings for all pods of the stack, which depend on the cluster. */
export interface PodsOfCluster extends NodeChoice {
  /** Namespace of the stack. @default 'monitoring' */
  readonly namespace?: string;
  /** Existing Secrets with logins for registries, in each namespace of the stack. @default none */
  readonly imagePullSecrets?: readonly string[];
  /** Registries to pull from. @default those of the images */
  readonly imageMirrors?: ImageMirrors;
  /**
   * SELinux type of pods with host access: the default type may not read the files of the node.
   * @default that of the container runtime
   */
  readonly seLinuxType?: string;
}

/**
 * The pod of a workload with its companions. Pure. It complies with the Pod Security Standard
 * `restricted` unless the workload declares host access.
 *
 * Upstream: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSpec(
  workload: Workload,
  { selector, files, cluster = {} }: PodContext,
): core.v1.PodSpec {
  const { imagePullSecrets = [], seLinuxType } = cluster;
  const { uid, gid } = workload.user;
  const perNode = workload.placement === 'perNode';
  const parts = partsOf(workload).map((part, i) => ({
    // One instance per node has no claims.
    part: perNode ? { ...part, mounts: [] } : part,
    mounts: podMounts(workload, part, files[i] ?? {}, cluster.namespace),
  }));
  return {
    serviceAccountName: workload.name,
    // Few workloads use the API server. Cloud identities have their own tokens.
    automountServiceAccountToken: workload.serviceAccount?.apiToken === true,
    // Otherwise every Service of the namespace becomes environment variables, and some programs
    // interpret variables with such names.
    enableServiceLinks: false,
    ...scheduling(workload, selector, cluster),
    ...(imagePullSecrets.length === 0
      ? undefined
      : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    terminationGracePeriodSeconds: graceSeconds(workload),
    securityContext: {
      runAsNonRoot: uid !== 0,
      runAsUser: uid,
      runAsGroup: gid,
      // Volumes and secret files belong to this group, so that a non-root process can use them.
      // Changed only if the top directory has another group, because a large volume would take
      // minutes at every start.
      fsGroup: gid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      ...(seLinuxType === undefined || (workload.host ?? []).length === 0
        ? undefined
        : { seLinuxOptions: { type: seLinuxType } }),
    },
    ...(onHostNetwork(workload)
      ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }
      : undefined),
    containers: parts.map(({ part, mounts }) => ({
      ...container(workload, part, mounts, cluster.imageMirrors),
      ...(isReplicated(workload)
        ? { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }
        : undefined),
    })),
    volumes: parts.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)),
  };
}

/**
 * How long a deleted pod keeps serving. The nodes remove it from its Service only after a moment,
 * and until then send new connections to the pod.
 *
 * Upstream: https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/
 */
const drainSeconds = 5;

/** Time from the deletion of a pod until it is killed. */
export function graceSeconds(workload: Workload): number {
  return (workload.stopSeconds ?? 30) + (isReplicated(workload) ? drainSeconds : 0);
}

/** Problems of these images and volumes in a cluster, as sentences for a developer. */
export function podProblems(workload: Workload): string[] {
  const parts = partsOf(workload);
  const volumes = parts.flatMap((part) => podMounts(workload, part, {}).map((m) => m.volume.name));
  // With one instance per node, the volumes are directories on the node and not claims.
  const claims = workload.placement === 'perNode' ? [] : (workload.volumes ?? []);
  return [
    ...parts
      .filter(({ spec }) => spec.image.build !== undefined)
      .map(() => 'its image is built here, and nodes pull from a registry'),
    ...(workload.sharedVolumes ?? []).map(
      ({ of, volume }) =>
        `it mounts the volume "${volume}" of ${of.name}, which may be on another node`,
    ),
    ...repeated([...volumes, ...claims.map(({ name }) => name)]).map(
      (name) => `the volume name "${name}" is taken by the pod itself`,
    ),
  ];
}

/** The mounts of a container except claims, with the pod's volumes for them. */
function podMounts(
  workload: Workload,
  part: Part,
  files: FileObjects,
  namespace?: string,
): PodMount[] {
  const { spec, companion } = part;
  const prefix = companion === undefined ? '' : `${companion}-`;
  const own = companion === undefined;
  return [
    ...fileMounts(spec.files ?? [], files, prefix),
    ...(spec.scratch ?? []).map((path, i) => scratchMount(path, `${prefix}scratch-${i}`)),
    ...(own && workload.placement === 'perNode'
      ? (workload.volumes ?? []).map(nodeVolume(workload, namespace))
      : []),
    ...(own ? hostMounts(new Set(workload.host)) : []),
    // Not needed if all containers of the pod get a token: then this one has it too.
    ...(own && asksApiServer(workload) && workload.serviceAccount?.apiToken !== true
      ? [apiAccess()]
      : []),
  ];
}

function scratchMount(path: string, name: string): PodMount {
  return {
    volume: { name, emptyDir: { medium: 'Memory', sizeLimit: scratchSize } },
    mount: { name, mountPath: path },
  };
}

/**
 * A claim belongs to one pod. With one pod per node, data is in a directory on the node and
 * outlives the pod there.
 */
const nodeVolume =
  ({ name: workload }: Workload, namespace = usualNamespace) =>
  ({ name, path }: Volume): PodMount => ({
    volume: {
      name,
      hostPath: {
        path: nodeDirectory(namespace, workload, name),
        type: 'DirectoryOrCreate',
      },
    },
    mount: { name, mountPath: path },
  });

/** Read-only mounts of the node's directories. */
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
  // `readOnly` alone does not cover file systems that are mounted below. Recursive read-only cannot
  // be combined with propagation, which the first mount needs to see disks that are mounted later.
  const recursive = { recursiveReadOnly: 'IfPossible' };
  return [
    ...(host.has('hostMetrics')
      ? [mount('host', '/', '/host', { mountPropagation: 'HostToContainer' })]
      : []),
    // No `type`, so the kubelet does not check the directory: a node has one of the two runtimes,
    // and the missing directory is created empty.
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
