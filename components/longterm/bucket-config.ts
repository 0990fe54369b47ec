import { stringify } from 'yaml';
import type { ParsedLongTerm } from './settings-schema';

/** Values of the secrets, as texts. */
export interface BucketKeys {
  readonly s3AccessKey?: string;
  readonly s3SecretKey?: string;
  readonly gcsCredentials?: string;
  readonly azureKey?: string;
}

/** Where the volume of a filesystem store is mounted, in every part of Thanos. */
export const bucketPath = '/bucket';

/**
 * Text of Thanos's object store configuration. Contains the keys, so it is a secret file. Without
 * keys, Thanos uses the identity of the machine or of the pod's service account. Pure.
 *
 * Each stack has its own prefix in a bucket: two compactors on the same blocks would corrupt them.
 *
 * https://thanos.io/tip/thanos/storage.md/
 */
export function bucketConfig(
  longTerm: ParsedLongTerm['longTerm'],
  stack: string,
  keys: BucketKeys = {},
): string {
  const prefix = `audifi-${stack}`;
  const { store, s3, gcs, azure } = longTerm;
  switch (store) {
    case 'filesystem':
      return text({ type: 'FILESYSTEM', config: { directory: bucketPath } });
    case 's3':
      return text({ type: 'S3', config: s3Config(s3, keys), prefix });
    case 'gcs':
      return text({
        type: 'GCS',
        config: {
          bucket: gcs?.bucket,
          ...(keys.gcsCredentials === undefined ? {} : { service_account: keys.gcsCredentials }),
        },
        prefix,
      });
    case 'azure':
      return text({
        type: 'AZURE',
        config: {
          storage_account: azure?.account,
          container: azure?.container,
          // Creating a container needs more rights than using an existing one.
          storage_create_container: false,
          ...(keys.azureKey === undefined ? {} : { storage_account_key: keys.azureKey }),
        },
        prefix,
      });
    case 'none':
      throw new Error('longTerm.store is none: there is no bucket');
  }
}

function s3Config(s3: ParsedLongTerm['longTerm']['s3'], keys: BucketKeys): object {
  const url = new URL(s3?.endpoint ?? `https://s3.${s3?.region}.amazonaws.com`);
  return {
    bucket: s3?.bucket,
    endpoint: url.host,
    region: s3?.region,
    insecure: url.protocol === 'http:',
    bucket_lookup_type: s3?.pathStyle === true ? 'path' : 'auto',
    ...(keys.s3AccessKey === undefined
      ? { aws_sdk_auth: true }
      : { access_key: keys.s3AccessKey, secret_key: keys.s3SecretKey }),
  };
}

const text = (config: object): string => stringify(config, { lineWidth: 0 });
