import { stringify } from 'yaml';
import { paths as prometheusPaths } from '../metrics/prometheus-config';
import { services } from '../services';
import { durationSeconds } from '../units';
import { bucketPath } from './bucket-config';
import { type ParsedLongTerm, replicaLabel } from './settings-schema';

/** Where the parts of Thanos find their files. */
export const thanosPaths = {
  bucket: '/etc/thanos/bucket.yml',
  endpoints: '/etc/thanos/endpoints.yml',
  cache: '/etc/thanos/cache.yml',
  index: '/etc/thanos/index-cache.yml',
  data: '/var/thanos',
  bucketVolume: bucketPath,
} as const;

/** Ports of the services of Thanos, by name. */
export const thanosPorts = {
  sidecar: services['prometheus-sidecar'].ports,
  compactor: services['thanos-compactor'].ports,
  store: services['thanos-store'].ports,
  query: services['thanos-query'].ports,
  frontend: services['thanos-frontend'].ports,
} as const;

/**
 * File in the data directory of Prometheus in which the sidecar lists the blocks that it has
 * uploaded. Prometheus (3.9 and later) compacts only blocks in this list, so local compaction can
 * stay on.
 */
export const uploadedBlocksFile = `${prometheusPaths.data}/thanos.shipper.json`;

const logs = ['--log.format=json', '--log.level=info'];
const http = (port: number): string => `--http-address=:${port}`;
const grpc = (port: number): string => `--grpc-address=:${port}`;
/** By default, any website in a developer's browser can read the API. */
const sameOriginOnly = '--web.disable-cors';
const bucket = `--objstore.config-file=${thanosPaths.bucket}`;

/**
 * Arguments of the sidecar: it uploads each finished block of Prometheus, and serves queries on the
 * data in Prometheus. https://thanos.io/tip/components/sidecar.md/
 *
 * It keeps the raw samples of a query in memory until it has all of them, and `--store.limits.…`
 * counts them only afterwards. So memory depends on how far back it serves.
 *
 * @param prometheusUrl URL of its Prometheus
 */
export const sidecarArguments = (
  prometheusUrl: string,
  { fromPrometheus }: Pick<ParsedLongTerm['longTerm'], 'fromPrometheus'>,
): string[] => [
  'sidecar',
  ...logs,
  `--tsdb.path=${prometheusPaths.data}`,
  `--prometheus.url=${prometheusUrl}`,
  bucket,
  http(thanosPorts.sidecar.sidecar),
  grpc(thanosPorts.sidecar.grpc),
  ...(fromPrometheus === undefined ? [] : [`--min-time=-${fromPrometheus}`]),
];

/**
 * Arguments of the compactor. It merges blocks, downsamples them, and deletes data past its
 * retention. A bucket must have exactly one compactor. https://thanos.io/tip/components/compact.md/
 *
 * It halts on an error that a restart cannot repair, such as overlapping blocks, and keeps running,
 * so that the logs and the metric `thanos_compact_halted` stay (alert ThanosCompactorHalted).
 * `--no-debug.halt-on-error` would restart it in a loop, which downloads the same blocks again each
 * time.
 */
export const compactorArguments = ({ retention }: ParsedLongTerm['longTerm']): string[] => [
  'compact',
  ...logs,
  '--wait',
  `--data-dir=${thanosPaths.data}`,
  bucket,
  http(thanosPorts.compactor.http),
  `--retention.resolution-raw=${hours(retention.raw)}`,
  `--retention.resolution-5m=${hours(retention.fiveMinutes)}`,
  `--retention.resolution-1h=${hours(retention.oneHour)}`,
  // Its pages list blocks and can delete them.
  '--web.disable',
  '--disable-admin-operations',
];

const hours = (duration: string): string =>
  `${Math.ceil((durationSeconds(duration) ?? 0) / 3_600)}h`;

/**
 * Arguments of the store gateway: it serves queries on the data in the bucket.
 * https://thanos.io/tip/components/store.md/
 */
export const storeArguments = (memoryMiB: number): string[] => [
  'store',
  ...logs,
  `--data-dir=${thanosPaths.data}`,
  bucket,
  http(thanosPorts.store.http),
  grpc(thanosPorts.store.grpc),
  `--index-cache.config-file=${thanosPaths.index}`,
  `--chunk-pool-size=${Math.floor(memoryMiB / 4)}MB`,
  // Limits, so that one query cannot use up the memory.
  '--store.limits.request-series=200000',
  '--store.grpc.series-max-concurrency=10',
  '--web.disable',
  '--disable-admin-operations',
];

/** Text of the store gateway's index cache: an eighth of its memory. */
export const indexCacheConfig = (memoryMiB: number): string =>
  yaml({
    type: 'IN-MEMORY',
    // The default of `max_item_size` is above the size of a small cache, which is an error.
    config: { max_size: `${Math.floor(memoryMiB / 8)}MB`, max_item_size: '16MB' },
  });

/**
 * Arguments of the querier: PromQL over sidecars and the store gateway as one source. Series that
 * differ only in the replica label are merged. https://thanos.io/tip/components/query.md/
 *
 * A range query may use aggregates over at most a fifth of its step, an instant query those over 5
 * minutes. So a window of 30 days can reach beyond the retention of raw samples. With 1 hour, an
 * instant query would also show series that ended up to an hour ago. If the store gateway fails,
 * queries return the data of Prometheus, because during an incident partial results are better than
 * none. They have a warning, which keeps them out of the frontend's cache.
 */
export const queryArguments = (): string[] => [
  'query',
  ...logs,
  http(thanosPorts.query.http),
  grpc(thanosPorts.query.grpc),
  sameOriginOnly,
  `--endpoint.sd-config-file=${thanosPaths.endpoints}`,
  `--query.replica-label=${replicaLabel}`,
  '--query.auto-downsampling',
  '--query.instant.default.max_source_resolution=5m',
  '--query.timeout=1m',
  '--query.max-concurrent=16',
];

/**
 * Text of the querier's endpoints. An endpoint that is not strict is left out of queries without a
 * warning while it is down, and the frontend then caches the incomplete answers for hours. With
 * `passthrough`, each connection looks the name up; gRPC's own resolver may wait for two minutes.
 *
 * @param stores `host:port` of the gRPC ports, each of one instance
 */
export const endpointsConfig = (stores: readonly string[]): string =>
  yaml({
    endpoints: stores.map((address) => ({ address: `passthrough:///${address}`, strict: true })),
  });

/**
 * Arguments of the query frontend: it splits long queries and caches the parts in memory. Grafana's
 * queries go to it. https://thanos.io/tip/components/query-frontend.md/
 */
export const frontendArguments = (queryUrl: string): string[] => [
  'query-frontend',
  ...logs,
  http(thanosPorts.frontend.http),
  sameOriginOnly,
  `--query-frontend.downstream-url=${queryUrl}`,
  `--query-range.response-cache-config-file=${thanosPaths.cache}`,
  `--labels.response-cache-config-file=${thanosPaths.cache}`,
  '--query-range.split-interval=168h',
  '--query-range.max-query-parallelism=8',
  '--query-frontend.log-queries-longer-than=10s',
];

/**
 * Text of the query frontend's cache. Range queries and label queries each get a quarter of its
 * memory.
 */
export const responseCacheConfig = (memoryMiB: number): string =>
  yaml({
    type: 'IN-MEMORY',
    config: { max_size: `${Math.floor(memoryMiB / 4)}MB`, validity: '6h' },
  });

const yaml = (config: object): string => stringify(config, { lineWidth: 0 });
