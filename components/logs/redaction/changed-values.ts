import type { RedactionRule } from './rule';

const quoted = `(?:\`[^\`"\\\\\\n]{3,}\`|'[^'"\\\\\\n]{3,}'|\\\\*"[^"\\\\\\n]{3,}\\\\*")`;
// Shorter than the list of all names, because it occurs twice in a pattern.
const name =
  '[a-z0-9_.-]*(?:token|jwt|pass|passw(?:or)?d|phrase|pwd|secret|credentials?|[a-z_-]key)s?';
const value = '(?:[A-Za-z_]+[0-9]|[0-9]+[A-Za-z])[^\\s"\'\\\\,;=]{4,}';
const changes =
  '(?:was |has been |is |got |were )?(?:re)?(?:changed|updated|rotated|replaced|modified|switched|migrated|set|edited)';
const arrow = '\\s*(?:to|->|=>|→|➜|-->)\\s*';

/** The old and the new value of a secret. */
export const changedValues: readonly RedactionRule[] = [
  {
    name: 'changed-after-name',
    before: `(?i:\\b${name}["'\`\\])\\\\]{0,3}(?: for [^\\s"\\\\]+| of [^\\s"\\\\]+)? ${changes}:? from )`,
    secret: `${quoted}${arrow}${quoted}`,
    replacement: '[redacted]',
    when: [' from '],
    changes: [
      ['SMTP_PASS changed from "hun 1" to "ter 2", x', 'SMTP_PASS changed from [redacted], x'],
    ],
    leaves: ['title changed from "a b c" to "d e f"', 'password changed from web to mobile'],
  },
  {
    name: 'changed-without-quotes',
    before: `(?i:\\b(?:${changes} (?:the )?${name}|${name}(?: for [^\\s"\\\\]+)? ${changes}):? from )`,
    secret: `${value}${arrow}${value}`,
    replacement: '[redacted]',
    when: [' from '],
    changes: [
      ['rotated API_KEY from hunter1abc to hunter2abc by', 'rotated API_KEY from [redacted] by'],
    ],
    leaves: [
      'secret rotated from audifi-db-1 to audifi-db-2',
      'token state changed from active to revoked',
    ],
  },
  {
    name: 'old-and-new',
    before: `(?i:\\b${name}[^\\n"'=]{0,40}\\b(?:old|previous|new|current)(?: value)?:? )`,
    secret: `${quoted}(?:[,;]? (?:and )?(?:new|current|now)(?: value)?:? ${quoted})?`,
    replacement: '[redacted]',
    when: ['old', 'previous', 'new', 'current'],
    changes: [
      [
        'JWT_SECRET was rotated: old "hun 1", new "ter 2"',
        'JWT_SECRET was rotated: old [redacted]',
      ],
    ],
    leaves: ['title changed: old "a b", new "c d"', '{"password":"x","new":"ter"}'],
  },
];
