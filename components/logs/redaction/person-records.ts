import { foreign, fullNameInScripts, inName, isValue, quote, word } from './persons';
import type { RedactionGroup } from './rule';

/** The start of a line, also in a JSON string. */
const line = '(?:^|[\\n\\r:> ]|\\\\+[nr])';
/** The items of a list with at least one string, also inside a JSON string. */
const items =
  '(?:[^\\[\\]"\'\\\\]*(?:\\\\+"(?:[^"\\\\]|\\\\+[^"\\\\])*\\\\+"|"(?:[^"\\\\]|\\\\.)*"|\'[^\'\\\\]*\'))+[^\\[\\]"\'\\\\]*';
/** Columns and fields with the data of a person. */
const personal =
  '(?:full_?name|first_?name|last_?name|surname|e-?mail|phone|mobile|street|address|iban|passw(?:or)?d|token)';
const details =
  '(?:phone|mobile|e-?mail|(?:full|first|last|given|family|legal|holder|user|contact|customer|profile|person|recipient)[^a-z0-9]*name|surname|street|[^a-z_]address|iban|[^a-z]card|password)';

/** Data of people in formats that keep names and values apart. */
export const personRecords: RedactionGroup = {
  name: 'person-records',
  rules: [
    {
      name: 'vcard',
      before: `${line}(?:item[0-9]\\.)?(?:FN|N|NICKNAME|ADR|BDAY|LABEL)(?:;[^:\\n\\\\"]*)?:`,
      secret: '(?:[^\\\\\\n\\r"]|\\\\+[,;])+',
      replacement: '[redacted]',
      when: ['begin:vcard', 'vcard'],
      changes: [
        ['BEGIN:VCARD\\nN:Moser;Ada;;;\\nTEL:1', 'BEGIN:VCARD\\nN:[redacted]\\nTEL:1'],
        [
          'BEGIN:VCARD\\r\\nFN:Ada M\\r\\nEND:VCARD',
          'BEGIN:VCARD\\r\\nFN:[redacted]\\r\\nEND:VCARD',
        ],
      ],
      leaves: ['BEGIN:VCARD\\nVERSION:3.0\\nEND:VCARD', 'vcard 7 imported'],
    },
    {
      name: 'name-in-calendar',
      before: '(?:ATTENDEE|ORGANIZER)(?:;[A-Z-]+=[^:;\\n]*)*?;CN=',
      secret: '(?:"[^"\\n\\\\]*"|\\\\+"[^"\\\\]*\\\\+"|[^:;\\\\"\\n]+)',
      replacement: '[redacted]',
      when: ['attendee;', 'organizer;'],
      changes: [
        ['ATTENDEE;ROLE=X;CN="Moser, Ada":mailto:x', 'ATTENDEE;ROLE=X;CN=[redacted]:mailto:x'],
        ['ORGANIZER;CN=Ada Moser:mailto:x', 'ORGANIZER;CN=[redacted]:mailto:x'],
      ],
      leaves: ['ATTENDEE;ROLE=CHAIR:mailto:x'],
    },
    {
      name: 'name-in-directory',
      before: `(?:${line}(?i:cn|sn|givenName|gecos|street|postalAddress)::? )`,
      secret: `${word}(?: [${inName}0-9.,'’/-]+)*`,
      replacement: '[redacted]',
      when: [
        '\ncn: ',
        '\\ncn: ',
        '\nsn: ',
        '\\nsn: ',
        'givenname: ',
        'gecos: ',
        'dn: uid=',
        'dn: cn=',
      ],
      changes: [
        [
          'dn: uid=a,dc=io\\ncn: Ada Moser\\nsn: Moser\\n',
          'dn: uid=a,dc=io\\ncn: [redacted]\\nsn: [redacted]\\n',
        ],
      ],
      leaves: ['dn: cn=admin,dc=io'],
    },
    {
      name: 'distinguished-name',
      before: '(?i:\\bcn=)',
      secret: fullNameInScripts,
      after: '(?i:,\\s?ou=(?:people|users|staff|members|accounts|employees))',
      replacement: '[redacted]',
      when: [',ou=', ', ou='],
      changes: [['cn=Ada Moser,ou=people,dc=io', 'cn=[redacted],ou=people,dc=io']],
      leaves: ['CN=GTS CA,O=Google', 'cn=admin,ou=people'],
    },
    {
      name: 'escaped-xml-element',
      before: `(?i:(?:&lt;|&#60;|\\\\+u003c)(?:[a-z0-9_-]*:)?(?:(?:[a-z]*_?(?:first|last|full|given|family|legal|party|contact|recipient|customer|display)_?)name|surname|nm|street[a-z]*|adrline|addressline[0-9]?|phone|birth_?date)(?:&gt;|&#62;|\\\\+u003e))`,
      secret: '[^&<>\\s"\\\\](?:[^&<>"\\\\]|&amp;)*',
      after: '(?i:&lt;/|&#60;/|\\\\+u003c)',
      replacement: '[redacted]',
      when: ['&lt;', '&#60;', 'u003c'],
      changes: [
        ['&lt;FullName&gt;Ada M&lt;/FullName&gt;', '&lt;FullName&gt;[redacted]&lt;/FullName&gt;'],
        ['\\u003cSurname\\u003eM\\u003c/Surname', '\\u003cSurname\\u003e[redacted]\\u003c/Surname'],
      ],
      leaves: ['&lt;Role&gt;Composer&lt;/Role&gt;', '&lt;FileName&gt;x&lt;/FileName&gt;'],
    },
    {
      name: 'name-in-xml',
      // The other names of people, e.g. of partners' interfaces.
      before: `<(?i:(?:[a-z0-9]+:)?(?:contributor|composer|author|recipient|signer|party|contact|applicant|customer|payee|person|member|employee|owner|beneficiary)_?(?:full)?name)(?: [^<>]*)?>`,
      secret: fullNameInScripts,
      after: '</',
      replacement: '[redacted]',
      when: ['name>', 'name '],
      changes: [['<PartyName>Ada Moser</PartyName>', '<PartyName>[redacted]</PartyName>']],
      leaves: ['<TrackName>Night Drive</TrackName>', '<PartyName>x</PartyName>'],
    },
    {
      name: 'values-before-statement',
      before: `(?i:\\b(?:args?|arguments|params|parameters|bindings|binds?|values|vars)${isValue}\\[)`,
      secret: items,
      after: `\\][^\\n]*?(?i:(?:sql|query|statement|stmt|text)${isValue}${quote}(?:insert|update|select|delete)\\b[^\\n]*?${personal})`,
      replacement: 'null',
      when: ['args', 'arguments', 'params', 'parameters', 'bind', 'values":', 'values: [', 'vars'],
      changes: [
        [
          '{"args":["Ada M","x",7],"sql":"UPDATE a SET full_name=$1"}',
          '{"args":[null],"sql":"UPDATE a SET full_name=$1"}',
        ],
      ],
      leaves: [
        '{"args":["x"],"sql":"SELECT 1 FROM tracks WHERE title=$1"}',
        '{"args":["--full-name"],"path":"x"}',
      ],
    },
    {
      name: 'values-after-statement',
      before: `(?i:(?:sql|query|statement|stmt|text)${isValue}${quote}(?:insert|update|select|delete)\\b[^\\n]*?${personal}[^\\n]*?\\b(?:args?|arguments|params|parameters|bindings|binds?|values|vars)${isValue}\\[)`,
      secret: items,
      after: '\\]',
      replacement: 'null',
      when: ['args', 'arguments', 'params', 'parameters', 'bind', 'values":', 'values: [', 'vars'],
      changes: [
        [
          '{"sql":"UPDATE a SET full_name=$1","vars":["Ada M",7]}',
          '{"sql":"UPDATE a SET full_name=$1","vars":[null]}',
        ],
      ],
      leaves: ['{"sql":"SELECT title FROM t","args":["x"]}'],
    },
    {
      name: 'refused-detail',
      // A validator's path and value: ajv, joi, zod, class-validator, pydantic.
      before: `(?i:\\b(?:instance_?path|data_?path|path|field|property|param|loc)${isValue}[(\\[]?[^{}()\\[\\]=:\\n]*?${details}[a-z0-9_]{0,12}\\\\*["'][\\])]?(?:[^{}\\n]|\\{[^{}]*\\})*?\\b(?:data|value|input|received|input_?value|rejected_?value|actual)${isValue}${quote})`,
      secret: '[^"\'\\\\\\n\\[][^"\'\\\\\\n]*',
      after: '\\\\*["\']',
      replacement: '[redacted]',
      when: [
        ...['instancepath', 'datapath', 'data_path', 'loc=', 'loc"', 'loc\\', "loc'", 'loc:'],
        ...['path":[', 'path\\":[', 'path: [', 'property":', 'property: ', 'field":', 'field: '],
        ...['param":', 'param: ', 'path":"pass', 'path":"phone', 'path":"email'],
      ],
      changes: [
        [
          '"instancePath":"/contact/phone","keyword":"x","data":"0151 55x","m":1',
          '"instancePath":"/contact/phone","keyword":"x","data":"[redacted]","m":1',
        ],
        [
          '{"path":"passwordConfirm","msg":"x","value":"hunter"}',
          '{"path":"passwordConfirm","msg":"x","value":"[redacted]"}',
        ],
        ["loc=('body','phone') input='0151x'", "loc=('body','phone') input='[redacted]'"],
        ["{ property: 'email', value: 'ada x' }", "{ property: 'email', value: '[redacted]' }"],
      ],
      leaves: ['"instancePath":"/title","data":"x"', "loc=('body','title') input='x'"],
    },
    {
      name: 'address-lines',
      before: `(?i:(?:address_?lines?|postal_?lines|label_?lines|address${isValue}\\{\\s*${quote}?lines)${isValue}\\[)`,
      secret: items,
      after: '\\]',
      replacement: 'null',
      when: ['addressline', 'address_line', 'l_lines', 'llines', '"lines', 'lines:'],
      changes: [['{"addressLines":["Ada M","Vei 41B"],"n":1}', '{"addressLines":[null],"n":1}']],
      leaves: ['"addressLines":2', '"address_lines": null', '"lines":["a","b"]'],
    },
    {
      name: 'formatted-address',
      before: `(?i:(?:formatted_?address|address_?formatted|full_?address)${isValue}${quote})`,
      secret: '[^"\'\\\\]*[0-9][^"\'\\\\]*',
      replacement: '[redacted]',
      when: [
        'ttedaddress',
        'tted_address',
        'ssformatted',
        'ss_formatted',
        'lladdress',
        'll_address',
      ],
      changes: [
        ['"formattedAddress":"Vei 41B, Oslo","n":1', '"formattedAddress":"[redacted]","n":1'],
      ],
      leaves: ['"formattedAddress":""'],
    },
    {
      name: 'parcel-for',
      before:
        '(?i:\\b(?:ship|bill|deliver|send|sold|shipped|delivered|posted)[ _-]to|\\b(?:shipping|delivery|postal) address|\\battn|\\bc/o)\\s?[:=]\\s?',
      secret: `[A-Z${foreign}][^|\\n"\\\\{}=]*(?:,[^|\\n"\\\\{}=]*[0-9]|[0-9][^|\\n"\\\\{}=]*,)[^|\\n"\\\\{}=]*[^|\\n"\\\\{}=\\s]`,
      replacement: '[redacted]',
      when: ['p to', 'l to', 'r to', 'd to', 'g address', 'y address', 'l address', 'attn', 'c/o'],
      changes: [
        [
          'Ship to: Ada M, ul. Sol 18/4, 00-864 Warszawa | order 7',
          'Ship to: [redacted] | order 7',
        ],
      ],
      leaves: ['ship to: warehouse 2', 'Ship to: [redacted] | order 7'],
    },
    {
      name: 'row-below-heading',
      before:
        '(?i:\\b(?:surname|last_?name|first_?name|given|given_?name|family_?name|full_?name)[;,|\\t][^\\n]*?)[0-9>"\\n ][;,|\\t ]',
      secret: `${word}(?:[ ;,|]${word})*`,
      after: '(?:[;,|\\t\\n]|\\\\n)',
      replacement: '[redacted]',
      when: ['surname', 'tname', 't_name', 'given', 'yname', 'y_name', 'fulln', 'full_n'],
      changes: [
        [
          'no;surname;given;bank -> 22;Moser;Ada;PL25;x',
          'no;surname;given;bank -> 22;[redacted];PL25;x',
        ],
      ],
      leaves: ['surname;given missing', 'columns title;artist -> 22;Night;Drive;x'],
    },
    {
      name: 'author-of-reply',
      before: '(?i:\\bfrom |, |[0-9] |^|: )',
      secret: fullNameInScripts,
      after: '(?: on [^"\\n]{0,40})? (?:wrote|schrieb|a écrit|escribió|ha scritto) ?:',
      replacement: '[redacted]',
      when: ['wrote', 'schrieb', 'crit', 'escrib', 'scritto'],
      changes: [
        ['From Ada von Loon on Mon, 3 Nov wrote: x', 'From [redacted] on Mon, 3 Nov wrote: x'],
      ],
      leaves: ['worker 3 wrote: 7 rows', 'From a***@b.io wrote: x'],
    },
    {
      name: 'text-of-reply',
      before:
        '(?i:(?:[a-z]{3,9}\\.?,? (?:[0-9]{1,2},? )?20[0-9]{2}|@)[^"\\n]{0,30} (?:wrote|schrieb|a écrit|escribió|ha scritto) ?: ?\\\\*["“«\'])',
      secret: '[^"\\\\”»\\[][^"\\\\”»]*',
      replacement: '[redacted]',
      when: ['wrote', 'schrieb', 'crit', 'escrib', 'scritto'],
      changes: [['3 Nov 2026 wrote: "please stop" -> q', '3 Nov 2026 wrote: "[redacted]" -> q']],
      leaves: ['wrote: 7 rows', 'wrote 7 rows: "x"'],
    },
  ],
};
