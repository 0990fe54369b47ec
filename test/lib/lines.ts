import { RE2JS } from 're2js';
import { type Heads, headsOf, openEntry } from '../../components/logs/heads-config';
import {
  levelGroup,
  levelPattern,
  levels,
  severityPattern,
  textLevel,
  textLevelGroups,
} from '../../components/logs/levels-config';
import type { LogSource } from '../../components/logs/sources';

/** Applies the agents' parsing stages to lines, with their own patterns. */

const compiled = new Map<string, RE2JS>();

/** Non-empty groups of a pattern in a text; undefined if it does not match. */
export function groups(pattern: string, text: string): Record<string, string> | undefined {
  const re = compiled.get(pattern) ?? RE2JS.compile(pattern);
  compiled.set(pattern, re);
  const matcher = re.matcher(text);
  if (!matcher.find()) return undefined;
  const found: Record<string, string> = {};
  for (const name of Object.keys(re.namedGroups())) {
    const value = matcher.group(name);
    if (value !== null && value !== '') found[name] = value;
  }
  return found;
}

/** The level of a word. */
export function levelOfWord(word: string): string {
  const found = groups(levelPattern, word) ?? {};
  return levels.find((level) => found[levelGroup(level)] !== undefined) ?? 'unknown';
}

/** The level of a PostgreSQL severity. */
export function levelOfSeverity(word: string): string {
  const found = groups(severityPattern, word) ?? {};
  const level = levels.find((name) => found[levelGroup(name)] !== undefined);
  return level ?? levelOfWord(word);
}

/** The level of a line of text. */
export function levelOfText(text: string): string {
  const found = groups(textLevel, text) ?? {};
  if (found['crash'] !== undefined) return 'error';
  const group = textLevelGroups.find((name) => found[name] !== undefined);
  return levelOfWord(group === undefined ? '' : (found[group] ?? ''));
}

function begins({ pattern, continuing, words = [], beginning = [] }: Heads, line: string): boolean {
  const found = groups(pattern, line) ?? {};
  const has = (names: readonly string[]): boolean => names.some((name) => name in found);
  if (words.includes(found['level'] ?? '')) return false;
  return !has(continuing) && (beginning.length === 0 ? line !== '' : has(beginning));
}

/**
 * Joins the lines of a source to entries, as `multiline` and `recombine` do, and then an open
 * exception with its continuation.
 */
export function entries(
  source: Pick<LogSource, 'format' | 'prefix'>,
  lines: readonly string[],
): string[] {
  const heads = headsOf(source);
  if (heads === undefined) return [...lines];
  const blocks: string[] = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    if (last === undefined || begins(heads, line)) blocks.push(line);
    else blocks[blocks.length - 1] = `${last}\n${line}`;
  }
  const whole: string[] = [];
  let open: string[] = [];
  for (const block of blocks) {
    open.push(block);
    if (heads.open === true && groups(openEntry, block) !== undefined) continue;
    whole.push(open.join('\n'));
    open = [];
  }
  return open.length === 0 ? whole : [...whole, open.join('\n')];
}
