import {
  type Condition,
  conditionOf,
  harmless,
  isTexts,
  openers,
  patternOf,
  redactionGroups,
  type RedactionRule,
} from './redaction';
import { searched } from './redaction-rule';

/** A part of the processor `transform`: statements for the records for which a condition holds. */
export interface LogStatements {
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

/** Set on a record while something of its line is worth a closer look. */
const open = 'log.attributes["audifi.open"]';
const line = 'log.cache["line"]';

/**
 * What is masked or dropped. Each part has a cache of its own, so what the first one finds is an attribute; the second one asks
 * it once, and removes it.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingParts(): readonly LogStatements[] {
  const opening = openers.map(
    (conditions) =>
      `set(${open}, true) where ${[`${open} == nil`, ...conditions.map(holds)].join(' and ')}`,
  );
  return [
    { conditions: ['IsString(log.body)'], statements: [...folding, ...opening] },
    {
      conditions: [`${open} != nil`],
      statements: [...folding, ...redacting(), 'delete_key(log.attributes, "audifi.open")'],
    },
  ];
}

/** For the conditions: the line as it is now, in small letters. */
const folding: readonly string[] = [
  `set(${line}, Concat([ConvertCase(log.body, "lower"), "."], ""))`,
  ...harmless.map((known) => `set(${line}, Concat(Split(${line}, ${text(known)}), ""))`),
];

function redacting(): readonly string[] {
  return redactionGroups.flatMap((group, i) => {
    const condition = conditionOf(group);
    const flag = `log.cache["g${i}"]`;
    return [
      ...(condition === undefined ? [] : [`set(${flag}, true) where ${holds(condition)}`]),
      ...group.rules.map((rule) => {
        const own = rule.when === undefined || rule.when === condition ? [] : [holds(rule.when)];
        const where = [...(condition === undefined ? [] : [`${flag} == true`]), ...own];
        return where.length === 0
          ? replacing(rule)
          : `${replacing(rule)} where ${where.join(' and ')}`;
      }),
      ...(group.changesText === true ? folding.map((one) => `${one} where ${flag} == true`) : []),
    ];
  });
}

const replacing = (rule: RedactionRule): string =>
  `replace_pattern(log.body, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)})`;

function holds(condition: Condition): string {
  if (isTexts(condition)) {
    return `(${[...new Set(condition.map(searched))].map((one) => `Index(${line}, ${text(one)}) >= 0`).join(' or ')})`;
  }
  return 'not' in condition
    ? `not IsMatch(${line}, ${text(`^(?s:${condition.not})$`)})`
    : `IsMatch(log.body, ${text(`(?i)${condition.matches}`)})`;
}

/** A text as the language of the processor writes it. */
function text(value: string): string {
  return JSON.stringify(value);
}
