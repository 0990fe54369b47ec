import { by, duration, like, topk } from '../../telemetry';
import type { Context } from '../context';
import { claimsTooSmall, eachClaim, volumeFree, volumes } from '../kubernetes-parts';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const volumeNames = ['KubeVolumeFilling', 'KubeVolumeResizePending'] as const;

/** The trend only counts below this free share. A volume with more free space is not urgent. */
const trendBelow = 0.25;

/** Alerts on the free space and free inodes of pods' volumes (Kubernetes). */
export const volumeFilling = (c: Context): Alert[] => [
  lowVolume(c, 'bytes', 'space'),
  lowVolume(c, 'inodes', 'inodes'),
];

/** A volume is smaller than its claim requests: its expansion failed or is pending. */
export function volumeResizePending(c: Context): Alert {
  return {
    name: 'KubeVolumeResizePending',
    severity: 'warning',
    service: 'cluster',
    dashboard: 'audifi-kubernetes',
    expr: claimsTooSmall(),
    for: c.hold(1_800),
    summary: 'Volume {{ $labels.persistentvolumeclaim }} is smaller than requested',
    description:
      'The claim {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} requested more space at least ' +
      `${c.said(1_800)} ago, but its volume has not grown. Until it grows, only the old size is available.`,
  };
}

/**
 * Used share of each instance's volume `data`. The size is the one that the kubelets measure or, if
 * they measure none, the one that the claim requests. A stack without metrics of the kubelets uses
 * the size in the settings.
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

/** @param what name of what runs out, for messages */
function lowVolume(c: Context, resource: keyof typeof volumes, what: string): Alert {
  const share = volumeFree(resource);
  // Predicts from the claim, because each node has its own series: after the pod has moved, that of
  // the old node would still predict a full volume for hours.
  const lately = `[${duration(c.window(21_600))}:${duration(c.pause(300))}]`;
  const full = `predict_linear((${by('min', eachClaim, volumes[resource].free)})${lately}, ${c.hold(86_400)})`;
  const readOnly = scoped('kube_persistentvolumeclaim_access_mode', {
    access_mode: 'ReadOnlyMany',
  });
  const users = scoped('kube_pod_spec_volumes_persistentvolumeclaims_info');
  const user = topk(1, by('max', [...eachClaim, 'pod'], users), eachClaim);
  return {
    name: 'KubeVolumeFilling',
    severity: 'warning',
    service: 'cluster',
    dashboard: 'audifi-kubernetes',
    expr:
      `(\n  (\n    ${share} < ${c.t.volumeFreeRatio}\n    or\n    ` +
      `${share} < ${trendBelow} and ${full} < 0\n  )\n  unless\n  ` +
      // Nothing writes to a read-only volume, so it may be full.
      `${by('max', eachClaim, readOnly)} == 1\n)\n` +
      `* on (namespace, persistentvolumeclaim) group_left (pod)\n${user}`,
    for: c.hold(900),
    labels: { resource },
    summary: `Volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its ${what} left`,
    description:
      `The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} of {{ $labels.pod }} has ` +
      `{{ $value | humanizePercentage }} of its ${what} left. It is almost full, or at the rate of the last ` +
      `${c.said(21_600)} will be full within ${duration(c.hold(86_400))}. A pod with a full volume cannot write and may not start again.`,
  };
}
