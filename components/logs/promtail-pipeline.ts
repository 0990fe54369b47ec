import { match, quoted, type Stage } from './promtail-stages-config';
import { patternOf, type RedactionRule, redactionRules } from './redaction';
import { literally } from './sources';

/** Label that holds the line while the prefilters look at it: Promtail compares labels with many texts at once. */
const lineLabel = '__line';

/** The line as a label, for the prefilters of `redacting`: after everything that makes another line of it. */
export const marking: readonly Stage[] = [
  { template: { source: 'line', template: '{{ .Entry }}' } },
  { labels: { [lineLabel]: 'line' } },
];

/**
 * What is masked or dropped. Most lines have no trigger in them and pass three stages: that is all that redaction costs
 * them, and two patterns for what has no text in common. Rules of one family are behind one more prefilter.
 */
export function redacting(): readonly Stage[] {
  const byText = redactionRules.filter(({ triggers }) => typeof triggers !== 'string');
  const all = [...new Set(byText.flatMap(({ within, triggers }) => within ?? triggers))];
  const patterns = [...new Set(redactionRules.map(({ triggers }) => triggers))].filter(isPattern);
  return [
    match(has(all), ...families(byText)),
    ...patterns.map((pattern) =>
      match(
        `{${lineLabel}!=""} |~ ${quoted(pattern)}`,
        ...redactionRules.filter(({ triggers }) => triggers === pattern).map(replacing),
      ),
    ),
    { labeldrop: [lineLabel] },
  ];
}

/** The rules in their order; each family at the place of its first one. */
function families(rules: readonly RedactionRule[]): readonly Stage[] {
  const stage = (rule: RedactionRule): Stage => match(has(rule.triggers), replacing(rule));
  return rules.flatMap((rule) => {
    const { within } = rule;
    if (within === undefined) return [stage(rule)];
    const family = rules.filter((other) => other.within === within);
    return family[0] === rule ? [match(has(within), ...family.map(stage))] : [];
  });
}

const isPattern = (triggers: RedactionRule['triggers']): triggers is string =>
  typeof triggers === 'string';

/**
 * Lines with one of the texts. Promtail compares up to 256 of them with the line, each many times as fast as a pattern; and
 * takes it for a pattern when one begins with another, which a text that contains another needs not be there for.
 */
function has(texts: RedactionRule['triggers']): string {
  const all = [...new Set([texts].flat())];
  const needed = all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
  return `{${lineLabel}=~${quoted(`.*(?:${needed.map(literally).join('|')}).*`)}}`;
}

const replacing = (rule: RedactionRule): Stage => ({
  replace: {
    expression: patternOf(rule, { around: '(?:', secret: '(' }),
    replace: rule.replacement,
  },
});
