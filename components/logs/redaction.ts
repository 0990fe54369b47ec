import { cookies, decoding, pairs, prose, unkeep } from './redaction-text';
import { fieldGroups } from './redaction-fields';
import { keyLines, providerKeys } from './redaction-keys';
import { digitGroups, numbers, postal } from './redaction-numbers';
import {
  longWallets,
  mail,
  mailContent,
  phoneFields,
  plusPhones,
  spokenPhones,
  wallets,
} from './redaction-personal';
import type { Condition, RedactionGroup, RedactionRule } from './redaction-rule';
import { redis, redisKeys, sql } from './redaction-sql';
import { urlLogins, urls } from './redaction-urls';

export {
  type Condition,
  folded,
  harmless,
  patternOf,
  type RedactionGroup,
  type RedactionRule,
} from './redaction-rule';

/**
 * What is masked or dropped before a line leaves the machine, in this order. The spec's list ("PII Handling"): passwords,
 * tokens, card numbers, postal addresses and e-mail bodies are dropped; e-mail addresses, wallets and phone numbers are
 * masked. Both agents are configured from this table, and the tests hold its examples. Limits: docs/redaction.md.
 */
export const redactionGroups: readonly RedactionGroup[] = [
  decoding,
  redis,
  redisKeys,
  prose,
  // What a field's name says comes first: what is dropped needs no other rule.
  ...fieldGroups,
  pairs,
  cookies,
  sql,
  mailContent,
  postal,
  providerKeys,
  keyLines,
  urls,
  urlLogins,
  phoneFields,
  spokenPhones,
  plusPhones,
  numbers,
  wallets,
  longWallets,
  mail,
  { name: 'kept', opens: false, when: { matches: '\u{e000}' }, rules: [unkeep] },
];

export const redactionRules: readonly RedactionRule[] = redactionGroups.flatMap(
  ({ rules }) => rules,
);

/** When a group is tried. @returns undefined where nothing is said, and it always is */
export function conditionOf({ when, rules }: RedactionGroup): Condition | undefined {
  if (when !== undefined) return when;
  const texts = rules.map((rule) => rule.when);
  return texts.every(isTexts) ? [...new Set(texts.flat())] : undefined;
}

export const isTexts = (condition: Condition | undefined): condition is readonly string[] =>
  Array.isArray(condition);

/**
 * A line of words that are no key or wallet, and of numbers that are no card and no phone: fewer than 14 digits in a row, fewer
 * than eight digits and hyphens behind the first hyphen of a number, and in a word fewer than 22 characters behind the first
 * letter that no hash has. Anchored, and with one way to go on at each character.
 */
function ordinaryLine(): string {
  const other = '[^0-9A-Za-z\\\\]';
  const mixed = '[0-9A-Za-z]{0,21}';
  const letters = `(?:[a-fA-F][0-9a-fA-F]*(?:[g-zG-Z]${mixed})?|[g-zG-Z]${mixed})`;
  const number = (digits: number): string =>
    digits === 13 ? '' : `(?:[0-9]${number(digits + 1)}|-[0-9-]{0,7})?`;
  const word = `(?:[0-9]${number(1)}${letters}?|${letters})`;
  return `^(?:${word})?(?:(?:${other}|\\\\[^\\n])(?:${word})?)*$`;
}

/**
 * What makes a line worth a closer look: one of these, of which every condition holds. Lines that nothing opens pass all rules
 * unseen, and most do.
 */
export const openers: readonly (readonly Condition[])[] = [
  [
    [
      ...new Set(
        redactionGroups
          .filter(({ opens }) => opens !== false)
          .map(conditionOf)
          .filter(isTexts)
          .flat(),
      ),
    ],
  ],
  [{ not: ordinaryLine() }],
  [
    [' ', ')'].flatMap((sign) => Array.from('0123456789', (digit) => sign + digit)),
    { matches: digitGroups },
  ],
];
