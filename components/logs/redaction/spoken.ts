import { argument, commands } from './commands';
import { anyName, spoken } from './names';
import { argon2Hash, escapedQuotes, escapedText, keep, type RedactionRule, start } from './rule';
import { spokenLogins } from './spoken-logins';

/** A word with a letter and a digit, in any order, as generated passwords have. */
const mixed = `(?:[^\\s"'\\\\,;0-9${keep}]*[A-Za-z][^\\s"'\\\\,;0-9${keep}]*[0-9]|[^\\s"'\\\\,;A-Za-z${keep}]*[0-9][^\\s"'\\\\,;A-Za-z${keep}]*[A-Za-z])[^\\s"'\\\\,;${keep}]*`;

/** A long word that is not a contract address. */
const long =
  '(?:(?:[A-Za-z_+~-]{1,24}[0-9]|[1-9]|0[0-9A-WYZa-wyz])[A-Za-z0-9_+/=~.-]{15,}|(?:[A-Z]*[a-z]+[A-Z]+){2}[A-Za-z]*[0-9][A-Za-z0-9_-]{4,})';

/** Values in sentences and notations without a separator. */
export const spokenSecrets: readonly RedactionRule[] = [
  {
    name: 'spoken-quoted-key',
    // A name in this position has no capitals, or no digits.
    before: '(?i:(?:api[ _-]?key|secret|token)\\s+)',
    secret:
      "(?:`[A-Za-z0-9]*(?:[A-Z][a-z]*[0-9]|[0-9][A-Za-z]*[A-Z])[A-Za-z0-9]{10,}`|'[A-Za-z0-9]*(?:[A-Z][a-z]*[0-9]|[0-9][A-Za-z]*[A-Z])[A-Za-z0-9]{10,}')",
    replacement: '[redacted]',
    when: ['t `', "t '", 'n `', "n '", 'y `', "y '"],
    changes: [['apiSecret `QzOBH02YwMcPrxRp` revoked', 'apiSecret [redacted] revoked']],
    leaves: ["Unexpected token 'export'", "secret 'audifi-db-2' not found"],
  },
  {
    name: 'spoken-token',
    before:
      '(?i:(?:\\b|_)(?:[a-z]{0,20}token|(?:access|api|ingest|license|private|secret|signing|stream)[ _-]?key|jwt|bearer|passw(?:or)?d)(?: is| was)?\\s+(?:\\\\*["\'`]){0,2})',
    secret: long,
    replacement: '[redacted]',
    when: ['ken ', 'key ', 'jwt ', 'bearer ', 'assword ', 'asswd '],
    changes: [
      ['using api key sPk4ungXtz4CFP8L7J6GcXXti next', 'using api key [redacted] next'],
      ['stream key sk_live-a9x2-77qm-k3vd-0ptz bound', 'stream key [redacted] bound'],
      [
        '{"m":"token \\"drmVfSo1KecRajn77uHG5GtBmgRy\\" gone"}',
        '{"m":"token \\"[redacted]\\" gone"}',
      ],
      [`API token '"v8XqYt3ZkR0wLm5PnBcG"' bad`, `API token '"[redacted]"' bad`],
    ],
    leaves: [
      'token 0x52908400098527886E0F7030069857D2E4169EE7 moved',
      'token expired 3 days ago',
      'password authentication failed',
    ],
  },
  {
    name: 'spoken-value-of',
    before: `(?i:(?:${spoken}|pass phrase)\\s+(?:for|of)\\s+(?:[^\\s"'\\\\:=]+\\s+){0,2}[^\\s"'\\\\:=]+(?::|\\s+is|\\s*(?:=|->|→))\\s+)`,
    secret: mixed,
    replacement: '[redacted]',
    when: [' for ', ' of '],
    changes: [
      ['TOTP secret for user_7: SW26SLOM done', 'TOTP secret for user_7: [redacted] done'],
      ['2FA secret for user 7: SW26SLOM', '2FA secret for user 7: [redacted]'],
      ['password of ada is xylzg7655', 'password of ada is [redacted]'],
    ],
    leaves: ['token for user_7 is expired', 'secret for api: 12'],
  },
  {
    name: 'changed-password',
    before:
      '(?i:\\b(?:passw(?:or)?d\\s+(?:(?:set|changed|reset|updated|generated)(?:\\s+from\\s+\\S+)?|from\\s+\\S+)|(?:set|changed?|reset|updated?|rotated)\\s+(?:\\S+\\s+){0,2}passw(?:or)?d)\\s+to\\s+)',
    secret: mixed,
    replacement: '[redacted]',
    when: [' to '],
    changes: [
      ['password set to Zqx9WB for user_7', 'password set to [redacted] for user_7'],
      ['changed password from a1 to nowbj7083', 'changed password from a1 to [redacted]'],
      ['reset the password to Zqx9WB for ada', 'reset the password to [redacted] for ada'],
    ],
    leaves: ['password set to expire', 'password changed 3 days ago'],
  },
  {
    name: 'changed-password-before',
    before: '(?i:\\bpassw(?:or)?d\\s+(?:(?:changed|updated)\\s+)?from\\s+)',
    secret: mixed,
    after: '\\s+to\\s',
    replacement: '[redacted]',
    when: [' from '],
    changes: [['password from abc1 to x', 'password from [redacted] to x']],
    leaves: ['password changed from api-server', 'password from a to b'],
  },
  {
    name: 'configured-password',
    // Lines of configuration files, netrc and userlist.txt without a separator.
    before:
      '(?:^|[\\s"\'>]|\\\\+n)(?:requirepass|masterauth|primaryauth|tls-(?:client-)?key-file-pass|bindpw|rootpw|(?:(?i:sentinel set) \\S+|\\+set master \\S+ \\S+ [0-9]+) auth-pass|sentinel auth-pass \\S+|[Ff]ailed AUTH for \\S+ with password|login (?:[^w\\s]\\S*|w(?:[^i\\s]\\S*|i(?:[^t\\s]\\S*|t(?:[^h\\s]\\S*|h\\S+)?)?)?) password|user \\\\*"?[^\\s"\\\\]+\\\\*"? password)\\s+',
    secret: `(?:${escapedText}|"[^\\s"\\\\,:}\\]](?:[^"\\\\]|\\\\["\\\\])*"|'[^\\s'"\\\\][^'"\\\\]*'|\\\\*["']?[^\\s"'\\\\]+)`,
    replacement: '[redacted]',
    when: [
      'requirepass',
      'masterauth',
      'primaryauth',
      'file-pass',
      'bindpw',
      'rootpw',
      'password ',
      'auth-pass',
    ],
    changes: [
      ['bindpw hunter', 'bindpw [redacted]'],
      ['login william password hunter', 'login william password [redacted]'],
      ['requirepass "correct horse"', 'requirepass [redacted]'],
      ['requirepass "hun\\"ter"', 'requirepass [redacted]'],
      ['Failed AUTH for "a" with password hunter', 'Failed AUTH for "a" with password [redacted]'],
      ['machine x login ada password hunter', 'machine x login ada password [redacted]'],
    ],
    leaves: ['masterauth=x', 'wrong password hunter', 'login with password disabled'],
  },
  {
    name: 'table-pair',
    before: `(?i:(?:^|[\\s"'|│\\\\])[a-z0-9_]*${anyName}\\s*(?:->|→|\\t|\\\\+t|\\.{2,}(?: :)?|\\||│)\\s*\\\\*["']?)`,
    secret: `(?:${argon2Hash}|${mixed})`,
    replacement: '[redacted]',
    when: { matches: '->|→|\\t|\\\\t|\\.\\.|\\||│' },
    changes: [
      ['password -> a1', 'password -> [redacted]'],
      ['| password | a1 |', '| password | [redacted] |'],
      ['│ DB_PASSWORD │ a1 │', '│ DB_PASSWORD │ [redacted] │'],
      ['password\ta1', 'password\t[redacted]'],
      ['Password ....... : a1', 'Password ....... : [redacted]'],
      ['password......."a1"', 'password......."[redacted]"'],
    ],
    leaves: ['| token | 12 |', 'token -> user', 'auth.token | a1'],
  },
  {
    name: 'table-code',
    before:
      '(?i:(?:^|[\\s"\'|│])(?:t?otp|pin|cv[cv]2?|passcode|ssn)\\s*(?:->|→|\\t|\\\\+t|\\||│)\\s*\\\\*["\']?)',
    secret: '[0-9][0-9-]{2,10}',
    after: '(?:[^0-9A-Za-z.]|$)',
    replacement: '[redacted]',
    when: { matches: '->|→|\\t|\\\\t|\\||│' },
    changes: [
      ['otp -> 739184', 'otp -> [redacted]'],
      ['| pin | 4711 |', '| pin | [redacted] |'],
    ],
    leaves: ['pin -> gpio4', 'spin | 4711', 'status -> 404'],
  },
  {
    name: 'buffer',
    // Bytes, as Node prints them.
    before: `(?i:${anyName}(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*)<Buffer `,
    secret: '[0-9a-f]{2}(?: [0-9a-f]{2})*',
    replacement: '[redacted]',
    when: ['<buffer '],
    changes: [['{ secret: <Buffer 5a 71> }', '{ secret: <Buffer [redacted]> }']],
    leaves: ['{ title: <Buffer 5a 71> }'],
  },
  {
    name: 'user-and-password',
    before:
      '(?i:(?:\\bbasic_?auth[a-z_]*(?:\\\\*["\'])?\\s*[=:]|\\bbasic auth\\s|\\bcredentials?\\s|--auth[ =]|\\b(?:auth|authentication|login|bind) failed for\\s)\\s*\\\\*["\']?[a-z0-9_.@-]{1,40}(?::|\\s+/\\s+))',
    secret: `[0-9]*[^\\s"'\\\\:/0-9${keep}][^\\s"'\\\\${keep}]*`,
    replacement: '[redacted]',
    when: [
      'basic_auth',
      'basicauth',
      'basic auth ',
      '--auth',
      'redentials ',
      'redential ',
      'failed for ',
    ],
    changes: [
      ['basic auth ada:hunter failed', 'basic auth ada:[redacted] failed'],
      ['BASIC_AUTH=ada:hunter', 'BASIC_AUTH=ada:[redacted]'],
      ['bad credentials ada:hunter now', 'bad credentials ada:[redacted] now'],
    ],
    leaves: ['credentials source: file', '--auth-url http://x', 'auth failed for 10.0.0.5:5432'],
  },
  ...spokenLogins,
  {
    name: 'login-tuple',
    // User and password as a tuple (Python's requests) or as a list (nodemailer).
    before:
      '(?i:\\bauth(?:\\s*=\\s*\\(\\s*|\\\\*"\\s*:\\s*\\[\\s*)(?:\\\\*"[^"\\\\]*\\\\*"|\'[^\']*\'),\\s*)',
    secret: `(?:'[^'"\\\\]*'|\\\\*"[^"\\\\]*[0-9!@#$%+=/-][^"\\\\]*\\\\*")`,
    replacement: '"[redacted]"',
    when: ['auth=(', 'auth = (', 'auth":[', 'auth\\'],
    changes: [
      ["auth=('ada', 'hunter')", 'auth=(\'ada\', "[redacted]")'],
      ['{"auth":["mailer","pw1"]}', '{"auth":["mailer","[redacted]"]}'],
    ],
    leaves: ['{"auth":["google","github"]}', 'auth=(user)'],
  },
  {
    name: 'imap-login',
    before:
      '(?:(?:^|[\\s"\'])[A-Za-z]{1,6}[0-9.]+|>|C:) LOGIN (?:\\\\*"[^"\\\\]*\\\\*"|"(?:[^"\\\\]|\\\\["\\\\])*"|[^\\s"\\\\\\[]+) ',
    // A quote inside has a backslash, or two more than the quotes around it.
    secret: `(?:"(?:[^"\\\\:,]|\\\\["\\\\])*"|${escapedQuotes}|${argument})`,
    replacement: '[redacted]',
    when: ['imap', ' login '],
    changes: [
      ['imap: A1 LOGIN ada hunter', 'imap: A1 LOGIN ada [redacted]'],
      ['imap: A1 LOGIN "a\\"b" "hun\\"ter"', 'imap: A1 LOGIN "a\\"b" [redacted]'],
      ['{"m":"> LOGIN ada \\"a\\\\\\"b\\" x"}', '{"m":"> LOGIN ada [redacted] x"}'],
      ['{"m":"> LOGIN \\"ada\\" \\"hunter\\""}', '{"m":"> LOGIN \\"ada\\" [redacted]"}'],
    ],
    leaves: ['250-AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2', 'ROLE app LOGIN ENCRYPTED PASSWORD'],
  },
  ...commands,
  {
    name: 'bare-code',
    // Six digits after `code` are a one-time code in a line about logins and phones.
    before:
      '(?i:(?:^|[\\s"\'{,?&])code(?:\\\\*["\']\\s*(?:=>|:)\\s*\\\\*["\']|(?:=>|[=:]) ?\\\\*["\']?))',
    secret: '[0-9]{6}',
    after: '\\b',
    replacement: '[redacted]',
    when: { matches: 'phone|sms|otp|verif|login|2fa|mfa|sign-?in|whatsapp' },
    changes: [
      ['code=288348 phone=***8153', 'code=[redacted] phone=***8153'],
      ['{"code":"288348","channel":"sms"}', '{"code":"[redacted]","channel":"sms"}'],
      [
        "{ 'phone' => '***8153', 'code' => '288348' }",
        "{ 'phone' => '***8153', 'code' => '[redacted]' }",
      ],
      ['{"phone"=>"***8153", "code"=>"288348"}', '{"phone"=>"***8153", "code"=>"[redacted]"}'],
      ['{"code": "288348", "phone": "***8153"}', '{"code": "[redacted]", "phone": "***8153"}'],
    ],
    leaves: ['code=288348', 'sms code=23505'],
  },
  {
    name: 'code-before-its-name',
    before: start,
    secret: '(?:[A-Z]-)?(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3,4})',
    after: '(?i:\\s+(?:is|as)\\s+your\\s+(?:[a-z-]+\\s+){0,3}(?:code|otp|pin|passcode)\\b)',
    replacement: '[redacted]',
    when: [' your '],
    changes: [
      ['G-482913 is your verification code', '[redacted] is your verification code'],
      ['use 482913 as your login code', 'use [redacted] as your login code'],
    ],
    leaves: ['137 is the exit code', 'line 4821 is the code path'],
  },
];

/** A block of lines in YAML. It comes before the rules for fields, which take the first line. */
export const blockScalar: RedactionRule = {
  name: 'block-scalar',
  before: `(?i:${spoken}|(?:access|api|private|signing|encryption)[_-]?key)[ \\t]*:[ \\t]*[>|][+-]?[ \\t]*(?:\\n|\\\\+n)[ \\t]+`,
  secret: '[^\\s"\\\\][^\\n"\\\\]*(?:(?:\\n|\\\\+n)[ \\t]+[^\\s:"\\\\][^\\n:"\\\\]*)*',
  after: '(?:\\n|\\\\+n|"|$)',
  replacement: '[redacted]',
  when: { matches: ': [>|]' },
  changes: [
    ['password: >-\n    ab\n    cd 7\n  port: 1', 'password: >-\n    [redacted]\n  port: 1'],
    ['secretAccessKey: |\n    a7/b\n', 'secretAccessKey: |\n    [redacted]\n'],
  ],
  leaves: ['password: x\n  port: 1'],
};

/** A list of codes after their name. It comes before the rules for fields, which take one. */
export const listedCodes: RedactionRule = {
  name: 'listed-codes',
  before:
    '(?i:\\b(?:backup|recovery|scratch|one-time)[ _-]?(?:codes?|set)(?: [a-z]+){0,3}\\s*(?:[:=]|=>|[→⇒])?\\s*)',
  secret:
    '(?:\\[(?:\\s|\\\\*["\']|[,|]|[A-Za-z0-9-])+\\]|[A-Za-z-]*[0-9][A-Za-z0-9-]{4,}(?:, ?[A-Za-z0-9-]{5,})*)',
  replacement: '[redacted]',
  when: ['backup', 'recovery', 'scratch', 'one-time'],
  changes: [
    ['backup codes: 1a2b-3c4d, 5e6f-7a8b', 'backup codes: [redacted]'],
    ['recovery set => [ 1a2b-3c4d | 5e6f-7a8b ]', 'recovery set => [redacted]'],
    ['recovery codes made ["k3j2h4","p9o8i7"]', 'recovery codes made [redacted]'],
  ],
  leaves: ['recovery codes: 12 left', 'backup codes are missing'],
};

/** Strings. Every line about a seed phrase contains at least one of them. */
export const phraseWords = ['mnem', 'phrase', 'words', 'seed'] as const;

/** A seed phrase between quotes. Its name may follow. */
export const quotedPhrase: RedactionRule = {
  name: 'quoted-phrase',
  before: `\\\\*["']`,
  secret: '(?:[a-z]{3,8} ){11,23}[a-z]{3,8}',
  after: `\\\\*["']`,
  replacement: '[redacted]',
  when: phraseWords,
  changes: [
    [
      '"able about above absent absorb abstract absurd abuse access acid acoustic acquire" as seed',
      '"[redacted]" as seed',
    ],
  ],
  leaves: ['"able about above" as seed phrase'],
};
