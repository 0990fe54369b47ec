import { escapedText, type RedactionRule } from './rule';

/** Commands that write values. */
const writes = '(?:p?setex|setnx|h?m?set|getset|append|[lr]push|sadd|zadd|xadd|publish)';

/** A quote in text, or a double quote in a JSON string. */
const quote = `(?:'|\\\\+")`;

/** Redis commands as client libraries print them: an object with name and arguments, or a call. */
export const clientCommands: readonly RedactionRule[] = [
  {
    name: 'redis-migration',
    // The login for the other server.
    before:
      '(?i:\\\\*"auth(?:2\\\\*"\\s+(?:[0-9]{1,2}\\)\\s+)?\\\\*"[^"\\\\]*)?\\\\*"\\s+(?:[0-9]{1,2}\\)\\s+)?\\\\*")',
    secret: '[^"\\\\]+',
    after: '\\\\*"',
    replacement: '[redacted]',
    when: ['migrate'],
    changes: [
      [
        '4) 1) "MIGRATE" 2) "10.0.3.22" 7) "AUTH2" 8) "mover" 9) "VQq8" 10) "KEYS"',
        '4) 1) "MIGRATE" 2) "10.0.3.22" 7) "AUTH2" 8) "mover" 9) "[redacted]" 10) "KEYS"',
      ],
      [
        '"MIGRATE" "h" "6379" "" "0" "5000" "AUTH" "VQq8" "KEYS" "a"',
        '"MIGRATE" "h" "6379" "" "0" "5000" "AUTH" "[redacted]" "KEYS" "a"',
      ],
    ],
    leaves: ['"MIGRATE" "h" "6379" "k" "0" "5000" "COPY" "REPLACE"'],
  },
  {
    name: 'redis-hash-of-code',
    // The key says what the fields are about.
    before:
      '(?i:\\\\*"(?:hm?set|xadd)\\\\*"\\s+(?:2\\)\\s+)?\\\\*"[^\\s"\\\\]*(?:otp|mfa|2fa|verif|passcode|login|token|secret|passw|jwt|csrf|reset|magic|refresh|api_?key)[^\\s"\\\\]*\\\\*"\\s[^\\n]*?\\\\*"(?:code|value|digits|data)\\\\*"\\s+(?:[0-9]{1,3}\\)\\s+)?\\\\*")',
    secret: '[^"\\\\]+',
    replacement: '[redacted]',
    when: [
      ...['otp', 'mfa', '2fa', 'verif', 'asscode', 'login', 'token', 'secret', 'passw', 'jwt'],
      ...['csrf', 'reset', 'magic', 'fresh', 'apikey', 'api_key'],
    ],
    changes: [
      [
        '"HSET" "otp:u:7" "n" "1" "code" "904417" "via" "sms"',
        '"HSET" "otp:u:7" "n" "1" "code" "[redacted]" "via" "sms"',
      ],
      ['"XADD" "reset:7" "*" "value" "x1"', '"XADD" "reset:7" "*" "value" "[redacted]"'],
    ],
    leaves: ['"HSET" "job:7" "code" "904417"', '"HSET" "otp:u:7" "attempts" "1"'],
  },
  {
    name: 'redis-command',
    before: '(?i:"name"\\s*:\\s*"(?:auth|hello|acl|config)"\\s*,\\s*"args"\\s*:\\s*)',
    secret: '\\[(?:[^\\]"]|"[^"]*")*\\]',
    replacement: '["[redacted]"]',
    when: ['args'],
    changes: [['{"name":"auth","args":["Rd12"]}', '{"name":"auth","args":["[redacted]"]}']],
    leaves: ['{"name":"get","args":["k"]}'],
  },
  {
    name: 'redis-command-in-text',
    before: `(?i:name${quote}?\\s*:\\s*${quote}(?:auth|hello|acl|config)${quote}\\s*,\\s*${quote}?args${quote}?\\s*:\\s*)`,
    secret: `(?:\\[[^A-Za-z\\]"\\\\][^\\]"\\\\]*\\]|\\[\\s*${escapedText}(?:\\s*,\\s*${escapedText})*\\s*\\]|\\[(?:\\s*'(?:[^'"\\\\\\n]|\\\\.|"[^'"\\\\,:{}[\\]\\s])*'\\s*,?)+\\s*\\])`,
    replacement: '[redacted]',
    when: ['args'],
    changes: [
      ["{ name: 'auth', args: [ 'Rd12' ] }", "{ name: 'auth', args: [redacted] }"],
      [`{ name: 'auth', args: [ 'ada', 'R"d\\'1' ] }`, "{ name: 'auth', args: [redacted] }"],
    ],
    leaves: ["{ name: 'get', args: [ 'k' ] }", "{ name: 'auth', args: [Array] }"],
  },
  {
    name: 'redis-command-values',
    // The key stays.
    before: `(?i:"(?:name|command)"\\s*:\\s*"${writes}"\\s*,\\s*"args"\\s*:\\s*)\\["[^"\\\\]*"`,
    secret: `(?:\\s*,\\s*(?:"(?:[^"\\\\]|\\\\.)*"|[^",\\]]+))+`,
    after: '\\]',
    replacement: ',"[redacted]"',
    when: ['args'],
    changes: [
      [
        '{"name":"setex","args":["otp:7","300","99"]}',
        '{"name":"setex","args":["otp:7","[redacted]"]}',
      ],
    ],
    leaves: ['{"name":"get","args":["k"]}', '{"name":"set","args":["k"]}'],
  },
  {
    name: 'redis-command-values-in-text',
    before: `(?i:(?:name|command)${quote}?\\s*:\\s*${quote}${writes}${quote}\\s*,\\s*${quote}?args${quote}?\\s*:\\s*)\\[\\s*(?:'[^'"\\\\]*'|${escapedText})`,
    secret: `(?:\\s*,\\s*(?:'[^'"\\\\]*'|${escapedText}|[^'",\\\\\\]]+))+`,
    after: '\\s*\\]',
    replacement: ", '[redacted]'",
    when: ['args'],
    changes: [
      [
        "{ name: 'set', args: [ 'otp:7', '99', 'EX', '60' ] }",
        "{ name: 'set', args: [ 'otp:7', '[redacted]' ] }",
      ],
    ],
    leaves: ["{ name: 'get', args: [ 'k' ] }"],
  },
  {
    name: 'redis-call',
    before: '(?i:\\b(?:auth|hello|acl|config)\\()',
    secret: '\\[(?:[^\\]"\\\\]|\\\\.|"[^"]*")*\\]',
    replacement: '[redacted]',
    when: ['auth([', 'hello([', 'acl([', 'config(['],
    changes: [["0 -> auth([ 'Rd12' ])", '0 -> auth([redacted])']],
    leaves: ["0 -> get([ 'k' ])"],
  },
];
