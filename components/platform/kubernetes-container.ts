import type { core } from '@pulumi/kubernetes/types/input';
import * as pulumi from '@pulumi/pulumi';
import { imageRef } from '../images';
import { type ContainerSpec, instanceName, type Probe, type Workload } from '../workload';
import { type ImageMirrors, mirrored } from './image-mirrors';
import { isReplicated, type Part, withName } from './instances';
import type { PodMount } from './kubernetes-files';
import { onHostNetwork, protocolsOf } from './kubernetes-policy';

/** Environment variable with the node's address, for workloads on the host network. */
export const hostIp = 'HOST_IP';

/** Environment variable with the pod's address, for instances that connect to each other. */
export const podIp = 'POD_IP';

/** Environment variable with the node's name, for workloads on every node. */
export const nodeName = 'NODE_NAME';

/** The variable that `instanceName` refers to, for workloads with several instances. */
const instanceVariable = instanceName.slice(2, -1);

/**
 * A container of a workload's pod. Pure.
 *
 * @param mounts mounts in addition to the workload's volumes
 * @param mirrors registries to pull from
 */
export function container(
  workload: Workload,
  { spec, companion, mounts: volumes }: Part,
  mounts: readonly PodMount[],
  mirrors: ImageMirrors = {},
): core.v1.Container {
  const literally = literalsOf(workload);
  const { capabilities, ports = [] } = spec;
  return {
    name: companion ?? workload.name,
    image: imageRef(mirrored(spec.image, mirrors)),
    ...(spec.command && { command: spec.command.map(literally) }),
    args: (spec.args ?? []).map(literally),
    env: environment(workload, spec),
    ports: ports.flatMap(protocolsOf).map(({ name, number, protocol }) => ({
      name,
      containerPort: number,
      protocol,
    })),
    ...probes(spec),
    resources: resources(spec),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], ...(capabilities && { add: [...capabilities] }) },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      ...volumes.map(({ volume, path, readOnly }) => ({
        name: volume,
        mountPath: path,
        ...(readOnly === true ? { readOnly } : undefined),
      })),
      ...mounts.map(({ mount }) => mount),
    ],
  };
}

function environment(
  workload: Workload,
  { env = {} }: ContainerSpec,
): core.v1.EnvVar[] | undefined {
  const literally = literalsOf(workload);
  // Variables that others refer to must come first.
  const variables: core.v1.EnvVar[] = [
    ...podVariables(workload).map(({ name, fieldPath }) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
    ...Object.entries(env).map(([name, value]) => ({ name, value: literally(value) })),
  ];
  return variables.length === 0 ? undefined : variables;
}

/** Information about the pod for a workload, as environment variables that Kubernetes sets. */
export function podVariables(workload: Workload): readonly {
  readonly name: string;
  /** Field of the pod. */
  readonly fieldPath: string;
}[] {
  return [
    ...(onHostNetwork(workload) ? [{ name: hostIp, fieldPath: 'status.hostIP' }] : []),
    ...(workload.placement === 'perNode' ? [{ name: nodeName, fieldPath: 'spec.nodeName' }] : []),
    ...(isReplicated(workload) ? [{ name: instanceVariable, fieldPath: 'metadata.name' }] : []),
    ...(isReplicated(workload) && (workload.clusterPorts ?? []).length > 0
      ? [{ name: podIp, fieldPath: 'status.podIP' }]
      : []),
  ];
}

/**
 * Memory requests equal the limit, because memory cannot be taken back, and a node under pressure
 * first evicts pods that exceed their request. CPU time can be shared, so a quarter of the limit is
 * requested: an idle stack does not fill a node, and a container without enough CPU becomes slower
 * but is not killed.
 */
function resources({
  resources: { memoryMiB, cpus },
}: ContainerSpec): core.v1.ResourceRequirements {
  const memory = mebibytes(memoryMiB);
  return {
    limits: { memory, cpu: cores(cpus) },
    requests: { memory, cpu: cores(cpus / 4) },
  };
}

/** In the notation that the API server returns, so that a refresh finds no diff. */
export function mebibytes(count: number): string {
  return count % 1024 === 0 ? `${count / 1024}Gi` : `${count}Mi`;
}

function cores(count: number): string {
  const millicores = Math.max(1, Math.ceil(count * 1000));
  return millicores % 1000 === 0 ? `${millicores / 1000}` : `${millicores}m`;
}

/**
 * The kubelet probes over the network, so this works for images without a shell.
 *
 * The startup probe checks liveness, not readiness, because the kubelet kills the container when
 * the probe's deadline passes. A server that replays a long write-ahead log is alive but not ready.
 * If it were killed, it would replay the same log again at each start. The other probes wait for
 * the startup probe.
 */
function probes({
  readiness,
  liveness,
}: ContainerSpec): Pick<core.v1.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const starting = liveness ?? readiness;
  const seconds = readiness?.deadlineSeconds ?? liveness?.deadlineSeconds ?? 60;
  const every = (probe: Probe, periodSeconds: number, failureThreshold: number): core.v1.Probe => ({
    httpGet: { path: probe.path, port: probe.port },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold,
  });
  return {
    ...(starting && { startupProbe: every(starting, 2, Math.ceil(seconds / 2)) }),
    ...(readiness && { readinessProbe: every(readiness, 5, 3) }),
    // More tolerant than readiness: a failing container first gets no more traffic, and is
    // restarted only if that does not help.
    ...(liveness && { livenessProbe: every(liveness, 10, 6) }),
  };
}

/**
 * Kubernetes expands `$(NAME)` in arguments and environment, and unescapes `$$`. Docker passes on
 * both unchanged. So everything is escaped, except placeholders that Kubernetes must expand: the
 * node's address and name, the pod's address, and the instance's name.
 */
function literalsOf(workload: Workload): (text: pulumi.Input<string>) => pulumi.Input<string> {
  const known = podVariables(workload).map(({ name }) => name);
  const special =
    known.length === 0
      ? /\$(?=[$(])/g
      : new RegExp(`\\$(?!\\((?:${known.join('|')})\\))(?=[$(])`, 'g');
  const escape = (value: string): string => value.replace(special, '$$$$');
  return (given) => {
    const text = isReplicated(workload) ? given : withName(given, workload.name);
    return typeof text === 'string' ? escape(text) : pulumi.output(text).apply(escape);
  };
}
