import { RE2JS } from 're2js';
import { patternOf, type RedactionRule, redactionRules } from '../../components/logs/redaction';

interface Compiled {
  readonly rule: RedactionRule;
  readonly promtail: RE2JS;
  readonly collector: RE2JS;
}

const compiled = new Map<RedactionRule, Compiled>();
const prefilters = new Map<string, RE2JS>();

function compile(rule: RedactionRule): Compiled {
  const known = compiled.get(rule);
  if (known !== undefined) return known;
  const made = {
    rule,
    promtail: RE2JS.compile(patternOf(rule, { around: '(?:', secret: '(' })),
    collector: RE2JS.compile(patternOf(rule, { around: '(', secret: '(?:' })),
  };
  compiled.set(rule, made);
  return made;
}

/** Can the rule's prefilter see the line? */
export function triggered({ triggers, within }: RedactionRule, line: string): boolean {
  if (within?.some((text) => line.includes(text)) === false) return false;
  if (typeof triggers !== 'string') return triggers.some((text) => line.includes(text));
  const pattern = prefilters.get(triggers) ?? RE2JS.compile(triggers);
  prefilters.set(triggers, pattern);
  return pattern.matcher(line).find();
}

/** One rule without its prefilter, as Promtail's stage `replace` does it: what the group caught is replaced. */
export function asPromtail(rule: RedactionRule, line: string): string {
  const matcher = compile(rule).promtail.matcher(line);
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
  compile(rule).collector.matcher(line).replaceAll(`$1${rule.replacement}$2`);

/** All rules in their order, each behind its prefilter. */
export const redact = (line: string): string =>
  redactionRules.reduce(
    (text, rule) => (triggered(rule, text) ? asPromtail(rule, text) : text),
    line,
  );
