import type { RedactionGroup } from './rule';
import { literal } from './sql';

/** Rows that PostgreSQL writes outside statements: decoded from its WAL, and in conflicts. */
export const decodedRows: RedactionGroup = {
  name: 'decoded-rows',
  rules: [
    {
      name: 'decoded-column',
      // Rows that the plugin test_decoding writes. A number without quotes stays.
      before: '[a-z0-9_"]\\[[a-z ]{3,40}(?:\\([0-9,]+\\))?(?:\\[\\])?\\]:',
      secret: literal,
      replacement: "'[redacted]'",
      when: ["]:'"],
      changes: [
        [
          "table public.users: INSERT: id[bigint]:7 name[text]:'Ada ''L''' plan[text]:'pro'",
          "table public.users: INSERT: id[bigint]:7 name[text]:'[redacted]' plan[text]:'[redacted]'",
        ],
      ],
      leaves: ["tags[0]:'x'", "row[id]: 'x'"],
    },
    {
      name: 'decoded-columns',
      // Rows that the plugin wal2json writes.
      before: '\\\\*"columnvalues\\\\*"\\s*:\\s*',
      secret: '\\[[^\\[\\]]*\\]',
      replacement: '[]',
      when: ['columnvalues'],
      changes: [
        ['{"columnvalues":[7,"Ada L",null],"n":1}', '{"columnvalues":[],"n":1}'],
        ['{"m":"{\\"columnvalues\\":[7,\\"Ada\\"]}"}', '{"m":"{\\"columnvalues\\":[]}"}'],
      ],
      leaves: ['{"columnnames":["id"]}'],
    },
    {
      name: 'captured-row',
      // A failed record that Debezium prints.
      before: '\\b(?:before|after)=Struct\\{',
      secret: '[^{}"\\n]+',
      after: '\\}',
      replacement: '[redacted]',
      when: ['=struct{'],
      changes: [
        [
          'value=Struct{after=Struct{id=7,name=Ada L},op=c}',
          'value=Struct{after=Struct{[redacted]},op=c}',
        ],
      ],
      leaves: ['key=Struct{id=7}'],
    },
    {
      name: 'malformed-literal',
      before:
        '(?i:\\bmalformed (?:array|record|range) literal: \\\\*"|\\bvalue out of range: \\\\*")',
      secret: '[^\\n]*?',
      after: '\\\\*"(?:\\n|\\\\n|[,} ]|$)',
      replacement: '[redacted]',
      when: ['malformed ', 'out of range: '],
      changes: [
        [
          'ERROR:  malformed array literal: "{ada,b"c}"',
          'ERROR:  malformed array literal: "[redacted]"',
        ],
        [
          'date/time field value out of range: "31/11/1994"\nLINE 1: x',
          'date/time field value out of range: "[redacted]"\nLINE 1: x',
        ],
      ],
      leaves: ['integer out of range', 'malformed URL "x"'],
    },
    {
      name: 'conflicting-row',
      // Conflicting rows in logical replication.
      before: '(?i:\\b(?:existing local|remote) (?:row|tuple) \\()',
      secret: '[^"\\n\\\\]+?',
      after: '\\)(?:[;.]|\\\\*"|\\\\n|\\n|$)',
      replacement: '[redacted]',
      when: ['local row (', 'local tuple (', 'remote row (', 'remote tuple ('],
      changes: [
        [
          'Existing local row (7, Ada (L), f); remote row (8, A. L, t).',
          'Existing local row ([redacted]); remote row ([redacted]).',
        ],
      ],
      leaves: ['existing local row was updated'],
    },
  ],
};
