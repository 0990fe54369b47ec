import { phone, phoneWords } from './phone-names';
import { encoded, json, keep, type RedactionGroup, start } from './rule';

/** The usual names of fields. All names would make a long pattern slow in Go. */
const shortPhone = '(?:phone|mobile|tel(?:ephone)?|fax|msisdn)(?:_?(?:number|no))?';
/** Separators between digits, also in URLs. */
const gap = '(?: ?\\(0?\\) ?| \\(|\\) ?|-| |/|\\+|%20|%28|%29|%2D|\\.)?';

export const phoneFields: RedactionGroup = {
  name: 'phone-fields',
  when: phoneWords,
  rules: [
    {
      name: 'audio-device',
      // Their models contain numbers.
      before: '(?i:(?:head|ear|micro|mega|gramo|saxo|vibra|xylo|hydro)phones?)',
      secret: '',
      after: '(?:\\\\*["\'])?\\s*(?:=>|[:=])',
      replacement: keep,
      when: ['phone'],
      changes: [['{"headphones":"DT 770 Pro"}', `{"headphones${keep}":"DT 770 Pro"}`]],
      leaves: ['{"phones":"1"}', 'headphones on'],
    },
    {
      name: 'phone-field',
      before: `(?i:${phone}(?:${encoded.is}|\\\\*["']\\s*(?:=>|[:=])\\s*u?\\\\*["']|\\s*(?:=>|[:=])\\s*u?\\\\*["']?))`,
      secret: `(?:${encoded.plus}|%28|[(0-9])(?:[0-9 ()./+-]|%2[089dDfF])*[0-9](?:[0-9 ()./+-]|%2[089dDfF]){2,20}`,
      after: '[0-9](?:(?:[ .+-]|%20)?[0-9]){3}\\b',
      replacement: '***',
      changes: [
        ["phone: '+44 (0)7700 912 864',", "phone: '***2 864',"],
        ['{"phone":"0170 123 4567"}', '{"phone":"***4567"}'],
        ['{"m":"{\\"phone\\":\\"030 / 23 12 58 06\\"}"}', '{"m":"{\\"phone\\":\\"***58 06\\"}"}'],
        ['?phoneNumber=01701234567&x=1', '?phoneNumber=***4567&x=1'],
        ['?phone=%2B44+7700+900421', '?phone=***0421'],
        ['?phone=06+12+34+56+78', '?phone=***56+78'],
        ['phone1: 0170 123 4567', 'phone1: ***4567'],
        ['{"tel":"(555) 123-4567"}', '{"tel":"***4567"}'],
        ["destination_addr: '491701234567'", "destination_addr: '***4567'"],
      ],
      leaves: ['{"phones":2,"telemetry":"12345678"}', '{"phone":12}'],
    },
    {
      name: 'phone-input',
      // The value of an HTML form field.
      before: `(?i:name=\\\\*["'][a-z0-9_.-]*${phone}\\\\*["']\\s+value=\\\\*["'])`,
      secret: '[^"\'\\\\]{2,}',
      after: '[0-9](?:[ .-]?[0-9]){3}\\\\*["\']',
      replacement: '***',
      when: ['value='],
      changes: [
        ['<input name="phone" value="07700 900641">', '<input name="phone" value="***0641">'],
      ],
      leaves: ['<input name="phone" value="">'],
    },
    {
      name: 'phone-of-recipient',
      // A recipient may also have an address of mail or a name.
      before: `(?i:\\brecipients?(?:\\\\*["'])?\\s*[:=]\\s*\\[?\\s*\\\\*["']?)`,
      secret: '(?:\\+|00|\\(?0)[0-9 ()./-]{3,16}',
      after: '[0-9](?:[ .-]?[0-9]){3}(?:[^0-9A-Za-z]|$)',
      replacement: '***',
      when: ['recipient'],
      changes: [
        ['{"recipients":["0031 6 2585 4520"],"n":1}', '{"recipients":["***4520"],"n":1}'],
        ["{ recipient: '+31 6 2585 4520' }", "{ recipient: '***4520' }"],
      ],
      leaves: ['{"recipients":12}', '{"recipient":"usr_0031"}'],
    },
    {
      name: 'phone-of-property',
      // A value that a validator refused, after the name of its field.
      before: `(?i:\\b(?:property|field|path|param|name)\\\\*["']?\\s*:\\s*\\[?\\\\*["'][a-z0-9_.-]*${shortPhone}\\\\*["']\\]?,[^\\n]{0,100}?\\b(?:value|received|input)\\\\*["']?\\s*:\\s*\\\\*["'])`,
      secret: '[+0(1-9][0-9 ()./-]{3,16}',
      after: '[0-9](?:[ .-]?[0-9]){3}\\\\*["\']',
      replacement: '***',
      when: ['property', 'field', 'path', 'param', 'name'],
      changes: [
        [
          "{ property: 'phone', constraints: { a: 'b' }, value: '07700 900641' }",
          "{ property: 'phone', constraints: { a: 'b' }, value: '***0641' }",
        ],
        [
          '{"path":["phone"],"msg":"bad","value":"07700 900641"}',
          '{"path":["phone"],"msg":"bad","value":"***0641"}',
        ],
      ],
      leaves: [
        "{ property: 'phone', constraints: {} }",
        "{ name: 'title', value: '07700 900641' }",
      ],
    },
    {
      name: 'phone-before-property',
      before: '(?i:\\b(?:value|received|input)\\\\*["\']?\\s*:\\s*\\\\*["\'])',
      secret: '[+0(1-9][0-9 ()./-]{3,16}',
      after: `[0-9](?:[ .-]?[0-9]){3}\\\\*["'],[^\\n]{0,100}?\\b(?i:property|field|path|param|name)\\\\*["']?\\s*:\\s*\\[?\\\\*["'](?i:[a-z0-9_.-]*${shortPhone})\\\\*["']`,
      replacement: '***',
      when: ['property', 'field', 'path', 'param', 'name'],
      changes: [
        [
          "value: '07700 900641', property: 'phone', children: []",
          "value: '***0641', property: 'phone', children: []",
        ],
      ],
      leaves: ["value: '07700 900641', property: 'title'"],
    },
    {
      name: 'phone-with-value',
      // A value in an error message of Joi.
      before: `(?i:\\\\*"[a-z0-9_.-]*${phone}\\\\*" with value \\\\*")`,
      secret: '[^"\\\\]{2,}',
      after: '[0-9](?:[ .-]?[0-9]){3}\\\\*"',
      replacement: '***',
      when: ['with value'],
      changes: [
        ['"mobile" with value "0664/38 17 20 95" fails', '"mobile" with value "***20 95" fails'],
      ],
      leaves: ['"mobile" with value "none" fails'],
    },
    {
      name: 'phone-value',
      before: `(?i:"[a-z0-9_.-]*${phone}"\\s*:\\s*)`,
      secret: `(?:"(?:[^"\\\\]|\\\\.)*[0-9](?:[^"\\\\]|\\\\.)*[0-9](?:[^"\\\\]|\\\\.)*[0-9 ]{2}[0-9](?:[^"\\\\]|\\\\.)*"|-?[0-9]{6,}[0-9.eE+-]*|\\*{3}[0-9]{4}|${json.composed})`,
      replacement: '"[redacted]"',
      changes: [
        ['{"phone":491701234567}', '{"phone":"[redacted]"}'],
        ['{"phones":["+1 555","0170 1"],"x":1}', '{"phones":"[redacted]","x":1}'],
        ['{"phone":{"number":"0170 1234567"}}', '{"phone":"[redacted]"}'],
      ],
      leaves: ['{"phone":2}', '{"mobile":true}', '{"phone":"***4567"}'],
    },
    {
      name: 'escaped-phone-value',
      before: `(?i:${phone}\\\\+"\\s*:\\s*)`,
      secret: `(?:-?[0-9]{6,}[0-9.eE+-]*|[\\[{](?:[^\\]}"\\\\]|\\\\.)*[\\]}])`,
      // Valid at any nesting depth.
      replacement: 'null',
      when: ['\\"'],
      changes: [['{"m":"{\\"phone\\":491701234567}"}', '{"m":"{\\"phone\\":null}"}']],
      leaves: ['{"m":"{\\"phone\\":2}"}'],
    },
    {
      name: 'phone-group',
      before: `(?i:${phone}["']?\\s*(?:=>|[:=])\\s*)`,
      secret:
        '(?:\\[(?:[^\\]"\\\\]|\\\\.)*[0-9](?:[^\\]"\\\\]|\\\\.)*\\]|\\{(?:[^{}"\\\\]|\\\\.)*[0-9](?:[^{}"\\\\]|\\\\.)*\\})',
      replacement: '[redacted]',
      changes: [["{ phones: [ '0170 1234567' ] }", '{ phones: [redacted] }']],
      leaves: ['phones: []'],
    },
    {
      name: 'phone-list',
      before: `(?i:${phone}\\s*(?:=>|[:=])\\s*)`,
      secret: '\\[\\s*"[^"\\\\]*[0-9][^"\\\\]*"(?:,\\s*"[^"\\\\]*")*\\s*\\]',
      replacement: '[redacted]',
      when: ['["', '[ "'],
      changes: [['phones=["030 1234567", "040 7654321"] x', 'phones=[redacted] x']],
      leaves: ['{"phones":["030 1234567"]}', 'phones=["home"]'],
    },
  ],
};

const unit =
  '(?:ns|ms|us|µs|s|sec|seconds|bytes|[kKMGT]i?B|B|points?|rows|lines|cents|wei|gwei|sats?|%)\\b';

export const plusPhones: RedactionGroup = {
  name: 'plus-phones',
  when: ['1', '2', '3', '4', '5', '6', '7', '8', '9']
    .map((digit) => `+${digit}`)
    .concat('+(', '%2b', '%252b'),
  rules: [
    {
      name: 'amount',
      // A signed number is not a phone number if a unit follows.
      before: '\\+',
      secret: '',
      after: `[0-9]{7,15} ?${unit}`,
      replacement: keep,
      changes: [['delta +2345678901 ns', `delta +${keep}2345678901 ns`]],
      leaves: ['call +2345678901 now'],
    },
    {
      name: 'international-phone',
      before: start,
      secret: `${encoded.plus}\\(?(?:1${gap}[2-9](?:${gap}[0-9]){5}|(?:4[57]|65|85[23])(?:[ -]?[0-9]){4}|[2-9](?:(?: ?\\(0?\\) ?| \\(|\\) ?|-| |/|\\+|%20)?[0-9]){6,8})${gap}`,
      after: '[0-9](?:[ +-]?[0-9]){3}(?:\\b|\\\\)',
      replacement: '***',
      changes: [
        ['call +49 170 1234567 or +15551234567', 'call ***4567 or ***4567'],
        ['+1 (555) 123-4567', '***4567'],
        ['+65 9123 4567', '***4567'],
        ['?to=%2B491701234567', '?to=***4567'],
        ['{"m":"back:\\n+14155550626\\nok"}', '{"m":"back:\\n***0626\\nok"}'],
      ],
      leaves: [
        ...[
          '2024-11-01T12:00:00+10:00',
          'a+1234567890',
          '1e+12',
          'up +12 %',
          'delta +1234567890123 ns',
        ],
        'coordinates +52.5200 -13.4049 +49.0 to +12345',
      ],
    },
  ],
};
