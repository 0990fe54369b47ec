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

/** Structured metadata by the field of the line that it comes from. */
export const metadataFields: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(logFields).flatMap(([field, { metadata }]: [string, { metadata?: string }]) =>
    metadata === undefined ? [] : [[field, metadata]],
  ),
);

/** What programs call their levels, in lower case. */
export const levelNames: Readonly<Record<LogLevel, readonly string[]>> = {
  error: ['error', 'err', 'fatal', 'panic', 'critical', 'crit', 'alert', 'emerg', 'dpanic'],
  warn: ['warn', 'warning'],
  info: ['info', 'information', 'notice', 'log'],
  debug: ['debug', 'trace', 'verbose'],
};

/** Numbers of pino and bunyan, for services that do not write the spec's texts. */
export const levelNumbers: Readonly<Record<string, LogLevel>> = {
  10: 'debug',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'error',
};

/** PostgreSQL's severities. https://www.postgresql.org/docs/current/runtime-config-logging.html */
export const postgresSeverities: Readonly<Record<string, LogLevel>> = {
  PANIC: 'error',
  FATAL: 'error',
  ERROR: 'error',
  WARNING: 'warn',
  NOTICE: 'info',
  INFO: 'info',
  LOG: 'info',
  DEBUG: 'debug',
};

/** Redis's marks. https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/ (loglevel) */
export const redisMarks: Readonly<Record<string, LogLevel>> = {
  '#': 'warn',
  '*': 'info',
  '-': 'debug',
  '.': 'debug',
};

/**
 * A message of PostgreSQL begins with its time and a severity; DETAIL, HINT, CONTEXT and STATEMENT, and every line of a
 * statement, belong to the one before. For any log_line_prefix that begins with the time (%m or %t).
 */
const postgresTime =
  '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)? [A-Z0-9+:-]+';
export const postgresFirstLine = `^${postgresTime} (?:\\S+ ){0,6}?(?:PANIC|FATAL|ERROR|WARNING|NOTICE|INFO|LOG|DEBUG)[1-5]?: `;

/** Its severity, and its time where the zone is one that cannot be mistaken (`CET` means several). */
export const postgresLine =
  `^(?:(?P<time>[0-9-]{10} [0-9:]{8}(?:\\.[0-9]+)? (?:UTC|GMT))|${postgresTime}) (?:\\S+ ){0,6}?` +
  '(?P<level>PANIC|FATAL|ERROR|WARNING|NOTICE|INFO|LOG|DEBUG)[1-5]?: ';

/** `<pid>:<role> <time> <mark> <text>` */
export const redisLine =
  '^[0-9]+:[XCSM] (?P<time>[0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8}\\.[0-9]{3}) (?P<level>[.*#-]) ';

/** Logfmt, as Go programs write it: `time=… level=info msg=…` */
export const logfmtLevel = '(?:^|\\s)(?:level|lvl)="?(?P<level>[A-Za-z]+)';

/**
 * Finds the service in a container's name: in `service` one that a source names, in `other` what any other name is without
 * this stack's prefix (`audifi-<stack>-`); in both without compose's project in front and the replica's number behind.
 */
export function serviceInName(sources: readonly LogSource[], stack: string): string {
  const names = sources.flatMap(({ containers }) => containers).map(literally);
  return (
    `^(?:(?:.*[-_])?(?P<service>${names.join('|')})` +
    `|(?:audifi-${literally(stack)}-)?(?P<other>.+?))(?:[-_][0-9]+)?$`
  );
}

/** A text as a pattern that matches it. */
export const literally = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** The sources of a stack: the spec's, changed or extended by the settings. */
export function mergedSources(
  changes: Readonly<
    Record<string, { readonly containers?: readonly string[]; readonly format?: LogFormat }>
  >,
): readonly LogSource[] {
  const merged = new Map(specSources.map((source) => [source.job, source]));
  for (const [job, change] of Object.entries(changes)) {
    const known = merged.get(job);
    merged.set(job, {
      job,
      containers: change.containers ?? known?.containers ?? [job],
      format: change.format ?? known?.format ?? 'json',
    });
  }
  return [...merged.values()];
}
