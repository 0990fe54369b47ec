import { keep, type RedactionGroup, type RedactionRule } from './rule';

/** A session ID as Express generates it, or a JWT. UUIDs and hashes use only one letter case. */
const session =
  '[A-Z0-9_-]{0,20}[a-z][a-z0-9-]{0,20}[A-Z][A-Za-z0-9_-]{17,}(?:\\.{1,2}[A-Za-z0-9_-]{8,})*';

/** IDs of sessions that are the login itself: whoever has one is logged in. */
const opaqueSession: RedactionRule = {
  name: 'opaque-session',
  // IDs as Express generates them. UUIDs and hashes use only one letter case.
  before: `(?:^|[^A-Za-z])(?i:session[_-]?id|sid|sess(?:ion)?|ticket)(?:(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*(?:\\{\\s*\\\\*["']?id\\\\*["']?\\s*:\\s*)?\\[?u?\\\\*["']?(?:[a-z]{1,8}(?::|%3[aA]))?)`,
  secret: session,
  replacement: '[redacted]',
  when: ['session', 'sess:', 'sess=', "sess'", 'sess"', 'sess\\', 'sess =', 'sid', 'ticket'],
  changes: [
    ['{"sessionId":"pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq"}', '{"sessionId":"[redacted]"}'],
    [
      '{"m":"{\\"sess\\":\\"pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq\\"}"}',
      '{"m":"{\\"sess\\":\\"[redacted]\\"}"}',
    ],
    ["'sid' => 'pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq'", "'sid' => '[redacted]'"],
    ['"GET" "sess:cV31UtKa0m0PDTFK6FBdDOwVJnGZvZTD"', '"GET" "sess:[redacted]"'],
    ['"GET" "sess:s:cV31UtKa0m0PDTFK6FBdDOwVJnGZvZTD"', '"GET" "sess:s:[redacted]"'],
    ["'sess:s%3AcV31UtKa0m0PDTFK6FBdDOwVJnGZvZTD'", "'sess:s%3A[redacted]'"],
    ['"GET" "ws:ticket:cV31UtKa0m0PDTFK6FBdDOwVJnGZvZTD"', '"GET" "ws:ticket:[redacted]"'],
    ['"X-Session":["pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq"]', '"X-Session":["[redacted]"]'],
    ["session: { id: 'pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq' }", "session: { id: '[redacted]' }"],
  ],
  leaves: [
    '{"sessionId":"ses_pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq"}',
    'sid=550e8400-e29b-41d4-a716-446655440000',
    'session_id=01HF8Z6Y3K8M4N2P5Q7R9S1T3V',
    'sid=SM550e8400e29b41d4a716446655440000',
  ],
};

export const sessionIds: readonly RedactionRule[] = [
  {
    name: 'class-of-session',
    // Each of its words has three letters or more.
    before: '(?i:\\bsession[a-z-]*(?: [a-z]+){0,3}(?::? +| ?= ?)[\\[(<]?\\\\*["\']?)',
    secret: '',
    after: '[A-Za-z][a-z]{2,}(?:[A-Z][a-z]{2,})+(?:[^0-9A-Za-z_-]|$)',
    replacement: keep,
    when: ['session'],
    changes: [
      ['no session SessionTerminatedException', `no session ${keep}SessionTerminatedException`],
      ["session: 'SessionStoreError'", `session: '${keep}SessionStoreError'`],
    ],
    leaves: ['session pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq'],
  },
  opaqueSession,
  {
    name: 'session-cookie-object',
    before:
      '(?i:\\bname(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'][a-z0-9_.-]*(?:session|sess|sid)(?:[_-]?id)?\\\\*["\'],\\s*\\\\*["\']?value(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
    secret: '[^\\s"\'\\\\]{16,}',
    replacement: '[redacted]',
    when: ['value'],
    changes: [
      [
        "Cookie { name: 'auth_session', value: 'k3vq7x0wz2m5n8b1' }",
        "Cookie { name: 'auth_session', value: '[redacted]' }",
      ],
    ],
    leaves: ["{ name: 'session', value: 'x' }", "{ name: 'side', value: 'k3vq7x0wz2m5n8b1' }"],
  },
  {
    name: 'spoken-session',
    // Debug output of express-session and its stores, and sentences.
    before:
      '(?i:\\b(?:(?:express|connect|koa|fastify|cookie)[:-]session\\b[^\\n"]{0,40}?|session(?:s|id| id|[ -]?store)?)(?:\\s+(?:[a-z]+\\s+){0,3}?|: ?|\\s*\\())',
    secret: session,
    after: '(?:[^A-Za-z0-9_.-]|\\.(?:[^A-Za-z0-9.]|\\.\\.|$)|$)',
    replacement: '[redacted]',
    when: ['session'],
    changes: [
      [
        'express-session fetching LpR7mYcJ5bUdE0sGfA9ohT3kWq8ZxN2v',
        'express-session fetching [redacted]',
      ],
      ['session pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq not found', 'session [redacted] not found'],
      [
        'session ' + 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0' + '..xi5UU2jzOlAkcQop refused',
        'session [redacted] refused',
      ],
      [
        'connect:session store get LpR7mYcJ5bUdE0sGfA9ohT3kWq8ZxN2v +2ms',
        'connect:session store get [redacted] +2ms',
      ],
    ],
    leaves: [
      'session 550e8400-e29b-41d4-a716-446655440000 expired',
      'session ses_pWtE4Rg3Kr88dz1KZDBw4kQvTb69pSMq',
    ],
  },
];

/** A short token in a link of a mail, in a line that says so. */
export const magicPath: RedactionRule = {
  name: 'magic-path',
  before:
    '(?i:(?:://[^\\s/"\\\\]{1,80}|[\\s"\'=])(?:/[a-z0-9_-]{1,12}){0,2}?/(?:m|l|r|s|t|v|e|go|link|auth|login|signin)/)',
  secret: '(?:[A-Za-z_]{0,12}[0-9][A-Za-z0-9_-]{9,}|[A-Za-z]{8,}[0-9][A-Za-z0-9_-]{3,})',
  after: '(?:[^A-Za-z0-9_.-]|$)',
  replacement: '[redacted]',
  when: ['magic', 'sign-in link', 'login link', 'login-link', 'signin-link'],
  changes: [
    [
      '{\\"template\\":\\"magic-link\\",\\"link\\":\\"https://a.io/m/kR7wTq3ZsLx9YbVe\\"}',
      '{\\"template\\":\\"magic-link\\",\\"link\\":\\"https://a.io/m/[redacted]\\"}',
    ],
  ],
  leaves: ['magic link: https://a.io/m/help', 'https://a.io/m/kR7wTq3ZsLx9YbVe'],
};

/** Opaque sessions in lines where nothing else opens a theme. */
export const sessionFields: RedactionGroup = {
  name: 'session-fields',
  rules: [
    {
      ...opaqueSession,
      name: 'opaque-session-field',
      when: ['session_id', 'sessionid', 'session-id'],
      changes: [
        [
          'old_session_id=0XECKWrHsW1y47dDgw-hG4c0JIyIQC87 uid=7',
          'old_session_id=[redacted] uid=7',
        ],
      ],
    },
  ],
};
