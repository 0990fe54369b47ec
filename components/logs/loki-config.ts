import { stringify } from 'yaml';
import { lokiDiskFullRatio } from '../../telemetry';
import { durationSeconds, sizeMiB } from '../units';
import { largestBatch, otlpLabels } from './otel-agent-config';
import { maxLineBytes } from './pieces-config';
import type { ParsedLogs } from './settings-schema';
import { labels, storedLevels, unknownLevel } from './sources';
import { services } from '../services';

/** Paths in the container of Loki. */
export const lokiPaths = {
  config: '/etc/loki/loki.yml',
  /** The ruler expects a folder per tenant below. Without authentication the tenant is `fake`. */
  rules: '/etc/loki/rules',
  tenant: 'fake',
  credentials: '/etc/loki/secrets/s3-credentials',
  data: '/loki',
} as const;

export const lokiPort = services.loki.ports.http;
const { grpc: grpcPort, members: membersPort } = services.loki.ports;

/** Copies of each log line if there are several instances. A write needs two of them. */
const copies = 3;

export interface LokiConfigArgs {
  readonly loki: ParsedLogs['loki'];
  readonly retention: ParsedLogs['logs']['retention'];
  /** Labels of the alerts that the ruler sends. */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** URL of Grafana. The link of a log alert opens its query there. */
  readonly grafanaUrl: string;
  /** URL of Alertmanager. @default log alerts are not sent */
  readonly alertmanagerUrls?: readonly string[];
  /** The other instances. @default none: a single one */
  readonly cluster?: {
    /** Host name of each instance. */
    readonly members: readonly string[];
    /** Members of clusters with different labels ignore each other. */
    readonly label: string;
    /**
     * Address of the instance as a variable, e.g. `${ADDRESS}`, for `-config.expand-env=true`.
     * @default Loki looks for a private IPv4 address (RFC 1918)
     */
    readonly address?: string;
  };
}

/**
 * Configuration of Loki, with all components in one process. Pure. See
 * https://grafana.com/docs/loki/latest/configure/
 *
 * Several instances form a ring: each line is written to three of them, and one compacts for all.
 */
export function lokiConfig(args: LokiConfigArgs): string {
  const { loki, cluster } = args;
  const own = cluster?.address;
  const store = loki.s3 === undefined ? 'filesystem' : 's3';
  const memoryMiB = sizeMiB(loki.memory) ?? 0;
  const config = {
    target: 'all',
    auth_enabled: false,
    server: {
      http_listen_port: lokiPort,
      // The components of a single Loki only talk to each other inside the process.
      ...(cluster === undefined ? { grpc_listen_address: '127.0.0.1' } : {}),
      grpc_listen_port: grpcPort,
      grpc_server_max_recv_msg_size: 16_777_216,
      grpc_server_max_send_msg_size: 16_777_216,
      log_level: 'warn',
      log_format: 'json',
    },
    common: {
      path_prefix: lokiPaths.data,
      ...(cluster === undefined
        ? { replication_factor: 1, instance_addr: '127.0.0.1', ring: ringIn('inmemory') }
        : {
            replication_factor: copies,
            ring: ringIn('memberlist'),
            ...(own && { instance_addr: own }),
          }),
      storage: store === 's3' ? { s3: s3Store(loki.s3) } : filesystemStore,
    },
    ...(cluster === undefined ? {} : { memberlist: memberlist(cluster) }),
    schema_config: {
      configs: [
        {
          from: '2024-01-01',
          store: 'tsdb',
          object_store: store,
          schema: 'v13',
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    ingester: {
      lifecycler: {
        ...{ join_after: '0s', min_ready_duration: '0s', final_sleep: '0s' },
        // By default, a restarted instance is not ready as long as any other one is lost.
        ...(cluster === undefined ? {} : { readiness_check_ring_health: false }),
      },
      wal: {
        enabled: true,
        dir: `${lokiPaths.data}/wal`,
        // If an instance is removed, nothing reads its log any more. With several, the chunks go to
        // the bucket when it stops.
        ...(cluster === undefined ? {} : { flush_on_shutdown: true }),
        // During a replay, Loki flushes chunks above this limit. The other half of the memory is
        // for everything else.
        replay_memory_ceiling: `${Math.floor(memoryMiB / 2)}MB`,
        // LokiDiskFull fires there. With 0, Loki does not measure the disk.
        disk_full_threshold: lokiDiskFullRatio,
      },
      chunk_encoding: 'snappy',
      chunk_idle_period: '30m',
      // A line may be older than the newest line of its stream by half of this. After an
      // outage, an agent reads several files of one stream at the same time: those of two pods, or
      // an old and a new one. Full chunks (1.5 MB) and those of idle streams are written earlier.
      max_chunk_age: '24h',
    },
    limits_config: limits(args),
    querier: { max_concurrent: 4 },
    // Without a query scheduler, whose discovery would take ten seconds at every start.
    frontend_worker: { frontend_address: `127.0.0.1:${grpcPort}` },
    // Large enough for all queries of a dashboard, which otherwise fail with "too many outstanding
    // requests".
    frontend: { encoding: 'protobuf', max_outstanding_per_tenant: 4_096 },
    query_range: {
      align_queries_with_step: true,
      cache_results: true,
      results_cache: { cache: cache(memoryMiB / 16) },
    },
    chunk_store_config: { chunk_cache_config: cache(memoryMiB / 16) },
    compactor: {
      working_directory: `${lokiPaths.data}/compactor`,
      compaction_interval: '10m',
      retention_enabled: true,
      // How long queries with an old index can still read deleted chunks.
      retention_delete_delay: '2h',
      retention_delete_worker_count: 16,
      delete_request_store: store,
    },
    ruler: ruler(args),
    pattern_ingester: { enabled: false },
    tracing: { enabled: false },
    analytics: { reporting_enabled: false },
  };
  const text = stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
  // Where variables are expanded, any other dollar sign is doubled.
  return own === undefined ? text : text.replaceAll('$', '$$$$').replaceAll(`$${own}`, own);
}

const ringIn = (store: string): object => ({ kvstore: { store } });

/** See https://grafana.com/docs/loki/latest/configure/#memberlist */
function memberlist({ members, label, address }: NonNullable<LokiConfigArgs['cluster']>): object {
  return {
    cluster_label: label,
    // The default is every IPv4 address, and no IPv6 address.
    ...(address && { bind_addr: [address] }),
    bind_port: membersPort,
    join_members: members.map((host) => `${host}:${membersPort}`),
    // Finds members that came back with another address.
    rejoin_interval: '30s',
  };
}

const filesystemStore = {
  filesystem: { chunks_directory: `${lokiPaths.data}/chunks`, rules_directory: lokiPaths.rules },
};

/** The keys are in an AWS credentials file. An environment variable of Loki contains its path. */
function s3Store(s3: ParsedLogs['loki']['s3']): object {
  return {
    bucketnames: s3?.bucket,
    region: s3?.region,
    s3forcepathstyle: s3?.pathStyle ?? false,
    ...(s3?.endpoint === undefined
      ? {}
      : {
          endpoint: new URL(s3.endpoint).host,
          insecure: new URL(s3.endpoint).protocol === 'http:',
        }),
  };
}

const cache = (mebibytes: number): object => ({
  embedded_cache: { enabled: true, max_size_mb: Math.max(16, Math.floor(mebibytes)), ttl: '1h' },
});

/**
 * Limits per sender and per query. See
 * https://grafana.com/docs/loki/latest/configure/#limits_config
 */
function limits({ loki, retention }: LokiConfigArgs): object {
  const longest = storedLevels
    .map((level) => retention[level])
    .sort(byLength)
    .at(-1);
  // Loki would reject a request above the burst however often it is repeated.
  const burst = Math.max(2 * loki.ingestionRate, Math.ceil((2 * largestBatch) / 2 ** 20));
  return {
    ingestion_rate_strategy: 'local',
    ingestion_rate_mb: loki.ingestionRate,
    ingestion_burst_size_mb: burst,
    per_stream_rate_limit: `${loki.ingestionRate}MB`,
    per_stream_rate_limit_burst: `${burst}MB`,
    max_global_streams_per_user: loki.maxStreams,
    max_label_names_per_series: labels.length + 2,
    max_label_value_length: 256,
    max_line_size: maxLineBytes,
    max_line_size_truncate: true,
    // One week, as in the spec. Older lines are rejected and counted.
    reject_old_samples: true,
    reject_old_samples_max_age: '168h',
    creation_grace_period: '10m',
    // Without shards, a line that was sent twice is in one stream and is deduplicated.
    shard_streams: { enabled: false },
    increment_duplicate_timestamp: false,
    allow_structured_metadata: true,
    max_structured_metadata_size: '64KB',
    max_structured_metadata_entries_count: 128,
    // Both would add labels and metadata that Loki guesses.
    discover_service_name: [],
    discover_log_levels: false,
    retention_period: retention.unknown,
    retention_stream: storedLevels
      .filter((level) => level !== unknownLevel)
      .map((level) => ({ selector: `{level="${level}"}`, priority: 1, period: retention[level] })),
    deletion_mode: 'filter-and-delete',
    max_query_lookback: longest,
    max_query_length: longest,
    max_query_series: 1_000,
    max_query_parallelism: 16,
    tsdb_max_query_parallelism: 64,
    split_queries_by_interval: '1h',
    max_entries_limit_per_query: 5_000,
    max_concurrent_tail_requests: 10,
    max_streams_matchers_per_query: 100,
    cardinality_limit: 10_000,
    query_timeout: '1m',
    volume_enabled: true,
    otlp_config: otlpLabels,
  };
}

/**
 * Rules come from files only, not from the HTTP API. Their results are only alerts: see
 * docs/spec-departures.md.
 */
function ruler({ externalLabels, grafanaUrl, alertmanagerUrls, cluster }: LokiConfigArgs): object {
  return {
    storage: { type: 'local', local: { directory: lokiPaths.rules } },
    rule_path: `${lokiPaths.data}/rules-temp`,
    // Several instances share the rules, so that each rule is evaluated once.
    ...(cluster === undefined
      ? { ring: ringIn('inmemory') }
      : { ring: ringIn('memberlist'), enable_sharding: true }),
    enable_api: true,
    evaluation_interval: '1m',
    external_labels: externalLabels,
    wal: { dir: `${lokiPaths.data}/ruler-wal` },
    remote_write: { enabled: false },
    external_url: grafanaUrl,
    // Loki sends each alert to every one of them.
    ...(alertmanagerUrls === undefined ? {} : { alertmanager_url: alertmanagerUrls.join(',') }),
  };
}

const byLength = (a: string, b: string): number =>
  (durationSeconds(a) ?? 0) - (durationSeconds(b) ?? 0);
