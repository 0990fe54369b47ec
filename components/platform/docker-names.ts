import type { Endpoint, Workload } from '../workload';
import { instancesOf, type Part, partName, partsOf, withCompanions } from './instances';

/** Names and labels in the engine, which several stacks on one machine share. */
export class Names {
  constructor(private readonly stack: string) {}

  /** `audifi-<stack>-<name>` of a container or volume; `audifi-<stack>` is the network. */
  full(name?: string): string {
    return ['audifi', this.stack, ...(name === undefined ? [] : [name])].join('-');
  }

  /**
   * `make destroy PURGE=1` and the clean-up after an interrupted `up` find the stack's objects by
   * these labels.
   */
  labels(component: string): { label: string; value: string }[] {
    return [
      { label: 'io.audifi.component', value: component },
      { label: 'io.audifi.stack', value: this.stack },
    ];
  }
}

/** The endpoint of a workload, for others on the network and for this machine. */
export function endpointOf(workload: Workload): Endpoint {
  return withCompanions(workload, (part) => partEndpoint(workload, part));
}

function partEndpoint(workload: Workload, part: Part): Endpoint {
  const { ports = [], readiness } = part.spec;
  const name = partName(workload.name, part);
  const published = ports.find((p) => p.publish !== undefined)?.publish;
  return {
    name,
    host: name,
    instances: instancesOf(workload).map((instance) => partName(instance.name, part)),
    ports,
    discovery: 'static',
    onHostNetwork: (workload.host ?? []).includes('hostMetrics'),
    readiness,
    url: published === undefined ? undefined : `http://127.0.0.1:${published}`,
  };
}

/** Name of the container that sets the owner of a volume. */
export const ownerName = (resource: string, volume: string): string =>
  `${resource}-${volume}-owner`;

/** Names of a workload that must be unique in the engine or the network, as text. */
export function claims(workload: Workload): string[] {
  const { volumes = [] } = workload;
  const instances = instancesOf(workload);
  const containers = partsOf(workload).flatMap((part) => {
    const own = instances.map((instance) => partName(instance.name, part));
    const files = (part.spec.files ?? []).length > 0 ? own.map((name) => `${name}-files`) : [];
    return [...own, ...files, partName(workload.name, part)];
  });
  return [
    ...[...new Set(containers)].map((name) => `the name "${name}"`),
    ...instances.flatMap(({ resource }) =>
      volumes.flatMap(({ name, ownedLike }) => [
        `the volume "${resource}-${name}"`,
        ...(ownedLike === undefined ? [] : [`the name "${ownerName(resource, name)}"`]),
      ]),
    ),
  ];
}
