import { describe, expect, it } from '@jest/globals';
import { appPeers } from '../../../components/metrics/app-peers-config';
import type { External } from '../../../components/workload';
import { parse, type Tree } from '../../lib/pulumi-config';

/** Peers of these targets alone. */
const peers = (targets: Tree): External[] => {
  const spec = ['caddy', 'api-server', 'ws-server', 'worker', 'postgres', 'redis'];
  const off = Object.fromEntries(spec.map((job) => [job, { enabled: false }]));
  const tree = { platform: 'kubernetes', alerts: { acceptGaps: true } };
  return appPeers(parse({ ...tree, targets: { ...off, ...targets } }).targets, 'audifi');
};

describe('the peers of AudiFi’s targets', () => {
  it.each<[string, Tree, Partial<External>[]]>([
    [
      'a Service of the application',
      { api: { addresses: ['api.audifi.svc:9090', 'api.audifi.svc.cluster.local:9091'] } },
      [{ external: 'audifi', ports: [9090, 9091], peers: [{ namespace: 'audifi' }] }],
    ],
    [
      'a Service of another namespace',
      { db: { addresses: ['postgres-exporter.databases.svc:9187'] } },
      [{ external: 'audifi-in-databases', ports: [9187], peers: [{ namespace: 'databases' }] }],
    ],
    [
      'the instances of a headless Service',
      { api: { dns: { name: 'api-0.api.other.svc', port: 9090 } } },
      [{ external: 'audifi-in-other', ports: [9090], peers: [{ namespace: 'other' }] }],
    ],
    [
      'an address',
      { db: { addresses: ['10.0.0.7:9187'] } },
      [{ external: 'audifi-at-10.0.0.7', ports: [9187], peers: [{ cidr: '10.0.0.7/32' }] }],
    ],
    [
      'one address in two notations',
      { db: { addresses: ['[fd00::1]:9090', '[FD00:0::1]:9091'] } },
      [{ external: 'audifi-at-fd00::1', ports: [9090, 9091], peers: [{ cidr: 'fd00::1/128' }] }],
    ],
    [
      'a Service whose name has capitals',
      { api: { addresses: ['api.AudiFi.SVC:9090', 'API.audifi.svc:9091'] } },
      [{ external: 'audifi', ports: [9090, 9091], peers: [{ namespace: 'audifi' }] }],
    ],
    [
      'a name outside the cluster, which may have any address',
      { db: { addresses: ['db.audifi.io:9187'] } },
      [{ external: 'audifi-outside', ports: [9187] }],
    ],
    [
      'an SRV record, which alone knows the port',
      { api: { dns: { name: '_metrics._tcp.api.audifi.svc', type: 'SRV' } } },
      [{ external: 'audifi', ports: 'all', peers: [{ namespace: 'audifi' }] }],
    ],
    [
      'pods, which the API server knows',
      { api: { kubernetes: { labels: { a: 'b' }, port: 1 } } },
      [],
    ],
  ])('of %s', (_, targets, expected) => {
    expect(peers(targets)).toEqual(expected);
  });
});
