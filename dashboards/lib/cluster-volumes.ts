import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { claimRequest, claimSize, claimsTooSmall } from '../../rules';
import { bottomk, selector } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { below } from './limits';
import { runbook } from './links';
import { lines } from './panels';
import { range, rows } from './queries';
import { table, width } from './table';

export const unread = 'kube-state-metrics is not scraped (Stack).';
const unmeasured = 'The kubelets are not scraped (Stack), or no pod uses a volume.';

/** Volumes of the pods in a cluster. */
export const volumesRow = (options: DashboardOptions): Row => ({
  title: 'Volumes',
  height: 9,
  panels: [
    [8, space(options)],
    [8, inodes(options)],
    [8, tooSmall(options)],
  ],
});

type Free = 'claim:kubelet_volume_bytes_free:ratio' | 'claim:kubelet_volume_inodes_free:ratio';

/** The fullest volumes over time. */
const fullest = (free: Free) =>
  [range(bottomk(10, selector(free)), '{{namespace}} {{persistentvolumeclaim}}')] as const;

function space(options: DashboardOptions): Panel {
  return lines({
    title: 'Volume Space Left',
    shows: 'Share of its space that a volume has left, the ten fullest at each point in time.',
    good: 'Above the line, and level or falling slowly.',
    otherwise:
      'Near 0 the pod cannot write. Enlarge the claim, or delete data. KubeVolumeFilling also ' +
      'fires above the line if the volume will be full within a day.',
    unit: 'share',
    queries: fullest('claim:kubelet_volume_bytes_free:ratio'),
    empty: unmeasured,
    max: 1,
    low: true,
    limit: below(options.thresholds.volumeFreeRatio, 'warning'),
    links: [runbook(options, 'KubeVolumeFilling')],
  });
}

function inodes(options: DashboardOptions): Panel {
  return lines({
    title: 'Volume Inodes Left',
    shows:
      'Share of its inodes (files and folders) that a volume has left, the ten fullest at each ' +
      'point in time.',
    good: 'Above the line.',
    otherwise: 'Many small files: without inodes the pod cannot write, even if space is left.',
    unit: 'share',
    queries: fullest('claim:kubelet_volume_inodes_free:ratio'),
    empty: `${unmeasured} Some file systems have no limit of inodes.`,
    max: 1,
    low: true,
    limit: below(options.thresholds.volumeFreeRatio, 'warning'),
    links: [runbook(options, 'KubeVolumeFilling')],
  });
}

function tooSmall(options: DashboardOptions): Panel {
  const claim = 'on (namespace, persistentvolumeclaim)';
  const small = `(${claimsTooSmall()})`;
  return table(
    {
      title: 'Volumes Smaller Than Requested',
      shows: 'Claims whose volume has not yet the requested size, at the end of the time range.',
      good: 'Empty, or for a few minutes after a claim was enlarged.',
      otherwise:
        'The expansion failed or waits, for example for a restart of the pod: see the events of ' +
        'the claim.',
      unit: 'bytes',
      queries: [
        rows(`${claimRequest} and ${claim} ${small}`),
        rows(`${claimSize} and ${claim} ${small}`),
      ],
      empty: `All volumes have their size. Or: ${unread}`,
      links: [runbook(options, 'KubeVolumeResizePending')],
    },
    {
      order: ['namespace', 'persistentvolumeclaim', 'Value #A', 'Value #B'],
      headings: {
        namespace: 'Namespace',
        persistentvolumeclaim: 'Claim',
        'Value #A': 'Requested',
        'Value #B': 'Size',
      },
      sortedBy: 'Namespace',
      properties: { Requested: [width(90)], Size: [width(90)] },
    },
  );
}
