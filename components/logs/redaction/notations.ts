import { anyName } from './names';
import { keep, type RedactionGroup } from './rule';

/** A text with a quote in it, which the program did not escape. */
const withQuote = (quote: string, before: string): string =>
  `${before}(?:${quote}[^${quote}\\\\{}\\n:,\\[\\]()\\s;=&][^${quote}\\\\{}\\n:,]*){1,3}`;

/** Values in notations that the rules for fields would cut off. They run before these rules. */
export const notations: RedactionGroup = {
  name: 'notations',
  // The name of the secret opens the theme.
  opens: [],
  rules: [
    {
      name: 'value-with-quote',
      before: `(?i:${anyName})"\\s*:\\s*"`,
      secret: withQuote('"', '[^"\\\\\\n]*'),
      after: '"\\s*[,}]',
      replacement: '[redacted]',
      // A quote after which a value goes on.
      when: { matches: '[^\\\\:,{\\[(\\s]\\s*"[^\\\\:,}\\])\\s"]' },
      changes: [
        ['{"id":7,"password":"hun"_ter"}', '{"id":7,"password":"[redacted]"}'],
        ['{"password": "h"u n", "n": 1}', '{"password": "[redacted]", "n": 1}'],
      ],
      leaves: [
        '{"password":"","email":"x"}',
        '{"password":"hunter","n":"x"}',
        '["token":"a" "b"]',
        '{"title":"7" single","n":1}',
      ],
    },
    {
      name: 'escaped-value-with-quote',
      before: `(?i:${anyName})\\\\"\\s*:\\s*\\\\"`,
      secret: '[^"\\\\{}\\n:,]*\\\\"[^"\\\\{}\\n:,\\[\\]\\s][^"\\\\{}\\n:,]*',
      after: '\\\\"\\s*[,}]',
      replacement: '[redacted]',
      when: ['\\":'],
      changes: [
        ['{"m":"{\\"password\\":\\"hun\\"_ter\\"}"}', '{"m":"{\\"password\\":\\"[redacted]\\"}"}'],
      ],
      leaves: ['{"m":"{\\"password\\":\\"hunter\\",\\"n\\":\\"x\\"}"}'],
    },
    {
      name: 'value-with-apostrophe',
      before: `(?i:${anyName})'?\\s*(?:=>|:)\\s*'`,
      secret: withQuote("'", "[^'\\\\{}\\n:,]*"),
      after: "'\\s*[,})]",
      replacement: '[redacted]',
      when: [": '", "> '", ":'", ">'"],
      changes: [["{ password: 'hun'ter', n: 1 }", "{ password: '[redacted]', n: 1 }"]],
      leaves: [
        "{ password: 'hunter', name: 'x' }",
        "{ password: '', name: 'x' }",
        "[ 'bull:transcode:', '3' ]",
      ],
    },
    {
      name: 'value-without-end',
      // The quote is not closed at the end of the line, which is what a parser complains about.
      before: `(?i:${anyName}(?:_base)?)\\s*[:=]\\s*(?:"|'|\\\\+")`,
      secret: `[^\\s"'\\\\,:;}\\]){(\\[${keep}][^"'\\\\\\n{}]{2,}`,
      after: '(?:$|\\n|\\\\+n|"\\}+$)',
      replacement: '[redacted]',
      when: { matches: `[:=]\\s*(?:"|'|\\\\+")[^"'\\\\\\n{}]{3,}(?:$|\\n|\\\\+n|"\\}+$)` },
      changes: [
        ['line 4: export SESSION_SECRET : "53228d', 'line 4: export SESSION_SECRET : "[redacted]'],
        ["DB_PASSWORD='hunter two", "DB_PASSWORD='[redacted]"],
        ['{"m":"API_KEY=\\"hunter"}', '{"m":"API_KEY=\\"[redacted]"}'],
      ],
      leaves: ['{"m":"bad token: "}', 'token: "', 'password="hunter" x', '{"m":"password:","n":1}'],
    },
    {
      name: 'key-in-base64',
      // A key of Laravel or in an environment variable. `/` is part of the value.
      before:
        '(?:(?i:key|bearer|token|secret|base)(?: is| was)?[\\s.:=>"\'\\\\]{1,60}base64:|\\b[A-Z][A-Z0-9_]*_(?:KEYS?|SECRET|SALT|BASE)\\s?[=:]\\s?\\\\*["\']?)',
      secret: '[A-Za-z0-9+/]{21,}={1,2}',
      replacement: '[redacted]',
      when: ['base64:', '_key', '_secret', '_salt', '_base'],
      changes: [
        ['APP_KEY=base64:FSOQ4RX6/CuzJzoAn+Oh0w==', 'APP_KEY=base64:[redacted]'],
        ['app.key .... base64:FSOQ4RX6/CuzJzoAn+Oh0w==', 'app.key .... base64:[redacted]'],
        ["'key' => 'base64:FSOQ4RX6/CuzJzoAn+Oh0w=='", "'key' => 'base64:[redacted]'"],
        ['ENC_KEY=FSOQ4RX6/CuzJzoAn+Oh0w== x', 'ENC_KEY=[redacted] x'],
      ],
      leaves: ['digest base64:FSOQ4RX6/CuzJzoAn+Oh0w==', 'S3_KEY=stems/2026/11/vocals.wav'],
    },
    {
      name: 'placeholders-of-entity-framework',
      // It writes `?` for each value by default.
      before: '\\[Parameters=',
      secret: '',
      after: "\\[(?:@?[A-Za-z0-9_]+='\\?'(?: \\([^()\"]*\\))*(?:, )?)+\\]",
      replacement: keep,
      when: ['[parameters='],
      changes: [
        ["[Parameters=[@a='?' (Size = 3)], x", `[Parameters=${keep}[@a='?' (Size = 3)], x`],
      ],
      leaves: ["[Parameters=[@a='x'], x"],
    },
    {
      name: 'values-of-entity-framework',
      before: '\\[Parameters=',
      secret: `\\[(?:[^\\]\\["'\\\\${keep}]|'[^'"\\\\]*')*\\]`,
      replacement: '[redacted]',
      when: ['[parameters='],
      changes: [["[Parameters=[@a='[x]' (Size = 3)], x", '[Parameters=[redacted], x']],
      leaves: [`[Parameters=${keep}[@a='?'], x`],
    },
    {
      name: 'words-of-entity-framework',
      before: '(?:@[A-Za-z0-9_]+|\\bCommandType|\\bCommandTimeout)=',
      secret: '',
      after: "'(?:\\?|Text|StoredProcedure|TableDirect|[0-9]{1,6})'",
      replacement: keep,
      when: ['[parameters='],
      changes: [["@a='?'], CommandType='Text'", `@a=${keep}'?'], CommandType=${keep}'Text'`]].map(
        ([from, to]) => [`[Parameters=[${from}]`, `[Parameters=[${to}]`] as const,
      ),
      leaves: ["[Parameters=[@a='x']"],
    },
    {
      name: 'erlang-binary',
      before: `(?i:[a-z0-9_.-]*${anyName}(?:\\\\*")?(?:>>)?)\\s*(?:,|=>|:)\\s*<<\\\\*"`,
      secret: '[^"\\\\]+',
      after: '\\\\*">>',
      replacement: '[redacted]',
      when: ['<<"', '<<\\'],
      changes: [
        [
          '{<<"password">>,<<"hunter 2">>},{<<"n">>,3}',
          '{<<"password">>,<<"[redacted]">>},{<<"n">>,3}',
        ],
      ],
      leaves: ['{<<"title">>,<<"hunter 2">>}', '[<<"password">>|Names]'],
    },
    {
      name: 'erlang-tuple',
      // Words of letters after `token` are reasons: `{:invalid_token, "expired"}`.
      before: `(?i:\\{:?[a-z0-9_]*(?:pass|passw(?:or)?d|passphrase|pwd|secret)),\\s*(?:<<)?\\\\*["']`,
      secret: '[^\\s"\'\\\\]{3,}',
      after: `\\\\*["'](?:>>)?[,}]`,
      replacement: '[redacted]',
      when: [', "', ',"', ", '", ', \\', ',\\', ',<<', ', <<'],
      changes: [
        ['{:password, "hunter"}', '{:password, "[redacted]"}'],
        ['{password,"hunter"}', '{password,"[redacted]"}'],
        ['{smtp_password,<<"hunter">>}', '{smtp_password,<<"[redacted]">>}'],
      ],
      leaves: ['{:error, "hunter"}', '{:password, "is too short"}', "{ password, 'x' }"],
    },
    {
      name: 'erlang-tuple-with-token',
      before: `(?i:\\{:?[a-z0-9_]*${anyName}),\\s*(?:<<)?\\\\*["']`,
      secret: '[^\\s"\'\\\\]*[0-9][^\\s"\'\\\\]{3,}',
      after: `\\\\*["']`,
      replacement: '[redacted]',
      when: [', "', ',"', ", '", ', \\', ',\\', ',<<', ', <<'],
      changes: [
        [
          '{:error, {:stale_token, "SFMyNTY.g2gDYQ"}} in',
          '{:error, {:stale_token, "[redacted]"}} in',
        ],
      ],
      leaves: ['{:error, {:invalid_token, "signature mismatch"}}', '{:token, "expired"}'],
    },
  ],
};
