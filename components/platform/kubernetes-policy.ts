import type { networking } from '@pulumi/kubernetes/types/input';
import { type Connection, isExternal, type Workload } from '../workload';

type NetworkPolicySpec = networking.v1.NetworkPolicySpec;
export type Labels = Readonly<Record<string, string>>;

/** A workload as network policies see it. */
export interface Placed {
  readonly name: string;
  readonly namespace: string;
  /** Labels of its pods, which no other workload of the namespace has. */
  readonly labels: Labels;
  readonly onHostNetwork: boolean;
}

/** A policy to create, in the namespace of the pods that it is about. */
export interface Policy {
  readonly name: string;
  readonly namespace: string;
  readonly spec: NetworkPolicySpec;
}

/**
 * What holds for every pod of a namespace: nothing may talk to it, and it may talk to nobody but
 * the cluster's DNS. Each connection of a workload is an exception of its own.
 *
 * Two things need no exception: the kubelet's probes come from the pod's own node, which every network
 * plugin lets through, and `kubectl port-forward` enters the pod's network namespace by its loopback.
 *
 * Upstream: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function namespacePolicies(namespace: string): Policy[] {
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
            // Any pod there: the label of the DNS server differs between distributions.
            to: [{ namespaceSelector: inNamespace('kube-system') }],
            ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
          },
        ],
      },
    },
  ];
}

/** What Kubernetes cannot do with a workload's connections, as sentences for a developer. */
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
    // To Kubernetes, a rule without ports is a rule for all of them.
    if (connection.ports.length === 0) problems.push(`connects to "${name}", which has no port`);
    if (name === '') problems.push('connects to something external without a name');
    if (isExternal(connection)) continue;
    if (!deployed.has(connection.name)) {
      problems.push(`connects to "${name}", which this platform has not deployed`);
    } else if (onHostNetwork(workload) && !connection.onHostNetwork) {
      problems.push(
        `connects to "${name}" from the machine's own network, where no network policy can let it in`,
      );
    }
  }
  return problems;
}

/**
 * The exceptions for what a workload connects to: for another workload one policy on either side, with
 * the same ports; for somebody outside, one on this side.
 *
 * Kubernetes leaves open whether a policy applies to pods on a node's network (mostly it does not), so
 * they have theirs like all others.
 */
export function connectionPolicies(
  from: Placed,
  connections: readonly Connection[],
  deployed: ReadonlyMap<string, Placed>,
): Policy[] {
  return connections.flatMap((connection) => {
    const to = isExternal(connection) ? undefined : deployed.get(connection.name);
    const ports = tcpPorts(connection);
    const egress: Policy = {
      name: `${from.name}-to-${nameOf(connection)}`,
      namespace: from.namespace,
      spec: {
        podSelector: { matchLabels: from.labels },
        policyTypes: ['Egress'],
        egress: [{ ...receivers(connection, to), ports }],
      },
    };
    if (to === undefined) return [egress];
    const ingress: Policy = {
      name: `${to.name}-from-${from.name}`,
      namespace: to.namespace,
      spec: {
        podSelector: { matchLabels: to.labels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [podsOf(from)], ports }],
      },
    };
    return [egress, ingress];
  });
}

export function onHostNetwork(workload: Workload): boolean {
  return (workload.host ?? []).includes('hostMetrics');
}

/**
 * Whom an egress rule names. Nobody, that is everybody at these ports, when a label cannot select them:
 * on a node's network, or anywhere at all. An `ipBlock` of 0.0.0.0/0 would say less: it does not
 * contain the nodes (nor the pods) where the network plugin is Cilium.
 */
function receivers(
  connection: Connection,
  to: Placed | undefined,
): Pick<networking.v1.NetworkPolicyEgressRule, 'to'> {
  if (to !== undefined && !to.onHostNetwork) return { to: [podsOf(to)] };
  if (isExternal(connection) && connection.namespace !== undefined) {
    return { to: [{ namespaceSelector: inNamespace(connection.namespace) }] };
  }
  return {};
}

const podsOf = ({ namespace, labels }: Placed): networking.v1.NetworkPolicyPeer =>
  podsAt(namespace, labels);

/** Pods of a namespace that have all of these labels. */
export function podsAt(namespace: string, labels: Labels): networking.v1.NetworkPolicyPeer {
  return { namespaceSelector: inNamespace(namespace), podSelector: { matchLabels: labels } };
}

/** The API server sets this label itself on every namespace. */
function inNamespace(name: string): { matchLabels: Labels } {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

/**
 * Port numbers, not names: a policy applies behind the service, where the number is the pod's own, and
 * the name of an external port is not known.
 */
function tcpPorts(connection: Connection): networking.v1.NetworkPolicyPort[] {
  const numbers: readonly number[] = isExternal(connection)
    ? connection.ports
    : connection.ports.map((p) => p.number);
  return numbers.map((port) => ({ protocol: 'TCP', port }));
}

/** Becomes part of object names. */
function nameOf(connection: Connection): string {
  const name = isExternal(connection) ? connection.external : connection.name;
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
