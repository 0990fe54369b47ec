import { describe, expect, it } from '@jest/globals';
import { parse as fromYaml } from 'yaml';
import { bucketConfig } from '../../../components/longterm/bucket-config';
import {
  compactorWorkload,
  sidecarName,
  storeWorkload,
  thanosSidecar,
} from '../../../components/longterm/longterm';
import {
  compactorArguments,
  endpointsConfig,
  frontendArguments,
  queryArguments,
} from '../../../components/longterm/thanos-config';
import main from '../../../index';
import { type MockOptions, run, type Run, value } from '../../lib/mocks';
import { parse, type Tree } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const s3 = { store: 's3', s3: { bucket: 'audifi-metrics', region: 'eu-central-1' } };
const keys = { longTermS3AccessKey: 'made-up-access', longTermS3SecretKey: 'made-up-secret' };
const compactor = endpoint('thanos-compactor');

async function up(tree: Tree, options: MockOptions = {}): Promise<Run<unknown>> {
  const values = Object.entries(tree).map(([key, v]) => [
    key,
    typeof v === 'string' ? v : JSON.stringify(v),
  ]);
  return run(main, { config: Object.fromEntries(values) as never, ...options });
}

interface Uploads {
  readonly uploads: readonly {
    readonly file: string;
    readonly content: string;
    readonly permissions: string;
  }[];
}

describe('the bucket configuration', () => {
  const text = (tree: Tree, secrets = {}): unknown =>
    fromYaml(bucketConfig(parse({ longTerm: tree }).longTerm, 'prod', secrets));

  it('has a prefix per stack, because two compactors would corrupt the same blocks', () => {
    for (const store of [
      s3,
      { store: 'gcs', gcs: { bucket: 'audifi-metrics' } },
      { store: 'azure', azure: { account: 'audifi', container: 'audifi-metrics' } },
    ]) {
      expect(text(store)).toMatchObject({ prefix: 'audifi-prod' });
    }
  });

  it('uses the identity of the machine, or keys if they are set', () => {
    expect(text(s3)).toMatchObject({
      type: 'S3',
      config: {
        ...{ bucket: 'audifi-metrics', endpoint: 's3.eu-central-1.amazonaws.com' },
        ...{ aws_sdk_auth: true, insecure: false, bucket_lookup_type: 'auto' },
      },
    });
    const withKeys = text(s3, { s3AccessKey: 'a', s3SecretKey: 'b' });
    expect(withKeys).toMatchObject({ config: { access_key: 'a', secret_key: 'b' } });
    expect(withKeys).not.toMatchObject({ config: { aws_sdk_auth: true } });
    expect(
      text({ store: 'gcs', gcs: { bucket: 'm-m' } }, { gcsCredentials: '{"type":"x"}' }),
    ).toMatchObject({ type: 'GCS', config: { service_account: '{"type":"x"}' } });
    expect(
      text(
        { store: 'azure', azure: { account: 'audifi', container: 'metrics' } },
        { azureKey: 'k==' },
      ),
    ).toMatchObject({ type: 'AZURE', config: { storage_account_key: 'k==' } });
  });

  it('supports a store other than AWS by URL', () => {
    const minio = { bucket: 'metrics', endpoint: 'http://minio:9000', pathStyle: true };
    expect(text({ store: 's3', s3: minio })).toMatchObject({
      config: { endpoint: 'minio:9000', insecure: true, bucket_lookup_type: 'path' },
    });
  });
});

describe('the parts of Thanos', () => {
  it('delete data after the retention, and halt instead of restarting in a loop', () => {
    const { longTerm } = parse({ longTerm: { retention: { raw: '20d' } } });
    const args = compactorArguments(longTerm);
    expect(args).toEqual(
      expect.arrayContaining([
        '--retention.resolution-raw=480h',
        '--retention.resolution-5m=8760h',
        '--retention.resolution-1h=8760h',
      ]),
    );
    expect(args.join(' ')).not.toMatch(/halt-on-error/);
  });

  it('have the memory of the setting beside Prometheus, which may serve only its last days', () => {
    const sidecar = (tree: Tree) =>
      thanosSidecar(
        parse({ longTerm: { store: 'filesystem', ...tree } }),
        { siblingHost: () => 'localhost' },
        compactor,
      ).companion;
    const few = sidecar({ fromPrometheus: '3d', memory: '1GiB' });
    expect(few.resources.memoryMiB).toBe(1_024);
    expect(few.args).toContain('--min-time=-3d');
    // Otherwise blocks from before the bucket, which are never uploaded, could not be queried.
    expect(JSON.stringify(sidecar({}).args)).not.toContain('--min-time');
  });

  it('miss no instance of Prometheus, nor the store, without a warning', () => {
    expect(fromYaml(endpointsConfig(['prometheus-0:10901', 'store:10901']))).toEqual({
      endpoints: ['prometheus-0:10901', 'store:10901'].map((host) => ({
        address: `passthrough:///${host}`,
        strict: true,
      })),
    });
  });

  it('answer no other website in the browser of someone who can reach them', () => {
    for (const args of [queryArguments(), frontendArguments('http://thanos-query:10902')]) {
      expect(args).toContain('--web.disable-cors');
    }
  });

  it('use a cloud identity only without keys', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/thanos' };
    const tree = { ...s3, serviceAccountAnnotations: annotations };
    const on = { platform: 'kubernetes', alerts: { acceptGaps: true } };
    const without = parse({ ...on, longTerm: tree });
    const withKeys = parse({ ...on, longTerm: tree, ...keys }, { secretKeys: Object.keys(keys) });
    const platform = { siblingHost: () => 'localhost' };
    for (const part of [
      compactorWorkload('c', without),
      storeWorkload('s', without, compactor),
      thanosSidecar(without, platform, compactor),
    ]) {
      expect(part.serviceAccount).toEqual({ annotations });
      expect(part.connectsTo).toContainEqual(
        expect.objectContaining({ external: 'cloud-metadata' }),
      );
    }
    expect(compactorWorkload('c', withKeys)).toMatchObject({
      serviceAccount: undefined,
      connectsTo: [{ external: 'bucket', ports: [443] }],
    });
    const azure = parse({
      ...on,
      longTerm: { store: 'azure', azure: { account: 'audifi', container: 'metrics' } },
    });
    expect(compactorWorkload('c', azure).serviceAccount?.podLabels).toEqual({
      'azure.workload.identity/use': 'true',
    });
  });
});

describe('a stack that keeps metrics for a year', () => {
  const dev = up({ longTerm: { store: 'filesystem' }, referenceApp: false });

  it('uses one volume as the bucket, owned by the user of all components', async () => {
    const { get, ofType } = await dev;
    const bucket = get('Volume', 'thanos-compactor-bucket').inputs['name'];
    const mounts = (name: string): unknown => get('Container', name).inputs['volumes'];
    for (const name of ['thanos-compactor', 'thanos-store', `prometheus-${sidecarName}`]) {
      expect(mounts(name)).toContainEqual(
        expect.objectContaining({ volumeName: bucket, containerPath: '/bucket' }),
      );
      expect(get('Container', name).inputs['user']).toBe('65534:65534');
    }
    expect(JSON.stringify(mounts('prometheus'))).not.toContain(String(bucket));
    const named = ofType('Volume').map(({ inputs }) => inputs['name']);
    expect(named.filter((name) => name === bucket)).toHaveLength(1);
    // It survives `destroy`.
    expect(get('Volume', 'thanos-compactor-bucket').opts.retainOnDelete).toBe(true);
  });

  it('keeps local compaction enabled, and uses the replica label outside of alerts', async () => {
    const { get } = await dev;
    const { inputs } = get('Container', 'prometheus');
    const command = inputs['command'] as string[];
    expect(command).toContain(
      '--storage.tsdb.delay-compact-file.path=/prometheus/thanos.shipper.json',
    );
    expect(command.join(' ')).not.toMatch(/max-block-duration/);
    expect(inputs['envs']).toEqual(['REPLICA=prometheus']);
    const { uploads } = get('Container', 'prometheus-files').inputs as unknown as Uploads;
    const config = fromYaml(
      uploads.find(({ file }) => file.endsWith('/prometheus.yml'))?.content ?? '',
    ) as Record<string, unknown>;
    expect(config).toMatchObject({
      global: { external_labels: { env: 'dev', stack: 'dev', replica: '${REPLICA}' } },
      alerting: { alert_relabel_configs: [{ regex: 'replica', action: 'labeldrop' }] },
    });
    const targets = (config['scrape_configs'] as Record<string, unknown>[]).filter(({ job_name }) =>
      String(job_name).startsWith('thanos-'),
    );
    expect(targets.map((job) => [job['job_name'], JSON.stringify(job['static_configs'])])).toEqual([
      ['thanos-sidecar', expect.stringContaining('"prometheus-sidecar:10902"')],
      ['thanos-compactor', expect.stringContaining('"thanos-compactor:10902"')],
      ['thanos-store', expect.stringContaining('"thanos-store:10902"')],
      ['thanos-query', expect.stringContaining('"thanos-query:10902"')],
      ['thanos-frontend', expect.stringContaining('"thanos-frontend:10902"')],
    ]);
  });

  it('queries Thanos instead of Prometheus in all dashboards', async () => {
    const { ofType } = await dev;
    const source = ofType('DataSource').find(({ inputs }) => inputs['isDefault'] === true);
    expect(source?.inputs).toMatchObject({ url: 'http://thanos-frontend:10902' });
  });

  it('has the keys of the bucket only in files for one process', async () => {
    const { resources } = await up(
      { longTerm: s3, referenceApp: false, ...keys },
      { secretKeys: Object.keys(keys) },
    );
    for (const key of Object.values(keys)) {
      const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes(key));
      expect(holders.map(({ name }) => name).sort()).toEqual([
        `prometheus-${sidecarName}-files`,
        'thanos-compactor-files',
        'thanos-store-files',
      ]);
      for (const { inputs } of holders) {
        const { uploads, ...rest } = inputs as unknown as Uploads;
        const files = uploads.filter(({ content }) => content.includes(key));
        expect(files.map(({ permissions }) => permissions)).toEqual(['0400']);
        expect(JSON.stringify(rest)).not.toContain(key);
      }
    }
  });

  it('keeps the secret encrypted', async () => {
    const settings = parse({ longTerm: s3, ...keys }, { secretKeys: Object.keys(keys) });
    const [file] = compactorWorkload('c', settings).files ?? [];
    expect(file?.secret).toBe(true);
    expect(await value(file?.content)).toContain('made-up-secret');
  });
});

describe('a stack on Kubernetes that keeps metrics for a year', () => {
  it('allows only the required connections of each component', async () => {
    const { ofType } = await up({
      ...{ platform: 'kubernetes', alerts: { acceptGaps: true } },
      longTerm: s3,
    });
    const names = ofType('NetworkPolicy').map(({ name }) => name.replace('monitoring-', ''));
    expect(names).toEqual(
      expect.arrayContaining([
        'prometheus-to-bucket',
        'thanos-compactor-to-bucket',
        'thanos-store-to-bucket',
        'thanos-query-to-thanos-store',
        'thanos-query-to-prometheus-sidecar',
        'thanos-frontend-to-thanos-query',
        'grafana-to-thanos-frontend',
        'prometheus-to-thanos-query',
        'prometheus-to-thanos-frontend',
        'prometheus-to-thanos-store',
        'prometheus-to-thanos-compactor',
      ]),
    );
    expect(names).not.toContain('grafana-to-prometheus');
    expect(names).not.toContain('thanos-frontend-to-thanos-store');
  });
});
