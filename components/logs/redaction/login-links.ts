import { keep, type RedactionRule, shortToken } from './rule';

const part = '[A-Za-z0-9_~.%=-]';
/** A path segment that is not a word: not short, and with a digit. */
const segment = `(?:[A-Za-z_~.-]{0,12}[0-9]${part}{11,}|${part}{24,})`;
/** Before a token in a link to log in, confirm or join. */
const loginPath =
  '(?i:/(?:[a-z0-9]{1,20}-)?(?:reset|(?:reset|set|new|create|change)-?password|password-?reset|forgot-?password|verif(?:y|ication)|verify-?email|magic(?:-?link)?|invit(?:e|ation)s?|' +
  'confirm(?:ation)?|activat(?:e|ion)|unsubscribe|recover(?:y)?|tokens?|login|sign-?in|forgot|callback|email-?verification|signup|join|sso|otp|one-time)(?:/(?:[a-z0-9_-]{1,20}/)?|#))';

/** Tokens in links to log in, reset a password, confirm, join or unsubscribe. */
export const loginLinks: readonly RedactionRule[] = [
  {
    name: 'login-step',
    before: loginPath,
    secret: '',
    after: '(?:2fa|mfa|oauth2?)[a-z/-]*(?:[?#\\s"\'\\\\]|$)',
    replacement: keep,
    changes: [['/login/2fa-challenge', `/login/${keep}2fa-challenge`]],
    leaves: ['/login/2fa0b1c2d3e4f56', '/login/github'],
  },
  {
    name: 'path-token',
    before: loginPath,
    secret: segment,
    replacement: '[redacted]',
    changes: [
      ['GET /auth/magic/3Nd9qkKx81LmZq0 200', 'GET /auth/magic/[redacted] 200'],
      ['/reset#3Nd9qkKx81LmZq0', '/reset#[redacted]'],
      ['/reset/MTE4/48rz5t-30144174300/', '/reset/MTE4/[redacted]/'],
      ['/reset-password/0a1b2c3d4e5f60718293/new', '/reset-password/[redacted]/new'],
      ['/set-password/0a1b2c3d4e5f60718293?l=fi', '/set-password/[redacted]?l=fi'],
    ],
    leaves: ['/verify/email', '/v1/invites/accept', '/login/google/start', '/join/electronica2026'],
  },
  {
    name: 'mixed-path-token',
    before: loginPath,
    secret: `(?:${shortToken}|[A-Za-z]{12,20}[0-9][A-Za-z0-9]{5,})`,
    replacement: '[redacted]',
    changes: [
      ['/v1/invites/k9fK3mQ7xTz2/accept', '/v1/invites/[redacted]/accept'],
      ['/studio/join/VqdMKmknbtiflOe7WvnHN7?x=5', '/studio/join/[redacted]?x=5'],
    ],
    leaves: ['/join/room2Live3', '/login/oauth2Callback'],
  },
  {
    name: 'path-token-of-account',
    before:
      '(?i:/(?:password/new|confirm-?e?mail|unlock|e?mail-?change|change-?e?mail|(?:delete|close)-?account|ical)/|list-unsubscribe[^\\n>]{1,60}/)',
    secret: '(?:[A-Za-z0-9]{16,}[A-Za-z0-9_-]*|[A-Za-z0-9]*[A-Z][a-z0-9]*[0-9][A-Za-z0-9_-]{12,})',
    replacement: '[redacted]',
    when: ['/new/', 'mail/', 'unlock/', 'change/', 'account/', 'ical/', 't-unsubscribe'],
    changes: [
      ['/email-change/bTnAYFa7mPeiL2iIYYCd', '/email-change/[redacted]'],
      ['/password/new/29b54d7977405f676c36 x', '/password/new/[redacted] x'],
      [
        'list-unsubscribe <https://x.io/u/7rsqIB0ZP3JpAA-mJZUPp>',
        'list-unsubscribe <https://x.io/u/[redacted]>',
      ],
    ],
    leaves: ['/unlock/2026-11-26-drop', '/account/29b54d7977405f676c36'],
  },
  {
    name: 'parameter-of-login-link',
    // Any name: only the path tells that it is a token.
    before:
      '(?i:/(?:[a-z]{1,12}-)?(?:reset|verif(?:y|ication)|magic|invit(?:e|ation)|confirm|activate|unsubscribe|recover)[a-z-]{0,20}\\?(?:[a-z_]{1,12}=[a-z]{1,8}&)?[a-z_]{1,12}=)',
    secret: '[A-Za-z0-9_~.-]{20,}',
    replacement: '[redacted]',
    changes: [
      [
        '/verify-email?vt=kxse4uo9jl1ffhg42bwje9ptmbw&lang=it',
        '/verify-email?vt=[redacted]&lang=it',
      ],
    ],
    leaves: ['/verify?lang=it', '/tracks?filter=kxse4uo9jl1ffhg42bwje9ptmbw'],
  },
  {
    name: 'path-token-after-person',
    // A link to unsubscribe has the person and the token.
    before:
      '(?i:/(?:unsubscribe|confirm|verify|invitations?|reset)/[^/\\s"]*(?:@|%(?:25)*40|\\[redacted\\])[^/\\s"]*/)',
    secret: '[A-Za-z_~.-]*[0-9A-Z][A-Za-z0-9_~.%=-]{5,}',
    replacement: '[redacted]',
    changes: [
      ['/unsubscribe/ada%40example.com/Yp91NbXv0L', '/unsubscribe/ada%40example.com/[redacted]'],
    ],
    leaves: ['/unsubscribe/ada@example.com/done', '/reset/x/Yp91NbXv0L'],
  },
];
