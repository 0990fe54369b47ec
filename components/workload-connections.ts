import type { Port, Probe } from './workload-container';

/**
 * A deployed workload, as other workloads see it. Plain data, so that configuration can be built
 * from it before anything runs. The platform knows its resources and readiness.
 */
export interface Endpoint {
  readonly name: string;
  /** DNS name for other workloads. It resolves to any of the instances. */
  readonly host: string;
  /** DNS name of each instance, in order. Empty with `discovery: 'dns'`. */
  readonly instances: readonly string[];
  readonly ports: readonly Port[];
  /** `dns`: the name resolves to all instances. `static`: `instances` lists them. */
  readonly discovery: 'static' | 'dns';
  /** True if it uses the host network. */
  readonly onHostNetwork: boolean;
  /** Readiness probe, as declared. */
  readonly readiness?: Probe;
  /** URL on this machine. Undefined if no port is published. */
  readonly url?: string;
  /** Endpoints of its companions by name. @default none */
  readonly companions?: Readonly<Record<string, Endpoint>>;
}

/** An external peer that a workload connects to, e.g. AudiFi's API or the internet. */
export interface External {
  readonly external: string;
  /** TCP ports, 1 to 65535; `all` if they are not known before (SRV records). */
  readonly ports: readonly number[] | 'all';
  /**
   * True: no Service maps the ports, so `kubernetes.podPorts` does not apply. @default false
   */
  readonly fixedPorts?: boolean;
  /** Its addresses. @default any */
  readonly peers?: readonly Peer[];
}

/** An external peer that may connect to a workload. Not enforced on Docker. */
export interface ExternalClient {
  /** Description of the peer. */
  readonly external: string;
  /** Names of ports of the workload or of its companions. */
  readonly ports: readonly string[];
  /** Its addresses; one match is enough. To allow everyone, use `0.0.0.0/0` and `::/0`. */
  readonly peers: readonly Peer[];
}

/** Pods, or an address range. */
export type Peer = PodPeer | EveryPodPeer | CidrPeer;

export interface PodPeer {
  readonly namespace: string;
  /** Labels that its pods have. @default all pods of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** All pods of the cluster, in any namespace. */
export interface EveryPodPeer {
  readonly pods: 'all';
}

/**
 * Addresses outside the cluster. Whether a range also covers pods and nodes depends on the network
 * plugin (Cilium: it does not); name those by their namespace.
 */
export interface CidrPeer {
  /** IPv4 or IPv6, e.g. `10.0.0.0/8`. */
  readonly cidr: string;
  /** Excluded ranges inside it. @default none */
  readonly except?: readonly string[];
}

export type Connection = Endpoint | External;

export function isExternal(connection: Connection): connection is External {
  return 'external' in connection;
}

export function isEveryPod(peer: Peer): peer is EveryPodPeer {
  return 'pods' in peer;
}

export function isCidr(peer: Peer): peer is CidrPeer {
  return 'cidr' in peer;
}

/**
 * The endpoint with only these ports, for a connection that needs no others. Throws if one is not
 * declared.
 */
export function only(endpoint: Endpoint, ...portNames: readonly string[]): Endpoint {
  for (const name of portNames) portNumber(endpoint, name);
  return { ...endpoint, ports: endpoint.ports.filter(({ name }) => portNames.includes(name)) };
}

/** `host:port` of an endpoint's port. Throws if the port is not declared. */
export function address(endpoint: Endpoint, portName: string): string {
  return `${endpoint.host}:${portNumber(endpoint, portName)}`;
}

/**
 * `host:port` of every instance. Throws if the port is not declared, or if only DNS knows the
 * instances.
 */
export function addresses(endpoint: Endpoint, portName: string): string[] {
  if (endpoint.discovery === 'dns') {
    throw new Error(`the instances of ${endpoint.name} are known only through DNS`);
  }
  const port = portNumber(endpoint, portName);
  return endpoint.instances.map((host) => `${host}:${port}`);
}

/** The endpoint of a companion. Throws if it does not exist. */
export function companion(endpoint: Endpoint, name: string): Endpoint {
  const found = endpoint.companions?.[name];
  if (found === undefined) throw new Error(`${endpoint.name} has no companion "${name}"`);
  return found;
}

/** Number of an endpoint's port. Throws if the port is not declared. */
export function portNumber(
  { name, ports }: Pick<Endpoint, 'name' | 'ports'>,
  portName: string,
): number {
  const port = ports.find((p) => p.name === portName);
  if (port === undefined) throw new Error(`${name} has no port "${portName}"`);
  return port.number;
}
