import { fullName } from './parties';
import type { RedactionRule } from './rule';

/** A field `name` in JSON, in JSON inside a string, and as Node prints it. */
const nameTexts = ['name":', 'name\\":', "name: '", "name': '"];

/** Full names in a field `name` beside an e-mail address. Alone, `name` can be anything. */
export const namesBesideMail: readonly RedactionRule[] = [
  {
    name: 'name-after-e-mail',
    before: `(?i:\\be?mail(?:\\\\*["'])?\\s*:\\s*\\\\*["'][^"'\\\\\\s]*@[^"'\\\\\\s]*\\\\*["'],\\s*(?:\\\\*["'])?name(?:\\\\*["'])?\\s*:\\s*\\\\*["'])`,
    secret: fullName,
    after: '\\\\*["\']',
    replacement: '[redacted]',
    when: nameTexts,
    changes: [
      ["{ email: 'a***@b.io', name: 'Ada L' }", "{ email: 'a***@b.io', name: '[redacted]' }"],
      ['{"email":"a***@b.io","name":"Ada L"}', '{"email":"a***@b.io","name":"[redacted]"}'],
    ],
    leaves: ["{ email: 'a***@b.io', name: 'worker' }", "{ mail: '', name: 'Ada L' }"],
  },
  {
    name: 'name-before-e-mail',
    before: `(?i:\\bname(?:\\\\*["'])?\\s*:\\s*\\\\*["'])`,
    secret: fullName,
    after: `(?i:\\\\*["'],\\s*(?:\\\\*["'])?e?mail(?:\\\\*["'])?\\s*:\\s*\\\\*["'][^"'\\\\\\s]*@)`,
    replacement: '[redacted]',
    when: nameTexts,
    changes: [
      ["{ name: 'Ada L', email: 'a***@b.io' }", "{ name: '[redacted]', email: 'a***@b.io' }"],
      [
        '{"m":"{\\"name\\":\\"Ada L\\",\\"email\\":\\"a***@b.io\\"}"}',
        '{"m":"{\\"name\\":\\"[redacted]\\",\\"email\\":\\"a***@b.io\\"}"}',
      ],
    ],
    leaves: ["{ name: 'Ada L', tags: [] }", "{ filename: 'Ada L', email: 'a***@b.io' }"],
  },
];
