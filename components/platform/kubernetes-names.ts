import type { Endpoint, Workload } from '../workload';
import {
  instancesOf,
  isReplicated,
  type Part,
  partName,
  partsOf,
  withCompanions,
} from './instances';
import { onHostNetwork, type Placed } from './kubernetes-policy';

/**
 * The endpoint of a workload in the cluster. Names end in `.svc`, and the search path of the pods
 * completes them with the cluster's domain.
 */
export function endpointOf(workload: Workload, placed: Placed): Endpoint {
  return withCompanions(workload, (part) => partEndpoint(workload, part, placed));
}

/** One Service for all containers of a pod, each with its own ports. */
function partEndpoint(workload: Workload, part: Part, { namespace }: Placed): Endpoint {
  const perNode = workload.placement === 'perNode';
  const host = serviceHost(workload, namespace);
  return {
    name: partName(workload.name, part),
    host,
    instances: perNode ? [] : instanceHosts(workload, namespace),
    ports: part.spec.ports ?? [],
    discovery: perNode ? 'dns' : 'static',
    onHostNetwork: onHostNetwork(workload),
    readiness: part.spec.readiness,
    url: undefined,
  };
}

const serviceHost = ({ name }: Pick<Workload, 'name'>, namespace: string): string =>
  [name, namespace, 'svc'].join('.');

/** Name of the Service that gives each instance its own host name. */
export function headlessName({ name }: Pick<Workload, 'name'>): string {
  return `${name}-headless`;
}

/** Host name of each instance, in order. */
export function instanceHosts(
  workload: Pick<Workload, 'name' | 'replicas'>,
  namespace: string,
): string[] {
  return instancesOf(workload).map(({ name }) =>
    isReplicated(workload)
      ? [name, headlessName(workload), namespace, 'svc'].join('.')
      : serviceHost(workload, namespace),
  );
}

/**
 * Names of a workload that must be unique in the cluster, as text. A claim's name combines volume
 * and workload, and so does a directory on a node.
 */
export function claims(workload: Workload): string[] {
  const { name, volumes = [], placement } = workload;
  const names = [
    ...partsOf(workload).map((part) => partName(name, part)),
    ...(isReplicated(workload) ? [headlessName(workload)] : []),
  ];
  return [
    ...names.map((taken) => `the name "${taken}"`),
    ...volumes.map((volume) =>
      placement === 'perNode'
        ? `the directory "${name}-${volume.name}" of a node`
        : `the volume "${volume.name}-${name}"`,
    ),
  ];
}
