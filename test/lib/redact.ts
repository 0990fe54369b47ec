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

/** Both agents' ways over a line, step by step as their stages and statements take them, with RE2's own semantics. */

const compiled = new Map<string, RE2JS>();

function pattern(text: string): RE2JS {
  const known = compiled.get(text) ?? RE2JS.compile(text);
  compiled.set(text, known);
  return known;
}

/** Does a condition hold? @param fold the folded line, which is not made anew after each rule */
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

/** Is anything of the line looked at? */
export const opened = (line: string): boolean =>
  !plain(line) && redactionThemes.some(({ when }) => holds(when, line));

/** Is it a line of a known source with nothing in it? */
export const plain = (line: string): boolean =>
  plainLines.some((one) => pattern(one).matcher(line).find());

/** Is the rule tried on the line, in whatever order? */
export function tried(rule: RedactionRule, line: string): boolean {
  const group = redactionGroups.find(({ rules }) => rules.includes(rule));
  return group !== undefined && holds(conditionOf(group), line) && holds(rule.when, line);
}

/** One rule without its conditions, as Promtail's stage `replace` does it: what the group caught is replaced. */
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

/** The same as the collector's `replace_pattern` does it: what stands around is written back. */
export const asCollector = (rule: RedactionRule, line: string): string =>
  pattern(patternOf(rule, { around: '(', secret: '(?:' }))
    .matcher(line)
    .replaceAll(`$1${rule.replacement}$2`);

/** All rules in their order, each behind its conditions. @param one applies one of them */
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
