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
const line = 'log.cache["line"]';

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
    ({ when }) => `set(${open}, true) where ${open} == nil and ${holds(when)}`,
  );
  return [
    { conditions: [`IsString(log.body) and ${plain}`], statements: [...folding, ...themes] },
    {
      conditions: [`${open} != nil`],
      statements: [...folding, ...redacting(), 'delete_key(log.attributes, "audifi.open")'],
    },
  ];
}

/** For the conditions: the line as it is now, in small letters. */
const lowered = `set(${line}, Concat([ConvertCase(log.body, "lower"), "."], ""))`;
const folding: readonly string[] = [
  lowered,
  `replace_pattern(${line}, ${text(harmless.map(literally).join('|'))}, "") where Index(${line}, ${text('["redacted"]')}) >= 0`,
];

/** A flag for each theme and each group; what they ask is asked once. */
function redacting(): readonly string[] {
  return redactionThemes.flatMap((theme, i) => {
    const themeFlag = `log.cache["t${i}"]`;
    return [
      `set(${themeFlag}, true) where ${holds(theme.when)}`,
      ...theme.groups.flatMap((group, k) => {
        const condition = conditionOf(group);
        const flag = condition === undefined ? themeFlag : `log.cache["t${i}g${k}"]`;
        return [
          ...(condition === undefined
            ? []
            : [`set(${flag}, true) where ${themeFlag} == true and ${holds(condition)}`]),
          ...group.rules.map((rule) => {
            const own =
              rule.when === undefined || rule.when === condition ? '' : ` and ${holds(rule.when)}`;
            return `${replacing(rule)} where ${flag} == true${own}`;
          }),
          ...(group.changesText === true ? [`${lowered} where ${flag} == true`] : []),
        ];
      }),
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
