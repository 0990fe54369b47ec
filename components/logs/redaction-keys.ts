import { logins } from './redaction-logins';
import type { Condition, RedactionGroup, RedactionRule } from './redaction-rule';

/** A key with a recognisable format, in any context. */
const key = (
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

const word = '[A-Za-z0-9_-]';

/**
 * Keys of well-known providers. See https://docs.github.com/en/code-security/secret-scanning for
 * many more.
 */
export const providerKeys: RedactionGroup = {
  name: 'provider-keys',
  // Keys with a long run of letters and digits are already in the group of unusual lines.
  opens: [
    ...[
      '_live_',
      '_test_',
      'whsec_',
      '_secret_',
      'xox',
      'xapp-',
      'uth:',
      'kia',
      'zasy',
      'ya29.',
      'gocspx-',
      '1//0',
    ],
    ...[
      '_v1_',
      'ghp_',
      'gho_',
      'ghu_',
      'ghs_',
      'ghr_',
      'hub_pat_',
      'glpat-',
      'gldt-',
      'glrt-',
      'pypi-',
      'kr_pat_',
      'sk-',
      'key-',
    ],
    ...[
      'hpat_',
      'hpca_',
      'hppa_',
      'hpss_',
      'q0',
      'figd_',
      'hvs.',
      'hvb.',
      'fo1_',
      'bp_',
      'pmak-',
      'pul-',
      'ltai',
      'cht_',
      'k_live',
      '.local.',
      '.public.',
      's-production-',
      's-sandbox-',
      'n$production$',
      'n$sandbox$',
      'yj',
      'bearer',
      'basic ',
    ],
    ...[
      '---b',
      '$2',
      '$argon2',
      '$scrypt',
      'pbkdf2',
      'crypt_',
      '$apr1',
      '$1$',
      '$5$',
      '$6$',
      '$y$',
      '.sid',
      'phpsessid',
      'jsessionid',
    ],
    ...[
      '_host-',
      '_secure-',
      'session=',
      'auth plain ',
      'auth login ',
      'uth xoa',
      'uth cram',
      ',v1=',
      'ption-key',
    ],
  ],
  rules: [
    {
      name: 'private-key',
      before: '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----',
      secret: '(?s:.*?)',
      after: '(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)',
      replacement: '[redacted]',
      when: ['private key'],
      changes: [
        [
          '{"k":"-----BEGIN PRIVATE KEY-----\\nMIIEvQ==\\n-----END PRIVATE KEY-----\\n"}',
          '{"k":"-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----\\n"}',
        ],
        ['-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----[redacted]'],
      ],
      leaves: ['-----BEGIN CERTIFICATE----- MIIB'],
    },
    ...logins,
    key(
      'json-web-token',
      'eyJ[A-Za-z0-9_-]{6,}\\.(?:eyJ[A-Za-z0-9_-]*|[A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]*){1,3}|[A-Za-z0-9_-]{16,})(?:\\.[A-Za-z0-9_-]*)*|v[1-4]\\.(?:local|public)\\.[A-Za-z0-9_-]{20,}',
      ['yj', '.local.', '.public.'],
      [
        'v4.public.' + 'eyJzdWIiOiIxMjM0NTY3ODkwIn0',
        'eyJhbGciOiJIUzI1NiJ9.' + 'eyJzdWIiOiIxIn0',
        'eyJhbGciOiJIUzI1NiJ9.' + 'eyJzdWIiOiIxIn0.c2ln',
        'eyJhbGciOiJkaXIiLCJl.' + '.xi5UU2.Bw4pmsACaD.r7gL',
      ],
      ['eyJust a word', '/js/eyJbundle.js', 'v2.local.cache'],
    ),
    key(
      'stripe-key',
      `(?:(?:sk|rk|pk)_(?:live|test)_|whsec_|(?:pi|seti|cs)_[A-Za-z0-9_]+_secret_|sb_secret_)${word}{6,}`,
      ['_live_', '_test_', 'whsec_', '_secret_'],
      [
        'sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc',
        'whsec_' + 'MfKQ9r8GKYqrTwjU',
        'pi_3Mtw_secret_' + 'YrKJUKribcBjcG8',
      ],
      ['cus_NffrFeUfNV2Hib pi_3MtwBwLkdIwHu7ix28a3tqPa', 'is_test_run=1', 'no_secret_here'],
    ),
    key(
      'chat-key',
      `(?:xox[abceoprs]-|xapp-)${word}{6,}|oauth:[a-z0-9]{20,}|xkeysib-${word}{20,}|[MNO][A-Za-z0-9]{23,27}\\.${word}{6}\\.${word}{27,40}|A{18,}[A-Za-z0-9%]{30,}|EAA[A-Za-z0-9]{40,}`,
      ['xox', 'xapp-', 'oauth:', 'xkeysib-', '.', 'aaaaaaaaaa', 'eaa'],
      [
        'xoxb-' + '1234567890-abcdef',
        'oauth:' + '0123456789abcdefghijklmnopqrst',
        'MTk4NjIyNDgzNDcxOTI1MjQ4' + '.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs',
      ],
      ['foxox-terrier', 'oauth: failed'],
    ),
    key(
      'cloud-key',
      `A(?:KI|SI)A[0-9A-Z]{16}|AIza${word}{30,}|ya29\\.${word}{20,}|GOCSPX-${word}{20,}|1//0${word}{20,}|do[opr]_v1_[0-9a-f]{32,}|LTAI[0-9A-Za-z]{16,26}`,
      ['kia', 'asia', 'aiza', 'ya29.', 'gocspx-', '1//0', 'dop_v1_', 'doo_v1_', 'dor_v1_', 'ltai'],
      [
        'AKIA' + 'IOSFODNN7EXAMPLE',
        'ya29.' + 'J0qU4Z0zShmsqfPuX-Q3Yqw',
        'GOCSPX-' + 'UV8N70B5e-0cm0ajBsxlZ79i',
      ],
      ['ASIAN markets', 'AIzawa'],
    ),
    key(
      'repository-key',
      `gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\\w{20,}|gl(?:pat|dt|rt|cbt|ptt|soat)-${word}{20,}|npm_[A-Za-z0-9]{30,}|pypi-${word}{30,}|dckr_pat_${word}{20,}`,
      [
        'ghp_',
        'gho_',
        'ghu_',
        'ghs_',
        'ghr_',
        'github_pat_',
        'glpat-',
        'gldt-',
        'glrt-',
        'glcbt-',
        'glptt-',
        'glsoat-',
        'npm_',
        'pypi-',
        'dckr_pat_',
      ],
      ['ghp_' + '0123456789abcdefghij', 'glpat-' + '0nPueF8va9mMKoQhFdLa'],
      ['npm_config_cache', 'pypi-server'],
    ),
    key(
      'model-key',
      `sk-(?:ant-|proj-|svcacct-|or-|admin-)?${word}{20,}|gsk_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|(?:pplx|xai)-[A-Za-z0-9]{20,}`,
      ['sk-', 'gsk_', 'hf_', 'r8_', 'pplx-', 'xai-'],
      ['sk-proj-' + 'BXkyrjNoMuzuAnAYOOkzZ1CI', 'sk-ant-' + 'api03-_3raaovHKc6eIV55hl5O'],
      ['task-runner', 'disk-usage'],
    ),
    key(
      'mail-key',
      `SG\\.${word}{16,}\\.${word}{16,}|key-[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]{1,2}`,
      ['sg.', 'key-', '-us1', '-us2'],
      ['key-' + '02449893318f86f880ffcf2d20c72288'],
      ['SG.x', 'key-value'],
    ),
    key(
      'shop-key',
      `shp(?:at|ca|pa|ss)_[0-9a-fA-F]{20,}|sq0[a-z]{3}-${word}{20,}|ntn_[A-Za-z0-9]{20,}|lin_api_[A-Za-z0-9]{20,}|sntry[su]_[A-Za-z0-9+/=_-]{20,}|figd_${word}{20,}|` +
        'access-(?:production|sandbox|development)-[0-9a-f]{8}-[0-9a-f-]{27}|access_token\\$(?:production|sandbox)\\$[0-9a-z]+\\$[0-9a-f]{32}|secret_[A-Za-z0-9]{40,}|re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{16,}',
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
      'password-hash',
      '\\$2[abxy]?\\$[0-9]{2}\\$[./A-Za-z0-9]{20,}|(?:\\$(?:apr1|scrypt|pbkdf2[a-z0-9-]*|[156y])|\\$argon2(?:id|i|d)(?:\\$v=[0-9]+)?\\$m=[0-9]+,t=[0-9]+,p=[0-9]+|(?:pbkdf2|bcrypt|scrypt|argon2)_?[a-z0-9]*)\\$[^\\s\'",;)\\\\]{8,}|SCRAM-SHA-[0-9]+\\$[^\\s\'"\\\\]+',
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
        'md5}',
      ],
      [
        '$2b$12$' + 'LIXQmZ8n1e8o7P0aVtqQ5uF8wQ2c3d4e5f6g7h8i9j0k1l2m3n4o5',
        '$argon2id$v=19$m=65536,t=3,p=4$' + 'c29tZXNhbHQ$RdescudvJCsgt3ub',
        'pbkdf2_sha256$260000$' + 'abcsalt$kJ9dsf0sdf98sdf7sdf6sdf5sd=',
        '$apr1$abcd1234$' + 'abcdefghijklmnopqrstu/',
      ],
      ['costs $2 or $100', '$1 = $2'],
    ),
    key(
      'own-session',
      'st1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+',
      ['st1.'],
      ['st1.abc.def'],
      ['test1.example'],
    ),
  ],
};

/**
 * A line of a PEM block: 64 characters of base64, or fewer with `=` at the end. A line with only
 * hexadecimal digits is a hash.
 */
export const keyLine: Condition = {
  matches: '^\\s*(?:[a-z0-9+/]{64}|[a-z0-9+/]{70}|[a-z0-9+/]{76}|[a-z0-9+/]{16,75}=)=?\\s*$',
};

export const keyLines: RedactionGroup = {
  name: 'key-lines',
  when: keyLine,
  opens: [],
  rules: [
    {
      name: 'private-key-line',
      secret:
        '^\\s*(?:[A-Za-z0-9+/]{0,40}[G-Zg-z+/][A-Za-z0-9+/]{23,75}|[A-Za-z0-9+/]{16,75}=)=?\\s*$',
      replacement: '[redacted]',
      changes: [
        ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', '[redacted]'],
        ['qSh8xK0vJ1pZbGk3M2dmTzQ9dGVzdA==', '[redacted]'],
      ],
      leaves: [
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'Ready to accept connections',
        'PrismaClientInitializationError',
        '/var/lib/postgresql/data/base',
      ],
    },
  ],
};
