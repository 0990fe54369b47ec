import { dockerContainer } from '../containers';
import type { Rule } from '../resource';
import { at, entries, is, isSet, list } from '../values';

const beta = 'service.beta.kubernetes.io';

/**
 * Annotations with which a cloud's load balancer is internal, and their value. Clouds ignore any
 * other value, and annotations of another cloud, so the load balancer would be public.
 */
const internal: Readonly<Record<string, string>> = {
  [`${beta}/aws-load-balancer-scheme`]: 'internal',
  [`${beta}/aws-load-balancer-internal`]: 'true',
  [`${beta}/azure-load-balancer-internal`]: 'true',
  'networking.gke.io/load-balancer-type': 'Internal',
  // Its name before GKE 1.17.
  'cloud.google.com/load-balancer-type': 'Internal',
  [`${beta}/oci-load-balancer-internal`]: 'true',
  'oci-network-load-balancer.oraclecloud.com/internal': 'true',
  [`${beta}/openstack-internal-load-balancer`]: 'true',
  [`${beta}/do-loadbalancer-network`]: 'INTERNAL',
  'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private',
  [`${beta}/alibaba-cloud-loadbalancer-address-type`]: 'intranet',
  'load-balancer.hetzner.cloud/disable-public-network': 'true',
};

/** Whether a load balancer is declared as internal. */
const isInternal = (annotations: unknown): boolean =>
  entries(annotations).some(([key, value]) => key in internal && is(value, internal[key]));

export const notPublic: Rule = {
  name: 'not-public',
  description:
    'Nothing is open to the internet: no public load balancer, no port of a node, and on Docker only loopback ports.',
  check: ({ type, props }) => {
    if (type === dockerContainer) {
      const open = list(props['ports']).filter(
        (port) => !is(at(port, 'ip'), '127.0.0.1') && !is(at(port, 'ip'), '::1'),
      );
      return [
        ...open.map(
          (port) =>
            `port ${String(at(port, 'external'))} is open on every address: set ip to 127.0.0.1`,
        ),
        ...(props['publishAllPorts'] === true ? ['publishes all ports'] : []),
      ];
    }
    if (!/^kubernetes:core\/v1:Service$/.test(type)) return [];
    const kind = at(props, 'spec', 'type');
    return [
      ...(kind === 'LoadBalancer' && !isInternal(at(props, 'metadata', 'annotations'))
        ? [
            'is a public load balancer: use ClusterIP, or the annotation of your cloud for an internal load balancer (policy/rules/exposure.ts)',
          ]
        : []),
      ...(kind === 'NodePort' ? ['opens a port on every node: use ClusterIP'] : []),
      ...(isSet(at(props, 'spec', 'externalIPs')) ? ['has external addresses: use ClusterIP'] : []),
    ];
  },
};
