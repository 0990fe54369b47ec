import type { RedactionGroup } from './rule';
import { space, sqlKey } from './sql-messages';

/** The end of `Failing row contains` in the languages of PostgreSQL. */
const rows = [
  ...['zeile enthält', 'échec contient', 'falla contiene', 'errore contiene', 'falhou contém'],
  ...['строка содержит', 'рядок містить', 'wiersz zawiera', 'rad innehåller', 'řádek obsahuje'],
  ...['veren satır', '失敗した行は', '行包含', '資料列包含', '실패한 자료:'],
];
/** Rare parts of them, so that the agents search for fewer texts. */
const rowTexts = [
  ...['enthält', 'contien', 'contém', 'содержит', 'містить', 'zawiera', 'innehåller', 'obsahuje'],
  ...['veren sat', '失敗した行', '包含', '실패한'],
];

const open = `(?:\\\\*"|[«»„“]${space}?)`;
const close = `(?:\\\\*"|${space}?[«»“”])`;

/** Rows in messages of PostgreSQL in other languages than English. */
export const postgresRows: RedactionGroup = {
  name: 'postgres-rows',
  when: rowTexts,
  rules: [
    {
      name: 'sql-row-abroad',
      before: `(?i:(?:${rows.join('|')}) ?\\()`,
      secret: '(?:[^\\n"\\\\]|\\\\+[^\\n"\\\\])+?',
      after: '(?:\\)[^(),"\\\\\\n]{0,12}(?:$|["\\\\\\n])|["\\n]|\\\\+["n]|$)',
      replacement: '[redacted]',
      changes: [
        [
          'Ошибочная строка содержит (4471, Тихомиренко (Всеволод), +7 916, null).',
          'Ошибочная строка содержит ([redacted]).',
        ],
        ['La ligne en échec contient (7, Ada (L), x).', 'La ligne en échec contient ([redacted]).'],
        ['{"m":"失敗した行は(7, Ada)を含みます"}', '{"m":"失敗した行は([redacted])を含みます"}'],
        ['Hata veren satır (7, Ada) içeriyor.', 'Hata veren satır ([redacted]) içeriyor.'],
      ],
      leaves: ['Der Ordner enthält (7) Dateien', 'la liste contient (a, b)'],
    },
  ],
};

/** Keys and connection strings in messages of PostgreSQL in all languages. */
export const postgresLanguages: RedactionGroup = {
  name: 'postgres-languages',
  when: [
    ...[')=(', '" after "', '" after \\', '=« nach', '= » manq', '=» desp', '" после'],
    ...['uri query param', 'percent-encoded', 'connection option', 'port number: ', 'host name '],
  ],
  rules: [
    sqlKey,
    {
      name: 'connection-string',
      // A piece of it, because its password has a space or a special character.
      before: `${open}=${close} (?i:after|nach|manquant après|después de|dopo|после|depois de|efter) ${open}`,
      secret: '[^"«»“”\\\\\\n]+?',
      after: `${close} (?:in|dans|en|na|в) `,
      replacement: '[redacted]',
      changes: [
        [
          'missing "=" after "Rq7vL2" in connection info string',
          'missing "=" after "[redacted]" in connection info string',
        ],
        [
          '{"m":"missing \\"=\\" after \\"R 7\\" in x"}',
          '{"m":"missing \\"=\\" after \\"[redacted]\\" in x"}',
        ],
        ['« = » manquant après « Rq7vL2 » dans x', '« = » manquant après « [redacted] » dans x'],
      ],
      leaves: ['operator "=" for type "citext"', 'operator "=" after "jsonb" cast'],
    },
    {
      name: 'connection-parameter',
      // Words of letters are names of options, and ports are numbers.
      before:
        '(?i:\\b(?:uri query parameter: |percent-encoded (?:token|value): |invalid (?:connection option|port number:|integer value) )\\\\*")',
      secret: '(?:[0-9]+[^0-9"\\\\\\n]|[a-z_]+[^a-z_"\\\\\\n]|[^a-z0-9_"\\\\\\n])[^"\\\\\\n]*',
      replacement: '[redacted]',
      changes: [
        ['invalid connection option "Rq7v L2"', 'invalid connection option "[redacted]"'],
        ['invalid URI query parameter: "xTn7#B"', 'invalid URI query parameter: "[redacted]"'],
        ['invalid port number: "88ves@db"', 'invalid port number: "[redacted]"'],
      ],
      leaves: [
        'invalid connection option "ssl_mode"',
        'invalid port number: "70000"',
        'invalid URI query parameter: "pgbouncer"',
      ],
    },
    {
      name: 'host-with-password',
      // The end of a password with an `@`, which counts as a part of the host.
      before: '(?i:\\bhost name \\\\*")',
      secret: '[^"\\\\\\n]+',
      after: '@[^"@\\\\\\n]+\\\\*"',
      replacement: '[redacted]',
      changes: [['translate host name "vL2x@db-1" to', 'translate host name "[redacted]@db-1" to']],
      leaves: ['translate host name "db-1" to'],
    },
  ],
};
