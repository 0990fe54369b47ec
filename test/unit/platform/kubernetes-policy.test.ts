import { describe, expect, test } from '@jest/globals';
import type { Endpoint, Workload } from '../../../components/workload';
import { accompanied, replicated } from '../../lib/workloads';
import { type Deployed, onKubernetes, perNode, plain } from './kubernetes-fixtures';

interface Rule {
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly ports: readonly { port: number; protocol: string }[];
}

interface Peer {
  readonly namespaceSelector?: { matchLabels: Record<string, string> };
  readonly podSelector?: { matchLabels: Record<string, string> };
  readonly ipBlock?: { cidr: string; except?: string[] };
}

interface Policy {
  readonly metadata: { name: string; namespace: string };
  readonly spec: {
    podSelector: { matchLabels?: Record<string, string> };
    policyTypes: string[];
    egress?: Rule[];
    ingress?: Rule[];
  };
}

const policies = (deployed: Deployed): Policy[] => deployed.ofKind<Policy>('NetworkPolicy');
const named = (deployed: Deployed, name: string): Policy[] =>
  policies(deployed).filter((policy) => policy.metadata.name === name);

/** The two default policies of every namespace. */
const general = ['allow-dns', 'default-deny'];

describe('every namespace', () => {
  test('blocks both directions except DNS', async () => {
    const deployed = await onKubernetes((deploy) => [deploy(plain), deploy(perNode)]);
    for (const namespace of ['monitoring', 'monitoring-host']) {
      const own = policies(deployed).filter((p) => p.metadata.namespace === namespace);
      expect(own.map((p) => p.metadata.name).sort()).toEqual(general);
      expect(own.find((p) => p.metadata.name === 'default-deny')?.spec).toEqual({
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
      });
      const [rule] = own.find((p) => p.metadata.name === 'allow-dns')?.spec.egress ?? [];
      expect(rule?.ports.map((p) => `${p.protocol} ${p.port}`)).toEqual(['UDP 53', 'TCP 53']);
      // A cache on the node and Cloud DNS of GKE are no pods. Without them, nothing resolves there.
      expect(rule?.to).toEqual([
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
        { ipBlock: { cidr: '169.254.0.0/16' } },
      ]);
    }
  });
});

describe('a connection', () => {
  const ports = [
    { name: 'http', number: 8080 },
    { name: 'grpc', number: 9095 },
  ];
  const connected = (target: Workload, client: Partial<Workload> = {}): Promise<Deployed> =>
    onKubernetes((deploy) =>
      deploy({ ...plain, name: 'client', ...client, connectsTo: [deploy(target)] }),
    );

  test.each<[string, Workload]>([
    ['a workload', { ...plain, ports }],
    ['one with host access', { ...perNode, host: ['containerStats'], ports }],
    ['one on the network of its node', { ...perNode, ports }],
  ])('to %s has one egress and one ingress rule with the same ports', async (_, target) => {
    const deployed = await connected(target);
    const rules = policies(deployed).filter((p) => !general.includes(p.metadata.name));
    expect(rules.map((p) => p.spec.policyTypes)).toEqual(
      expect.arrayContaining([['Egress'], ['Ingress']]),
    );
    expect(rules).toHaveLength(2);
    const [out] = named(deployed, `client-to-${target.name}`);
    const [into] = named(deployed, `${target.name}-from-client`);
    const tcp = [8080, 9095].map((port) => ({ protocol: 'TCP', port }));
    expect(out?.spec.egress?.map((rule) => rule.ports)).toEqual([tcp]);
    expect(into?.spec.ingress?.map((rule) => rule.ports)).toEqual([tcp]);
    expect(out?.metadata.namespace).toBe('monitoring');
    expect(out?.spec.podSelector.matchLabels?.['app.kubernetes.io/name']).toBe('client');
    expect(into?.spec.podSelector.matchLabels?.['app.kubernetes.io/name']).toBe(target.name);
    expect(into?.spec.ingress?.[0]?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        podSelector: {
          matchLabels: {
            'app.kubernetes.io/instance': 'test',
            'app.kubernetes.io/name': 'client',
          },
        },
      },
    ]);
  });

  test('selects the pods of the target, except on the host network, which has no labels', async () => {
    const [toPods] = named(await connected(plain), 'client-to-web');
    expect(toPods?.spec.egress?.[0]?.to?.[0]?.podSelector?.matchLabels).toMatchObject({
      'app.kubernetes.io/name': 'web',
    });
    const [toNode] = named(await connected(perNode), 'client-to-node-watcher');
    expect(toNode?.spec.egress?.[0]).not.toHaveProperty('to');
    expect(toNode?.spec.egress?.[0]?.ports).toHaveLength(1);
  });

  test('selects exactly the pods with these labels', async () => {
    const deployed = await connected(plain);
    const podLabels = deployed
      .ofKind<{
        spec: {
          selector: { matchLabels: Record<string, string> };
          template: { metadata: { labels: Record<string, string> } };
        };
      }>('Deployment')
      .map((d) => [d.spec.selector.matchLabels, d.spec.template.metadata.labels] as const);
    for (const [selector, labels] of podLabels) expect(labels).toMatchObject(selector);
    const selected = (selector: Record<string, string> = {}): number =>
      podLabels.filter(([, labels]) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
      ).length;
    for (const policy of policies(deployed).filter((p) => !general.includes(p.metadata.name))) {
      expect(selected(policy.spec.podSelector.matchLabels)).toBe(1);
    }
  });

  test('to an external peer has one egress rule, by namespace if known, or by port only', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({
        ...plain,
        connectsTo: [
          { external: 'AudiFi API', ports: [9090], peers: [{ namespace: 'audifi' }] },
          { external: 'internet', ports: [80, 443] },
        ],
      }),
    );
    expect(named(deployed, 'web-to-audifi-api')[0]?.spec.egress).toEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'audifi' } } }],
        ports: [{ protocol: 'TCP', port: 9090 }],
      },
    ]);
    expect(named(deployed, 'web-to-internet')[0]?.spec.egress).toEqual([
      { ports: [80, 443].map((port) => ({ protocol: 'TCP', port })) },
    ]);
    expect(policies(deployed)).toHaveLength(4);
  });

  test('to several external peers allows each of them, and no others', async () => {
    const peers = [
      { namespace: 'audifi', podLabels: { app: 'api' } },
      { namespace: 'legacy' },
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
      { cidr: 'fd00::/8' },
    ];
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, connectsTo: [{ external: 'database', ports: [5432], peers }] }),
    );
    expect(named(deployed, 'web-to-database')[0]?.spec.egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'audifi' } },
            podSelector: { matchLabels: { app: 'api' } },
          },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'legacy' } } },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          { ipBlock: { cidr: 'fd00::/8' } },
        ],
        ports: [{ protocol: 'TCP', port: 5432 }],
      },
    ]);
  });

  test.each<[string, (endpoint: Endpoint) => Partial<Workload>, string]>([
    [
      'without a port, which would be all of them',
      () => ({ connectsTo: [{ external: 'internet', ports: [] }] }),
      'connects to "internet", which has no port',
    ],
    [
      'to somebody whom the platform does not know',
      (endpoint) => ({ connectsTo: [{ ...endpoint, name: 'stranger' }] }),
      'connects to "stranger", which this platform has not deployed',
    ],
    ['said twice', (e) => ({ connectsTo: [e, e] }), 'connects to "web" twice'],
    [
      'from the network of the node, where nobody could let it in',
      (endpoint) => ({ ...perNode, name: 'client', connectsTo: [endpoint] }),
      'from the host network',
    ],
  ])('%s is an error', async (_, client, message) => {
    await expect(
      onKubernetes((deploy) => deploy({ ...plain, name: 'client', ...client(deploy(plain)) })),
    ).rejects.toThrow(message);
  });
});

describe('external clients', () => {
  test('may connect to the listed ports only', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({
        ...accompanied,
        acceptsFrom: [
          {
            external: 'AudiFi',
            ports: ['grpc'],
            peers: [{ namespace: 'audifi', podLabels: { tracing: 'on' } }],
          },
          { external: 'office', ports: ['http', 'grpc'], peers: [{ cidr: '192.0.2.0/24' }] },
        ],
      }),
    );
    const rules = policies(deployed).filter((p) => !general.includes(p.metadata.name));
    expect(rules.map((p) => [p.metadata.name, p.spec.policyTypes])).toEqual([
      ['store-accepts-audifi', ['Ingress']],
      ['store-accepts-office', ['Ingress']],
    ]);
    expect(rules.map((p) => p.spec.podSelector.matchLabels?.['app.kubernetes.io/name'])).toEqual([
      'store',
      'store',
    ]);
    expect(rules.map((p) => p.spec.ingress)).toEqual([
      [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'audifi' } },
              podSelector: { matchLabels: { tracing: 'on' } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 10901 }],
        },
      ],
      [
        {
          from: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
          ports: [8080, 10901].map((port) => ({ protocol: 'TCP', port })),
        },
      ],
    ]);
  });
});

describe('instances of one workload', () => {
  test('may connect to each other at their cluster ports, by TCP and UDP', async () => {
    const deployed = await onKubernetes((deploy) => deploy(replicated));
    const ports = ['TCP', 'UDP'].map((protocol) => ({ protocol, port: 9094 }));
    const pods = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'gossip' } } };
    expect(named(deployed, 'gossip-to-gossip')[0]?.spec).toMatchObject({
      ...pods,
      policyTypes: ['Egress'],
      egress: [{ to: [pods], ports }],
    });
    expect(named(deployed, 'gossip-from-gossip')[0]?.spec).toMatchObject({
      ...pods,
      policyTypes: ['Ingress'],
      ingress: [{ from: [pods], ports }],
    });
  });

  test.each<[string, Workload]>([
    ['without such ports', { ...replicated, clusterPorts: undefined }],
    ['of which there is one', { ...replicated, replicas: 1 }],
  ])('%s may not', async (_, workload) => {
    const deployed = await onKubernetes((deploy) => deploy(workload));
    expect(
      policies(deployed)
        .map((p) => p.metadata.name)
        .sort(),
    ).toEqual(general);
  });
});
