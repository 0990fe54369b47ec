import { spoken } from './names';
import { keep, type RedactionRule } from './rule';

const name = `(?i:${spoken}|pass|pwd|(?:private|access)_?key)`;
/** The class of a private property, between quotes in `var_dump`. */
const place = '(?:\\\\*"?[A-Za-z0-9_\\\\]+\\\\*"?:)?(?:protected|private)';

/** Properties of an object that PHP prints, with their visibility after the name. */
export const phpProperties: readonly RedactionRule[] = [
  {
    name: 'php-visibility',
    // Not the value, for the rules for fields.
    before: `${name}(?:\\\\*")?:`,
    secret: '',
    after: `${place}\\]`,
    replacement: keep,
    when: ['protected]', 'private]'],
    changes: [
      ['["password":protected]=> int(1)', `["password":${keep}protected]=> int(1)`],
      ['["pass":"A\\B":private]=> NULL', `["pass":${keep}"A\\B":private]=> NULL`],
    ],
    leaves: ['["plan":protected]=> int(1)', 'password:protected'],
  },
  {
    name: 'php-property',
    // `print_r` has a space before the arrow, and no types.
    before: `${name}(?:\\\\*")?:${keep}${place}(?:\\]=>\\s*(?:string\\([0-9]+\\)\\s*|int\\()|\\] => )`,
    secret: '(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+"|[^\\s"\'\\\\()\\[\\]]+)',
    replacement: '[redacted]',
    when: ['protected]', 'private]'],
    changes: [
      [
        `["password":${keep}protected]=> string(7) "hunter2"`,
        `["password":${keep}protected]=> string(7) [redacted]`,
      ],
      [
        `["pin":${keep}"A\\B":private]=> int(482914)`,
        `["pin":${keep}"A\\B":private]=> int([redacted])`,
      ],
      [`[secret:${keep}A:private] => hunter`, `[secret:${keep}A:private] => [redacted]`],
    ],
    leaves: [
      ...['["plan":protected]=> string(3) "pro"', '[password:protected]'],
      `["password":${keep}protected]=> NULL`,
    ],
  },
];
