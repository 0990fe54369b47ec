import { keep, type RedactionGroup } from './rule';
import { literal } from './sql';

/**
 * Statements that may contain values from users, and bound parameters as PostgreSQL and others log
 * them. `insert or update on table` is a message, and `connection-parameters.js` is a file. A cast
 * (`'x'::text`) is part of a plan.
 */
const statement =
  '(?:insert into|update (?:[^o]|o[^nr]|o[nr][^ ])|select |delete from|merge into|values ?\\(|\\bcall [a-z0-9_."]{1,60} ?\\(|execute |where |(?:^|[^a-z0-9_-])parameters(?:[^a-z0-9_.-]|$)|parameter \\$|bindings|params:|\\$[0-9]{1,3} = \\x27|statement: (?:set|prepare|notify) |comment on |\\x27::[a-z])';

/**
 * A literal that may also contain double quotes, alone or around texts: a JSON document or names.
 * In a JSON string, `,`, `:` or a bracket follows the quote that ends it.
 */
const anyLiteral = `'(?:[^'"\\\\]|\\\\+.|''|"(?:[^'"\\\\,:{}\\[\\]\\s][^'"\\\\]*)?"|"[^'"\\\\,:{}\\[\\]\\s])*'`;
const before = '[\\s(=,<>|:\\[\\]](?:[ENBXenbx]|U&)?';
const after = '(?:[\\s),;:|\\]\\\\"}]|$)';

/** An object whose fields are the values of a statement: in a line with a statement, or by name. */
const verb =
  '(?:insert into|update |select |delete from|merge into|match \\(|create \\(| set |\\$[0-9])';
const object = '[\\\\"\']*\\s*[:=]?\\s*\\[?\\s*\\{';
const bound = '(?:param(?:eter)?s|values|where)';
const boundObject = `.*(?:(?:bindings?|binds?|replacements)${object}|${verb}.*${bound}${object}|${bound}${object}.*${verb}).*`;

/** Quoted strings in a line that contains a statement. Runs last, because it marks text. */
export const sqlLiterals: RedactionGroup = {
  name: 'sql-literals',
  when: ["'"],
  // Bound parameters of PostgreSQL, in any language, and plans of statements.
  opens: ['$1 = ', "'::"],
  rules: [
    {
      name: 'sql-value-field',
      // The value that the database rejected, in an error message.
      before: '(?i:\\b(?:value|argument|param(?:eter)?|bind(?:ing)?)s?\\\\*["\']?: )',
      secret: literal,
      replacement: "'[redacted]'",
      when: { matches: statement },
      changes: [
        [
          "Incorrect integer value: 'hunter' where n = 1",
          "Incorrect integer value: '[redacted]' where n = 1",
        ],
      ],
      leaves: ["code: '22P02'"],
    },
    {
      name: 'name-in-object',
      // Fields of the object that contains the statement, as Node and Python print it.
      before: '[{,](?:\\s|\\\\+n)*',
      secret: '',
      after: "'[A-Za-z_@$][A-Za-z0-9_.@$/-]*': ",
      replacement: keep,
      when: ["': "],
      changes: [["{ 'db.statement': 'select 1' }", `{ ${keep}'db.statement': 'select 1' }`]],
      leaves: ["near 'hunter': syntax", "VALUES ('a', 'b')"],
    },
    {
      name: 'value-in-object',
      before: '[A-Za-z0-9_$\\]\'"]: ',
      secret: '',
      after: "'",
      replacement: keep,
      when: { not: boundObject },
      changes: [
        ["{ code: '23505', sql: 'select 1' }", `{ code: ${keep}'23505', sql: ${keep}'select 1' }`],
        ["{ method: 'get', params: { n: 1 } }", `{ method: ${keep}'get', params: { n: 1 } }`],
      ],
      leaves: [
        ...["where name = 'ada'", "{ sql: 'select :n', params: { n: 'ada' } }"],
        "{ params: { n: 'ada' }, sql: 'select :n' }",
      ],
    },
    {
      name: 'name-of-setting',
      before: '(?i:\\b(?:set_config|current_setting)\\()',
      secret: '',
      after: "'[A-Za-z_.]+'",
      replacement: keep,
      when: ['set_config(', 'current_setting('],
      changes: [["set_config('a.b', 'x')", `set_config(${keep}'a.b', 'x')`]],
      leaves: ["where name = 'ada'"],
    },
    {
      name: 'empty-setting',
      // As `pg_dump` begins each session.
      before: `(?i:\\bset_config\\(${keep}?'[a-z_.]+',\\s*)`,
      secret: '',
      after: "''\\s*,",
      replacement: keep,
      when: ['set_config('],
      changes: [["set_config('a.b', '', true)", `set_config('a.b', ${keep}'', true)`]],
      leaves: ["set_config('a.b', 'x', true)"],
    },
    {
      name: 'name-in-connector',
      // Kafka Connect tells where a record failed.
      before: '\\b(?:stage|class) |\\b(?:topic|schema)=',
      secret: '',
      after: "'[A-Za-z0-9_.$-]+'",
      replacement: keep,
      when: ['where source record', 'where sink record', 'where consumed record'],
      changes: [
        [
          "stage 'SINK' where source record is X{topic='a.b'}",
          `stage ${keep}'SINK' where source record is X{topic=${keep}'a.b'}`,
        ],
      ],
      leaves: ["where name = 'ada'"],
    },
    {
      name: 'sql-literal',
      before,
      secret: anyLiteral,
      after,
      replacement: "'[redacted]'",
      when: { matches: statement },
      changes: [
        [
          "INSERT INTO users (name, password) VALUES ('bob', 'it''s') ",
          "INSERT INTO users (name, password) VALUES ('[redacted]', '[redacted]') ",
        ],
        ["parameters: $1 = 'x y'", "parameters: $1 = '[redacted]'"],
        [`VALUES ('hun"ter', 1)`, "VALUES ('[redacted]', 1)"],
        ["parameters: (7, b'x')", "parameters: (7, b'[redacted]')"],
        [
          "Index Cond: ((token)::text = 'x'::text)",
          "Index Cond: ((token)::text = '[redacted]'::text)",
        ],
        [
          `select f('"a", "b"', true), f('{"a":"b"}', 'x y')`,
          "select f('[redacted]', true), f('[redacted]', '[redacted]')",
        ],
      ],
      leaves: [
        "I can't select what isn't there",
        "SELECT ''x",
        `insert or update on table "x" { code: '23503' }`,
        "at new Client (/pg/lib/connection-parameters.js:56:42) { code: 'X' }",
        `{"a":"where n = 'x","b":"y' z"}`,
      ],
    },
    {
      name: 'sql-literal-next',
      // The first match consumed the character between two literals.
      before,
      secret: `'(?:[^'"\\\\\\[]|\\\\.|''|\\[[^r])(?:[^'"\\\\]|\\\\.|'')*'`,
      after,
      replacement: "'[redacted]'",
      when: { matches: statement },
      changes: [["VALUES ('[redacted]','b')", "VALUES ('[redacted]','[redacted]')"]],
      leaves: ["VALUES ('[redacted]', '[redacted]')"],
    },
    {
      name: 'sql-escaped-literal',
      // Literals in a statement that is itself a string with the same quotes.
      before: "[\\s(=,<>|]\\\\+'",
      secret: `[^'"\\\\]+`,
      after: "\\\\+'",
      replacement: '[redacted]',
      when: { matches: statement },
      changes: [
        [
          "sql: 'select * from u where n = \\'ada\\' and m = \\'x\\''",
          "sql: 'select * from u where n = \\'[redacted]\\' and m = \\'[redacted]\\''",
        ],
      ],
      leaves: ["it\\'s what isn\\'t where it was"],
    },
  ],
};
