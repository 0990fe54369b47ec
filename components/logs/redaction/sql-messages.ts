import { guessed } from './dialogues';
import { keep, type RedactionRule } from './rule';

/** French has spaces without a break before colons and inside quotes. */
export const space = '[ \\x{a0}]';

/** A key that exists already, or that no row has. */
export const sqlKey: RedactionRule = {
  name: 'sql-key',
  before:
    '\\((?i:(?:[a-z_]+\\()?[^()=]*(?:token|passw(?:or)?d|secret|key|code|jwt|otp|hash|session|phone|address|wallet|mail|user_?name|nick_?name|(?:first|last|full|legal)_?name|birth|passport|tax_?id|login|handle|iban|card|ssn)[^()=]*\\)?\\)=\\()',
  secret: '[^()]+(?:\\([^()]*\\)[^()]*)*',
  after: '\\)',
  replacement: '[redacted]',
  changes: [
    ['Key (token)=(abc) already exists.', 'Key (token)=([redacted]) already exists.'],
    ['Key (lower(username))=(ada) exists', 'Key (lower(username))=([redacted]) exists'],
    ['La clé « (phone)=(0171 92) » existe déjà', 'La clé « (phone)=([redacted]) » existe déjà'],
  ],
  leaves: ['Key (id)=(42) already exists.'],
};

/** Values that PostgreSQL quotes in its messages. */
export const sqlMessages: readonly RedactionRule[] = [
  {
    name: 'sql-whole-row',
    // Values may contain parentheses.
    before: '(?i:failing row contains \\()',
    secret: '(?:[^\\n"\\\\]|\\\\+[^\\n"\\\\]|"[^\\n"\\\\,:{}[\\]\\s])+?',
    after: '\\)\\.?(?:$|\\n|\\\\+n|\\\\*["\'])',
    replacement: '[redacted]',
    when: ['failing row'],
    changes: [
      [
        'DETAIL:  Failing row contains (1, Pw (1), a"b).',
        'DETAIL:  Failing row contains ([redacted]).',
      ],
      [
        '{"detail":"Failing row contains (1, Pw (1), null)."}',
        '{"detail":"Failing row contains ([redacted])."}',
      ],
    ],
    leaves: ['Failing row contains (1, bob) in a sentence'],
  },
  {
    name: 'sql-row',
    before:
      '(?i:(?:failing row contains \\(|invalid input (?:syntax|value) for (?:type |enum )?[a-z_ ]+: \\\\*"))',
    secret: '(?:[^\\n"\\\\]|\\\\+[^\\n"\\\\])+?',
    after: '(?:\\)?\\.?$|\\)|\\\\*"|\\\\n)',
    replacement: '[redacted]',
    when: ['failing row', 'nvalid input '],
    changes: [
      [
        'DETAIL:  Failing row contains (1, bob, Pw (1), null).',
        'DETAIL:  Failing row contains ([redacted]), null).',
      ],
    ],
    leaves: ['ERROR:  relation "x" does not exist'],
  },
  {
    name: 'sql-copied-row',
    // In the languages of PostgreSQL, with their quotes.
    before: `(?:(?i:copy [^\\s,:]+, line)|COPY [^\\s,:]+, (?:[Zz]eile|ligne|l[ií]nea|linha|riga|строка|рядок|linia|wiersz|rad|satır|řádka|行))${space}[0-9]+(?:, [^\\s,:0-9"]+ [^\\s,:]+)?${space}?: (?:\\\\*"|[«»„“]${space}?)`,
    secret: '(?:[^\\n"\\\\«»“”]|\\\\+[^\\n"\\\\])+',
    replacement: '[redacted]',
    when: ['copy '],
    changes: [
      ['CONTEXT:  COPY users, line 1: "1 bob pw"', 'CONTEXT:  COPY users, line 1: "[redacted]"'],
      ['COPY users, line 1: "1\ta\\@b.io\tpw"', 'COPY users, line 1: "[redacted]"'],
      ['COPY u, ligne 8 : « 1\tAda »', 'COPY u, ligne 8 : « [redacted]»'],
      ['COPY u, Zeile 8, Spalte n: »Ada L«', 'COPY u, Zeile 8, Spalte n: »[redacted]«'],
      [
        'COPY u, line 8, column phone: "0043 (0)664 / 91"',
        'COPY u, line 8, column phone: "[redacted]"',
      ],
    ],
    leaves: ['COPY users, line 1, column id', 'copy x, take 2: "Intro"', 'COPY x, part 2: "a"'],
  },
  {
    name: 'sql-json-word',
    // Words of JavaScript and Python, and punctuation, are not values.
    before: 'Token ',
    secret: '',
    after: '\\\\*"(?:undefined|NaN|None|True|False|[^0-9A-Za-z"\\\\]{1,3})\\\\*" is invalid',
    replacement: keep,
    when: ['is invalid'],
    changes: [['Token "undefined" is invalid.', `Token ${keep}"undefined" is invalid.`]],
    leaves: ['Token "hunter" is invalid.'],
  },
  {
    name: 'sql-json-token',
    before: 'Token \\\\*"',
    secret: '[^"\\\\]+',
    after: '\\\\*" is invalid',
    replacement: '[redacted]',
    when: ['is invalid'],
    changes: [['DETAIL:  Token "abc" is invalid.', 'DETAIL:  Token "[redacted]" is invalid.']],
    leaves: ['token "x" is expired'],
  },
  {
    name: 'sql-near',
    // PostgreSQL quotes the word that it cannot parse: a word of SQL, or a piece of a value.
    before: 'at or near \\\\*"',
    secret: `(?:'[^"\\\\]+|${guessed})`,
    after: '\\\\*"',
    replacement: '[redacted]',
    when: ['at or near'],
    changes: [
      ['syntax error at or near "hunter2x"', 'syntax error at or near "[redacted]"'],
      ['quoted string at or near "\'hunter"', 'quoted string at or near "[redacted]"'],
    ],
    leaves: ['syntax error at or near "FROM"', 'error at or near "$1"', 'at or near "\'"'],
  },
];
