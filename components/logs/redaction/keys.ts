import { awsSecretKey, key, moreKeys, word } from './key-formats';
import { logins } from './logins';
import type { Condition, RedactionGroup } from './rule';
import { keyMaterial } from './tokens';

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
      'sk_us-',
      'sk_eu-',
      'sk_ap-',
      'kia',
      'asia',
      'akid',
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
      'glpat-',
      'gldt-',
      'glrt-',
      'kr_pat_',
      'sk-',
      'key-',
      'resend',
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
      'auth plain',
      'auth login',
      'uth xoa',
      'uth cram',
      ',v1=',
      'ption-key',
      'kty"',
      'kty:',
      'kty=',
      'kty\\',
    ],
    // Prefixes of hexadecimal keys.
    ...[
      'xkeysib-',
      'mlsn.',
      'pat-eu',
      'pat-na',
      'sdk-',
      'mob-',
      'rubygems_',
      'lsv2_',
      'sgp_',
      'flwseck',
      'sntryu_',
      'shippo_',
      'rzp_',
      '-us1',
      '-us2',
      'mailgun',
      'api:',
    ],
    // Prefixes before parts that are too short for an unusual word.
    ...['sg.', 'eaaa', 'eaag', ':aa', 'nrii-', 'nrak-', 'atbb', 'npm_', 'pypi-'],
    // AudiFi's own tokens, which are too short to make a line unusual.
    ...['wst_', 'wsk_', 'rft_', 'tkn_'],
  ],
  rules: [
    {
      name: 'private-key',
      before: '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----',
      // A truncated key ends at a quote.
      secret: '[^"]*?',
      after: '(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\\\\*"|$)',
      replacement: '[redacted]',
      when: ['private key'],
      changes: [
        [
          '{"k":"-----BEGIN PRIVATE KEY-----\\nMIIEvQ==\\n-----END PRIVATE KEY-----\\n"}',
          '{"k":"-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----\\n"}',
        ],
        ['-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----[redacted]'],
        [
          '{"m":"k=\\"-----BEGIN PRIVATE KEY-----\\nMIIE\\""}',
          '{"m":"k=\\"-----BEGIN PRIVATE KEY-----[redacted]\\""}',
        ],
      ],
      leaves: ['-----BEGIN CERTIFICATE----- MIIB'],
    },
    ...logins,
    ...keyMaterial,
    key(
      'json-web-token',
      'eyJ[A-Za-z0-9_-]{6,}(?:\\\\*["\'], ?\\\\*["\'][A-Za-z0-9_-]{16,}){1,2}|eyJ[A-Za-z0-9_-]{6,}\\.(?:eyJ[A-Za-z0-9_-]*|[A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]*){1,3}|[A-Za-z0-9_-]{16,})(?:\\.[A-Za-z0-9_-]*)*|v[1-4]\\.(?:local|public)\\.[A-Za-z0-9_-]{20,}',
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
      // Also keys of streams, of Twitch and Amazon IVS.
      'payment-or-stream-key',
      `(?:(?:sk|rk|pk|ek)_(?:live|test)_|whsec_|(?:pi|seti|cs)_[A-Za-z_]*[0-9][A-Za-z0-9_]*_secret_|sb_secret_)${word}{6,}|live_[0-9a-f]{6,}_[A-Za-z0-9]{20,}|(?:live|test)_[A-Za-z0-9]*(?:[a-z][A-Z]|[A-Z][a-z]|[0-9][a-z])[A-Za-z0-9]{14,}|sk_[a-z]{2}-[a-z]+-[0-9]_${word}{12,}`,
      ['live_', '_test_', 'whsec_', '_secret_', 'sk_us-', 'sk_eu-', 'sk_ap-'],
      [
        'sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc',
        'whsec_' + 'MfKQ9r8GKYqrTwjU',
        'pi_3Mtw_secret_' + 'YrKJUKribcBjcG8',
        'sk_us-west-2_' + 'abcdABCDefgh_567890',
        'live_' + '123456789_abcdefghij0123456789',
        'live_' + '3ZzKqXv7nWb2LrTy0MpCd9Hs',
      ],
      [
        'cus_NffrFeUfNV2Hib pi_3MtwBwLkdIwHu7ix28a3tqPa',
        'is_test_run=1',
        ...['live_sessions_count', 'go_test_internationalization'],
        'api_keys_secret_hash_unique',
      ],
    ),
    key(
      'chat-key',
      `(?:xox[abceoprs]-|xapp-)${word}{6,}|oauth:[A-Za-z0-9]{20,}|xkeysib-${word}{20,}|[MNO][A-Za-z0-9]{23,27}\\.${word}{6}\\.${word}{27,40}|A{18,}[A-Za-z0-9%]{30,}|EAA[A-Z][A-Za-z0-9_-]{40,}|EAA[A-Za-z0-9]{30,}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}|A21AA[A-Za-z0-9_-]{30,}`,
      ['xox', 'xapp-', 'oauth:', 'xkeysib-', '.', 'aaaaaaaaaa', 'eaa', 'a21aa', ':aa'],
      [
        'xoxb-' + '1234567890-abcdef',
        'oauth:' + '0123456789abcdefghijklmnopqrst',
        'MTk4NjIyNDgzNDcxOTI1MjQ4' + '.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs',
      ],
      ['foxox-terrier', 'oauth: failed'],
    ),
    awsSecretKey,
    key(
      'cloud-key',
      `A(?:KI|SI)A[0-9A-Z]{16}|AIza${word}{30,}|ya29\\.${word}{20,}|GOCSPX-${word}{20,}|1//0${word}{20,}|do[opr]_v1_[0-9a-f]{32,}|LTAI[0-9A-Za-z]{12,26}|AKID[0-9A-Za-z]{13,40}`,
      [
        'kia',
        'asia',
        'akid',
        'aiza',
        'ya29.',
        'gocspx-',
        '1//0',
        'dop_v1_',
        'doo_v1_',
        'dor_v1_',
        'ltai',
      ],
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
      `SG\\.${word}{16,}\\.${word}{16,}|key-[0-9a-z]{32}|[0-9a-f]{32}-us[0-9]{1,2}|mlsn\\.[0-9a-f]{32,}|pat-[a-z]{2}[0-9]-[0-9a-f]{8}-[0-9a-f-]{27}`,
      ['sg.', 'key-', '-us1', '-us2', 'mlsn.', 'pat-'],
      ['key-' + '02449893318f86f880ffcf2d20c72288'],
      ['SG.x', 'key-value'],
    ),
    ...moreKeys,
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
