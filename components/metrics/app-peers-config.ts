import { isIPv4, isIPv6 } from 'node:net';
import type { TargetSettings } from '../settings';
import { namespaceIn } from '../settings/kinds-hosts';
import type { External, Peer } from '../workload';
import { shortIPv6 } from '../workload-validation-outside';

/**
 * The peers that Prometheus connects to for AudiFi's own targets. They follow from the addresses:
 *
 * - `<service>.<namespace>.svc…`: pods of that namespace
 * - an IP address: that address
 * - any other name: any address, because only DNS knows which
 *
 * Only the ports of the targets are allowed. With SRV records, all ports are allowed, because only
 * the records contain the ports. Targets that are discovered as pods have other policies.
 */
export function appPeers(
  targets: Readonly<Record<string, TargetSettings>>,
  appNamespace: string,
): External[] {
  const places = Object.values(targets)
    .filter(({ enabled }) => enabled)
    .flatMap((target): Place[] => [
      ...(target.addresses ?? []).map((address) => placeOfAddress(address, appNamespace)),
      ...(target.dns === undefined
        ? []
        : [
            {
              ...placeOf(target.dns.name, appNamespace),
              port: target.dns.port ?? ('all' as const),
            },
          ]),
    ]);
  const found = new Map<string, External>();
  for (const { name, peer, port } of places) {
    const known = found.get(name)?.ports ?? [];
    const ports =
      port === 'all' || known === 'all'
        ? 'all'
        : [...new Set([...known, port])].sort((a, b) => a - b);
    found.set(name, { external: name, ports, ...(peer === undefined ? {} : { peers: [peer] }) });
  }
  return [...found.values()].sort((a, b) => (a.external < b.external ? -1 : 1));
}

interface Place {
  /** Name of the external peer. Targets with the same name share a policy. */
  readonly name: string;
  readonly peer?: Peer;
  readonly port: number | 'all';
}

function placeOfAddress(address: string, appNamespace: string): Place {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { ...placeOf(host, appNamespace), port: Number(address.slice(colon + 1)) };
}

function placeOf(host: string, appNamespace: string): Omit<Place, 'port'> {
  if (isIPv4(host)) return { name: `audifi-at-${host}`, peer: { cidr: `${host}/32` } };
  if (isIPv6(host)) {
    const address = shortIPv6(host);
    return { name: `audifi-at-${address}`, peer: { cidr: `${address}/128` } };
  }
  const namespace = namespaceIn(host);
  if (namespace === undefined) return { name: 'audifi-outside' };
  const name = namespace === appNamespace ? 'audifi' : `audifi-in-${namespace}`;
  return { name, peer: { namespace } };
}
