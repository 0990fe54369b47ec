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
      ['rotated API_KEY from hunter1abcd to hunter2abcd by', 'rotated API_KEY from [redacted] by'],
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
  {
    name: 'old-in-json',
    // The name is the value of the field before.
    before: `(?i:${name}\\\\*",\\s?\\\\*"(?:old|from|before|prev(?:ious)?)(?:_?value)?\\\\*":\\s?\\\\*")`,
    secret: '[^"\\\\\\n[][^"\\\\\\n]*',
    replacement: '[redacted]',
    when: ['old', 'from', 'before', 'prev'],
    changes: [
      [
        '{"setting":"smtp.password","from":"hunter","to":"x"}',
        '{"setting":"smtp.password","from":"[redacted]","to":"x"}',
      ],
    ],
    leaves: ['{"setting":"title","from":"hunter","to":"x"}', '{"password":"x","from":"y"}'],
  },
  {
    name: 'new-in-json',
    before:
      '(?i:"(?:old|from|before|prev(?:ious)?)(?:_?value)?\\\\*":\\s?\\\\*"\\[redacted\\]\\\\*",\\s?\\\\*"(?:new|to|after|current)(?:_?value)?\\\\*":\\s?\\\\*")',
    secret: '[^"\\\\\\n[][^"\\\\\\n]*',
    replacement: '[redacted]',
    when: ['new', 'to"', 'to\\', 'after', 'current'],
    changes: [
      [
        '"API_KEY","old_value":"[redacted]","new_value":"x"',
        '"API_KEY","old_value":"[redacted]","new_value":"[redacted]"',
      ],
    ],
    leaves: ['"from":"Ada","to":"Bob"'],
  },
  {
    name: 'new-password-in-sentence',
    before:
      '(?i:\\b(?:set|changed|reset|updated) (?:her|his|my|their|the|your|its) (?:password|passphrase|pin|passcode) to )',
    secret: '(?:[A-Za-z_-]+[0-9!@#$%^&*+]|[0-9]+[A-Za-z])[^\\s"\'\\\\,;=]*',
    replacement: '[redacted]',
    when: [' to '],
    changes: [
      ['she set her password to Able_About9 today', 'she set her password to [redacted] today'],
    ],
    leaves: ['changed the password to expire', 'set the title to Able9'],
  },
];
