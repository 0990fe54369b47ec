import type { core } from '@pulumi/kubernetes/types/input';
import type { HostAccess, Volume, Workload } from '../workload';
import { repeated } from '../workload-validation-container';
import { isReplicated, type Part, partsOf } from './instances';
import { container } from './kubernetes-container';
import { apiAccess, asksApiServer } from './kubernetes-discovery';
import { type FileObjects, fileMounts, type PodMount } from './kubernetes-files';
import { type Labels, onHostNetwork } from './kubernetes-policy';

/** Where the kubelet keeps the logs: `<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
export const podLogs = '/var/log/pods';

/** As much as on Docker. What is written counts towards the memory limit. */
const scratchSize = '64Mi';

/** What a pod's description refers to. */
export interface PodContext {
  /** Labels of the workload's pods. */
  readonly selector: Labels;
  /** Objects with the files of each container, in the order of `partsOf`. */
  readonly files: readonly FileObjects[];
}

/**
 * The pod that runs a workload with its companions; pure. It satisfies the Pod Security Standard
 * `restricted` unless the workload declares host access.
 *
 * Upstream: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSpec(workload: Workload, { selector, files }: PodContext): core.v1.PodSpec {
  const { uid, gid } = workload.user;
  const perNode = workload.placement === 'perNode';
  const parts = partsOf(workload).map((part, i) => ({
    // One on each node has no claims.
    part: perNode ? { ...part, mounts: [] } : part,
    mounts: podMounts(workload, part, files[i] ?? {}),
  }));
  return {
    serviceAccountName: workload.name,
    // Few talk to the API server. Identities of a cloud bring tokens of their own.
    automountServiceAccountToken: workload.serviceAccount?.apiToken === true,
    // Otherwise every service of the namespace becomes a handful of environment variables, and some
    // programs read theirs from exactly such names.
    enableServiceLinks: false,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    terminationGracePeriodSeconds: workload.stopSeconds ?? 30,
    securityContext: {
      runAsNonRoot: uid !== 0,
      runAsUser: uid,
      runAsGroup: gid,
      // Volumes and secret files become the group's, so that a process that is not root can use
      // them; only when the top directory is wrong, or a big volume would take minutes at every
      // start.
      fsGroup: gid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(onHostNetwork(workload)
      ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }
      : undefined),
    // On every node means also on those that are reserved, not ready or under pressure.
    ...(perNode ? { tolerations: [{ operator: 'Exists' }] } : undefined),
    ...(isReplicated(workload) ? { topologySpreadConstraints: spread(selector) } : undefined),
    containers: parts.map(({ part, mounts }) => container(workload, part, mounts)),
    volumes: parts.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)),
  };
}

/** What a cluster cannot do with these images and volumes, as sentences for a developer. */
export function podProblems(workload: Workload): string[] {
  const parts = partsOf(workload);
  const volumes = parts.flatMap((part) => podMounts(workload, part, {}).map((m) => m.volume.name));
  // Of each node's own the pod's volume is all there is; a claim is another one.
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

/**
 * Instances share no node as long as there is another one for them, and no zone where that can be
 * had. One node is enough to run them all: the skew is counted over the nodes that there are. Of
 * those that are drained or reserved none counts, or nobody could go elsewhere.
 *
 * Upstream: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
function spread(selector: Labels): core.v1.TopologySpreadConstraint[] {
  const labelSelector = { matchLabels: selector };
  return [
    {
      topologyKey: 'kubernetes.io/hostname',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
      labelSelector,
    },
    {
      topologyKey: 'topology.kubernetes.io/zone',
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector,
    },
  ];
}

/** What a container mounts besides claims, with the pod's volumes behind it. */
function podMounts(workload: Workload, part: Part, files: FileObjects): PodMount[] {
  const { spec, companion } = part;
  const prefix = companion === undefined ? '' : `${companion}-`;
  const own = companion === undefined;
  return [
    ...fileMounts(spec.files ?? [], files, prefix),
    ...(spec.scratch ?? []).map((path, i) => scratchMount(path, `${prefix}scratch-${i}`)),
    ...(own && workload.placement === 'perNode'
      ? (workload.volumes ?? []).map(nodeVolume(workload))
      : []),
    ...(own ? hostMounts(new Set(workload.host)) : []),
    // With a token for all containers of the pod it has that one.
    ...(own && asksApiServer(workload.discovers) && workload.serviceAccount?.apiToken !== true
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
 * A claim belongs to one pod; what one pod on each node keeps lies on the node, and outlives the
 * pod there.
 */
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
  // `readOnly` alone leaves the file systems mounted below writable. It cannot be recursive
  // together with propagation, which the first one needs to see disks that are mounted later.
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
