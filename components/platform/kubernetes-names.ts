import type { Endpoint, Workload } from '../workload';
import { instancesOf, isReplicated, type Part, partName, partsOf } from './instances';
import { headlessName } from './kubernetes-controller';
import { onHostNetwork, type Placed } from './kubernetes-policy';

/**
 * A workload as others in the cluster reach it. Names end in `.svc` and are completed by the search
 * path of the pods, whatever the cluster's domain is.
 */
export function endpointOf(workload: Workload, placed: Placed): Endpoint {
  const [own, ...companions] = partsOf(workload);
  const endpoint = partEndpoint(workload, own, placed);
  if (companions.length === 0) return endpoint;
  return {
    ...endpoint,
    companions: Object.fromEntries(
      companions.map((part) => [part.companion, partEndpoint(workload, part, placed)]),
    ),
  };
}

/** All containers of a pod are behind one Service; each has ports of its own. */
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
 * All of a workload of which there can be but one in the cluster, in words: a claim's name is that
 * of volume and workload together, and so is the directory of a node.
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
