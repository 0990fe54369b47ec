import { guessed } from './dialogues';
import type { RedactionGroup } from './rule';

const passwords = 'kennwort|mot de passe|contrase(?:ñ|n)a|senha|wachtwoord';

/** Other names of passwords, mostly in other scripts. */
const otherScripts = 'пароль|パスワード|暗証番号|密码|密碼|비밀번호|סיסמה|hasło|lösenord|şifre';

/** Passwords and values in sentences of other languages, and in their quotes. */
export const languages: RedactionGroup = {
  name: 'languages',
  rules: [
    {
      name: 'password-in-other-quotes',
      when: ['“', '„', '«', '»', '‘'],
      before: `(?i:\\b(?:passwor[dt]|${passwords})(?:\\s+(?:is|was|ist|war|est|es|saisi|incorrecte?|incorrecta|falsch))?\\s*:?\\s*[“„«»‘]\\s?)`,
      secret: '[^\\s"\'\\\\“”„«»‘’]{3,}',
      after: '\\s?[“”«»’]',
      replacement: '[redacted]',
      changes: [['password “hunter” rejected', 'password “[redacted]” rejected']],
      leaves: ['Passwort für Benutzer »app« falsch'],
    },
    {
      name: 'announced-in-other-quotes',
      // Words may stand between the name and the value, and the value may have several words.
      when: ['“', '„', '«', '»', '‘', '”'],
      before: `(?i:(?:\\bpasswor[dt]|\\bpass ?phrase|${passwords}|hasło|lösenord|adgangskode|heslo)[^"“„«»‘’”'\\\\\\n:=]{0,40} (?:is|was|ist|war|lautet|est|es|era|to|är|er|è|é) ?:?\\s*[“„«»‘”]\\s?)`,
      secret:
        '(?:[^\\s"“”„«»‘’\\\\]{3,}|[^"“”„«»‘’\\\\\\n]{2,}[0-9][^"“”„«»‘’\\\\\\n]*|[^\\s"“”„«»‘’\\\\]+(?: [^\\s"“”„«»‘’\\\\]+){2,9})',
      after: '\\s?[“”«»’‘]',
      replacement: '[redacted]',
      changes: [
        [
          'das Passwort von Ada lautet „Blauer Himmel 7“',
          'das Passwort von Ada lautet „[redacted]“',
        ],
        [
          'mot de passe provisoire est « hunter2 », à',
          'mot de passe provisoire est « [redacted] », à',
        ],
      ],
      leaves: ['le mot de passe est « trop court »', 'Passwort für Benutzer »app« falsch'],
    },
    {
      name: 'announced-in-other-languages',
      when: ['asswort', 'kennwort', 'mot de passe', 'contrase', 'senha', 'wachtwoord'],
      before: `(?i:\\b(?:passwort|${passwords})[^"'\\\\\\n:=]{0,50} (?:ist|war|lautet|est|es|era|é|is|was):? \\\\*["']?)`,
      secret: `(?:${guessed}|[A-Za-z]{3,}[_-][A-Za-z]*[0-9$!@#%&*+][^\\s"'\\\\,;=]*|[a-z]{3,}(?: [a-z]{3,})+ [0-9]+|[a-z]{4,}(?: [a-z]{4,}){3,})`,
      after: '(?:[\\s"\'\\\\,;)]|\\.?$)',
      replacement: '[redacted]',
      changes: [
        [
          "contraseña del usuario 77 es 'hunter2x' y",
          "contraseña del usuario 77 es '[redacted]' y",
        ],
        ['Kennwort lautet vinyl_Cr8$Vl und', 'Kennwort lautet [redacted] und'],
      ],
      leaves: ["contraseña del usuario es 'obligatoria'", 'Passwort für "app1" ist falsch'],
    },
    {
      name: 'password-in-other-languages',
      when: ['asswort', 'kennwort', 'mot de passe', 'contrase', 'senha', 'wachtwoord'],
      before: `(?i:\\b(?:passwort|${passwords})\\s+(?:ist|war|est|es|é|saisi|incorrect[ea]?|incorreta|inválida|invalide|falsch|ungültig|onjuist|temporaire|temporal|temporária)\\s*:?\\s*\\\\*["']?)`,
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        ['contraseña incorrecta: hunter2x', 'contraseña incorrecta: [redacted]'],
        ["wachtwoord onjuist: 'hunter2x'", "wachtwoord onjuist: '[redacted]'"],
      ],
      leaves: ['mot de passe incorrect: 3 essais', 'Passwort falsch (auth-service)'],
    },
    {
      name: 'password-in-other-scripts',
      // A word of the language itself is no password: `пароль: неверный`.
      when: otherScripts.split('|'),
      before: `(?i:(?:${otherScripts})(?:\\\\*["']\\s*(?:=>|:)\\s*\\\\*["']|\\s*(?:=>|[:=：])\\s*\\\\*["']?))`,
      secret: '[0-9A-Za-z!#$%*+./:?@^_~|-]{3,}',
      after: '(?:[\\s"\'\\\\,;&)}\\]]|$)',
      replacement: '[redacted]',
      changes: [
        ['{"пароль":"hunter","код":412}', '{"пароль":"[redacted]","код":412}'],
        [
          'ログイン失敗 パスワード=hunter2 code=E204',
          'ログイン失敗 パスワード=[redacted] code=E204',
        ],
        ["{ hasło: 'hunter', n: 1 }", "{ hasło: '[redacted]', n: 1 }"],
      ],
      leaves: ['пароль: неверный', 'hasło: nieprawidłowe', '{"пароль":null'],
    },
    {
      name: 'quoted-in-other-scripts',
      when: otherScripts.split('|'),
      before: `(?i:(?:${otherScripts})\\s*[:=：]?\\s*[“„«‘「])`,
      secret: '[^\\s"\'\\\\“”„«»‘’「」]{3,}',
      after: '[“”«»’」]',
      replacement: '[redacted]',
      changes: [['пароль «Гусли-54» неверный', 'пароль «[redacted]» неверный']],
      leaves: ['пароль для «app app» неверный'],
    },
    {
      name: 'word-with-digit-in-other-scripts',
      // A word of the language itself has no digit.
      when: otherScripts.split('|'),
      before: `(?i:(?:${otherScripts})\\s*(?:=>|[:=：])\\s*)`,
      secret: '[^\\s"\'\\\\,;&)}\\]0-9]{2,}[0-9][^\\s"\'\\\\,;&)}\\]]*',
      replacement: '[redacted]',
      changes: [['hasło: Cymbałki.Rosa19, host=a', 'hasło: [redacted], host=a']],
      leaves: ['hasło: nieprawidłowe'],
    },
    {
      name: 'sql-input-in-other-languages',
      when: ['eingabesyntax', 'en entrée', 'de entrada'],
      before:
        '(?i:(?:eingabesyntax|en entrée|de entrada)[^"»«:]{0,40} (?:typ|type|tipo) [a-z ]+ ?: ?[»«]\\s?)',
      secret: '[^\\n"»«\\\\]+?',
      after: '(?:\\s?[»«]|\\\\*"|$)',
      replacement: '[redacted]',
      changes: [
        [
          'ungültige Eingabesyntax für Typ uuid: »x1«',
          'ungültige Eingabesyntax für Typ uuid: »[redacted]«',
        ],
      ],
      leaves: ['Relation »x« existiert nicht'],
    },
  ],
};
