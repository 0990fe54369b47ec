import { separator } from './fields';
import { affix, spoken } from './names';
import { keep, type RedactionGroup, type RedactionRule } from './rule';
import { exceptions } from './exceptions';
import { notSecrets } from './not-secrets';
import { lineBreaks, phpProperties } from './php';
import { reasonsAndNames } from './reasons';
import { blockScalar, listedCodes, phraseWords, quotedPhrase } from './spoken';

export const spokenWords = [
  ...['ken', 'jwt', 'pass', 'cret', 'key', 'redent', 'uthorizat', 'kie', 'otp', 'pin'],
] as const;

/** Words that describe a problem, a state or a right (`tokens:read`). */
const reasons =
  'must|should|is|was|has|cannot|not|no|too|mis(?:sing|match)|in(?:valid|correct)|expired|wrong|denied|' +
  'malformed|re(?:quired|voked|jected|ad)|failed|empty|none|(?:abs|pres)ent|null|undefined|true|false|un(?:known|supported)|set|changed|ok|' +
  'write|list|(?:en|dis)abled';

/**
 * `Invalid token: signature mismatch` contains no secret: two words of letters, or a word that
 * describes a problem.
 */
export const prose: RedactionGroup = {
  name: 'prose',
  when: [
    ...spokenWords,
    ...phraseWords,
    ...['srf', 'link', 'webhook', 'kies', ' bytes', ' files', ' parts', 'card ', 'iban', 'backup'],
    ...['code: ', 'recovery', 'scratch', 'one-time', '_pk=', '_seed=', '_salt=', '_pat='],
    ...['body: {', 'body="{', 'body={', 'body=\\', '.zip', 'pwd=/', 'pwd:', 'pwd":', 'pwd\\'],
  ],
  opens: ['_pk=', 'seed', '_salt=', '_pat='],
  rules: [
    {
      name: 'spoken-phrase',
      // Twelve words or more. Sentences contain words of one or two letters.
      before: `(?i:(?:(?:mnemonic|(?:seed|recovery|backup|secret)[ _-]?(?:phrase|words))[a-z ]{0,24}(?:\\\\*["'])?[ :=>]+|(?:seed|phrase)(?:\\\\*["'])?\\s*[:=]\\s*|phrase\\()\\\\*["']?)`,
      secret: '(?:[a-z][a-z][a-z]+[ ,]+){11}[a-z][a-z][a-z]+(?:[ ,]+[a-z][a-z][a-z]+)*',
      replacement: '[redacted]',
      when: phraseWords,
      changes: [
        [
          'mnemonic: legal winner thank year wave sausage worth useful legal winner thank yellow',
          'mnemonic: [redacted]',
        ],
        [
          '{"m":"Seed phrase used: \\"able about above absent absorb abstract absurd abuse access acid acoustic acquire\\""}',
          '{"m":"Seed phrase used: \\"[redacted]\\""}',
        ],
      ],
      leaves: ['mnemonic: has twelve words', 'seed phrase: missing'],
    },
    quotedPhrase,
    {
      name: 'listed-phrase',
      // Words of a seed phrase as a list.
      secret: `\\[\\s*(?:\\\\*["'][a-z]+\\\\*["'],\\s*){11,}\\\\*["'][a-z]+\\\\*["']\\s*\\]`,
      replacement: '[]',
      when: phraseWords,
      changes: [
        [
          `{"words":[${Array.from({ length: 12 }, () => '"able"').join(',')}],"n":1}`,
          '{"words":[],"n":1}',
        ],
      ],
      leaves: ['{"words":["night","drive","synth"]}'],
    },
    listedCodes,
    {
      name: 'reason',
      when: [
        ...[
          ': ',
          '=true',
          '=enabled',
          '=disabled',
          '=false',
          '=null',
          '=undefined',
          '=absent',
          '=present',
          ':true',
          ':false',
          ':null',
        ],
        ...[':read', ':write', ':list'],
      ],
      before: `(?i:(?:${spoken}|[cx]srf|[ _-](?:key|code))s?${affix})${separator}`,
      secret: '',
      after: `(?i:${reasons})(?:[^0-9A-Za-z_(]|$)`,
      replacement: keep,
      changes: [
        ['password: must be long', `password: ${keep}must be long`],
        ['CSRF token: missing', `CSRF token: ${keep}missing`],
        ['hasPassword=true', `hasPassword=${keep}true`],
        ['license key: missing', `license key: ${keep}missing`],
        ['tokens:read', `tokens:${keep}read`],
      ],
      leaves: ['password: hunter2', 'token=nothing'],
    },
    ...exceptions,
    ...notSecrets,
    ...reasonsAndNames,
    blockScalar,
    {
      name: 'sentence',
      when: [': '],
      before: `(?i:(?:${spoken}|[cx]srf|\\b(?:private|public|host|ssh|api|signing) key)s?)\\\\*["'\`]?: +`,
      secret: '',
      after: '(?:[A-Za-z][a-z]+,? [a-z]{2,}(?:[ .,;:!?"\'\\\\)]|$)|(?:The|An?|My|Your|Our) [A-Z])',
      replacement: keep,
      changes: [
        ['Invalid token: signature mismatch', `Invalid token: ${keep}signature mismatch`],
        ['private key: file not readable', `private key: ${keep}file not readable`],
      ],
      leaves: ['token: abc1 is old', 'password: Hunter2 attempt'],
    },
    {
      name: 'environment-key',
      // `ETHERSCAN_KEY`, `DEPLOYER_PK`: in capitals, any key with a long value is a secret.
      when: ['_key=', '_keys=', '_pk=', '_seed=', '_salt=', '_pat='],
      before: '\\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEYS?|PK|SEED|SALT|PAT)=',
      secret: `(?:[A-Za-z_+!,-]{0,24}[0-9][^\\s"'\\\\;&/${keep}]{9,}|\\\\+"[^"\\\\]*[0-9][^"\\\\]{9,}\\\\+"|"[^"\\\\:,}\\\\s][^"\\\\]*[0-9][^"\\\\]{9,}"|'[^'"\\\\]*[0-9][^'"\\\\]{9,}')`,
      replacement: '[redacted]',
      changes: [
        ['ETHERSCAN_KEY=RLXGIPYTI3J6YTGXKC32 x', 'ETHERSCAN_KEY=[redacted] x'],
        ['COOKIE_KEYS=ulvkv0794a4h,ddtia1312', 'COOKIE_KEYS=[redacted]'],
      ],
      leaves: ['S3_KEY=stems/2026/11/26/vocals.wav', 'SORT_KEY=created_at', 'DEPLOY_PK=42'],
    },
    {
      name: 'spoken-group',
      // An object after a name in the plural.
      when: ['kies {', 'ials {', 'rets {', 'kens {', 'ords {'],
      before: '(?i:(?:cookies|credentials|secrets|tokens|passwords)\\s+)',
      secret: '\\{(?:[^{}"\\\\]|\\\\.)*\\}',
      replacement: '[redacted]',
      changes: [["signedCookies { sid: 'x', n: 1 }", 'signedCookies [redacted]']],
      leaves: ['function tokens() {', 'tokens { "a": 1 }'],
    },
    {
      name: 'directory-hash',
      // As LDAP servers store passwords. The rules for fields would end at the bracket.
      secret: '\\{S?(?:SHA(?:256|384|512)?|MD5)\\}[A-Za-z0-9+/=]{16,}',
      replacement: '[redacted]',
      when: ['sha}', '256}', '384}', '512}', 'md5}'],
      changes: [
        ['userPassword: {SSHA}0123456789abcdefghij', 'userPassword: [redacted]'],
        ['passwd: {SHA512}0123456789abcdefghij==', 'passwd: [redacted]'],
      ],
      leaves: ['{sha}', '{SHA}x'],
    },
    {
      name: 'typed-value',
      // A value that PHP's `var_dump` or Go's `spew` prints.
      before: `(?i:${spoken}${affix})(?:\\\\*["'])?\\]?(?:=>${lineBreaks}string\\([0-9]+\\)|: \\([\\w.]+\\) \\(len=[0-9]+\\))\\s*`,
      secret: '(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+")',
      replacement: '[redacted]',
      when: ['string(', '(len='],
      changes: [
        ['["password"]=> string(8) "hunter2x"', '["password"]=> string(8) [redacted]'],
        [
          '{"m":"[\\"pin\\"]=>\\n  string(4) \\"4829\\""}',
          '{"m":"[\\"pin\\"]=>\\n  string(4) [redacted]"}',
        ],
        ['Password: (string) (len=7) "hunter2"', 'Password: (string) (len=7) [redacted]'],
      ],
      leaves: ['["plan"]=> string(3) "pro"'],
    },
    ...phpProperties,
    {
      name: 'wrapped-value',
      // `Some("x")`, `Secret('x')`: the rules for fields would end at the quote.
      before: `(?i:${spoken}${affix})${separator}[A-Z][A-Za-z]+(?:\\.[a-z]+)?\\(`,
      secret: `\\\\*["'][^"'\\\\]*\\\\*["']`,
      after: '[),]',
      replacement: '[redacted]',
      when: ['("', "('", '(\\'],
      changes: [
        ['Login { token: Some("x y") }', 'Login { token: Some([redacted]) }'],
        ["password: Secret('x')", 'password: Secret([redacted])'],
        [
          "key = Buffer.from('x', 'hex'), token = Buffer.from('x', 'hex')",
          "key = Buffer.from('x', 'hex'), token = Buffer.from([redacted], 'hex')",
        ],
      ],
      leaves: ['Some("x")', 'token: Some(42)'],
    },
  ],
};

/** Values that a sentence introduces. */
export const sentences: readonly RedactionRule[] = [
  {
    name: 'spoken-value',
    before:
      '(?i:\\b(?:with|using|requirepass|masterauth|your|is|new|temporary)\\s+(?:passw(?:or)?d|passcode|pin|otp|token|secret)\\s+' +
      '|\\b(?:requirepass|masterauth|sentinel auth-pass \\S+)\\s+' +
      `|${spoken}\\s+(?:is|was)\\s+(?:(?:still|now)\\s+)?|(?:verification|security|login|access|one-time|temporary|otp|reset|recovery|backup|your|sms|sign-?in)\\s+(?:[a-z-]+\\s+)?code(?:\\s+(?:is|was))?(?::|\\s)(?:\\s|\\\\+[nrt])*)`,
    secret: '(?:[^\\s"\'\\\\0-9]*[0-9][^\\s"\'\\\\]*)',
    replacement: '[redacted]',
    when: [
      ...['word ', 'swd ', 'code ', 'code:', 'pin ', 'otp ', 'ken ', 'cret ', ' is ', ' was '],
      ...['requirepass', 'masterauth', 'auth-pass'],
    ],
    changes: [
      ['for "default" with password Rd11', 'for "default" with password [redacted]'],
      ['requirepass Rd13', 'requirepass [redacted]'],
      ['my password is still Rd14', 'my password is still [redacted]'],
      ['your verification code is 483920', 'your verification code is [redacted]'],
      ['your verification code is: 483920', 'your verification code is: [redacted]'],
      ['{"m":"Your sign-in code:\\n\\n483920"}', '{"m":"Your sign-in code:\\n\\n[redacted]"}'],
    ],
    leaves: [
      'exit code is 137',
      'exited with code 1 after 3 s',
      'closed with code 1006',
      'exit code for job 7: 137',
      'token is expired',
      'with password authentication',
      'new token issued',
    ],
  },
  {
    name: 'spoken-quoted-value',
    // `Unexpected token '<'` is a message about syntax.
    before: `(?i:(?:\\b|_)(?:passw(?:or)?d|passphrase|passcode|pwd|otp|pin)\\s+(?:(?:(?:for|of)\\s+(?:[^\\s"'\\\\:=]+\\s+){1,3}?)?(?:is|was|of|to|(?:(?:is|was)\\s+)?(?:changed|set|reset|resolved|updated|rotated)\\s+to)\\s+)?)`,
    secret: `(?:\\\\+"[^"\\\\\\s]{3,}\\\\+"|"[^"\\\\\\s,:}\\]]{3,}"|'(?:[^'"\\\\\\s[]|'')(?:[^'"\\\\\\s]|''){2,}'|\`[^\`"\\\\\\s]{3,}\`)`,
    replacement: '[redacted]',
    when: [
      ...['o "', 'o \\', "o '", 'd "', 'd \\', "d '", 'd `', 'e "', 'e \\', "e '"],
      ...['p "', 'n "', 's "', 's \\', "s '"],
    ],
    changes: [
      [
        '{"m":"ada with password \\"Tr0ub4&3\\" denied"}',
        '{"m":"ada with password [redacted] denied"}',
      ],
      ["wrong password 'hunter' for ada", 'wrong password [redacted] for ada'],
      ["PASSWORD 'don''t' VALID", 'PASSWORD [redacted] VALID'],
    ],
    leaves: [
      'password of user changed to expire',
      'secret "audifi-db" not found',
      'column "password" of relation "users"',
      `Unexpected token '<', "<!DOCTYPE "`,
      '{"field":"password","email":"x"}',
    ],
  },
  {
    name: 'spoken-code',
    before:
      '(?i:\\b(?:t?otp(?: code| token)?|pin|passcode|(?:mfa|2fa|sms)(?: code)?|one-time (?:code|password)|(?:confirmation|auth(?:entication)?|magic|card) code|(?:sent|entered|wrong|incorrect|submitted|verifying|checking) (?:the )?code)\\s+\\(?)',
    secret: '(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3})\\b',
    replacement: '[redacted]',
    when: ['otp ', 'pin ', 'code ', 'assword ', 'token '],
    changes: [
      ['OTP 482914 sent to user_7', 'OTP [redacted] sent to user_7'],
      ['sent code 482914 to user_7', 'sent code [redacted] to user_7'],
      ['confirmation code 482914', 'confirmation code [redacted]'],
      ['one-time passcode (482 914) issued', 'one-time passcode ([redacted]) issued'],
    ],
    leaves: ['exit code 137000', 'pin 3 of 4', 'otp_1234 used'],
  },
  {
    name: 'spoken-iban',
    before: '(?i:\\biban(?: (?:is|no\\.?|number|to|from))?(?:[ :#>\\n]|\\\\+[nrt])+)',
    secret: '[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}\\b',
    replacement: '[redacted]',
    when: ['iban'],
    changes: [['payout to IBAN GB29NWBK60161331926819 done', 'payout to IBAN [redacted] done']],
    leaves: ['IBAN missing', 'iban is INVALID'],
  },
  {
    name: 'code-for',
    before:
      '(?i:\\b(?:otp|code|pin|passcode)\\s+(?:(?:for|to)\\s+[^\\s"\\\\:]+|sent|generated|created|entered|submitted|received)(?::|\\s+is)\\s+)',
    secret: '[0-9]{4,8}\\b',
    replacement: '[redacted]',
    when: [
      ' for ',
      ' to ',
      ' sent',
      ' generated',
      ' created',
      ' entered',
      ' submitted',
      ' received',
    ],
    changes: [
      ['OTP for user_1: 483920', 'OTP for user_1: [redacted]'],
      ['OTP sent: 483920', 'OTP sent: [redacted]'],
    ],
    leaves: ['exit code for job 7: 137', 'no code for x'],
  },
];
