import { spoken } from './names';
import { keep, type RedactionRule } from './rule';

const name = `(?i:${spoken}|pass|pwd|(?:private|access)_?key)`;
/** The class of a private property, between quotes in `var_dump`. */
const place = '(?:\\\\*"?[A-Za-z0-9_\\\\]+\\\\*"?:)?(?:protected|private)';

/** `var_dump` breaks the line before a value. In JSON, that is an escape. */
export const lineBreaks = '(?:\\s|\\\\+[rn])*';

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
      ['["pwd":protected]=> int(1)', `["pwd":${keep}protected]=> int(1)`],
      ['[db_pwd:protected] => 1', `[db_pwd:${keep}protected] => 1`],
      ['{"m":"[\\"pwd\\":protected]=>"}', `{"m":"[\\"pwd\\":${keep}protected]=>"}`],
      ['["pass":"A\\B":private]=> NULL', `["pass":${keep}"A\\B":private]=> NULL`],
    ],
    leaves: ['["plan":protected]=> int(1)', 'password:protected'],
  },
  {
    name: 'php-property',
    before: `${name}(?:\\\\*")?:${keep}${place}\\]=>${lineBreaks}(?:string\\([0-9]+\\)\\s*|int\\()`,
    secret: '(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+"|[0-9]+)',
    replacement: '[redacted]',
    when: ['protected]', 'private]'],
    changes: [
      [
        `["password":${keep}protected]=> string(7) "hunter2"`,
        `["password":${keep}protected]=> string(7) [redacted]`,
      ],
      [
        `{"m":"[\\"password\\":${keep}protected]=>\\n  string(7) \\"hunter2\\""}`,
        `{"m":"[\\"password\\":${keep}protected]=>\\n  string(7) [redacted]"}`,
      ],
      [
        `["pwd":${keep}protected]=>\n  string(7) "hunter2"`,
        `["pwd":${keep}protected]=>\n  string(7) [redacted]`,
      ],
      [
        `["pin":${keep}"A\\B":private]=> int(482914)`,
        `["pin":${keep}"A\\B":private]=> int([redacted])`,
      ],
    ],
    leaves: [
      ...['["plan":protected]=> string(3) "pro"', '[password:protected]'],
      `["password":${keep}protected]=> NULL`,
    ],
  },
  {
    name: 'php-property-in-array',
    // `print_r` has a space before the arrow, and no types.
    before: `${name}:${keep}${place}\\] => `,
    secret: '[^\\s"\'\\\\]+',
    replacement: '[redacted]',
    when: ['protected]', 'private]'],
    changes: [
      [`[secret:${keep}A:private] => hunter`, `[secret:${keep}A:private] => [redacted]`],
      [`[pwd:${keep}protected] => hun(ter)2 x`, `[pwd:${keep}protected] => [redacted] x`],
    ],
    leaves: ['[plan:protected] => pro', `{"m":"[pwd:${keep}protected] => \\n [plan] => pro"}`],
  },
];
