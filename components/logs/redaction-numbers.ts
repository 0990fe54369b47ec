import { type RedactionGroup, type RedactionRule, start } from './redaction-rule';

/** Numbers of payment cards by issuer and length. RE2 cannot check the Luhn digit. */
const cards = [
  '(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|2[0-9]{2}|4[4-9][0-9]|5[0-9]{2})|35[0-9]{2})',
  '3[47][0-9]{2}',
  '3(?:0[0-5]|[68][0-9])[0-9]',
] as const;
const card =
  `(?:${cards[0]}(?:[0-9]{12}|(?:[ -][0-9]{4}){3})` +
  `|${cards[1]}(?:[0-9]{11}|[ -][0-9]{6}[ -][0-9]{5})` +
  `|${cards[2]}(?:[0-9]{10}|[ -][0-9]{6}[ -][0-9]{4})` +
  '|62[0-9]{17}|4[0-9]{18})';

/**
 * What may precede a number, so that it is not part of an id, a longer number, a version or base64.
 */
const before = '(?:^|[^0-9A-Za-z.+_-]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})';

/** North American numbers without a country code. Both separators are required. */
const localPhone = '(?:\\([2-9][0-9]{2}\\) ?[0-9]{3}[ .-]|[2-9][0-9]{2}[.-][0-9]{3}[.-])';

/** As a JSON number, with fraction and exponent. */
const cardNumber = `${card}(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`;

export const numbers: readonly RedactionRule[] = [
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
    changes: [
      ['card 4111 1111 1111 1111 and 378282246310005', 'card [redacted] and [redacted]'],
      ['{"m":"5555-5555-5555-4444"}', '{"m":"[redacted]"}'],
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
    when: ['card', 'pan', 'visa', 'amex', 'cc'],
    changes: [['card_4539148803436467', 'card_[redacted]']],
    leaves: ['ord_4111111111111111'],
  },
];

const streets =
  '(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Walk|Way|Row|Drive|Dr|Close|Court|Ct|Place|Pl|Square|Sq|Gardens|Terrace|Crescent|Boulevard|Blvd|Parkway|Highway|Pkwy|Hwy|Hill|Grove|Mews|Trail|Circle|Circus|Quay|Wharf)';

export const postal: RedactionGroup = {
  name: 'postal',
  when: [
    ...[
      'addr',
      'street',
      'road',
      'avenue',
      'lane',
      'walk',
      'drive',
      'court',
      'place',
      'square',
      'terrace',
      'crescent',
    ],
    ...['boulevard', 'straße', 'strasse', 'platz', 'allee', 'gardens', ' row', ' way', 'close'],
    ...['weg ', 'damm ', 'ufer ', 'straat ', 'laan ', 'gracht ', ' rue ', ' quai ', 'chemin '],
    ...['impasse ', 'calle ', 'avenida ', 'rua ', 'viale ', 'piazza ', 'pkwy', 'hwy', 'direcci'],
    ...[
      'adresse',
      'anschrift',
      'indirizzo',
      'trail',
      'circle',
      'circus',
      'quay',
      'wharf',
      'gasse ',
      'str. ',
    ],
    ...[
      'lvd',
      'parkway',
      'highway',
      ' st',
      ' rd',
      ' ave',
      ' dr',
      ' ln',
      ' hill',
      ' grove',
      ' mews',
    ],
  ],
  opens: [
    ...[
      'str. ',
      'ddr',
      'stree',
      'straße',
      'strasse',
      'avenue',
      'lvd',
      ' road',
      ' walk',
      ' lane',
      ' way,',
    ],
    ...[' drive,', ' court,', ' place,', 'square,', 'terrace', 'crescent', 'boulevard', 'parkway'],
    ...[
      'highway',
      ...['weg ', 'straat ', ' rue ', 'calle ', 'pkwy', 'adresse', 'anschrift', 'direcci'],
      ' st,',
      ' rd,',
      ' ave,',
      ' dr,',
      ' ln,',
      ' hill,',
      ' grove,',
      ' mews',
      ' row,',
      ' close,',
    ],
  ],
  rules: [
    {
      name: 'xml-address',
      when: ['</'],
      before:
        '(?i:<(?:[a-z0-9]+:)?[a-z0-9_-]{0,20}(?:address(?:_?line)?_?[0-9]?|adrline|street(?:_?(?:line|name))?_?[0-9]?|strtnm|post(?:al)?_?code|pstcd|zip_?(?:code)?)>)',
      secret: '(?:[^<>"\\s]+ [^<>"]*|[A-Z]{1,2}[0-9][^<>"]*|[0-9]{4,6})',
      after: '</',
      replacement: '[redacted]',
      changes: [
        ['<AddressLine>Via Roma 88</AddressLine>', '<AddressLine>[redacted]</AddressLine>'],
        [
          '<Street>x y</Street><ZipCode>50968</ZipCode>',
          '<Street>[redacted]</Street><ZipCode>[redacted]</ZipCode>',
        ],
      ],
      leaves: ['<IpAddress>10.0.0.5</IpAddress>'],
    },
    {
      name: 'json-address',
      // A wallet or a host contains no space.
      before:
        '(?i:"[a-z0-9_.-]{0,30}(?:address(?:es)?|adresse|anschrift|direcci[oó]n|indirizzo|location)"\\s*:\\s*)',
      secret: `(?:"(?:[^"\\\\\\s]|\\\\.)*\\s(?:[^"\\\\]|\\\\.)*"?|\\{[^{}]*"(?i:street|line_?1|city|zip|post(?:al)?_?code)[a-z0-9_]*"\\s*:(?:[^{}"]|"(?:[^"\\\\]|\\\\.)*")*\\}|\\["(?:[^"\\\\\\s]|\\\\.)*\\s(?:[^"\\\\]|\\\\.)*"[^\\]]*\\])`,
      replacement: '"[redacted]"',
      when: ['address', 'location', 'adresse', 'anschrift', 'direcci', 'indirizzo'],
      changes: [
        ['{"address":"12 Main Street, Springfield"}', '{"address":"[redacted]"}'],
        ['{"address":{"line1":"x","city":"y"},"n":1}', '{"address":"[redacted]","n":1}'],
      ],
      leaves: ['{"address":"10.0.0.5:9090"}', '{"address":"api-server:9090"}'],
    },
    {
      name: 'escaped-json-address',
      before: '(?i:address\\\\+"\\s*:\\s*\\\\+")',
      secret: '[^"\\\\\\s]*\\s(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\[nrtbfu/])*',
      replacement: '[redacted]',
      when: ['\\"'],
      changes: [
        [
          '{"m":"{\\"address\\": \\"2 Bramble Row\\"}"}',
          '{"m":"{\\"address\\": \\"[redacted]\\"}"}',
        ],
      ],
      leaves: ['{"m":"{\\"address\\": \\"10.0.0.5\\"}"}'],
    },
    {
      name: 'text-address',
      before:
        "(?i:(?:addr(?:ess)?|adresse|anschrift|direcci[oó]n|indirizzo)(?:['`]|\\\\+[\"'])?\\s*(?:=>|[:=])\\s*)",
      secret:
        '(?:"[^",:}\\]\\s]*\\s[^"]*"|\'[^\'\\s]*\\s[^\']*\'|\\\\+"[^"\\\\\\s]*\\s[^"\\\\]*\\\\+"|\\{[^{}"]*\\})',
      replacement: '[redacted]',
      changes: [
        ['address="14 Bluebell Walk, Cardiff" id=7', 'address=[redacted] id=7'],
        ["{ address: '6 Snowberry Way', ok: true }", '{ address: [redacted], ok: true }'],
      ],
      leaves: ["address: '10.0.0.5:80'", '{"address":"","x":"a b"}'],
    },
    {
      name: 'street-and-number',
      before: start,
      secret: `(?:[0-9]{1,5}[a-zA-Z]? (?:[A-Z][A-Za-z'-]+ ){1,3}${streets}|[A-ZÄÖÜ][a-zäöüß-]+(?:straße|strasse|str\\.|platz|allee|gasse|weg|damm|ufer|straat|laan|gracht) [0-9]{1,4}[a-z]?)`,
      after: '(?:\\b|$)',
      replacement: '[redacted]',
      changes: [
        ['ship to 14 Bluebell Walk, Cardiff', 'ship to [redacted], Cardiff'],
        ['1600 Amphitheatre Parkway, Mountain View', '[redacted], Mountain View'],
        ['to 12 High St, London', 'to [redacted], London'],
        ['an Hauptstraße 12a, Berlin', 'an [redacted], Berlin'],
      ],
      leaves: ['5 retries on the Way', 'took 3 Drive operations'],
    },
    {
      name: 'code-after-street',
      // What remains of an address after the rule above.
      before: "\\[redacted\\],? (?:[A-Z][A-Za-z'-]+,? ){0,3}",
      secret: '(?:[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|[0-9]{4} [A-Z]{2})',
      after: '\\b',
      replacement: '[redacted]',
      changes: [
        ['to [redacted] Leeds LS6 2AB via street', 'to [redacted] Leeds [redacted] via street'],
      ],
      leaves: ['street [redacted] Leeds', 'street [redacted] 42 of 3'],
    },
    {
      name: 'street-and-number-elsewhere',
      before: start,
      secret: `(?:[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:rue|chemin|impasse|quai) (?:de |du |des |la |les |d'|l'){0,2}[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]+|(?:Calle|Avenida|Rua|Viale|Piazza) (?:de |del |da |do )?[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]+,? [0-9]{1,4})`,
      after: '(?:\\b|$)',
      replacement: '[redacted]',
      when: [
        ...[' rue ', ' quai ', 'chemin ', 'impasse ', 'calle ', 'avenida ', 'rua ', 'viale '],
        'piazza ',
      ],
      changes: [
        ['au 12 rue des Lilas, Paris', 'au [redacted], Paris'],
        ['Calle Mayor 12, Madrid', '[redacted], Madrid'],
      ],
      leaves: ['la rue 12', 'Calle 12'],
    },
  ],
};
