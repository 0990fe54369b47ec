import { personsInWords } from './persons-in-words';
import { joint, otherFullName, parties, partyInWords, roleWords, separator } from './parties';
import {
  encodedColon,
  encodedQuoteTexts,
  encodedText,
  keep,
  type RedactionGroup,
  type RedactionRule,
} from './rule';
import { personInStruct } from './structs';

/** Names of fields with the same kind of value, and examples for the rules. */
interface Kind {
  readonly kind: string;
  /** RE2 pattern for the end of a name, case-insensitive. */
  readonly ends: string;
  /** Short names, which must not follow a letter: `dob`, but not `adob`. */
  readonly whole: string;
  /** The same after a small letter: `userDob`. */
  readonly camel: string;
  /** One name of each. */
  readonly examples: readonly [end: string, whole: string];
  readonly value: string;
}

/** Names of people. `hostname`, `displayName` and `username` do not count. */
const names: Kind = {
  kind: 'person',
  ends:
    `(?:(?:first|last|full|legal|given|family|middle|maiden|attendee)${joint}names?|(?:first|last)nm|surname|` +
    `(?:payee|creditor|debtor|beneficiary|payer|holder)${joint}name)`,
  whole: '[fl]name',
  camel: '',
  examples: ['firstName', 'LNAME'],
  value: 'Ada',
};

const numbers: Kind = {
  kind: 'identity',
  ends:
    `(?:date${joint}of${joint}birth|birth${joint}(?:date|day|place)|place${joint}of${joint}birth|` +
    `(?:passport|document|vat|identi(?:ty|fication)|identity${joint}card|national${joint}id|social${joint}security)${joint}(?:number|no)|` +
    `national${joint}id|(?:tax(?:payer)?|vat|employer)${joint}(?:id|number)|` +
    `fiscal${joint}code|personnummer)`,
  whole: `(?:dob|born|ssn|nino|bsn|pesel|cpf|curp|tin|itin|ein|id${joint}number)`,
  camel: '|[a-z](?:Dob|Ssn|IdNumber)',
  examples: ['dateOfBirth', 'dob'],
  value: '1994-07-22',
};

/** The same in other languages: with the English names, the patterns would be slow in Go. */
const abroad: Kind = {
  kind: 'person-abroad',
  ends:
    `(?:(?:nach|vor)name|(?:achter|voor)naam|apellidos?|sobrenome|фамилия|geburts(?:datum|ort)|geboortedatum|` +
    `(?:fecha${joint}de${joint}nacimient|data${joint}de${joint}nasciment)o|date${joint}de${joint}naissance|data${joint}di${joint}nascita)`,
  whole: '(?:pr[eé]nom|cognome)',
  camel: '',
  examples: ['achternaam', 'prénom'],
  value: 'Ada',
};

const fieldOf = ({ ends, whole, camel }: Kind): string =>
  `(?:(?i:${ends}|(?:^|[^a-z]|\\\\[nrt]|%(?:25)*5b)${whole})${camel})`;
/** In a form, brackets may surround the name. */
const formField = (kind: Kind): string => `${fieldOf(kind)}(?:\\]|%(?:25)*5[dD])?`;

/** Values in all forms of fields. */
const fields = (kind: Kind): readonly RedactionRule[] => {
  const [end, whole] = kind.examples;
  const value = kind.value;
  return [
    {
      name: `no-${kind.kind}`,
      // Placeholders, types, and what a validator says.
      before: `${formField(kind)}\\\\*["'\`]?${separator}`,
      secret: '',
      after:
        '(?:\\$[0-9{]|\\?|:[a-z]|(?i:[[\\\\"\' ]*(?:excluded\\.|true|false|null|undefined|none|must|should|is |invalid|missing|too |required|string|number|date|text)\\b))',
      replacement: keep,
      changes: [
        [`set "${end}" = $1`, `set "${end}" = ${keep}$1`],
        [`{ ${whole}: 'Required' }`, `{ ${whole}: ${keep}'Required' }`],
        [`${end}: must be long`, `${end}: ${keep}must be long`],
        [`{"${end}":["Invalid value"]}`, `{"${end}":${keep}["Invalid value"]}`],
      ],
      leaves: [`{"${end}":"${value}"}`, `${whole}=${value}`],
    },
    {
      name: `${kind.kind}-json`,
      before: `${fieldOf(kind)}"\\s*:\\s*`,
      secret:
        '(?:"(?:[^"\\\\]|\\\\.)+"?|-?[0-9][0-9.eE+-]*|\\{[^{}"]*"(?:day|month|year)"[^{}]*\\}|\\["(?:[^"\\\\]|\\\\.)*"(?:\\s*,\\s*"(?:[^"\\\\]|\\\\.)*")*\\])',
      replacement: '"[redacted]"',
      changes: [
        [`{"${end}":"${value} \\"","n":1}`, `{"${end}":"[redacted]","n":1}`],
        [`{"${whole}":["${value}"],"n":1}`, `{"${whole}":"[redacted]","n":1}`],
        [`{"user_${end}":412779083}`, `{"user_${end}":"[redacted]"}`],
        [`{"${end}":{"day":14,"year":1991}}`, `{"${end}":"[redacted]"}`],
      ],
      leaves: [
        '{"displayName":"Ada","fileName":"x","hostname":"y","className":"z","artistName":"a"}',
        `{"path":["${end}"],"${end}Index":3,"username":"ada"}`,
        `{"${end}":{"type":"string"}}`,
      ],
    },
    {
      name: `escaped-${kind.kind}`,
      before: `${fieldOf(kind)}\\\\+"\\s*:\\s*\\\\+"`,
      secret: '(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\[nrtbfu/])+',
      replacement: '[redacted]',
      when: ['\\"'],
      changes: [
        [
          `{"m":"{\\"${end}\\":\\"${value}\\",\\"n\\":1}"}`,
          `{"m":"{\\"${end}\\":\\"[redacted]\\",\\"n\\":1}"}`,
        ],
      ],
      leaves: ['{"m":"{\\"fileName\\":\\"Ada\\"}"}'],
    },
    {
      name: `escaped-value-${kind.kind}`,
      before: `${fieldOf(kind)}\\\\+"\\s*:\\s*`,
      secret:
        '(?:-?[0-9][0-9.eE+-]*|\\{(?:[^{}"\\\\]|\\\\+")*\\\\+"(?:day|month|year)(?:[^{}"\\\\]|\\\\+")*\\}|\\[\\\\+"[^"\\\\]*\\\\+"\\])',
      replacement: 'null',
      when: ['\\"'],
      changes: [
        [
          `{"m":"{\\"${end}\\":{\\"day\\":14,\\"year\\":1991},\\"n\\":1}"}`,
          `{"m":"{\\"${end}\\":null,\\"n\\":1}"}`,
        ],
      ],
      leaves: [`{"m":"{\\"${end}\\":true}"}`],
    },
    {
      name: `${kind.kind}-in-text`,
      // In objects that Node and Python print, in logfmt, and in forms.
      before: `${formField(kind)}(?:\\[[a-z ]{2,30}\\])?(?:['\`]?\\s*(?:=>|:|=|%(?:25)*3[dD])|\\\\*"\\s*(?:=>|=))\\s*`,
      secret: `(?:'(?:[^'"\\\\]|\\\\.)+'|"[^"\\\\,:}\\]\\s](?:[^"\\\\]|\\\\.)*"|\\\\+"[^"\\\\]+\\\\+")`,
      replacement: '[redacted]',
      changes: [
        [
          `{ ${end}: '${value}', '${whole}': '${value}', n: 1 }`,
          `{ ${end}: [redacted], '${whole}': [redacted], n: 1 }`,
        ],
        [`${end}="${value} L" n=1`, `${end}=[redacted] n=1`],
        // In rows that PostgreSQL decodes from its WAL.
        [`${end}[date]:'${value}' n[text]:'x'`, `${end}[date]:[redacted] n[text]:'x'`],
      ],
      leaves: ["{ hostname: 'ada', displayName: 'Ada' }", `column "${end}" "x"`],
    },
    {
      name: `${kind.kind}-in-encoded-json`,
      before: `${fieldOf(kind)}${encodedColon}`,
      secret: encodedText,
      replacement: '[redacted]',
      when: encodedQuoteTexts,
      changes: [
        [
          `?user=%7B%22${end}%22%3A%22${value}%22%2C%22n%22%3A1`,
          `?user=%7B%22${end}%22%3A%22[redacted]%22%2C%22n%22%3A1`,
        ],
      ],
      leaves: ['%22fileName%22%3A%22Ada%22'],
    },
    {
      name: `${kind.kind}-in-form`,
      before: `${formField(kind)}(?:=|%(?:25)*3[dD])`,
      secret: `[^\\s&"'\\\\;,<>${keep}\\[]+`,
      replacement: '[redacted]',
      when: ['=', '%3d', '%253d'],
      changes: [
        [
          `${end}=${value}&user%5B${whole}%5D=L%20B&n=1`,
          `${end}=[redacted]&user%5B${whole}%5D=[redacted]&n=1`,
        ],
        [`user[${end}]=${value} n=1`, `user[${end}]=[redacted] n=1`],
      ],
      leaves: ['hostname=ada', 'filename=x'],
    },
    {
      name: `${kind.kind}-as-words`,
      // Without quotes, as in YAML and in prose.
      before: `${fieldOf(kind)}: `,
      secret:
        "(?:[A-ZÀ-Ž][A-Za-zÀ-ž.'-]*(?: [A-ZÀ-Ž][A-Za-zÀ-ž.'-]*){0,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|[A-Z]{0,3}[0-9][0-9-]{4,})",
      replacement: '[redacted]',
      when: [': '],
      changes: [[`${end}: ${value}, n: 1`, `${end}: [redacted], n: 1`]],
      leaves: [`${end}: too short`, `${end}: character varying`],
    },
    {
      name: `${kind.kind}-in-xml`,
      // Also in the attributes of SAML.
      before: `(?i:(?:<[^<>"'\\\\/]{0,40}|\\bname=\\\\*"[^"\\\\]*)(?:${kind.ends}|\\b${kind.whole})(?:\\\\*"[^<>]*)?>(?:\\s*<[^<>/]*>)?)`,
      secret: '[^<>"\\s][^<>"]*',
      after: '</',
      replacement: '[redacted]',
      when: ['</'],
      changes: [
        [`<${end}>${value}</${end}>`, `<${end}>[redacted]</${end}>`],
        [
          `<saml:Attribute Name=\\"${end}\\"><saml:AttributeValue>L</saml:AttributeValue>`,
          `<saml:Attribute Name=\\"${end}\\"><saml:AttributeValue>[redacted]</saml:AttributeValue>`,
        ],
      ],
      leaves: ['<FileName>x</FileName>', `<${end}></${end}>`],
    },
    {
      name: `${kind.kind}-pair`,
      // Name and value as two fields, as items of a list, or as a part of a form.
      before: `(?i:\\bname\\\\*["']?\\s*[:=]\\s*\\\\*["'][a-z0-9_.[]*(?:${kind.ends}|\\b${kind.whole})\\]?\\\\*["'](?:\\s*,\\s*\\\\*["']?value\\\\*["']?\\s*:\\s*\\\\*["']|(?:\\\\+[rn]|\\r|\\n)+))`,
      secret: '[^"\'\\\\\\n]+',
      replacement: '[redacted]',
      changes: [
        [`{"name":"${end}","value":"Ada"}`, `{"name":"${end}","value":"[redacted]"}`],
        [
          `name="user[${end}]"\\r\\n\\r\\n${value}\\r\\n--b`,
          `name="user[${end}]"\\r\\n\\r\\n[redacted]\\r\\n--b`,
        ],
      ],
      leaves: ['{"name":"title","value":"Ada"}', `{"name":"${end}","type":"text"}`],
    },
  ];
};

/** Names, dates of birth and numbers of documents in fields that say so. */
export const people: RedactionGroup = {
  name: 'people',
  when: [
    ...roleWords,
    ...['firstn', 'first_n', 'first-n', 'first n', 'lastn', 'last_n', 'last-n', 'last n'],
    ...[
      'fulln',
      'full_n',
      'full n',
      'legaln',
      'legal_n',
      'legal n',
      'given',
      'middlen',
      'middle_n',
    ],
    ...[
      'attendee',
      'maiden',
      'familyn',
      'family_n',
      'family n',
      'surname',
      'fname',
      'lname',
      'dob',
      'birth',
      'born',
    ],
    ...[
      'ssn',
      'routing',
      'payee',
      'creditor',
      'debtor',
      'beneficiary',
      'payer',
      'recipient',
      'holder',
      '<nm>',
      'passport',
      'al sec',
      'national i',
      'tax id',
      'steuer',
      'aadhaar',
      'id card',
    ],
    ...['documentn', 'document_n', 'idnum', 'id_num', 'id num', 'identity', 'iddoc', 'id_doc'],
    ...['nationali', 'national_i', 'taxid', 'tax_id', 'taxnum', 'tax_num', 'licen', 'al_sec'],
    ...['alsecur', 'fiscal', 'nino', 'bsn', 'pesel', 'cpf', 'curp', 'personnummer', 'accountn'],
    ...[
      'account_n',
      'iban',
      'taxpayer',
      'vatn',
      'vat_n',
      'vat n',
      'vatid',
      'vat_id',
      'employeri',
      'employer_i',
    ],
    ...['"tin', '"ein', "'tin'", "'ein'", ' tin:', ' tin=', ' ein:', ' ein=', '_tin', '_ein'],
    ...['"itin', ' itin:', '?tin=', '&tin=', '[tin', '[ein'],
  ],
  rules: [
    ...personsInWords,
    otherFullName,
    partyInWords,
    personInStruct(fieldOf(names)),
    ...fields(names),
    ...fields(numbers),
    ...parties,
  ],
};

/** Names and dates of birth in fields with German, Dutch, French, Italian and other names. */
export const peopleAbroad: RedactionGroup = {
  name: 'people-abroad',
  when: [
    ...['nachname', 'vorname', 'achternaam', 'voornaam', 'apellido', 'sobrenome', 'фамилия'],
    ...['geburts', 'geboorted', 'nacimiento', 'nascimento', 'naissance', 'nascita', 'prenom'],
    ...['prénom', 'cognome'],
  ],
  rules: fields(abroad),
};
