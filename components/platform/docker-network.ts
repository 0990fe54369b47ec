import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { StackError } from '../stack-error';
import type { Names } from './docker-names';

/** A network, and its gateway on this machine. */
export interface Joined {
  readonly id: pulumi.Output<string>;
  readonly gateway: pulumi.Output<Gateways>;
}

/** The engine's information about a network. */
export interface Gateways {
  readonly driver: string;
  readonly configs?: readonly { readonly gateway?: string }[];
}

/** Provisions a network that only this stack uses. @param name name of the resource */
export function ownNetwork(name: string, names: Names, parent: pulumi.Resource): Joined {
  const network = new docker.Network(
    name,
    {
      name: names.full(),
      driver: 'bridge',
      labels: names.labels('network'),
    },
    // Newer engines reject a second network of the same name; on older ones it is ambiguous.
    { parent, deleteBeforeReplace: true },
  );
  const gateway = network.ipamConfigs.apply((configs) => ({ driver: 'bridge', configs }));
  return { id: network.id, gateway };
}

/** Looks up an existing network. Throws if the stack cannot use it (see `joinable`). */
export function existingNetwork(name: string, parent: pulumi.Resource): Joined {
  const found = docker.getNetworkOutput({ name }, { parent });
  const id = found.apply((known) => joinable(name, known));
  const gateway = found.apply(({ driver, ipamConfigs }) => ({ driver, configs: ipamConfigs }));
  return { id, gateway };
}

/** IPv4 address of this machine on a Docker network. */
export function gatewayOf({ driver, configs }: Gateways): string {
  const gateway = configs?.map((c) => c.gateway ?? '').find((g) => /^\d+(\.\d+){3}/.test(g));
  // With other drivers, the gateway is not this machine: it is a router, or an address inside a
  // Swarm.
  if (gateway === undefined || driver !== 'bridge') {
    throw new StackError(
      'The Docker network has no IPv4 gateway on this machine, so the node exporter cannot be reached from it. ' +
        'Join a bridge network (setting network) or turn the node exporter off: ' +
        'pulumi config set --path nodeExporter.enabled false',
    );
  }
  // Some engine versions return a prefix length: 172.18.0.1/16.
  return gateway.split('/')[0] ?? gateway;
}

/**
 * ID of a network. Throws if containers cannot join it, or if their ports would be unreachable from
 * this machine.
 */
export function joinable(name: string, found: { id: string; driver: string }): string {
  if (!/^(macvlan|ipvlan|host|null)/.test(found.driver)) return found.id;
  throw new StackError(
    `The Docker network "${name}" has the driver ${found.driver}, which cannot publish ports of containers on this machine. ` +
      'Join a bridge network, or none: pulumi config rm network',
  );
}
