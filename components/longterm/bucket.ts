import * as pulumi from '@pulumi/pulumi';
import { cloudMetadata } from '../cloud-metadata';
import type { Settings } from '../settings';
import { portOf } from '../units';
import type {
  ConfigFile,
  Connection,
  Endpoint,
  ServiceAccountSpec,
  SharedVolume,
} from '../workload';
import { bucketConfig } from './bucket-config';
import { thanosPaths } from './thanos-config';

/** The settings about long-term metrics. */
export type LongTermSettings = Pick<
  Settings,
  | ('stack' | 'longTerm' | 'longTermS3AccessKey' | 'longTermS3SecretKey')
  | ('longTermGcsCredentials' | 'longTermAzureKey')
>;

/** The secret file with the bucket's address and credentials. */
export function bucketFile(settings: LongTermSettings): ConfigFile {
  const content = pulumi
    .all({
      s3AccessKey: settings.longTermS3AccessKey,
      s3SecretKey: settings.longTermS3SecretKey,
      gcsCredentials: settings.longTermGcsCredentials,
      azureKey: settings.longTermAzureKey,
    })
    .apply((keys) => bucketConfig(settings.longTerm, settings.stack, keys));
  return { path: thanosPaths.bucket, content, secret: true };
}

/**
 * The volume with the bucket, if the bucket is a directory.
 * @param of the workload that declares it
 */
export function sharedBucket({ longTerm }: LongTermSettings, of: Endpoint): SharedVolume[] {
  return longTerm.store === 'filesystem' ? [{ name: 'bucket', of, volume: 'bucket' }] : [];
}

/** Whether Thanos uses the identity of its machine or pod. */
function usesIdentity(settings: LongTermSettings): boolean {
  const { store } = settings.longTerm;
  const keys = {
    none: true,
    filesystem: true,
    s3: settings.longTermS3AccessKey !== undefined,
    gcs: settings.longTermGcsCredentials !== undefined,
    azure: settings.longTermAzureKey !== undefined,
  };
  return !keys[store];
}

/** The ServiceAccount for access to the bucket; undefined if the credentials are keys. */
export function identity(settings: LongTermSettings): ServiceAccountSpec | undefined {
  if (!usesIdentity(settings)) return undefined;
  const { store, serviceAccountAnnotations } = settings.longTerm;
  return {
    annotations: serviceAccountAnnotations,
    ...(store === 'azure' ? { podLabels: { 'azure.workload.identity/use': 'true' } } : {}),
  };
}

/** Connections to the bucket, and to the cloud's token service for an identity. */
export function storeConnections(settings: LongTermSettings): Connection[] {
  const { store, s3 } = settings.longTerm;
  if (store === 'none' || store === 'filesystem') return [];
  const bucket = portOf(s3?.endpoint ?? 'https://s3.amazonaws.com');
  return [
    { external: 'bucket', ports: [...new Set([bucket, 443])].sort((a, b) => a - b) },
    ...(usesIdentity(settings) ? [cloudMetadata] : []),
  ];
}
