import {
  type Condition,
  conditionOf,
  harmless,
  isTexts,
  patternOf,
  plainLines,
  redactionThemes,
  type RedactionRule,
} from './index';
import { needed } from './rule';
import { literally } from '../sources';

/**
 * A part of the processor `transform`: statements for all records that match one of the conditions,
 * or for all records.
 */
export interface TransformPart {
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

/** OTTL paths of the text to redact and of the attributes of its record. */
interface Place {
  readonly body: string;
  readonly attributes: string;
  /** Path of a value that only the statements of one part share. */
  readonly cache: (name: string) => string;
}

const ofLog: Place = {
  body: 'log.body',
  attributes: 'log.attributes',
  cache: (name) => `log.cache["${name}"]`,
};

/**
 * Attributes of a record while it is redacted. Each part has its own cache, so only attributes pass
 * values to the next part.
 */
const folded = ({ attributes }: Place): string => `${attributes}["audifi.folded"]`;
const theme = ({ attributes }: Place): string => `${attributes}["audifi.theme"]`;

/** Whether the rules check a record further, after the statements of `opening`. */
export const isOpen = (place: Place): string => `${folded(place)} != nil`;

/**
 * Parts that redact log lines. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingParts(): readonly TransformPart[] {
  const plain = plainLines
    .map((pattern) => `not IsMatch(log.body, ${text(pattern)})`)
    .join(' and ');
  return [
    {
      conditions: [`IsString(log.body) and ${plain}`],
      statements: opening(ofLog, ofLog.body),
    },
    ...maskingParts(ofLog),
    { conditions: [isOpen(ofLog)], statements: closing(ofLog) },
  ];
}

/**
 * Statements that prepare a record for `maskingParts`, if a text matches the condition of a theme.
 * Most texts match none.
 *
 * @param plain pattern of texts that need no check. @default none
 */
export function opening(place: Place, body: string, plain?: string): readonly string[] {
  const line = place.cache('folded');
  const unless = plain === undefined ? '' : ` where not IsMatch(${body}, ${text(plain)})`;
  return [
    `set(${line}, ${lowered(body)})${unless}`,
    `replace_pattern(${line}, ${text(harmless.map(literally).join('|'))}, "") where ${line} != nil and Index(${line}, ${text('["redacted"]')}) >= 0`,
    ...redactionThemes.map(
      ({ when }) =>
        `set(${folded(place)}, ${line}) where ${line} != nil and ${folded(place)} == nil and ${holds(when, body, line)}`,
    ),
  ];
}

/**
 * Parts that apply all rules to the text of a record, one for each group of rules. The collector
 * skips a part whose condition does not hold. In a single part, it would evaluate the condition of
 * each statement, and there are hundreds of them.
 */
export function maskingParts(place: Place): readonly TransformPart[] {
  const { body } = place;
  const [line, flag] = [folded(place), theme(place)];
  return redactionThemes.flatMap(({ when, groups }) => [
    {
      conditions: [isOpen(place)],
      statements: [
        `delete_key(${place.attributes}, "audifi.theme")`,
        `set(${flag}, true) where ${holds(when, body, line)}`,
      ],
    },
    ...groups.map((group) => {
      const condition = conditionOf(group);
      return {
        conditions: [
          `${flag} == true${condition === undefined ? '' : ` and ${holds(condition, body, line)}`}`,
        ],
        statements: [
          ...group.rules.map((rule) =>
            rule.when === undefined || rule.when === condition
              ? replacing(rule, body)
              : `${replacing(rule, body)} where ${holds(rule.when, body, line)}`,
          ),
          ...(group.changesText === true ? [`set(${line}, ${lowered(body)})`] : []),
        ],
      };
    }),
  ]);
}

/** Statements that remove what the parts above have set. @param more of the caller's attributes */
export const closing = (
  { attributes }: Pick<Place, 'attributes'>,
  more: readonly string[] = [],
): readonly string[] =>
  ['audifi.folded', 'audifi.theme', ...more].map((name) => `delete_key(${attributes}, "${name}")`);

/** A lower-case copy of a text for the conditions. */
const lowered = (body: string): string => `Concat([ConvertCase(${body}, "lower"), "."], "")`;

const replacing = (rule: RedactionRule, body: string): string =>
  `replace_pattern(${body}, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)})`;

/** @param line the lower-case copy of the text */
function holds(condition: Condition, body: string, line: string): string {
  if (isTexts(condition)) {
    return `(${needed(condition)
      .map((one) => `Index(${line}, ${text(one)}) >= 0`)
      .join(' or ')})`;
  }
  return 'not' in condition
    ? `not IsMatch(${line}, ${text(`^(?s:${condition.not})$`)})`
    : `IsMatch(${body}, ${text(`(?i)${condition.matches}`)})`;
}

/** Quotes a string for OTTL. */
function text(value: string): string {
  return JSON.stringify(value);
}
