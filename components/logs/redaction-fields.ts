import { type RedactionRule, spellings } from './redaction-rule';

/** Fields that are dropped wholly, as the end of a key: `newPassword` and `db.password` are passwords too. */
const secretNames = [
  'passw(?:or)?d(?:[_-]?hash)?',
  'passphrase',
  'pwd',
  'secret',
  '(?:auth|access|refresh|id|csrf|xsrf|api|session|reset|verification|bearer)?[_-]?token',
  'jwt',
  '(?:api|access|secret|private|signing|encryption|routing|integration|service|license)[_-]?key',
  'authorization',
  '(?:set-)?cookies?',
  'credentials?',
  'mnemonic',
  '(?:seed|recovery)[_-]?phrase',
  'webhook[_-]?url',
  'magic[_-]?link',
  'card[_-]?(?:number|no)',
  'cc[_-]?number',
  'iban',
].join('|');

/** Short names: only as the whole key or behind a separator, else `spin` would end in `pin`. */
const shortNames = '(?:pin|t?otp|cvv2?|cvc2?|ssn)';

/** Postal addresses and e-mail bodies. */
const privateNames = [
  '(?:postal|shipping|billing|street|home|mailing|delivery)[_-]?address',
  'address[_-]?line[_-]?[0-9]?',
  'street(?:[_-]?(?:name|number|line))?',
  '(?:zip|postal)[_-]?code',
  'postcode',
  'zip',
  'body',
  '(?:e?mail|body)[_-]?(?:body|content|contents|text|html)',
  '(?:text|html)[_-]?body',
  'html',
].join('|');

const key = `[A-Za-z0-9_.-]*(?:${secretNames}|${privateNames})`;
const dropped = `(?:${key}|(?:[A-Za-z0-9_.-]*[_.-])?${shortNames})`;

/** Names that are part of many other words (`mapping`, `gzip`) are looked for with what stands beside them. */
const triggers = [
  ...spellings(
    ...[
      'passw',
      'phrase',
      'pwd',
      'secret',
      'token',
      'jwt',
      'key',
      'authoriz',
      'cookie',
      'credential',
    ],
    ...['mnemonic', 'webhook', 'magic', 'iban', 'otp', 'cvv', 'cvc', 'ssn', 'address', 'street'],
    ...['postal', 'postcode', 'body', 'html', 'mail'],
  ),
  ...['"', "'", '=', ':', '\\', '%', ' '].flatMap((end) =>
    spellings('pin').map((name) => name + end),
  ),
  ...['"zip', 'zip=', 'zip:', 'zipc', 'zipC', 'zip_', 'zip-', 'Zip', 'ZIP'],
  ...['card', 'Card', 'CARD', 'cc'].flatMap((name) => ['n', 'N', '_', '-'].map((n) => name + n)),
];

const text = '"(?:[^"\\\\]|\\\\.)*"';
const flat = `(?:[^"{}\\[\\]]|${text})*`;
const nested = `(?:[^"{}\\[\\]]|${text}|\\{${flat}\\}|\\[${flat}\\])*`;
/** Any JSON value but true, false and null. A text may be cut off at the end of the line. */
const jsonValue = `(?:"(?:[^"\\\\]|\\\\.)*"?|-?[0-9][0-9.eE+-]*|\\{${nested}\\}|\\[${nested}\\])`;

/** A value in text: up to a blank, a quote, or what parts a query string. */
const bare = `(?:[^\\s"'\\\\&]|\\\\[^nrtu"'])+`;
/** Quoted in text. In JSON a quote may end the text instead: then one of `,:}]` or a blank follows. */
const quoted = `"[^",:}\\]\\s][^"]*"|'[^']*'`;

/** A number of JSON that is long enough for a phone's, with all that belongs to it. */
const number = '-?[0-9]{6,}[0-9.eE+-]*';

/** What a field's name says about its value. These come first: what is dropped needs no other rule. */
export const fieldRules: readonly RedactionRule[] = [
  {
    name: 'json-field',
    before: `(?i:"${dropped}"\\s*:\\s*)`,
    secret: jsonValue,
    replacement: '"[redacted]"',
    triggers,
    changes: [
      ['{"password":"hunter2","id":7}', '{"password":"[redacted]","id":7}'],
      ['{"newPassword" : "a \\"b\\" c"}', '{"newPassword" : "[redacted]"}'],
      ['{"Cookie":["a=b","c=d"],"x":1}', '{"Cookie":"[redacted]","x":1}'],
      ['{"cvc":123,"pin":"0000"}', '{"cvc":"[redacted]","pin":"[redacted]"}'],
      [
        '{"shippingAddress":{"street":"Main St 1","geo":{"lat":1}},"n":1}',
        '{"shippingAddress":"[redacted]","n":1}',
      ],
      ['{"emailBody":"Dear Ada, …","to":1}', '{"emailBody":"[redacted]","to":1}'],
      ['{"routing_key":"R0UT1NGK3Y"}', '{"routing_key":"[redacted]"}'],
      ['{"token":"cut off at the e', '{"token":"[redacted]"'],
    ],
    leaves: [
      '{"tokenId":42,"tokens":7}',
      '{"passwordChanged":true,"token":null}',
      '{"country":"japan","spin":3,"inside":"y"}',
      '{"sessionId":"ses_1","keys":3}',
      '{"bodySize":512,"statusCode":200}',
    ],
  },
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
    name: 'escaped-json-field',
    // JSON in a text of JSON: \"password\":\"hunter2\"
    before: `(?i:${dropped}\\\\+"\\s*:\\s*\\\\+")`,
    secret: '(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\{3,}")*',
    replacement: '[redacted]',
    triggers,
    changes: [
      [
        '{"message":"got {\\"password\\":\\"hunter 2\\",\\"id\\":7}"}',
        '{"message":"got {\\"password\\":\\"[redacted]\\",\\"id\\":7}"}',
      ],
    ],
    leaves: ['{"message":"got {\\"tokenId\\":\\"42\\"}"}'],
  },
  {
    name: 'text-field',
    before: `(?i:(?:\\b|_)${dropped}(?:\\\\+["']|')?\\s*(?:=|:|%3D)\\s*(?:\\\\+["'])?)`,
    secret: `(?:\\[redacted\\]|(?i:(?:bearer|basic|digest|token|apikey)(?:\\s+|%20))?(?:${bare})|${quoted})`,
    replacement: '[redacted]',
    triggers,
    changes: [
      ['GET /reset?token=abc123&lang=en', 'GET /reset?token=[redacted]&lang=en'],
      ['login failed password=hunter2 user=7', 'login failed password=[redacted] user=7'],
      ['DB_PASSWORD="hunter 2" NODE_ENV=dev', 'DB_PASSWORD=[redacted] NODE_ENV=dev'],
      ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: [redacted]'],
      ["{ password: 'x y', id: 1 }", '{ password: [redacted], id: 1 }'],
      ['api_key: k-1 and secret=k-2', 'api_key: [redacted] and secret=[redacted]'],
    ],
    leaves: [
      'token expired, password must be changed',
      'tokenId=42 sessionId=ses_1 key=tracks:7',
      '{"message":"password:","next":"value"}',
      'GET /v1/tokens/42?page=2',
    ],
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
    before: `(?i:(?:phone|mobile|msisdn)(?:[_-]?(?:number|no))?(?:=|%3D|\\\\*["']?\\s*[:=]\\s*\\\\*["']))`,
    secret: '[+(0-9][0-9 ()./-]{2,20}',
    after: '[0-9]{4}\\b',
    replacement: '***',
    triggers: spellings('phone', 'mobile', 'msisdn'),
    changes: [
      ['{"phone":"0170 123 4567"}', '{"phone":"***4567"}'],
      ['?phoneNumber=01701234567&x=1', '?phoneNumber=***4567&x=1'],
      ['{"mobile_number":"(555) 123-4567"}', '{"mobile_number":"***4567"}'],
    ],
    leaves: ['{"phones":2,"telemetry":"12345678"}'],
  },
  {
    name: 'phone-number-value',
    before: '(?i:"[a-z0-9_.-]*(?:phone|mobile|msisdn)(?:[_-]?(?:number|no))?"\\s*:\\s*)',
    secret: number,
    replacement: '"[redacted]"',
    triggers: spellings('phone', 'mobile', 'msisdn'),
    changes: [['{"phone":491701234567}', '{"phone":"[redacted]"}']],
    leaves: ['{"phone":2}'],
  },
  {
    name: 'escaped-phone-number-value',
    before: '(?i:(?:phone|mobile|msisdn)(?:[_-]?(?:number|no))?\\\\+"\\s*:\\s*)',
    secret: number,
    // Valid there, however deep the text is in others.
    replacement: 'null',
    triggers: spellings('phone', 'mobile', 'msisdn'),
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
