import { encoded, keep, type RedactionGroup, type RedactionRule } from './rule';

/** Query parameters that are temporary credentials. */
const parameters =
  'code|sig|signature|key|auth|ticket|hash|hmac|nonce|assertion|sas|st|sid|session|refresh|inv|invite|invitation|otp|proof|secret|t';
const longParameters =
  'saml(?:response|request|art)|code_verifier|oobcode|tempauth|(?:amz|goog)-(?:signature|credential|security-token)|state_token|' +
  'token_hint|login_token|confirmation|sharekey|dkey|device_code|user_code|magic';

/** Long enough for a secret, with a digit or very long, so no word or status. */
const value =
  '(?:[A-Za-z%._~+/-]{0,40}[0-9][A-Za-z0-9%._~+/=-]{5,}|[A-Za-z%._~+/-]{5,40}[0-9][A-Za-z0-9%._~+/=-]*|[A-Za-z%._~+/=-]{20,}|[0-9]{6,8})';

/** Query parameters in a URL whose value is a credential. */
export const queryParameters: readonly RedactionRule[] = [
  {
    name: 'id-of-message',
    // Twilio's object IDs, which it calls `sid`. Elsewhere, `sid` is a session.
    before: '(?i:[?&](?:[a-z]{1,12}_?)?sid=)',
    secret: '',
    after: '(?:SM|MM|CA|AC|PN|VE|MG)[0-9a-f]{32}(?:[^0-9A-Za-z]|$)',
    replacement: keep,
    when: ['sid='],
    changes: [[`?sid=SM${'0123abcd'.repeat(4)}&x=1`, `?sid=${keep}SM${'0123abcd'.repeat(4)}&x=1`]],
    leaves: ['?sid=SM0123abcd'],
  },
  {
    name: 'url-parameter',
    before: `(?i:(?:[?&;#~]|%(?:25)*(?:3f|26|3b))(?:[a-z0-9]{1,12}[_-])?(?:${parameters})${encoded.is})`,
    // A key of Ably or of Basic authorization continues after a colon.
    secret: `${value}(?::[A-Za-z0-9_~-]{12,})?`,
    replacement: '[redacted]',
    when: ['=', '%3d', '%253d'],
    changes: [
      ['?key=eOBsxj.Rufu26:0evRkaSCFRuifa1nA0YQ&v=4', '?key=[redacted]&v=4'],
      ['?a=1&appsecret_proof=2f3d450aa1a5 x', '?a=1&appsecret_proof=[redacted] x'],
      ['?inv=PrcxL5wTBBFR&e=x', '?inv=[redacted]&e=x'],
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
      'oobcode',
      'tempauth',
      '_code=',
      'magic=',
    ],
    changes: [
      [
        '?X-Amz-Credential=AKIA12345%2Fus&X-Amz-Signature=0a1b2c3d4e&x=1',
        '?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&x=1',
      ],
    ],
    leaves: ['?confirmation=yes'],
  },
];

const noWord = '(?:[^A-Za-z0-9_~.%+/=-]|$)';
const anyParameter = (name: string): string =>
  `(?i:(?:[?&;]|%(?:25)*(?:3f|26))${name}${encoded.is})`;

/** Parameters of any name with a long value of small letters, capitals and digits. */
export const anyParameters: RedactionGroup = {
  name: 'any-parameters',
  when: ['=', '%3d', '%253d'],
  rules: [
    {
      name: 'public-parameter',
      // Positions in lists, versions and names.
      before: anyParameter(
        '(?:[a-z0-9_.-]{0,20}(?:cursor|etag|filename|hash|version|clid|page_?token)|after|before|page|next|prev|v|ver|rev|q|query|search|file|name|title|slug|fields|list|playlist|utm_[a-z]+)',
      ),
      secret: '',
      after: '[A-Za-z0-9_~-]{32}',
      replacement: keep,
      changes: [
        [
          '?cursor=Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ&x=1',
          `?cursor=${keep}Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ&x=1`,
        ],
      ],
      leaves: ['?inv=Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ'],
    },
    {
      name: 'ordinary-parameter',
      // Without small letters, without capitals, or without digits.
      before: anyParameter('[a-z0-9_.[\\]-]{1,30}'),
      secret: '',
      after: `(?:[a-z0-9_~-]{32,}|[A-Z0-9_~-]{32,}|[A-Za-z_~-]{32,})${noWord}`,
      replacement: keep,
      changes: [[`?ref=${'5KQ04ED4'.repeat(4)}&x=1`, `?ref=${keep}${'5KQ04ED4'.repeat(4)}&x=1`]],
      leaves: ['?inv=Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ'],
    },
    {
      name: 'long-parameter',
      before: anyParameter('[a-z0-9_.[\\]-]{1,30}'),
      secret: '[A-Za-z0-9_~-]{32,}',
      after: noWord,
      replacement: '[redacted]',
      changes: [
        ['?e=Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ&x=1', '?e=[redacted]&x=1'],
        ['%3Fe%3DPrcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ', '%3Fe%3D[redacted]'],
      ],
      leaves: [`?e=${keep}Prcx5wTBBFRNTUWrAonaGVisAonW6iRDFcDQ`, '?e=Prcx5wTBBFRNTUWrAonaG.js'],
    },
  ],
};

/** Query parameters as fields, after the server has parsed the query. */
export const parsedParameters: readonly RedactionRule[] = [
  {
    name: 'signature-field',
    // A signal is `SIGTERM`.
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
    name: 'parsed-code',
    before: '(?:^|[^A-Za-z])(?i:code|ticket|t)(?:\\\\*["\'])?\\s*:\\s*\\\\*["\']',
    // The second form: in one of forty random words, 17 or more letters precede the first digit.
    secret:
      '(?:[A-Za-z_~-]{0,20}[0-9][A-Za-z0-9_~-]{19,}(?:\\.[A-Za-z0-9_-]+){0,4}|[A-Za-z]{17,}[0-9][A-Za-z0-9]{4,})',
    after: '\\\\*["\']',
    replacement: '[redacted]',
    when: ['"code', "code'", 'code:', 'code\\', 'ticket', '"t"', '"t\\', ' t:'],
    changes: [
      ['{"query":{"code":"OQi3OuzWo3VCXsgh777Cch5M"}}', '{"query":{"code":"[redacted]"}}'],
      ['{"code":"c1f0a8d2b3e94c6f8a7b5d4e3.0.rrxz.Kd9Qe2"}', '{"code":"[redacted]"}'],
    ],
    leaves: [
      '{"code":"P2002"}',
      '{"code":"ERR_HTTP2_STREAM_ERROR"}',
      "code: 'auth/id-token-expired'",
    ],
  },
];
