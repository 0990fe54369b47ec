import { accounts } from './redaction-accounts';
import { encodedJson } from './redaction-encoded';
import { fieldGroups } from './redaction-fields';
import { compared } from './redaction-compared';
import { otherCodes, spokenCodes } from './redaction-codes';
import { devices } from './redaction-devices';
import { dialogues } from './redaction-dialogues';
import { composedValues, headers } from './redaction-headers';
import { keyLines, providerKeys } from './redaction-keys';
import { languages } from './redaction-languages';
import { numbers } from './redaction-numbers';
import { opaqueValues } from './redaction-opaque';
import { unusual } from './redaction-ordinary';
import { mail, mailContent, spelledMail } from './redaction-mail';
import { phoneFields, plusPhones, spokenPhones } from './redaction-phones';
import { longWallets, wallets } from './redaction-wallets';
import type { Condition, RedactionGroup, RedactionRule, RedactionTheme } from './redaction-rule';
import { pairs } from './redaction-pairs';
import { receipts } from './redaction-receipts';
import { postal } from './redaction-postal';
import { brokenJson } from './redaction-parsers';
import { people } from './redaction-people';
import { positions } from './redaction-positions';
import { prose } from './redaction-prose';
import { redis } from './redaction-redis';
import { redisKeys } from './redaction-redis-keys';
import { services } from './redaction-services';
import { sql } from './redaction-sql';
import { sqlLiterals } from './redaction-sql-literals';
import { cookies, decoding, kept } from './redaction-text';
import { prefixedTokens } from './redaction-tokens';
import { tools } from './redaction-tools';
import { urlLogins } from './redaction-url-logins';
import { anyParameters } from './redaction-url-parameters';
import { urls } from './redaction-urls';

export { plainLines } from './redaction-plain';
export {
  type Condition,
  folded,
  harmless,
  patternOf,
  type RedactionGroup,
  type RedactionRule,
  type RedactionTheme,
} from './redaction-rule';

export const isTexts = (condition: Condition | undefined): condition is readonly string[] =>
  Array.isArray(condition);

/** The condition of a group. @returns undefined if the group has no condition and always applies */
export function conditionOf({ when, rules }: RedactionGroup): Condition | undefined {
  if (when !== undefined) return when;
  const texts = rules.map((rule) => rule.when);
  return texts.every(isTexts) ? [...new Set(texts.flat())] : undefined;
}

/** A theme whose condition is that one of its groups' strings occurs. */
function theme(name: string, groups: readonly RedactionGroup[]): RedactionTheme {
  const texts = groups.flatMap((group) => {
    const own = group.opens ?? conditionOf(group);
    if (own === undefined || !isTexts(own)) throw new Error(`${group.name} opens by no texts`);
    return own;
  });
  return { name, when: [...new Set(texts)], groups };
}

/**
 * All redaction before a line leaves the machine, in this order. The spec's list ("PII Handling"):
 * passwords, tokens, card numbers, postal addresses and e-mail bodies are dropped; e-mail
 * addresses, wallets and phone numbers are masked. This table configures both agents, and the tests
 * check its examples. Limits: docs/redaction.md.
 *
 * A line that matches no condition of a theme passes unchecked, as most lines do.
 */
export const redactionThemes: readonly RedactionTheme[] = [
  theme('decoding', [decoding]),
  // Rules by field name come first, because a dropped value needs no other rule.
  theme('names', [
    redis,
    redisKeys,
    prose,
    dialogues,
    composedValues,
    headers,
    ...fieldGroups,
    pairs,
    spokenCodes,
    positions,
    opaqueValues,
    compared,
    cookies,
    sql,
    urls,
    sqlLiterals,
    kept,
  ]),
  theme('keys', [providerKeys, services, devices, tools, kept]),
  theme('identities', [brokenJson, people, receipts, kept]),
  theme('people', [
    otherCodes,
    languages,
    accounts,
    mailContent,
    postal,
    urlLogins,
    phoneFields,
    spokenPhones,
    plusPhones,
    wallets,
    mail,
    spelledMail,
    kept,
  ]),
  {
    name: 'unusual',
    when: unusual,
    groups: [
      ...[keyLines, providerKeys, urls, opaqueValues, encodedJson],
      { name: 'long', rules: [...numbers, ...prefixedTokens, ...longWallets] },
      anyParameters,
      kept,
    ],
  },
];

export const redactionGroups: readonly RedactionGroup[] = [
  ...new Set(redactionThemes.flatMap(({ groups }) => groups)),
];

export const redactionRules: readonly RedactionRule[] = redactionGroups.flatMap(
  ({ rules }) => rules,
);
