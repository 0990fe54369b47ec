import {
  conditionOf,
  harmless,
  isTexts,
  longLine,
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
      match(`{job!=""} |= ${quoted(longLine.when)}`, ...shortening),
      ...folding,
      ...redactionThemes.map(({ when, groups }) => match(selected(when), ...groups.flatMap(group))),
      { labeldrop: [lineLabel] },
      match(ifChecked, ...restoring, match(ifChecked, ...completing)),
    ),
  ];
}

/**
 * Takes away what the rules do not check.
 *
 * A stage `replace` that finds something takes 25 µs even for short texts, because it builds a
 * template each time.
 */
const shortening: readonly Stage[] = [
  { regex: { expression: longLine.pattern } },
  withCommas('others'),
  removing('others', `(${longLine.header.harmless})`),
  ...written('short', '{{ if .uri }}{{ .uri }}{{ or .others "" }}{{ else }}{{ .Entry }}{{ end }}'),
];

/** A program may also write such a line itself. It has no `uri` then. */
const ifChecked = `{job!=""} |~ ${quoted(`^${longLine.checked}`)}`;

/** Puts a line back that the rules have not changed. */
const restoring: readonly Stage[] = written(
  'long',
  '{{ if and .uri (eq .Entry .short) }}{{ .start }}{{ .uri }}{{ .headers }}{{ .end }}' +
    '{{ else }}{{ .Entry }}{{ end }}',
);

/**
 * Completes a line that the rules have changed. Its headers are in another order then. Caddy writes
 * them in any order, too.
 */
const completing: readonly Stage[] = [
  withCommas('harmless'),
  removing('harmless', `${longLine.header.harmless}|(${longLine.header.any})`),
  ...written(
    'long',
    '{{ if .uri }}{{ .start }}' +
      `{{ Replace (print .Entry (or .harmless "")) ${quoted(longLine.first.from)} ${quoted(longLine.first.to)} 1 }}` +
      '{{ .end }}{{ else }}{{ .Entry }}{{ end }}',
  ),
];

/** The headers of the request, with a comma before each. */
function withCommas(source: string): Stage {
  return { template: { source, template: '{{ if .headers }},{{ .headers }}{{ end }}' } };
}

function removing(source: string, expression: string): Stage {
  return { replace: { source, expression, replace: '' } };
}

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
