import { describe, expect, it } from '@jest/globals';
import { lokiPaths } from '../../../components/logs/loki-config';
import { lokiWorkload } from '../../../components/logs/loki';
import type { Workload } from '../../../components/workload';
import { parse, type Tree } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/loki' };
const keys = { lokiS3AccessKey: 'made-up-access', lokiS3SecretKey: 'made-up-secret' };
const s3 = { bucket: 'audifi-logs', region: 'eu-central-1' };

function loki(tree: Tree): Workload {
  const on = { platform: 'kubernetes', alerts: { acceptGaps: true } };
  const settings = parse({ ...on, ...tree }, { secretKeys: Object.keys(keys) });
  const platform = { instanceHosts: () => [] };
  const alertmanager = endpoint('alertmanager');
  return lokiWorkload('loki', { settings, rules: {}, alertmanager, platform });
}
const peers = ({ connectsTo = [] }: Workload): unknown[] =>
  connectsTo.flatMap((to) => ('external' in to ? [[to.external, to.ports]] : []));
const paths = ({ files = [] }: Workload): string[] => files.map(({ path }) => path);

describe("Loki's bucket", () => {
  it('is opened with the identity of the pod or the machine if there are no keys', () => {
    const made = loki({ loki: { s3, serviceAccountAnnotations: annotations } });
    expect(made.serviceAccount).toEqual({ annotations });
    // AWS exchanges the token over HTTPS, or the metadata server has it.
    expect(peers(made)).toEqual([
      ['internet', [443]],
      ['cloud-metadata', [80, 988]],
    ]);
    expect(paths(made)).not.toContain(lokiPaths.credentials);
    expect(made.env).not.toHaveProperty('AWS_SHARED_CREDENTIALS_FILE');
  });

  it('is opened with keys if they are set, and the metadata server stays out of reach', () => {
    const made = loki({ loki: { s3 }, ...keys });
    expect(made.serviceAccount).toBeUndefined();
    expect(peers(made)).toEqual([['internet', [443]]]);
    expect(made.files).toContainEqual(
      expect.objectContaining({ path: lokiPaths.credentials, secret: true }),
    );
    expect(JSON.stringify(made.env)).not.toContain(keys.lokiS3SecretKey);
  });

  it('is not reached at all without a bucket', () => {
    expect(peers(loki({}))).toEqual([]);
  });
});
