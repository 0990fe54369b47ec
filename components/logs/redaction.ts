import { fieldRules } from './redaction-fields';
import type { RedactionRule } from './redaction-rule';
import { valueRules } from './redaction-values';

export { patternOf, type RedactionRule } from './redaction-rule';

/**
 * What is masked or dropped before a line leaves the machine, in this order. The spec's list ("PII Handling"): passwords,
 * tokens, card numbers, postal addresses and e-mail bodies are dropped; e-mail addresses, wallets and phone numbers are
 * masked. Both agents are configured from this table, and the tests hold its examples.
 *
 * Limits, on purpose: what neither looks like a secret nor stands under a telling name is not found; a number with a card's
 * length and issuer is taken for a card, since RE2 cannot compute the check digit.
 */
export const redactionRules: readonly RedactionRule[] = [...fieldRules, ...valueRules];
