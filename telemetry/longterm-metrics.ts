import { counter, gauge, open } from './contract';

const bucket = open('name of the bucket', 1);
const operation = ['iter', 'get', 'get_range', 'exists', 'upload', 'delete', 'attributes'] as const;

/** Metrics of Thanos 0.42 that rules and runbooks use. */
export const longTermMetrics = {
  thanos_compact_halted: gauge({
    unit: 'boolean',
    help: '1 if the compactor has stopped working because of an error that a restart does not repair. It still answers.',
  }),
  thanos_compact_todo_compactions: gauge({
    unit: 'count',
    help: 'Compactions that are due.',
  }),
  thanos_compact_todo_downsample_blocks: gauge({
    unit: 'count',
    help: 'Blocks that are due to be downsampled.',
  }),
  thanos_objstore_bucket_operations_total: counter({
    unit: 'count',
    help: 'Operations on the bucket, including those that failed.',
    labels: { bucket, operation },
    budget: 7,
  }),
  thanos_objstore_bucket_operation_failures_total: counter({
    unit: 'errors',
    help: 'Operations on the bucket that failed.',
    labels: { bucket, operation },
    budget: 7,
  }),
  thanos_shipper_uploads_total: counter({
    unit: 'count',
    help: 'Blocks that the sidecar has uploaded.',
  }),
  thanos_shipper_upload_failures_total: counter({
    unit: 'errors',
    help: 'Blocks that the sidecar could not upload. It tries again every 30 seconds.',
  }),
  thanos_blocks_meta_syncs_total: counter({
    unit: 'count',
    help: 'Attempts to read the list of blocks in the bucket.',
  }),
  thanos_blocks_meta_sync_failures_total: counter({
    unit: 'errors',
    help: 'Attempts that failed.',
  }),
  thanos_bucket_store_blocks_loaded: gauge({
    unit: 'count',
    help: 'Blocks that the store gateway answers from.',
  }),
};
