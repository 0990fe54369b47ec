/**
 * Masks personal data and secrets in logs and traces. The log pipeline masks them again, but a
 * service that masks is safe wherever its output goes.
 */

/** user@example.com → u***@example.com */
export function maskEmail(email: string): string {
  const [, first, domain] = /^(.)[^@]*@([\w.-]+)$/s.exec(email) ?? [];
  return first === undefined || domain === undefined ? '***' : `${first}***@${domain}`;
}

/** 0x52908400098527886E0F7030069857D2E4169EE7 → 0x5290…9EE7 */
export const maskWallet = (address: string): string =>
  /^0x[0-9a-fA-F]{40}$/.test(address) ? `${address.slice(0, 6)}…${address.slice(-4)}` : '***';

/** +49 170 1234567 → ***4567 */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 7 ? '***' : `***${digits.slice(-4)}`;
}

/** Names of fields, headers and parameters whose values are never written. */
export const secretNames = [
  ...['password', 'passwd', 'passphrase', 'secret', 'client_secret', 'token', 'access_token'],
  ...['refresh_token', 'id_token', 'api_key', 'apikey', 'x-api-key', 'authorization'],
  ...['proxy-authorization', 'cookie', 'set-cookie', 'session_token', 'stripe-signature'],
  ...['private_key', 'mnemonic', 'code', 'card_number', 'cvc', 'address_line1', 'address_line2'],
] as const;

const removed = '[removed]';
const named = secretNames.join('|');

/** In this order: a rule for a whole secret runs before rules for text that may be part of it. */
const rules: readonly (readonly [RegExp, string | ((hit: string) => string)])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
  // Headers: up to the end of the line, because a cookie header has many values.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n"']+/gi, `$1$2${removed}`],
  [new RegExp(`\\b(${named})(["']?\\s*[:=]\\s*["'])[^"']*`, 'gi'), `$1$2${removed}`],
  [new RegExp(`\\b(${named})(["']?\\s*[:=]\\s*)[^\\s"',;&}\\]]+`, 'gi'), `$1$2${removed}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${removed}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, removed],
  [/\b(?:[srp]k_(?:live|test)|whsec|xox[abprs])[_-][\w-]+/g, removed],
  // Our own session tokens (tokens.ts).
  [/\bst1\.[\w-]+\.[\w-]+/g, removed],
  [/[^\s@"'<>(),:;=&?\\[\]]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g, maskEmail],
  [/0x[0-9a-fA-F]{40}(?![0-9a-fA-F])/g, maskWallet],
  [/(?<![\w.+-])\+\d[\d ().-]{5,20}\d(?!\w)/g, maskPhone],
  [/(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w.-])/g, maskPhone],
];

/** A quick test for text that may contain something to mask. Most texts do not match. */
const suspicious = new RegExp(
  `[@+]|0x|eyJ|-----BEGIN|Bearer|Basic|st1\\.|_live_|_test_|whsec|xox|\\d{3}[-. )]|${named}`,
  'i',
);

/** Masks personal data and secrets, and truncates very long text. */
export function scrub(value: string): string {
  const short = value.length > 8_000 ? `${value.slice(0, 8_000)}…` : value;
  if (!suspicious.test(short)) return short;
  return rules.reduce((line, [pattern, by]) => line.replace(pattern, by as string), short);
}
