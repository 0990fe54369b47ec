import { RE2JS } from 're2js';
import {
  type Condition,
  conditionOf,
  folded,
  isTexts,
  longLine,
  patternOf,
  plainLines,
  type RedactionGroup,
  redactionGroups,
  redactionThemes,
  type RedactionRule,
} from '../../components/logs/redaction';
import { searched } from '../../components/logs/redaction/rule';
import { once } from './once';

/**
 * Applies both agents' redaction to a line, step by step like their stages and statements, with the
 * semantics of RE2.
 */

const pattern = once((text: string) => RE2JS.compile(text));
const textsOf = once((texts: readonly string[]) => texts.map(searched));
const whole = once((text: string) => pattern(`^(?s:${text})$`));
const anyCase = once((text: string) => pattern(`(?i)${text}`));
const groupCondition = once((group: RedactionGroup) => conditionOf(group));
/**
 * Finds what the patterns of both agents find, because groups do not change that. Without captured
 * text, this is much faster, so it comes first.
 */
const uncaptured = once((rule: RedactionRule) =>
  pattern(patternOf(rule, { around: '(?:', secret: '(?:' })),
);
const promtailPattern = once((rule: RedactionRule) =>
  pattern(patternOf(rule, { around: '(?:', secret: '(' })),
);
const collectorPattern = once((rule: RedactionRule) =>
  pattern(patternOf(rule, { around: '(', secret: '(?:' })),
);

/**
 * Whether a condition is true. @param fold the folded line, which is not updated after each rule
 */
export function holds(
  condition: Condition | undefined,
  line: string,
  fold = folded(line),
): boolean {
  if (condition === undefined) return true;
  if (isTexts(condition)) return textsOf(condition).some((text) => fold.includes(text));
  return 'not' in condition
    ? !whole(condition.not).test(fold)
    : anyCase(condition.matches).test(line);
}

/** Whether any theme checks the line. */
export const opened = (line: string): boolean =>
  !plain(line) && redactionThemes.some(({ when }) => holds(when, line));

/** Whether it is a line of a known source with nothing to redact. */
export const plain = (line: string): boolean => plainLines.some((one) => pattern(one).test(line));

/** Whether the rule is applied to the line, in any order. */
export function tried(rule: RedactionRule, line: string): boolean {
  const group = redactionGroups.find(({ rules }) => rules.includes(rule));
  return group !== undefined && holds(groupCondition(group), line) && holds(rule.when, line);
}

/** One rule without its conditions, like Promtail's stage `replace`: replaces the captured text. */
export function asPromtail(rule: RedactionRule, line: string): string {
  if (!uncaptured(rule).test(line)) return line;
  const matcher = promtailPattern(rule).matcher(line);
  let result = '';
  let end = 0;
  while (matcher.find()) {
    result += line.slice(end, matcher.start(1)) + rule.replacement;
    end = matcher.end(1);
  }
  return result + line.slice(end);
}

/** The same like the collector's `replace_pattern`: writes back the text around it. */
export function asCollector(rule: RedactionRule, line: string): string {
  if (!uncaptured(rule).test(line)) return line;
  return collectorPattern(rule).matcher(line).replaceAll(`$1${rule.replacement}$2`);
}

/** All rules in order, with their conditions. @param one applies one rule */
export function redact(line: string, one = asPromtail): string {
  if (plain(line)) return line;
  const parts = longParts(line);
  if (parts === undefined) return redactWhole(line, one);
  const { start, uri, others, harmless, end } = parts;
  const short = uri + others;
  const text = redactWhole(short, one);
  if (text === short) return line;
  const { from, to } = longLine.first;
  return start + (text + harmless).replace(from, to) + end;
}

/** The parts of a long line. @returns undefined for any other line */
function longParts(line: string) {
  const long = pattern(longLine.pattern).matcher(line);
  if (!long.matches()) return undefined;
  const [start, uri, headers, end] = ['start', 'uri', 'headers', 'end'].map(
    (name) => long.group(name) ?? '',
  ) as [string, string, string, string];
  const all = headers === '' ? '' : `,${headers}`;
  const { harmless, any } = longLine.header;
  const others = pattern(harmless).matcher(all).replaceAll('');
  const rest = pattern(`(${harmless})|${any}`).matcher(all).replaceAll('$1');
  return { start, uri, others, harmless: rest, end };
}

/** The same for a line whose parts are not separated. */
export function redactWhole(line: string, one = asPromtail): string {
  let [text, fold] = [line, folded(line)];
  for (const { when, groups } of redactionThemes) {
    if (!holds(when, text, fold)) continue;
    for (const group of groups) {
      if (!holds(groupCondition(group), text, fold)) continue;
      for (const rule of group.rules) if (holds(rule.when, text, fold)) text = one(rule, text);
      if (group.changesText === true) fold = folded(text);
    }
  }
  return text;
}

/**
 * A group of three digits occurs often by chance, so the digits before it are included for short
 * texts.
 */
export function withNeighbours(line: string, text: string): string {
  const at = line.indexOf(text);
  return line.slice(Math.max(0, at - Math.max(0, 10 - text.length)), at + text.length);
}
