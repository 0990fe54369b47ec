import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { durationSeconds } from '../units';
import type { ParsedLogs } from './settings-schema';

/** Checks log settings that depend on each other. Never names the value of a secret. */
export function logsFindings(parsed: ParsedLogs): Finding[] {
  return [
    ...keys(parsed),
    ...instances(parsed),
    ...containers(parsed),
    ...prefixes(parsed),
    ...retention(parsed),
  ];
}

/** Requires both keys of the bucket or neither, and neither without a bucket. */
function keys({ loki, lokiS3AccessKey, lokiS3SecretKey }: ParsedLogs): Finding[] {
  const given = { lokiS3AccessKey, lokiS3SecretKey };
  const set = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const bucket = ['loki', 's3'];
  if (loki.s3 === undefined) {
    return set.map((key) => ({
      at: [key],
      from: [[key], bucket],
      what: 'is set, but loki.s3 names no bucket',
      fix: removeFix([key]),
    }));
  }
  if (set.length !== 1) return [];
  const missing = Object.keys(given).filter((key) => !set.includes(key));
  return missing.map((key) => ({
    at: [key],
    from: [[key], ...set.map((other) => [other])],
    what: `is missing, but ${set.join()} is set`,
    fix: setFix([key], '--secret'),
  }));
}

/** Several instances share a bucket, and a quorum of three copies needs three of them. */
function instances({ loki }: ParsedLogs): Finding[] {
  if (loki.replicas === 1) return [];
  const at = ['loki', 'replicas'];
  const bucket = ['loki', 's3'];
  if (loki.s3 === undefined) {
    const what =
      'is more than 1, but loki.s3 names no bucket: each instance would keep lines on its own ' +
      'volume that the others cannot read';
    const fix = setFix([...bucket, 'bucket'], 'audifi-logs');
    return [{ at, from: [at, bucket], what, fix }];
  }
  if (loki.replicas > 2) return [];
  const what = 'is 2: each line is written to three instances, so use 1, or 3 or more';
  return [{ at, what, fix: setFix(at, '3') }];
}

/** A container must not be in two sources, because its lines would have two jobs. */
function containers({ logs: { sources } }: ParsedLogs): Finding[] {
  const seen = new Map<string, string>();
  return Object.entries(sources).flatMap(([job, source]) =>
    (source.containers ?? []).flatMap((name, i): Finding[] => {
      const other = seen.get(name);
      seen.set(name, job);
      if (other === undefined) return [];
      const at = ['logs', 'sources', job, 'containers', i];
      const what = `"${name}" is already a container of logs.sources.${other}`;
      return [{ at, what, fix: removeFix(at) }];
    }),
  );
}

/**
 * Letters that may follow a `%` in log_line_prefix. See
 * https://www.postgresql.org/docs/current/runtime-config-logging.html
 */
export const prefixLetters: readonly string[] = 'a u d r h L b p P t m n i e c l s v x Q % q'.split(
  ' ',
);
/** The spec's sources except PostgreSQL. */
export const withoutPrefix: readonly string[] = [
  'caddy',
  'api-server',
  'ws-server',
  'worker',
  'redis',
];

/** Allows a prefix only for PostgreSQL, and only with escapes that PostgreSQL knows. */
function prefixes({ logs: { sources } }: ParsedLogs): Finding[] {
  return Object.entries(sources).flatMap(([job, source]): Finding[] => {
    const at = ['logs', 'sources', job, 'prefix'];
    const { prefix } = source;
    if (prefix === undefined) return [];
    const { format } = source;
    if (format === undefined ? withoutPrefix.includes(job) : format !== 'postgres') {
      const what =
        `is the log_line_prefix of PostgreSQL, but logs.sources.${job} does not have the ` +
        'format postgres';
      return [{ at, what, fix: removeFix(at) }];
    }
    const unknown = [...prefix.matchAll(/%-?[0-9]*(.?)/g)]
      .map(([text, letter = '']) => ({ text, letter }))
      .filter(({ letter }) => letter === '' || !prefixLetters.includes(letter));
    if (unknown.length === 0) return [];
    const what =
      `has ${unknown.map(({ text }) => `"${text}"`).join(', ')}, which is unknown in ` +
      'log_line_prefix';
    return [{ at, what, fix: setFix(at, "'%m [%p] '") }];
  });
}

/**
 * Rejects a longer retention for debug lines than for errors: the values are most likely swapped.
 */
function retention({ logs }: ParsedLogs): Finding[] {
  const debug = durationSeconds(logs.retention.debug) ?? 0;
  const error = durationSeconds(logs.retention.error) ?? 0;
  if (debug <= error) return [];
  const at = ['logs', 'retention', 'debug'];
  const what =
    `${logs.retention.debug} is longer than logs.retention.error (${logs.retention.error}): ` +
    'debug lines would be kept longer than errors';
  return [
    {
      at,
      from: [at, ['logs', 'retention', 'error']],
      what,
      fix: setFix(at, logs.retention.error),
    },
  ];
}
