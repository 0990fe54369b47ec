import { keep, type RedactionGroup } from './rule';

/** Characters of a literal that end neither it nor the JSON string around it. */
const inner = `(?:[^'"\\\\]|\\\\+[^'"\\\\])`;

/**
 * Passwords in statements. These rules come before those for sentences, which take a quote for the
 * end of the password, and before those for Redis's `SET`.
 */
export const sqlPasswords: RedactionGroup = {
  name: 'sql-passwords',
  // The family of passwords opens the theme.
  opens: [],
  rules: [
    {
      name: 'password-with-quote',
      // Quotes in a literal are doubled.
      before: '(?i:\\bpassword(?:\\\\*["\'])?\\s+(?:to\\s+)?)',
      secret: `(?:[eE]?'${inner}+(?:''${inner}*)+'|\\\\+'${inner}+(?:\\\\+'\\\\+'${inner}*)+\\\\+'|[eE]'(?:${inner}|\\\\+')+'|'${inner}*"[^'"\\\\,:{}\\[\\]\\s]${inner}*')`,
      replacement: "'[redacted]'",
      when: ["''", "'\\", " e'", '"'],
      changes: [
        ["ROLE x PASSWORD 'Harbour''s lantern' LOGIN", "ROLE x PASSWORD '[redacted]' LOGIN"],
        [`ROLE x PASSWORD 'hun"ter' LOGIN`, "ROLE x PASSWORD '[redacted]' LOGIN"],
        ["ROLE x PASSWORD E'it\\'s 3'", "ROLE x PASSWORD '[redacted]'"],
        [`'ROLE x PASSWORD \\'it\\'\\'s 3\\''`, `'ROLE x PASSWORD '[redacted]''`],
      ],
      leaves: ["ROLE x PASSWORD ''", "password 'x' and ''"],
    },
    {
      name: 'set-password',
      // MySQL's statement.
      before:
        '(?i:\\bset password(?:\\s+for\\s+[^=\\n]{1,80}?)?\\s*(?:=|\\bto\\b)\\s*(?:(?:old_)?password\\s*\\(\\s*)?)',
      secret: `(?:'(?:[^'"\\\\]|'')+'|\\\\+'[^'"\\\\]+\\\\+'|\\\\*"[^"\\\\]+\\\\*")`,
      replacement: "'[redacted]'",
      when: ['set password'],
      changes: [
        ["SET PASSWORD FOR `a`@`10.%`=\\'*381C\\'", "SET PASSWORD FOR `a`@`10.%`='[redacted]'"],
        ["SET PASSWORD FOR 'a'@'%' = 'x y';", "SET PASSWORD FOR 'a'@'%' = '[redacted]';"],
        ["SET PASSWORD = PASSWORD('x')", "SET PASSWORD = PASSWORD('[redacted]')"],
      ],
      leaves: ['set password for ada', 'cannot set password to empty'],
    },
    {
      name: 'identified-as',
      before: '(?i:\\bidentified with \\S+ as\\s+)',
      secret: `(?:\\\\*'[^'"\\\\]+\\\\*'|\\\\*"[^"\\\\]+\\\\*")`,
      replacement: "'[redacted]'",
      when: ['entified with'],
      changes: [
        ["IDENTIFIED WITH x_password AS '*381C'", "IDENTIFIED WITH x_password AS '[redacted]'"],
      ],
      leaves: ['identified with x as y'],
    },
    {
      name: 'no-redis-set',
      before: '(?i:\\bset password)',
      secret: '',
      after: '(?i:\\s+(?:for|=|to)\\s)',
      replacement: keep,
      when: ['set password'],
      changes: [['SET PASSWORD FOR x', `SET PASSWORD${keep} FOR x`]],
      leaves: ['SET password hunter2'],
    },
  ],
};
