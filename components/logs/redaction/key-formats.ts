import { type RedactionRule, start } from './rule';

/** A key with a recognisable format, in any context. */
export const key = (
  name: string,
  secret: string,
  when: readonly string[],
  examples: readonly string[],
  leaves: readonly string[],
): RedactionRule => ({
  name,
  secret,
  replacement: '[redacted]',
  when,
  // Callers write the examples in two parts, because secret scanners would report them as keys.
  changes: examples.map((example) => [`{"m":"a:\\n${example} ok"}`, '{"m":"a:\\n[redacted] ok"}']),
  leaves,
});

export const word = '[A-Za-z0-9_-]';

/** The secret key that follows the ID of an AWS key, as in a table of the CLI. */
export const awsSecretKey: RedactionRule = {
  name: 'aws-secret-key',
  before:
    '(?:\\bA(?:KI|SI)A[0-9A-Z]{16}|\\bCREDENTIALS(?:\\s|\\\\+t)+\\[redacted\\])(?:[^0-9A-Za-z\\n][^\\n]{0,60}?)??(?:[\\s"\'=:,|/]|\\\\+t)',
  secret: '[A-Za-z0-9/+]{40}',
  after: '(?:[^A-Za-z0-9/+=]|$)',
  replacement: '[redacted]',
  // The ID after CREDENTIALS is replaced by the rule for tables.
  when: ['akia', 'asia', 'credentials'],
  changes: [
    [
      'AKIA' + 'IOSFODNN7EXAMPLE\twJalrXUtnFEMI/K7MDENG/bPxRfiCY' + 'EXAMPLEKEY',
      'AKIA' + 'IOSFODNN7EXAMPLE\t[redacted]',
    ],
  ],
  leaves: ['AKIA' + 'IOSFODNN7EXAMPLE is disabled'],
};

/**
 * A key of Apollo: 22 letters and digits. The pattern requires a digit, because a name such as
 * `NotificationDispatcher` may be as long. Each alternative has the first digit at two positions.
 */
const graphKey = `(?:${Array.from({ length: 11 }, (_, i) => `[A-Za-z]{${2 * i},${2 * i + 1}}[0-9][A-Za-z0-9]{${20 - 2 * i},${21 - 2 * i}}`).join('|')})`;

/** Keys of shops, infrastructure and services, and hashes of passwords. */
export const moreKeys: readonly RedactionRule[] = [
  key(
    // The first part is the name of the algorithm in base64.
    'phoenix-token',
    'SFM(?:yNTY|zODQ|1MTI)\\.[A-Za-z0-9_-]{6,}(?:\\.[A-Za-z0-9_-]*)?',
    ['sfmynty.', 'sfmzodq.', 'sfm1mti.'],
    ['SFMyNTY.' + 'g2gDYQFuBgBQmlGJjwFiAAFRgA.lTaPDx_wSnVhxtxy1HEj3e5CuFK'],
    ['SFMyNTY is HS256'],
  ),
  {
    name: 'telegram-token',
    before: start,
    secret: `[0-9]{8,10}:${word}{33,36}`,
    after: '\\b',
    replacement: '[redacted]',
    when: ['telegram'],
    changes: [
      [
        'telegram bot: 6712093344:' + '2WETSiQuZHIICOWLNiMSs6-AMWi3acQk4U ok',
        'telegram bot: [redacted] ok',
      ],
    ],
    leaves: ['telegram chat 6712093344:42'],
  },
  key(
    'shop-key',
    `shp(?:at|ca|pa|ss)_[0-9a-fA-F]{20,}|sq0[a-z]{3}-${word}{20,}|ntn_[A-Za-z0-9]{20,}|lin_api_[A-Za-z0-9]{20,}|sntry[su]_[A-Za-z0-9+/=_-]{20,}|figd_${word}{20,}|` +
      '(?:access-(?:production|sandbox|development)|sdk|mob)-[0-9a-f]{8}-[0-9a-f-]{27}|access_token\\$(?:production|sandbox)\\$[0-9a-z]+\\$[0-9a-f]{32}|secret_[A-Za-z0-9]{40,}|re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{16,}',
    [
      'shpat_',
      'shpca_',
      'shppa_',
      'shpss_',
      'sq0',
      'ntn_',
      'lin_api_',
      'sntry',
      'figd_',
      'access-',
      'sdk-',
      'mob-',
      'access_token$',
      'secret_',
      're_',
    ],
    ['shpat_' + '0123456789abcdef01234567', 'lin_api_' + '0123456789abcdefghijklmn'],
    ['sq0idp', 'linear_api_'],
  ),
  key(
    'infrastructure-key',
    `gl(?:sa|c)_[A-Za-z0-9+/=_-]{20,}|NRAK-[A-Z0-9]{20,}|hv[sb]\\.${word}{20,}|dp\\.pt\\.[A-Za-z0-9]{20,}|fo1_${word}{20,}|sbp_[0-9a-f]{20,}|` +
      `pscale_[a-z]+_[\\w.-]{20,}|PMAK-[0-9a-f-]{20,}|ATATT[\\w=-]{20,}|nfp_[A-Za-z0-9]{20,}|dapi[0-9a-f]{32}|pul-[0-9a-f]{40}|tskey-[a-z]+-${word}{16,}|alcht_[A-Za-z0-9]{20,}|AGE-SECRET-KEY-1[0-9A-Z]{20,}`,
    [
      'glsa_',
      'glc_',
      'nrak-',
      'hvs.',
      'hvb.',
      'dp.pt.',
      'fo1_',
      'sbp_',
      'pscale_',
      'pmak-',
      'atatt',
      'nfp_',
      'dapi',
      'pul-',
      'tskey-',
      'alcht_',
      'age-secret',
    ],
    ['glsa_' + '0123456789abcdefghijkl', 'hvs.' + 'CAESIJ0123456789abcdefgh'],
    ['glc_x', 'hvs.'],
  ),
  key(
    'service-key',
    `dp\\.(?:st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{30,}|rubygems_[0-9a-f]{40,}|lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}|(?:sgp|napi)_[0-9a-z_]{40,}|(?:FLWSECK|CCIPAT)[_-]${word}{20,}|EZ[AT]K[A-Za-z0-9]{30,}|nvapi-${word}{30,}|(?:fm2|fm1r)_[A-Za-z0-9+/=_-]{30,}|tvly-[A-Za-z0-9-]{20,}`,
    [
      ...['dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.', 'rubygems_', 'lsv2_', 'sgp_'],
      ...['napi_', 'flwseck', 'ccipat_', 'ezak', 'eztk', 'nvapi-', 'fm2_', 'fm1r_', 'tvly-'],
    ],
    ['rubygems_' + '0123456789abcdef0123456789abcdef01234567', 'tvly-' + '0123456789abcdefghij'],
    ['sgp_x', 'napi_module'],
  ),
  key(
    'aws-session-token',
    '(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+]{40,}={0,2}',
    ['fwogzxivyxdz', 'fqogzxivyxdz', 'iqojb3jpz2lu'],
    ['FwoGZXIvYXdz' + 'EAmCStC3k2ahxqrz8G1M4MpS1zfZ9AYWijX9umkWCJqZ'],
    ['IQoJb3JpZ2lu'],
  ),
  key(
    'other-key',
    `(?:shippo|rzp)_(?:live|test)_[A-Za-z0-9]{14,}|pdl_[a-z]+_apikey_\\w{20,}|xnd_(?:production|development)_[A-Za-z0-9]{20,}|NRII-${word}{20,}|ATCTT[\\w=-]{20,}|ATBB[A-Za-z0-9]{28,}|nsec1[a-z0-9]{50,}`,
    ['shippo_', 'rzp_', 'pdl_', 'xnd_', 'nrii-', 'atctt', 'atbb', 'nsec1'],
    ['shippo_live_' + '996594b1a8bbdfadc2ce436460e87c9d', 'ATBB' + 'Rd67Ft14OYsKEPGDWwsZG48NsH8B'],
    ['shippo_live_mode', 'xnd_production_url'],
  ),
  {
    name: 'graph-key',
    // Keys of Apollo for graphs, and for users of its studio (`gh` is GitHub).
    when: ['service:', 'user:gh.'],
    before: '\\b(?:service:|user:gh\\.)[A-Za-z0-9_.-]+:',
    secret: graphKey,
    after: '(?:[^0-9A-Za-z_-]|$)',
    replacement: '[redacted]',
    changes: [
      ['service:audifi:' + 'TfKi0jbE5hbOGs9kEp9PVe x', 'service:audifi:[redacted] x'],
      ['"service:a.b-2:' + 'TfKiOjbEShbOGsJkEpXPV7"', '"service:a.b-2:[redacted]"'],
      ['user:gh.0a1b-2c:' + '7fKiOjbEShbOGsJkEpXPVe', 'user:gh.0a1b-2c:[redacted]'],
    ],
    leaves: [
      ...['service:api:restarted', 'service:api:NotificationDispatcher', 'user:42:session'],
      ...['service:api:01HF8Z6Y3K8M4N2P5Q7R9S1T3V', 'service:api:507f1f77bcf86cd799439011'],
      'user:7:TfKi0jbE5hbOGs9kEp9PVe',
    ],
  },
  {
    name: 'mailgun-key',
    // No other common identifier has groups of these lengths.
    when: ['mailgun', 'api:'],
    before: '(?:^|[^0-9A-Za-z-])(?:key-)?',
    secret: '[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}',
    after: '(?:[^0-9A-Za-z-]|$)',
    replacement: '[redacted]',
    changes: [
      [`mailgun auth=api:${'7c94f1a2'.repeat(4)}-b7f8abb2-9513ff23`, 'mailgun auth=api:[redacted]'],
    ],
    leaves: [`mailgun 00-${'7c94f1a2'.repeat(4)}-b7f8abb29513ff23-01`],
  },
  key(
    'encoded-login',
    // URLs of databases and PEM blocks in base64, as Secrets of Kubernetes have them.
    '(?:cG9zdGdyZX|bXlzcWw6Ly|cmVkaXM6Ly|cmVkaXNzOi|bW9uZ29kYj|bW9uZ29kYi|YW1xcDov|YW1xcHM6|LS0tLS1CRUdJTiBQUklW|LS0tLS1CRUdJTiBSU0EgUFJJ|LS0tLS1CRUdJTiBFQyBQUkl|LS0tLS1CRUdJTiBPUEVOU1NIIF)[A-Za-z0-9+/_-]{12,}={0,2}',
    [
      ...['cg9zdgdyzx', 'bxlzcww6ly', 'cmvkaxm6ly', 'cmvkaxnzoi', 'bw9uz29kyj', 'bw9uz29kyi'],
      ...['yw1xcdov', 'yw1xchm6', 'ls0tls1crudjti'],
    ],
    ['cG9zdGdyZXM6' + 'Ly9hdWRpZmk6eDFAZGIvYXVkaWZp'],
    ['cG9zdGdyZXM', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t'],
  ),
  key(
    'password-hash',
    '\\$2[abxy]?\\$[0-9]{2}\\$[./A-Za-z0-9]{20,}|(?:\\$(?:apr1|scrypt|pbkdf2[a-z0-9-]*|[156y])|\\$argon2(?:id|i|d)(?:\\$v=[0-9]+)?\\$m=[0-9]+,t=[0-9]+,p=[0-9]+|(?:pbkdf2|bcrypt|scrypt|argon2)[a-z0-9_:]*)\\$[^\\s\'",;)\\\\]{8,}|SCRAM-SHA-[0-9]+\\$[^\\s\'"\\\\]+|\\bmd5[0-9a-f]{32}\\b',
    [
      '$2',
      'argon2',
      'scrypt',
      'pbkdf2',
      'bcrypt',
      '$apr1',
      '$1$',
      '$5$',
      '$6$',
      '$y$',
      'scram-',
      'md5',
    ],
    [
      '$2b$12$' + 'LIXQmZ8n1e8o7P0aVtqQ5uF8wQ2c3d4e5f6g7h8i9j0k1l2m3n4o5',
      '$argon2id$v=19$m=65536,t=3,p=4$' + 'c29tZXNhbHQ$RdescudvJCsgt3ub',
      'pbkdf2_sha256$260000$' + 'abcsalt$kJ9dsf0sdf98sdf7sdf6sdf5sd=',
      '$apr1$abcd1234$' + 'abcdefghijklmnopqrstu/',
      'scrypt:32768:8:1$' + 'abcsalt$0123456789abcdef',
    ],
    ['costs $2 or $100', '$1 = $2'],
  ),
];
