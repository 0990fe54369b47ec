import { dockerContainer } from '../containers';
import type { Rule } from '../resource';
import { at, entries, is, isSet, list, text } from '../values';

/** Annotations that make a cloud's load balancer internal. */
const internal = /internal|private|scheme/i;

/** Whether a load balancer is declared as internal. */
function isInternal(annotations: unknown): boolean {
  return entries(annotations).some(
    ([key, value]) =>
      internal.test(key) && /^(true|internal|private|0\.0\.0\.0\/0)$/i.test(text(value)),
  );
}

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
        ? ['is a public load balancer: use ClusterIP, or the annotation for an internal one']
        : []),
      ...(kind === 'NodePort' ? ['opens a port on every node: use ClusterIP'] : []),
      ...(isSet(at(props, 'spec', 'externalIPs')) ? ['has external addresses: use ClusterIP'] : []),
    ];
  },
};
