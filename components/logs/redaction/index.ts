import { accounts } from './accounts';
import { addressFields } from './address-fields';
import { argumentLists, loginLists } from './argument-lists';
import { encodedJson } from './encoded';
import { fieldGroups } from './fields';
import { callers, callNumbers } from './calls';
import { chats } from './chats';
import { compared } from './compared';
import { decodedRows } from './decoded-rows';
import { otherCodes, spokenCodes } from './codes';
import { devices } from './devices';
import { dialogues } from './dialogues';
import { groupedKeys } from './grouped-keys';
import { composedValues, headers } from './headers';
import { greetings } from './greetings';
import { keyLines, providerKeys } from './keys';
import { languages } from './languages';
import { notations } from './notations';
import { nestedNames } from './nested-names';
import { numbers } from './numbers';
import { placeholders } from './names-of-secrets';
import { opaqueValues } from './opaque';
import { unusual } from './ordinary';
import { mail, mailContent } from './mail';
import { mailNames, namesBeside } from './mail-names';
import { mailParts } from './mail-parts';
import { mailRecipients } from './mail-recipients';
import { phoneFields, plusPhones } from './phones';
import { walletSecrets } from './wallet-secrets';
import { longWallets, wallets } from './wallets';
import type { Condition, RedactionGroup, RedactionRule, RedactionTheme } from './rule';
import { pairs } from './pairs';
import { passwordForms } from './password-forms';
import { rareKeys } from './rare-keys';
import { receipts } from './receipts';
import { postal } from './postal';
import { postgresLanguages, postgresRows } from './postgres-languages';
import { brokenJson } from './parsers';
import { people, peopleAbroad } from './people';
import { personRecords } from './person-records';
import { personFields } from './persons';
import { positions } from './positions';
import { prose } from './prose';
import { namedProtocolSecrets, protocolSecrets } from './protocol-secrets';
import { redis } from './redis';
import { redisKeys } from './redis-keys';
import { redisPeople } from './redis-people';
import { services } from './services';
import { sessionFields } from './sessions';
import { shortNames, shortTokens, storedSessions } from './short-names';
import { quotedPrintable, spelledMail } from './spelled-mail';
import { spokenPhones } from './spoken-phones';
import { sql } from './sql';
import { sqlLiterals } from './sql-literals';
import { sqlPasswords } from './sql-passwords';
import { cookies, decoding, kept } from './text';
import { prefixedTokens } from './tokens';
import { tools } from './tools';
import { urlLogins } from './url-logins';
import { anyParameters } from './url-parameters';
import { urls } from './urls';

export { longLine } from './caddy-lines';
export { plainLines } from './plain';
export {
  type Condition,
  folded,
  harmless,
  patternOf,
  type RedactionGroup,
  type RedactionRule,
  type RedactionTheme,
} from './rule';

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
  return { name, when: [...new Set(groups.flatMap(opening))], groups };
}

/** The strings of a group that open its theme. */
function opening(group: RedactionGroup): readonly string[] {
  const own = group.opens ?? conditionOf(group);
  if (own === undefined || !isTexts(own))
    throw new Error(`${group.name} has no strings that open its theme`);
  return own;
}

/**
 * Groups as one. The collector compares each line with the condition of each group, so groups that
 * few lines need are joined.
 */
function together(name: string, ...groups: readonly RedactionGroup[]): RedactionGroup {
  const rules = groups.flatMap((group) =>
    group.rules.map((rule) => {
      if (group.when === undefined) return rule;
      if (rule.when !== undefined) throw new Error(`${rule.name} has two conditions`);
      return { ...rule, when: group.when };
    }),
  );
  return { name, opens: groups.flatMap(opening), rules };
}

/**
 * All redaction before a line leaves the machine, in this order. The spec's list ("PII Handling"):
 * passwords, tokens, card numbers, postal addresses and e-mail bodies are dropped; e-mail
 * addresses, wallets and phone numbers are masked. This table configures both agents, and the tests
 * check its examples. Limits: docs/redaction.md.
 *
 * A line that matches no theme's condition passes unchecked, as most lines do.
 */
export const redactionThemes: readonly RedactionTheme[] = [
  theme('decoding', [decoding]),
  // Rules by field name come first, because a dropped value needs no other rule.
  theme('names', [
    sqlPasswords,
    redis,
    redisKeys,
    placeholders,
    notations,
    together('arguments', argumentLists, namedProtocolSecrets),
    prose,
    dialogues,
    composedValues,
    headers,
    ...fieldGroups,
    passwordForms,
    pairs,
    shortNames,
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
  theme('keys', [
    providerKeys,
    services,
    devices,
    tools,
    loginLists,
    together('rare-secrets', protocolSecrets, walletSecrets),
    kept,
  ]),
  theme('identities', [
    brokenJson,
    people,
    peopleAbroad,
    addressFields,
    receipts,
    decodedRows,
    chats,
    together('short-sessions', shortTokens, storedSessions, sessionFields),
    kept,
  ]),
  theme('persons', [together('persons', personRecords, personFields, greetings), kept]),
  theme('records', [
    together('records', postgresRows, postgresLanguages, redisPeople),
    nestedNames,
    together('calls-and-keys', callers, groupedKeys, rareKeys),
    kept,
  ]),
  theme('people', [
    otherCodes,
    languages,
    accounts,
    postal,
    callNumbers,
    phoneFields,
    spokenPhones,
    plusPhones,
    wallets,
    kept,
  ]),
  // Most lines with personal data contain only an e-mail address, and need no other theme.
  theme('mail', [
    mailParts,
    urlLogins,
    mailRecipients,
    mailContent,
    mailNames,
    namesBeside,
    mail,
    spelledMail,
    quotedPrintable,
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
