import { type NameFamily, nameFamilies } from './redaction-names';
import { type RedactionRule, spellings } from './redaction-rule';

const text = '"(?:[^"\\\\]|\\\\.)*"';
const flat = `(?:[^"{}\\[\\]]|${text})*`;
/** In braces or brackets, which valid JSON closes as it opened them: one pattern for both is half as long. */
const braced = (content: string): string => `[{\\[]${content}[}\\]]`;
const nested = `(?:[^"{}\\[\\]]|${text}|${braced(flat)})*`;
/** What Caddy writes for logins and cookies. Promtail takes longer for a replacement than for the search, so it stays. */
const masked = 'REDACTED';
const starts = Array.from({ length: masked.length - 1 }, (_, i) => masked.slice(0, i + 1));
const otherText =
  `"(?:(?:${['', ...starts].map((start, i) => `${start}[^${masked.slice(i, i + 1)}"\\\\]`).join('|')}` +
  `|${masked}[^"\\\\]|(?:${[masked, ...starts].join('|')})?\\\\.)(?:[^"\\\\]|\\\\.)*|(?:${starts.join('|')})?)"`;
/** Every list and object but `["REDACTED"]`. */
const composed = braced(
  `(?:(?:${otherText}|"${masked}"[^"{}\\[\\]]|[^"{}\\[\\]]|${braced(flat)})${nested})?`,
);

/** Any JSON value but true, false and null. A text may be cut off at the end of the line. */
const jsonValue = `(?:"(?:[^"\\\\]|\\\\.)*"?|-?[0-9][0-9.eE+-]*|${composed})`;

/** A value in text: up to a blank, a quote, or what parts a query string. */
const bare = `(?:[^\\s"'\\\\&]|\\\\[^nrtu"'])+`;
/** Quoted in text. In JSON a quote may end the text instead: then one of `,:}]` or a blank follows. */
const quoted = `"[^",:}\\]\\s][^"]*"|'[^']*'`;

/** The end of a key that holds a phone's number. */
const phone = '(?:phone|mobile|msisdn)(?:[_-]?(?:number|no))?';
const phoneWords = spellings('phone', 'mobile', 'msisdn');
/** A number of JSON that is long enough for a phone's, with all that belongs to it. */
const number = '-?[0-9]{6,}[0-9.eE+-]*';

/** What stands in front of a short name. */
const separator = (family: NameFamily, others: string): string =>
  family.whole === true ? others : '';

/** Where there would be too many texts, the ends alone are looked for: more lines are tried, none is missed. */
const mostTexts = 200;

const endingIn = ({ ends, open }: NameFamily, ...after: readonly string[]): readonly string[] =>
  open === true || ends.length * after.length > mostTexts
    ? ends
    : ends.flatMap((end) => after.map((one) => end + one));

/** `"password": "hunter2"` */
const jsonField = (family: NameFamily): RedactionRule => ({
  name: `json-field-${family.family}`,
  before: `${separator(family, '["_.-]')}(?i:${family.names})"\\s*:\\s*`,
  secret: jsonValue,
  replacement: '"[redacted]"',
  within: family.words,
  triggers: endingIn(family, '"'),
  changes: family.examples.flatMap((key) => [
    [`{"${key}":"a \\"b\\" c","id":7}`, `{"${key}":"[redacted]","id":7}`],
    [`{"${key}" : ["a=b",{"c":1}],"x":1}`, `{"${key}" : "[redacted]","x":1}`],
    [`{"${key}":{"a":{"b":1}},"n":1}`, `{"${key}":"[redacted]","n":1}`],
    [`{"${key}":-1.5e3}`, `{"${key}":"[redacted]"}`],
    ...['"REDACTE"', '"REDACTEDx"', '"RE\\"D"', '"REDACTED","y"', '""', '1', '["x"]', ''].map(
      (item): [string, string] => [`{"${key}":[${item}]}`, `{"${key}":"[redacted]"}`],
    ),
    [`{"${key}":"cut off at the e`, `{"${key}":"[redacted]"`],
  ]),
  leaves: [
    ...family.others.map((key) => `{"${key}":"x","y":3}`),
    ...family.examples.map((key) => `{"${key}":["REDACTED"],"x":1}`),
    ...family.examples.map((key) => `{"${key}":true,"x":null}`),
  ],
});

/** JSON in a text of JSON: `\"password\":\"hunter2\"` */
const escapedField = (family: NameFamily): RedactionRule => ({
  name: `escaped-json-field-${family.family}`,
  before: `${separator(family, '["_.-]')}(?i:${family.names})\\\\+"\\s*:\\s*\\\\+"`,
  secret: '(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\{3,}")*',
  replacement: '[redacted]',
  within: family.words,
  triggers: endingIn(family, '\\'),
  changes: family.examples.map((key) => [
    `{"message":"got {\\"${key}\\":\\"hunter 2\\",\\"id\\":7}"}`,
    `{"message":"got {\\"${key}\\":\\"[redacted]\\",\\"id\\":7}"}`,
  ]),
  leaves: family.others.map((key) => `{"message":"got {\\"${key}\\":\\"42\\"}"}`),
});

/** In query strings, headers and text: `password=hunter2`, `password: 'hunter 2'` */
const textField = (family: NameFamily): RedactionRule => ({
  name: `text-field-${family.family}`,
  before: `${separator(family, '(?:\\b|_)')}(?i:${family.names})(?:\\\\+["']|')?[ \\t]*(?:=|:|%3D)[ \\t]*(?:\\\\+["'])?`,
  secret: `(?:\\[redacted\\]|(?i:(?:bearer|basic|digest|token|apikey)(?:\\s+|%20))?(?:${bare})|${quoted})`,
  replacement: '[redacted]',
  within: family.words,
  triggers: endingIn(family, '=', ':', '%', ' ', '\t', "'", '\\'),
  changes: family.examples.flatMap((key) => [
    [`GET /reset?${key}=abc123&lang=en`, `GET /reset?${key}=[redacted]&lang=en`],
    [`failed ${key}=hunter2 user=7`, `failed ${key}=[redacted] user=7`],
    [`${key}="hunter 2" NODE_ENV=dev`, `${key}=[redacted] NODE_ENV=dev`],
    [`${key}: Basic dXNlcjpwYXNz`, `${key}: [redacted]`],
    [`{ ${key}: 'x y', id: 1 }`, `{ ${key}: [redacted], id: 1 }`],
  ]),
  leaves: [
    ...family.others.map((key) => `${key}=42 x=ses_1`),
    ...family.examples.map((key) => `{"message":"${key}:","next":"value"}`),
    ...family.examples.map((key) => `${key} expired, must be changed`),
  ],
});

/** What a field's name says about its value. These come first: what is dropped needs no other rule. */
export const fieldRules: readonly RedactionRule[] = [
  ...nameFamilies.flatMap((family) => [jsonField(family), escapedField(family), textField(family)]),
  {
    name: 'json-address',
    // A wallet or a host has no blank in it.
    before: '(?i:"address"\\s*:\\s*)',
    secret: `(?:"(?:[^"\\\\\\s]|\\\\.)*\\s(?:[^"\\\\]|\\\\.)*"?|\\{${nested}\\})`,
    replacement: '"[redacted]"',
    triggers: spellings('address'),
    changes: [
      ['{"address":"12 Main Street, Springfield"}', '{"address":"[redacted]"}'],
      ['{"address":{"line":"x","city":"y"},"n":1}', '{"address":"[redacted]","n":1}'],
    ],
    leaves: ['{"address":"10.0.0.5:9090"}', '{"address":"api-server:9090"}'],
  },
  {
    name: 'cookie-header',
    before: `(?i:\\b(?:set-)?cookie(?:\\\\+["']|')?\\s*[:=]\\s*(?:\\\\+["']|')?)`,
    secret: `[^"'\\\\\\s,:}\\]][^"'\\\\\\r\\n}]*`,
    replacement: '[redacted]',
    triggers: spellings('cookie'),
    changes: [
      ['> Cookie: sid=abc; theme=dark', '> Cookie: [redacted]'],
      ["headers: { cookie: 'a=b; c=d' }", "headers: { cookie: '[redacted]' }"],
    ],
    leaves: ['no cookie was set', '{"message":"cookie:","next":"cookies"}'],
  },
  {
    name: 'phone-field',
    before: `(?i:${phone}(?:=|%3D|\\\\*["']?\\s*[:=]\\s*\\\\*["']))`,
    secret: '[+(0-9][0-9 ()./-]{2,20}',
    after: '[0-9]{4}\\b',
    replacement: '***',
    triggers: phoneWords,
    changes: [
      ['{"phone":"0170 123 4567"}', '{"phone":"***4567"}'],
      ['?phoneNumber=01701234567&x=1', '?phoneNumber=***4567&x=1'],
      ['{"mobile_number":"(555) 123-4567"}', '{"mobile_number":"***4567"}'],
    ],
    leaves: ['{"phones":2,"telemetry":"12345678"}'],
  },
  {
    name: 'phone-number-value',
    before: `(?i:"[a-z0-9_.-]*${phone}"\\s*:\\s*)`,
    secret: number,
    replacement: '"[redacted]"',
    triggers: phoneWords,
    changes: [['{"phone":491701234567}', '{"phone":"[redacted]"}']],
    leaves: ['{"phone":2}'],
  },
  {
    name: 'escaped-phone-number-value',
    before: `(?i:${phone}\\\\+"\\s*:\\s*)`,
    secret: number,
    // Valid there, however deep the text is in others.
    replacement: 'null',
    triggers: phoneWords,
    changes: [['{"m":"{\\"phone\\":491701234567}"}', '{"m":"{\\"phone\\":null}"}']],
    leaves: ['{"m":"{\\"phone\\":2}"}'],
  },
  {
    name: 'wallet-field',
    before: `(?i:wallet(?:[_-]?address)?(?:=|\\\\*["']?\\s*[:=]\\s*\\\\*["']))[1-9A-HJ-NP-Za-km-z]{6}`,
    secret: '[1-9A-HJ-NP-Za-km-z]{22,34}',
    after: '[1-9A-HJ-NP-Za-km-z]{4}\\b',
    replacement: '…',
    triggers: spellings('wallet'),
    changes: [
      ['{"wallet":"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"}', '{"wallet":"7EcDhS…FLtV"}'],
    ],
    leaves: ['{"wallet":"0x1234…abcd"}', '{"walletId":"wal_123456789012345678901234567890"}'],
  },
];
