import { keep, type RedactionGroup } from './redaction-rule';

/**
 * A literal of SQL with quotes that are written twice, or of dollars. Not the apostrophe in a word; and in a text of JSON a
 * quote without a backslash ends it.
 */
const literal = `'(?:[^'"\\\\]|\\\\.|'')*'`;
const dollars = '\\$[a-z_]{0,20}\\$[^$]*\\$[a-z_]{0,20}\\$';

/** Statements with values that people typed, and what PostgreSQL and others write for bound parameters. */
const statement =
  '(?:insert into|update |select |delete from|merge into|values ?\\(|call |execute |where |parameters|bindings|params:)';

/** One of these is in every statement with values. */
const statements = [
  ...[
    'values',
    'where ',
    'nsert into',
    'update ',
    'delete from',
    'merge into',
    'parameters',
    'bindings',
  ],
  'params: [',
];

export const sql: RedactionGroup = {
  name: 'sql',
  when: [
    ...statements,
    "password '",
    'password $',
    'identified by',
    'ey (',
    'failing row',
    'copy ',
    'input syntax',
  ],
  rules: [
    {
      name: 'sql-password',
      before: '(?i:\\b(?:password|identified (?:with \\S+ )?by)\\s+)',
      secret: `(?:${literal}|E${literal}|${dollars})`,
      replacement: "'[redacted]'",
      when: ["'", '$$'],
      changes: [
        [
          "ALTER ROLE app WITH PASSWORD 'it''s' VALID UNTIL 'infinity'",
          "ALTER ROLE app WITH PASSWORD '[redacted]' VALID UNTIL 'infinity'",
        ],
      ],
      leaves: ['password authentication failed', "the password field's value"],
    },
    {
      name: 'sql-dollar-literal',
      secret: dollars,
      replacement: "'[redacted]'",
      when: ['$$', '$q$', '$body$', '$_$'],
      changes: [['VALUES ($$it$$, $q$x$q$)', "VALUES ('[redacted]', '[redacted]')"]],
      leaves: ['VALUES ($1, $2)'],
    },
    {
      name: 'sql-parameters',
      before: '(?i:"(?:parameters|bindings|params)"\\s*:\\s*)',
      secret: '\\[(?:[^\\]"\\\\]|\\\\.|"(?:[^"\\\\]|\\\\.)*")*\\]',
      replacement: '["[redacted]"]',
      when: ['parameters', 'bindings', 'params'],
      changes: [
        [
          '{"query":"SELECT $1","parameters":["ada",7]}',
          '{"query":"SELECT $1","parameters":["[redacted]"]}',
        ],
      ],
      leaves: ['parameters: $1 = 7'],
    },
    {
      name: 'sql-parameters-in-text',
      before: '(?i:\\b(?:parameters|bindings|params)\\s*:\\s*)',
      secret: '(?:\\[(?:[^\\]"\\\\]|\\\\.)*\\]|\\["[^"]*"(?:, ?(?:"[^"]*"|[^",\\]]*))*\\])',
      replacement: '[redacted]',
      when: ['parameters', 'bindings', 'params'],
      changes: [
        ['query: SELECT $1 -- PARAMETERS: ["ada",7]', 'query: SELECT $1 -- PARAMETERS: [redacted]'],
        ["select 1, params: [ 'ada', 7 ]", 'select 1, params: [redacted]'],
      ],
      leaves: ['parameters: $1 = 7'],
    },
    {
      name: 'sql-key',
      before:
        '\\((?i:[^()=]{0,60}(?:token|passw(?:or)?d|secret|key|code|jwt|otp|hash|session|phone|address|wallet)[^()=]{0,60}\\)=\\()',
      secret: '[^()]+(?:\\([^()]*\\)[^()]*)*',
      after: '\\)',
      replacement: '[redacted]',
      when: [')=('],
      changes: [['Key (token)=(abc) already exists.', 'Key (token)=([redacted]) already exists.']],
      leaves: ['Key (id)=(42) already exists.'],
    },
    {
      name: 'sql-row',
      before:
        '(?i:(?:failing row contains \\(|copy \\w+, line [0-9]+(?:, column \\w+)?: \\\\*"|invalid input syntax for (?:type )?[a-z ]+: \\\\*"))',
      secret: '[^\\n"\\\\]+?',
      after: '(?:\\)?\\.?$|\\)|\\\\*"|\\\\n)',
      replacement: '[redacted]',
      when: ['failing row', 'copy ', 'input syntax'],
      changes: [
        [
          'DETAIL:  Failing row contains (1, bob, Pw (1), null).',
          'DETAIL:  Failing row contains ([redacted]), null).',
        ],
        ['CONTEXT:  COPY users, line 1: "1 bob pw"', 'CONTEXT:  COPY users, line 1: "[redacted]"'],
      ],
      leaves: ['ERROR:  relation "x" does not exist'],
    },
  ],
};

/** Texts in quotes, where there is a statement around them. */
export const sqlLiterals: RedactionGroup = {
  name: 'sql-literals',
  when: ["'"],
  opens: [],
  rules: [
    {
      name: 'sql-literal',
      before: '[\\s(=,<>|:\\[]E?',
      secret: literal,
      after: '(?:[\\s),;:|\\]\\\\"}]|$)',
      replacement: "'[redacted]'",
      when: { matches: statement },
      changes: [
        [
          "INSERT INTO users (name, password) VALUES ('bob', 'it''s') ",
          "INSERT INTO users (name, password) VALUES ('[redacted]', '[redacted]') ",
        ],
        ["parameters: $1 = 'x y'", "parameters: $1 = '[redacted]'"],
      ],
      leaves: ["I can't select what isn't there", "SELECT ''x"],
    },
    {
      name: 'sql-literal-next',
      // The first one took the sign between two literals.
      before: '[\\s(=,<>|:\\[]E?',
      secret: `'(?:[^'"\\\\\\[]|\\\\.|''|\\[[^r])(?:[^'"\\\\]|\\\\.|'')*'`,
      after: '(?:[\\s),;:|\\]\\\\"}]|$)',
      replacement: "'[redacted]'",
      when: { matches: statement },
      changes: [["VALUES ('[redacted]','b')", "VALUES ('[redacted]','[redacted]')"]],
      leaves: ["VALUES ('[redacted]', '[redacted]')"],
    },
  ],
};

const secretWord =
  '(?:otp|token|passw(?:or)?d|pass|secret|session|sess|sid|code|auth|jwt|key|reset|verify|verification|magic|refresh|csrf|nonce|pin|2fa|mfa)';

/** Arguments of Redis commands: of MONITOR and SLOWLOG each quoted, in texts mostly not. */
export const redis: RedactionGroup = {
  name: 'redis',
  when: [
    'auth ',
    'auth"',
    'auth2',
    "'auth'",
    'setex',
    '"set"',
    'set ',
    'setnx',
    'getset',
    'setuser',
    'requirepass',
    'masterauth',
  ],
  opens: ['auth ', 'auth"', 'setex', '"set"', ' set ', 'tuser', "'auth'"],
  rules: [
    {
      name: 'redis-auth',
      before:
        '(?i:(?:^|[\\s"\'\\]])auth2?\\\\?["\']?\\s+(?:\\\\?["\'](?:[^"\'\\\\]*)\\\\?["\']\\s+|[A-Za-z][\\w-]*\\s+)??)',
      secret: '(?:\\\\?"[^"\\\\]+\\\\?"|\'[^\']+\'|[^\\s"\'\\\\]+)',
      after: '(?:\\s*$|\\\\n|"|\\s+(?i:setname)\\b)',
      replacement: '[redacted]',
      when: ['auth'],
      changes: [
        [
          '[0 10.0.0.5:5000] "AUTH" "default" "Zq7"',
          '[0 10.0.0.5:5000] "AUTH" "default" [redacted]',
        ],
        ['AUTH Zq7', 'AUTH [redacted]'],
      ],
      leaves: ['Failed AUTH for "default" with', 'called /v1/auth/me twice today'],
    },
    {
      name: 'redis-value',
      before: `(?i:\\b(?:p?setex|setnx|set|getset)\\\\?["']?\\s+\\\\?["']?[^\\s"'\\\\]{0,40}${secretWord}s?(?:[:_.-][^\\s"'\\\\]*)?\\\\?["']?\\s+(?:\\\\?["']?[0-9]{1,12}\\\\?["']?\\s+)?)`,
      secret: '(?:\\\\?"[^"\\\\]+\\\\?"|\'[^\']+\'|[^\\s"\'\\\\=][^\\s"\'\\\\]*)',
      after: '(?:\\s*$|\\\\n|"|\\s)',
      replacement: '[redacted]',
      changes: [
        ['"SETEX" "otp:user_456" "300" "739184"', '"SETEX" "otp:user_456" "300" [redacted]'],
        ['SETEX otp:user_456 300 739184', 'SETEX otp:user_456 300 [redacted]'],
        ['"SET" "session:abc" "x1" "EX" "300"', '"SET" "session:abc" [redacted] "EX" "300"'],
      ],
      leaves: ['"SET" "plan:user_1" "pro"', 'cookie was set by token'],
    },
    {
      name: 'redis-command',
      // As clients show the command that failed.
      before: '(?i:"name"\\s*:\\s*"(?:auth|hello|acl|config)"\\s*,\\s*"args"\\s*:\\s*)',
      secret: '\\[(?:[^\\]"]|"[^"]*")*\\]',
      replacement: '["[redacted]"]',
      when: ['args'],
      changes: [['{"name":"auth","args":["Rd12"]}', '{"name":"auth","args":["[redacted]"]}']],
      leaves: ['{"name":"get","args":["k"]}'],
    },
    {
      name: 'redis-command-in-text',
      before: "(?i:'?name'?\\s*:\\s*'(?:auth|hello|acl|config)'\\s*,\\s*'?args'?\\s*:\\s*)",
      secret: '\\[[^\\]"]*\\]',
      replacement: '[redacted]',
      when: ['args'],
      changes: [["{ name: 'auth', args: [ 'Rd12' ] }", "{ name: 'auth', args: [redacted] }"]],
      leaves: ["{ name: 'get', args: [ 'k' ] }"],
    },
    {
      name: 'redis-acl',
      before: '(?i:setuser"?\\s)[^>#]*',
      secret: '[>#][^\\s"]+',
      replacement: '[redacted]',
      when: ['setuser'],
      changes: [['"ACL" "SETUSER" "app" "on" ">pw1"', '"ACL" "SETUSER" "app" "on" "[redacted]"']],
      leaves: ['"ACL" "SETUSER" "app" "on" "~*"'],
    },
    {
      name: 'redis-config',
      before: '(?i:"(?:requirepass|masterauth|tls-key-file-pass|primaryauth)"\\s+")',
      secret: '[^"]+',
      replacement: '[redacted]',
      when: ['requirepass', 'masterauth', 'primaryauth', 'file-pass'],
      changes: [['"CONFIG" "SET" "requirepass" "pw"', '"CONFIG" "SET" "requirepass" "[redacted]"']],
      leaves: ['"CONFIG" "GET" "maxmemory"'],
    },
  ],
};

/** `otp:user_456` is a key of Redis in a command, no field: rules for text leave it. First, before those. */
export const redisKeys: RedactionGroup = {
  name: 'redis-keys',
  when: [
    'get',
    'set',
    'del',
    'expire',
    'ttl',
    'exists',
    'incr',
    'push',
    'pop',
    'scan',
    'unlink',
    'xadd',
  ],
  opens: [],
  rules: [
    {
      name: 'redis-key',
      before: `(?:^|[\\s"'\\]])(?:P?SETEX|SETNX|H?M?SET|GETSET|H?M?GET(?:ALL)?|GETEX|GETDEL|H?DEL|UNLINK|P?EXPIRE(?:AT)?|P?TTL|EXISTS|INCR(?:BY)?|[LR]PUSH|[LR]POP|SADD|SREM|ZADD|XADD|[HSZ]?SCAN|p?setex|setnx|hm?set|set|hget(?:all)?|get|del|unlink)\\\\?["']?\\s+\\\\?["']?[^\\s"'\\\\:]{0,40}`,
      secret: '',
      after: ':',
      replacement: keep,
      changes: [['SETEX otp:user_456 300 1', `SETEX otp${keep}:user_456 300 1`]],
      leaves: ['forget token: x', 'set the token'],
    },
  ],
};
