import { by, duration, type Expr, like, topk } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';

/**
 * Names of the alerts below, most severe first. Each has a runbook and a promtool test with its
 * name.
 */
export const volumeNames = ['KubeVolumeFilling', 'KubeVolumeResizePending'] as const;

const eachClaim = ['namespace', 'persistentvolumeclaim'] as const;

/** The trend only counts below this free share. A volume with more free space is not urgent. */
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

/**
 * Minimum size of a file system, as a share of the requested size. Its own tables need the rest,
 * most of all on a small volume.
 */
const usableShare = 0.85;

/** A volume is smaller than its claim requests: growing it has failed, or waits for something. */
export function volumeResizePending(c: Context): Alert {
  const size = by('max', eachClaim, scoped('kubelet_volume_stats_capacity_bytes'));
  const request = scoped('kube_persistentvolumeclaim_resource_requests_storage_bytes');
  const changing = scoped('kube_persistentvolumeclaim_status_condition', {
    condition: like('Resizing|FileSystemResizePending|.+ResizeError'),
    status: 'true',
  });
  return {
    name: 'KubeVolumeResizePending',
    severity: 'warning',
    service: 'cluster',
    dashboard: 'audifi-stack',
    expr:
      `${size} < ${usableShare} * ${by('max', eachClaim, request)}\n` +
      `or\n${by('max', eachClaim, changing)} == 1`,
    for: c.hold(1_800),
    summary: 'Volume {{ $labels.persistentvolumeclaim }} is smaller than requested',
    description:
      'The claim {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} requested more space at least ' +
      `${c.said(1_800)} ago, but its volume has not grown. The volume fills up as if its setting had not been changed.`,
  };
}

/**
 * Share of each instance's volume `data` that its data uses. The size of the volume is measured by
 * the kubelets; if it is not, the size that its claim requests counts. A stack that does not read
 * the state of the cluster uses the size in the settings.
 *
 * @param used bytes, with the labels `namespace` and `pod`
 */
export function shareOfVolume(c: Context, used: string, workload: string, setting: number): string {
  const data = `(\n  ${used}\n)`;
  if (!c.has(jobs.kubelet)) return `${data}\n/ ${setting}`;
  const claims = { persistentvolumeclaim: like(`data-${workload}-[0-9]+`) };
  const byPod = (size: string): string =>
    `max by (namespace, pod) (\n    label_replace(${size}, "pod", "$1", "persistentvolumeclaim", "data-(.+)")\n  )`;
  const measured = byPod(scoped('kubelet_volume_stats_capacity_bytes', claims));
  const asked = byPod(scoped('kube_persistentvolumeclaim_resource_requests_storage_bytes', claims));
  return `${data}\n/ on (namespace, pod) group_left ()\n(\n  ${measured}\n  or\n  ${asked}\n)`;
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
