import { cookies, decoding, pairs, prose, unkeep } from './redaction-text';
import { fieldGroups } from './redaction-fields';
import { keyLines, providerKeys } from './redaction-keys';
import { numbers, postal } from './redaction-numbers';
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
import { unusual } from './redaction-ordinary';
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
  wallets,
  // One condition costs as much as a rule: they share it.
  { name: 'unusual', when: unusual, opens: [unusual], rules: [...numbers, ...longWallets] },
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

export const isTexts = (condition: unknown): condition is readonly string[] =>
  Array.isArray(condition) && typeof condition[0] === 'string';

/**
 * What makes a line worth a closer look: one of these, of which every condition holds. Lines that nothing opens pass all rules
 * unseen, and most do. Texts alone are looked for together.
 */
export const openers: readonly (readonly Condition[])[] = (() => {
  const openings = redactionGroups.flatMap((group): (readonly Condition[])[] => {
    const own = group.opens === undefined ? conditionOf(group) : group.opens;
    if (own === undefined || own === false) return [];
    return Array.isArray(own) && !isTexts(own)
      ? [own as readonly Condition[]]
      : [[own as Condition]];
  });
  const alone = openings.flatMap(([one, ...more]) =>
    isTexts(one) && more.length === 0 ? one : [],
  );
  const others = openings.filter(([one, ...more]) => !isTexts(one) || more.length > 0);
  return [[[...new Set(alone)]], ...others];
})();
