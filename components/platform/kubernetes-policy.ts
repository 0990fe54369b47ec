import type { networking } from '@pulumi/kubernetes/types/input';
import {
  type Connection,
  type External,
  type ExternalClient,
  isCidr,
  isEveryPod,
  isExternal,
  type Peer,
  type Port,
  type Workload,
} from '../workload';
import type { ClusterDns } from './dns';
import { isReplicated, partsOf } from './instances';

type NetworkPolicySpec = networking.v1.NetworkPolicySpec;
export type Labels = Readonly<Record<string, string>>;

/** A workload as network policies see it. */
export interface Placed {
  readonly name: string;
  readonly namespace: string;
  /** Labels of its pods, unique in the namespace. */
  readonly labels: Labels;
  readonly onHostNetwork: boolean;
}

/** A policy to create, in the namespace of its pods. */
export interface Policy {
  readonly name: string;
  readonly namespace: string;
  readonly spec: NetworkPolicySpec;
}

/**
 * The default for all pods of a namespace: no ingress, and egress only to the cluster's DNS. Each
 * connection of a workload is an exception.
 *
 * Two things need no exception. The kubelet's probes come from the pod's own node, which every
 * network plugin allows. And `kubectl port-forward` enters the pod's network namespace through its
 * loopback interface.
 *
 * Upstream: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function namespacePolicies(namespace: string, dns: ClusterDns): Policy[] {
  const everyPod = { podSelector: {} };
  return [
    {
      name: 'default-deny',
      namespace,
      spec: { ...everyPod, policyTypes: ['Ingress', 'Egress'] },
    },
    {
      name: 'allow-dns',
      namespace,
      spec: {
        ...everyPod,
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              // All pods there, because the label of the DNS server differs between distributions.
              { namespaceSelector: inNamespace(dns.namespace) },
              ...dns.cidrs.map((cidr) => ({ ipBlock: { cidr } })),
            ],
            ports: dns.ports.flatMap((port) =>
              ['UDP', 'TCP'].map((protocol) => ({ protocol, port })),
            ),
          },
        ],
      },
    },
  ];
}

/** Problems of a workload's connections on Kubernetes, as sentences for a developer. */
export function connectionProblems(
  workload: Workload,
  deployed: ReadonlyMap<string, Placed>,
): string[] {
  const connections = workload.connectsTo ?? [];
  const names = connections.map(nameOf);
  const problems = names
    .filter((name, i) => names.indexOf(name) !== i)
    .map((name) => `connects to "${name}" twice`);
  for (const connection of connections) {
    const name = nameOf(connection);
    // For Kubernetes, a rule without ports allows all ports.
    if (connection.ports.length === 0) problems.push(`connects to "${name}", which has no port`);
    if (name === '') problems.push('connects to something external without a name');
    if (isExternal(connection)) continue;
    if (!deployed.has(connection.name)) {
      problems.push(`connects to "${name}", which this platform has not deployed`);
    } else if (onHostNetwork(workload) && !connection.onHostNetwork) {
      problems.push(
        `connects to "${name}" from the host network, from which no network policy can admit it`,
      );
    }
  }
  return problems;
}

/**
 * All exceptions for a workload. The policies of a connection belong to the client and are deleted
 * with it.
 *
 * @param found what it connects to for discovery, besides `connectsTo`
 * @param podPorts ports behind the Services of external peers
 */
export function workloadPolicies(
  workload: Workload,
  placed: Placed,
  found: readonly External[],
  deployed: ReadonlyMap<string, Placed>,
  podPorts: readonly number[] = [],
): Policy[] {
  const { connectsTo = [], acceptsFrom = [], clusterPorts = [] } = workload;
  const ports = partsOf(workload).flatMap(({ spec }) => spec.ports ?? []);
  const behindServices = (connection: Connection): Connection =>
    isExternal(connection) ? withPorts(connection, podPorts) : connection;
  const among = isReplicated(workload) ? ports.filter((p) => clusterPorts.includes(p.name)) : [];
  return [
    ...connectionPolicies(placed, [...connectsTo.map(behindServices), ...found], deployed),
    ...acceptPolicies(placed, acceptsFrom, ports),
    ...clusterPolicies(placed, among),
  ];
}

/** The peer with further ports, unless its own are all that it can have. */
function withPorts(peer: External, more: readonly number[]): External {
  const { ports, fixedPorts = false } = peer;
  return ports === 'all' || fixedPorts
    ? peer
    : { ...peer, ports: [...new Set([...ports, ...more])] };
}

/**
 * The exceptions for a workload's connections: for another workload, a policy on each side with the
 * same ports; for an external peer, one on this side.
 *
 * Kubernetes does not define whether a policy applies to pods on the host network (usually it does
 * not). So these have policies like all others.
 */
export function connectionPolicies(
  from: Placed,
  connections: readonly Connection[],
  deployed: ReadonlyMap<string, Placed>,
): Policy[] {
  return connections.flatMap((connection) => {
    if (isExternal(connection)) {
      const to = connection.peers?.map(policyPeer);
      // Not a range of ports: Cilium before 1.16 allows only its first one.
      const ports =
        connection.ports === 'all'
          ? undefined
          : connection.ports.map((port) => ({ protocol: 'TCP', port }));
      return [egressPolicy(from, slug(connection.external), to, ports)];
    }
    const to = deployed.get(connection.name);
    return to === undefined
      ? []
      : bothSides(from, to, policyPorts(connection.ports.filter((p) => p.membersOnly !== true)));
  });
}

/** Allows egress from one workload and ingress to the other. */
function bothSides(
  from: Placed,
  to: Placed,
  ports: networking.v1.NetworkPolicyPort[],
): [egress: Policy, ingress: Policy] {
  return [
    // No label selects a pod on the host network.
    egressPolicy(from, to.name, to.onHostNetwork ? undefined : [podsOf(to)], ports),
    {
      name: `${to.name}-from-${from.name}`,
      namespace: to.namespace,
      spec: {
        podSelector: { matchLabels: to.labels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [podsOf(from)], ports }],
      },
    },
  ];
}

/**
 * @param to peers in the rule; undefined for any destination at these ports. An `ipBlock` of
 * 0.0.0.0/0 would allow less: with the network plugin Cilium it covers neither nodes nor pods.
 * @param ports undefined for all ports
 */
function egressPolicy(
  from: Placed,
  name: string,
  to: networking.v1.NetworkPolicyPeer[] | undefined,
  ports: networking.v1.NetworkPolicyPort[] | undefined,
): Policy {
  return {
    name: `${from.name}-to-${name}`,
    namespace: from.namespace,
    spec: {
      podSelector: { matchLabels: from.labels },
      policyTypes: ['Egress'],
      egress: [{ ...(to && { to }), ...(ports && { ports }) }],
    },
  };
}

/**
 * The exceptions for external clients.
 *
 * @param ports ports of all containers of the pod
 */
function acceptPolicies(
  to: Placed,
  clients: readonly ExternalClient[],
  ports: readonly Port[],
): Policy[] {
  return clients.map((client) => ({
    name: `${to.name}-accepts-${slug(client.external)}`,
    namespace: to.namespace,
    spec: {
      podSelector: { matchLabels: to.labels },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: client.peers.map(policyPeer),
          ports: policyPorts(ports.filter(({ name }) => client.ports.includes(name))),
        },
      ],
    },
  }));
}

/** The exceptions between instances of one workload. */
function clusterPolicies(placed: Placed, ports: readonly Port[]): Policy[] {
  return ports.length === 0 ? [] : bothSides(placed, placed, policyPorts(ports));
}

export function onHostNetwork(workload: Workload): boolean {
  return (workload.host ?? []).includes('hostMetrics');
}

function podsOf(placed: Placed): networking.v1.NetworkPolicyPeer {
  return {
    namespaceSelector: inNamespace(placed.namespace),
    podSelector: { matchLabels: placed.labels },
  };
}

/** The API server sets this label on every namespace. */
function inNamespace(name: string): { matchLabels: Labels } {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

function policyPeer(peer: Peer): networking.v1.NetworkPolicyPeer {
  if (isEveryPod(peer)) return { namespaceSelector: {} };
  if (isCidr(peer)) {
    const { cidr, except } = peer;
    return { ipBlock: { cidr, ...(except === undefined ? undefined : { except: [...except] }) } };
  }
  const { namespace, podLabels } = peer;
  return {
    namespaceSelector: inNamespace(namespace),
    ...(podLabels === undefined ? undefined : { podSelector: { matchLabels: podLabels } }),
  };
}

/**
 * Port numbers and not names: a policy applies after the Service, where the pod's own port counts,
 * and the name of an external port is unknown.
 */
function policyPorts(ports: readonly Port[]): networking.v1.NetworkPolicyPort[] {
  return ports.flatMap(protocolsOf).map(({ number, protocol }) => ({ protocol, port: number }));
}

/** One entry per protocol of a port. A port name stands for a single protocol. */
export function protocolsOf({
  name,
  number,
  udp,
}: Port): { name: string; number: number; protocol: 'TCP' | 'UDP' }[] {
  return [
    { name, number, protocol: 'TCP' },
    ...(udp === true ? [{ name: `${name}-udp`, number, protocol: 'UDP' as const }] : []),
  ];
}

/** Part of object names. */
function nameOf(connection: Connection): string {
  return slug(isExternal(connection) ? connection.external : connection.name);
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
