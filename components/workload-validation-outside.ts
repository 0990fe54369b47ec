import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isCidr, isEveryPod, isExternal, type Peer, type Workload } from './workload';
import { repeated } from './workload-validation-container';

/** Unlike the name of a Service, a namespace's name may begin with a digit. */
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** All problems of a workload's connections to and from external peers. */
export function outsideProblems(workload: Workload): string[] {
  const { connectsTo = [], acceptsFrom = [], ports = [], companions = [] } = workload;
  const declared = [ports, ...companions.map((c) => c.ports ?? [])].flat().map((p) => p.name);
  // Names become part of object names, where only letters and digits are significant.
  const name = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const problems = repeated(acceptsFrom.map((client) => name(client.external))).map(
    (twice) => `accepts from "${twice}" twice`,
  );
  for (const { external, ports: wanted, peers } of acceptsFrom) {
    const who = `accepts from "${external}"`;
    if (!/[a-z0-9]/i.test(external))
      problems.push('accepts connections from a peer without a name');
    if (wanted.length === 0) problems.push(`${who}, on no port`);
    for (const port of wanted.filter((p) => !declared.includes(p))) {
      problems.push(`${who} on port "${port}", which is not declared`);
    }
    problems.push(...peerProblems(peers).map((problem) => `${who}: ${problem}`));
  }
  for (const connection of connectsTo) {
    if (!isExternal(connection) || connection.peers === undefined) continue;
    const found = peerProblems(connection.peers);
    problems.push(...found.map((problem) => `connects to "${connection.external}": ${problem}`));
  }
  return problems;
}

function peerProblems(peers: readonly Peer[]): string[] {
  // In Kubernetes an empty list allows everyone, which should be explicit.
  if (peers.length === 0) return ['names no peer (use 0.0.0.0/0 and ::/0 for everybody)'];
  return peers.flatMap((peer) => {
    if (isEveryPod(peer)) return [];
    if (!isCidr(peer)) {
      const { namespace } = peer;
      return namespaceName.test(namespace) ? [] : [`namespace "${namespace}" is not a DNS label`];
    }
    const range = cidr(peer.cidr);
    if (range === undefined) return [notCidr(peer.cidr)];
    return (peer.except ?? []).flatMap((text) => {
      const hole = cidr(text);
      if (hole === undefined) return [notCidr(text)];
      return inside(hole, range) ? [] : [`"${text}" is not inside "${peer.cidr}"`];
    });
  });
}

export const isCidrRange = (text: string): boolean => cidr(text) !== undefined;

/** The range with its first address (`10.0.0.0/16` for `10.0.0.5/16`); undefined if it is none. */
export function networkOf(text: string): string | undefined {
  const range = cidr(text);
  if (range === undefined) return undefined;
  const { address, family, prefix } = range;
  const parts = family === 'ipv4' ? address.split('.').map(Number) : groupsOf(address);
  const width = family === 'ipv4' ? 8 : 16;
  const kept = parts.map((part, i) => {
    const free = Math.min(width, Math.max(0, (i + 1) * width - prefix));
    return (part >> free) << free;
  });
  // An address that is the first one stays as it is written.
  if (kept.every((part, i) => part === parts[i])) return text;
  const first = kept.map((part) => part.toString(family === 'ipv4' ? 10 : 16));
  return `${family === 'ipv4' ? first.join('.') : shortIPv6(first.join(':'))}/${prefix}`;
}

/** An IPv6 address in its usual notation. */
export const shortIPv6 = (address: string): string =>
  new URL(`http://[${address}]`).hostname.slice(1, -1);

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [left = [], right] = shortIPv6(address)
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':')));
  const zeros = right === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...(right ?? [])].map((group) => parseInt(group, 16));
}

const notCidr = (text: string): string => `"${text}" is not a CIDR range, e.g. 10.0.0.0/8`;

interface Cidr {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

function cidr(text: string): Cidr | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  if (isIPv4(address) && Number(prefix) <= 32) {
    return { address, family: 'ipv4', prefix: Number(prefix) };
  }
  // A zone index is the name of a network interface on one machine.
  return isIPv6(address) && !address.includes('%') && Number(prefix) <= 128
    ? { address, family: 'ipv6', prefix: Number(prefix) }
    : undefined;
}

function inside(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.prefix <= outer.prefix) return false;
  const range = new BlockList();
  range.addSubnet(outer.address, outer.prefix, outer.family);
  return range.check(inner.address, inner.family);
}
