import { guessed } from './dialogues';
import { keep, type RedactionRule } from './rule';

/** A word with a special character, or with a digit and a capital or more digits. */
const pass = `(?:${guessed}|[^\\s"'\\\\/,:.]*[!#$%^&*+?@~=][^\\s"'\\\\,:]*|[^\\s"'\\\\/,:.]*[A-Z][^\\s"'\\\\/,:.]*[0-9][^\\s"'\\\\/,:.]*|[a-z]{4,}[_-][0-9]{3,})`;
const quotedPass = `(?:\\\\+"${pass}\\\\+"|"${pass}"|'${pass}')`;

/** Passwords of logins in sentences. */
export const spokenLogins: readonly RedactionRule[] = [
  {
    name: 'failed-login',
    // A word such as `oauth2` or `ERR_401` is a method or a code.
    before:
      '(?i:\\b(?:log[ -]?in|sign[ -]?in|auth(?:entication)?)(?: attempt)? failed for \\S*[@*]\\S* (?:with|using) (?:passw(?:or)?d )?)\\\\*["\']?',
    secret: `(?:${guessed}|[A-Za-z0-9._-]*[a-z][A-Za-z0-9._-]*[!#$%^&*+?@~][^\\s"'\\\\,;${keep}]*|[a-z0-9]*[A-Z][a-z]{3,}[._-][0-9]+)`,
    after: '(?:[\\s"\'\\\\,;)]|$)',
    replacement: '[redacted]',
    when: ['failed for '],
    changes: [
      [
        'login failed for a***@b.io with Hunter~3 x',
        'login failed for a***@b.io with [redacted] x',
      ],
      [
        'Sign-in failed for ada@b.io using "hunter2x"',
        'Sign-in failed for ada@b.io using "[redacted]"',
      ],
    ],
    leaves: [
      'login failed for a***@b.io with oauth2',
      'login failed for a***@b.io with status 401',
      'login failed for a***@b.io with ERR_AUTH_401',
      'upload failed for a***@b.io with Hunter~3',
    ],
  },
  {
    name: 'quoted-pass',
    // Quoted names of tests have spaces, dots or slashes, or neither a capital nor a digit.
    before: '(?:^|[^0-9A-Za-z_-])(?:[Pp]ass|pw|pwd) ',
    secret: quotedPass,
    replacement: '[redacted]',
    when: ['pass "', 'pass \\', "pass '", 'pw "', 'pw \\', "pw '", 'wd "', 'wd \\', "wd '"],
    changes: [
      ['login "root" pass "Hunter-12" ok', 'login "root" pass [redacted] ok'],
      ['login "root" pw "Hunter-12" ok', 'login "root" pw [redacted] ok'],
      ["login 'root' pwd 'Hunter-12' ok", "login 'root' pwd [redacted] ok"],
      ["user 'a' pass 'hunt@er' ok", "user 'a' pass [redacted] ok"],
      ['{"m":"login \\"a\\" pass \\"hunter22\\""}', '{"m":"login \\"a\\" pass [redacted]"}'],
    ],
    leaves: [
      ...['pass "test name 2"', 'PASS "src/a2.test.ts"', "pass 'a-b'", 'pass "mem2reg"'],
      ...['{"check":"pass","x":"Hunter-12"}', 'bypass "Hunter-12"'],
    ],
  },
];
