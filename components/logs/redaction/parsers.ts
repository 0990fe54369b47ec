import { anyName } from './names';
import { keep, type RedactionGroup } from './rule';

/** Messages of parsers that refuse JSON. */
const refused = [
  ...[
    'valid json',
    'xpected token',
    'in json',
    'json parse',
    'parse json',
    'parsing json',
    'json.parse',
  ],
  ...['parse.failed', 'jsondecode', 'malformed json'],
];

/** Values in JSON that is broken: without quotes, and cut off by the message of the parser. */
export const brokenJson: RedactionGroup = {
  name: 'broken-json',
  when: refused,
  rules: [
    {
      name: 'json-constant',
      before: '\\\\*"\\s*:\\s*',
      secret: '',
      after: '(?:true|false|null|undefined|NaN|None|[A-Za-z_.]+\\()(?:[^0-9A-Za-z_-]|$)',
      replacement: keep,
      changes: [['bad JSON.parse "token": null', `bad JSON.parse "token": ${keep}null`]],
      leaves: ['"token": nullable1', '"token": hunter'],
    },
    {
      name: 'unquoted-json-value',
      before: `(?i:${anyName}\\\\*"\\s*:\\s*)`,
      secret: `[^\\s"'\\\\,{}\\[\\]()0-9${keep}][^"'\\\\,{}\\[\\]\\n${keep}]*`,
      // Valid at any nesting depth.
      replacement: 'null',
      changes: [
        [
          `invalid JSON '{"email": "x", "password": Sommer-Regen-88}'`,
          `invalid JSON '{"email": "x", "password": null}'`,
        ],
        [
          '{"m":"invalid JSON {\\"password\\": my pass word, \\"a\\": 1}"}',
          '{"m":"invalid JSON {\\"password\\": null, \\"a\\": 1}"}',
        ],
      ],
      leaves: ['{"title": Sommer}', '{"password":{"a":1}}', '{"token":"x"}'],
    },
    {
      name: 'single-quoted-json-value',
      before: `(?i:${anyName}\\\\*["']\\s*:\\s*)'`,
      secret: `[^'"\\\\]+`,
      after: "'",
      replacement: '[redacted]',
      changes: [
        [`invalid JSON "{'password': 'a b'}"`, `invalid JSON "{'password': '[redacted]'}"`],
      ],
      leaves: [`"{'title': 'a b'}"`],
    },
    {
      name: 'quoted-by-parser',
      // Node quotes ten characters before and after the error, so the name may be truncated.
      before:
        '(?i:\\.\\.\\.\\\\*"[a-z_-]{0,10}(?:ss|word|wd|ken|ret|key|jwt|code|pin|otp|rase|ials?|kie|tion)\\\\*"\\s*:\\s*)',
      secret: `[^\\n${keep}]{1,20}?`,
      after: '\\\\*"?\\\\*"(?:\\.\\.\\.)? is not valid JSON',
      replacement: 'null',
      changes: [
        [
          `'S', ..."assword": Sommer-Reg"... is not valid JSON`,
          `'S', ..."assword": null"... is not valid JSON`,
        ],
      ],
      leaves: [
        `'<', "<!DOCTYPE "... is not valid JSON`,
        `'N', ..."retries": NaN, "a"... is not valid JSON`,
      ],
    },
  ],
};
