import { type RedactionRule, spellings } from './redaction-rule';

/** In front of a number: what cannot be part of an id, a number, a version or base64. */
const start = '(?:^|[^0-9A-Za-z.+/_-])';

/** Numbers of payment cards by issuer and length. RE2 cannot compute Luhn's check digit. */
const cards = [
  '(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6(?:011|2[0-9]{2}|4[4-9][0-9]|5[0-9]{2})|35[0-9]{2})',
  '3[47][0-9]{2}',
  '3(?:0[0-5]|[68][0-9])[0-9]',
] as const;
const card =
  `(?:${cards[0]}(?:[0-9]{12}|(?:[ -][0-9]{4}){3})` +
  `|${cards[1]}(?:[0-9]{11}|[ -][0-9]{6}[ -][0-9]{5})` +
  `|${cards[2]}(?:[0-9]{10}|[ -][0-9]{6}[ -][0-9]{4}))`;

/** North American numbers without a country: both separators have to be there. */
const localPhone = '(?:\\([2-9][0-9]{2}\\) ?[0-9]{3}[ .-]|[2-9][0-9]{2}[.-][0-9]{3}[.-])';

/** As a number of JSON, with all that belongs to it. */
const cardNumber = `${card}(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`;

/** Where a card's or a local phone number may begin; a trace id with eight digits in a row is common. */
const digits = '[2-9][0-9]{2}(?:[0-9]{11}|[0-9][ -][0-9]{4}|[).-] ?[0-9]{3}[ .-][0-9]{4})';

/** A line of a PEM block. What has only hexadecimal digits is a hash. */
const base64Line = '^[A-Za-z0-9+/]{0,44}[G-Zg-z+/][A-Za-z0-9+/]{19,75}={0,2}$';

/** What a value gives away by its own shape, wherever it stands. */
export const valueRules: readonly RedactionRule[] = [
  {
    name: 'private-key',
    before: '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----',
    secret: '(?s:.*?)',
    after: '(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)',
    replacement: '[redacted]',
    triggers: ['PRIVATE KEY'],
    changes: [
      [
        '{"k":"-----BEGIN PRIVATE KEY-----\\nMIIEvQ==\\n-----END PRIVATE KEY-----\\n"}',
        '{"k":"-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----\\n"}',
      ],
      ['-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----[redacted]'],
    ],
    leaves: ['-----BEGIN CERTIFICATE----- MIIB'],
  },
  {
    name: 'private-key-line',
    secret: base64Line,
    replacement: '[redacted]',
    triggers: base64Line,
    changes: [['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', '[redacted]']],
    leaves: [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'Ready to accept connections',
    ],
  },
  {
    name: 'bearer-token',
    before: '(?i:\\bbearer(?:\\s|%20|\\+)+)',
    secret: '[A-Za-z]*[0-9._~+/=-][A-Za-z0-9._~+/=-]{3,}',
    replacement: '[redacted]',
    triggers: spellings('bearer'),
    changes: [['sent Bearer abc.123-XYZ to', 'sent Bearer [redacted] to']],
    leaves: ['bearer token expired', 'a bearer authentication'],
  },
  {
    name: 'json-web-token',
    secret: '\\beyJ[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*){1,3}',
    replacement: '[redacted]',
    triggers: ['eyJ'],
    changes: [['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!', 'got [redacted]!']],
    leaves: ['eyJust a word', '/js/eyJbundle.js'],
  },
  {
    name: 'stripe-key',
    secret: '\\b(?:(?:sk|rk|pk)_(?:live|test)_|whsec_)[A-Za-z0-9+/=]{6,}',
    replacement: '[redacted]',
    triggers: ['_live_', '_test_', 'whsec_'],
    changes: [
      // Written in two parts: scanners of repositories take an example for a key.
      ['key ' + 'sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc', 'key [redacted]'],
      ['whsec_' + 'MfKQ9r8GKYqrTwjU', '[redacted]'],
    ],
    leaves: ['cus_NffrFeUfNV2Hib pi_3MtwBwLkdIwHu7ix28a3tqPa', 'is_test_run=1'],
  },
  {
    name: 'stripe-client-secret',
    before: '\\b(?:pi|seti|cs)_[A-Za-z0-9_]+_secret_',
    secret: '[A-Za-z0-9]{6,}',
    replacement: '[redacted]',
    triggers: ['_secret_'],
    changes: [['pi_3Mtw_secret_YrKJUKribcBjcG8HVhfZ', 'pi_3Mtw_secret_[redacted]']],
    leaves: ['no_secret_here'],
  },
  {
    name: 'slack-credential',
    secret:
      '\\bxox[abeoprs]-[A-Za-z0-9-]{6,}|\\bxapp-[A-Za-z0-9-]{6,}|hooks\\.slack\\.com/[A-Za-z0-9/_-]+',
    replacement: '[redacted]',
    triggers: ['xox', 'xapp-', 'hooks.slack.com'],
    changes: [
      ['xoxb-' + '1234567890-abcdef', '[redacted]'],
      ['https://hooks.slack.com/' + 'services/T0/B0/x1y2', 'https://[redacted]'],
    ],
    leaves: ['foxox-terrier', 'slack.com/api/chat.postMessage'],
  },
  {
    name: 'pagerduty-credential',
    before: '\\bpagerduty\\.com/(?:integration|generic)/',
    secret: '[A-Za-z0-9/_-]{8,}',
    replacement: '[redacted]',
    triggers: ['pagerduty.com/'],
    changes: [
      [
        'https://events.pagerduty.com/integration/e93facc04764012d7bfb002500d5d1a6/enqueue',
        'https://events.pagerduty.com/integration/[redacted]',
      ],
    ],
    leaves: ['https://events.pagerduty.com/v2/enqueue'],
  },
  {
    name: 'cloud-key',
    secret:
      '\\b(?:A(?:KI|SI)A[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|' +
      'AIza[0-9A-Za-z_-]{30,}|SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{30,})',
    replacement: '[redacted]',
    triggers: [
      ...['AKIA', 'ASIA', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'AIza', 'SG.'],
      'npm_',
    ],
    changes: [['as AKIA' + 'IOSFODNN7EXAMPLE now', 'as [redacted] now']],
    leaves: ['npm_config_cache', 'ASIAN markets'],
  },
  {
    name: 'session-cookie',
    before:
      '\\b(?:connect\\.sid|PHPSESSID|JSESSIONID|__(?:Host|Secure)-[A-Za-z0-9_.-]+|session)(?:=|%3D)',
    secret: '[A-Za-z0-9%._~+/-]{16,}',
    replacement: '[redacted]',
    triggers: ['.sid', 'SESSID', 'SESSIONID', '__Host-', '__Secure-', 'session=', 'session%3D'],
    changes: [
      ['connect.sid=s%3Aj3k4l5m6n7o8p9q0r1; x=1', 'connect.sid=[redacted]; x=1'],
      ['session=Zx81kLm09PqRsTuV2wYz', 'session=[redacted]'],
    ],
    leaves: ['session=ses_42', 'sessionId=ses_0123456789abcdefgh'],
  },
  {
    name: 'url-password',
    before: '://[^\\s/:@"\'\\\\]*:',
    secret: '[^\\s/@"\'\\\\]+',
    after: '@',
    replacement: '[redacted]',
    triggers: ['@'],
    changes: [['postgres://app:s3cr%21t@db:5432/x', 'postgres://app:[redacted]@db:5432/x']],
    leaves: ['http://db:5432/x?to=me', 'https://audifi.io/@ada'],
  },
  {
    name: 'ethereum-wallet',
    before: '\\b0x[0-9a-fA-F]{4}',
    secret: '[0-9a-fA-F]{32}',
    after: '[0-9a-fA-F]{4}\\b',
    replacement: '…',
    triggers: ['0x'],
    changes: [
      [
        'from 0x52908400098527886E0F7030069857D2E4169EE7 to 0xde709f2102306220921060314715629080e2fb77',
        'from 0x5290…9EE7 to 0xde70…fb77',
      ],
    ],
    leaves: ['0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060', '0x1f4'],
  },
  {
    name: 'bitcoin-wallet',
    before: '\\bbc1[a-z0-9]{3}',
    secret: '[ac-hj-np-z02-9]{20,70}',
    after: '[ac-hj-np-z02-9]{4}\\b',
    replacement: '…',
    triggers: ['bc1'],
    changes: [['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bc1qar…5mdq']],
    leaves: ['abc123', 'bc1-test'],
  },
  {
    name: 'e-mail',
    // The spec's mask: the first letter and the domain stay.
    before: '[\\p{L}\\p{N}]',
    secret: "[\\p{L}\\p{N}._%+'-]*",
    after: '(?:@|%40)(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+\\p{L}{2,}',
    replacement: '***',
    triggers: ['@', '%40'],
    changes: [
      ['user@example.com', 'u***@example.com'],
      [
        '{"to":["a@b.io","o\'brien+x@mail.example.co.uk"]}',
        '{"to":["a***@b.io","o***@mail.example.co.uk"]}',
      ],
      ['?email=ada%40audifi.io&x=1', '?email=a***%40audifi.io&x=1'],
    ],
    leaves: ['u***@example.com', 'react@18.2.0', 'audifi@localhost', 'nginx@sha256:0a1b2c'],
  },
  {
    name: 'international-phone',
    before: start,
    secret: '(?:\\+|%2B)[1-9](?:[ ()./-]{0,2}[0-9]){2,10}[ ()./-]{0,2}',
    after: '[0-9](?:[ -]?[0-9]){3}\\b',
    replacement: '***',
    triggers: ['1', '2', '3', '4', '5', '6', '7', '8', '9'].flatMap((digit) => [
      `+${digit}`,
      `%2B${digit}`,
    ]),
    changes: [
      ['call +49 170 1234567 or +15551234567', 'call ***4567 or ***4567'],
      ['+1 (555) 123-4567', '***4567'],
      ['?to=%2B491701234567', '?to=***4567'],
    ],
    leaves: ['2024-11-01T12:00:00+10:00', 'a+1234567890', '1e+12', 'up +12 %'],
  },
  {
    name: 'local-phone',
    before: start,
    secret: localPhone,
    after: '[0-9]{4}\\b',
    replacement: '***',
    triggers: digits,
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
    // The key's own quote: one behind a backslash is in a text, and what is written there must not end it.
    before: '(?:^|[^\\\\])"\\s*:\\s*',
    secret: cardNumber,
    after: '\\b',
    replacement: '"[redacted]"',
    triggers: digits,
    changes: [['{"n":4111111111111111}', '{"n":"[redacted]"}']],
    leaves: ['{"time":1730462400000,"ns":1730462400000000000}', '{"n":411111111111}'],
  },
  {
    name: 'card-number-item',
    // In a list, or in JSON in a text: `null` is valid in both, with and without quotes around it.
    before: '(?:\\[|,|"\\s*:\\s*)',
    secret: cardNumber,
    after: '\\b',
    replacement: 'null',
    triggers: digits,
    changes: [
      ['{"n":[1,4111111111111111,5555555555554444.5]}', '{"n":[1,null,null]}'],
      ['{"m":"{\\"n\\":4111111111111111}"}', '{"m":"{\\"n\\":null}"}'],
    ],
    leaves: ['{"n":[1730462400000,1730462400000000000]}'],
  },
  {
    name: 'card-number',
    before: start,
    secret: card,
    after: '\\b',
    replacement: '[redacted]',
    triggers: digits,
    changes: [
      ['card 4111 1111 1111 1111 and 378282246310005', 'card [redacted] and [redacted]'],
      ['{"m":"5555-5555-5555-4444"}', '{"m":"[redacted]"}'],
    ],
    leaves: [
      '4111111111111111111111',
      '41111111-1111-1111-1111-111111111111',
      'took 4111.1111111111111 ms',
      '{"id":"ord_4111111111111111"}',
    ],
  },
];
