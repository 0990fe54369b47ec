import { encoded, type RedactionGroup } from './redaction-rule';

/** Query parameters that are temporary credentials. */
const parameters =
  'code|sig|signature|key|auth|ticket|hash|hmac|nonce|assertion|sas|st|sid|session|refresh|invite|otp|t';
const longParameters =
  'saml(?:response|request|art)|code_verifier|(?:amz|goog)-(?:signature|credential|security-token)|state_token|' +
  'token_hint|login_token|confirmation|sharekey|dkey';

/** Long enough for a secret, with a digit or very long, so no word or status. */
const value =
  '(?:[A-Za-z%._~+/-]{0,40}[0-9][A-Za-z0-9%._~+/=-]{5,}|[A-Za-z%._~+/-]{5,40}[0-9][A-Za-z0-9%._~+/=-]*|[A-Za-z%._~+/=-]{20,}|[0-9]{6,8})';

/** A path segment that is not a word: not short, and with a digit. */
const segment = '(?:[A-Za-z_~.-]{0,12}[0-9][A-Za-z0-9_~.%=-]{11,}|[A-Za-z0-9_~.%=-]{24,})';

export const urls: RedactionGroup = {
  name: 'urls',
  when: [
    ...[
      '%3d',
      '%253d',
      'code=',
      'code%',
      'sig=',
      'nature=',
      'key=',
      'key%',
      'auth=',
      'ticket=',
      'hash=',
      'hmac=',
      'nonce=',
    ],
    ...[
      'oken=',
      'ertion=',
      'sas=',
      '?st=',
      '&st=',
      'sid=',
      'session=',
      'session%',
      'fresh=',
      'invite=',
      'otp=',
    ],
    ...[
      'onse=',
      'quest=',
      'art=',
      'fier=',
      'x-amz',
      'x-goog',
      'hint=',
      'mation=',
      '?t=',
      '&t=',
      'sig%',
      'auth%',
    ],
    ...[
      'reset',
      'verif',
      'magic',
      'invit',
      'confirm',
      'activat',
      'unsub',
      '/recover',
      '/token',
      '/login/',
      '/callback/',
    ],
    ...[
      '/bot',
      '/v1/',
      '/v2/',
      '/v3/',
      '/v4/',
      'webhook',
      '-key=',
      'hooks.',
      '.pro/',
      '/eth',
      '/rpc',
      'getblock',
      'p2pify',
      'nkr.com/',
      'chainst',
      'blastapi',
      'drpc.',
    ],
    ...['"sig', '"hmac', "sig'", 'sig:', 'hmac:'],
  ],
  opens: [
    ...[
      '?code=',
      '&code=',
      '?sig=',
      '&sig=',
      '?key=',
      '&key=',
      '?auth=',
      '&auth=',
      'ticket=',
      'nonce=',
      'hash=',
    ],
    ...[
      '/reset',
      '-reset',
      '/verif',
      '/magic',
      '/invit',
      '/confirm',
      '/activat',
      '/unsub',
      '/callback/',
      '/recover',
    ],
    ...['/v2/', '/v3/', '/v4/', '.pro/', '/bot', 'ebhook', 'hooks.', '/token'],
    // Hexadecimal keys alone are not unusual.
    ...['p2pify', 'getblock', 'nkr.com/', 'chainst', 'blastapi', 'drpc.', '/rpc/', '/eth/'],
    ...['"sig"', '"hmac"', '\\"sig\\"', '\\"hmac\\"'],
  ],
  rules: [
    {
      name: 'url-parameter',
      before: `(?i:(?:[?&;#]|%(?:25)*(?:3f|26|3b))(?:[a-z0-9]{1,12}[_-])?(?:${parameters})${encoded.is})`,
      secret: value,
      replacement: '[redacted]',
      when: ['=', '%3d', '%253d'],
      changes: [
        ['/callback?code=4%2F0AeaYSHZq7&state=x', '/callback?code=[redacted]&state=x'],
        ['?lang=en&sig=ArKPqalmFDQiT7U3&ref=mail', '?lang=en&sig=[redacted]&ref=mail'],
        ['%3Fcode%3Dabcdef1234', '%3Fcode%3D[redacted]'],
      ],
      leaves: ['/error?code=404&x=1', '?key=popularity', '?auth=google', '?zipcode=123456'],
    },
    {
      name: 'url-parameter-of-provider',
      before: `(?i:(?:[?&;#]|%(?:25)*(?:3f|26|3b))(?:x-|id_)?(?:${longParameters})${encoded.is})`,
      secret: value,
      replacement: '[redacted]',
      when: [
        'saml',
        'ifier',
        'amz-',
        'goog-',
        'state_token',
        '_hint',
        'login_token',
        'confirmation',
        'key=',
      ],
      changes: [
        [
          '?X-Amz-Credential=AKIA12345%2Fus&X-Amz-Signature=0a1b2c3d4e&x=1',
          '?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&x=1',
        ],
      ],
      leaves: ['?confirmation=yes'],
    },
    {
      name: 'path-token',
      before:
        '(?i:/(?:[a-z0-9]{1,20}-)?(?:reset|reset-?password|password-?reset|forgot-?password|verif(?:y|ication)|verify-?email|magic(?:-?link)?|invit(?:e|ation)s?|' +
        'confirm(?:ation)?|activat(?:e|ion)|unsubscribe|recover(?:y)?|tokens?|login|callback|email-?verification|signup|join|sso|otp|one-time)/(?:[a-z-]{1,20}/)?)',
      secret: segment,
      replacement: '[redacted]',
      changes: [
        ['GET /auth/magic/3Nd9qkKx81LmZq0 200', 'GET /auth/magic/[redacted] 200'],
        ['/reset-password/0a1b2c3d4e5f60718293/new', '/reset-password/[redacted]/new'],
      ],
      leaves: ['/verify/email', '/v1/invites/accept', '/login/google/start'],
    },
    {
      name: 'path-key',
      before:
        '(?:/(?:v[0-9]{1,2}|ws/v[0-9]|eth|rpc|bsc|polygon|solana|avalanche|arbitrum|base|optimism)|\\.(?:pro|getblock\\.io|p2pify\\.com|chainstack(?:labs)?\\.com|blastapi\\.io|drpc\\.org|ankr\\.com)(?:/[a-z0-9_-]{1,24})?)/',
      // A digit is among the first letters, or the letters before it form no words.
      secret: '(?:[A-Za-z_-]{0,16}[0-9][A-Za-z0-9_-]{19,}|[A-Za-z]{17,40}[0-9][A-Za-z0-9_-]*)',
      replacement: '[redacted]',
      changes: [
        [
          'https://eth-mainnet.g.alchemy.com/v2/aB3dEfGhIjKlMnOpQrStUvWxYz012345',
          'https://eth-mainnet.g.alchemy.com/v2/[redacted]',
        ],
        [
          'https://mainnet.infura.io/v3/0123456789abcdef0123456789abcdef',
          'https://mainnet.infura.io/v3/[redacted]',
        ],
        ['g.alchemy.com/v2/aBcDeFgHiJkLmNoPqRsTuVwXyZ0123', 'g.alchemy.com/v2/[redacted]'],
        [
          'wss://x-y.quiknode.pro/0123456789abcdef0123456789abcdef01234567/',
          'wss://x-y.quiknode.pro/[redacted]/',
        ],
      ],
      leaves: ['/v1/tracks/trk_1', '/v2/enqueue', '/v1/notification-preferences-2'],
    },
    {
      name: 'signature-field',
      // A query that the server has parsed. A signal is `SIGTERM`.
      before: `(?:^|[^A-Za-z])(?i:sig|hmac)(?:\\\\*["'])?\\s*:\\s*\\\\*["']`,
      secret:
        '(?:[A-Za-z%+/_=-]{0,20}[0-9][A-Za-z0-9%+/_=-]{5,}|[A-Za-z%+/_=-]{7,40}[0-9][A-Za-z0-9%+/_=-]*)',
      replacement: '[redacted]',
      when: ['"sig', '"hmac', "sig'", 'sig:', 'hmac:'],
      changes: [
        ['{"query":{"sig":"deadbeef99","page":"2"}}', '{"query":{"sig":"[redacted]","page":"2"}}'],
        ["{ hmac: 'aB3dEfGh1', ok: 1 }", "{ hmac: '[redacted]', ok: 1 }"],
      ],
      leaves: ['{"sig":"SIGTERM","code":null}', "{ sig: 'SIGUSR2' }"],
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
        '(?:hooks\\.slack\\.com/|/api/webhooks/[0-9]+/|hooks\\.zapier\\.com/|\\.webhook\\.office\\.com/|pagerduty\\.com/(?:integration|generic)/|chat\\.googleapis\\.com/v1/spaces/)',
      secret: '[A-Za-z0-9@/_?=&%-]{6,}',
      replacement: '[redacted]',
      when: ['hooks.', '/api/webhooks/', '.webhook.', 'gerduty.com/', 'chat.googleapis'],
      changes: [
        ['https://hooks.slack.com/' + 'services/T0/B0/x1y2', 'https://hooks.slack.com/[redacted]'],
        [
          'https://discord.com/api/webhooks/1122/kWkP7UC x',
          'https://discord.com/api/webhooks/1122/[redacted] x',
        ],
      ],
      leaves: ['https://events.pagerduty.com/v2/enqueue', 'slack.com/api/chat.postMessage'],
    },
  ],
};

/** Credentials in URLs. A separate group for `@`, which the group for mail also searches for. */
export const urlLogins: RedactionGroup = {
  name: 'url-logins',
  when: ['://', '%3a%2f%2f', ' -u ', '--user '],
  opens: [' -u ', '--user '],
  rules: [
    {
      name: 'url-password',
      before: '://[^\\s/:@"\'\\\\]*:',
      secret: '(?:[^\\s/"\\\\]|\\\\.)*[^\\s/"\\\\]',
      after: '@[A-Za-z0-9\\[][A-Za-z0-9.:\\]_-]*',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['postgres://app:s3cr%21t@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
        ['postgres://app:a@b\\"c@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
      ],
      leaves: ['http://db:5432/x?to=me', 'https://audifi.io/@ada', 'http://db:5432/x?to=a@b.de'],
    },
    {
      name: 'url-password-with-slash',
      // A port consists of digits only.
      before: '://[^\\s/:@"\'\\\\]*:',
      secret: '[0-9]*[^\\s/"\\\\0-9](?:[^\\s"\\\\]|\\\\.)*/(?:[^\\s"\\\\]|\\\\.)*',
      after: '@[A-Za-z0-9\\[][A-Za-z0-9.-]*(?::[0-9]+)?(?:[/?"\'\\s\\\\]|$)',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['postgres://audifi:So/Z7#x@db:5432/audifi', 'postgres://audifi:[redacted]@db:5432/audifi'],
      ],
      leaves: ['http://db:5432/x?to=me@b.de', 'https://a.b/c:d@e'],
    },
    {
      name: 'url-password-encoded',
      before: '(?i:%3a%2f%2f[^\\s/:@"\'\\\\%]*%3a)',
      secret: '[^\\s"\'\\\\&]+?',
      after: '(?i:%40)[A-Za-z0-9.-]+',
      replacement: '[redacted]',
      when: ['%40'],
      changes: [['?u=redis%3A%2F%2Fapp%3Apw1%40db', '?u=redis%3A%2F%2Fapp%3A[redacted]%40db']],
      leaves: ['?u=https%3A%2F%2Faudifi.io'],
    },
    {
      name: 'url-user-key',
      // A key instead of a user, as error trackers write it.
      before: '://',
      secret: '[A-Za-z0-9_-]{20,}',
      after: '@[A-Za-z0-9.-]+',
      replacement: '[redacted]',
      when: ['@'],
      changes: [
        ['https://0123456789abcdef01234567@o1.ingest.io/2', 'https://[redacted]@o1.ingest.io/2'],
      ],
      leaves: ['ssh://git@github.com/x'],
    },
    {
      name: 'login-option',
      before: '(?:\\s-u|--user)\\s+\\\\?["\']?[^\\s:"\']+:',
      secret: '[^\\s"\'\\\\]+',
      replacement: '[redacted]',
      when: [' -u ', '--user '],
      changes: [['curl -u ada:pw1 https://x', 'curl -u ada:[redacted] https://x']],
      leaves: ['sort -u a b', 'docker run --user 1000 x'],
    },
  ],
};
