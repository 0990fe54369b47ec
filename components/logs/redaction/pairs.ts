import { announced } from './announced';
import { changedValues } from './changed-values';
import { toolTexts } from './commands';
import { named } from './named';
import { anyName, codeWords } from './names';
import { sentences, spokenWords } from './prose';
import { keep, type RedactionGroup } from './rule';
import { spokenPhrases } from './spoken-phrases';
import { spokenSecrets } from './spoken';
import { hexadecimalKey } from './tokens';

/** Letters whose case changes more often than in a name. */
const mixedCase = '(?:[A-Z]*[a-z]+[A-Z]){4}[A-Za-z]*';

/** An escape of JSON, or of Node's texts. */
const escape = '\\\\["\'\\\\/bfnrtux]';

/**
 * Text that looks like a value, not a name: it has a digit, a space, an escape or a special
 * character, or letters of mixed case.
 */
const secretive = (quote: string): string =>
  `${quote}(?:(?:[^"${quote}\\\\${keep}]|${escape})*(?:[0-9 =+/!@#$%*-]|${escape})(?:[^"${quote}\\\\]|${escape})*|${mixedCase})${quote}`;

/** One or more line endings, also as JSON escapes. */
const lineEnd = '(?:\\\\+[rn]|[\\r\\n])+';

/** Names for which the rules for fields drop lists and objects that are less deep. */
const deepName = anyName.replace('|[a-z_-]code|signature', '');

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
    'answer',
    ';s:',
    ' -b ',
    ' -p ',
    ...['code=', "'code'", '"code"', '"code\\'],
    'pw ',
    'wallet(',
    'failed for ',
    'masterauth',
    'bindpw',
    'rootpw',
    '--auth',
    'basic_auth',
    'basicauth',
    'basic auth ',
    ...['imap', ' login '],
    ...['redis-cli', 'rediscli_auth'],
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
      name: 'client-in-slow-log',
      // Entries 5 and 6 of a slow log are the client's address and name, not arguments.
      before: '[56]\\) \\\\*"',
      secret: '',
      after: '[0-9a-f.:\\]\\[]+:[0-9]{1,5}\\\\*"',
      replacement: keep,
      when: ['5) ', '6) '],
      changes: [['"token" 5) "10.0.3.14:50122"', `"token" 5) "${keep}10.0.3.14:50122"`]],
      leaves: ['4) "10.0.3.14:50122"', '5) "hunter2"'],
    },
    {
      name: 'listed-pair',
      // Node's rawHeaders, map entries, Redis commands.
      before: `(?i:"[a-z0-9_. -]{0,40}${anyName}s?)"\\s*(?:,|\\s)\\s*(?:[0-9]{1,3}\\)\\s+){0,2}`,
      secret: secretive('"'),
      // With a colon, it would be the name of the next field.
      after: '(?:[^:]|$)',
      replacement: '"[redacted]"',
      // Most lines have no name in a list, and this check is many times as fast as the pattern.
      when: { matches: `${anyName}s?"[,\\s]` },
      changes: [
        ['["Host","x","X-Api-Key","Na52aPLg"]', '["Host","x","X-Api-Key","[redacted]"]'],
        [
          '"HSET" "user_456" "password" "x1" "plan" "pro"',
          '"HSET" "user_456" "password" "[redacted]" "plan" "pro"',
        ],
        ['"HSET" "u" "password" "B3\\"s-Q" "n" "1"', '"HSET" "u" "password" "[redacted]" "n" "1"'],
        ['["password","hun\\\\ter\\u00e9"]', '["password","[redacted]"]'],
        // In a slow log, where each argument has its number.
        ['3) "access_token" 4) "BQDk7Z" 5) "x"', '3) "access_token" 4) "[redacted]" 5) "x"'],
      ],
      leaves: [
        ...['{"missing":["password","email"]}', '["token","name"]'],
        '{"cvc_check":"pass","address_line1_check":"fail"}',
      ],
    },
    {
      name: 'listed-pair-in-text',
      before: `(?i:'[a-z0-9_. -]{0,40}${anyName})'\\s*(?:,|\\s)\\s*`,
      secret: secretive("'"),
      replacement: "'[redacted]'",
      when: ["',", "' "],
      changes: [
        ["[ 'cookie', 'sid=abc' ]", "[ 'cookie', '[redacted]' ]"],
        ["('token', 'ZqXYLgvzwaNVgLdgZLVd')", "('token', '[redacted]')"],
      ],
      leaves: ["[ 'password', 'email' ]", "['token', 'refreshTokenExpiresAt']"],
    },
    {
      name: 'escaped-listed-pair',
      before: `(?i:\\\\+"[a-z0-9_. -]{0,40}${anyName}s?)\\\\+"\\s*(?:,|\\s)\\s*(?:[0-9]{1,3}\\)\\s+){0,2}\\\\+"`,
      secret: `(?:[^"\\\\${keep}]*[0-9 =+/!@#$%*-][^"\\\\]*|${mixedCase})`,
      after: '\\\\+"(?:[^:]|$)',
      replacement: '[redacted]',
      when: ['\\"'],
      changes: [['{"m":"[\\"Cookie\\",\\"sid=1\\"]"}', '{"m":"[\\"Cookie\\",\\"[redacted]\\"]"}']],
      leaves: [
        '{"m":"[\\"password\\",\\"email\\"]"}',
        '{"m":"{\\"check\\":\\"pass\\",\\"line1_check\\":1}"}',
      ],
    },
    {
      name: 'escaped-listed-pair-with-quotes',
      // A quote in the value has two backslashes more than the quotes around it.
      before: `(?:^|[^\\\\])(?i:\\\\"[a-z0-9_. -]{0,40}${anyName}s?)\\\\"\\s*(?:,|\\s)\\s*\\\\"`,
      secret: `[^"\\\\${keep}]*\\\\{3}["'](?:[^"\\\\]|\\\\{3}["'])*`,
      after: '\\\\"(?:[^:]|$)',
      replacement: '[redacted]',
      when: ['\\\\\\"'],
      changes: [
        [
          '{"m":"\\"HSET\\" \\"password\\" \\"a\\\\\\"b\\""}',
          '{"m":"\\"HSET\\" \\"password\\" \\"[redacted]\\""}',
        ],
      ],
      leaves: ['{"m":"\\"password\\" \\"ab\\""}'],
    },
    {
      name: 'form-part',
      // A multipart form, as a dump of a request shows it.
      before: `(?i:name=\\\\*"[a-z0-9_. -]{0,40}${anyName}\\\\*"(?:${lineEnd}content-type: [a-z/+-]+(?:; ?[a-z]+=[a-z0-9-]+)?)?)${lineEnd}`,
      secret: '[^\\\\\\s"]+',
      replacement: '[redacted]',
      when: ['name="', 'name=\\'],
      changes: [
        [
          'name="password"\\r\\n\\r\\nhunter2\\r\\n--b',
          'name="password"\\r\\n\\r\\n[redacted]\\r\\n--b',
        ],
      ],
      leaves: ['name="title"\\r\\nx', '<input name="password">', 'name="token" x'],
    },
    ...named,
    {
      name: 'option',
      before:
        '(?i:(?:^|[^a-z0-9])--?[a-z0-9_-]{0,30}(?:token|pass|passw(?:or)?d|pwd|passphrase|secret|key|credentials?|auth|pin|otp|cookie|mnemonic|(?:otp|mfa|recovery|backup|verification|security|login)[_-]?code)\\s+)',
      secret: `(?:"[^"-][^"]*"|'[^'-][^']*'|[^\\s"'\\\\${keep}-][^\\s"'\\\\]*)`,
      replacement: '[redacted]',
      when: [
        ...['ken ', 'pass ', 'word ', 'swd ', 'hrase ', 'cret ', 'key ', 'ial ', 'ials ', 'auth '],
        ...['pin ', 'otp ', 'pwd ', 'kie ', 'monic ', 'code '],
      ],
      changes: [
        ['mysqldump --password x1 db', 'mysqldump --password [redacted] db'],
        ['--requirepass Rd12 --port 6379', '--requirepass [redacted] --port 6379'],
        ['tool --client_secret x1 -v', 'tool --client_secret [redacted] -v'],
      ],
      leaves: ['--password --port 1', '--exit-code 1', '--no-pass', 'public-key', '--keyfile /x'],
    },
    {
      name: 'option-in-list',
      // The arguments of a program, as rclone and Node print them.
      before:
        '(?i:\\\\*["\']--?[a-z0-9_-]{0,30}(?:token|pass|passw(?:or)?d|pwd|passphrase|secret|key|credentials?|auth|pin|otp|cookie)\\\\*["\'],?\\s+\\\\*["\'])',
      secret: '[^\\s"\'\\\\-][^"\'\\\\]*',
      replacement: '[redacted]',
      when: ['"-', "'-"],
      changes: [
        ['["rclone" "--b2-key" "K005Gef" "-vv"]', '["rclone" "--b2-key" "[redacted]" "-vv"]'],
        ["spawnargs: [ '--api-key', 'x1', 'a' ]", "spawnargs: [ '--api-key', '[redacted]', 'a' ]"],
      ],
      leaves: ['["--no-auth" "--verbose"]', '["--keyfile" "/x"]'],
    },
    ...spokenPhrases,
    ...sentences,
    ...announced,
    ...changedValues,
    ...spokenSecrets,
    hexadecimalKey,
    {
      name: 'login-field',
      // `auth` alone may also be a method or an object. Here it is followed by base64 credentials
      // or a token.
      before: `(?i:["'{, ]auth(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*\\\\*["'])`,
      secret:
        '(?:[A-Za-z0-9+/_-]*[0-9][A-Za-z0-9+/_-]{7,}={0,2}(?:[.:]{1,2}[A-Za-z0-9_-]{16,})*|[A-Za-z0-9+/]{8,}={1,2})',
      replacement: '[redacted]',
      when: ['auth"', 'auth\\', "auth'", 'auth:', 'auth='],
      changes: [
        ['{"auth":"dXNlcjpwYXNz0A=="}', '{"auth":"[redacted]"}'],
        ["{ auth: 'a0b1c2d3e4f5', x: 1 }", "{ auth: '[redacted]', x: 1 }"],
      ],
      leaves: ['{"auth":"google"}', '{"auth":{"user":"x"}}', "auth: 'required'", '?auth=none'],
    },
    {
      name: 'login-pair-of-request',
      // An option of Node's http client: `user:password`.
      before: `(?i:["'{, ]auth(?:\\\\*["'])?\\s*[:=]\\s*\\\\*["'][a-z0-9_.@+-]{1,60}:)`,
      secret: `(?:[^\\s"'\\\\/:]*[0-9!@#$%^&*+-][^\\s"'\\\\]*|[^\\s"'\\\\/:]{6,})`,
      after: `\\\\*["']`,
      replacement: '[redacted]',
      when: ['auth"', 'auth\\', "auth'", 'auth:', 'auth='],
      changes: [
        [
          "{ path: null, auth: 'app:wN3-tRz', port: 1 }",
          "{ path: null, auth: 'app:[redacted]', port: 1 }",
        ],
        ['{"auth":"ada:hunter"}', '{"auth":"ada:[redacted]"}'],
      ],
      leaves: ["auth: 'type:jwt'", '{"auth":"google"}'],
    },
    {
      name: 'xml-element',
      before: `(?i:<(?:[a-z0-9]+:)?[a-z0-9_-]{0,30}${anyName}(?:provided)?(?:\\s[^<>]*)?>)`,
      // A double quote belongs to the value, unless it ends a JSON string.
      secret: '(?:<!\\[CDATA\\[[^<>"]*\\]\\]>|[^<>"\\s](?:[^<>"]|"[^<>"\\s,:{}[\\]])*)',
      after: '</',
      replacement: '[redacted]',
      when: ['</'],
      changes: [
        ['<user><Password>x y</Password></user>', '<user><Password>[redacted]</Password></user>'],
        ['<password>hun"ter</password>', '<password>[redacted]</password>'],
        [
          '{"m":"<w:Password Type=\\"#Text\\">x</w:Password>"}',
          '{"m":"<w:Password Type=\\"#Text\\">[redacted]</w:Password>"}',
        ],
      ],
      leaves: ['<password></password>', '<title>x</title>'],
    },
    {
      name: 'too-deep',
      before: `(?i:["_.-]${deepName}s?)"\\s*:\\s*`,
      // Caddy masks some headers itself, as `["REDACTED"]`.
      secret: '(?:\\{|\\[(?:[^"]|"(?:[^R]|R[^E]))).*',
      replacement: '"[redacted]"',
      when: ['":{', '":[', '": {', '": ['],
      changes: [['{"token":[[[[[[[["x"]]]]]]]],"y":1}', '{"token":"[redacted]"']],
      leaves: [
        ...['{"token":"[redacted]"}', '{"token":1}', '{"Cookie":["REDACTED"],"n":1}'],
        ...['{"signature":{"v":28},"n":1}', '{"status_code":{"ok":3},"n":1}'],
      ],
    },
  ],
};
