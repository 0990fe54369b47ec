import { separator } from './redaction-fields';
import { affix, codeWords } from './redaction-names';
import { json, keep, type RedactionGroup, type RedactionRule } from './redaction-rule';

/**
 * A character that JSON escapes by its code. The character itself is valid at any nesting depth.
 */
const escape = (code: string, character: string): RedactionRule => ({
  name: `escape-${code}`,
  secret: `\\\\+u00${code.replace(/[a-f]/, (letter) => `[${letter}${letter.toUpperCase()}]`)}`,
  replacement: character,
  when: [`u00${code}`],
  changes: [[`{"m":"a\\u00${code}b \\\\u00${code}"}`, `{"m":"a${character}b ${character}"}`]],
  leaves: [`u00${code}`, '{"m":"\\u0041"}'],
});

/**
 * Decodes JSON escapes of characters that rules search for, and removes colours. Runs first, so
 * that no other rule has to handle them.
 */
export const decoding: RedactionGroup = {
  name: 'decoding',
  changesText: true,
  when: ['\\u00', '\x1b['],
  rules: [
    {
      name: 'colour',
      secret: '(?:\x1b|\\\\+u001[bB])\\[[0-9;]*m',
      replacement: '',
      when: ['\\u001b[', '\x1b['],
      changes: [
        ['\x1b[1;32mpassword\x1b[0m: x', 'password: x'],
        ['{"m":"\\u001b[31mred\\u001B[39m"}', '{"m":"red"}'],
      ],
      leaves: ['[31m', 'u001b[31m'],
    },
    ...Object.entries({
      26: '&',
      '3c': '<',
      '3e': '>',
      '3d': '=',
      40: '@',
      27: "'",
      '2b': '+',
    }).map(([code, character]) => escape(code, character)),
  ],
};

/** Names in free text. There are more names of fields. */
const spoken =
  '(?:token|jwt|passw(?:or)?d|passphrase|passcode|secret|api[ _-]?key|credentials?|authorization|cookie|otp|pin)';
const spokenWords = [
  ...['ken', 'jwt', 'pass', 'cret', 'key', 'redent', 'uthorizat', 'kie', 'otp', 'pin'],
] as const;

const phraseWords = ['mnem', 'phrase', 'words'] as const;

const reasons =
  'must|should|is|was|has|cannot|not|no|too|missing|invalid|expired|required|mismatch|incorrect|wrong|denied|revoked|' +
  'malformed|rejected|failed|empty|none|null|undefined|true|false|unknown|unsupported|set|changed|ok';

/**
 * `Invalid token: signature mismatch` contains no secret: two words of letters, or a word that
 * describes a problem.
 */
export const prose: RedactionGroup = {
  name: 'prose',
  when: [...spokenWords, ...phraseWords],
  opens: [],
  rules: [
    {
      name: 'spoken-phrase',
      // Twelve words or more. Sentences contain words of one or two letters.
      before: `(?i:(?:mnemonic|(?:seed|recovery|backup|secret)[ _-]?(?:phrase|words))[a-z ]{0,24}(?:\\\\*["'])?[ :=>]+\\\\*["']?)`,
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
    {
      name: 'reason',
      when: [': ', '=true', '=false', '=null', '=undefined', ':true', ':false', ':null'],
      before: `(?i:${spoken}${affix})${separator}`,
      secret: '',
      after: `(?i:${reasons})\\b`,
      replacement: keep,
      changes: [
        ['password: must be long', `password: ${keep}must be long`],
        ['CSRF token: missing', `CSRF token: ${keep}missing`],
        ['hasPassword=true', `hasPassword=${keep}true`],
      ],
      leaves: ['password: hunter2', 'token=nothing'],
    },
    {
      name: 'sentence',
      when: [': '],
      before: `(?i:${spoken})\\\\*["'\`]?: +`,
      secret: '',
      after: '[A-Za-z][a-z]+,? [a-z]{2,}(?:[ .,;:!?"\'\\\\)]|$)',
      replacement: keep,
      changes: [['Invalid token: signature mismatch', `Invalid token: ${keep}signature mismatch`]],
      leaves: ['token: abc1 is old', 'password: Hunter2 attempt'],
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
      // As `var_dump` of PHP prints it.
      before: `(?i:${spoken}${affix})(?:\\\\*["'])?\\]?=>\\s*string\\([0-9]+\\)\\s*`,
      secret: '(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+")',
      replacement: '[redacted]',
      when: ['string('],
      changes: [['["password"]=> string(8) "hunter2x"', '["password"]=> string(8) [redacted]']],
      leaves: ['["plan"]=> string(3) "pro"'],
    },
    {
      name: 'wrapped-value',
      // `Some("x")`, `Secret('x')`: the rules for fields would end at the quote.
      before: `(?i:${spoken}${affix})${separator}[A-Z][A-Za-z]+\\(`,
      secret: `\\\\*["'][^"'\\\\]*\\\\*["']`,
      after: '\\)',
      replacement: '[redacted]',
      when: ['("', "('", '(\\'],
      changes: [
        ['Login { token: Some("x y") }', 'Login { token: Some([redacted]) }'],
        ["password: Secret('x')", 'password: Secret([redacted])'],
      ],
      leaves: ['Some("x")', 'token: Some(42)'],
    },
  ],
};

/** Removes the mark that made other rules skip text. */
export const kept: RedactionGroup = {
  name: 'kept',
  when: { matches: keep },
  opens: [],
  rules: [
    {
      name: 'kept',
      secret: keep,
      replacement: '',
      changes: [[`a: ${keep}b ${keep}`, 'a: b ']],
      leaves: ['a: b'],
    },
  ],
};

/** The end of any name whose value is a secret, for rare notations. */
const anyName =
  '(?:(?:token|jwt|pass|passw(?:or)?d|passphrase|passcode|pwd|secret|credentials?|bearer|authorization|cookie|otp|cv[cv]|' +
  '(?:api|access|secret|private|auth|master|encryption|stream|signing|service)[_-]?key|mnemonic|pin|[a-z_-]code|signature)' +
  '(?:[_-]?(?:[0-9]|hash|confirmation))?)';
/** Looks like a value and not like a name: contains a digit, a space or a special character. */
const secretive = (quote: string): string =>
  `${quote}[^"${quote}\\\\]*[0-9 =+/!@#$%*-][^"${quote}\\\\]*${quote}`;

export const pairs: RedactionGroup = {
  name: 'pairs',
  when: [
    ...spokenWords,
    'mnem',
    'iban',
    ...codeWords,
    'gnature',
    'bearer',
    'wd',
    'cv',
    'auth"',
    'auth\\',
    "auth'",
    'auth:',
    'auth=',
  ],
  rules: [
    {
      name: 'listed-pair',
      // Node's rawHeaders, map entries, Redis commands.
      before: `(?i:"[a-z0-9_. -]{0,40}${anyName})"\\s*(?:,|\\s)\\s*`,
      secret: secretive('"'),
      replacement: '"[redacted]"',
      changes: [
        ['["Host","x","X-Api-Key","Na52aPLg"]', '["Host","x","X-Api-Key","[redacted]"]'],
        [
          '"HSET" "user_456" "password" "x1" "plan" "pro"',
          '"HSET" "user_456" "password" "[redacted]" "plan" "pro"',
        ],
      ],
      leaves: ['{"missing":["password","email"]}', '["token","name"]'],
    },
    {
      name: 'listed-pair-in-text',
      before: `(?i:'[a-z0-9_. -]{0,40}${anyName})'\\s*(?:,|\\s)\\s*`,
      secret: secretive("'"),
      replacement: "'[redacted]'",
      when: ["',", "' "],
      changes: [["[ 'cookie', 'sid=abc' ]", "[ 'cookie', '[redacted]' ]"]],
      leaves: ["[ 'password', 'email' ]"],
    },
    {
      name: 'escaped-listed-pair',
      before: `(?i:\\\\"[a-z0-9_. -]{0,40}${anyName})\\\\"\\s*(?:,|\\s)\\s*\\\\"`,
      secret: '[^"\\\\]*[0-9 =+/!@#$%*-][^"\\\\]*',
      replacement: '[redacted]',
      when: ['\\"'],
      changes: [['{"m":"[\\"Cookie\\",\\"sid=1\\"]"}', '{"m":"[\\"Cookie\\",\\"[redacted]\\"]"}']],
      leaves: ['{"m":"[\\"password\\",\\"email\\"]"}'],
    },
    {
      name: 'form-part',
      // A multipart form, as a dump of a request shows it.
      before: `(?i:name=\\\\*"[a-z0-9_. -]{0,40}${anyName}\\\\*")(?:\\\\+[rn])+`,
      secret: '[^\\\\\\s"]+',
      replacement: '[redacted]',
      when: ['name="', 'name=\\'],
      changes: [
        [
          'name="password"\\r\\n\\r\\nhunter2\\r\\n--b',
          'name="password"\\r\\n\\r\\n[redacted]\\r\\n--b',
        ],
      ],
      leaves: ['name="title"\\r\\nx', '<input name="password">'],
    },
    {
      name: 'named-pair',
      before: `(?i:"(?:name|key|field|header|param|property)"\\s*:\\s*"[a-z0-9_. -]{0,40}${anyName}"\\s*,\\s*"(?:value|val|content|data)"\\s*:\\s*)`,
      secret: `(?:${json.text}|${json.number})`,
      replacement: '"[redacted]"',
      changes: [
        [
          '{"name":"Authorization","value":"Basic x"}',
          '{"name":"Authorization","value":"[redacted]"}',
        ],
      ],
      leaves: ['{"name":"Accept","value":"x"}', '{"name":"password","type":"text"}'],
    },
    {
      name: 'option',
      before:
        '(?i:(?:^|[^a-z0-9])--?[a-z0-9-]{0,30}(?:token|pass|passw(?:or)?d|passphrase|secret|key|credentials?|auth|pin|otp)\\s+)',
      secret: '(?:"[^"-][^"]*"|\'[^\'-][^\']*\'|[^\\s"\'\\\\-][^\\s"\'\\\\]*)',
      replacement: '[redacted]',
      changes: [
        ['mysqldump --password x1 db', 'mysqldump --password [redacted] db'],
        ['--requirepass Rd12 --port 6379', '--requirepass [redacted] --port 6379'],
      ],
      leaves: ['--password --port 1', '--no-pass', 'public-key', '--keyfile /x'],
    },
    {
      name: 'spoken-value',
      before:
        '(?i:\\b(?:with|using|requirepass|masterauth|your|is|new|temporary)\\s+(?:passw(?:or)?d|passcode|pin|otp|token|secret)\\s+' +
        '|\\b(?:requirepass|masterauth|sentinel auth-pass \\S+)\\s+' +
        `|${spoken}\\s+(?:is|was)\\s+|(?:verification|security|login|access|one-time|temporary|otp|reset|recovery|backup|your|sms)\\s+(?:[a-z]+\\s+)?code(?:\\s+(?:is|was))?(?::\\s*|\\s+))`,
      secret: '(?:[^\\s"\'\\\\0-9]*[0-9][^\\s"\'\\\\]*)',
      replacement: '[redacted]',
      changes: [
        ['for "default" with password Rd11', 'for "default" with password [redacted]'],
        ['requirepass Rd13', 'requirepass [redacted]'],
        ['your verification code is 483920', 'your verification code is [redacted]'],
        ['your verification code is: 483920', 'your verification code is: [redacted]'],
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
      before: `(?i:\\b(?:passw(?:or)?d|passphrase|passcode|pwd|otp|pin)\\s+(?:(?:is|was|of|to)\\s+)?)`,
      secret: `(?:\\\\+"[^"\\\\\\s]{3,}\\\\+"|"[^"\\\\\\s,:}\\]]{3,}"|'[^'"\\\\\\s[][^'"\\\\\\s]{2,}'|\`[^\`"\\\\\\s]{3,}\`)`,
      replacement: '[redacted]',
      when: ['d "', 'd \\', "d '", 'd `', 'e "', 'e \\', "e '", 'p "', 'n "', 's "', 's \\', "s '"],
      changes: [
        [
          '{"m":"ada with password \\"Tr0ub4&3\\" denied"}',
          '{"m":"ada with password [redacted] denied"}',
        ],
        ["wrong password 'hunter' for ada", 'wrong password [redacted] for ada'],
      ],
      leaves: [
        'secret "audifi-db" not found',
        'column "password" of relation "users"',
        `Unexpected token '<', "<!DOCTYPE "`,
        '{"field":"password","email":"x"}',
      ],
    },
    {
      name: 'spoken-code',
      before: '(?i:\\b(?:t?otp|pin|passcode|(?:mfa|2fa|sms)(?: code)?)\\s+)',
      secret: '[0-9]{4,8}\\b',
      replacement: '[redacted]',
      when: ['otp ', 'pin ', 'code '],
      changes: [['OTP 482914 sent to user_7', 'OTP [redacted] sent to user_7']],
      leaves: ['exit code 137000', 'pin 3 of 4', 'otp_1234 used'],
    },
    {
      name: 'spoken-iban',
      before: '(?i:\\biban(?: (?:is|no\\.?|number|to|from))?[ :#]+)',
      secret: '[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}\\b',
      replacement: '[redacted]',
      when: ['iban'],
      changes: [['payout to IBAN GB29NWBK60161331926819 done', 'payout to IBAN [redacted] done']],
      leaves: ['IBAN missing', 'iban is INVALID'],
    },
    {
      name: 'code-for',
      before: '(?i:\\b(?:otp|code|pin|passcode)\\s+(?:for|to)\\s+[^\\s"\\\\:]+(?::|\\s+is)\\s+)',
      secret: '[0-9]{4,8}\\b',
      replacement: '[redacted]',
      when: [' for ', ' to '],
      changes: [['OTP for user_1: 483920', 'OTP for user_1: [redacted]']],
      leaves: ['exit code for job 7: 137', 'no code for x'],
    },
    {
      name: 'login-field',
      // `auth` alone may also be a method or an object. Here it is followed by base64 credentials
      // or a token.
      before: `(?i:["'{, ]auth(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*\\\\*["'])`,
      secret: '(?:[A-Za-z0-9+/_-]*[0-9][A-Za-z0-9+/_-]{7,}={0,2}|[A-Za-z0-9+/]{8,}={1,2})',
      replacement: '[redacted]',
      when: ['auth"', 'auth\\', "auth'", 'auth:', 'auth='],
      changes: [
        ['{"auth":"dXNlcjpwYXNz0A=="}', '{"auth":"[redacted]"}'],
        ["{ auth: 'a0b1c2d3e4f5', x: 1 }", "{ auth: '[redacted]', x: 1 }"],
      ],
      leaves: ['{"auth":"google"}', '{"auth":{"user":"x"}}', "auth: 'required'", '?auth=none'],
    },
    {
      name: 'xml-element',
      before: `(?i:<(?:[a-z0-9]+:)?[a-z0-9_-]{0,30}${anyName}(?:\\s[^<>]*)?>)`,
      secret: '[^<>"\\s][^<>"]*',
      after: '</',
      replacement: '[redacted]',
      when: ['</'],
      changes: [
        ['<user><Password>x y</Password></user>', '<user><Password>[redacted]</Password></user>'],
        [
          '{"m":"<w:Password Type=\\"#Text\\">x</w:Password>"}',
          '{"m":"<w:Password Type=\\"#Text\\">[redacted]</w:Password>"}',
        ],
      ],
      leaves: ['<password></password>', '<title>x</title>'],
    },
    {
      name: 'too-deep',
      before: `(?i:["_.-]${anyName}s?)"\\s*:\\s*`,
      secret: '[{\\[].*',
      replacement: '"[redacted]"',
      when: ['":{', '":[', '": {', '": ['],
      changes: [['{"token":[[[[[[[["x"]]]]]]]],"y":1}', '{"token":"[redacted]"']],
      leaves: ['{"token":"[redacted]"}', '{"token":1}'],
    },
  ],
};

/** Everything up to the end of a cookie header, which has many values. */
export const cookies: RedactionGroup = {
  name: 'cookies',
  when: ['kie'],
  rules: [
    {
      name: 'cookie-header',
      before: `(?i:\\b(?:set-)?cookie(?:\\\\+["']|')?\\s*[:=]\\s*(?:\\\\+["']|')?)`,
      secret: `[^"'\\\\\\s,:}\\]${keep}][^"'\\\\\\r\\n}]*`,
      replacement: '[redacted]',
      changes: [
        ['> Cookie: sid=abc; theme=dark', '> Cookie: [redacted]'],
        ["headers: { cookie: 'a=b; c=d' }", "headers: { cookie: '[redacted]' }"],
      ],
      leaves: ['no cookie was set', '{"message":"cookie:","next":"cookies"}'],
    },
  ],
};
