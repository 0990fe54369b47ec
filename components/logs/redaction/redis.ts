import { addressName, anyName } from './names';
import { authResults, mechanisms } from './logins';
import { clientCommands } from './redis-clients';
import { scriptCommands } from './redis-scripts';
import { escapedText, keep, type RedactionGroup } from './rule';
import { literal } from './sql';

const longWord =
  '(?:otp|token|passw(?:or)?d|secret|session|jwt|verify|verification|magic(?:[_-]?link)?|refresh|csrf|nonce|2fa|mfa|(?:api|secret)key)';
/** Words that are the end of other words: `preset`, `transcode`, `spin`. */
const shortWord = '(?:pass|sess|rt|sid|code|auth|key|(?:pw|password)?reset|pin)';
const inKey = `[^\\s"'\\\\=]{0,40}`;
const secretKey = `(?:${inKey}${longWord}|(?:${inKey}[^a-z\\s"'\\\\=])?${shortWord})`;

/** A key after a command whose name says that its value is a secret. */
const key = `(?:(?:\\\\*["'],?)?\\s+(?:[0-9]\\)\\s+)?|\\((?:\\[\\s*)?)\\\\*["']?${secretKey}s?(?:[:_.-][^\\s"'\\\\=${keep}]*)?\\\\*["']?,?\\s+(?:[0-9]\\)\\s+)?`;

const crlf = '(?:\\\\+r\\\\+n|\\r\\n)';

/** Arguments of Redis commands: quoted in MONITOR and SLOWLOG, mostly unquoted in text. */
export const redis: RedactionGroup = {
  name: 'redis',
  when: [
    ...['auth ', 'auth"', 'auth2', "'auth'", 'setex', '"set"', 'set ', 'set(', 'setnx'],
    ...['getset', 'setuser', 'requirepass', 'masterauth'],
    ...['auth([', 'hello([', 'acl([', 'config([', 'beginning with: ', 'args'],
    ...[
      'auth\\',
      'set\\',
      "set'",
      'set"',
      'append',
      'push',
      ...['sadd', 'zadd', 'xadd', 'publish', 'eval', 'primaryauth'],
      'on >',
      ' on #',
    ],
  ],
  opens: [
    ...['auth ', 'auth"', 'setex', '"set"', ' set ', 'tuser', "'auth'"],
    ...['([', 'beginning with: ', 'args'],
    ...[
      'auth2',
      'auth\\',
      'set"',
      'set\\',
      'set("',
      "set('",
      'set(\\',
      "'set'",
      'setnx',
      'push"',
      'sadd',
      'zadd',
      'eval"',
      'eval\\',
    ],
    ...['on >', ' on #', 'masterauth', 'primaryauth'],
  ],
  rules: [
    {
      name: 'redis-counter',
      when: ['count', 'total', 'limit', 'size'],
      before: `(?i:(?:${longWord}|${shortWord})s?[:_-])`,
      secret: '',
      after: '(?i:(?:count|counter|total|limit|size)s?)\\\\*["\']?\\s',
      replacement: keep,
      changes: [['"SET" "session_count" "42"', `"SET" "session_${keep}count" "42"`]],
      leaves: ['"SET" "session:42" "x"'],
    },
    {
      name: 'option-of-client',
      // connect-redis logs the time to live with its name.
      when: ['ttl=', 'ex=', 'px=', 'maxage=', 'expires='],
      before: '(?i:\\bset) [^\\s"\'\\\\]+ ',
      secret: '',
      after: '(?i:ttl|p?ex|px|max_?age|expires?)=[0-9]+',
      replacement: keep,
      changes: [['SET sess:42 ttl=86400', `SET sess:42 ${keep}ttl=86400`]],
      leaves: ['SET sess:42 hunter=1'],
    },
    {
      name: 'auth-result',
      // A sentence, not the command.
      when: ['auth '],
      before: '\\bAUTH',
      secret: '',
      after: `(?: ${mechanisms})? ${authResults}`,
      replacement: keep,
      changes: [
        ['AUTH failed', `AUTH${keep} failed`],
        ['AUTH LOGIN failed', `AUTH${keep} LOGIN failed`],
      ],
      leaves: ['AUTH hunter', 'AUTH default hunter'],
    },
    {
      name: 'redis-hello',
      // In a slow log, where each argument has its number.
      before:
        '(?i:"hello\\\\*"\\s+2\\)\\s+\\\\*"[23]\\\\*"\\s+3\\)\\s+\\\\*"auth\\\\*"\\s+4\\)\\s+\\\\*")[^"\\\\]+\\\\*"\\s+5\\)\\s+\\\\*"',
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      when: ['hello'],
      changes: [
        [
          '1) "HELLO" 2) "3" 3) "AUTH" 4) "app" 5) "Zq7"',
          '1) "HELLO" 2) "3" 3) "AUTH" 4) "app" 5) "[redacted]"',
        ],
      ],
      leaves: ['1) "HELLO" 2) "3" 3) "SETNAME" 4) "api" 5) "10.0.0.5:5000"'],
    },
    {
      name: 'redis-auth',
      // In a slow log, the client's address follows the arguments as `5)`.
      before:
        '(?:(?:^|[\\s"\'\\]>]|\\\\[nrt])AUTH2?|(?i:(?:^|>) ?auth2?|["\'] ?auth2?\\\\*["\']))\\\\*["\']?,?\\s+(?:[2-4]\\)\\s+)?(?:\\\\*["\'][^"\'\\\\]*\\\\*["\'],?\\s+(?:[35]\\)\\s+)?|[A-Za-z][\\w-]*\\s+)??',
      secret: `(?:${escapedText}|"(?:[^"\\\\]|\\\\.)+"|'[^']+'|[^\\s"'\\\\\\[][^\\s"'\\\\]*)`,
      after: '(?:\\s*$|\\\\+n|\\\\*"|\\s*\\]|\\s+5\\)\\s|\\s+\\\\*"?(?i:setname|keys|client)\\b)',
      replacement: '[redacted]',
      when: ['auth'],
      changes: [
        [
          '[0 10.0.0.5:5000] "AUTH" "default" "Zq7"',
          '[0 10.0.0.5:5000] "AUTH" "default" [redacted]',
        ],
        ['AUTH Zq7', 'AUTH [redacted]'],
        ['1) "AUTH"\n 2) "Zq7"\n 5) "x"', '1) "AUTH"\n 2) [redacted]\n 5) "x"'],
        [
          '1) "AUTH" 2) "app" 3) "Zq7" 5) "10.0.0.5:5000"',
          '1) "AUTH" 2) "app" 3) [redacted] 5) "10.0.0.5:5000"',
        ],
        ['"AUTH2" "app" "Zq7" "KEYS" "a"', '"AUTH2" "app" [redacted] "KEYS" "a"'],
      ],
      leaves: [
        'Failed AUTH for "default" with',
        'called /v1/auth/me twice today',
        'Malformed auth code.',
        'msg="auth failed" user=ada',
        // `ACL LOG` gives the reason and the context.
        '3) "reason" 4) "auth" 5) "context" 6) "toplevel"',
      ],
    },
    {
      name: 'redis-protocol',
      // The wire protocol (RESP): each argument follows its length.
      before: `(?i:auth)${crlf}\\$[0-9]+${crlf}(?:[^\\s\\\\]+${crlf}\\$[0-9]+${crlf})?`,
      secret: '[^\\s"\\\\]+',
      replacement: '[redacted]',
      when: ['auth\\', 'auth\r'],
      changes: [
        [
          '$4\\r\\nAUTH\\r\\n$3\\r\\napp\\r\\n$3\\r\\nx y',
          '$4\\r\\nAUTH\\r\\n$3\\r\\napp\\r\\n$3\\r\\n[redacted] y',
        ],
        ['AUTH\\r\\n$6\\r\\nhunter\\r\\n', 'AUTH\\r\\n$6\\r\\n[redacted]\\r\\n'],
      ],
      leaves: ['AUTH\\r\\n', '$4\\r\\nPING\\r\\n$3\\r\\nabc'],
    },
    {
      name: 'redis-configuration',
      // The line of the configuration that Redis does not understand.
      before: '(?i:>>> \\\\*["\'](?:requirepass|masterauth|tls-(?:client-)?key-file-pass) )',
      secret: '(?:[^"\'\\\\]+|\\\\*"[^"\'\\\\]*\\\\*"(?: +\\\\*"[^"\'\\\\]*\\\\*")*)',
      replacement: '[redacted]',
      when: ['requirepass', 'masterauth', 'file-pass'],
      changes: [
        [">>> 'requirepass a b' wrong", ">>> 'requirepass [redacted]' wrong"],
        [`>>> 'masterauth "a" "b"' wrong`, ">>> 'masterauth [redacted]' wrong"],
      ],
      leaves: ['requirepass is not set'],
    },
    {
      name: 'redis-hash-field',
      // A field of a hash is followed by its value, whatever that looks like.
      before: `(?i:\\\\*"[a-z0-9_. -]{0,40}(?:${anyName}|${addressName})\\\\*")\\s+(?:[0-9]{1,3}\\)\\s+)?\\\\*"`,
      secret: `[^"\\\\${keep}]+`,
      after: '\\\\*"',
      replacement: '[redacted]',
      when: ['hset', 'hmset'],
      changes: [
        [
          '"HSET" "u:7" "password" "hunter" "plan" "pro"',
          '"HSET" "u:7" "password" "[redacted]" "plan" "pro"',
        ],
        ['"HSET" "c:9" "addressLine1" "3 Elm Yard"', '"HSET" "c:9" "addressLine1" "[redacted]"'],
        [
          '1) "HSET" 2) "u" 3) "pin" 4) "x" 5) "y"',
          '1) "HSET" 2) "u" 3) "pin" 4) "[redacted]" 5) "y"',
        ],
      ],
      leaves: [
        ...['"HSET" "u:7" "plan" "pro"', '["password","email"]'],
        '"HSET" "job:9" "deadline" "1795662000"',
      ],
    },
    {
      name: 'redis-auth-in-text',
      before: '["\'] ?auth2? ',
      secret: '[^\\s"\'\\\\/0-9][^\\s"\'\\\\/]*[0-9][^\\s"\'\\\\/]*',
      after: '\\\\*["\']',
      replacement: '[redacted]',
      when: ['auth '],
      changes: [['{"cmd":"auth Zq7"}', '{"cmd":"auth [redacted]"}']],
      leaves: ['msg="auth failed" user=ada'],
    },
    {
      name: 'redis-auth-arguments',
      before:
        '(?:\\[\\s*\\\\*["\']AUTH|(?i:args\\\\*["\']?\\s*:\\s*\\[\\s*\\\\*["\'](?:auth|hello)))\\\\*["\'],\\s*',
      secret: '(?:[^\\]"\'\\s]|\\\\*"[^"]*"|\'[^\']*\'|\\s)+?',
      after: '\\s*\\]',
      replacement: 'null',
      when: ['auth', 'hello'],
      changes: [['args: ["AUTH","default","Zq7"]', 'args: ["AUTH",null]']],
      leaves: ['["AUTH"]', '["auth","login"]'],
    },
    {
      name: 'sql-setting',
      // PostgreSQL's `SET`. It must come before the rules for Redis's `SET`.
      before:
        '(?i:\\bset\\s+(?:local\\s+|session\\s+)?[a-z_][a-z0-9_]*\\.[a-z0-9_.]+\\s+(?:to|=)\\s+)',
      secret: literal,
      replacement: "'[redacted]'",
      when: [' to ', ' = '],
      changes: [["SET app.api_token TO 'x'", "SET app.api_token TO '[redacted]'"]],
      leaves: ['SET app.api_token TO DEFAULT'],
    },
    {
      name: 'redis-value',
      before: `(?i:\\b(?:setnx|set|getset|append|[lr]push|sadd|publish)${key})`,
      secret: `(?:${escapedText}|"(?:[^"\\\\]|\\\\.)+"|'[^']+'|(?:[^\\s"'\\\\=\\[tT${keep}]|[tT][^\\s"'\\\\oO]|[tT][oO][^\\s"'\\\\])[^\\s"'\\\\]*)`,
      after: '(?:\\s*$|\\\\+n|\\\\*"|[\\s,)\\]\'])',
      replacement: '[redacted]',
      changes: [
        ['"SET" "session:abc" "x1" "EX" "300"', '"SET" "session:abc" [redacted] "EX" "300"'],
      ],
      leaves: [
        '"SET" "plan:user_1" "pro"',
        'cookie was set by token',
        'SMTP_PASS is not set, reset mails are disabled',
        '"RPUSH" "queue:transcode" "1042"',
        '"SET" "preset:7" "warm"',
        "SET app.token TO 'x'",
        '--set auth.password=x --wait',
      ],
    },
    {
      name: 'redis-value-after-number',
      before: `(?i:\\b(?:p?setex|zadd)${key}\\\\*["']?[0-9.]+\\\\*["']?,?\\s+(?:[0-9]\\)\\s+)?)`,
      secret: `(?:\\[redacted\\]|${escapedText}|"(?:[^"\\\\]|\\\\.)+"|'[^']+'|[^\\s"'\\\\=\\[][^\\s"'\\\\]*)`,
      after: '(?:\\s*$|\\\\+n|\\\\*"|[\\s,)\\]\'])',
      replacement: '[redacted]',
      when: ['setex', 'zadd'],
      changes: [
        ['"SETEX" "otp:user_456" "300" "739184"', '"SETEX" "otp:user_456" "300" [redacted]'],
        ['SETEX otp:user_456 300 739184', 'SETEX otp:user_456 300 [redacted]'],
        ["b'SETEX otp:7 300 739184',", "b'SETEX otp:7 300 [redacted]',"],
        ['1) "SETEX" 2) "otp:7" 3) "300" 4) "73"', '1) "SETEX" 2) "otp:7" 3) "300" 4) [redacted]'],
      ],
      leaves: ['"SETEX" "plan:user_1" "300" "pro"'],
    },
    {
      name: 'redis-values',
      // Several keys and values, and arguments of scripts.
      before: `(?i:\\\\*"(?:mset(?:nx)?(?:\\\\*"\\s+\\\\*"(?:[^"\\\\]|\\\\[^"])*)*?|eval(?:sha)?\\\\*"\\s+\\\\*"(?:[^"\\\\]|\\\\[^"])*\\\\*"\\s+\\\\*"[0-9]+(?:\\\\*"\\s+\\\\*"[^\\s"\\\\]*){0,2}?)\\\\*"\\s+\\\\*"${secretKey}[^\\s"\\\\]*\\\\*"\\s+)`,
      secret: `(?:${escapedText}|"(?:[^"\\\\]|\\\\.)*")(?:\\s+(?:${escapedText}|"(?:[^"\\\\]|\\\\.)*"))*`,
      replacement: '[redacted]',
      when: ['mset', 'eval'],
      changes: [
        ['"MSET" "token:1" "x" "token:2" "y"', '"MSET" "token:1" [redacted]'],
        ['"MSET" "a" "b" "smtp:pass" "x\\xc3y"', '"MSET" "a" "b" "smtp:pass" [redacted]'],
        ['"EVAL" "return 1" "1" "otp:7" "4821"', '"EVAL" "return 1" "1" "otp:7" [redacted]'],
      ],
      leaves: ['"MSET" "plan:1" "x"', '"EVAL" "return 1" "0"'],
    },
    ...clientCommands,
    ...scriptCommands,
    {
      name: 'redis-unknown-command',
      // The command has a typo, so any argument may be a secret.
      before: 'args beginning with: ',
      secret: "(?:'[^'\"\\n\\\\]*'|`[^`\"\\n\\\\]*`)(?:,? (?:'[^'\"\\n\\\\]*'|`[^`\"\\n\\\\]*`))*",
      replacement: '[redacted]',
      when: ['beginning with: '],
      changes: [
        [
          "ERR unknown command 'AUHT', with args beginning with: 'default' 'Rd12'",
          "ERR unknown command 'AUHT', with args beginning with: [redacted]",
        ],
      ],
      leaves: ["ERR unknown command 'x', with args beginning with: "],
    },
    {
      name: 'redis-acl',
      before:
        '(?i:setuser\\\\*"?[\\s,][^>#]*|\\buser \\S+ (?:on|off) (?:[a-z-]+ ){0,4}|\\buser declaration \\\\*["\'][^>#"\']*)',
      secret: '[>#][^\\s"\\\\]+(?: [>#!<][^\\s"\\\\]+)*',
      replacement: '[redacted]',
      when: ['setuser', 'on >', ' on #'],
      changes: [
        ['"ACL" "SETUSER" "app" "on" ">pw1"', '"ACL" "SETUSER" "app" "on" "[redacted]"'],
        ['user default on >pw1 ~*', 'user default on [redacted] ~*'],
        ["in user declaration 'on >pw1 ~*': x", "in user declaration 'on [redacted] ~*': x"],
      ],
      leaves: ['"ACL" "SETUSER" "app" "on" "~*"'],
    },
    {
      name: 'redis-config',
      before: '(?i:"(?:requirepass|masterauth|tls-key-file-pass|primaryauth)\\\\*"\\s+\\\\*")',
      secret: '[^"\\\\]+',
      replacement: '[redacted]',
      when: ['requirepass', 'masterauth', 'primaryauth', 'file-pass'],
      changes: [['"CONFIG" "SET" "requirepass" "pw"', '"CONFIG" "SET" "requirepass" "[redacted]"']],
      leaves: ['"CONFIG" "GET" "maxmemory"'],
    },
  ],
};
