import { toolTexts } from './redaction-commands';
import { named } from './redaction-named';
import { anyName, codeWords } from './redaction-names';
import { sentences, spokenWords } from './redaction-prose';
import { keep, type RedactionGroup } from './redaction-rule';
import { spokenSecrets } from './redaction-spoken';
import { hexadecimalKey } from './redaction-tokens';

/** Looks like a value and not like a name: contains a digit, a space or a special character. */
const secretive = (quote: string): string =>
  `${quote}[^"${quote}\\\\]*[0-9 =+/!@#$%*-][^"${quote}\\\\]*${quote}`;

/** Names and values in rare notations, and values in sentences. */
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
    'seed',
    ' -b ',
    ' -p ',
    ' code=',
    'code=',
    '"code":"',
    '"code\\',
    'wallet(',
    'failed for ',
    'masterauth',
    'bindpw',
    'rootpw',
    '--auth',
    'basic_auth',
    'basicauth',
    'basic auth ',
    'pgpass',
    ...['> login', 'c: login', 'imap', '1 login ', '2 login ', '3 login '],
    'redis-cli',
    'mysql',
    'mariadb',
    ...toolTexts,
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
      before: `(?i:\\\\+"[a-z0-9_. -]{0,40}${anyName})\\\\+"\\s*(?:,|\\s)\\s*\\\\+"`,
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
    ...named,
    {
      name: 'option',
      before:
        '(?i:(?:^|[^a-z0-9])--?[a-z0-9-]{0,30}(?:token|pass|passw(?:or)?d|passphrase|secret|key|credentials?|auth|pin|otp)\\s+)',
      secret: `(?:"[^"-][^"]*"|'[^'-][^']*'|[^\\s"'\\\\${keep}-][^\\s"'\\\\]*)`,
      replacement: '[redacted]',
      when: [
        ...['ken ', 'pass ', 'word ', 'swd ', 'hrase ', 'cret ', 'key ', 'ial ', 'ials ', 'auth '],
        ...['pin ', 'otp '],
      ],
      changes: [
        ['mysqldump --password x1 db', 'mysqldump --password [redacted] db'],
        ['--requirepass Rd12 --port 6379', '--requirepass [redacted] --port 6379'],
      ],
      leaves: ['--password --port 1', '--no-pass', 'public-key', '--keyfile /x'],
    },
    ...sentences,
    ...spokenSecrets,
    hexadecimalKey,
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
      secret: '(?:<!\\[CDATA\\[[^<>"]*\\]\\]>|[^<>"\\s][^<>"]*)',
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
      // Caddy masks some headers itself, as `["REDACTED"]`.
      secret: '(?:\\{|\\[(?:[^"]|"(?:[^R]|R[^E]))).*',
      replacement: '"[redacted]"',
      when: ['":{', '":[', '": {', '": ['],
      changes: [['{"token":[[[[[[[["x"]]]]]]]],"y":1}', '{"token":"[redacted]"']],
      leaves: ['{"token":"[redacted]"}', '{"token":1}', '{"Cookie":["REDACTED"],"n":1}'],
    },
  ],
};
