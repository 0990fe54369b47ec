import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { lokiConfig, type LokiConfigArgs } from '../../../components/logs/loki-config';
import { largestBatch } from '../../../components/logs/otel-agent-config';
import { logsSchema } from '../../../components/logs/settings-schema';
import { logLevels } from '../../../telemetry';

const { loki, logs } = logsSchema.parse({});
const usual: LokiConfigArgs = {
  loki,
  retention: logs.retention,
  externalLabels: { env: 'dev', stack: 'dev' },
  grafanaUrl: 'https://grafana.audifi.io',
};

interface Config {
  readonly common: { readonly storage: object };
  readonly schema_config: { readonly configs: readonly object[] };
  readonly limits_config: {
    readonly ingestion_burst_size_mb: number;
    readonly per_stream_rate_limit_burst: string;
    readonly max_global_streams_per_user: number;
    readonly retention_period: string;
    readonly retention_stream: readonly { selector: string; priority: number; period: string }[];
  };
  readonly compactor: object;
  readonly ingester: {
    readonly wal: { readonly replay_memory_ceiling: string; readonly flush_on_shutdown?: boolean };
  };
  readonly ruler: object;
  readonly analytics: object;
}
const config = (args: Partial<LokiConfigArgs> = {}): Config =>
  parse(lokiConfig({ ...usual, ...args })) as Config;

describe("Loki's configuration", () => {
  it('has the retention of the contract for each level, and one for other lines', () => {
    const { retention_stream: streams, retention_period: other } = config().limits_config;
    expect(other).toBe('14d');
    const periods = streams.map(({ selector, period }) => [selector, period]);
    expect(periods).toEqual(
      Object.entries(logLevels).map(([level, { retentionDays }]) => [
        `{level="${level}"}`,
        `${retentionDays}d`,
      ]),
    );
    expect(config()).toMatchObject({
      compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
    });
  });

  it('uses the current schema, and stores on the volume', () => {
    expect(config().schema_config.configs).toMatchObject([
      { store: 'tsdb', schema: 'v13', object_store: 'filesystem', index: { period: '24h' } },
    ]);
    expect(config().common.storage).toHaveProperty('filesystem');
  });

  it('limits senders and queries, and sends no usage statistics', () => {
    expect(config()).toMatchObject({
      limits_config: {
        reject_old_samples: true,
        reject_old_samples_max_age: '168h',
        max_line_size_truncate: true,
        allow_structured_metadata: true,
        // Loki's defaults. OpenTelemetry's resource detectors alone set about thirty attributes.
        max_structured_metadata_size: '64KB',
        max_structured_metadata_entries_count: 128,
        max_query_series: 1_000,
      },
      analytics: { reporting_enabled: false },
      tracing: { enabled: false },
    });
  });

  it.each([1, 2, 16, 1_024])(
    'accepts the largest batch of an agent at %i MB/s',
    (ingestionRate) => {
      const { limits_config: limits } = config({ loki: { ...loki, ingestionRate } });
      const burst = limits.ingestion_burst_size_mb;
      expect(burst * 2 ** 20).toBeGreaterThan(largestBatch);
      expect(burst).toBeGreaterThanOrEqual(2 * ingestionRate);
      expect(limits.per_stream_rate_limit_burst).toBe(`${burst}MB`);
    },
  );

  it('has the limit of streams in the settings', () => {
    const { limits_config: limits } = config({ loki: { ...loki, maxStreams: 20_000 } });
    expect(limits.max_global_streams_per_user).toBe(20_000);
  });

  it('is of one process where there is one, and a ring with three copies where there are more', () => {
    const alone = config();
    expect(alone).toMatchObject({
      server: { grpc_listen_address: '127.0.0.1' },
      common: { replication_factor: 1, ring: { kvstore: { store: 'inmemory' } } },
    });
    const several = config({ cluster: { label: 'prod', members: ['loki-0.x', 'loki-1.x'] } });
    expect(several).toMatchObject({
      common: { replication_factor: 3, ring: { kvstore: { store: 'memberlist' } } },
      memberlist: { cluster_label: 'prod', join_members: ['loki-0.x:7946', 'loki-1.x:7946'] },
      ruler: { ring: { kvstore: { store: 'memberlist' } }, enable_sharding: true },
    });
    // An instance that is removed leaves nothing in its write-ahead log.
    expect(several.ingester.wal.flush_on_shutdown).toBe(true);
    expect(alone.ingester.wal.flush_on_shutdown).toBeUndefined();
    // Otherwise no restarted instance would become ready while another one is lost.
    expect(several).toMatchObject({
      ingester: { lifecycler: { readiness_check_ring_health: false } },
    });
    // Other instances have to reach it.
    expect(several).not.toHaveProperty('server.grpc_listen_address');
    expect(several).not.toHaveProperty('common.instance_addr');
  });

  it('expands the address of the instance, and nothing else', () => {
    const own = '${MEMBER_ADDRESS}';
    const cluster = { label: 'prod', members: ['loki-0.x'], address: own };
    const args = { cluster, grafanaUrl: 'https://grafana.audifi.io/$org/${x}' };
    expect(config(args)).toMatchObject({
      common: { instance_addr: own },
      memberlist: { bind_addr: [own] },
      ruler: { external_url: 'https://grafana.audifi.io/$$org/$${x}' },
    });
    const { address, ...without } = cluster;
    expect(address).toBeDefined();
    expect(config({ ...args, cluster: without })).toMatchObject({
      ruler: { external_url: 'https://grafana.audifi.io/$org/${x}' },
    });
  });

  it('replays its write-ahead log within half of its memory', () => {
    expect(config().ingester.wal.replay_memory_ceiling).toBe('512MB');
    const more = config({ loki: { ...loki, memory: '4GiB' } });
    expect(more.ingester.wal.replay_memory_ceiling).toBe('2048MB');
  });

  it('accepts lines that are twelve hours behind their stream, and writes idle streams early', () => {
    expect(config().ingester).toMatchObject({ max_chunk_age: '24h', chunk_idle_period: '30m' });
    // Loki derives from the age how far back it searches its memory. This would replace it.
    expect(config()).not.toHaveProperty('querier.query_ingesters_within');
    expect(config()).not.toHaveProperty('ingester.query_store_max_look_back_period');
  });

  it('links log alerts to Grafana, like metric alerts', () => {
    const { ruler } = parse(lokiConfig(usual)) as { ruler: { external_url?: string } };
    expect(ruler.external_url).toBe('https://grafana.audifi.io');
  });

  it('sends alerts only to an existing Alertmanager, and no metrics', () => {
    expect(config().ruler).not.toHaveProperty('alertmanager_url');
    expect(config({ alertmanagerUrls: ['http://alertmanager:9093'] }).ruler).toMatchObject({
      alertmanager_url: 'http://alertmanager:9093',
      external_labels: { env: 'dev', stack: 'dev' },
      remote_write: { enabled: false },
    });
  });

  it.each([
    [{ bucket: 'audifi-logs' }, { bucketnames: 'audifi-logs', region: 'us-east-1' }],
    [
      { bucket: 'b-1', endpoint: 'http://minio:9000', pathStyle: true },
      { endpoint: 'minio:9000', insecure: true, s3forcepathstyle: true },
    ],
  ])('stores in a bucket: %j', (s3, written) => {
    const { loki: withBucket } = logsSchema.parse({ loki: { s3 } });
    const made = config({ loki: withBucket });
    expect(made.common.storage).toMatchObject({ s3: written });
    expect(made.schema_config.configs).toMatchObject([{ object_store: 's3' }]);
    expect(made.compactor).toMatchObject({ delete_request_store: 's3' });
    // The keys are in a separate file.
    expect(JSON.stringify(made)).not.toMatch(/access_key|secret/);
  });
});
