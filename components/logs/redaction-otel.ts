import {
  type Condition,
  conditionOf,
  harmless,
  isTexts,
  patternOf,
  plainLines,
  redactionThemes,
  type RedactionRule,
} from './redaction';
import { searched } from './redaction-rule';
import { literally } from './sources';

/** A part of the processor `transform`: statements for the records for which a condition holds. */
export interface LogStatements {
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

/** Set on a record while something of its line is worth a closer look. */
const open = 'log.attributes["audifi.open"]';

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

/**
 * What is masked or dropped. Each part has a cache of its own, so what the first one finds is an attribute; the second one asks
 * it once, and removes it.
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

/** Statements that mask one text by all rules, whatever record it is part of. */
export const maskingStatements = (place: Place): readonly string[] => [
  ...folding(place),
  ...redacting(place),
];

/** For the conditions: the line as it is now, in small letters. */
function folding(place: Place): readonly string[] {
  const { line } = place;
  return [
    lowered(place),
    `replace_pattern(${line}, ${text(harmless.map(literally).join('|'))}, "") where Index(${line}, ${text('["redacted"]')}) >= 0`,
  ];
}

const lowered = ({ body, line }: Place): string =>
  `set(${line}, Concat([ConvertCase(${body}, "lower"), "."], ""))`;

/** A flag for each theme and each group; what they ask is asked once. */
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
