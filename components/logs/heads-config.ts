import { ansi } from './levels-config';
import { postgresFollowUps, postgresLine } from './postgres-config';
import type { LogSource } from './sources';

/**
 * Rules for multi-line entries that are not JSON. A line that starts with a time starts an entry,
 * except DETAIL, HINT, CONTEXT and STATEMENT of PostgreSQL. A line that starts with whitespace
 * continues an entry, and so does the end of a stack trace.
 */

/** Maximum number of lines in an entry. Further lines start a new entry. */
export const maxEntryLines = 512;
/** How long an entry waits for its next line, in seconds. */
export const entryWaitSeconds = 1;

/** Formats of times at the start of a line. */
const time = [
  '[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T ,_][0-9]{2}:[0-9]{2}',
  '[0-9]{2}[./-][0-9]{2}[./-][0-9]{4}[ ,]+[0-9]{2}:[0-9]{2}',
  '[0-9]{2}:[0-9]{2}:[0-9]{2}',
  '[0-9]{1,2}[ /-][A-Z][a-z]{2}[ /-][0-9]{4}[ :][0-9]{2}:[0-9]{2}',
  '(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} [ 0-9]?[0-9]|[0-9]{1,2} [A-Z][a-z]{2})(?: [0-9]{4})? [0-9]{2}:[0-9]{2}',
  '[0-9]{10}(?:\\.[0-9]+|[0-9]{3})?\\s',
  '[0-9]{8}[T ][0-9]{6}',
  '[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:',
].join('|');

/** A line that starts with a time, with or without brackets, quotes and colours. */
export const timedLine = `\\s*${ansi}[\\[("'<]?${ansi}(?:${time})`;

/** Indented lines that start an entry: messages of Next.js, and exception groups of Python. */
const indentedHead = ' [⨯⚠✓▲○] |\\s+\\+ Exception Group Traceback ';

/**
 * Lines of an exception that are not indented: Java's causes, Node's version, where Node emitted an
 * event or required a module, Go's signals, goroutines and calls, PHP's calls, notes of Python and
 * Rust, and the call and the source that Prisma quotes.
 */
const goesOn = [
  'Caused by:',
  'Suppressed: ',
  '\\.\\.\\. [0-9]+ ',
  'Node\\.js v[0-9]+\\.[0-9.]+\\s*$',
  '\\(Use `node --trace',
  "Emitted '\\w+' event (?:on \\S+ instance )?at:$",
  'Require stack:$',
  '- /\\S+\\.[cm]?[jt]s$',
  'goroutine [0-9]+ \\[',
  '\\[signal SIG',
  'created by ',
  'panic\\(\\{?0x',
  // Go's calls in zap's stack traces: a function of a package, alone on the line.
  '(?:main|runtime|testing|(?:[\\w.-]+/)+[\\w.-]+)\\.[\\w.()*\\[\\]-]+$',
  // Loguru marks the call that caught the exception.
  '> File "',
  'Stack trace:$',
  '#[0-9]+ (?:/|\\{main\\}|\\[internal)',
  'During handling of the above exception',
  'The above exception was the direct cause',
  'note: run with ',
  'note: Some details are omitted',
  'stack backtrace:$',
  'Invalid .{1,80} invocation',
  'Please make sure your database server is running',
  'The `[0-9]{8,}_\\w+` migration ',
  'Bun v[0-9.]+ ',
  '\\^+\\s*$',
  'future: <',
  '----- Native stack trace',
  '[0-9]+: 0x[0-9a-f]+ ',
  '→ +[0-9]+ ',
  '/\\S+:[0-9]+:[0-9]+$',
  '[\\w.*()/-]+\\.[\\w.*()-]+\\([^)]*\\)$',
].join('|');

/**
 * Group `head` starts an entry. Groups `indent` and `more` continue one. A line without any of them
 * starts an entry.
 */
const plainLine = `^(?:(?P<head>${timedLine}|${indentedHead})|(?P<indent>[\\s)}\\]])|(?P<more>${goesOn}))`;

export interface Heads {
  /** Pattern with the named groups below. */
  readonly pattern: string;
  /** A non-empty group of this list means that the line continues an entry. */
  readonly continuing: readonly string[];
  /** The line also continues an entry if the group `level` is one of these words. @default none */
  readonly words?: readonly string[];
  /**
   * Without a non-empty group of this list, a line continues an entry. @default any line may start
   * one
   */
  readonly beginning?: readonly string[];
  /** Whether an entry can require a continuation (`openEntry`). @default false */
  readonly open?: boolean;
}

/** How the entries of a source start; undefined if each line is an entry. */
export function headsOf({
  format,
  prefix,
}: Pick<LogSource, 'format' | 'prefix'>): Heads | undefined {
  if (format === 'redis') return undefined;
  if (format !== 'postgres') {
    return { pattern: plainLine, continuing: ['indent', 'more'], open: true };
  }
  const of = { continuing: ['indent'], words: postgresFollowUps, open: true };
  if (prefix === undefined) return { pattern: postgresLine(), ...of };
  return {
    pattern: `(?:${postgresLine(prefix)}|^(?P<head>${timedLine}))`,
    ...of,
    beginning: ['head', 'level'],
  };
}

/** How Python ends an exception after which it prints another one. */
const anotherFollows = '(?:direct cause of the following exception|another exception occurred):';
/** A file of JavaScript and a line in it, as Node prints them before the source of an error. */
const nodePosition = '(?:node:[\\w/]+|file:///\\S+|/\\S+|[\\w.-]+\\.[cm]?js):[0-9]+';
/** A line that does not begin with `LINE 1: `, as psql shows a statement above the marker. */
const notSql = '(?:(?:[^L\\n]|L[^I\\n]|LI[^N\\n]|LIN[^E\\n]|LINE[^ \\n])[^\\n]*|L?I?N?)';
/** The end of a message whose reason is on the next line: Prisma, esbuild and ts-node. */
const reasonFollows =
  '(?:\\n→ +[0-9]+ [^\\n]*\\(|Invalid [^\\n]{1,80} invocation:|^Error: P[0-9]{4}|' +
  'Transform failed with [0-9]+ errors?:|Unable to compile TypeScript:)';

/**
 * The first part of an exception that always has a continuation. The next line belongs to it,
 * however it starts:
 *
 * - Node's source position, alone or with the source
 * - a marker below a position in the source (`^`), except in SQL, which ends a message
 * - Bun's numbered source
 * - Python's calls, the exception of a thread, and the words between two exceptions
 * - the place of a panic of Rust
 * - messages whose reason is on the next line
 */
export const openEntry =
  `^(?:${nodePosition}(?:\\n(?s:.*)\\n\\s*\\^+)?\\s*$` +
  '|[0-9]+ \\| ' +
  "|thread '[^'\\n]*' (?:\\([0-9]+\\) )?panicked at [^\\n]*:\\s*$" +
  '|Exception in thread [^\\n]*:\\s*$' +
  `|Traceback \\(most recent call last\\):(?s:\\n.*)$|(?s:.*)(?:${anotherFollows}|${reasonFollows}|(?:^|\\n)${notSql}\\n\\s*\\^+)\\s*$)`;
/** Cheaper patterns. One of them matches whenever `openEntry` matches: the start, or the rest. */
export const mayBeOpen = {
  start:
    '(?:node:|file:|/|[\\w.-]+\\.[cm]?js:|Traceback |thread |Exception in thread |Error: P|[0-9]+ \\| )',
  // In Promtail, the engine's time still precedes each line, also an empty one at the end.
  rest: `${anotherFollows}|→ +[0-9]|(?:(?:invocation|errors?|TypeScript):|\\^)\\s*(?:\\n|$)`,
} as const;

/**
 * A line or an entry of JSON. A line with only an opening brace is text, because the rest is in
 * further lines. So is an object as Node prints it, without quotes around its names.
 */
export const jsonLine = '^\\s*\\{\\s*["}]';
/** An empty entry, which is dropped. */
export const blankEntry = '^\\s*$';
