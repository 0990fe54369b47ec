import type { RedactionRule } from './rule';

/** Escapes that may precede an e-mail address and are not part of it. */
export const escaped = '(?:\\\\+[nrtbf]|\\\\+u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})?';
/**
 * Letters and digits of any script. Go needs three times as long for `\\p{L}`, a table of hundreds
 * of ranges. The mark `keep` (U+E000) is left out: no address goes across it.
 */
export const letter = 'A-Za-z\\x{80}-\\x{dfff}\\x{e001}-\\x{10ffff}';
/** E-mail addresses with a mistake, as validators and services quote them. */
export const misspeltMail: readonly RedactionRule[] = [
  {
    name: 'misspelt-e-mail',
    before: `${escaped}[${letter}0-9]`,
    secret: `[${letter}0-9._+'-]*`,
    after: `@(?:@+|\\.)[A-Za-z0-9-]+\\.[A-Za-z]|@[A-Za-z0-9-]+(?:\\.\\.+|,)(?:com|net|org|io|de|fr|uk|eu)\\b`,
    replacement: '***',
    when: ['@@', '@.', '..', ',com', ',net', ',org', ',io', ',de', ',fr', ',uk', ',eu'],
    changes: [
      ["value: 'ada.l@@mail.cz'", "value: 'a***@@mail.cz'"],
      ['to ada.l@mail..com and b.c@mail,com', 'to a***@mail..com and b***@mail,com'],
    ],
    leaves: ['@@ -1,2 +1,3 @@ a.b', 'select @@version.x', 'react@18..20'],
  },
  {
    name: 'e-mail-field-without-domain',
    before: `(?i:e-?mail(?:\\\\*["'])?\\s*[:=]\\s*\\\\*["']?)[${letter}0-9]`,
    secret: `[${letter}0-9._+'-]+`,
    after: '@[A-Za-z0-9-]{0,40}(?:["\'\\\\\\s,;&}]|$)',
    replacement: '***',
    when: ['mail'],
    changes: [
      ["email: 'ada.l@mail', n: 1", "email: 'a***@mail', n: 1"],
      ['email=ada.l@ n=1', 'email=a***@ n=1'],
    ],
    leaves: ['email=a***@mail', 'mailer=react@18'],
  },
];
