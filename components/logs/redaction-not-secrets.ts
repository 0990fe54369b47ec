import { separator } from './redaction-fields';
import { affix, spoken } from './redaction-names';
import { keep, type RedactionRule } from './redaction-rule';

/** Values after the name of a secret that are none. Other rules skip what these rules mark. */
export const notSecrets: readonly RedactionRule[] = [
  {
    name: 'placeholder',
    // Of a statement: `password = ?`, `token=$1`.
    when: ['?', '$'],
    before: `(?i:${spoken}${affix})${separator}`,
    secret: '',
    after: '(?:\\?|\\$[0-9]{1,2})(?:[\\s,;)"\'\\\\]|$)',
    replacement: keep,
    changes: [
      ['where "password" = ? and id = ?', `where "password" = ${keep}? and id = ?`],
      ['set token=$1,n=$2', `set token=${keep}$1,n=$2`],
    ],
    leaves: ['password=$1x', 'password: ?x'],
  },
  {
    name: 'name-of-type',
    // What a validator received.
    when: ['received'],
    before: '(?i:\\breceived\\\\*["\']?\\s*:\\s*)',
    secret: '',
    after: '\\\\*["\'](?:undefined|null|nan|string|number|boolean|object|array)\\\\*["\']',
    replacement: keep,
    changes: [["password received: 'null'", `password received: ${keep}'null'`]],
    leaves: ["received: 'x'"],
  },
  {
    name: 'namespace',
    // Of C++ and Rust.
    when: ['::'],
    before: `(?i:${spoken}s?)`,
    secret: '',
    after: '::[A-Za-z_]',
    replacement: keep,
    changes: [['std::token::Bearer', `std::token${keep}::Bearer`]],
    leaves: ['userPassword:: aHVudGVy'],
  },
  {
    name: 'truth',
    when: ['true', 'false', 'null', 'undefined', ': ok', '=ok'],
    before: `(?i:\\b(?:pass|pin|pw|otp)s?)${separator}`,
    secret: '',
    after: '(?i:true|false|null|undefined|ok)(?:[^0-9A-Za-z_(]|$)',
    replacement: keep,
    changes: [['pass: true, pin=null', `pass: ${keep}true, pin=${keep}null`]],
    leaves: ['pass: truest'],
  },
  {
    name: 'test-result',
    // Counts of passed and failed tests.
    when: ['fail', 'skip'],
    before: '(?i:\\bpass(?:ed)?\\\\*"?\\s*[:=]\\s*)',
    secret: '',
    after: '[0-9]{1,6},?\\s*\\\\*"?(?i:fail(?:ed|ures?)?|skip(?:ped)?)\\\\*"?\\s*[:=]',
    replacement: keep,
    changes: [['{"pass":12,"fail":0}', `{"pass":${keep}12,"fail":0}`]],
    leaves: ['pass=1234 failed'],
  },
  {
    name: 'public-key',
    // Keys in environment variables that are no secrets.
    when: ['_key='],
    before:
      '\\b(?:[A-Z0-9]+_)*(?:PUBLIC|PRIMARY|CACHE|IDEMPOTENCY|PARTITION|SORT|OBJECT|FOREIGN)_KEY=\\\\*["\']?',
    secret: '',
    after: '[A-Za-z0-9]',
    replacement: keep,
    changes: [['VAPID_PUBLIC_KEY=BNc1', `VAPID_PUBLIC_KEY=${keep}BNc1`]],
    leaves: ['API_KEY=x'],
  },
];
