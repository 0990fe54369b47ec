/** A finding of kube-score about one object. */
export interface Finding {
  /** ID of the check. */
  readonly check: string;
  /** Kind and name, e.g. `StatefulSet/grafana`. */
  readonly object: string;
  readonly summary: string;
}

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    /** 10 is all right, 5 a warning, 1 critical. */
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Everything that is not all right, from `kube-score score --output-format json`. */
export function findingsOf(json: string): Finding[] {
  const scored = JSON.parse(json) as Scored[];
  if (scored.length === 0) throw new Error('kube-score judged no object');
  return scored.flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade < 10 && !skipped)
      .flatMap(({ check: { id }, comments }) =>
        (comments ?? [{ summary: '' }]).map(({ summary }) => ({
          ...{ check: id, summary },
          object: `${kind}/${name}`,
        })),
      ),
  );
}

class Exception {
  constructor(
    readonly check: string,
    /** Names of the objects. Undefined: all. */
    private readonly objects?: readonly string[],
  ) {}

  covers({ check, object }: Finding): boolean {
    return check === this.check && (this.objects?.includes(object) ?? true);
  }
}

/** Findings that stay, each with the reason. */
export const exceptions: readonly Exception[] = [
  // All tags are versions, and can be pinned by digest. With `Always`, no pod could restart while
  // the registry does not answer, which may be during the incident.
  new Exception('container-image-pull-policy'),

  // Containers write to their volumes and to memory only: the root file system is read-only, and
  // scratch directories are tmpfs. What remains is their output, which the kubelet rotates. A limit
  // would evict a pod for what others cause: logs of a chatty dependency.
  new Exception('container-ephemeral-storage-request-and-limit'),

  // Upstream's image belongs to 472, and its data on existing volumes too.
  new Exception('container-security-context-user-group-id', ['StatefulSet/grafana']),
  // Log files on a node belong to root. It has no capability and sees only this directory.
  new Exception('container-security-context-user-group-id', [
    'DaemonSet/promtail',
    'DaemonSet/otel-agent',
  ]),

  // Without them nothing is lost, and alerts notice it.
  // Two instances of kube-state-metrics would count every object twice.
  new Exception('deployment-replicas', [
    'Deployment/blackbox-exporter',
    'Deployment/kube-state-metrics',
    'Deployment/kube-state-metrics-nodes',
    'Deployment/postgres-exporter',
    'Deployment/redis-exporter',
    'Deployment/pgbouncer-exporter',
    'Deployment/thanos-query',
    'Deployment/thanos-frontend',
  ]),

  // These have one URL for both. The liveness probe is more patient: it fails after a minute, and
  // readiness after 15 seconds, so traffic stops long before a restart.
  new Exception('pod-probes-identical', [
    'DaemonSet/node-exporter',
    'DaemonSet/otel-agent',
    'Deployment/blackbox-exporter',
    'Deployment/postgres-exporter',
    'Deployment/redis-exporter',
    'Deployment/pgbouncer-exporter',
    'StatefulSet/grafana',
    'StatefulSet/otel-collector',
  ]),

  // With one instance, no client needs its own name, so the usual Service is enough. Those with
  // several instances have a headless one.
  new Exception('statefulset-has-servicename', [
    'StatefulSet/grafana',
    'StatefulSet/jaeger',
    'StatefulSet/loki',
    'StatefulSet/otel-collector',
    'StatefulSet/thanos-compactor',
    'StatefulSet/thanos-store',
  ]),
];
