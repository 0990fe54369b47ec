import type { RedactionGroup } from './rule';
import { literal } from './sql';

/** Rows that PostgreSQL writes outside statements: decoded from its WAL, and in conflicts. */
export const decodedRows: RedactionGroup = {
  name: 'decoded-rows',
  rules: [
    {
      name: 'decoded-column',
      // Of the plugin test_decoding. A number without quotes stays.
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
      // Of the plugin wal2json.
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
      name: 'conflicting-row',
      // Of logical replication.
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
