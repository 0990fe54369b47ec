import { by, duration, type Expr, topk } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { scoped } from '../scope';

const eachClaim = ['namespace', 'persistentvolumeclaim'] as const;

/** Share below which the trend counts. A volume with more space has time. */
const trendBelow = 0.25;

/** Alerts on volumes of pods (Kubernetes): their space, and the number of files that fit. */
export function volumeFilling(c: Context): Alert[] {
  return [
    lowVolume(c, 'bytes', {
      free: scoped('kubelet_volume_stats_available_bytes'),
      size: scoped('kubelet_volume_stats_capacity_bytes'),
      what: 'space',
    }),
    lowVolume(c, 'inodes', {
      free: scoped('kubelet_volume_stats_inodes_free'),
      size: scoped('kubelet_volume_stats_inodes'),
      what: 'inodes',
    }),
  ];
}

interface Room {
  readonly free: Expr;
  readonly size: Expr;
  /** For people. */
  readonly what: string;
}

/** A claim that several pods use is measured on each of their nodes. */
function lowVolume(c: Context, resource: string, { free, size, what }: Room): Alert {
  const share = by('min', eachClaim, `${free} / (${size} > 0)` as Expr);
  const trend = `predict_linear(${free}[${duration(c.window(21_600))}], ${c.hold(86_400)})`;
  const full = by('min', eachClaim, trend as Expr);
  const readOnly = scoped('kube_persistentvolumeclaim_access_mode', {
    access_mode: 'ReadOnlyMany',
  });
  const users = scoped('kube_pod_spec_volumes_persistentvolumeclaims_info');
  const user = topk(1, by('max', [...eachClaim, 'pod'], users), eachClaim);
  return {
    name: 'KubeVolumeFilling',
    severity: 'warning',
    service: 'cluster',
    dashboard: 'audifi-stack',
    expr:
      `(\n  (\n    ${share} < ${c.t.volumeFreeRatio}\n    or\n    ` +
      `${share} < ${trendBelow} and ${full} < 0\n  )\n  unless\n  ` +
      // Nothing writes to it, so it may be full.
      `${by('max', eachClaim, readOnly)} == 1\n)\n` +
      `* on (namespace, persistentvolumeclaim) group_left (pod)\n${user}`,
    for: c.hold(900),
    labels: { resource },
    summary: `Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its ${what} left`,
    description:
      `The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} of {{ $labels.pod }} has ` +
      `{{ $value | humanizePercentage }} of its ${what} left. It is almost full or, by the trend of the last ` +
      `${c.said(21_600)}, will be within ${duration(c.hold(86_400))}. Then its pod cannot write, and may not start again.`,
  };
}
