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

/**
 * What is masked or dropped. Each part has a cache of its own, so what the first one finds is an attribute; the second one asks
 * it once, and removes it.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingParts(): readonly LogStatements[] {
  const opening = openers.map(
    (conditions) =>
      `set(${open}, true) where ${[`${open} == nil`, ...conditions.map((one) => holds(one, ofLog))].join(' and ')}`,
  );
  return [
    { conditions: ['IsString(log.body)'], statements: [...folding(ofLog), ...opening] },
    {
      conditions: [`${open} != nil`],
      statements: [...maskingStatements(ofLog), 'delete_key(log.attributes, "audifi.open")'],
    },
  ];
}

/** Where the text is that is masked, and where the conditions find it in small letters: paths of OTTL. */
interface Place {
  readonly body: string;
  readonly line: string;
  /** Path of a value that only these statements use. */
  readonly cache: (name: string) => string;
}

const ofLog: Place = {
  body: 'log.body',
  line: 'log.cache["line"]',
  cache: (name) => `log.cache["${name}"]`,
};

/** Statements that mask one text by all rules, whatever record it is part of. */
export const maskingStatements = (place: Place): readonly string[] => [
  ...folding(place),
  ...redacting(place),
];

/** For the conditions: the line as it is now, in small letters. */
function folding({ body, line }: Place): readonly string[] {
  return [
    `set(${line}, Concat([ConvertCase(${body}, "lower"), "."], ""))`,
    ...harmless.map((known) => `set(${line}, Concat(Split(${line}, ${text(known)}), ""))`),
  ];
}

function redacting(place: Place): readonly string[] {
  return redactionGroups.flatMap((group, i) => {
    const condition = conditionOf(group);
    const flag = place.cache(`g${i}`);
    return [
      ...(condition === undefined ? [] : [`set(${flag}, true) where ${holds(condition, place)}`]),
      ...group.rules.map((rule) => {
        const own =
          rule.when === undefined || rule.when === condition ? [] : [holds(rule.when, place)];
        const where = [...(condition === undefined ? [] : [`${flag} == true`]), ...own];
        return where.length === 0
          ? replacing(rule, place)
          : `${replacing(rule, place)} where ${where.join(' and ')}`;
      }),
      ...(group.changesText === true
        ? folding(place).map((one) => `${one} where ${flag} == true`)
        : []),
    ];
  });
}

const replacing = (rule: RedactionRule, { body }: Place): string =>
  `replace_pattern(${body}, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)})`;

function holds(condition: Condition, { body, line }: Place): string {
  if (isTexts(condition)) {
    return `(${[...new Set(condition.map(searched))].map((one) => `Index(${line}, ${text(one)}) >= 0`).join(' or ')})`;
  }
  return 'not' in condition
    ? `not IsMatch(${line}, ${text(`^(?s:${condition.not})$`)})`
    : `IsMatch(${body}, ${text(`(?i)${condition.matches}`)})`;
}

/** A text as the language of the processor writes it. */
function text(value: string): string {
  return JSON.stringify(value);
}
