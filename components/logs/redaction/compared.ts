import { guessed } from './dialogues';
import { opaque } from './opaque';
import { keep, type RedactionGroup } from './rule';

/** What may follow the name of a secret in a message that compares two values. */
const mismatch =
  "(?:\\s+(?:mismatch(?:ed)?|validation|verification|check|comparison|failed|invalid|wrong|differs?|(?:do(?:es)?|did) ?(?:not|n't) match|not equal|is|was))*(?:\\s+(?:for|of|from)(?:\\s+[^\\s\"'\\\\:,;()]+){1,2})?\\s*[:,;(]*\\s*" +
  `${keep}?`;
const side =
  '(?:expected|got|received|actual|wanted|want|stored|computed|provided|presented|supplied|submitted|entered|cookie|header|old|new|previous|(?:request|client) (?:had|has|sent))';
const is = '\\s*[:=]?\\s*\\\\*["\'`«»]?';
/** Between quotes, what looks like a password. */
const quotedGuess = `\\\\*["'\`]${guessed}\\\\*["'\`]`;

/** Short words only where a value can follow them: `"headers":` is in every line of a proxy. */
const valueFollows = (...words: readonly string[]): string[] =>
  words.flatMap((word) => [`${word} `, `${word}:`, `${word}=`]);

const sides = [
  ...['xpected', 'eceived', 'actual', 'want', 'tored', 'computed', 'rovided', 'resented'],
  ...['upplied', 'ubmitted', 'ntered', 'previous', ' had ', ' has ', ' sent '],
  ...valueFollows('got', 'kie', 'header', 'old', 'new'),
] as const;

/** What stands between the first value, which another rule has replaced, and the second. */
const afterFirst = '\\[redacted\\]\\\\*["\'`«»]?[,;]?\\s+';

/** The two values of a message such as `token mismatch: expected … got …`. */
export const compared: RedactionGroup = {
  name: 'compared',
  // The name of the secret opens the theme.
  opens: [],
  rules: [
    {
      name: 'compared-secret',
      when: sides,
      before: `(?i:(?:token|[cx]srf|secret|api[ _-]?key)s?${mismatch}${side})${is}`,
      secret: opaque,
      replacement: '[redacted]',
      changes: [
        [
          'csrf mismatch: expected=vX4zoooQeT8KQZ0p7MeoHOWB x',
          'csrf mismatch: expected=[redacted] x',
        ],
        [
          'invalid token for user 7: got "vX4zoooQeT8KQZ0p7MeoHOWB"',
          'invalid token for user 7: got "[redacted]"',
        ],
        ['API key presented: vX4zoooQeT8KQZ0p7MeoHOWB', 'API key presented: [redacted]'],
      ],
      leaves: [
        'expected token length 40, got 36',
        'token mismatch: audience expected vX4zoooQeT8KQZ0p7MeoHOWB',
        'checksum mismatch: expected vX4zoooQeT8KQZ0p7MeoHOWB',
      ],
    },
    {
      name: 'compared-password',
      when: ['assword', 'asswd', 'phrase'],
      before: `(?i:\\bpass(?:w(?:or)?d|phrase)s?${mismatch}(?:${side}\\s*[:=]?\\s*)?)`,
      secret: quotedGuess,
      after: '(?i:[,;]?\\s+(?:!==?|===?|<>|vs|and|but|got|expected|received|actual|is|was)[\\s.:])',
      replacement: '[redacted]',
      changes: [
        [
          'passwords do not match: "hunter2x" !== "x"',
          'passwords do not match: [redacted] !== "x"',
        ],
      ],
      leaves: ['passwords do not match: "password" and "confirmPassword"'],
    },
    {
      name: 'compared-password-in-pairs',
      when: ['assword', 'phrase', 'sscode'],
      before:
        '(?i:\\bpass(?:word|phrase|code)\\s+(?:mismatch|wrong|invalid|incorrect|rejected)[^\\n"]{0,60}?\\b(?:given|got|actual|provided|received|entered)=\\\\*["\'])',
      secret: '[^"\'\\\\\\n]+',
      replacement: '[redacted]',
      changes: [
        [
          'password mismatch room=7 given="hunter" expected="[redacted]"',
          'password mismatch room=7 given="[redacted]" expected="[redacted]"',
        ],
      ],
      leaves: ['password mismatch room="7"'],
    },
    {
      name: 'compared-password-in-pairs-next',
      when: ['assword', 'phrase'],
      before:
        '(?i:\\b(?:given|got|actual|provided|received|entered)=\\\\*["\']\\[redacted\\]\\\\*["\'],? (?:expected|want(?:ed)?|stored)=\\\\*["\'])',
      secret: '[^"\'\\\\\\n]+',
      replacement: '[redacted]',
      changes: [
        [
          'password mismatch given="[redacted]" expected="hunter"',
          'password mismatch given="[redacted]" expected="[redacted]"',
        ],
      ],
      leaves: ['given="x" expected="y"'],
    },
    {
      name: 'compared-code',
      when: sides,
      before: `(?i:\\b(?:t?otp|passcode|(?:invalid|wrong|incorrect|sms|login|verification|security|one-time|authentication|backup|recovery|2fa|mfa) (?:code|pin))${mismatch}${side})${is}`,
      secret: '[0-9]{4,8}\\b',
      replacement: '[redacted]',
      changes: [
        [
          'TOTP mismatch for user 42: expected 492817',
          'TOTP mismatch for user 42: expected [redacted]',
        ],
        ['SMS code mismatch (got 551902)', 'SMS code mismatch (got [redacted])'],
      ],
      leaves: ['OTP expected 6 digits, got 5', 'exit code mismatch: expected 1370, got 1371'],
    },
    {
      name: 'hashed-password',
      when: ['hashing', 'hashed', 'comparing'],
      before: '(?i:\\b(?:hashing|hashed|comparing)(?: password)?\\s+)',
      secret: quotedGuess,
      replacement: '[redacted]',
      changes: [["hashing 'hunter2x' with cost 12", 'hashing [redacted] with cost 12']],
      leaves: ['hashing "tracks" with sha256', "comparing 'a' with 'b'"],
    },
    {
      name: 'repeated-password',
      // The repeated password, after the rules for fields have replaced the first one.
      when: ['confirm', 'repeat', 'retype'],
      before:
        '\\[redacted\\]\\\\*["\']?[,;&]?\\s*\\\\*["\']?(?i:confirm(?:ation)?|repeat(?:ed)?|retyped?)(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?',
      secret: guessed,
      replacement: '[redacted]',
      changes: [
        [
          '{"password":"[redacted]","confirm":"hunter2x"}',
          '{"password":"[redacted]","confirm":"[redacted]"}',
        ],
      ],
      leaves: ['password=[redacted] confirm=true'],
    },
    {
      name: 'compared-next',
      // After a rule has replaced the first value.
      when: [...sides, '!=', '===', '<>', ' vs', ' match'],
      before: `${afterFirst}(?i:!==?|===?|<>|vs\\.?|(?:(?:do(?:es)?|did) ?(?:not|n't) match|but|and|with)?\\s*(?:the\\s+)?${side})\\s*[:=]?\\s*`,
      secret: `(?:${quotedGuess}|\\\\*["']?${opaque}\\\\*["']?)`,
      replacement: '[redacted]',
      changes: [
        [
          'got [redacted] expected vX4zoooQeT8KQZ0p7MeoHOWB x',
          'got [redacted] expected [redacted] x',
        ],
        ['[redacted] !== "hunter2x" in x', '[redacted] !== [redacted] in x'],
      ],
      leaves: ['token [redacted] expected 2048-bits', '[redacted] got "x"'],
    },
    {
      name: 'changed-to',
      when: ['->', '→', '=>'],
      before: '\\[redacted\\]\\s*(?:->|→|=>)\\s*\\\\*["\']?',
      secret: guessed,
      replacement: '[redacted]',
      changes: [["password: [redacted] -> 'hunter2x'", "password: [redacted] -> '[redacted]'"]],
      leaves: ['token: [redacted] -> user_7', 'token: [redacted] -> null'],
    },
    {
      name: 'changed-to-quoted',
      // The new value of a change that Pulumi or Terraform prints.
      when: ['->', '→', '=>'],
      before: '\\[redacted\\]\\\\*["\']?\\s*(?:->|→|=>)\\s*\\\\*"',
      secret: '[a-z_]*[^a-z_"\\\\][^"\\\\]*',
      after: '\\\\*"',
      replacement: '[redacted]',
      changes: [['password: [redacted] => "A-b"', 'password: [redacted] => "[redacted]"']],
      leaves: ['token: [redacted] -> "user"'],
    },
    {
      name: 'compared-next-code',
      when: { matches: 'otp|passcode|2fa|mfa|\\b(?:code|pin)\\b' },
      before: `${afterFirst}(?i:(?:(?:do(?:es)?|did) ?(?:not|n't) match|but|and)?\\s*(?:the\\s+)?${side})${is}`,
      secret: '[0-9]{4,8}\\b',
      replacement: '[redacted]',
      changes: [
        [
          'code [redacted] does not match stored 117263',
          'code [redacted] does not match stored [redacted]',
        ],
      ],
      leaves: ['code [redacted] expected 6 digits'],
    },
  ],
};
