import { setTimeout as sleep } from 'node:timers/promises';
import { imageRef, images } from '../../../components/images';
import { eventually } from './engine';
import type { KubeCluster } from './kube-cluster';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly securityContext?: { readonly runAsUser?: number };
    readonly containers: readonly {
      readonly ports?: readonly { containerPort: number; protocol: string }[];
    }[];
  };
  readonly status: {
    readonly podIP: string;
    readonly ephemeralContainerStatuses?: readonly {
      readonly name: string;
      readonly state: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** Where a pod may try to connect to. */
interface Target {
  /** Service and port, e.g. `loki:3100`. */
  readonly name: string;
  /** Pod, or node, which a pod does not try to reach if it is its own. */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/** All connections of the stack in kubernetes.test.ts. */
export const neededConnections: readonly string[] = [
  // Gossip, and pages to the receiver.
  'alertmanager -> alertmanager:9094',
  'alertmanager -> receiver:8080',
  // Spans, in either protocol.
  ...['api-server', 'bucket', 'receiver'].flatMap((app) => [
    `${app} -> otel-collector:4317`,
    `${app} -> otel-collector:4318`,
  ]),
  // Span metrics, for the Monitor tab.
  'jaeger -> prometheus:9090',
  ...['kube-state-metrics', 'kube-state-metrics-nodes'].map((name) => `${name} -> api:443`),
  'loki -> alertmanager:9093',
  'loki -> bucket:9000',
  'loki -> loki:7946',
  'loki -> loki:9095',
  'otel-collector -> jaeger:4317',
  // The log lines that services send over OTLP.
  'otel-collector -> loki:3100',
  'otel-collector -> otel-collector:4319',
  ...[
    ...['alertmanager:9093', 'api-server:9090', 'api:443'],
    ...['kube-state-metrics', 'kube-state-metrics-nodes'].flatMap((to) => [
      `${to}:8080`,
      `${to}:8081`,
    ]),
    ...['bucket:9000', 'jaeger:8889', 'kubelet:10250', 'loki:3100', 'node-exporter:9100'],
    ...['otel-collector:8888', 'otel-collector:8889', 'prometheus:10902', 'prometheus:9090'],
    ...['promtail:9080', 'thanos-compactor:10902', 'thanos-frontend:10902', 'thanos-query:10902'],
    'thanos-store:10902',
  ].map((target) => `prometheus -> ${target}`),
  'promtail -> loki:3100',
  'thanos-compactor -> bucket:9000',
  'thanos-frontend -> thanos-query:10902',
  'thanos-query -> prometheus:10901',
  'thanos-query -> thanos-store:10901',
  'thanos-store -> bucket:9000',
].sort();

/**
 * Whether a connection is one of the stack. Left out: those between pods of the application, which
 * has no policies here, to DNS, and to node exporters, which are on the network of their nodes.
 */
export function concernsStack(connection: string): boolean {
  const app = /^(api-server|bucket|receiver) -> /;
  const open = /-> (api-server|api|bucket|receiver|kubelet|node-exporter|kube-dns):/;
  return !(/-> kube-dns:/.test(connection) || (app.test(connection) && open.test(connection)));
}

/** How long a probe waits for a connection. */
const patienceMs = 4000;

/**
 * Prints the indices of the targets that accept a connection. On a busy machine, the time may be
 * over before Node has read that a connection was accepted, so the timeout lets it read first.
 */
const probe = `
const targets = JSON.parse(process.argv[1]);
Promise.all(targets.map(([host, port], index) => new Promise((resolve) => {
  const socket = require('node:net').connect({ host, port, timeout: ${patienceMs} });
  const end = (found) => () => { socket.destroy(); resolve(found); };
  socket.on('connect', end([index])).on('error', end([]));
  socket.on('timeout', () => setImmediate(end([])));
}))).then((found) => console.log(JSON.stringify(found.flat())));
`;

const serviceOf = ({ metadata: { labels, name } }: Pod): string =>
  labels['app.kubernetes.io/name'] ?? labels['k8s-app'] ?? name;

/**
 * Tries every TCP connection between the pods of these namespaces, to DNS, to the API server and to
 * the kubelets, from inside each pod: in a container that is added to it, because the images have
 * no shell. A pod on its node's network is only a target, because no policy applies to it.
 *
 * @param namespaces of the pods that connect
 * @returns the accepted ones, e.g. `prometheus -> loki:3100`, or with `(n of m)` if some instances
 *   of the two were refused
 */
export async function acceptedConnections(
  cluster: KubeCluster,
  namespaces: readonly string[],
): Promise<string[]> {
  const all = (cluster.get('pods', '--all-namespaces') as { items: Pod[] }).items;
  const targets = [...all.flatMap(portsOf), ...controlPlane(cluster)];
  const pods = all.filter(
    ({ metadata, spec }) => namespaces.includes(metadata.namespace) && spec.hostNetwork !== true,
  );
  const tried = new Map<string, { accepted: number; of: number }>();
  // They mostly wait for connections that are dropped.
  const atOnce = 5;
  for (let i = 0; i < pods.length; i += atOnce) {
    await Promise.all(
      pods.slice(i, i + atOnce).map(async (pod) => {
        const others = targets.filter(({ instance }) => instance !== pod.metadata.name);
        const accepted = new Set(await acceptedFrom(cluster, pod, others));
        for (const [index, { name }] of others.entries()) {
          const pair = `${serviceOf(pod)} -> ${name}`;
          const count = tried.get(pair) ?? { accepted: 0, of: 0 };
          count.of += 1;
          count.accepted += accepted.has(index) ? 1 : 0;
          tried.set(pair, count);
        }
      }),
    );
  }
  return [...tried]
    .filter(([, { accepted }]) => accepted > 0)
    .map(([pair, { accepted, of }]) => (accepted === of ? pair : `${pair} (${accepted} of ${of})`))
    .sort();
}

function portsOf(pod: Pod): Target[] {
  return pod.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ containerPort: port }) => ({
      ...{ name: `${serviceOf(pod)}:${port}`, instance: pod.metadata.name },
      ...{ host: pod.status.podIP, port },
    }));
}

function controlPlane(cluster: KubeCluster): Target[] {
  const { items } = cluster.get('nodes') as {
    items: {
      metadata: { name: string };
      status: { addresses: { type: string; address: string }[] };
    }[];
  };
  const kubelets = items.flatMap(({ metadata, status }) =>
    status.addresses
      .filter(({ type }) => type === 'InternalIP')
      .map(({ address }) => ({
        ...{ name: 'kubelet:10250', instance: metadata.name },
        ...{ host: address, port: 10250 },
      })),
  );
  const { spec } = cluster.get('service', 'kubernetes', '--namespace', 'default') as {
    spec: { clusterIP: string };
  };
  const api = { name: 'api:443', instance: 'api', host: spec.clusterIP, port: 443 };
  return [...kubelets, api];
}

/** @returns indices of the targets that accept a connection from this pod */
async function acceptedFrom(
  cluster: KubeCluster,
  { metadata: { name, namespace }, spec }: Pod,
  targets: readonly Target[],
): Promise<number[]> {
  const container = `probe-${Date.now().toString(36)}`;
  const list = JSON.stringify(targets.map(({ host, port }) => [host, port]));
  const inPod = ['--namespace', namespace];
  const isRoot = (spec.securityContext?.runAsUser ?? 0) === 0;
  await cluster.kubectlAsync(
    ...[...inPod, 'debug', `pod/${name}`, `--image=${imageRef(images.node)}`],
    ...[
      `--profile=${isRoot ? 'general' : 'restricted'}`,
      '--attach=false',
      `--container=${container}`,
    ],
    ...['--', 'node', '-e', probe, list],
  );
  // It takes at least this long, and each look costs as much CPU time as the probe.
  await sleep(patienceMs);
  await eventually(`${container} in ${name} has ended`, 60, () => {
    const { status } = cluster.get('pod', name, ...inPod) as Pod;
    const own = (status.ephemeralContainerStatuses ?? []).find((each) => each.name === container);
    return Promise.resolve(own?.state.terminated);
  });
  return JSON.parse(cluster.kubectl(...inPod, 'logs', name, '--container', container)) as number[];
}
