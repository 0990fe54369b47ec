import { anyName } from './names';
import { json, type RedactionRule } from './rule';

/**
 * Names and values as two fields of one object, as form libraries, validators and lists of
 * variables write them: `{ name: 'password', value: 'x' }`, in both orders and with other fields
 * between.
 */
const nameField = '(?:name|key|field|header|param(?:eter)?|property|path|instancePath|label)';
const valueField =
  '(?:value|val|content|data|received|input|rejectedValue|rejected|actual|(?:old|new)(?:Value)?|from)';
const valueTexts = [
  ...['value', 'val', 'content', 'data', 'received', 'input', 'rejected', 'actual'],
  ...['oldvalue', 'newvalue', 'old', 'new', 'from'],
] as const;
const secretName = `[a-z0-9_./ -]*${anyName}`;
/** The name, or a path that ends with it: `["body", "password"]`. */
const quotedName = `(?:\\[\\s*(?:"[a-z0-9_]*"\\s*,\\s*)*)?"${secretName}"(?:\\s*\\])?`;
const quotedNameEscaped = `(?:\\[(?:\\\\+"[a-z0-9_]*\\\\+",)*)?\\\\+"${secretName}\\\\+"\\]?`;
const quotedNameInText = `(?:\\[\\s*(?:'[a-z0-9_]*',\\s*)*)?'${secretName}'(?:\\s*\\])?`;

const between = `(?:\\s*,\\s*"[a-z_]+"\\s*:\\s*(?:"[^"\\\\]*"|[0-9.]+|true|false|null|\\{[^{}]*\\}))*?\\s*,\\s*`;
const betweenEscaped = `(?:,\\s*\\\\+"[a-z_]+\\\\+"\\s*:\\s*(?:\\\\+"[^"\\\\]*\\\\+"|[0-9.]+|true|false|null|\\{[^{}]*\\}))*?,\\s*`;
const betweenInText = `(?:,\\s+[a-z_]+: (?:'[^'"\\\\]*'|[0-9.]+|true|false|null|undefined))*?,\\s+`;

const textValue = `(?:'(?:[^'"\\\\]|\\\\.)*'|[0-9]+)`;

export const named: readonly RedactionRule[] = [
  {
    name: 'named-pair',
    before: `(?i:"${nameField}"\\s*:\\s*${quotedName}${between}"${valueField}"\\s*:\\s*)`,
    secret: `(?:${json.text}|${json.number})`,
    replacement: '"[redacted]"',
    when: valueTexts.map((text) => `"${text}"`).concat('"rejectedvalue"'),
    changes: [
      [
        '{"name":"Authorization","value":"Basic x"}',
        '{"name":"Authorization","value":"[redacted]"}',
      ],
      [
        '{"path":"/password","op":"replace","value":"x"}',
        '{"path":"/password","op":"replace","value":"[redacted]"}',
      ],
    ],
    leaves: ['{"name":"Accept","value":"x"}', '{"name":"password","type":"text"}'],
  },
  {
    name: 'named-pair-reversed',
    before: '(?i:"(?:value|received|input|rejectedValue)"\\s*:\\s*)',
    secret: `(?:${json.text}|${json.number})`,
    after: `(?i:${between}"(?:name|key|param|path|field|property|label)"\\s*:\\s*${quotedName})`,
    replacement: '"[redacted]"',
    when: ['"value"', '"received"', '"input"', '"rejectedvalue"'],
    changes: [
      [
        '{"value":"x","msg":"too short","path":"password"}',
        '{"value":"[redacted]","msg":"too short","path":"password"}',
      ],
    ],
    leaves: ['{"value":"x","path":"title"}', '{"value":"[1]","next":{"path":"password"}}'],
  },
  {
    name: 'escaped-named-pair',
    before: `(?i:\\\\+"${nameField}\\\\+"\\s*:\\s*${quotedNameEscaped}${betweenEscaped}\\\\+"${valueField}\\\\+"\\s*:\\s*\\\\+")`,
    secret: '[^"\\\\]+',
    replacement: '[redacted]',
    when: valueTexts.map((text) => `${text}\\`),
    changes: [
      [
        '{"m":"{\\"field\\":\\"password\\",\\"received\\":\\"x\\"}"}',
        '{"m":"{\\"field\\":\\"password\\",\\"received\\":\\"[redacted]\\"}"}',
      ],
      [
        '{"m":"{\\"path\\":[\\"password\\"],\\"input\\":\\"x\\"}"}',
        '{"m":"{\\"path\\":[\\"password\\"],\\"input\\":\\"[redacted]\\"}"}',
      ],
    ],
    leaves: ['{"m":"{\\"name\\":\\"Accept\\",\\"value\\":\\"x\\"}"}'],
  },
  {
    name: 'escaped-named-pair-reversed',
    before: '(?i:\\\\+"(?:value|received|input)\\\\+"\\s*:\\s*\\\\+")',
    secret: '[^"\\\\]+',
    after: `(?i:\\\\+"${betweenEscaped}\\\\+"(?:name|key|param|path|field|property|label)\\\\+"\\s*:\\s*${quotedNameEscaped})`,
    replacement: '[redacted]',
    when: ['value\\', 'received\\', 'input\\'],
    changes: [
      [
        '{"m":"{\\"value\\":\\"x\\",\\"path\\":\\"password\\"}"}',
        '{"m":"{\\"value\\":\\"[redacted]\\",\\"path\\":\\"password\\"}"}',
      ],
    ],
    leaves: ['{"m":"{\\"value\\":\\"x\\",\\"path\\":\\"title\\"}"}'],
  },
  {
    name: 'named-pair-in-text',
    before: `(?i:\\b${nameField}'?: ${quotedNameInText}${betweenInText}'?${valueField}'?: )`,
    secret: textValue,
    replacement: "'[redacted]'",
    when: valueTexts.flatMap((text) => [`${text}:`, `${text}':`]),
    changes: [
      ["{ name: 'password', value: 'x y' }", "{ name: 'password', value: '[redacted]' }"],
      [
        "{ property: 'password', type: 'x', value: 'y' }",
        "{ property: 'password', type: 'x', value: '[redacted]' }",
      ],
    ],
    leaves: ["{ name: 'title', value: 'x' }", "{ name: 'password', type: 'text' }"],
  },
  {
    name: 'named-pair-in-text-reversed',
    before: "(?i:\\b(?:value|received|input)'?: )",
    secret: textValue,
    after: `(?i:${betweenInText}'?(?:name|key|param|path|field|property|label)'?: ${quotedNameInText})`,
    replacement: "'[redacted]'",
    when: ['value:', "value':", 'received:', 'input:'],
    changes: [["value: 'x', property: 'password'", "value: '[redacted]', property: 'password'"]],
    leaves: ["value: 'x', property: 'title'"],
  },
  {
    name: 'changed-argument',
    // Arguments of a GraphQL mutation.
    before:
      '(?i:passw(?:or)?d\\([^()"\']{0,60}?(?:old|new|current|from|to)[a-z]*\\s*:\\s*\\\\*["\'])',
    secret: '[^"\'\\\\]+',
    replacement: '[redacted]',
    when: ['rd(', 'wd('],
    changes: [['changePassword(old: "x y", n: 1)', 'changePassword(old: "[redacted]", n: 1)']],
    leaves: ['changePassword(old: $old, new: $new)'],
  },
  {
    name: 'original-value',
    // A validator's original value, after the rules above have replaced the value.
    before:
      '(?i:value(?:\\\\*["\'])?\\s*:\\s*\\\\*["\']\\[redacted\\]\\\\*["\'],\\s*\\\\*["\']?original_?value(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
    secret: '[^"\'\\\\]+',
    replacement: '[redacted]',
    when: ['originalv', 'original_v'],
    changes: [
      [
        "value: '[redacted]', originalValue: 'x y', path: 'password'",
        "value: '[redacted]', originalValue: '[redacted]', path: 'password'",
      ],
    ],
    leaves: ["value: 'x', originalValue: 'hunter'"],
  },
  {
    name: 'named-change',
    // The new value, after the rules above have replaced the old one.
    before:
      '(?i:(?:old_?value|old|from|before)(?:\\\\*["\'])?\\s*:\\s*\\\\*["\']\\[redacted\\]\\\\*["\'],\\s*\\\\*["\']?(?:new_?value|new|to|after)(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
    secret: '[^"\'\\\\]+',
    replacement: '[redacted]',
    when: ['new', 'to', 'after'],
    changes: [
      [
        '{"field":"password","oldValue":"[redacted]","newValue":"x"}',
        '{"field":"password","oldValue":"[redacted]","newValue":"[redacted]"}',
      ],
    ],
    leaves: ['{"field":"title","oldValue":"a","newValue":"x"}'],
  },
  {
    name: 'named-pair-in-yaml',
    before: `(?i:\\b(?:name|property): [a-z0-9_.-]*${anyName}(?:\\s|\\\\+n)+value: )`,
    secret: `(?:'[^'"\\\\]*'|\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\,]+"|[^\\s"'\\\\]+)`,
    replacement: '[redacted]',
    when: ['value: '],
    changes: [
      [
        '{"m":"- name: DB_PASSWORD\\n  value: x1\\n"}',
        '{"m":"- name: DB_PASSWORD\\n  value: [redacted]\\n"}',
      ],
    ],
    leaves: ['- name: PORT\n  value: 80'],
  },
  {
    name: 'named-pair-in-go',
    // Environment variables in a container that the kubelet prints.
    before: `(?i:\\bname:[a-z0-9_.-]*${anyName},\\s?value:)`,
    secret: '[^,{}"\\\\]+',
    replacement: '[redacted]',
    when: ['ken', 'pass', 'cret', 'key', 'wd'],
    changes: [
      [
        'EnvVar{Name:S3_SECRET,Value:mJwTXSwK,ValueFrom:nil,}',
        'EnvVar{Name:S3_SECRET,Value:[redacted],ValueFrom:nil,}',
      ],
    ],
    leaves: ['EnvVar{Name:NODE_ENV,Value:production,ValueFrom:nil,}', 'Name:KEY,Value:,'],
  },
  {
    name: 'erlang-pair',
    before: `(?i:${anyName}),\\s*<<\\\\*"`,
    secret: '[^"\\\\]+',
    replacement: '[redacted]',
    when: ['<<"', '<<\\'],
    changes: [['{default_pass,<<"x1">>},', '{default_pass,<<"[redacted]">>},']],
    leaves: ['{vhost,<<"/">>}'],
  },
  {
    name: 'validated-value',
    // Validators quote what they reject, after the name of the field.
    before: `(?i:${anyName}\\\\*["']?[^{}"]*?(?:rejected value|with value|received value|, value|input_value)[ =:]*)`,
    secret: `(?:\\[[^\\]"\\\\]*\\]|'[^'"\\\\]*'|\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\:,]*"|[A-Za-z]{4,}[0-9][^\\s"'\\\\,;]*)`,
    replacement: '[redacted]',
    when: [', value', 'ted value', 'with value', 'ved value', 'input_value'],
    changes: [
      [
        "on field 'password': rejected value [x1];",
        "on field 'password': rejected value [redacted];",
      ],
      ['"password" with value "x1" fails', '"password" with value [redacted] fails'],
      ['password: minLength, value: hunter22', 'password: minLength, value: [redacted]'],
      [
        "password too short [input_value='x1', x=1]",
        'password too short [input_value=[redacted], x=1]',
      ],
    ],
    leaves: ['"title" with value "x" fails', 'password with value missing'],
  },
  {
    name: 'refused-value',
    // The same in a sentence. Without a digit or a special character, it may be the name of a type.
    before: `(?i:${anyName}\\\\*["']?[^{}"]*?(?:,|but) (?:got|received|was):? )`,
    secret:
      '(?:\'[^\'"\\\\]*[0-9!@#$%^&*][^\'"\\\\]*\'|\\\\+"[^"\\\\]*[0-9!@#$%^&*][^"\\\\]*\\\\+"|"[^"\\\\:,]*[0-9!@#$%^&*][^"\\\\:,]*")',
    replacement: '[redacted]',
    when: [', got', 'but got', ', received', 'but received', ', was', 'but was'],
    changes: [
      ['"password" must be long, got "x1" (7)', '"password" must be long, got [redacted] (7)'],
      ['{"m":"bad pin but was \\"4711\\""}', '{"m":"bad pin but was [redacted]"}'],
    ],
    leaves: ['Unexpected token, got "}"', 'token: expected string, received "undefined"'],
  },
  {
    name: 'xml-pair',
    before: `(?i:<[a-z][^<>]*?\\s(?:(?:name|key)=\\\\*"${secretName}|type=\\\\*"password)\\\\*"(?:\\s+value=\\\\*"|[^<>]*>\\s*<value>))`,
    secret: '[^"\\\\<>]+',
    replacement: '[redacted]',
    when: ['value="', 'value=\\', '<value>'],
    changes: [
      ['<property name="password" value="x y"/>', '<property name="password" value="[redacted]"/>'],
      ['<input type="password" value="x">', '<input type="password" value="[redacted]">'],
      [
        '<setting name="ApiKey"><value>x</value>',
        '<setting name="ApiKey"><value>[redacted]</value>',
      ],
    ],
    leaves: ['<property name="title" value="x"/>', '<input name="password" type="text">'],
  },
];
