import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { bucketFailedShare, jobs } from '../../rules';
import { by, type Expr, increase, oneOf, rate, ratio, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { above } from './limits';
import { runbook } from './links';
import { colours } from './looks';
import { lines, timeline } from './panels';
import { range, sinceLastPoint } from './queries';
import { states } from './states';

const { thanosSidecar: sidecar, thanosCompactor: compactor, thanosStore: store } = jobs;
const empty = 'Prometheus does not scrape the parts of Thanos (Target Health).';

/** A block is uploaded every two hours, so an hour shows nothing. */
const period = { last: '1d', every: '30m' } as const;

/** The path of metrics to the bucket and back. Needs `longTerm`. */
export const longTermPanels = (
  options: DashboardOptions,
): readonly (readonly [number, Panel])[] => [
  [6, uploads(options)],
  [6, bucket(options)],
  [6, backlog(options)],
  [6, compaction(options)],
];

function uploads(options: DashboardOptions): Panel {
  const uploaded = (
    name: 'thanos_shipper_uploads_total' | 'thanos_shipper_upload_failures_total',
  ) => sum(['instance'], increase(selector(name, { job: sidecar }), '$__rate_interval'));
  return lines({
    title: 'Blocks Uploaded',
    shows: 'Blocks of metrics that were uploaded to the bucket, and failed attempts, of a day.',
    good: 'One block of each Prometheus every two hours.',
    otherwise:
      'A gap of more than six hours: Bucket Errors shows whether the bucket fails. What is not ' +
      'uploaded before prometheus.retention ends is lost.',
    unit: 'count',
    queries: [
      range(uploaded('thanos_shipper_uploads_total'), '{{instance}}'),
      range(uploaded('thanos_shipper_upload_failures_total'), 'failed {{instance}}'),
    ],
    period,
    empty,
    stacked: true,
    bars: true,
    links: [runbook(options, 'ThanosBlocksNotUploaded')],
  });
}

function bucket(options: DashboardOptions): Panel {
  const job = oneOf(sidecar, compactor, store);
  const share = <L extends 'job' | 'instance'>(part: Expr<L>, whole: Expr<L>): Expr<L> =>
    ratio(part, `(${whole} > 0)` as Expr<L>);
  const each = (
    name: Parameters<typeof selector>[0] & `thanos_${string}_total`,
    of: typeof job | typeof store,
  ) => sum(['job', 'instance'], rate(selector(name, { job: of }), '$__rate_interval'));
  return lines({
    title: 'Bucket Errors',
    shows:
      'Share of operations on the bucket that fail, and of the store’s attempts to read the list ' +
      'of blocks, of a day.',
    good: '0.',
    otherwise:
      'The bucket is down, full, or refuses the credentials. Until it works, queries return only ' +
      'what Prometheus still has.',
    unit: 'share',
    queries: [
      range(
        share(
          each('thanos_objstore_bucket_operation_failures_total', job),
          each('thanos_objstore_bucket_operations_total', job),
        ),
        '{{job}} {{instance}}',
      ),
      range(
        share(
          each('thanos_blocks_meta_sync_failures_total', store),
          each('thanos_blocks_meta_syncs_total', store),
        ),
        'list of blocks {{instance}}',
      ),
    ],
    period,
    empty,
    max: 1,
    limit: above(bucketFailedShare, 'warning'),
    links: [runbook(options, 'ThanosBucketFailing'), runbook(options, 'ThanosStoreStale')],
  });
}

function backlog(options: DashboardOptions): Panel {
  const due = (name: 'thanos_compact_todo_compactions' | 'thanos_compact_todo_downsample_blocks') =>
    by('max', ['instance'], selector(name, { job: compactor }));
  return lines({
    title: 'Compactor Backlog',
    shows: 'Compactions that are due, and blocks to downsample.',
    good: 'Back at 0 within hours.',
    otherwise:
      'Never at 0: the compactor is too slow, its disk is full, or it fails (see its log). ' +
      'Queries over months become slow.',
    unit: 'count',
    queries: [
      range(due('thanos_compact_todo_compactions'), 'compactions'),
      range(due('thanos_compact_todo_downsample_blocks'), 'downsampling'),
    ],
    empty,
    stacked: true,
    links: [runbook(options, 'ThanosCompactorBehind')],
  });
}

function compaction(options: DashboardOptions): Panel {
  const halted = sinceLastPoint('max', selector('thanos_compact_halted', { job: compactor }));
  return timeline({
    title: 'Compactor State',
    shows: 'Whether the compactor works, or has halted because of an error.',
    good: 'Green.',
    otherwise: 'Halted: a restart does not repair it, and the bucket grows. Follow the runbook.',
    unit: 'state',
    queries: [range(by('max', ['instance'], halted), '{{instance}}')],
    empty,
    states: states({
      0: { text: 'Works', color: colours.good },
      1: { text: 'Halted', color: colours.warning },
    }),
    links: [runbook(options, 'ThanosCompactorHalted')],
  });
}
