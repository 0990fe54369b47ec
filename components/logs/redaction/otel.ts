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

/** A part of the processor `transform`: statements for all records that match a condition. */
export interface LogStatements {
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

/** Attribute of a record while its line may still need redaction. */
const open = 'log.attributes["audifi.open"]';

/** OTTL paths of the text to redact and of its lower-case copy for the conditions. */
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

/**
 * Statements that redact log lines. Each part has its own cache, so the first part stores its
 * result in an attribute, and the second part reads and removes it. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingParts(): readonly LogStatements[] {
  const plain = plainLines
    .map((pattern) => `not IsMatch(log.body, ${text(pattern)})`)
    .join(' and ');
  const themes = redactionThemes.map(
    ({ when }) => `set(${open}, true) where ${open} == nil and ${holds(when, ofLog)}`,
  );
  return [
    { conditions: [`IsString(log.body) and ${plain}`], statements: [...folding(ofLog), ...themes] },
    {
      conditions: [`${open} != nil`],
      statements: [...maskingStatements(ofLog), 'delete_key(log.attributes, "audifi.open")'],
    },
  ];
}

/** Statements that apply all rules to one text in any kind of record. */
export const maskingStatements = (place: Place): readonly string[] => [
  ...folding(place),
  ...redacting(place),
];

/** Updates the lower-case copy of the line for the conditions. */
function folding(place: Place): readonly string[] {
  const { line } = place;
  return [
    lowered(place),
    `replace_pattern(${line}, ${text(harmless.map(literally).join('|'))}, "") where Index(${line}, ${text('["redacted"]')}) >= 0`,
  ];
}

const lowered = ({ body, line }: Place): string =>
  `set(${line}, Concat([ConvertCase(${body}, "lower"), "."], ""))`;

/** Statements with one flag per theme and group, so that each condition is evaluated once. */
function redacting(place: Place): readonly string[] {
  return redactionThemes.flatMap((theme, i) => {
    const themeFlag = place.cache(`t${i}`);
    return [
      `set(${themeFlag}, true) where ${holds(theme.when, place)}`,
      ...theme.groups.flatMap((group, k) => {
        const condition = conditionOf(group);
        const flag = condition === undefined ? themeFlag : place.cache(`t${i}g${k}`);
        return [
          ...(condition === undefined
            ? []
            : [`set(${flag}, true) where ${themeFlag} == true and ${holds(condition, place)}`]),
          ...group.rules.map((rule) => {
            const own =
              rule.when === undefined || rule.when === condition
                ? ''
                : ` and ${holds(rule.when, place)}`;
            return `${replacing(rule, place)} where ${flag} == true${own}`;
          }),
          ...(group.changesText === true ? [`${lowered(place)} where ${flag} == true`] : []),
        ];
      }),
    ];
  });
}

const replacing = (rule: RedactionRule, { body }: Place): string =>
  `replace_pattern(${body}, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)})`;

function holds(condition: Condition, { body, line }: Place): string {
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
