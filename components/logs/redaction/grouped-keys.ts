import type { RedactionGroup, RedactionRule } from './rule';

const digits = '[0-9](?:[ -]?[0-9]){11,18}';

/** Card numbers of unknown issuers. With fewer digits, `pan` is a position in a mixer. */
const cardNumbers: readonly RedactionRule[] = [
  {
    name: 'pan-in-json',
    before: '(?i:"pan"\\s*:\\s*)',
    secret: `(?:"${digits}"|${digits})`,
    after: '(?:[^0-9]|$)',
    replacement: '"[redacted]"',
    when: ['pan"'],
    changes: [
      ['{"pan":9999888877776661,"x":1}', '{"pan":"[redacted]","x":1}'],
      ['{"pan":"9999 8888 7777 6661"}', '{"pan":"[redacted]"}'],
    ],
    leaves: ['{"pan":-0.25}', '{"span":"9999888877776661"}'],
  },
  {
    name: 'pan-in-string',
    before: '(?i:[^a-z]pan\\\\+"\\s*:\\s*)',
    secret: digits,
    after: '(?:[^0-9]|$)',
    replacement: 'null',
    when: ['pan\\'],
    changes: [
      ['{"m":"{\\"pan\\":9999888877776661,\\"x\\":1}"}', '{"m":"{\\"pan\\":null,\\"x\\":1}"}'],
    ],
    leaves: ['{"m":"{\\"pan\\":0.5}"}'],
  },
  {
    name: 'pan',
    before: '(?:^|[^A-Za-z0-9])(?i:pan)(?:\\\\*["\'])?\\s*(?:=>|[:=])\\s*\\\\*["\']?',
    secret: digits,
    after: '(?:[^0-9]|$)',
    replacement: '[redacted]',
    when: ['pan"', "pan'", 'pan=', 'pan:', 'pan\\', 'pan ='],
    changes: [
      ['pan = 9999888877776661 x', 'pan = [redacted] x'],
      ['{"m":"{\\"pan\\":\\"9999888877776661\\"}"}', '{"m":"{\\"pan\\":\\"[redacted]\\"}"}'],
    ],
    leaves: ['pan = left', 'pan: 0.75', 'span=9999888877776661'],
  },
];

/** Keys in groups of characters, and tokens in a position that only their tool knows. */
export const groupedKeys: RedactionGroup = {
  name: 'grouped-keys',
  rules: [
    ...cardNumbers,
    {
      name: 'key-for-authenticator',
      // A rule for fields may have replaced the first group.
      before: '(?i:(?:secret|key|setup|manually?|entry|code)[:=]? \\\\*["\']?)',
      secret: '(?:\\[redacted\\]|[A-Za-z2-7]{4})(?: [A-Za-z2-7]{4}){3,}',
      after: '(?:[^0-9A-Za-z]|$)',
      replacement: '[redacted]',
      when: ['2fa', 'mfa', 'totp', 'authenticator', 'manual entry', 'manual key'],
      changes: [
        [
          '2FA manual entry secret: r5e5 7g6p 4w7t qx7p (x)',
          '2FA manual entry secret: [redacted] (x)',
        ],
        ['totp key: [redacted] 7g6p 4w7t qx7p abcd', 'totp key: [redacted]'],
      ],
      leaves: ['2fa code: none', 'totp secret: not set yet'],
    },
    {
      name: 'key-in-groups',
      before:
        '(?i:\\b(?:deployer|signer|minter|relayer|private|master|encryption)[ _-]?(?:key|seed)\\b[^\\n:=]{0,30}[:=] ?)',
      secret: '(?:[0-9a-fA-F]{16} ){3}[0-9a-fA-F]{16}',
      replacement: '[redacted]',
      when: ['deployer', 'signer', 'minter', 'relayer', 'private', 'master', 'encryption'],
      changes: [
        [
          'deployer key (hex): 256a41d660b6be46 6d3f472a67a1fa7f ec90273be43b1617 f82f1a75be4ccaa6 nonce',
          'deployer key (hex): [redacted] nonce',
        ],
      ],
      leaves: ['signer key: 256a41d660b6be46 used'],
    },
    {
      name: 'card-in-groups',
      before: '(?i:\\b(?:pan|card)\\b[^\\n\\[]{0,12}\\[)',
      secret: '\\\\*"?[0-9]{4}\\\\*"?(?:, ?\\\\*"?[0-9]{3,4}\\\\*"?){3,4}',
      after: '\\]',
      replacement: '"[redacted]"',
      when: ['pan groups', 'pan:', 'pan=', 'pan"', 'card: [', 'card=[', 'card":['],
      changes: [['pan groups: ["5412","6346","3408","1514"] x', 'pan groups: ["[redacted]"] x']],
      leaves: ['span: ["5412","6346"]'],
    },
    {
      name: 'dns-provider',
      // A token in a Caddyfile has no name.
      before:
        '\\bdns (?:cloudflare|desec|digitalocean|duckdns|gandi|hetzner|ionos|linode|netcup|ovh|porkbun|route53|vultr) ',
      secret: '[A-Za-z0-9_-]{20,}',
      replacement: '[redacted]',
      when: ['dns '],
      changes: [
        [
          'wrong: dns cloudflare AQav1hidBAfJevQJT-OefLbbGgb2 extra',
          'wrong: dns cloudflare [redacted] extra',
        ],
      ],
      leaves: ['dns cloudflare {env.CF_API_TOKEN}', 'dns lookup failed'],
    },
  ],
};
