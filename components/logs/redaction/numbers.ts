import { keep, type RedactionRule, start } from './rule';

/** Numbers of payment cards by issuer and length. RE2 cannot check the Luhn digit. */
const cards = [
  '(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|2[0-9]{2}|4[4-9][0-9]|5[0-9]{2}|304|759|76[1-3])|50(?:1[89]|20|38)|5893|35[0-9]{2})',
  '3[47][0-9]{2}',
  '3(?:0[0-5]|[68][0-9])[0-9]',
] as const;
const card =
  `(?:${cards[0]}(?:[0-9]{12}|(?:[ +-][0-9]{4}){3})` +
  `|${cards[1]}(?:[0-9]{11}|[ +-][0-9]{6}[ +-][0-9]{5})` +
  `|${cards[2]}(?:[0-9]{10}|[ -][0-9]{6}[ -][0-9]{4})` +
  '|62[0-9]{17}|4[0-9]{18})';

/**
 * What may precede a number, so that it is not part of an id, a longer number, a version or base64.
 */
const before = `(?:^|[^0-9A-Za-z.+_${keep}-]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})`;

/** North American numbers without a country code. Both separators are required. */
const localPhone = '(?:\\([2-9][0-9]{2}\\) ?[0-9]{3}[ .-]|[2-9][0-9]{2}[.-][0-9]{3}[.-])';

/** As a JSON number, with fraction and exponent. */
const cardNumber = `${card}(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`;

/** A fast check of digits for the patterns of cards, which are slow. */
const cardLike = { matches: '[0-9]{4}(?:[0-9]{9}|[ +-][0-9]{4,6}[ +-])' } as const;

export const numbers: readonly RedactionRule[] = [
  {
    name: 'time-in-nanoseconds',
    // A number with a unit is not a card number.
    before:
      '(?:(?i:[_.-](?:ns|us|µs|ps|nsecs?|usecs?|bytes)|nanos|micros|nano_?seconds?|micro_?seconds?|hrtime|monotonic|cycles|ticks)|[a-z](?:N[sS]|U[sS]|NSec|USec))(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?',
    secret: '',
    after: '[0-9]{13,19}(?:[^0-9]|$)',
    replacement: keep,
    when: { matches: '[0-9]{13}' },
    changes: [
      ['hrtime_ns=4917283640192837 n=1', `hrtime_ns=${keep}4917283640192837 n=1`],
      ['{"durationNs":4917283640192837}', `{"durationNs":${keep}4917283640192837}`],
    ],
    leaves: ['bonus=4917283640192837', '{"ns":"x","card":4917283640192837}'],
  },
  {
    name: 'bare-iban',
    // IBANs of countries whose format no other kind of number has.
    before: start,
    secret:
      '(?:DE[0-9]{20}|ES[0-9]{22}|PL[0-9]{26}|PT[0-9]{23}|AT[0-9]{18}|CH[0-9]{19}|FR[0-9]{12}[0-9A-Z]{11}[0-9]{2}|IT[0-9]{2}[A-Z][0-9]{10}[0-9A-Z]{12}|(?:GB|IE)[0-9]{2}[A-Z]{4}[0-9]{14}|NL[0-9]{2}[A-Z]{4}[0-9]{10})',
    after: '(?:[^0-9A-Za-z]|$)',
    replacement: '[redacted]',
    changes: [
      ["raw: '4410;DE02120300000000202051;EUR'", "raw: '4410;[redacted];EUR'"],
      ['NL91ABNA0417164300 ok', '[redacted] ok'],
    ],
    leaves: ['DE0212030000000020205', 'id=AT2026112810000000001'],
  },
  {
    name: 'local-phone',
    before,
    secret: localPhone,
    after: '[0-9]{4}\\b',
    replacement: '***',
    changes: [['call 555-123-4567, (555) 123-4567', 'call ***4567, ***4567']],
    leaves: [
      '2024-11-01 10.0.0.1',
      '550e8400-e29b-41d4-a716-446655440000',
      '555 items',
      '1.555.123.4567',
    ],
  },
  {
    name: 'card-number-value',
    // The closing quote of the key. A quote after a backslash is inside a string, where the
    // replacement must not end it.
    before: '(?:^|[^\\\\])"\\s*:\\s*',
    secret: cardNumber,
    after: '\\b',
    replacement: '"[redacted]"',
    when: cardLike,
    changes: [['{"n":4111111111111111}', '{"n":"[redacted]"}']],
    leaves: ['{"time":1730462400000,"ns":1730462400000000000}', '{"n":411111111111}'],
  },
  {
    name: 'card-number-item',
    // In a list, or in JSON inside a string: `null` is valid in both, with and without quotes
    // around it.
    before: '(?:\\[|,|"\\s*:\\s*)',
    secret: cardNumber,
    after: '\\b',
    replacement: 'null',
    when: cardLike,
    changes: [
      ['{"n":[1,4111111111111111,5555555555554444.5]}', '{"n":[1,null,null]}'],
      ['{"m":"{\\"n\\":4111111111111111}"}', '{"m":"{\\"n\\":null}"}'],
    ],
    leaves: ['{"n":[1730462400000,1730462400000000000]}'],
  },
  {
    name: 'card-number',
    before,
    secret: card,
    after: '(?:\\b|\\\\)',
    replacement: '[redacted]',
    when: cardLike,
    changes: [
      ['card 4111 1111 1111 1111 and 378282246310005', 'card [redacted] and [redacted]'],
      ['{"m":"5555-5555-5555-4444"}', '{"m":"[redacted]"}'],
      ['?card=4539+1488+0343+6467&n=1', '?card=[redacted]&n=1'],
      ['declined 6759649826438453', 'declined [redacted]'],
      ['{"m":"card:\\n4539148803436467\\nok"}', '{"m":"card:\\n[redacted]\\nok"}'],
    ],
    leaves: [
      '4111111111111111111111',
      '41111111-1111-1111-1111-111111111111',
      'took 4111.1111111111111 ms',
      '{"id":"ord_4111111111111111"}',
    ],
  },
  {
    name: 'spaced-iban',
    before: start,
    secret: '[A-Z]{2}[0-9]{2} (?:[A-Z]{4}|[A-Z]?[0-9]{3,4})(?: [0-9]{4}){2,6}(?: [0-9]{1,3})?',
    after: '\\b',
    replacement: '[redacted]',
    changes: [['payout to NL91 ABNA 0417 1643 00 failed', 'payout to [redacted] failed']],
    leaves: ['DE89 of 3704 0044', 'ES20 2026 1126'],
  },
  {
    name: 'named-card-number',
    before: '(?i:(?:card|pan|visa|mastercard|amex|cc)[_/.-])',
    secret: card,
    after: '(?:\\b|_)',
    replacement: '[redacted]',
    when: cardLike,
    changes: [['card_4539148803436467', 'card_[redacted]']],
    leaves: ['ord_4111111111111111'],
  },
];
