import { anyName } from './names';
import { keep, type RedactionGroup } from './rule';

const fields = '(?:current|next|confirm(?:ation)?|repeat|again|old|new)';

/** Forms to change a password, whose fields have no name of a secret. */
export const passwordForms: RedactionGroup = {
  name: 'password-forms',
  when: ['passw', '\\=', '⇒'],
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
