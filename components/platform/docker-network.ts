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

/** What the engine says about a network to join. */
export interface Found {
  readonly id: string;
  readonly driver: string;
  /** Whether it has no connection to the outside. */
  readonly internal?: boolean;
  /** Running containers in the network. */
  readonly containers?: readonly { readonly name: string }[];
}

/** What a stack needs in a network that it joins. */
export interface Needs {
  readonly names: Names;
  /** DNS names of the stack's services. */
  readonly services: readonly string[];
}

/**
 * Looks up an existing network. Throws if the stack cannot use it (see `joinable` and
 * `assertNamesFree`).
 */
export function existingNetwork(name: string, needs: Needs, parent: pulumi.Resource): Joined {
  const found = docker.getNetworkOutput({ name }, { parent });
  const id = found.apply((known: Found) => {
    assertNamesFree(name, known, needs);
    return joinable(name, known);
  });
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
export function joinable(name: string, { id, driver, internal = false }: Found): string {
  const problem = /^(macvlan|ipvlan|host|null)/.test(driver)
    ? `has the driver ${driver}, which cannot publish ports of containers on this machine`
    : internal
      ? 'is internal: Docker publishes no ports of its containers on this machine, and ' +
        'Alertmanager could not reach PagerDuty or Slack from it'
      : undefined;
  if (problem === undefined) return id;
  throw new StackError(
    `The Docker network "${name}" (setting network) ${problem}. ` +
      'Join another bridge network, or none: pulumi config rm network',
  );
}

/**
 * Throws if a container of others has the name of one of the stack's services: Docker's DNS would
 * return both addresses, so part of the metrics, alerts and log lines would go to the wrong one.
 *
 * The provider knows only the names of containers. `make` also checks their aliases.
 */
export function assertNamesFree(name: string, found: Found, { names, services }: Needs): void {
  const holders = (found.containers ?? []).map((container) => container.name);
  const other = holders
    .map((holder) => /^audifi-(.+)-prometheus(-0)?$/.exec(holder))
    .find((match) => match !== null && match[0] !== names.full(`prometheus${match[2] ?? ''}`));
  if (other) {
    throw new StackError(
      `The stack "${other[1]}" is in the Docker network "${name}" (setting network), and two stacks cannot ` +
        'share a network, because their services have the same names there. ' +
        'Join another network, or none: pulumi config rm network',
    );
  }
  const taken = holders.filter((holder) => services.includes(holder)).sort();
  if (taken.length === 0) return;
  throw new StackError(
    `The Docker network "${name}" (setting network) has containers with names of this stack's services: ` +
      `${taken.join(', ')}. Docker's DNS would return the addresses of both, so part of the metrics, ` +
      'alerts and log lines would go to the wrong one. Disconnect them ' +
      `(docker network disconnect ${name} ${taken[0]}), or join no network: pulumi config rm network`,
  );
}
