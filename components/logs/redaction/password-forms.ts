import { anyName } from './names';
import { keep, type RedactionGroup } from './rule';

const fields = '(?:current|next|confirm(?:ation)?|repeat|again|old|new)';

/** Names of fields with several secrets. */
const list =
  '(?i:(?:tokens|passw(?:or)?ds|passcodes|secrets|(?:api|access|secret|private|session)[ _-]?keys|(?:recovery|backup|scratch|otp|mfa)[ _-]?codes))';

/** Lists of secrets in text, and forms to change a password, whose fields have other names. */
export const passwordForms: RedactionGroup = {
  name: 'password-forms',
  when: ['passw', '\\=', '⇒', 'tokens', 'words', 'secrets', 'keys', 'codes'],
  opens: [],
  rules: [
    {
      name: 'rare-separator',
      // Java's property files may escape the separator. People write arrows.
      before: `(?i:${anyName}\\s*(?:\\\\+=|⇒)\\s*)`,
      secret: `(?:\\\\+[:=#!]|[^\\s"'\\\\|,;:/$<>${keep}[\\]])+`,
      after: '(?:[\\s"\'\\\\|,;]|$)',
      replacement: '[redacted]',
      when: ['\\=', '⇒'],
      changes: [
        ['mq.password\\=hun\\:ter\\nmq.host=a', 'mq.password\\=[redacted]\\nmq.host=a'],
        ['login|pass⇒hunter|ok', 'login|pass⇒[redacted]|ok'],
      ],
      leaves: ['state: open ⇒ closed', 'mq.user\\=ada'],
    },
    {
      name: 'rest-of-list',
      // The rule for fields has replaced only the first value of a list in text.
      before: `${list}\\s*[:=]\\s*\\[redacted\\]`,
      secret: '(?:[;,|] ?[A-Za-z0-9_.-]*[0-9][A-Za-z0-9_.-]*)+',
      after: '(?:[\\s"\'\\\\]|$)',
      replacement: ', [redacted]',
      when: ['tokens', 'words', 'secrets', 'keys', 'codes'],
      changes: [
        ['tokens: [redacted], Zq8fT3, Zq9mK1', 'tokens: [redacted], [redacted]'],
        ['recovery codes: [redacted], 5b2d-40', 'recovery codes: [redacted], [redacted]'],
        ['recoveryCodes=[redacted]|a1|b2 n=1', 'recoveryCodes=[redacted], [redacted] n=1'],
      ],
      leaves: [
        'tokens: [redacted], next 7',
        'tracks: [redacted], Zq8fT3',
        'token: [redacted], n=1',
      ],
    },
    {
      name: 'list-in-query',
      before: `${list}(?:\\[[0-9]*\\]|%5[bB][0-9]*%5[dD])(?:=|%3[dD])`,
      secret: '[^\\s&"\'\\\\]+',
      replacement: '[redacted]',
      when: ['tokens', 'words', 'secrets', 'keys', 'codes'],
      changes: [['?tokens[]=a1&tokens[1]=b2&n=1', '?tokens[]=[redacted]&tokens[1]=[redacted]&n=1']],
      leaves: ['?tracks[]=a1', '?statusCodes[]=404'],
    },
    {
      name: 'list-with-type',
      // Go and Python. The rule for fields has replaced only the bracket.
      before: `${list}\\\\*["']?:?\\s*\\[redacted\\]`,
      secret:
        "(?:(?:string|any|interface \\{\\})\\{[^{}]*\\}|'[^'\"\\\\]*'(?:, ?'[^'\"\\\\]*')*\\))",
      replacement: '',
      when: ['[]', "('"],
      changes: [
        ['Tokens: [redacted]string{"a1", "b2"}, n []', 'Tokens: [redacted], n []'],
        ["{'tokens': [redacted]'a1', 'b2'), 'n': ('x')}", "{'tokens': [redacted], 'n': ('x')}"],
      ],
      leaves: ['tracks: []string{"a1", "b2"}', "{'tokens': [redacted], 'n': ('x')}"],
    },
    {
      name: 'password-form',
      before: '(?i:\\b[a-z]*password[a-z]*\\s*[:=]?\\s*)\\{',
      secret: `[^{}"]*(?i:${fields}): '[^{}"]*`,
      after: '\\}',
      replacement: '[redacted]',
      when: ["current: '", "next: '", "old: '", "new: '"],
      changes: [
        [
          "target: ChangePasswordDto { current: 'Ab 1', next: 'x', confirm: 'y' }, value: 1",
          'target: ChangePasswordDto {[redacted]}, value: 1',
        ],
      ],
      leaves: ["ResetPasswordDto { mail: '***' }", "PlanDto { current: 'a', next: 'b' }"],
    },
    {
      name: 'password-form-value',
      // The value that a validator rejects.
      before: "(?i:\\bvalue: )'",
      secret: '[^\'"\\\\\\n]+',
      after: `'(?i:,\\s*property: '${fields}')`,
      replacement: '[redacted]',
      when: ['property'],
      changes: [
        [
          "PasswordDto { }, value: 'hunter', property: 'confirm',",
          "PasswordDto { }, value: '[redacted]', property: 'confirm',",
        ],
      ],
      leaves: ["PasswordDto { }, value: 'hunter', property: 'title'"],
    },
  ],
};
