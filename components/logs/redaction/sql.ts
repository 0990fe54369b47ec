import { keep, type RedactionGroup } from './rule';
import { sqlMessages } from './sql-messages';

/**
 * An SQL string literal, with doubled or dollar quotes. An apostrophe inside a word does not start
 * one. In a JSON string, a double quote without a backslash ends it.
 */
export const literal = `'(?:[^'"\\\\]|\\\\+.|'')*'`;
const dollars = '\\$[a-z_]{0,20}\\$[^$]*\\$[a-z_]{0,20}\\$';

/** Every statement with values contains one of these. */
const statements = [
  ...[
    'values',
    'where ',
    'nsert into',
    'update ',
    'delete from',
    'merge into',
    'parameter',
    'bindings',
  ],
  ...['params: [', 'select ', 'execute ', 'statement: ', 'binding parameter'],
];

const opens = [
  ...statements,
  "password '",
  'password $',
  ...['identified by', 'pragma key', 'pragma rekey'],
  'failing row',
  'copy ',
  'nvalid input ',
  'is invalid',
  'audit: ',
  'at or near',
] as const;

export const sql: RedactionGroup = {
  name: 'sql',
  // The family of passwords opens the theme too.
  when: [...opens, 'password" ', 'password\\'],
  opens,
  rules: [
    {
      name: 'unquoted-values',
      // Laravel writes the values into the statement, without quotes.
      before: '\\bSQL: (?i:insert into) [^()]+\\([^()]+\\) (?i:values) \\(',
      secret: '[^()?]+',
      after: '\\)',
      replacement: '[redacted]',
      when: ['sql: insert'],
      changes: [
        [
          'SQL: insert into "u" ("n", "t") values (Ada, x1) returning',
          'SQL: insert into "u" ("n", "t") values ([redacted]) returning',
        ],
      ],
      leaves: ['SQL: insert into "u" ("n") values (?)'],
    },
    {
      name: 'no-parameters',
      // Arguments of a command.
      before: 'starting with parameters',
      secret: '',
      after: ' \\[',
      replacement: keep,
      when: ['starting with param'],
      changes: [
        ['starting with parameters ["a" "b"]', `starting with parameters${keep} ["a" "b"]`],
      ],
      leaves: ['parameters ["ada"]'],
    },
    {
      name: 'sql-password',
      // Also an option of a foreign server: `OPTIONS ("password" 'x')`.
      before: '(?i:\\b(?:password(?:\\\\*")?|identified (?:with \\S+ )?by)\\s+)',
      secret: `(?:${literal}|E${literal}|${dollars})`,
      replacement: "'[redacted]'",
      when: ["'", '$$'],
      changes: [
        [
          "ALTER ROLE app WITH PASSWORD 'it''s' VALID UNTIL 'infinity'",
          "ALTER ROLE app WITH PASSWORD '[redacted]' VALID UNTIL 'infinity'",
        ],
        [
          `{"m":"OPTIONS (\\"user\\" 'a', \\"password\\" E'b\\\\\\\\c')"}`,
          `{"m":"OPTIONS (\\"user\\" 'a', \\"password\\" '[redacted]')"}`,
        ],
      ],
      leaves: ['password authentication failed', "the password field's value"],
    },
    {
      name: 'sql-other-password',
      // MySQL takes double quotes too. SQLCipher has a pragma.
      before: '(?i:\\bidentified (?:with \\S+ )?by\\s+|\\bpragma (?:re)?key\\s*=\\s*)',
      secret: `(?:${literal}|\\\\+"[^"\\\\]+\\\\+"|"[^"\\\\:,]+")`,
      replacement: "'[redacted]'",
      when: ['dentified', 'pragma'],
      changes: [
        ['IDENTIFIED BY "hunter"', "IDENTIFIED BY '[redacted]'"],
        ["PRAGMA key = 'hunter';", "PRAGMA key = '[redacted]';"],
      ],
      leaves: ['PRAGMA journal_mode = wal'],
    },
    {
      name: 'sql-dollar-literal',
      secret: dollars,
      replacement: "'[redacted]'",
      when: { matches: '\\$[a-z_]{0,20}\\$' },
      changes: [
        ['VALUES ($$it$$, $q$x$q$)', "VALUES ('[redacted]', '[redacted]')"],
        ["UPDATE u SET bio = $tag$it's$tag$", "UPDATE u SET bio = '[redacted]'"],
      ],
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
      name: 'sql-parameters-as-text',
      // Prisma's parameters: a list in a string.
      before: '(?i:\\\\*"(?:parameters|bindings|params)\\\\*"\\s*:\\s*\\\\*")',
      secret: '\\[(?:[^"\\\\]|\\\\+["nrtu/]?)*?\\]',
      after: '\\\\*"\\s*[,}]',
      replacement: '[redacted]',
      when: ['"['],
      changes: [
        [
          '{"query":"SELECT $1","params":"[\\"ada\\",7]"}',
          '{"query":"SELECT $1","params":"[redacted]"}',
        ],
        [
          '{"m":"{\\"q\\":\\"SELECT $1\\",\\"params\\":\\"[\\\\\\"a\\\\\\",7]\\",\\"n\\":1}"}',
          '{"m":"{\\"q\\":\\"SELECT $1\\",\\"params\\":\\"[redacted]\\",\\"n\\":1}"}',
        ],
      ],
      leaves: ['{"params":["ada"]}'],
    },
    {
      name: 'sql-query-object',
      // Parameters of node-postgres and slonik.
      before:
        '(?i:\\\\*"(?:sql|text|query)\\\\*"\\s*:\\s*\\\\*"(?:[^"\\\\]|\\\\+[^"\\\\])*\\\\*"\\s*,\\s*\\\\*"values\\\\*"\\s*:\\s*)',
      secret: '\\[[^\\[\\]]*\\]',
      replacement: '[]',
      when: ['values"', 'values\\'],
      changes: [['{"sql":"SELECT $1","values":["ada",7]}', '{"sql":"SELECT $1","values":[]}']],
      leaves: ['{"metric":{},"values":[[1,"2"]]}'],
    },
    {
      name: 'sql-parameters-in-text',
      before: '(?i:\\b(?:parameters|bindings|params)(?:\\\\+")?\\s*(?:[:=]\\s*)?)',
      secret:
        '(?:\\[(?:[^\\]"\\\\]|\\\\.)*\\]|\\[(?:(?:-?[0-9.]+|null|true|false), ?)*"(?:[^"\\\\]|\\\\.)*"(?:, ?(?:"(?:[^"\\\\]|\\\\.)*"|[^",\\]]*))*\\])',
      replacement: '[redacted]',
      when: ['parameters', 'bindings', 'params'],
      changes: [
        ['query: SELECT $1 -- PARAMETERS: ["ada",7]', 'query: SELECT $1 -- PARAMETERS: [redacted]'],
        ["select 1, params: [ 'ada', 7 ]", 'select 1, params: [redacted]'],
        ['INSERT INTO "User" params=["ada","x"]', 'INSERT INTO "User" params=[redacted]'],
        ["knex:bindings [ 'ada', 'x' ]", 'knex:bindings [redacted]'],
        ['PARAMETERS: [7,null,"ada"]', 'PARAMETERS: [redacted]'],
        ['PARAMETERS: ["x","{\\"a-1\\",\\"b\\"}",7]', 'PARAMETERS: [redacted]'],
      ],
      leaves: ['parameters: $1 = 7'],
    },
    {
      name: 'sql-values-after-statement',
      // Sequelize's parameters: `… VALUES ($1,$2); "ada", 7`.
      before: '\\$[0-9]+[^;$]*;\\s+',
      secret: `(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+"|[0-9.]+|null|true|false)(?:, ?(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+"|[0-9.]+|null|true|false))*`,
      replacement: '[redacted]',
      when: [';'],
      changes: [
        ['INSERT INTO u VALUES ($1,$2); 7, "ada"', 'INSERT INTO u VALUES ($1,$2); [redacted]'],
      ],
      leaves: ['SELECT $1; done', 'SELECT $1'],
    },
    {
      name: 'sql-bound-value',
      // Hibernate's parameters.
      before: 'binding parameter [\\[(][^\\])]{1,40}[\\])](?: as \\[[A-Z_]{1,20}\\])? (?:<-|-) \\[',
      secret: '[^\\n"\\\\]*',
      after: '\\]',
      replacement: '[redacted]',
      when: ['binding parameter'],
      changes: [
        ['binding parameter (2:VARCHAR) <- [a b]', 'binding parameter (2:VARCHAR) <- [[redacted]]'],
        [
          'binding parameter [1] as [VARCHAR] - [ada]',
          'binding parameter [1] as [VARCHAR] - [[redacted]]',
        ],
      ],
      leaves: ['binding parameter 1 failed'],
    },
    ...sqlMessages,
    {
      name: 'sql-audit-parameters',
      // The last column of pgaudit, with `pgaudit.log_parameter`.
      before: 'AUDIT: (?:[^",\\n]*,){7}\\\\*"(?:[^"\\\\]|\\\\*"\\\\*")*\\\\*",',
      secret:
        '(?:\\\\+"(?:[^"\\\\]|\\\\+"\\\\+")*\\\\+"|"(?:[^"\\\\]|"")*"|[^"\\\\<\\n][^"\\\\\\n]*)',
      replacement: '[redacted]',
      when: ['audit: '],
      changes: [
        [
          'AUDIT: SESSION,4,1,WRITE,UPDATE,,,"update users set pw = $1","pw1"',
          'AUDIT: SESSION,4,1,WRITE,UPDATE,,,"update users set pw = $1",[redacted]',
        ],
        [
          'AUDIT: SESSION,4,1,WRITE,UPDATE,,,"update users set n = $1","7,""L, Ada"",1987"',
          'AUDIT: SESSION,4,1,WRITE,UPDATE,,,"update users set n = $1",[redacted]',
        ],
      ],
      leaves: ['AUDIT: SESSION,1,1,READ,SELECT,,,"select 1",<none>'],
    },
    {
      name: 'sql-double-quoted-values',
      // MySQL and SQLite take double quotes for strings too.
      before: "(?i:\\bvalues ?\\()(?:(?:-?[0-9.]+|null|true|false|'[^'\"]*'), ?)*",
      secret: `(?:\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\:{}]*")(?:, ?(?:\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\:{}]*"|-?[0-9.]+|null|true|false|'[^'"]*'))*`,
      after: '\\)',
      replacement: "'[redacted]'",
      when: ['values'],
      changes: [
        ['INSERT INTO u VALUES (7, "ada", "pw1")', "INSERT INTO u VALUES (7, '[redacted]')"],
        ['{"m":"VALUES (\\"ada\\",7)"}', '{"m":"VALUES (\'[redacted]\')"}'],
      ],
      leaves: ['VALUES ($1, $2)', 'VALUES (1, 2)', 'INSERT INTO "User" ("id") VALUES (1)'],
    },
    {
      name: 'sql-unquoted-parameters',
      // Drizzle's parameters.
      before:
        '(?i:failed query: (?:[^"\\\\]|\\\\*"[a-z0-9_.]+\\\\*"|\\\\+n)*?(?:\\s|\\\\+n)params: )',
      secret: '[^\\s"\\\\\\[{][^"\\\\\\n]*?',
      after: '(?: cause: |["\\\\\\n]|$)',
      replacement: '[redacted]',
      when: ['params: '],
      changes: [
        [
          'Failed query: select * from u where t = $1\nparams: abc,7',
          'Failed query: select * from u where t = $1\nparams: [redacted]',
        ],
        [
          'Failed query: insert into "u" ("n") values ($1) params: Ada L,7 cause: Error: x',
          'Failed query: insert into "u" ("n") values ($1) params: [redacted] cause: Error: x',
        ],
      ],
      leaves: ['params: abc'],
    },
  ],
};
