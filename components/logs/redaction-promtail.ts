import {
  conditionOf,
  harmless,
  isTexts,
  patternOf,
  plainLines,
  redactionThemes,
} from './redaction';
import {
  type Condition,
  type RedactionGroup,
  type RedactionRule,
  searched,
} from './redaction-rule';
import { literally } from './sources';

type Stage = Readonly<Record<string, unknown>>;

/** The folded line: Promtail compares labels with many texts at once. */
const lineLabel = '__line';
/**
 * What is masked or dropped. A plain line passes one stage; one that no theme's condition holds for passes two stages more
 * than there are themes. That is all that redaction costs them, since each stage is a goroutine that a line has to pass.
 */
export function redacting(): readonly Stage[] {
  const filters = plainLines.map((pattern) => ` !~ ${quoted(pattern)}`);
  return [
    match(
      `{job!=""}${filters.join('')}`,
      ...folding,
      ...redactionThemes.map(({ when, groups }) => match(selected(when), ...groups.flatMap(group))),
      { labeldrop: [lineLabel] },
    ),
  ];
}

/** For the conditions, in small letters: the line as it is now. */
const folding: readonly Stage[] = [
  {
    template: {
      source: 'folded',
      // Caddy alone masks; a function costs as much as ten texts to look for.
      template: `{{ if eq .job "caddy" }}{{ ${harmless.reduce((value, known) => `Replace (${value}) ${quoted(known)} "" -1`, 'ToLower .Entry')} }}{{ else }}{{ ToLower .Entry }}{{ end }}.`,
    },
  },
  { labels: { [lineLabel]: 'folded' } },
];

/** A group in its order, behind its condition. */
function group(of: RedactionGroup): readonly Stage[] {
  const condition = conditionOf(of);
  const rules = of.rules.map((rule) =>
    rule.when === undefined || rule.when === condition
      ? replacing(rule)
      : match(selected(rule.when), replacing(rule)),
  );
  const stages = of.changesText === true ? [...rules, ...folding] : rules;
  return condition === undefined ? stages : [match(selected(condition), ...stages)];
}

/** A condition in LogQL: of the label with the folded line, or of the line. */
function selected(condition: Condition): string {
  if (isTexts(condition)) return `{${hasOne(condition)}}`;
  return 'not' in condition
    ? `{${lineLabel}!~${quoted(condition.not)}}`
    : `{${lineLabel}!=""} |~ ${quoted(anyCase(condition.matches))}`;
}

/**
 * Promtail compares up to 256 texts with the line, each many times as fast as a pattern; and takes them for a pattern when one
 * begins with another, which a text that contains another needs not be there for.
 */
function hasOne(texts: readonly string[]): string {
  const all = [...new Set(texts.map(searched))];
  const needed = all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
  return `${lineLabel}=~${quoted(`.*(?:${needed.map(literally).join('|')}).*`)}`;
}

const match = (selector: string, ...stages: readonly Stage[]): Stage => ({
  match: { selector, stages },
});

const replacing = (rule: RedactionRule): Stage => ({
  replace: {
    expression: patternOf(rule, { around: '(?:', secret: '(' }),
    replace: rule.replacement,
  },
});

/** Without regard to case, where there are letters: Go finds a text that has none many times as fast as it is. */
const anyCase = (pattern: string): string => (/[a-z]/i.test(pattern) ? `(?i)${pattern}` : pattern);

/** A text as Go and LogQL write it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
