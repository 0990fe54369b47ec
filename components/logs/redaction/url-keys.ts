import type { RedactionRule } from './rule';

/** URLs that end with a key: of streams, bots and webhooks. */
export const keyPaths: readonly RedactionRule[] = [
  {
    name: 'stream-key',
    before: '(?i:rtmps?://[^\\s/"\']+/(?:[a-z0-9_-]{1,30}/){1,2})',
    secret:
      '(?:[A-Za-z_-]{0,24}[0-9][A-Za-z0-9_-]{11,}|[a-z0-9]{4}(?:-[a-z0-9]{4}){3,4}|[A-Za-z0-9]{20,})',
    replacement: '[redacted]',
    when: ['rtmp'],
    changes: [
      ['rtmp://live.x.io/app/XrviQm9dYBRcMOwX7eIR -re', 'rtmp://live.x.io/app/[redacted] -re'],
      ['rtmps://a.x.io/live2/abcd-efgh-ijkl-mnop', 'rtmps://a.x.io/live2/[redacted]'],
    ],
    leaves: ['rtmp://live.x.io/app', 'rtmp://live.x.io/app/studio-main'],
  },
  {
    name: 'node-provider-key',
    // Keys of Alchemy may contain any characters.
    before:
      '(?i:alchemy(?:api)?\\.(?:com|io)|infura\\.io|quiknode\\.pro|ankr\\.com)(?:/[a-z0-9_-]{1,16}){0,2}/',
    secret: '[A-Za-z0-9_-]{24,}',
    replacement: '[redacted]',
    when: ['alchemy', 'infura.io', 'quiknode', 'ankr.com'],
    changes: [
      [
        'https://eth-mainnet.g.alchemy.com/v2/FxlOscDorOomSP_jj_MfxzNxnOVsziLH x',
        'https://eth-mainnet.g.alchemy.com/v2/[redacted] x',
      ],
    ],
    leaves: ['https://eth-mainnet.g.alchemy.com/v2/demo', 'https://docs.infura.io/api/networks'],
  },
  {
    name: 'bot-path',
    before: '/bot[0-9]{6,12}(?::|%3A)',
    secret: '[A-Za-z0-9_-]{8,}',
    replacement: '[redacted]',
    when: ['/bot'],
    changes: [
      [
        'api.telegram.org/bot123456789:AAabcdefghijklmnopqrstu/send',
        'api.telegram.org/bot123456789:[redacted]/send',
      ],
    ],
    leaves: ['/bots/12345678:x'],
  },
  {
    name: 'webhook-path',
    before:
      '(?:hooks\\.slack\\.com/|/api/(?:v[0-9]{1,2}/)?(?:webhooks|interactions)/[0-9]+/|hooks\\.zapier\\.com/|\\.webhook\\.office\\.com/|pagerduty\\.com/(?:integration|generic)/|chat\\.googleapis\\.com/v1/spaces/)',
    secret: '[A-Za-z0-9@/_?=&%-]{6,}',
    replacement: '[redacted]',
    when: ['hooks.', 'webhooks/', '/interactions/', '.webhook.', 'gerduty.com/', 'chat.googleapis'],
    changes: [
      ['https://hooks.slack.com/' + 'services/T0/B0/x1y2', 'https://hooks.slack.com/[redacted]'],
      [
        'https://discord.com/api/webhooks/1122/kWkP7UC x',
        'https://discord.com/api/webhooks/1122/[redacted] x',
      ],
      [
        'https://discord.com/api/v10/webhooks/1122/kWkP7UC x',
        'https://discord.com/api/v10/webhooks/1122/[redacted] x',
      ],
    ],
    leaves: ['https://events.pagerduty.com/v2/enqueue', 'slack.com/api/chat.postMessage'],
  },
];
