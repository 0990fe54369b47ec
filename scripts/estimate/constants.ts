import { blockDays, storedBytes } from '../../rules/data-sizes';

/** A number that the formulae use. */
export interface Constant {
  readonly value: number;
  readonly unit: string;
  /** What it is, in words. */
  readonly what: string;
  /** `measured`: on this stack. `published`: by the authors of the program. `assumed`: neither. */
  readonly basis: 'measured' | 'published' | 'assumed';
  readonly source: string;
}

const benchmarks = 'docs/benchmarks.md';
const longTerm = 'docs/longterm.md';
const tracing = 'docs/tracing.md';

/**
 * All constants of the estimate. docs/sizing.md has the same table with the formulae
 * (`npm run docs` writes it).
 */
export const constants = {
  seriesKiB: {
    value: 5.2,
    unit: 'KiB',
    what: 'memory of Prometheus per series, including queries and rules',
    basis: 'measured',
    source: `520 MiB at 102,485 series (${benchmarks})`,
  },
  coresPerSample: {
    value: 0.29 / (102_485 / 15),
    unit: 'core per sample/s',
    what: 'CPU of Prometheus for scraping, rules and queries',
    basis: 'measured',
    source: `0.29 cores at 102,485 series every 15 s (${benchmarks})`,
  },
  sampleBytes: {
    value: storedBytes.sample,
    unit: 'B',
    what: 'a sample in a block, including the index',
    basis: 'published',
    source: `1 to 2 (https://prometheus.io/docs/prometheus/latest/storage/), 1.8 with the index (https://www.robustperception.io/how-much-disk-space-do-prometheus-blocks-use); measured: 1.7 (${longTerm})`,
  },
  walSampleBytes: {
    value: 6.5,
    unit: 'B',
    what: 'a sample in the write-ahead log of Prometheus, which covers three hours',
    basis: 'published',
    source:
      '13 B, half of that compressed (https://www.robustperception.io/how-much-space-does-the-wal-take-up)',
  },
  dashboardCoreSeconds: {
    value: 0.12,
    unit: 'core s',
    what: 'CPU of Prometheus for one refresh of a dashboard at 102,485 series',
    basis: 'measured',
    source: `the slowest dashboard over 24 h on one core (${benchmarks})`,
  },
  fiveMinuteBytes: {
    value: storedBytes.fiveMinutes,
    unit: 'B',
    what: '5-minute aggregates in the bucket, per series and day',
    basis: 'measured',
    source: longTerm,
  },
  oneHourBytes: {
    value: storedBytes.oneHour,
    unit: 'B',
    what: '1-hour aggregates in the bucket, per series and day',
    basis: 'measured',
    source: longTerm,
  },
  blockDays: {
    value: blockDays,
    unit: 'days',
    what: 'average time that a block stays longer than its retention: half of two weeks, and two days until it is deleted',
    basis: 'published',
    source: longTerm,
  },
  checkBytes: {
    value: storedBytes.check,
    unit: 'B',
    what: 'uptime history in the bucket, per check and year',
    basis: 'measured',
    source: `4 MB for the four checks (${longTerm})`,
  },
  logRatio: {
    value: 0.226,
    unit: 'stored byte per byte',
    what: 'chunks of Loki (snappy) with structured metadata, relative to the lines',
    basis: 'measured',
    source:
      '18.0 MB of chunks for 79.8 MB of the mixed lines of `make bench`. Other lines differ: compare with AGAINST',
  },
  openChunkMB: {
    value: 75,
    unit: 'MB per node',
    what: 'chunks in the memory of Loki that are not full yet',
    basis: 'assumed',
    source: '100 streams on a node, each with half of a full chunk (1.5 MB)',
  },
  logBytesPerCore: {
    value: 1.7e6,
    unit: 'B/s',
    what: 'lines that Loki processes per core, with room for queries',
    basis: 'published',
    source:
      "a write core in Loki's own calculator (https://github.com/grafana/loki/tree/main/pkg/sizing); measured: 22 MB/s for writing alone",
  },
  agentBytesPerCore: {
    value: 2.4e6,
    unit: 'B/s',
    what: 'mixed lines that a log agent redacts and sends per core',
    basis: 'measured',
    source: benchmarks,
  },
  tracesMiBPerSpan: {
    value: 1.4 / 1024,
    unit: 'MiB',
    what: 'memory of the collector per span that waits for the sampling decision',
    basis: 'measured',
    source: `14 KiB per trace of ten spans (${tracing})`,
  },
  spansPerCore: {
    value: 2_200,
    unit: 'spans/s',
    what: 'spans that the collector redacts, counts and samples per core; far fewer if most have URLs, statements or user agents (docs/tracing.md)',
    basis: 'measured',
    source: benchmarks,
  },
  spanCoreSeconds: {
    value: 134e-6,
    unit: 'core s',
    what: 'CPU of Jaeger to store a span in badger, without waiting for the disk',
    basis: 'measured',
    source: benchmarks,
  },
  spanBytes: {
    value: storedBytes.span,
    unit: 'B',
    what: 'a stored span in badger after compression',
    basis: 'measured',
    source: `a million spans with seven attributes, ${benchmarks}; 335 B with shorter values`,
  },
  badgerGarbage: {
    value: storedBytes.badgerGarbage,
    unit: '×',
    what: 'space of badger relative to the spans within the retention: expired ones stay until they are compacted',
    basis: 'assumed',
    source: 'https://github.com/jaegertracing/jaeger/issues/2703',
  },
} as const satisfies Record<string, Constant>;

/** Values of the constants by name. */
export const k = Object.fromEntries(
  Object.entries(constants).map(([name, { value }]) => [name, value]),
) as Readonly<Record<keyof typeof constants, number>>;

/**
 * Series per target of each scrape job, measured with the simulated fleet of docs/benchmarks.md,
 * which has the labels of the contract and the unread metrics of real exporters.
 */
export const seriesPerTarget: Readonly<Record<string, number>> = {
  'api-server': 3_903,
  cadvisor: 721,
  node: 668,
  worker: 1_233,
  grafana: 5_600,
  'ws-server': 640,
  postgres: 2_132,
  caddy: 2_028,
  promtail: 288,
  loki: 3_206,
  redis: 551,
  alertmanager: 593,
  blackbox: 50,
};

/** Series of a target of any other job. Assumed. */
export const otherTarget = 500;

/** Recorded series relative to the scraped ones: 5,679 of 102,485 (docs/benchmarks.md). */
export const recordedShare = 0.059;

/**
 * MiB of a service without load (docs/benchmarks.md, docs/longterm.md). Loki: after 80 MB of lines
 * in a few seconds. Log agent: at full speed. Assumed: otel-collector, jaeger, cadvisor, grafana,
 * and the exporters that the benchmark does not run.
 */
export const idleMiB = {
  prometheus: 52,
  loki: 250,
  'log agent': 110,
  'otel-collector': 60,
  jaeger: 300,
  'process of Thanos': 12,
  'binary of Thanos': 77,
  alertmanager: 16,
  'blackbox-exporter': 7,
  cadvisor: 60,
  grafana: 200,
  inbox: 18,
  'kube-state-metrics': 60,
  'kube-state-metrics-nodes': 30,
  'node-exporter': 8,
  'pgbouncer-exporter': 10,
  'postgres-exporter': 8,
  'redis-exporter': 9,
} as const;

/** Where one process is no longer enough. docs/sizing.md explains each. */
export const limits = {
  /** MiB of memory of one Prometheus. Above it, shard. Chosen: replaying the log takes minutes. */
  prometheusMiB: 16 * 1024,
  /** GB of lines a day of one Loki. https://grafana.com/docs/loki/latest/get-started/deployment-modes/ */
  lokiGBPerDay: 20,
  /** Instances of Loki that the settings allow. */
  lokiReplicas: 9,
  /** Spans per second that badger stores. Measured (docs/tracing.md). */
  badgerSpans: 500,
  /** GB in badger. Chosen: every start reads the store (https://github.com/jaegertracing/jaeger/issues/3402). */
  badgerGB: 50,
} as const;
