import { type RedactionGroup, start } from './rule';

const countries =
  'A[DETZ]|B[AEGHRY]|C[HRYZ]|D[EKO]|E[EGS]|F[IOR]|G[BEILRT]|H[RU]|I[ELST]|JO|K[WZ]|L[BCITUV]|M[CDEKRTU]|N[LO]|P[KLST]|QA|RO|RS|S[AEIKM]|T[LNR]|UA|VG|XK';

/** Numbers of bank accounts by their format, in lines about payments. */
export const accounts: RedactionGroup = {
  name: 'accounts',
  when: [
    ...['iban', 'sepa', 'mandate', 'payout', 'account', 'acct', 'bank', 'debtor', 'creditor'],
    ...['refund', 'withdraw', 'beneficiary', 'transfer', 'pain.0', 'camt.'],
  ],
  rules: [
    {
      name: 'iban',
      // In MT940, a field number (`?31`) precedes the account.
      before: `(?:${start}|\\?[0-9]{2})`,
      secret: `(?:${countries})[0-9]{2}(?:[A-Z]{4}[0-9A-Z]{6,24}|[A-Z]?[0-9]{10}[0-9A-Z]{1,18})`,
      after: '(?:[^0-9A-Za-z]|$)',
      replacement: '[redacted]',
      changes: [
        ['payout to GB33BUKB20201555555555 failed', 'payout to [redacted] failed'],
        ["{ consumerAccount: 'NL11ABNA0957209263' }", "{ consumerAccount: '[redacted]' }"],
        ['SEPA :86:166?31DE51370400443295292939?32', 'SEPA :86:166?31[redacted]?32'],
        ['{"m":"IBAN:\\nDE72500105170487191196"}', '{"m":"IBAN:\\n[redacted]"}'],
      ],
      leaves: ['payout of GBAYE0601498', 'account DE2026', 'bank SE12345678'],
    },
    {
      name: 'iban-in-groups',
      before: start,
      secret: `(?:${countries})[0-9]{2}(?: [0-9A-Z]{4}){3,7}(?: [0-9A-Z]{1,3})?`,
      after: '(?:[^0-9A-Za-z]|$)',
      replacement: '[redacted]',
      changes: [
        ["IBAN 'FR14 2004 1010 0505 0001 3M02 606' x", "IBAN '[redacted]' x"],
        ['payout to DE89 3704 0044 0532 0130 00', 'payout to [redacted]'],
      ],
      leaves: ['account DE20 26'],
    },
    {
      // Numbers of banks, such as sort codes and routing numbers, are public.
      name: 'account-number',
      before:
        '(?i:\\b(?:bank[ _-]?account(?:[ _-]?n(?:umber|um|o\\.?|r\\.?))?|acc(?:oun)?t[ _-]?(?:no\\.|nr\\.|#)|acct[ _-]?(?:number|num|no))' +
        '(?:\\\\*["\'])?(?: is | ?(?:=>|[:=#]) ?| )(?:\\\\*["\'])?)',
      secret: '[0-9](?:[ -]?[0-9]){4,18}',
      after: '(?:[^0-9A-Za-z]|$)',
      replacement: '[redacted]',
      when: ['bank', 'acc'],
      changes: [
        ['payout to bank account 000123456789 failed', 'payout to bank account [redacted] failed'],
        ['{"bankAccount":"000123456789"}', '{"bankAccount":"[redacted]"}'],
        ['acct no. 0001-2345-6789', 'acct no. [redacted]'],
      ],
      leaves: ['bank account ending in 6789', 'account 8812 has 3 payouts', 'bankAccount: ba_1N'],
    },
  ],
};
