import { loginLinks } from './login-links';
import type { RedactionGroup } from './rule';
import { keyPaths } from './url-keys';
import { parsedParameters, queryParameters } from './url-parameters';

/** In host names of blockchain nodes, and the scheme of streams. */
const servers = ['mainnet', 'sepolia', 'testnet', 'devnet', 'nodes.', 'rtmp'];

/** Credentials in URLs: in query parameters and in paths, such as keys of blockchain nodes. */
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
      'proof=',
      'inv=',
      'tation=',
      'secret=',
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
      ...['unlock/', 'change/', 'mail/', 'account/', 'ical/'],
      'reset',
      'password/',
      'verif',
      'magic',
      'invit',
      'confirm',
      'activat',
      'unsub',
      '/recover',
      '/token',
      'login/',
      '/join/',
      'signin/',
      'sign-in/',
      'forgot/',
      '/callback/',
      '/m/',
      '/r/',
      '/l/',
      '/s/',
      '/v/',
      '/share/',
      '/shared/',
      '/claim/',
    ],
    ...[
      '/bot',
      '/v1/',
      '/v2/',
      '/v3/',
      '/v4/',
      'hook',
      '-key=',
      '.pro/',
      '/eth',
      '/rpc',
      'getblock',
      'p2pify',
      'nkr.com/',
      'chainst',
      'blastapi',
      'drpc.',
      ...servers,
    ],
    ...['"sig', '"hmac', "sig'", 'sig:', 'hmac:'],
    ...['"code', "code'", 'code:', 'code\\', 'ticket', '"t"', '"t\\', ' t:'],
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
      'unsub',
      '/callback/',
      '/recover',
    ],
    ...['/v2/', '/v3/', '/v4/', '.pro/', '/bot', 'hook', '/token'],
    // Hexadecimal keys alone are not unusual.
    ...['p2pify', 'getblock', 'nkr.com/', 'chainst', 'blastapi', 'drpc.', '/rpc', '-rpc.', '/eth/'],
    ...[...servers, '/share/', '/claim/', 'oobcode='],
    ...['?inv=', 'proof=', '"sig"', '"hmac"', '\\"sig\\"', '\\"hmac\\"'],
  ],
  rules: [
    ...queryParameters,
    ...loginLinks,
    {
      name: 'hook-path',
      // Longer than the IDs that programs generate, and not a UUID.
      before:
        '(?i:/(?:[a-z]+-)?(?:web-?)?hooks?(?:/[a-z0-9_-]{1,20}){0,2}/|://hooks?\\.[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9_-]{1,20}){0,3}/)',
      secret: '(?:[A-Za-z]{0,24}[0-9][A-Za-z0-9]{27,}|[A-Za-z0-9]{32,})',
      after: '(?:[^A-Za-z0-9_.-]|$)',
      replacement: '[redacted]',
      when: ['hook'],
      changes: [
        [
          'POST /hooks/XrviQm9dYBRcMOwX7eIRsjUmyvcdUb0xAb/stripe 200',
          'POST /hooks/[redacted]/stripe 200',
        ],
        [
          'https://hooks.example.com/in/XrviQm9dYBRcMOwX7eIRsjUmyvcdUb0xAb',
          'https://hooks.example.com/in/[redacted]',
        ],
      ],
      leaves: [
        '/webhooks/deliveries/550e8400-e29b-41d4-a716-446655440000',
        '/webhooks/whk_01HF8Z6Y3K8M4N2P5Q7R9S1T3V/test',
        '/hooks/useTranscodingProgressSubscription.ts',
      ],
    },
    {
      name: 'short-path-token',
      // Links in e-mails, and share links. A slug, or an ID of 21 letters, is not a token.
      before:
        '(?i:(?:://[^\\s/"]{1,80}|[\\s"\'=])(?:/(?:api|v[0-9]{1,2}))*/(?:m|r|l|s|v|share|shared|claim)/)',
      secret: '(?:[A-Za-z_]{0,12}[0-9][A-Za-z0-9_]{21,}|[A-Za-z]{12,40}[0-9][A-Za-z0-9_]{11,})',
      replacement: '[redacted]',
      when: ['/m/', '/r/', '/l/', '/s/', '/v/', '/share/', '/shared/', '/claim/'],
      changes: [
        [
          'https://app.audifi.io/m/WHqSMAKL3saG12eM7fYM2fbX6A5woqL7',
          'https://app.audifi.io/m/[redacted]',
        ],
        ['GET /v1/share/WHqSMAKL3saG12eM7fYM2fbX6A5woqL7/x', 'GET /v1/share/[redacted]/x'],
      ],
      leaves: ['https://x.io/r/2026-11-26-release-notes-of-audifi', '/s/3f2c1a9b'],
    },
    {
      name: 'node-key',
      // Hosts of nodes of blockchains. A transaction in a path begins with `0x`.
      before:
        '(?i:://[a-z0-9.-]{0,60}(?:mainnet|testnet|devnet|sepolia|holesky|rpc|nodes)[a-z0-9-]*\\.[a-z0-9.-]+(?::[0-9]+)?/(?:[a-z0-9-]{1,20}/){0,3}|/[a-z0-9-]*(?:mainnet|testnet|devnet|sepolia|holesky)/)',
      secret: '(?:[A-Za-z_-]{1,24}[0-9]|[1-9]|0[0-9A-WYZa-wyz])[A-Za-z0-9_-]{19,}',
      replacement: '[redacted]',
      when: ['mainnet', 'testnet', 'devnet', 'sepolia', 'holesky', 'rpc', 'nodes'],
      changes: [
        [
          'https://eth-mainnet.nodereal.io/v1/9210b63675e9b301e8b5a835',
          'https://eth-mainnet.nodereal.io/v1/[redacted]',
        ],
        [
          'https://rpc.tenderly.co/fork/8d1b7a1e-0f5c-4d2e-9a77-123456789abc',
          'https://rpc.tenderly.co/fork/[redacted]',
        ],
      ],
      leaves: [
        'https://sepolia.etherscan.io/tx/0x88df016429689c079f3b2f6ad39fa052532c56795b733da7',
        'https://mainnet.example.org/blocks/latest',
      ],
    },
    {
      name: 'path-key',
      before:
        '(?:/(?:v[0-9]{1,2}|ws/v[0-9]|eth|rpc|bsc|polygon|solana|avalanche|arbitrum|base|optimism)|\\.(?:pro|getblock\\.io|p2pify\\.com|chainstack(?:labs)?\\.com|blastapi\\.io|drpc\\.org|ankr\\.com)(?:/[a-z0-9_-]{1,24})?)/',
      // Random: the first digit comes early, or after more letters than a word has.
      secret: '(?:[A-Za-z_-]{0,16}[0-9][A-Za-z0-9_-]{19,}|[A-Za-z]{17,40}[0-9][A-Za-z0-9_-]*)',
      // Not the name of a file.
      after: '(?:[^A-Za-z0-9_.-]|\\.(?:[^A-Za-z0-9]|$)|$)',
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
      leaves: [
        '/v1/tracks/trk_1',
        '/v2/enqueue',
        '/v1/notification-preferences-2',
        '/s/inter/v13/UcCO3FwrK3iLTeHuS_fvQtMwCp50KnMw2bo.woff2',
      ],
    },
    ...parsedParameters,
    ...keyPaths,
  ],
};
