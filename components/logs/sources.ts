import { logFields, type LogLevel, logLevels } from '../../telemetry';

/**
 * Log sources: which container writes which format, and what becomes a label. This configures both
 * agents, so that a line has the same labels with either.
 */

/** Formats of log lines. */
export const formats = ['json', 'caddy', 'postgres', 'redis', 'text'] as const;
export type LogFormat = (typeof formats)[number];

export interface LogSource {
  /** Value of the label `job`. Equal to the scrape job if there is one. */
  readonly job: string;
  /** Container names, without the parts that Compose, Kubernetes or this stack add. */
  readonly containers: readonly string[];
  readonly format: LogFormat;
  /** PostgreSQL's `log_line_prefix`. @default detected from the lines */
  readonly prefix?: string;
}

/**
 * The spec's six sources. Every other container is a source with its own name, in JSON, logfmt or
 * text.
 */
export const specSources: readonly LogSource[] = [
  { job: 'caddy', containers: ['caddy'], format: 'caddy' },
  { job: 'api-server', containers: ['api-server'], format: 'json' },
  { job: 'ws-server', containers: ['ws-server'], format: 'json' },
  { job: 'worker', containers: ['worker'], format: 'json' },
  { job: 'postgres', containers: ['postgres', 'postgresql'], format: 'postgres' },
  { job: 'redis', containers: ['redis'], format: 'redis' },
];

/**
 * The only labels. `node`, `namespace` and `container` have the same values as in metrics.
 * `namespace` only exists on Kubernetes. Values of high cardinality are structured metadata or stay
 * in the line.
 */
export const labels = ['job', 'container', 'level', 'env', 'node', 'namespace'] as const;

/**
 * Structured metadata with the pod name (Kubernetes). In metrics it is a label. In logs it is not,
 * because pods are short-lived.
 */
export const podField = 'pod';

/** Log file of a pod's container: `<namespace>_<pod>_<uid>/<container>/<restart>.log` */
export const podLogFile =
  '/(?P<namespace>[^/_]+)_(?P<pod>[^/_]+)_[^/_]+/(?P<container>[^/]+)/[0-9]+\\.log';

/** Level of a line with no level or an unknown one. */
export const unknownLevel = 'unknown';
export type StoredLevel = LogLevel | typeof unknownLevel;
export const storedLevels: readonly StoredLevel[] = [
  ...(Object.keys(logLevels) as LogLevel[]),
  unknownLevel,
];

/**
 * Structured metadata with the reason why a line could not be parsed. Such a line is stored
 * unchanged, with the engine's timestamp.
 */
export const parseErrorField = 'parse_error';

/** Structured metadata by field of the line. `status` is from Caddy's requests. */
export const metadataFields: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(logFields).flatMap(([field, { metadata }]: [string, { metadata?: string }]) =>
      metadata === undefined ? [] : [[field, metadata]],
    ),
  ),
  status: 'status',
};

/**
 * Level marks of Redis. See
 * https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/ (loglevel)
 */
export const redisMarks: Readonly<Record<string, LogLevel>> = {
  '#': 'warn',
  '*': 'info',
  '-': 'debug',
  '.': 'debug',
};

/** The start of a record of Redis. Any other line is text: errors of the configuration, logfmt. */
export const redisStart = '^[0-9]+:(?:[0-9]+:)?[XCSM] ';

/** `<pid>:<role> <time> <mark> <text>`. KeyDB writes the thread before the role. */
export const redisLine = `${redisStart}(?P<ts>[0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}\\.[0-9]{3}) (?P<mark>[.*#-]) `;

/** Escapes text for a pattern. */
export const literally = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** A change of a source by the settings. */
export interface SourceChange {
  readonly containers?: readonly string[];
  readonly format?: LogFormat;
  readonly prefix?: string;
}

/**
 * The sources of a stack: those of the spec with the changes of the settings, and additional ones.
 */
export function mergedSources(
  changes: Readonly<Record<string, SourceChange>>,
): readonly LogSource[] {
  const merged = new Map(specSources.map((source) => [source.job, source]));
  for (const [job, change] of Object.entries(changes)) {
    const known = merged.get(job);
    merged.set(job, {
      job,
      containers: change.containers ?? known?.containers ?? [job],
      // Only PostgreSQL has a prefix.
      format: change.format ?? known?.format ?? (change.prefix === undefined ? 'json' : 'postgres'),
      ...(change.prefix === undefined ? {} : { prefix: change.prefix }),
    });
  }
  return [...merged.values()];
}
