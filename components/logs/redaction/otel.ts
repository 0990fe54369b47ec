import {
  type Condition,
  conditionOf,
  harmless,
  isTexts,
  longLine,
  patternOf,
  plainLines,
  redactionThemes,
  type RedactionRule,
  type RedactionTheme,
} from './index';
import { guarded } from './guards';
import { needed } from './rule';
import { literally } from '../sources';

/**
 * A part of the processor `transform`: statements for all records that match one of the conditions,
 * or for all records.
 *
 * The collector parses statements four times when it starts, and conditions twice. All paths are
 * without the prefix of their context. So the statements of all records are the same, and a
 * configuration contains each only once.
 */
export interface TransformPart {
  readonly context: 'log' | 'scope' | 'span' | 'spanevent';
  readonly conditions?: readonly string[];
  readonly statements: readonly string[];
}

/** Whether a theme's rules write text that the conditions of other themes search for. */
const decodes = ({ groups }: RedactionTheme): boolean =>
  groups.some(({ changesText }) => changesText === true);

const themes = redactionThemes.filter((theme) => !decodes(theme));

/** OTTL paths. */
const folded = 'attributes["audifi.folded"]';
const flag = ({ name }: RedactionTheme): string => `attributes["audifi.${name}"]`;

/** Path of a value that only the statements of one part share. */
export const cached = (name: string): string => `cache["${name}"]`;

/** Condition: a record has matched a theme in `opening`, so the rules must check it. */
export const isOpen = `${folded} != nil`;

/**
 * Attributes of a record while it is redacted. Each part has its own cache, so only attributes pass
 * values to the next part.
 */
const attributes = ['audifi.folded', ...themes.map(({ name }) => `audifi.${name}`)];

/**
 * Parts that redact log lines. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function lineParts(): readonly TransformPart[] {
  const context = 'log';
  const plain = plainLines.map((pattern) => `not IsMatch(body, ${text(pattern)})`).join(' and ');
  const parts = cached('parts');
  const part = (name: string): string => `${parts}["${name}"]`;
  const separated = `${parts} != nil and ${part('uri')} != nil`;
  const { header } = longLine;
  return [
    {
      context,
      conditions: [`IsString(body) and ${plain}`],
      statements: [
        `set(${parts}, ExtractPatterns(body, ${text(longLine.pattern)})) where Index(body, ${text(longLine.when)}) >= 0`,
        `set(${part('others')}, Concat(["", ${part('headers')}], ",")) where ${separated} and ${part('headers')} != ""`,
        `set(${part('harmless')}, ${part('others')}) where ${separated}`,
        `replace_pattern(${part('others')}, ${text(header.harmless)}, "") where ${separated}`,
        `replace_pattern(${part('harmless')}, ${text(`(${header.harmless})|${header.any}`)}, ${text(`$\{1}`)}) where ${separated}`,
        `set(${aside('start')}, ${part('start')}) where ${separated}`,
        `set(${aside('end')}, Concat([${part('harmless')}, ${part('end')}], "")) where ${separated}`,
        `set(${aside('long')}, body) where ${separated}`,
        `set(${aside('short')}, Concat([${part('uri')}, ${part('others')}], "")) where ${separated}`,
        `set(body, ${aside('short')}) where ${separated}`,
        ...opening('body'),
      ],
    },
    ...maskingParts(context, 'body'),
    { context, conditions: [isOpen], statements: closing() },
    {
      context,
      conditions: [`${aside('short')} != nil`],
      statements: [
        // If the rules have changed nothing, the line is as it was.
        `set(${cached('changed')}, true) where body != ${aside('short')}`,
        `set(body, ${aside('long')}) where ${cached('changed')} == nil`,
        ...[
          `set(body, Concat([body, ${aside('end')}], ""))`,
          `replace_pattern(body, ${text(literally(longLine.first.from))}, ${text(longLine.first.to)})`,
          `set(body, Concat([${aside('start')}, body], ""))`,
        ].map((statement) => `${statement} where ${cached('changed')} == true`),
        ...around.map((name) => `delete_key(attributes, "audifi.${name}")`),
      ],
    },
  ];
}

/** What the rules do not check of a long line, and the attribute for each. */
const around = ['start', 'end', 'long', 'short'] as const;
const aside = (part: (typeof around)[number]): string => `attributes["audifi.${part}"]`;

/**
 * Statements that prepare a record for `maskingParts`, if a text matches the condition of a theme.
 * Most texts match none. Texts that other themes search for are decoded first.
 *
 * @param body path of the text
 * @param plain pattern of texts that need no check. @default none
 */
export function opening(body: string, plain?: string): readonly string[] {
  const line = cached('folded');
  const unless = plain === undefined ? '' : ` where not IsMatch(${body}, ${text(plain)})`;
  const byTexts = themes.filter(({ when }) => isTexts(when));
  return [
    `set(${line}, ${lowered(body)})${unless}`,
    `replace_pattern(${line}, ${text(harmless.map(literally).join('|'))}, "") where ${line} != nil and Index(${line}, ${text('["redacted"]')}) >= 0`,
    ...redactionThemes
      .filter(decodes)
      .flatMap(({ name, when, groups }) => [
        `set(${cached(name)}, true) where ${line} != nil and ${holds(when, body, line)}`,
        ...groups.flatMap(({ rules }) =>
          rules.map(
            (rule) =>
              `${replacing(rule, body)} where ${cached(name)} == true and ${holds(rule.when ?? when, body, line)}`,
          ),
        ),
        `set(${line}, ${lowered(body)}) where ${cached(name)} == true`,
      ]),
    ...byTexts.map(
      (theme) =>
        `set(${flag(theme)}, true) where ${line} != nil and ${holds(theme.when, body, line)}`,
    ),
    `set(${folded}, ${line}) where ${byTexts.map((theme) => `${flag(theme)} == true`).join(' or ')}`,
    ...themes
      .filter(({ when }) => !isTexts(when))
      .map(
        ({ when }) =>
          `set(${folded}, ${line}) where ${line} != nil and ${folded} == nil and ${holds(when, body, line)}`,
      ),
  ];
}

/**
 * Parts that apply all rules to the text of a record, one for each group of rules. The collector
 * skips a part whose condition does not hold. In a single part, it would evaluate the condition of
 * each statement, and there are hundreds of them.
 *
 * @param body path of the text
 */
export function maskingParts(
  context: TransformPart['context'],
  body: string,
): readonly TransformPart[] {
  return themes.flatMap((theme) => [
    // The rules may have replaced what was unusual.
    ...(isTexts(theme.when)
      ? []
      : [
          {
            context,
            conditions: [`${isOpen} and ${holds(theme.when, body, folded)}`],
            statements: [`set(${flag(theme)}, true)`],
          },
        ]),
    ...theme.groups.map((group) => {
      const condition = conditionOf(group);
      return {
        context,
        conditions: [
          `${flag(theme)} == true${condition === undefined ? '' : ` and ${holds(condition, body, folded)}`}`,
        ],
        statements: group.rules.map((rule) =>
          rule.when === undefined || rule.when === condition || isLong(rule.when)
            ? replacing(rule, body)
            : `${replacing(rule, body)} where ${holds(rule.when, body, folded)}`,
        ),
      };
    }),
  ]);
}

/**
 * Whether a rule's condition is too long to be worth evaluating after that of its group. It would
 * save little there, and cost a millisecond at each start of the collector.
 */
const isLong = (condition: Condition): boolean => isTexts(condition) && condition.length > 6;

/** Statements that remove what the parts above have set. @param more of the caller's attributes */
export const closing = (more: readonly string[] = []): readonly string[] =>
  [...attributes, ...more].map((name) => `delete_key(attributes, "${name}")`);

/** A lower-case copy of a text for the conditions. */
const lowered = (body: string): string => `Concat([ConvertCase(${body}, "lower"), "."], "")`;

const replacing = (rule: RedactionRule, body: string): string =>
  `replace_pattern(${body}, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)})`;

/** @param line the lower-case copy of the text */
function holds(condition: Condition, body: string, line: string): string {
  if (isTexts(condition)) {
    const has = (one: string): string => `Index(${line}, ${text(one)}) >= 0`;
    const lists = guarded(needed(condition)).map(({ guard, texts }) => {
      const any = texts.map(has).join(' or ');
      return guard === undefined ? any : `${has(guard)} and (${any})`;
    });
    return `(${lists.join(' or ')})`;
  }
  return 'not' in condition
    ? `not IsMatch(${line}, ${text(`^(?s:${condition.not})$`)})`
    : `IsMatch(${body}, ${text(`(?i)${condition.matches}`)})`;
}

/** Quotes a string for OTTL. */
function text(value: string): string {
  return JSON.stringify(value);
}
