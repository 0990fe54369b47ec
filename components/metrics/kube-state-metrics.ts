import * as pulumi from '@pulumi/pulumi';
import { clusterNodeMetrics, objectMetrics } from '../../telemetry';
import type { ClusterReads, NamespacedKind } from '../cluster-reads';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import { type Discovering, discoveredNamespaces } from '../settings/targets';
import type { Endpoint, Workload } from '../workload';

export interface KubeStateMetricsArgs {
  readonly platform: Platform;
  /** Namespaces whose objects are read. They must exist. */
  readonly namespaces: readonly string[];
}

const { ports } = services['kube-state-metrics'];

/** Kinds of objects that an alert uses. */
const kinds: readonly NamespacedKind[] = [
  'daemonsets',
  'deployments',
  'persistentvolumeclaims',
  'pods',
  'statefulsets',
];

/**
 * kube-state-metrics: state of pods, workloads and claims in the given namespaces, and of the
 * cluster's nodes, from the Kubernetes API. Only the metrics of the contract.
 *
 * Provisions two Deployments: `<name>` for the namespaces and `<name>-nodes` for the nodes. One
 * process would report every node once per namespace. Each may list and watch its own kinds of
 * objects and nothing else.
 *
 * Upstream:
 * https://github.com/kubernetes/kube-state-metrics/blob/v2.19.1/docs/developer/cli-arguments.md
 */
export class KubeStateMetrics extends pulumi.ComponentResource {
  readonly parts: readonly { readonly endpoint: Endpoint }[];

  constructor(name: string, args: KubeStateMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:KubeStateMetrics', name, {}, opts);
    const workloads = [objectsWorkload(name, args.namespaces), nodesWorkload(`${name}-nodes`)];
    this.parts = workloads.map((workload) => ({
      endpoint: args.platform.deploy(workload, { parent: this }),
    }));
    this.registerOutputs({});
  }
}

/**
 * The stack's own namespaces, and those in which it discovers AudiFi's pods.
 * `kubernetes.appNamespace` is included only if pods are discovered there, because otherwise it may
 * not exist.
 *
 * @param own the stack's own namespaces
 */
export function readNamespaces(
  settings: Discovering,
  own: readonly string[] = [],
): readonly string[] {
  return [...new Set([...own, ...discoveredNamespaces(settings).keys()])].sort();
}

/** The workload for objects in namespaces. Pure. */
export const objectsWorkload = (name: string, namespaces: readonly string[]): Workload =>
  workload(name, {
    reads: { kinds, namespaces },
    args: [`--resources=${kinds.join(',')}`, `--namespaces=${namespaces.join(',')}`],
    metrics: Object.keys(objectMetrics),
  });

/** The workload for nodes. Pure. */
export const nodesWorkload = (name: string): Workload =>
  workload(name, {
    reads: { nodes: true },
    args: ['--resources=nodes'],
    metrics: Object.keys(clusterNodeMetrics),
  });

interface Process {
  readonly reads: ClusterReads;
  readonly args: readonly string[];
  /** Names of the metrics. */
  readonly metrics: readonly string[];
}

function workload(name: string, { reads, args, metrics }: Process): Workload {
  return {
    name,
    image: images.kubeStateMetrics,
    args: [
      ...args,
      // The items are patterns. Without ^ and $ they would match any part of a name.
      `--metric-allowlist=${metrics.map((metric) => `^${metric}$`).join(',')}`,
      // All addresses: the default `::` fails on nodes without IPv6.
      '--host=',
      '--telemetry-host=',
      '--auto-gomemlimit',
    ],
    ports: [
      { name: 'http', number: ports.http },
      { name: 'telemetry', number: ports.telemetry },
    ],
    readiness: { port: 'telemetry', path: '/readyz' },
    // Not /livez: it queries the API server, so an outage there would restart this container too.
    liveness: { port: 'http', path: '/healthz' },
    resources: { memoryMiB: 128, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    readsCluster: reads,
    stopSeconds: 5,
  };
}
