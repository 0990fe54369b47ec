import { keep, type RedactionRule } from './rule';

/** Between two words of a name. */
export const joint = '[ _.-]?';
/** Between a name and its value. */
export const separator = '\\s*(?:=>|[:=])\\s*';

/** Two to six words, of which the first has a capital. */
export const fullName = "[A-ZÀ-Ž][A-Za-zÀ-ž.'’-]*(?: [A-Za-zÀ-ž.'’-]+){1,5}";

const roleNames = [
  ...['applicant', 'buyer', 'contact', 'customer', 'employee', 'guest', 'recipient', 'requester'],
  ...['sender', 'signer', 'subscriber'],
] as const;
const roles = roleNames.join('|');
/** Folded strings. Every line with such a name contains at least one of them. */
export const roleWords: readonly string[] = roleNames.flatMap((role) =>
  ['n', '_n', ' n'].map((end) => role + end),
);

/** A full name without quotes: all words have a capital, except those before a family name. */
const bareFullName =
  "[A-ZÀ-Ž][a-zà-ž.'’-]*(?: (?:(?:van|von|de[lnr]?|d[aiou]s?|la|le|zu|al|bin) )*[A-ZÀ-Ž][A-Za-zÀ-ž.'’-]*){1,4}";

/**
 * Replaces a full name without quotes after a field. The rules for fields would end after the first
 * name. @param field pattern, case-insensitive
 */
export const nameInWords = (
  field: string,
  rule: Pick<RedactionRule, 'name' | 'when' | 'changes' | 'leaves'>,
): RedactionRule => ({
  ...rule,
  before: `(?i:${field}${separator})`,
  secret: bareFullName,
  after: '(?:[\\s"\'\\\\,;)|&]|$)',
  replacement: '[redacted]',
});

/** Full names of things that are not people. The rules for people skip them. */
export const otherFullName: RedactionRule = {
  name: 'other-full-name',
  // Names of repositories, font families and tests.
  before: `(?i:(?:full_?name|font_?family_?name)\\\\*["'\`]?${separator})`,
  secret: '',
  after:
    '\\\\*["\']?(?:[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]|[^"\'\\\\]{0,80}(?: (?:should|is|has|does|returns)|: )[ A-Za-z])',
  replacement: keep,
  when: ['fulln', 'full_n', 'familyn', 'family_n'],
  changes: [
    ['{"full_name":"audifi/api"}', `{"full_name":${keep}"audifi/api"}`],
    ['"fullName":"redaction: is fast"', `"fullName":${keep}"redaction: is fast"`],
  ],
  leaves: ['{"fullName":"Ada Lovelace"}'],
};

/** `fullName=Ada Lovelace n=1` */
export const partyInWords = nameInWords(
  `\\b(?:payee|creditor|debtor|beneficiary|payer|(?:${roles}|full|legal)${joint}name)`,
  {
    name: 'party-in-words',
    changes: [
      ['payee=Ada de la Cruz amount=3', 'payee=[redacted] amount=3'],
      ['fullName: Ada Lovelace, n: 1', 'fullName: [redacted], n: 1'],
    ],
    leaves: ['payee=acct_1PzX N', 'payer: unknown Name', 'fileName=Ada Lovelace'],
  },
);

/** A field with a number of a person, or a date of birth. */
const field = `[a-z0-9_.-]*?(?:(?:account|routing|card|passport|document|tax)${joint}(?:number|no|id)|iban|ssn|dob|date${joint}of${joint}birth|birth${joint}(?:date|day))`;

/** Parties of a payment, and numbers that only their context names. */
export const parties: readonly RedactionRule[] = [
  {
    name: 'party',
    // A wallet or an ID is not a person's name.
    before: `(?i:\\b(?:payee|creditor|debtor|beneficiary|payer|recipient|(?:(?:account|card)${joint})?holder|(?:${roles})${joint}name)(?:\\\\*["'])?${separator}\\\\*["'])`,
    secret: fullName,
    after: '\\\\*["\']',
    replacement: '[redacted]',
    when: [
      ...['payee', 'creditor', 'debtor', 'beneficiary', 'payer', 'holder', 'recipient'],
      ...roleWords,
    ],
    changes: [
      ['payee="Ada Lovelace" n=1', 'payee="[redacted]" n=1'],
      ['{"customerName":"Ada Lovelace"}', '{"customerName":"[redacted]"}'],
      ['{"creditor":"Ada van L"}', '{"creditor":"[redacted]"}'],
      ['{"m":"{\\"holder\\":\\"Ada Moser\\"}"}', '{"m":"{\\"holder\\":\\"[redacted]\\"}"}'],
    ],
    leaves: ['{"payer":"0x52908400098527886E0F"}', 'payee=acct_1PzX', '{"holder":"lock"}'],
  },
  {
    name: 'party-of-account',
    // The owner of the account whose number is before it.
    before: `(?i:\\biban\\b[^\\n"']{0,60}\\bname(?:\\\\*["'])?${separator}\\\\*["'])`,
    secret: fullName,
    after: '\\\\*["\']',
    replacement: '[redacted]',
    when: ['iban'],
    changes: [
      ['creditor IBAN NL91 name="M. van D" n=1', 'creditor IBAN NL91 name="[redacted]" n=1'],
    ],
    leaves: ['IBAN check name="sepa-export"', 'bank name="M. van D"'],
  },
  {
    name: 'party-in-xml',
    // Elements of a bank transfer in XML (ISO 20022).
    before: '<(?:[a-z0-9]+:)?(?:Nm|BirthDt|CtryOfBirth|CityOfBirth)>',
    secret: '[^<>"\\s][^<>"]*',
    after: '</',
    replacement: '[redacted]',
    when: ['</'],
    changes: [['<Cdtr><Nm>Ada L</Nm></Cdtr>', '<Cdtr><Nm>[redacted]</Nm></Cdtr>']],
    leaves: ['<Nm></Nm>', '<Nb>x</Nb>'],
  },
  {
    name: 'listed-number',
    // A value that a validator rejects, after the name of the field.
    before: `(?i:\\\\*["'](?:[a-z0-9_.-]*[_.-])?(?:(?:account|routing|card|passport|document|id|tax)${joint}(?:number|no|id)|iban|ssn|dob|date_?of_?birth))\\\\*["']\\s*,\\s*\\\\*["']`,
    secret: '[^"\'\\\\]*[0-9][^"\'\\\\]{3,}',
    replacement: '[redacted]',
    changes: [
      [
        '{"arguments":["accountNumber","8310027745196"]}',
        '{"arguments":["accountNumber","[redacted]"]}',
      ],
      ["[ 'document_number', 'LV6238841' ]", "[ 'document_number', '[redacted]' ]"],
    ],
    leaves: ['["documentNumber","routingNumber"]', "[ 'ssn', 'dob' ]"],
  },
  {
    name: 'bank-account',
    // Beside the number of its bank, as Plaid returns both.
    before: `(?i:\\baccount(?:\\\\*["'])?${separator}\\\\*["'])`,
    secret: '[0-9]{4,17}',
    after: '\\\\*["\'][^\\n]{0,120}?(?i:routing)',
    replacement: '[redacted]',
    when: ['routing'],
    changes: [["{ account: '000930', routing: '01' }", "{ account: '[redacted]', routing: '01' }"]],
    leaves: ["{ account: '000930' }", "account: 'acct_1', routing: '01'"],
  },
  {
    name: 'rejected-value',
    before: '(?i:\\bvalue(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
    secret: '[^"\'\\\\\\n]+',
    after: `\\\\*["'],\\s*(?i:\\\\*["']?(?:property|path|field|param)(?:\\\\*["'])?\\s*:\\s*\\\\*["']${field}\\\\*["'])`,
    replacement: '[redacted]',
    when: ['value'],
    changes: [
      ["{ value: '2001-13-40', property: 'dob' }", "{ value: '[redacted]', property: 'dob' }"],
    ],
    leaves: ["{ value: 'x', property: 'dobro' }"],
  },
  {
    name: 'rejected-argument',
    before: `(?i:\\\\*["'](?:path|field)\\\\*["']\\s*:\\s*\\\\*["']${field}\\\\*["'],\\s*\\\\*["']arguments\\\\*["']\\s*:\\s*\\[\\s*\\\\*["'])`,
    secret: '[^"\'\\\\\\n]+',
    replacement: '[redacted]',
    when: ['arguments'],
    changes: [
      [
        '{"path":"a.accountNumber","arguments":["004718"]}',
        '{"path":"a.accountNumber","arguments":["[redacted]"]}',
      ],
    ],
    leaves: ['{"path":"title","arguments":["x"]}'],
  },
  {
    name: 'number-of-document',
    before: `(?i:(?:passport|id_?docs?[a-z_]*|identity_?(?:document|card)|national_?id|driv(?:ing|ers?)_?licen[cs]e)[^\\n]{0,120}?\\bnumber(?:\\\\*["'])?${separator}\\\\*["'])`,
    secret: '[A-Z0-9 -]*[0-9][A-Z0-9 -]{3,}',
    replacement: '[redacted]',
    when: ['number'],
    changes: [
      [
        "idDocs: [ { idDocType: 'PASSPORT', number: 'LV6238841' } ]",
        "idDocs: [ { idDocType: 'PASSPORT', number: '[redacted]' } ]",
      ],
    ],
    leaves: ["idDocs: [ { number: 'none' } ]", "{ number: 'LV6238841' }"],
  },
];
