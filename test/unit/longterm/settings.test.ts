import { describe, expect, it } from '@jest/globals';
import { afterCommand, parse, refusal, stackConfig, type Tree } from '../../lib/pulumi-config';

/**
 * Settings that cannot work: why, what, keys that are named, what the message says, keys that are
 * secret.
 */
const broken: readonly (readonly [
  why: string,
  tree: Tree,
  keys: readonly string[],
  says: RegExp,
  secretKeys?: readonly string[],
])[] = [
  [
    'a directory for pods on several nodes',
    {
      ...{ platform: 'kubernetes', alerts: { acceptGaps: true } },
      longTerm: { store: 'filesystem' },
    },
    ['longTerm.store'],
    /use a bucket \(s3, gcs or azure\)/,
  ],
  [
    'S3 without a bucket',
    { longTerm: { store: 's3' } },
    ['longTerm.s3'],
    /required by longTerm\.store \(s3\)/,
  ],
  ['GCS without a bucket', { longTerm: { store: 'gcs' } }, ['longTerm.gcs'], /is missing/],
  ['Azure without an account', { longTerm: { store: 'azure' } }, ['longTerm.azure'], /is missing/],
  [
    'a bucket that is not used',
    { longTerm: { s3: { bucket: 'metrics' } } },
    ['longTerm.s3'],
    /longTerm\.store is none: it would have no effect\. To turn it off, remove longTerm and the secrets/,
  ],
  [
    'half a pair of keys',
    {
      longTerm: { store: 's3', s3: { bucket: 'metrics' } },
      longTermS3AccessKey: 'hunter2',
    },
    ['longTermS3SecretKey'],
    /is missing, but longTermS3AccessKey is set/,
    ['longTermS3AccessKey'],
  ],
  [
    'the key of another cloud',
    {
      longTerm: { store: 's3', s3: { bucket: 'metrics' } },
      longTermAzureKey: 'hunter2',
    },
    ['longTermAzureKey'],
    /would have no effect/,
    ['longTermAzureKey'],
  ],
  [
    'a key file that is a path',
    {
      longTerm: { store: 'gcs', gcs: { bucket: 'metrics' } },
      longTermGcsCredentials: '/home/hunter2/key.json',
    },
    ['longTermGcsCredentials'],
    /is not the JSON text of a service account key/,
    ['longTermGcsCredentials'],
  ],
  [
    'aggregates that go before the samples',
    { longTerm: { retention: { raw: '30d', fiveMinutes: '20d' } } },
    ['longTerm.retention.fiveMinutes'],
    /20d is shorter than longTerm\.retention\.raw \(30d\)/,
  ],
  [
    'samples that go before they can be downsampled',
    { longTerm: { retention: { raw: '1d' } } },
    ['longTerm.retention.raw'],
    /is not between 3d and 10y/,
  ],
  [
    "the replica's label",
    {
      longTerm: { store: 'filesystem' },
      prometheus: { externalLabels: { replica: 'a' } },
    },
    ['prometheus.externalLabels.replica'],
    /is set by the stack itself/,
  ],
  [
    'an endpoint with a path',
    { longTerm: { store: 's3', s3: { bucket: 'metrics', endpoint: 'https://s3.io/metrics' } } },
    ['longTerm.s3.endpoint'],
    /has a path/,
  ],
];

describe('settings of long-term metrics', () => {
  it.each(broken)('%s is rejected, and valid after the suggested commands', (...row) => {
    const [, tree, keys, says, secretKeys = []] = row;
    const config = stackConfig(tree, { secretKeys });
    const error = refusal(config);
    expect(error?.problems.map(({ key }) => key)).toEqual(keys);
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toMatch(/hunter2|undefined/);
    const fixed = (error?.problems ?? []).reduce((c, { fix }) => afterCommand(c, fix), config);
    expect(refusal(fixed)).toBeUndefined();
  });

  it('are off by default, with the retention of the specification', () => {
    const { longTerm } = parse({});
    expect(longTerm).toMatchObject({
      store: 'none',
      retention: { raw: '15d', fiveMinutes: '1y', oneHour: '1y' },
    });
  });
});
