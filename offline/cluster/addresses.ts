import { createHash } from 'node:crypto';
import { KitError } from '../errors';

/** Whether the nodes, pods and Services of a cluster have IPv4 or IPv6 addresses. */
export type Family = 'ipv4' | 'ipv6';

/**
 * The family that the environment variable AUDIFI_CLUSTER_FAMILY asks for.
 *
 * @throws KitError on any other value
 */
export function clusterFamily(): Family {
  const family = process.env['AUDIFI_CLUSTER_FAMILY'] || 'ipv4';
  if (family === 'ipv4' || family === 'ipv6') return family;
  throw new KitError(
    `AUDIFI_CLUSTER_FAMILY is "${family}": it must be ipv4 or ipv6. ` +
      'Example: AUDIFI_CLUSTER_FAMILY=ipv6 make cluster',
  );
}

export interface Addresses {
  /**
   * Subnets of the Docker network, for `docker network create`. Docker needs one for IPv4 in any
   * case; in an IPv6 cluster, Kubernetes does not know of it.
   */
  readonly network: readonly string[];
  readonly node: (index: number) => string;
  /** All pods of a node. */
  readonly pods: (node: number) => string;
  readonly allPods: string;
  readonly services: string;
  /** The Service of the API server, which has the first address. */
  readonly apiServer: string;
  /** The cluster's DNS, which every kubelet passes to its pods. */
  readonly dns: string;
}

/** Clusters of different names have different addresses in Docker. */
export function addressesOf(cluster: string, family: Family): Addresses {
  const number = createHash('sha256').update(cluster).digest()[0] ?? 0;
  const subnet = `10.249.${number}`;
  const ipv4: Addresses = {
    network: ['--subnet', `${subnet}.0/24`],
    node: (index) => `${subnet}.${10 + index}`,
    pods: (node) => `10.244.${node}.0/24`,
    allPods: '10.244.0.0/16',
    services: '10.96.0.0/16',
    apiServer: '10.96.0.1',
    dns: '10.96.0.10',
  };
  if (family === 'ipv4') return ipv4;
  const prefix = `fd00:249:${number.toString(16)}`;
  return {
    network: [...ipv4.network, '--ipv6', '--subnet', `${prefix}::/64`],
    node: (index) => `${prefix}::${(16 + index).toString(16)}`,
    pods: (node) => `fd00:10:244:${node}::/64`,
    allPods: 'fd00:10:244::/48',
    services: 'fd00:10:96::/112',
    apiServer: 'fd00:10:96::1',
    dns: 'fd00:10:96::a',
  };
}
