import { keep, type RedactionRule } from './rule';

/** Mechanisms of SASL. */
export const mechanisms = '(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5)';
/** Words after `AUTH` in a sentence. After the command, there is a credential. */
export const authResults =
  '(?i:failed|failures?|ok|errors?|succeeded|success|rejected|denied|required|timeout|rate|disabled|enabled|called|service|header)\\b';

/** Credentials after the name of an authentication scheme, and session cookies. */
export const logins: readonly RedactionRule[] = [
  {
    name: 'bearer-token',
    before: '(?i:\\bbearer(?:\\s|%20|[+.:])+)',
    secret: '(?:[A-Za-z]*[0-9._~+/=-][A-Za-z0-9._~+/=-]{3,}|[A-Za-z]{20,})(?::[A-Za-z0-9_-]{16,})?',
    replacement: '[redacted]',
    when: ['bearer'],
    changes: [
      ['sent Bearer abc.123-XYZ to', 'sent Bearer [redacted] to'],
      ['["audifi, bearer.OcIB2Qhln7"]', '["audifi, bearer.[redacted]"]'],
    ],
    leaves: ['bearer token expired', 'a bearer authentication'],
  },
  {
    name: 'basic-login',
    before: '(?:Basic|basic|BASIC)(?:\\s|%20|\\+)+',
    secret:
      '(?:[a-z]*[A-Z0-9+/][A-Za-z0-9+/]{3,}={1,2}|[A-Za-z+/]*[0-9A-Z][a-z+/]*[0-9A-Z+/][A-Za-z0-9+/]{4,})',
    replacement: '[redacted]',
    when: ['basic '],
    changes: [['sent Basic QWRhOlpxNy1wbGFpbg== to', 'sent Basic [redacted] to']],
    leaves: ['a basic authentication', 'Basic plan', 'auth=basic realm="audifi"'],
  },
  {
    name: 'mail-login-result',
    before: `\\bAUTH ${mechanisms} `,
    secret: '',
    after: `(?:${authResults}|[a-z]{3,}=[0-9])`,
    replacement: keep,
    when: ['auth plain', 'auth login', 'auth xoauth2', 'auth cram-md5'],
    changes: [
      ['AUTH PLAIN failed', `AUTH PLAIN ${keep}failed`],
      ['AUTH PLAIN response=535 x', `AUTH PLAIN ${keep}response=535 x`],
    ],
    leaves: ['AUTH PLAIN AHVzZXIAcHcx', 'AUTH LOGIN dXNlcg=='],
  },
  {
    name: 'mail-login',
    // In an SMTP dialogue: base64, with or without a line ending.
    before: `\\bAUTH ${mechanisms}(?:[;,]? (?:->|>>?|→|C:))? `,
    secret: '[A-Za-z0-9+/]{6,}={0,2}',
    replacement: '[redacted]',
    when: ['auth plain', 'auth login', 'auth xoauth2', 'auth cram-md5'],
    changes: [
      ['C: AUTH PLAIN AHVzZXIAcHcx', 'C: AUTH PLAIN [redacted]'],
      ['{"m":"AUTH LOGIN dXNlcg==\\r\\n"}', '{"m":"AUTH LOGIN [redacted]\\r\\n"}'],
    ],
    leaves: ['250-AUTH PLAIN LOGIN CRAM-MD5', 'C: AUTH LOGIN'],
  },
  {
    name: 'signed-webhook',
    before: '\\bt=[0-9]{10},(?:v0=[0-9a-f]+,)?v[0-9]=',
    secret: '[0-9a-f]{32,}(?:,v[0-9]=[0-9a-f]{32,})*',
    replacement: '[redacted]',
    when: [',v1=', ',v0='],
    changes: [
      [
        "header: 't=1795662000,v1=0123456789abcdef0123456789abcdef'",
        "header: 't=1795662000,v1=[redacted]'",
      ],
    ],
    leaves: ['t=1795662000,v1=x', 'v1=0123456789abcdef0123456789abcdef'],
  },
  {
    name: 'session-cookie',
    before:
      '(?:connect\\.sid|(?i:phpsessid|jsessionid)|__(?:Host|Secure)-[A-Za-z0-9_.-]+|session)(?:=|%3D)',
    secret: '[A-Za-z0-9%._~+/-]{16,}',
    replacement: '[redacted]',
    when: ['.sid', 'phpsessid', 'jsessionid', '__host-', '__secure-', 'session=', 'session%3d'],
    changes: [
      ['connect.sid=s%3Aj3k4l5m6n7o8p9q0r1; x=1', 'connect.sid=[redacted]; x=1'],
      ['session=Zx81kLm09PqRsTuV2wYz', 'session=[redacted]'],
    ],
    leaves: ['session=ses_42', 'sessionId=ses_0123456789abcdefgh'],
  },
  {
    name: 'session-in-path',
    before: '(?i:;sessionid=)',
    secret: '[A-Za-z0-9%._~+-]{16,}',
    replacement: '[redacted]',
    when: [';sessionid'],
    changes: [['/7;sessionid=9DA497F329A09E874854D62C/a.ts', '/7;sessionid=[redacted]/a.ts']],
    leaves: ['/7;sessionid=ses_42/a.ts'],
  },
  {
    name: 'subscription-key',
    // Azure's header for API keys.
    before: '(?i:subscription-key)\\\\*["\']?\\s*[:=,]\\s*\\[?\\\\*["\']?',
    secret: '[0-9A-Za-z]{20,}',
    replacement: '[redacted]',
    when: ['subscription-key'],
    changes: [
      ['Ocp-Apim-Subscription-Key: 0123456789abcdef0123', 'Ocp-Apim-Subscription-Key: [redacted]'],
    ],
    leaves: ['subscription-key: none', 'subscription: sub_0123456789abcdef0123'],
  },
];
