import { conditionOf, harmless, isTexts, openers, patternOf, redactionGroups } from './redaction';
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
/** Is something of the line worth a closer look? */
const openLabel = '__open';

/** Labels that have to be dropped with others later: a stage for them alone would cost as much as a text to look for. */
export const ownLabels = [lineLabel, openLabel] as const;

/**
 * What is masked or dropped. A line that nothing opens passes six stages: that is all that redaction costs it. The rules of a
 * group are behind one condition, since each stage is a goroutine that a line has to pass.
 */
export function redacting(): readonly Stage[] {
  const open = { static_labels: { [openLabel]: '1' } };
  const opening = openers.map((conditions, i) => {
    const all = conditions.map(asked);
    const matchers = [
      ...new Set([...(i === 0 ? [] : [`${openLabel}=""`]), ...all.map((one) => one.matchers)]),
    ];
    return match(`{${matchers.join(', ')}}${all.map((one) => one.filter).join('')}`, open);
  });
  return [...folding, ...opening, match(`{${openLabel}="1"}`, ...redactionGroups.flatMap(group))];
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
  const { matchers, filter } = asked(condition);
  // Once more for a rule that says the same would cost as much as the rule.
  const rules = of.rules.flatMap((rule) =>
    rule.when === undefined || rule.when === condition ? [replacing(rule)] : [behind(rule)],
  );
  const stages = of.changesText === true ? [...rules, ...folding] : rules;
  return condition === undefined ? stages : [match(`{${matchers}}${filter}`, ...stages)];
}

function behind(rule: RedactionRule): Stage {
  const { matchers, filter } = asked(rule.when);
  return match(`{${matchers}}${filter}`, replacing(rule));
}

/** A condition in LogQL: of the label with the folded line, or of the line. */
function asked(condition: Condition | undefined): {
  readonly matchers: string;
  readonly filter: string;
} {
  if (condition === undefined) return { matchers: anyLine, filter: '' };
  if (isTexts(condition)) return { matchers: hasOne(condition), filter: '' };
  return 'not' in condition
    ? { matchers: `${lineLabel}!~${quoted(condition.not)}`, filter: '' }
    : { matchers: anyLine, filter: ` |~ ${quoted(`(?i)${condition.matches}`)}` };
}

const anyLine = `${lineLabel}!=""`;

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

/** A text as Go and LogQL write it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
