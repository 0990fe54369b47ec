import { RE2JS } from 're2js';
import {
  type Condition,
  conditionOf,
  folded,
  isTexts,
  patternOf,
  plainLines,
  redactionGroups,
  redactionThemes,
  type RedactionRule,
} from '../../components/logs/redaction';
import { searched } from '../../components/logs/redaction-rule';

/**
 * Applies both agents' redaction to a line, step by step like their stages and statements, with the
 * semantics of RE2.
 */

const compiled = new Map<string, RE2JS>();

function pattern(text: string): RE2JS {
  const known = compiled.get(text) ?? RE2JS.compile(text);
  compiled.set(text, known);
  return known;
}

/**
 * Whether a condition is true. @param fold the folded line, which is not updated after each rule
 */
export function holds(
  condition: Condition | undefined,
  line: string,
  fold = folded(line),
): boolean {
  if (condition === undefined) return true;
  if (isTexts(condition)) return condition.some((text) => fold.includes(searched(text)));
  return 'not' in condition
    ? !pattern(`^(?s:${condition.not})$`).matcher(fold).find()
    : pattern(`(?i)${condition.matches}`).matcher(line).find();
}

/** Whether any theme checks the line. */
export const opened = (line: string): boolean =>
  !plain(line) && redactionThemes.some(({ when }) => holds(when, line));

/** Whether it is a line of a known source with nothing to redact. */
export const plain = (line: string): boolean =>
  plainLines.some((one) => pattern(one).matcher(line).find());

/** Whether the rule is applied to the line, in any order. */
export function tried(rule: RedactionRule, line: string): boolean {
  const group = redactionGroups.find(({ rules }) => rules.includes(rule));
  return group !== undefined && holds(conditionOf(group), line) && holds(rule.when, line);
}

/** One rule without its conditions, like Promtail's stage `replace`: replaces the captured text. */
export function asPromtail(rule: RedactionRule, line: string): string {
  const matcher = pattern(patternOf(rule, { around: '(?:', secret: '(' })).matcher(line);
  let result = '';
  let end = 0;
  while (matcher.find()) {
    result += line.slice(end, matcher.start(1)) + rule.replacement;
    end = matcher.end(1);
  }
  return result + line.slice(end);
}

/** The same like the collector's `replace_pattern`: writes back the text around it. */
export const asCollector = (rule: RedactionRule, line: string): string =>
  pattern(patternOf(rule, { around: '(', secret: '(?:' }))
    .matcher(line)
    .replaceAll(`$1${rule.replacement}$2`);

/** All rules in order, with their conditions. @param one applies one rule */
export function redact(line: string, one = asPromtail): string {
  if (plain(line)) return line;
  let [text, fold] = [line, folded(line)];
  for (const { when, groups } of redactionThemes) {
    if (!holds(when, text, fold)) continue;
    for (const group of groups) {
      if (!holds(conditionOf(group), text, fold)) continue;
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
