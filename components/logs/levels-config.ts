import type { LogLevel } from '../../telemetry';
import { postgresSeverities } from './postgres-config';

/**
 * Log levels: their names in programs, the fields that contain them, and their position in a line
 * of text. Both agents use the same patterns, so that a line has the same level with either.
 */

/**
 * Fields of a JSON line that may hold the level. The first existing field counts. An array is a
 * path. Pino and winston write `level`, Google Cloud and OpenTelemetry `severity`, Go's `log15`
 * `lvl`, Elastic `log.level`, Python `levelname`, Serilog `@l`, hclog `@level`, Monolog
 * `level_name`, PostgreSQL's jsonlog `error_severity`.
 */
export const levelFields: readonly (readonly string[])[] = [
  ['level'],
  ['severity'],
  ['lvl'],
  ['log.level'],
  ['log', 'level'],
  ['levelname'],
  ['@l'],
  ['@level'],
  ['level_name'],
  ['levelName'],
  ['loglevel'],
  ['logLevel'],
  ['log_level'],
  ['severity_text'],
  ['severityText'],
  ['SeverityText'],
  ['error_severity'],
  ['Level'],
  ['LEVEL'],
  ['Severity'],
  ['LogLevel'],
  // Roarr.
  ['context', 'logLevel'],
];

/** Names of the levels, in lower case. */
export const levelNames: Readonly<Record<LogLevel, readonly string[]>> = {
  error: [
    ...['error', 'err', 'fatal', 'panic', 'critical', 'crit', 'alert', 'emerg', 'emergency'],
    ...['dpanic', 'severe', 'fail', 'ftl', 'pnc', 'f', 'e'],
    // logrus on a terminal, and log15 of Ethereum nodes.
    ...['erro', 'fata', 'pani', 'eror'],
  ],
  warn: ['warn', 'warning', 'wrn', 'w'],
  info: [
    'info',
    'information',
    'informational',
    'inf',
    'notice',
    'note',
    'log',
    'success',
    'http',
    'i',
  ],
  debug: [
    ...['debug', 'dbg', 'dbug', 'debu', 'trace', 'trac', 'trce', 'trc', 'verbose', 'vrb', 'silly'],
    ...['fine', 'finer', 'finest', 'd', 't', 'v'],
  ],
};

/**
 * Numbers of the levels, as patterns. 0 to 7 are severities of syslog (GELF, journald), 10 to 99
 * levels of pino and bunyan including custom ones, 100 to 999 levels of Monolog, and from 5000 on
 * levels of log4j. slog has negative numbers for debug.
 */
export const levelNumbers: Readonly<Record<LogLevel, readonly string[]>> = {
  error: ['[0-3]', '[5-9][0-9]', '[4-9][0-9]{2}', '[45]0000'],
  warn: ['4[0-9]?', '3[0-9]{2}', '30000'],
  info: ['[56]', '3[0-9]', '2[0-9]{2}', '20000'],
  debug: ['[7-9]', '[12][0-9]', '1[0-9]{2}', '10000', '5000', '-[0-9]+'],
};

/** Names of the groups of `levelPattern`. */
export const levelGroup = (level: LogLevel): string => `is_${level}`;
export const levels = Object.keys(levelNames) as LogLevel[];

/** ANSI colours. */
export const ansi = '(?:\\x1b\\[[0-9;]*m)*';

/**
 * Maps a word or a number to a level: the non-empty group. Ignores colours, whitespace, brackets
 * and case. Small enough for the fast regexp algorithm of Go.
 */
export const levelPattern =
  '^(?:\\x1b\\[[0-9;]*m|[^\\pL0-9-])*' +
  groupsOf((level) => [
    ...levelNames[level],
    ...(level === 'debug' ? ['debug[1-5]'] : []),
    ...(level === 'warn' ? ['[a-z]+warning'] : []),
    ...levelNumbers[level],
  ]);

/** The same for the severities of PostgreSQL, in all languages that it is translated to. */
export const severityPattern = `^${groupsOf((level) => postgresSeverities[level])}`;

function groupsOf(words: (level: LogLevel) => readonly string[]): string {
  const groups = levels.map(
    (level) => `(?P<${levelGroup(level)}>${[...words(level)].sort(longestFirst).join('|')})`,
  );
  return `(?i:${groups.join('|')})(?:[^\\pL0-9]|$)`;
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length;
}

/**
 * Words that are a level if they are alone at the start of a line of text. Single letters are not.
 */
const headWords = levels
  .flatMap((level) => levelNames[level])
  .filter((word) => word.length > 2 && word !== 'http' && word !== 'success' && word !== 'fine')
  .sort(longestFirst);
const anyCase = `(?i:${headWords.join('|')})`;
const upperCase = [...headWords, 'success'].map((word) => word.toUpperCase()).join('|');

/**
 * Text that may precede the level: times, numbers, brackets, logger names, months, time zones,
 * hosts.
 */
const token = [
  '\\[[^\\]\\n]*\\]',
  '[^\\sA-Za-z\\x1b]\\S*',
  '[A-Za-z_][\\w$-]*[.@/]\\S*',
  '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*,?',
  '(?:UTC|GMT|CET|CEST|EST|EDT|PST|PDT|MSK|IST|JST|AM|PM)',
  // Host and process, as syslog writes them.
  '[\\w.-]+ [\\w./-]+\\[[0-9]+\\]:',
  // A process of Heroku, and PHP.
  '[\\w.-]+\\[[\\w.]+\\]:',
  // The scripts of Bitnami's images: a name and a time of day.
  `[a-z][a-z-]*${ansi} ${ansi}[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]+`,
  'PHP',
  // Metadata of Elixir.
  '[a-z_]{2,20}=[^\\s"=]+',
  '- \\S+ -',
  '[EWIDF],',
  'nginx:',
].join('|');

/** Lines that are always an error: uncaught exceptions of Node, Python, Java, Go and Rust. */
const crash = [
  '(?:node:[\\w/]+|file:///\\S+|/?[^\\s:]+\\.[cm]?[jt]sx?):[0-9]+\\n',
  '\\[?(?:Uncaught|Unhandled|UnhandledPromiseRejection)\\b',
  'Traceback \\(most recent call last\\)',
  'panic: ',
  'http: panic serving ',
  '[0-9]+ \\| [^\\n]*\\n(?s:.*\\n)?\\w*[eE]rror: ',
  '\\+ Exception Group Traceback ',
  '(?:PHP )?[Ff]atal error: ',
  'PHP Parse error: ',
  'goroutine [0-9]+ \\[',
  'Exception in thread ',
  "thread '[^']*' (?:\\([0-9]+\\) )?panicked at ",
  'Segmentation fault',
  '\\[?(?:[\\w$]+\\.)*(?:[A-Z]\\w*)?(?:Error|Exception)(?:: | \\[|\\s*$|\\s*\\n)',
].join('|');

/**
 * Groups of `textLevel` that contain a level. At most one is not empty. The group `crash` is not
 * listed, because it is an error by itself.
 */
export const textLevelGroups = [
  'klog',
  'syslog',
  'word',
  'boxed',
  'start',
  'timed',
  'npm',
  'badge',
  'logfmt',
  'bare',
  'object',
  'thrown',
] as const;

const logfmtKey = '(?i:level|lvl|severity|loglevel)=';

/**
 * Where a line of text contains its level: an exception, the first letter of klog, the number of
 * syslog, a word in capitals, in brackets or with a colon after times and names, any word directly
 * after a time, the last unquoted `level=` of logfmt, the field of an object, or an exception with
 * its calls.
 */
export const textLevel =
  `^(?:\\s*${ansi}(?:\\[[\\w.:@/-]+\\] |[⨯✖✘×] |[0-9/]{10} [0-9:.]{8,15} )?(?P<crash>${crash})` +
  '|(?P<klog>[IWEF])[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2,10}\\.[0-9]+ ' +
  '|<(?P<syslog>[0-7])>' +
  // Signale, with a scope or without.
  `|(?:(?:[^\\n]{0,80} )?[›❯] +)?[^\\s\\x00-\\x7F]\\S* +(?P<badge>${anyCase}|success)\\s` +
  `|\\s*${ansi}(?:(?:${token})${ansi}[\\s|]+${ansi}\\s*){0,8}?(?:` +
  // Monolog writes the channel and a dot before it.
  `(?:[a-z][\\w-]*\\.)?(?P<word>${upperCase}|[A-Z]\\w*Warning)${ansi}(?:[\\])>|:,;\\[!/]|\\s|$)` +
  `|(?:\\[[^\\]\\n]*\\])?[\\[(<|]\\s*${ansi}(?:[a-z0-9_]+:)?(?P<boxed>${anyCase}|[EWIDF])${ansi}\\s*${ansi}[\\])>|]` +
  `|(?P<start>${anyCase})${ansi}(?:\\[[0-9]+\\])?(?:\\s?[:!]| - ))` +
  `|(?:\\S*[0-9]{2}:[0-9]{2}:[0-9]{2}\\S*|[0-9]{10}\\.[0-9]+)\\s+(?P<timed>${anyCase})\\s` +
  '|(?:npm |\\s*[a-z][\\w.-]*:)(?P<npm>(?i:err|error|warn|notice|info|verb))\\b' +
  `|(?:(?:[^"\\n]|"(?:[^"\\\\\\n]|\\\\.)*")*\\s)?${logfmtKey}"?(?P<logfmt>[^\\s"]+)` +
  `|(?:.*\\s)?${logfmtKey}(?P<bare>[^\\s"]+)` +
  // An object as Node prints it.
  `|\\s*\\{\\s[^}]*\\blevel: '(?P<object>[^']{1,40})'` +
  // A text, an exception and its calls.
  '|[^\\n]*\\b\\w*(?P<thrown>E)(?:rror|xception)(?:: [^\\n]*)?\\n\\s+at )';
