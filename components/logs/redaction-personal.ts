import {
  type Condition,
  encoded,
  json,
  keep,
  type RedactionGroup,
  type RedactionRule,
  start,
} from './redaction-rule';

/** In front of a name that is written in an address of mail: what may stand there and is none of it. */
const escaped = '(?:\\\\+[nrtbf]|\\\\+u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})?';
/** Letters and digits of any script. Go takes three times as long for `\\p{L}`, a table of hundreds of ranges. */
const letter = 'A-Za-z\\x{80}-\\x{10ffff}';
const domain = `(?:[${letter}0-9](?:[${letter}0-9-]*[${letter}0-9])?\\.)+[${letter}]{2,}`;

export const mail: RedactionGroup = {
  name: 'mail',
  when: ['@', '%40', '%2540'],
  rules: [
    {
      name: 'e-mail',
      // The spec's mask: the first letter and the domain stay.
      before: `${escaped}[${letter}0-9]`,
      secret: `(?:[${letter}0-9._+'-]|%(?:25)*(?:2[bBdDeE]|5[fF])|\\\\+u00[c-fC-F][0-9a-fA-F])*`,
      after: `${encoded.at}${domain}`,
      replacement: '***',
      changes: [
        ['user@example.com', 'u***@example.com'],
        [
          '{"to":["a@b.io","o\'brien+x@mail.example.co.uk"]}',
          '{"to":["a***@b.io","o***@mail.example.co.uk"]}',
        ],
        ['?next=%3Femail%3Dada.l%2540audifi.io&x=1', '?next=%3Femail%3Da***%2540audifi.io&x=1'],
        ['{"m":"to:\\nada@b.io"}', '{"m":"to:\\na***@b.io"}'],
      ],
      leaves: ['u***@example.com', 'react@18.2.0', 'audifi@localhost', 'nginx@sha256:0a1b2c'],
    },
    {
      name: 'quoted-e-mail',
      before: '\\\\*"',
      secret: '[^"@\\\\:,]{1,64}',
      after: `\\\\*"@${domain}`,
      replacement: '***',
      when: ['"@'],
      changes: [['signup \\"ada of l\\"@example.com', 'signup \\"***\\"@example.com']],
      leaves: ['{"a":""}'],
    },
  ],
};

/** Parts of a message; only where the line speaks of mail, since `text` and `content` are in others as well. */
const aboutMail: Condition = {
  matches: '(?:^|[^gta-z])e?mail|smtp|"subject"|\\bsubject:|"newsletter',
};

export const mailContent: RedactionGroup = {
  name: 'mail-content',
  when: [
    ...[
      'subject"',
      'subject\\',
      'subject:',
      "subject'",
      'text"',
      'text\\',
      'text:',
      "text'",
      'content"',
      'content\\',
      'content:',
    ],
    ...[
      "content'",
      'contents"',
      'attachment',
      'plain"',
      'snippet"',
      'preview"',
      'body"',
      '"amp"',
      'calendar"',
      'html',
    ],
  ],
  opens: ['mail', 'smtp', 'subject', 'newsletter'],
  rules: [
    {
      name: 'mail-part',
      when: aboutMail,
      before:
        '(?i:"(?:subject|text|content|contents|plain|snippet|preview|attachments?|text_?body|plain_?text|amp|calendar)"\\s*:\\s*)',
      secret: `(?:${json.text}|${json.composed})`,
      replacement: '"[redacted]"',
      changes: [
        ['{"mail":{"subject":"a \\"b\\"","x":1}}', '{"mail":{"subject":"[redacted]","x":1}}'],
        [
          '{"email":{"attachments":[{"filename":"x","content":"y"}]}}',
          '{"email":{"attachments":"[redacted]"}}',
        ],
      ],
      leaves: ['{"email":{"id":"x"}}', '{"context":"y"}'],
    },
    {
      name: 'mail-part-escaped',
      before:
        '(?i:\\\\+"(?:subject|text|content|contents|plain|snippet|preview|text_?body)\\\\+"\\s*:\\s*\\\\+")',
      secret: '(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\{3,}"|\\\\[nrtbfu/])*',
      replacement: '[redacted]',
      when: aboutMail,
      changes: [
        ['{"m":"mail {\\"subject\\":\\"a b\\"}"}', '{"m":"mail {\\"subject\\":\\"[redacted]\\"}"}'],
      ],
      leaves: ['{"m":"{\\"context\\":\\"a\\"}"}'],
    },
    {
      name: 'mail-part-in-text',
      when: aboutMail,
      before:
        "(?i:(?:^|[^a-z\"\\\\])'?(?:subject|text|content|plain|snippet|html|body|attachments)'?(?:: ?|=))",
      secret: `(?:'(?:[^'"\\\\]|\\\\.)*'|\\\\*"[^",:}\\]\\s](?:[^"\\\\]|\\\\+[^"\\\\])*\\\\*"|\\[(?:[^\\]"\\\\]|\\\\.)*\\])`,
      replacement: '[redacted]',
      changes: [
        ["mail { subject: 'a b', text: 'c' }", 'mail { subject: [redacted], text: [redacted] }'],
      ],
      leaves: ['mail subject: {', '"text": "x"'],
    },
  ],
};

const phone =
  '(?:phone|mobile|msisdn|tel(?:ephone|efon)?|fax|whatsapp|sms)(?:[_ -]?(?:phone|number|num|no|nr|to))?s?';
const phoneWords = [
  ...[
    'phone',
    'mobile',
    'msisdn',
    'telefon',
    'fax',
    'whatsapp',
    'sms',
    '"tel',
    "'tel",
    ' tel',
    '_tel',
  ],
  ...['{tel', '?tel', '&tel', '\\ntel'],
] as const;
/** Signs between digits, as people write them; in URLs as well. */
const gap = '(?: ?\\(0?\\) ?| \\(|\\) ?|-| |/|\\+|%20|%28|%29|%2D|\\.)?';

export const phoneFields: RedactionGroup = {
  name: 'phone-fields',
  when: phoneWords,
  rules: [
    {
      name: 'phone-field',
      before: `(?i:${phone}(?:${encoded.is}|\\\\*["']\\s*(?:=>|[:=])\\s*\\\\*["']|\\s*(?:=>|[:=])\\s*\\\\*["']?))`,
      secret: `(?:${encoded.plus}|%28|[(0-9])(?:[0-9 ()./+-]|%2[089dD])*[0-9](?:[0-9 ()./+-]|%2[089dD]){2,20}`,
      after: '[0-9]{4}\\b',
      replacement: '***',
      changes: [
        ['{"phone":"0170 123 4567"}', '{"phone":"***4567"}'],
        ['?phoneNumber=01701234567&x=1', '?phoneNumber=***4567&x=1'],
        ['?phone=%2B44+7700+900421', '?phone=***0421'],
        ['{"tel":"(555) 123-4567"}', '{"tel":"***4567"}'],
      ],
      leaves: ['{"phones":2,"telemetry":"12345678"}', '{"phone":12}'],
    },
    {
      name: 'phone-value',
      before: `(?i:"[a-z0-9_.-]*${phone}"\\s*:\\s*)`,
      secret: `(?:"(?:[^"\\\\]|\\\\.)*[0-9](?:[^"\\\\]|\\\\.)*[0-9](?:[^"\\\\]|\\\\.)*[0-9 ]{2}[0-9](?:[^"\\\\]|\\\\.)*"|-?[0-9]{6,}[0-9.eE+-]*|\\*{3}[0-9]{4}|${json.composed})`,
      replacement: '"[redacted]"',
      changes: [
        ['{"phone":491701234567}', '{"phone":"[redacted]"}'],
        ['{"phones":["+1 555","0170 1"],"x":1}', '{"phones":"[redacted]","x":1}'],
        ['{"phone":{"number":"0170 1234567"}}', '{"phone":"[redacted]"}'],
      ],
      leaves: ['{"phone":2}', '{"mobile":true}', '{"phone":"***4567"}'],
    },
    {
      name: 'escaped-phone-value',
      before: `(?i:${phone}\\\\+"\\s*:\\s*)`,
      secret: `(?:-?[0-9]{6,}[0-9.eE+-]*|[\\[{](?:[^\\]}"\\\\]|\\\\.)*[\\]}])`,
      // Valid there, however deep the text is in others.
      replacement: 'null',
      when: ['\\"'],
      changes: [['{"m":"{\\"phone\\":491701234567}"}', '{"m":"{\\"phone\\":null}"}']],
      leaves: ['{"m":"{\\"phone\\":2}"}'],
    },
    {
      name: 'phone-group',
      before: `(?i:${phone}["']?\\s*(?:=>|[:=])\\s*)`,
      secret:
        '(?:\\[(?:[^\\]"\\\\]|\\\\.)*[0-9](?:[^\\]"\\\\]|\\\\.)*\\]|\\{(?:[^{}"\\\\]|\\\\.)*[0-9](?:[^{}"\\\\]|\\\\.)*\\})',
      replacement: '[redacted]',
      changes: [["{ phones: [ '0170 1234567' ] }", '{ phones: [redacted] }']],
      leaves: ['phones: []'],
    },
  ],
};

/** A number that nothing but the text in front of it makes a phone's. */
export const spokenPhones: RedactionGroup = {
  name: 'spoken-phones',
  when: [
    ...phoneWords,
    'call',
    'dial',
    'ring ',
    'texted',
    'text to',
    'reach ',
    'contact',
    'number',
  ],
  opens: [...phoneWords, 'call'],
  rules: [
    {
      name: 'spoken-phone',
      before:
        '(?i:\\b(?:call(?:ed|ing|s)?|caller|phoned?|phones|sms|tel(?:ephone)?|mobile|cell|text(?:ed)?|whatsapp|dial(?:led|ing)?|fax|ring|reach|contact|number)(?:[: ]|\\\\[nrt]|[a-z.]){0,24}?(?:[ :(]|\\\\[nrt]))',
      secret: '(?:\\+|00|\\(?0)(?:[ ()./-]{0,2}[0-9]){2,12}[ ()./-]{0,2}',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      changes: [
        ['call 020 7946 0309 back', 'call ***0309 back'],
        ['sms to 004915123456354 queued', 'sms to ***6354 queued'],
        ['sms to 07700 900310 queued', 'sms to ***0310 queued'],
      ],
      leaves: ['call 2 of 10', 'call took 0.123 ms', 'contact 42'],
    },
    {
      name: 'spoken-long-phone',
      before:
        '(?i:\\b(?:phone|sms|tel(?:ephone)?|mobile|cell|whatsapp|dial(?:led|ing)?|fax)(?: number| no\\.?)?(?: to| for| from| at| of| is)?[ :]+)',
      secret: '[2-9](?:[ ./-]?[0-9]){5,10}[ ./-]?',
      after: '[0-9](?:[ -]?[0-9]){3}\\b',
      replacement: '***',
      changes: [['sms to 4915123456354 queued', 'sms to ***6354 queued']],
      leaves: ['sms 123456 queued', 'sms to user_1234567890'],
    },
  ],
};

const unit =
  '(?:ns|ms|us|µs|s|sec|seconds|bytes|[kKMGT]i?B|B|points?|rows|lines|cents|wei|gwei|sats?|%)\\b';

export const plusPhones: RedactionGroup = {
  name: 'plus-phones',
  when: ['1', '2', '3', '4', '5', '6', '7', '8', '9']
    .map((digit) => `+${digit}`)
    .concat('+(', '%2b', '%252b'),
  rules: [
    {
      name: 'amount',
      // A signed number is no phone's where a unit follows.
      before: '\\+',
      secret: '',
      after: `[0-9]{7,15} ?${unit}`,
      replacement: keep,
      changes: [['delta +2345678901 ns', `delta +${keep}2345678901 ns`]],
      leaves: ['call +2345678901 now'],
    },
    {
      name: 'international-phone',
      before: start,
      secret: `${encoded.plus}\\(?(?:1${gap}[2-9](?:${gap}[0-9]){5}|[2-9](?:(?: ?\\(0?\\) ?| \\(|\\) ?|-| |/|\\+|%20)?[0-9]){6,8})${gap}`,
      after: '[0-9](?:[ +-]?[0-9]){3}(?:\\b|\\\\)',
      replacement: '***',
      changes: [
        ['call +49 170 1234567 or +15551234567', 'call ***4567 or ***4567'],
        ['+1 (555) 123-4567', '***4567'],
        ['?to=%2B491701234567', '?to=***4567'],
        ['{"m":"back:\\n+14155550626\\nok"}', '{"m":"back:\\n***0626\\nok"}'],
      ],
      leaves: [
        ...[
          '2024-11-01T12:00:00+10:00',
          'a+1234567890',
          '1e+12',
          'up +12 %',
          'delta +1234567890123 ns',
        ],
        'coordinates +52.5200 -13.4049 +49.0 to +12345',
      ],
    },
  ],
};

const walletName =
  '(?:wallet|address|recipient|holder|payout|pubkey|beneficiary|signer)(?:es|s)?(?:[_-]?(?:address(?:es)?|[a-z]{2,4}))?';
const base58 = '[1-9A-HJ-NP-Za-km-z]';

/** A wallet's first and last characters stay; `0x` is enough to look for, the others are among the long words. */
export const wallets: RedactionGroup = {
  name: 'wallets',
  when: ['0x'],
  rules: [
    {
      name: 'ethereum-wallet',
      before: '0[xX][0-9a-fA-F]{4}',
      secret: '[0-9a-fA-F]{32}',
      after: '[0-9a-fA-F]{4}(?:[^0-9a-fA-F]|$)',
      replacement: '…',
      changes: [
        [
          'from 0x52908400098527886E0F7030069857D2E4169EE7 to 0xde709f2102306220921060314715629080e2fb77',
          'from 0x5290…9EE7 to 0xde70…fb77',
        ],
        ['{"m":"in:\\n0x52908400098527886E0F7030069857D2E4169EE7"}', '{"m":"in:\\n0x5290…9EE7"}'],
      ],
      leaves: ['0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060', '0x1f4'],
    },
    {
      name: 'padded-wallet',
      // As topics of events and arguments of calls have it.
      before: '0{24}[1-9a-fA-F][0-9a-fA-F]{3}',
      secret: '[0-9a-fA-F]{32}',
      after: '[0-9a-fA-F]{4}',
      replacement: '…',
      changes: [
        [
          '"0x0000000000000000000000006246033f8366855d7fdb742255f3a9d4c26a7809"',
          '"0x0000000000000000000000006246…7809"',
        ],
      ],
      leaves: ['0x0000000000000000000000000000000000000000000000000de0b6b3a7640000'],
    },
  ],
};

/** Those without `0x`, which long words are looked at for. */
export const longWallets: readonly RedactionRule[] = [
  {
    name: 'bech32-wallet',
    when: [
      ...[
        'bc1',
        'tb1',
        'ltc1',
        'addr1',
        '_test1',
        'stake1',
        'cosmos1',
        'osmo1',
        'juno1',
        'inj1',
        'terra1',
      ],
      ...[
        'celestia1',
        'sei1',
        'axelar1',
        'akash1',
        'kava1',
        'thor1',
        'evmos1',
        'dydx1',
        'noble1',
        'stars1',
      ],
      ...['secret1', 'erd1', 'zil1'],
    ],
    before: `(?i:(?:bc|tb|ltc|addr|addr_test|stake|cosmos|osmo|juno|inj|terra|celestia|sei|axelar|akash|kava|thor|evmos|dydx|noble|stars|secret|erd|zil)1[a-z0-9]{3})`,
    secret: '(?:[ac-hj-np-z02-9]{20,}|[AC-HJ-NP-Z02-9]{20,})',
    after: '[A-Za-z0-9]{4}\\b',
    replacement: '…',
    changes: [
      ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bc1qar…5mdq'],
      ['BC1Q8ZDUDW93S5JYT4M9DKPNWC70AUZSKUKS8UTC4U', 'BC1Q8Z…TC4U'],
    ],
    leaves: ['abc123', 'bc1-test'],
  },
  {
    name: 'base58-wallet',
    before: `${start}(?:[13LMDTrX][1-9a-fA-F]{0,3}|(?:tz[1-4]|KT1))${base58}{3}`,
    secret: `(?:[1-9a-fA-F]{0,4}[G-HJ-NP-Zg-km-z]${base58}{14,26})`,
    after: `${base58}{4}(?:\\b|_)`,
    replacement: '…',
    changes: [
      ['payout to 1hFL2QEXuzfDGEG64q7tWy2JWN2j88kkUe', 'payout to 1hFL…kkUe'],
      ['tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb', 'tz1VSU…jcjb'],
    ],
    leaves: ['1a2b3c4d5e6f7a8b9c1d2e3f4a5b6c7d', 'Track1'],
  },
  {
    name: 'solana-wallet',
    before: `${start}${base58}{6}`,
    secret: `${base58}{33,34}`,
    after: `${base58}{4}(?:\\b|_)`,
    replacement: '…',
    changes: [['{"m":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"}', '{"m":"7EcDhS…FLtV"}']],
    leaves: ['da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  },
  {
    name: 'wallet-field',
    before: `(?i:${walletName})(?:\\\\*["']?\\s*(?:=>|[:=])\\s*\\\\*["']?|\\s+(?:is\\s+|to\\s+)?)${base58}{6}`,
    secret: '[0-9A-Za-z]{20,60}',
    after: '[0-9A-Za-z]{4}(?:[^0-9A-Za-z_.-]|$)',
    replacement: '…',
    changes: [['{"wallet":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLK"}', '{"wallet":"7EcDhS…AuLK"}']],
    leaves: ['{"wallet":"0x1234…abcd"}', '{"walletId":"wal_123456789012345678901234567890"}'],
  },
];
