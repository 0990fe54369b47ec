import { duration, increase, oneOf, over, rate, ratio, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const longTermNames = [
  'ThanosBucketFailing',
  'ThanosBlocksNotUploaded',
  'ThanosCompactorHalted',
  'ThanosCompactorBehind',
  'ThanosStoreStale',
] as const;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

const { thanosSidecar: sidecar, thanosCompactor: compactor, thanosStore: store } = jobs;
/** Threshold for the share of failed operations on the bucket. */
export const bucketFailedShare = 0.05;

/*
 * These windows do not follow `alerts.speedUp`: Prometheus finishes a block every two hours, and
 * Thanos has intervals of its own.
 */
/**
 * Seconds in which Prometheus finishes at least one block: the first at most three hours after its
 * start, then one every two hours.
 */
const blockWindow = 6 * 3_600;
/** Seconds in which the store gateway reads the list of blocks: it does so every 15 minutes. */
const syncWindow = 3_600;
/** Seconds in which the compactor finishes the work that is due. */
const workWindow = 12 * 3_600;

/**
 * Whether the job was already up when the window began. Otherwise it may not have had enough time.
 */
const ranBefore = (job: typeof sidecar | typeof compactor, window: number): string =>
  `${selector('up', { job })} offset ${duration(window)} == 1`;

/** Alerts on metrics that are kept for a year. */
export function longTermAlerts(c: Context): readonly Alert[] {
  return when(
    [sidecar, compactor, store].every((job) => c.has(job)),
    bucketFailing(c),
    blocksNotUploaded(c),
    compactorHalted(c),
    compactorBehind(c),
    storeStale(c),
  );
}

function bucketFailing(c: Context): Alert {
  const job = oneOf(sidecar, compactor, store);
  const each = ['job', 'instance'] as const;
  const failures = rate(
    selector('thanos_objstore_bucket_operation_failures_total', { job }),
    c.window(900),
  );
  const all = rate(selector('thanos_objstore_bucket_operations_total', { job }), c.window(900));
  return {
    ...common,
    name: 'ThanosBucketFailing',
    expr: `${ratio(sum([...each], failures), sum([...each], all))} > ${bucketFailedShare}`,
    for: c.hold(900),
    summary: '{{ $value | humanizePercentage }} of the bucket operations of {{ $labels.job }} fail',
    description:
      '{{ $value | humanizePercentage }} of the operations of {{ $labels.instance }} on the bucket of longTerm.store failed. No ' +
      'data is lost while Prometheus keeps its blocks (prometheus.retention). Until the bucket works, queries return only metrics within that retention.',
    mutes: [
      {
        alerts: ['ThanosBlocksNotUploaded', 'ThanosStoreStale'],
        // One that cannot use the bucket says nothing about the others, e.g. if its keys differ.
        equal: each,
        why: 'this instance cannot use the bucket',
      },
    ],
  };
}

function blocksNotUploaded(c: Context): Alert {
  const uploads = selector('thanos_shipper_uploads_total', { job: sidecar });
  return {
    ...common,
    name: 'ThanosBlocksNotUploaded',
    expr: `${sum(['job', 'instance'], increase(uploads, blockWindow))} == 0\nand on (job, instance)\n${ranBefore(sidecar, blockWindow)}`,
    for: c.hold(900),
    summary: 'No metrics were uploaded to the bucket for 6 hours',
    description:
      '{{ $labels.instance }} has uploaded no block in the last 6 hours, although Prometheus finishes one every 2 hours. Blocks ' +
      'that are still missing when prometheus.retention deletes them are missing for good.',
  };
}

function compactorHalted(c: Context): Alert {
  const halted = selector('thanos_compact_halted', { job: compactor });
  return {
    ...common,
    name: 'ThanosCompactorHalted',
    expr: `${halted} == 1`,
    for: c.hold(300),
    summary: "Thanos's compactor has halted",
    description:
      '{{ $labels.instance }} has stopped its work because of an error that a restart does not repair, such as ' +
      'overlapping blocks. It still responds to probes. Nothing is downsampled or deleted, so the bucket grows.',
    mutes: [{ alerts: ['ThanosCompactorBehind'], why: 'a halted compactor does no work' }],
  };
}

function compactorBehind(c: Context): Alert {
  const least = (
    name: 'thanos_compact_todo_compactions' | 'thanos_compact_todo_downsample_blocks',
  ) => over('min_over_time', selector(name, { job: compactor }), workWindow);
  return {
    ...common,
    name: 'ThanosCompactorBehind',
    expr:
      `(${least('thanos_compact_todo_compactions')} + ${least('thanos_compact_todo_downsample_blocks')}) > 0\n` +
      `and on (job, instance)\n${ranBefore(compactor, workWindow)}`,
    for: c.hold(900),
    summary: "Thanos's compactor has not finished its work for 12 hours",
    description:
      '{{ $labels.instance }} has had at least {{ $value | printf "%.0f" }} pending compactions or downsamplings throughout the ' +
      'last 12 hours: it is too slow, its disk is full, or it fails. Queries over long ranges become slow, and the bucket grows.',
  };
}

function storeStale(c: Context): Alert {
  const each = ['job', 'instance'] as const;
  const syncs = increase(selector('thanos_blocks_meta_syncs_total', { job: store }), syncWindow);
  const failures = increase(
    selector('thanos_blocks_meta_sync_failures_total', { job: store }),
    syncWindow,
  );
  return {
    ...common,
    name: 'ThanosStoreStale',
    expr: `${sum([...each], syncs)} - ${sum([...each], failures)} < 0.5`,
    for: c.hold(1_800),
    summary: 'The store gateway has not read the list of blocks for an hour',
    description:
      '{{ $labels.instance }} reads the list of blocks in the bucket every 15 minutes, and has not succeeded in the last hour. ' +
      'Queries miss newer blocks, and fail on blocks that the compactor has deleted.',
  };
}
