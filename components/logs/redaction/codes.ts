import type { RedactionGroup } from './rule';

/** A code as one number or in two halves. */
const digits = '(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3})';

/** One-time codes in sentences about their user or their state. */
export const spokenCodes: RedactionGroup = {
  name: 'spoken-codes',
  opens: ['otp'],
  rules: [
    {
      name: 'code-by-its-user',
      before:
        '(?i:\\b(?:t?otp|pin|passcode|(?:login|verification|security|2fa|mfa|sms|one-time) code)\\s+(?:for|to|of)\\s+(?:[^\\s"\\\\:]+\\s+){0,2}[^\\s"\\\\:]+(?::|\\s+is|\\s*(?:=|->|→))\\s*)',
      secret: '[0-9]{4,8}\\b',
      replacement: '[redacted]',
      when: ['otp', 'pin ', 'asscode', 'code '],
      changes: [['otp for user 42 → 148251', 'otp for user 42 → [redacted]']],
      leaves: ['exit code for job 7: 1370', 'otp for user 42'],
    },
    {
      name: 'device-code',
      before: '(?i:\\b(?:user|device|pairing)[ _-]?code\\s+(?:is\\s+)?)',
      secret: '[A-Z0-9]{4}-[A-Z0-9]{4}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['code '],
      changes: [['user_code WDJB-MJHT expires', 'user_code [redacted] expires']],
      leaves: ['user code path'],
    },
    {
      name: 'entered-code',
      before: '(?i:\\benter (?:the|this) code:?\\s+)\\\\*["\']?',
      secret: '[A-Z0-9]{2,5}-?[A-Z0-9]{3,7}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['the code', 'this code'],
      changes: [['enter the code CK7QXJ9ZL to log in', 'enter the code [redacted] to log in']],
      leaves: ['enter the code that you got'],
    },
    {
      name: 'totp-seed',
      before: '(?i:\\btotp\\s+(?:seed|secret|key)(?:\\s*[:=])?\\s+)',
      secret: '[A-Z2-7]{16,}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['totp'],
      changes: [['TOTP seed SW26SLOMSW26SLOM made', 'TOTP seed [redacted] made']],
      leaves: ['totp secret missing'],
    },
    {
      name: 'generated-code',
      before:
        '(?i:\\b(?:t?otp|passcode|2fa|mfa)\\]?:?\\s+(?:code\\s+)?(?:generated|created|issued|sent|accepted|is)\\s+)',
      secret: '[0-9]{6}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['otp', 'asscode', '2fa', 'mfa'],
      changes: [['[otp] generated 365453 for user 42', '[otp] generated [redacted] for user 42']],
      leaves: ['otp sent 12 times'],
    },
    {
      name: 'judged-code',
      // Only at the start of a sentence or after these words, so not `error code 100006`.
      before:
        '(?i:(?:^|["\'.:,\\]]\\s*|\\b(?:the|otp|login|sms|your|wrong|verification|submitted)\\s+)code\\s+)',
      secret: '[0-9]{6}',
      after:
        '(?i:\\s+(?:(?:has\\s+|is\\s+|was\\s+)?(?:expired|accepted|verified|used|incorrect|wrong|sent|invalid|already|does)|to\\s+(?:log|sign|verify|confirm|finish|complete|continue|unlock))\\b)',
      replacement: '[redacted]',
      when: ['code '],
      changes: [
        ['code 371376 expired after 300 s', 'code [redacted] expired after 300 s'],
        ['use the code 371376 to finish', 'use the code [redacted] to finish'],
      ],
      leaves: ['error code 371376 is invalid', 'code 23505 sent'],
    },
  ],
};

const aboutCodes = [
  ...['otp', '2fa', 'mfa', 'two-factor', 'twofactor', 'two_factor', 'one-time', 'asscode'],
  ...['ication code', 'icationcode', 'ication_code', 'ication-code', 'sms code', 'smscode'],
] as const;

/** Codes in sentences that do not name them as the rules above expect. */
export const otherCodes: RedactionGroup = {
  name: 'other-codes',
  rules: [
    {
      name: 'code-in-line-about-codes',
      // The logger or the text says what the number is.
      before:
        '(?i:\\b(?:generated|created|issued|sent|resent|sending|stored|verified|verifying|checking|accepted|rejected|delivered|submitted|entered|received|expected|got|consumed|redeemed)(?: (?:a |the )?(?:new )?(?:code|otp|pin))?:?\\s+)',
      secret: `(?:${digits})`,
      after: '(?i:\\s+(?:for|to|via|by|from|over|through|->|→)\\s|\\s+\\()',
      replacement: '[redacted]',
      when: aboutCodes,
      changes: [
        [
          '[otp.service] generated 493817 for ***0417',
          '[otp.service] generated [redacted] for ***0417',
        ],
        ['2fa: sent code 4938 via sms', '2fa: sent code [redacted] via sms'],
      ],
      leaves: ['[otp] sent 1204 messages', 'otp job got 12 for x', 'otp: generated 3 for 2'],
    },
    {
      name: 'code-after-verb',
      // Not `failed: code 100006`.
      before:
        '(?i:(?:^|["\'\\]]\\s*|\\b(?:generated|created|issued|(?:re)?sent|stored|verified|accepted|delivered|submitted|entered|received|consumed|t?otp|2fa|mfa)[:,]?\\s+)(?:the |new |a )?code:?\\s+)',
      secret: '[0-9]{6}',
      after: '(?:[^0-9A-Za-z_-]|$)',
      replacement: '[redacted]',
      when: aboutCodes,
      changes: [
        ['otp issued: code 804613', 'otp issued: code [redacted]'],
        ['{"m":"code 804613","p":"login_otp"}', '{"m":"code [redacted]","p":"login_otp"}'],
      ],
      leaves: ['otp failed: code 300065', 'otp: error code 300065', 'otp sent: code 1006'],
    },
    {
      name: 'code-for-template',
      // A variable of a message template, if the template says that it is a code.
      before:
        '(?i:(?:otp|mfa|2fa|two[_-]?factor|one[_-]?time|verification)[a-z_-]*\\\\*["\'],\\s*[^{}]{0,40}\\{[^{}]{0,40}?\\b(?:code|pin)(?:\\\\*["\'])?\\s*:\\s*\\\\*["\']?)',
      secret: '[0-9]{4,8}',
      after: '(?:[^0-9A-Za-z_-]|$)',
      replacement: '[redacted]',
      when: ['otp', '2fa', 'mfa', 'two-factor', 'twofactor', 'two_factor', 'one-time', 'verific'],
      changes: [
        [
          "template: 'two-factor-code', vars: { code: '771204', n: 1 }",
          "template: 'two-factor-code', vars: { code: '[redacted]', n: 1 }",
        ],
      ],
      leaves: ["template: 'invoice', vars: { code: '771204' }", "'otp', vars: { code: 'E1204' }"],
    },
    {
      name: 'code-argument',
      // An argument of a function whose name says that it takes a code.
      before:
        '(?i:\\b[a-z0-9_.]*(?:otp|2fa|mfa|(?:login|verification|verify|sms|one_?time|confirm(?:ation)?)_?code|passcode)[a-z_]*\\((?:[^()]*[,\\s=])?\\\\*["\'])',
      secret: '[0-9]{4,8}',
      after: '\\\\*["\']',
      replacement: '[redacted]',
      when: [
        ...['otp', '2fa', 'mfa', 'login_code', 'logincode', 'fy_code(', 'fycode(', 'sms_code'],
        ...['smscode', 'asscode', 'onetimecode', 'one_time_code', 'mationcode', 'mation_code'],
        ...['ication_code', 'icationcode', 'rmcode(', 'rm_code('],
      ],
      changes: [
        [
          "send_login_code('***9876', '591204', locale='de')",
          "send_login_code('***9876', '[redacted]', locale='de')",
        ],
        ["verifyOtp(user, '591204')", "verifyOtp(user, '[redacted]')"],
        ['send_sms_code(to=7, code="591204")', 'send_sms_code(to=7, code="[redacted]")'],
      ],
      leaves: ["set_code('591204')", 'purge_otp(300000)'],
    },
    {
      name: 'codes-of-authenticator',
      // What was entered, and what the authenticator expected.
      before: '(?i:\\b(?:got|want(?:ed)?|expected|received|actual|entered)=)\\[?',
      secret: '[0-9]{6}(?:, ?[0-9]{6})*',
      after: '(?:[^0-9A-Za-z]|$)',
      replacement: '[redacted]',
      when: ['otp', 'mfa', '2fa', 'speakeasy', 'authenticator'],
      changes: [
        [
          'totp mismatch got=204871 want=[917340,046125]',
          'totp mismatch got=[redacted] want=[[redacted]]',
        ],
      ],
      leaves: ['totp step=588128 got=12', 'otp expected=2048710'],
    },
    {
      name: 'code-with-purpose',
      before: '(?i:\\b(?:use|enter|type)\\s+)',
      secret: digits,
      after: '(?i:\\s+to\\s+(?:log|sign|verify|confirm)\\b)',
      replacement: '[redacted]',
      when: ['to log in', 'to sign in', 'to verify', 'to confirm'],
      changes: [['Use 821683 to log in to AudiFi', 'Use [redacted] to log in to AudiFi']],
      leaves: ['use 4 to verify', 'retry 821683 to verify'],
    },
    {
      name: 'code-in-other-languages',
      before:
        '(?i:\\b(?:dein|ihr|votre|ton|tu|su|uw|je|il tuo|your)\\s+(?:[a-zà-ÿ-]+\\s+){0,2}[a-z-]*(?:code|c(?:ó|o)digo|codice)\\s+(?:lautet|ist|est|es|is|è)\\s*:?\\s*)',
      secret: `${digits}\\b`,
      replacement: '[redacted]',
      when: ['code lautet', 'code ist ', 'code est ', 'code es ', 'digo es ', 'odice è '],
      changes: [
        ['Dein Code lautet 593157', 'Dein Code lautet [redacted]'],
        ['Votre code est : 593 157', 'Votre code est : [redacted]'],
      ],
      leaves: ['dein Code ist falsch'],
    },
    {
      name: 'spoken-card-code',
      before: '(?i:\\bcv[vc]2?\\s+(?:(?:is|was|code)\\s+)?)',
      secret: '[0-9]{3,4}\\b',
      replacement: '[redacted]',
      when: ['cvv ', 'cvc '],
      changes: [['CVV 737 invalid', 'CVV [redacted] invalid']],
      leaves: ['cvv missing'],
    },
  ],
};
