import {
  conditionOf,
  harmless,
  isTexts,
  longLine,
  longLineText,
  patternOf,
  plainLines,
  redactionThemes,
} from './index';
import { type Condition, type RedactionGroup, needed, type RedactionRule } from './rule';
import { literally } from '../sources';

type Stage = Readonly<Record<string, unknown>>;

/** Label with the folded line. Promtail compares a label with many strings at once. */
const lineLabel = '__line';
/**
 * Stages that redact log lines. A plain line passes through one stage. A line without a match
 * passes through two stages plus one per theme. This keeps redaction cheap, because each stage is a
 * goroutine that every line must pass.
 */
export function redacting(): readonly Stage[] {
  const filters = plainLines.map((pattern) => ` !~ ${quoted(pattern)}`);
  return [
    match(
      `{job!=""}${filters.join('')}`,
      match(`{job!=""} |= ${quoted(longLineText)}`, ...shortening),
      ...folding,
      ...redactionThemes.map(({ when, groups }) => match(selected(when), ...groups.flatMap(group))),
      { labeldrop: [lineLabel] },
      match(`{job!=""} |~ ${quoted('^"uri":')}`, ...completing),
    ),
  ];
}

/** Takes the safe parts of a long line away. */
const shortening: readonly Stage[] = [
  { regex: { expression: longLine } },
  ...written('short', '{{ if .middle }}{{ .middle }}{{ else }}{{ .Entry }}{{ end }}'),
];

/** Puts them back. A program may also write a line that begins as a shortened one. */
const completing: readonly Stage[] = written(
  'long',
  '{{ if .middle }}{{ .start }}{{ .Entry }}{{ .end }}{{ else }}{{ .Entry }}{{ end }}',
);

function written(source: string, template: string): readonly Stage[] {
  return [{ template: { source, template } }, { output: { source } }];
}

/** Updates the folded line for the conditions. */
const folding: readonly Stage[] = [
  {
    template: {
      source: 'folded',
      // Only Caddy masks values itself. A function is as expensive as searching for ten strings.
      template: `{{ if eq .job "caddy" }}{{ ${harmless.reduce((value, known) => `Replace (${value}) ${quoted(known)} "" -1`, 'ToLower .Entry')} }}{{ else }}{{ ToLower .Entry }}{{ end }}.`,
    },
  },
  { labels: { [lineLabel]: 'folded' } },
];

/** The stages of a group. They run only for lines that match its condition. */
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

/** A condition in LogQL, on the label with the folded line or on the line itself. */
function selected(condition: Condition): string {
  if (isTexts(condition)) return `{${hasOne(condition)}}`;
  return 'not' in condition
    ? `{${lineLabel}!~${quoted(condition.not)}}`
    : `{${lineLabel}!=""} |~ ${quoted(anyCase(condition.matches))}`;
}

/**
 * Promtail compares up to 256 strings with the line, each many times as fast as a pattern. But it
 * falls back to a pattern if one string starts with another, which `needed` prevents.
 */
function hasOne(texts: readonly string[]): string {
  return `${lineLabel}=~${quoted(`.*(?:${needed(texts).map(literally).join('|')}).*`)}`;
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

/**
 * Adds the flag for case-insensitivity only if there are letters, because Go searches text without
 * the flag much faster.
 */
const anyCase = (pattern: string): string => (/[a-z]/i.test(pattern) ? `(?i)${pattern}` : pattern);

/** Quotes a string for Go and LogQL. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
