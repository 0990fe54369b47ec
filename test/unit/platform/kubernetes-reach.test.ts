import { describe, expect, it } from '@jest/globals';
import main from '../../../index';
import { run } from '../../lib/mocks';
import { texts } from '../../lib/pulumi-config';

type Labels = Readonly<Record<string, string>>;

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels: Labels };
  readonly podSelector?: { readonly matchLabels: Labels };
  readonly ipBlock?: object;
}

interface Rule {
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly endPort?: number }[];
}

interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

interface Workload {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly hostNetwork?: boolean;
        readonly containers: readonly {
          readonly ports?: readonly { readonly containerPort: number }[];
        }[];
      };
    };
  };
}

const matches = (selector: Labels = {}, labels: Labels = {}): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/**
 * Whether a peer of a rule selects this workload's pods. No label selects pods on the host network.
 */
function selects(peer: Peer, { metadata, spec }: Workload): boolean {
  if (peer.ipBlock !== undefined || spec.template.spec.hostNetwork === true) return false;
  const namespace = { 'kubernetes.io/metadata.name': metadata.namespace };
  return (
    matches(peer.namespaceSelector?.matchLabels, namespace) &&
    matches(peer.podSelector?.matchLabels, spec.template.metadata.labels)
  );
}

/** Whether the policies allow connections from `here` to a port of `there`. */
function allowed(
  policies: readonly Policy[],
  direction: 'Ingress' | 'Egress',
  here: Workload,
  there: Workload,
  port: number,
): boolean {
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === here.metadata.namespace &&
      spec.policyTypes.includes(direction) &&
      matches(spec.podSelector.matchLabels, here.spec.template.metadata.labels),
  );
  if (own.length === 0) return true;
  const rules = own.flatMap(({ spec }) =>
    direction === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? []),
  );
  return rules.some((rule) => {
    const peers = direction === 'Ingress' ? rule.from : rule.to;
    const atPort =
      rule.ports === undefined ||
      rule.ports.some(({ port: from, endPort = from }) => port >= from && port <= endPort);
    return atPort && (peers === undefined || peers.some((peer) => selects(peer, there)));
  });
}

/** A pod of others, without policies in its namespace. */
const stranger: Workload = {
  metadata: { name: 'stranger', namespace: 'ingress' },
  spec: {
    template: {
      metadata: { labels: { app: 'stranger' } },
      spec: { containers: [{ ports: [{ containerPort: 8443 }] }] },
    },
  },
};

/** All connections of a stack's workloads that its policies allow: to each other and to others. */
async function connections(config: Record<string, unknown>): Promise<string[]> {
  const { ofType } = await run(main, { stack: 'prod', config: texts(config) });
  const inputs = (type: string): unknown[] => ofType(type).map((resource) => resource.inputs);
  const policies = inputs('NetworkPolicy') as Policy[];
  const workloads = ['StatefulSet', 'DaemonSet', 'Deployment'].flatMap(inputs) as Workload[];
  const found: string[] = [];
  for (const from of workloads) {
    for (const to of [...workloads, stranger]) {
      const { containers } = to.spec.template.spec;
      const ports = containers.flatMap((c) => (c.ports ?? []).map((p) => p.containerPort));
      for (const port of new Set(ports)) {
        // Kubernetes does not define whether policies apply to pods on the host network.
        if (from.spec.template.spec.hostNetwork === true) continue;
        const out = allowed(policies, 'Egress', from, to, port);
        const into =
          to.spec.template.spec.hostNetwork === true ||
          allowed(policies, 'Ingress', to, from, port);
        if (out && into) found.push(`${from.metadata.name} -> ${to.metadata.name}:${port}`);
      }
    }
  }
  return found.sort();
}

describe('the network policies of the production stack', () => {
  it('allow these connections to workloads and other pods, and no other', async () => {
    const found = await connections({
      platform: 'kubernetes',
      alerts: { acceptGaps: true },
      grafana: { enabled: false },
      kubernetes: { stateMetrics: false },
      prometheus: { replicas: 2 },
      alertmanager: { replicas: 3 },
      loki: { replicas: 3, s3: { bucket: 'audifi-logs' } },
    });
    expect(found).toEqual(
      [
        'alertmanager -> alertmanager:9094',
        // A load balancer of the cluster answers at pods of its own, at any port.
        'blackbox-exporter -> stranger:8443',
        'jaeger -> prometheus:9090',
        'loki -> alertmanager:9093',
        'loki -> loki:7946',
        'loki -> loki:9095',
        'otel-collector -> jaeger:4317',
        'otel-collector -> loki:3100',
        'prometheus -> alertmanager:9093',
        'prometheus -> blackbox-exporter:9115',
        'prometheus -> jaeger:8889',
        'prometheus -> loki:3100',
        'prometheus -> node-exporter:9100',
        ...[8888, 8889].map((port) => `prometheus -> otel-collector:${port}`),
        'prometheus -> prometheus:9090',
        'prometheus -> promtail:9080',
        'promtail -> loki:3100',
      ].sort(),
    );
  });

  it('are as narrow with Grafana, facts of the cluster, and metrics in a bucket', async () => {
    const found = await connections({
      platform: 'kubernetes',
      alerts: { acceptGaps: true },
      logs: { enabled: false },
      traces: { enabled: false },
      nodeExporter: { enabled: false },
      uptime: { enabled: false },
      grafana: { externalUrl: 'https://grafana.audifi.io', ingress: {} },
      prometheus: { replicas: 2 },
      longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } },
    });
    expect(found).toEqual(
      [
        'grafana -> alertmanager:9093',
        // Not to Prometheus: the frontend asks it too.
        'grafana -> thanos-frontend:10902',
        'prometheus -> alertmanager:9093',
        'prometheus -> grafana:3000',
        ...['kube-state-metrics', 'kube-state-metrics-nodes'].flatMap((to) =>
          [8080, 8081].map((port) => `prometheus -> ${to}:${port}`),
        ),
        'prometheus -> prometheus:10902',
        'prometheus -> prometheus:9090',
        'prometheus -> thanos-compactor:10902',
        'prometheus -> thanos-frontend:10902',
        'prometheus -> thanos-query:10902',
        'prometheus -> thanos-store:10902',
        'thanos-frontend -> thanos-query:10902',
        'thanos-query -> prometheus:10901',
        'thanos-query -> thanos-store:10901',
      ].sort(),
    );
  });
});
