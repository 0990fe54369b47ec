import { quote, type RedactionGroup } from './rule';

/** Between the name of a field and its value. A slow log numbers the arguments. */
const next = `(?:${quote})?,?\\s+(?:[0-9]{1,3}\\)\\s+)?${quote}(?:\\\\+")?`;
/** Redis writes letters that are not in ASCII as escapes. */
const text = `(?:[^"'\\\\]|\\\\+x[0-9a-f]{2}|'[A-Za-z])`;
/** Two to six words. The first begins with a capital. */
const fullName = `(?:[A-ZÀ-Ž]|\\\\+x)(?:[^\\s"'\\\\0-9]|\\\\+x[0-9a-f]{2}|'[A-Za-z])*(?: (?:[^\\s"'\\\\0-9]|\\\\+x[0-9a-f]{2}|'[A-Za-z])+){1,5}`;
const strings = ['name', 'phone'].flatMap((field) => [
  ...[`${field}" "`, `${field}\\" `, `${field}\\\\\\" `],
]);
const commands = ['hset', 'hmset', 'xadd', 'json.set'];

/** Fields that contain a name of a person in any record. */
const names =
  '(?:(?:first|last|full|legal|given|family|middle|contact|customer|guest|buyer|signer|attendee|payee|holder|recipient|real)[ _.-]?name|[fl]name|surname)';
/** In UTF-8, as Redis escapes it. */
const e = '(?:[eé]|\\\\+xc3\\\\+xa9)';
/** The same in other languages. The short ones are also the ends of other words. */
const namesAbroad = `(?:(?:vor|nach|familien)name|(?:voor|achter)naam|pr${e}nom|cognome|sobrenome|apellidos?|nazwisko|имя|фамилия|фио|姓名|氏名|\\\\+xd0\\\\+x98\\\\+xd0\\\\+xbc\\\\+xd1\\\\+x8f)`;
const shortNames =
  '(?:nom|nome|nombre|naam|navn|namn|imi[eę])(?: (?:complet|completo|de famille))?';
const phones =
  `(?:phone(?:_?n(?:umbe)?r)?|mobil(?:e|_?number|nummer|telefon)?|handy(?:nummer)?|telefon[oe]?(?:nummer)?|t${e}l(?:${e}(?:phone|fono))?|` +
  'telefoon(?:nummer)?|m[oó]vil|celular|cellulare|cell|gsm|msisdn|whatsapp|fax|телефон)';
/** Kinds of records about a person, as a part of a key. */
const persons =
  '(?:user|guest|customer|member|person|contact|employee|recipient|payee|subscriber|attendee|participant|applicant|caller|buyer)s?';
const about = '(?:profile|info|data|details|contacts?)';
/** The key of a record about a person, and not about the person's settings. */
const personKey = `(?:[^\\s"'\\\\]*[:_./{-])?${persons}(?:[:_./-]${about})?(?:[:_./}-][^\\s"'\\\\:]*)?(?:[:_./-]${about})?`;

/** Personal data in records that Redis stores: a command, a key, then names and values. */
export const redisPeople: RedactionGroup = {
  name: 'redis-people',
  when: [...commands, ...strings],
  rules: [
    {
      name: 'redis-person',
      before: `(?i:["' .][a-z0-9_.$ -]*${names}${next})`,
      secret: `${text}+`,
      after: quote,
      replacement: '[redacted]',
      changes: [
        [
          '"HSET" "u:7" "firstName" "Ada" "plan" "pro"',
          '"HSET" "u:7" "firstName" "[redacted]" "plan" "pro"',
        ],
        ["['HMSET', 'u:7', 'surname', 'L']", "['HMSET', 'u:7', 'surname', '[redacted]']"],
        [
          '"JSON.SET" "u:7" "$.last_name" "\\"Ada\\""',
          '"JSON.SET" "u:7" "$.last_name" "\\"[redacted]\\""',
        ],
        [
          '{"m":"\\"HSET\\" \\"u\\" \\"lname\\" \\"A L\\""}',
          '{"m":"\\"HSET\\" \\"u\\" \\"lname\\" \\"[redacted]\\""}',
        ],
      ],
      leaves: [
        '"HSET" "file:7" "filename" "Ada L" "hostname" "api" "nominal" "7"',
        '"HSET" "track:7" "artistName" "Ada L"',
      ],
    },
    {
      name: 'redis-person-abroad',
      before: `(?i:["' .](?:[a-z0-9_.$ -]*${namesAbroad}|(?:[a-z0-9$]+[_.])?${shortNames})${next})`,
      secret: `${text}+`,
      after: quote,
      replacement: '[redacted]',
      changes: [
        [
          '"hset" "studio:r-88:guest" "Vor- und Nachname" "Beno\\xc3\\xaet O\'Neil" "n" "1"',
          '"hset" "studio:r-88:guest" "Vor- und Nachname" "[redacted]" "n" "1"',
        ],
        [
          '1) "XADD" 2) "s" 3) "*" 4) "nom" 5) "Ada"',
          '1) "XADD" 2) "s" 3) "*" 4) "nom" 5) "[redacted]"',
        ],
      ],
      leaves: ['"HSET" "file:7" "nominal" "7" "nome_de_guerre" "Ada"'],
    },
    {
      name: 'redis-name-of-person',
      // The key says that it is a record of a person. A value without a capital is a user name.
      before: `(?i:(?:hm?set|xadd|json\\.set)${quote}?,?\\s+(?:2\\)\\s+)?${quote}?${personKey}(?:["'\\\\\\s][^\\n]*?)?["' .](?:(?:display|real)_?)?name${next})`,
      secret: `(?:[A-ZÀ-Ž]|\\\\+x[0-9a-f]{2})${text}*`,
      after: quote,
      replacement: '[redacted]',
      changes: [
        [
          '"HSET" "user:8841" "plan" "creator" "name" "Desmond Achterberg"',
          '"HSET" "user:8841" "plan" "creator" "name" "[redacted]"',
        ],
        ['HSET app:users:7 name "Desmond" n 1', 'HSET app:users:7 name "[redacted]" n 1'],
        [
          '"JSON.SET" "user:7" "$.name" "\\"Ada L\\""',
          '"JSON.SET" "user:7" "$.name" "\\"[redacted]\\""',
        ],
      ],
      leaves: [
        '"HSET" "playlist:7" "name" "Late Night Drive"',
        '"HSET" "user:7:settings" "name" "Default Preset"',
        '"HSET" "user:7" "name" "ada7" "plan" "pro"',
        '"HSET" "useragent:7" "name" "Mobile Safari"',
      ],
    },
    {
      name: 'redis-name-in-document',
      before: `(?i:json\\.set\\\\*"\\s+\\\\*"${personKey}\\\\*"\\s[^\\n]*?\\\\+"(?:display_?)?name\\\\+"\\s*:\\s*\\\\+")`,
      secret: `${text}+`,
      after: '\\\\+"',
      replacement: '[redacted]',
      changes: [
        [
          '"JSON.SET" "user:7" "$" "{\\"n\\":1,\\"name\\":\\"Ada L\\"}"',
          '"JSON.SET" "user:7" "$" "{\\"n\\":1,\\"name\\":\\"[redacted]\\"}"',
        ],
      ],
      leaves: ['"JSON.SET" "track:7" "$" "{\\"name\\":\\"Late Drive\\"}"'],
    },
    {
      name: 'redis-string-of-person',
      before: `(?i:\\bset(?:nx)?\\\\*" \\\\*"(?:[^\\s"\\\\]*[:_./-])?${persons}[:_./-][^\\s"\\\\]*(?:name|phone)\\\\*" \\\\*")`,
      secret: `(?:[A-ZÀ-Ž]|\\\\+x[0-9a-f]{2}|[+0-9(][0-9 ()./-]{6,})${text}*`,
      after: '\\\\*"',
      replacement: '[redacted]',
      changes: [
        ['"SET" "user:7:full_name" "Ada L"', '"SET" "user:7:full_name" "[redacted]"'],
        ['"SET" "user:7:phone" "0171 9237612"', '"SET" "user:7:phone" "[redacted]"'],
      ],
      leaves: ['"SET" "user:7:username" "ada7"', '"SET" "plan:7:name" "Creator Pro"'],
    },
    {
      name: 'redis-name-after-contact',
      before: `(?i:["' ](?:[a-z0-9]+_)?(?:e-?mail|phone|mobile?)${next}[^\\n]*?["' ]name${next})`,
      secret: fullName,
      after: quote,
      replacement: '[redacted]',
      changes: [
        [
          '"HSET" "u:7" "email" "a@b.io" "plan" "pro" "name" "Ada L"',
          '"HSET" "u:7" "email" "a@b.io" "plan" "pro" "name" "[redacted]"',
        ],
      ],
      leaves: ['"HSET" "job:7" "kind" "email" "name" "welcome-mail"'],
    },
    {
      name: 'redis-name-before-contact',
      before: `(?i:["' ]name${next})`,
      secret: fullName,
      after: `${quote},?\\s[^\\n]*?["' ](?i:(?:[a-z0-9]+_)?(?:e-?mail|phone|mobile?))${next}`,
      replacement: '[redacted]',
      changes: [
        [
          '"XADD" "signups" "*" "name" "Ada L" "plan" "pro" "email" "a@b.io"',
          '"XADD" "signups" "*" "name" "[redacted]" "plan" "pro" "email" "a@b.io"',
        ],
      ],
      leaves: ['"HSET" "list:7" "name" "Late Drive" "plan" "mobile"'],
    },
    {
      name: 'redis-phone',
      before: `(?i:["' ](?:[a-z0-9]+[_.])?${phones}${next})`,
      secret: '[+0-9(][0-9 ()./-]{3,}',
      after: `(?:[0-9][ ./-]?){3}[0-9]${quote}`,
      replacement: '***',
      changes: [
        ['"hset" "u" "Mobil" "0171/9237612"', '"hset" "u" "Mobil" "***7612"'],
        ['HSET u phone_number "020 7946 0018"', 'HSET u phone_number "***0018"'],
      ],
      leaves: ['"HSET" "u" "hotel" "20261201" "cell" "B7"'],
    },
    {
      name: 'redis-identity',
      before: `(?i:["' ][a-z0-9_.-]*?(?:dob|date_?of_?birth|birth_?da(?:y|te)|geburtsdatum|passport(?:_?n(?:umbe|)[or])?|tax_?id|national_?id|ssn|iban|(?:full|shipping|billing|delivery|postal|home|mailing)_?address|adresse|anschrift|indirizzo)${next})`,
      secret: `${text}+`,
      after: quote,
      replacement: '[redacted]',
      changes: [
        ['"HSET" "u" "dob" "1991-07-02"', '"HSET" "u" "dob" "[redacted]"'],
        ['"HSET" "u" "Adresse" "Am Bach 3"', '"HSET" "u" "Adresse" "[redacted]"'],
      ],
      leaves: ['"HSET" "u" "address" "10.0.0.3:80"'],
    },
  ],
};
