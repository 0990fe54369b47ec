import { keep, type RedactionRule } from './rule';

const name = '(?:password|passphrase|pass phrase|passcode|pwd)';

/** What a sentence says about a password, as its first word and as its second one. */
const said =
  'required|too|not|wrong|set|never|always|also|only|already|being|been|about|sent|older|longer|shorter|' +
  'weak|strong|valid|invalid|empty|missing|blank|case|the|an?|your|user|no|in|on|at|for|to|of|by|from|with|without|' +
  'that|this|same|as|more|less|least|similar|likely|mandatory|optional|unknown|[a-z]+(?:ed|ing|able|ible|ly)';
const saidNext =
  'but|and|or|for|to|of|by|than|that|in|on|at|from|with|as|if|when|because|until|before|after|so|since|too|not|is|was|' +
  'sensitive|enough|required|again|now|yet|text';

const beforeState = `(?i:\\b${name}(?: [a-z0-9_]+){0,3}? (?:is|was) )(?:\\\\*["'\`])?`;

/** Words of lower-case letters, at least three, or fewer before a number. */
const words =
  '[a-z]{3,}(?:(?:[ -][a-z]{3,}){2,8}(?: [0-9]{1,6})?|(?:[ -][a-z]{3,}){0,8} [0-9]{1,6})';

/** Passphrases of several words after a sentence that announces them. */
export const spokenPhrases: readonly RedactionRule[] = [
  // Not a passphrase but a sentence: `the password is older than 90 days`.
  {
    name: 'state-of-password',
    before: beforeState,
    secret: '',
    after: `(?i:(?:${said})\\b)`,
    replacement: keep,
    when: [' is ', ' was '],
    changes: [['password is older than 90 days', `password is ${keep}older than 90 days`]],
    leaves: ['password is papaya midnight cello 9'],
  },
  {
    name: 'state-of-password-in-words',
    before: beforeState,
    secret: '',
    after: `(?i:[a-z]+ (?:${saidNext})\\b)`,
    replacement: keep,
    when: [' is ', ' was '],
    changes: [
      ['the passphrase is case sensitive', `the passphrase is ${keep}case sensitive`],
      ['password is unique for each', `password is ${keep}unique for each`],
    ],
    leaves: ['password is papaya midnight cello 9'],
  },
  {
    name: 'spoken-passphrase',
    before: `(?i:\\b${name}(?: (?:of|for) [^\\s"'\\\\:=]+(?: [0-9]+)?)? (?:is|was|=) )`,
    secret: words,
    after:
      '(?:[.,;)!?"\\\\]|\\s*$|\\s-|\\s(?:and|but|which|for|or|it|so|then|does|did|is|was|on|at|to|in)\\b)',
    replacement: '[redacted]',
    when: [' is ', ' was ', ' = '],
    changes: [
      [
        'her new password is papaya midnight cello 9 and it fails',
        'her new password is [redacted] and it fails',
      ],
      ['the passphrase is able about above absent, ok', 'the passphrase is [redacted], ok'],
    ],
    leaves: ['password is required', `password is ${keep}older than 90 days`, 'password is wrong'],
  },
  {
    name: 'quoted-passphrase',
    before: `(?i:\\b${name}(?: [^\\s"'\\\\:=]+){0,5}? (?:is|was|to|reads|says):? )`,
    secret: `(?:\\\\*"[^"\\\\\\n${keep}]{3,}\\\\*"|'[^'"\\\\\\n${keep}]{3,}'|\`[^\`"\\\\\\n${keep}]{3,}\`)`,
    replacement: '[redacted]',
    when: ['"', "'", '`'],
    changes: [
      ['the passphrase is "able about above"', 'the passphrase is [redacted]'],
      [
        '{"m":"password of user 7 was set to \\"able 7\\" by"}',
        '{"m":"password of user 7 was set to [redacted] by"}',
      ],
    ],
    leaves: [
      `password is "${keep}too short"`,
      'password sent to {"id":7}',
      `column "password" is of type 'text'`,
    ],
  },
];
