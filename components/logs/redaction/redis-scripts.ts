import { escapedText, type RedactionRule } from './rule';

const quote = `(?:'|\\\\+")`;
const text = `(?:'[^'"\\\\]*'|${escapedText})`;

/** The number of keys, and the keys. They stay, and everything after them is an argument. */
const keysOf = (one: string, quoted: (number: number) => string): string =>
  `(?:${[0, 1, 2, 3].map((n) => `${quoted(n)}${`\\s*,\\s*${one}`.repeat(n)}`).join('|')})`;

const scripts = '(?:eval(?:sha)?(?:_ro)?|fcall(?:_ro)?)';

/** Arguments of scripts, as client libraries print them. */
export const scriptCommands: readonly RedactionRule[] = [
  {
    name: 'redis-script',
    before: `(?i:"(?:name|command)"\\s*:\\s*"${scripts}"\\s*,\\s*"args"\\s*:\\s*)\\["(?:[^"\\\\]|\\\\.)*"\\s*,\\s*${keysOf('"[^"\\\\]*"', (n) => `"?${n}"?`)}`,
    secret: `(?:\\s*,\\s*(?:"(?:[^"\\\\]|\\\\.)*"|[^",\\]]+))+`,
    after: '\\]',
    replacement: ',"[redacted]"',
    when: ['eval', 'fcall'],
    changes: [
      [
        '{"name":"evalsha","args":["3f7a","2","rt:7","rt:8","GhW4","60"]}',
        '{"name":"evalsha","args":["3f7a","2","rt:7","rt:8","[redacted]"]}',
      ],
    ],
    leaves: ['{"name":"evalsha","args":["3f7a","1","rt:7"]}', '{"name":"get","args":["k"]}'],
  },
  {
    name: 'redis-script-in-text',
    before: `(?i:(?:name|command)${quote}?\\s*:\\s*${quote}${scripts}${quote}\\s*,\\s*${quote}?args${quote}?\\s*:\\s*)\\[\\s*${text}\\s*,\\s*${keysOf(text, (n) => `${quote}?${n}${quote}?`)}`,
    secret: `(?:\\s*,\\s*(?:${text}|[^'",\\\\\\]]+))+`,
    after: '\\s*\\]',
    replacement: ", '[redacted]'",
    when: ['eval', 'fcall'],
    changes: [
      [
        "{ name: 'eval', args: [ 'return 1', '1', 'rt:7', 'GhW4' ] }",
        "{ name: 'eval', args: [ 'return 1', '1', 'rt:7', '[redacted]' ] }",
      ],
    ],
    leaves: ["{ name: 'eval', args: [ 'return 1', '0' ] }"],
  },
  {
    name: 'redis-script-call',
    // A command in the debug output of ioredis or node-redis.
    before: `(?i:\\b${scripts}\\()\\[\\s*${text}\\s*,\\s*${keysOf(text, (n) => `${quote}?${n}${quote}?`)}`,
    secret: `(?:\\s*,\\s*(?:${text}|[^'",\\\\\\]]+))+`,
    after: '\\s*\\]',
    replacement: ", '[redacted]'",
    when: ['eval(', 'sha(', 'fcall('],
    changes: [
      [
        "0 -> evalsha([ '3f7a', '1', 'rt:7', 'GhW4' ])",
        "0 -> evalsha([ '3f7a', '1', 'rt:7', '[redacted]' ])",
      ],
    ],
    leaves: ["0 -> evalsha([ '3f7a', '1', 'rt:7' ])"],
  },
];
