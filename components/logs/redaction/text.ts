import { keep, type RedactionGroup, type RedactionRule } from './rule';

/**
 * A character that JSON escapes by its code. The character itself is valid at any nesting depth.
 */
const escape = (code: string, character: string): RedactionRule => ({
  name: `escape-${code}`,
  secret: `\\\\+u00${code.replace(/[a-f]/, (letter) => `[${letter}${letter.toUpperCase()}]`)}`,
  replacement: character,
  when: [`u00${code}`],
  changes: [[`{"m":"a\\u00${code}b \\\\u00${code}"}`, `{"m":"a${character}b ${character}"}`]],
  leaves: [`u00${code}`, '{"m":"\\u0041"}'],
});

/**
 * Decodes JSON escapes of characters that rules search for, and removes colours. Runs first, so
 * that no other rule has to handle them.
 */
export const decoding: RedactionGroup = {
  name: 'decoding',
  changesText: true,
  when: [
    '\\u00',
    '\x1b[',
    '\\x1b[',
    '\\033[',
    '\\e[',
    ':\\/\\/',
    ':\\\\/',
    ':\\\\\\/',
    ':\\\\\\\\/',
  ],
  rules: [
    {
      name: 'colour',
      secret: '(?:\x1b|\\\\+(?:u001[bB]|x1[bB]|033|e))\\[[0-9;]*m',
      replacement: '',
      when: ['\\u001b[', '\x1b[', '\\x1b[', '\\033[', '\\e['],
      changes: [
        ['\x1b[1;32mpassword\x1b[0m: x', 'password: x'],
        ['{"m":"\\u001b[31mred\\u001B[39m"}', '{"m":"red"}'],
        ["b'\\x1b[31mred\\x1b[0m'", "b'red'"],
      ],
      leaves: ['[31m', 'u001b[31m'],
    },
    {
      name: 'escaped-slash',
      // As PHP writes URLs in JSON.
      secret: '\\\\+/',
      replacement: '/',
      when: { matches: ':\\\\+/\\\\+/' },
      changes: [
        ['{"url":"https:\\/\\/x.io\\/a"}', '{"url":"https://x.io/a"}'],
        ['{"m":"{\\"u\\":\\"ws:\\\\\\/\\\\\\/x.io\\"}"}', '{"m":"{\\"u\\":\\"ws://x.io\\"}"}'],
      ],
      leaves: ['{"a":"b/c"}'],
    },
    ...Object.entries({
      26: '&',
      '3c': '<',
      '3e': '>',
      '3d': '=',
      40: '@',
      27: "'",
      '2b': '+',
      a0: ' ',
    }).map(([code, character]) => escape(code, character)),
  ],
};

/** Removes the mark that made other rules skip text. */
export const kept: RedactionGroup = {
  name: 'kept',
  when: { matches: keep },
  opens: [],
  rules: [
    {
      name: 'kept',
      secret: keep,
      replacement: '',
      changes: [[`a: ${keep}b ${keep}`, 'a: b ']],
      leaves: ['a: b'],
    },
  ],
};

/** Everything up to the end of a cookie header, which has many values. */
export const cookies: RedactionGroup = {
  name: 'cookies',
  when: ['kie', '#httponly_'],
  rules: [
    {
      name: 'cookie-header',
      before: `\\b(?i:(?:set-)?cookie(?:\\\\+["']|')?\\s*[:=]\\s*(?:\\\\+["']|')?)`,
      secret: `(?:\\[redacted\\](?:;[ \\t]*|"[^"\\\\]*")|[A-Za-z0-9_.%-]+=(?:"[^"\\\\]*"|\\\\+"[^"\\\\]*\\\\+")|[^"'\\\\\\s,:}\\[\\]${keep}])(?:[^"'\\\\\\r\\n}]*;[ \\t]*)?[^"'\\\\\\s}]*`,
      replacement: '[redacted]',
      changes: [
        ['> Cookie: sid=abc; theme=dark', '> Cookie: [redacted]'],
        ['\\r\\nCookie: [redacted]; n=1\\r\\nA: b', '\\r\\nCookie: [redacted]\\r\\nA: b'],
        ['< Set-Cookie: sid="abc"; Path=/', '< Set-Cookie: [redacted]'],
        ['< Set-Cookie: [redacted]"abc"; Path=/', '< Set-Cookie: [redacted]'],
        ["headers: { cookie: 'a=b; c=d' }", "headers: { cookie: '[redacted]' }"],
      ],
      leaves: [
        "{ cookie: [redacted], dnt: '1' }",
        'no cookie was set',
        '{"message":"cookie:","next":"cookies"}',
      ],
    },
    {
      name: 'cookie-file',
      // A line of a cookie file of curl or wget, with tabs between the columns.
      before:
        '(?:TRUE|FALSE)(?:\\t|\\\\+t)/[^\\s\\\\]*(?:\\t|\\\\+t)(?:TRUE|FALSE)(?:\\t|\\\\+t)[0-9]+(?:\\t|\\\\+t)[^\\s\\\\]+(?:\\t|\\\\+t)',
      secret: '[^\\s"\\\\]+',
      replacement: '[redacted]',
      when: ['true', 'false'],
      changes: [
        [
          '#HttpOnly_x.io\tFALSE\t/\tTRUE\t0\tsid\tabc',
          '#HttpOnly_x.io\tFALSE\t/\tTRUE\t0\tsid\t[redacted]',
        ],
      ],
      leaves: ['httponly: true'],
    },
    {
      name: 'spoken-cookie-header',
      before: '(?i:\\bcookie header(?: [a-z]+){0,3}: )',
      secret: '[A-Za-z0-9_.-]+=[^"\'\\\\\\r\\n}]*',
      replacement: '[redacted]',
      when: ['cookie header'],
      changes: [['Cookie header too long: a=b; sid=c', 'Cookie header too long: [redacted]']],
      leaves: ['cookie header is too large: 8210 bytes'],
    },
  ],
};
