import { ansi } from './levels-config';
import { postgresFollowUps, postgresLine } from './postgres-config';
import type { LogSource } from './sources';

/**
 * What begins an entry, for lines that are not JSON. A line that begins with a time always does, except PostgreSQL's DETAIL,
 * HINT, CONTEXT and STATEMENT; a line that begins with a blank, and what ends a list of calls, never does.
 */

/** Most lines of one entry; what comes beyond is an entry of its own. */
export const maxEntryLines = 512;
/** How long an entry may wait for its next line, in seconds. */
export const entryWaitSeconds = 1;

/** Times as programs write them at the beginning of a line. */
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

/** A line that begins with a time, whatever stands around it. */
export const timedLine = `\\s*${ansi}[\\[("'<]?${ansi}(?:${time})`;

/** What ends or goes on with an exception without an indent: Java's causes, Node's version, Go's goroutines and calls. */
const goesOn = [
  'Caused by: ',
  'Suppressed: ',
  '\\.\\.\\. [0-9]+ ',
  'Node\\.js v[0-9]+\\.[0-9.]+\\s*$',
  'goroutine [0-9]+ \\[',
  'created by ',
  '[\\w.*()/-]+\\.[\\w.*()-]+\\([^)]*\\)$',
].join('|');

/** What a line is: group `head` begins an entry, `indent` and `more` continue one; else it begins one. */
const plainLine = `^(?:(?P<head>${timedLine})|(?P<indent>[\\s)}\\]])|(?P<more>${goesOn}))`;

export interface Heads {
  /** Finds in a line the groups below. */
  readonly pattern: string;
  /** One of these groups, or nothing in the line, continues an entry. */
  readonly continuing: readonly string[];
  /** So does a line with one of these words in the group `level`. @default none */
  readonly words?: readonly string[];
  /** Without one of these groups a line continues an entry. @default any line may begin one */
  readonly beginning?: readonly string[];
  /** May an entry announce that more comes? @default false */
  readonly open?: boolean;
}

/** How the entries of a source begin; undefined where each line is one. */
export function headsOf({
  format,
  prefix,
}: Pick<LogSource, 'format' | 'prefix'>): Heads | undefined {
  if (format === 'redis') return undefined;
  if (format !== 'postgres') {
    return { pattern: plainLine, continuing: ['indent', 'more'], open: true };
  }
  const of = { continuing: ['indent'], words: postgresFollowUps };
  if (prefix === undefined) return { pattern: postgresLine(), ...of };
  return {
    pattern: `(?:${postgresLine(prefix)}|^(?P<head>${timedLine}))`,
    ...of,
    beginning: ['head', 'level'],
  };
}

/**
 * The first part of an exception that announces the rest: Node's place in the source (its line, and a mark below it), and
 * Python's calls. What comes next belongs to it, however it begins.
 */
export const openEntry =
  '^(?:(?:node:[\\w/]+|file:///\\S+|/\\S+):[0-9]+\\n(?s:.*)\\n\\s*\\^+\\s*$|Traceback \\(most recent call last\\):(?s:\\n.*)$)';
/** Cheaper than it, and true of all that it is true of. */
export const mayBeOpen = '^(?:node:|file:|/|Traceback )';

/** A line of JSON; any other is text. One that only opens an object is text, since the rest comes in further lines. */
export const jsonLine = '^\\s*\\{\\s*["}]';
/** An entry that may be JSON. */
export const jsonEntry = '^\\s*\\{';
/** An entry with nothing in it; it is not kept. */
export const blankEntry = '^\\s*$';
