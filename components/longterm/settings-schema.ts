import { z } from 'zod';
import {
  doc,
  duration,
  gcsBucket,
  identityAnnotations,
  kind,
  offByDefault,
  onlyOn,
  port,
  s3Bucket,
  secret,
  size,
} from '../settings/kinds';
import { storeUrl } from '../settings/kinds-hosts';

/** Where blocks are kept. `none`: only Prometheus keeps metrics. */
export const stores = ['none', 'filesystem', 's3', 'gcs', 'azure'] as const;

/** External label that distinguishes replicas. Thanos drops it when it merges their series. */
export const replicaLabel = 'replica';

const text = (what: string, pattern: RegExp) =>
  z.string({ error: `is not ${what}` }).regex(pattern, { error: `is not ${what}` });

const s3 = z
  .strictObject({
    bucket: s3Bucket.meta(doc('Bucket for blocks of metrics.', 'audifi-metrics')),
    region: text('a region', /^[a-z0-9-]+$/)
      .default('us-east-1')
      .meta(kind('region'))
      .meta(doc('Region of the bucket.', 'eu-central-1')),
    endpoint: storeUrl
      .optional()
      .meta(
        doc(
          'URL of an S3-compatible store other than AWS (MinIO, Ceph, R2).',
          'https://s3.audifi.internal:9000',
        ),
      ),
    pathStyle: offByDefault(
      'Put the bucket into the path instead of the host name. Most stores other than AWS need this.',
    ),
  })
  .optional()
  .meta(doc('S3 or a compatible store.', '.bucket audifi-metrics'));

const gcs = z
  .strictObject({ bucket: gcsBucket.meta(doc('Bucket for blocks of metrics.', 'audifi-metrics')) })
  .optional()
  .meta(doc('Google Cloud Storage.', '.bucket audifi-metrics'));

const azure = z
  .strictObject({
    account: text('the name of a storage account', /^[a-z0-9]{3,24}$/)
      .meta(kind('name of a storage account'))
      .meta(doc('Storage account.', 'audifimetrics')),
    container: text('the name of a container', /^[a-z0-9](-?[a-z0-9]){2,62}$/)
      .meta(kind('name of a container'))
      .meta(doc('Container for blocks of metrics. It must exist.', 'audifi-metrics')),
  })
  .optional()
  .meta(doc('Azure Blob Storage.', '.account audifimetrics'));

/**
 * Thanos downsamples to 5 minutes after 40 hours and to 1 hour after 10 days, so data must be kept
 * until then.
 */
const kept = (min: string, what: string, value: string) =>
  duration(min, '10y')
    .default(value)
    .meta(doc(`How long ${what} are kept in the bucket.`, value));

const longTerm = z
  .strictObject({
    store: z
      .enum(stores)
      .default('none')
      .meta(
        doc(
          'Where Thanos keeps metrics for longer than prometheus.retention (docs/longterm.md). Metrics from before it was set are not uploaded, except the last few hours. filesystem: a volume of this machine (Docker only).',
          'filesystem',
        ),
      ),
    port: port
      .default(10902)
      .meta(
        onlyOn('docker', 'Port of the query page on the loopback interface (Docker).', '10902'),
      ),
    retention: z
      .strictObject({
        raw: kept('3d', 'raw samples', '15d'),
        fiveMinutes: kept('15d', '5-minute aggregates', '1y'),
        oneHour: kept('15d', '1-hour aggregates', '1y'),
      })
      .prefault({}),
    memory: size('192MiB')
      .default('512MiB')
      .meta(
        doc(
          'Memory limit of the compactor, the store gateway, the querier and each sidecar of Prometheus. A sidecar keeps all raw samples of a query in memory.',
          '1GiB',
        ),
      ),
    fromPrometheus: duration('1d', '10y')
      .optional()
      .meta(
        doc(
          'How far back queries also read raw samples from Prometheus; older data then comes only from the bucket (default: all that Prometheus has). Makes wide queries cheaper once the bucket has blocks for all of prometheus.retention (docs/longterm.md).',
          '3d',
        ),
      ),
    storage: size('1GiB')
      .default('20GiB')
      .meta(
        onlyOn(
          'kubernetes',
          'Size of the volume of the compactor (Kubernetes): at least twice the size of two weeks of blocks.',
          '50GiB',
        ),
      ),
    s3,
    gcs,
    azure,
    serviceAccountAnnotations: identityAnnotations(
      'Annotations that bind the service accounts of Prometheus, the compactor and the store gateway to a cloud identity, instead of keys (Kubernetes).',
      'iam.gke.io/gcp-service-account',
      'thanos@audifi.iam.gserviceaccount.com',
    ),
  })
  .prefault({});

const key = text('a key', /^\S+$/);

/** All top-level keys of long-term metrics. */
export const longTermSchema = z.strictObject({
  longTerm,
  longTermS3AccessKey: secret(
    key,
    'Access key of the bucket in longTerm.s3 (default: the identity of the machine or service account).',
  ),
  longTermS3SecretKey: secret(key, 'Secret key that belongs to longTermS3AccessKey.'),
  longTermGcsCredentials: secret(
    z.string({ error: 'is not a key file' }).refine(isKeyFile, {
      error: 'is not the JSON text of a service account key (with "type")',
    }),
    'Key file (JSON) of a service account for longTerm.gcs (default: the identity of the machine or service account).',
  ),
  longTermAzureKey: secret(
    key,
    'Key of the storage account in longTerm.azure (default: the identity of the machine or service account).',
  ),
});

function isKeyFile(content: string): boolean {
  try {
    const value = JSON.parse(content) as unknown;
    return typeof value === 'object' && value !== null && 'type' in value;
  } catch {
    return false;
  }
}

export type ParsedLongTerm = z.output<typeof longTermSchema>;
