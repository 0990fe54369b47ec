import { logFields, type LogLevel, logLevels } from '../../telemetry';

/**
 * What the log pipeline knows of the lines: which container writes what, and what becomes a label. Both agents are
 * configured from it, so that the same line gets the same labels from either.
 */

/** How a program writes its lines. */
export const formats = ['json', 'caddy', 'postgres', 'redis', 'text'] as const;
export type LogFormat = (typeof formats)[number];

export interface LogSource {
  /** Value of the label `job`; that of the scrape job where there is one. */
  readonly job: string;
  /** Names of its containers, without what compose, Kubernetes or this stack add. */
  readonly containers: readonly string[];
  readonly format: LogFormat;
  /** PostgreSQL's `log_line_prefix`. @default found out from the lines */
  readonly prefix?: string;
}

/** The spec's six sources. Every other container is a source of its own, named after it, in JSON, logfmt or text. */
export const specSources: readonly LogSource[] = [
  { job: 'caddy', containers: ['caddy'], format: 'caddy' },
  { job: 'api-server', containers: ['api-server'], format: 'json' },
  { job: 'ws-server', containers: ['ws-server'], format: 'json' },
  { job: 'worker', containers: ['worker'], format: 'json' },
  { job: 'postgres', containers: ['postgres', 'postgresql'], format: 'postgres' },
  { job: 'redis', containers: ['redis'], format: 'redis' },
];

/**
 * The only labels; `node`, `namespace` and `container` are those of the metrics. `namespace` is on Kubernetes alone. Whatever
 * has more values than a person can list is structured metadata or stays in the line.
 */
export const labels = ['job', 'container', 'level', 'env', 'node', 'namespace'] as const;

/** Structured metadata with the name of the pod (Kubernetes), as metrics have it in a label: pods come and go. */
export const podField = 'pod';

/** A file of a pod's container: `<namespace>_<pod>_<uid>/<container>/<restart>.log` */
export const podLogFile =
  '/(?P<namespace>[^/_]+)_(?P<pod>[^/_]+)_[^/_]+/(?P<container>[^/]+)/[0-9]+\\.log';

/** Level of a line that says none, or one that nobody knows. */
export const unknownLevel = 'unknown';
export type StoredLevel = LogLevel | typeof unknownLevel;
export const storedLevels: readonly StoredLevel[] = [
  ...(Object.keys(logLevels) as LogLevel[]),
  unknownLevel,
];

/** Structured metadata that says why a line could not be read: it is kept as it is, with the engine's time. */
export const parseErrorField = 'parse_error';

/** Structured metadata by the field of the line that it comes from; `status` is that of Caddy's requests. */
export const metadataFields: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(logFields).flatMap(([field, { metadata }]: [string, { metadata?: string }]) =>
      metadata === undefined ? [] : [[field, metadata]],
    ),
  ),
  status: 'status',
};

/** Redis's marks. https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/ (loglevel) */
export const redisMarks: Readonly<Record<string, LogLevel>> = {
  '#': 'warn',
  '*': 'info',
  '-': 'debug',
  '.': 'debug',
};

/** `<pid>:<role> <time> <mark> <text>` */
export const redisLine =
  '^[0-9]+:[XCSM] (?P<ts>[0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}\\.[0-9]{3}) (?P<mark>[.*#-]) ';

/** A text as a pattern that matches it. */
export const literally = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** What a change of the settings says of a source. */
export interface SourceChange {
  readonly containers?: readonly string[];
  readonly format?: LogFormat;
  readonly prefix?: string;
}

/** The sources of a stack: the spec's, changed or extended by the settings. */
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
