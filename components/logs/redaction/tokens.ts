import { keep, type RedactionRule, start } from './rule';

const hexadecimal = '(?:0[xX])?[0-9a-fA-F]{32,}';

/** Keys that are recognised by a few characters before them, not by their format alone. */
export const keyMaterial: readonly RedactionRule[] = [
  {
    name: 'encoded-private-key',
    // Base64 of `-----BEGIN PRIVATE KEY-----`, also RSA, EC, DSA, OpenSSH, encrypted and PGP.
    before: 'LS0tLS1CRUdJTiB(?:QUklW|SU0Eg|FQyBQ|EU0Eg|PUEVO|FTkNS|QR1Ag)',
    secret: '[A-Za-z0-9+/=_-]+',
    replacement: '[redacted]',
    when: ['ls0tls1crudjti'],
    changes: [['key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0', 'key: LS0tLS1CRUdJTiBQUklW[redacted]']],
    leaves: ['LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0t', 'LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0t'],
  },
  {
    name: 'json-web-key',
    // Private members of a JWK.
    before: '(?:^|[^A-Za-z0-9_])(?:d|p|q|dp|dq|qi|k)(?:=|(?:\\\\*["\'])?\\s*:\\s*\\\\*["\'])',
    secret: '[A-Za-z0-9_=-]{16,}',
    replacement: '[redacted]',
    when: ['kty'],
    changes: [
      [
        '{"kty":"RSA","e":"AQAB","d":"5uKRhxOwj7QbGvKd7nL4"}',
        '{"kty":"RSA","e":"AQAB","d":"[redacted]"}',
      ],
      ["{ kty: 'OKP', d: '5uKRhxOwj7QbGvKd7nL4' }", "{ kty: 'OKP', d: '[redacted]' }"],
      ['JWK{kty=RSA,d=5uKRhxOwj7QbGvKd7nL4}', 'JWK{kty=RSA,d=[redacted]}'],
    ],
    leaves: ['{"kty":"RSA","n":"5uKRhxOwj7QbGvKd7nL4","kid":"5uKRhxOwj7QbGvKd7nL4"}'],
  },
  {
    name: 'own-token',
    // The prefix says what it is: a refresh token, an access token, a ticket.
    before:
      '(?:^|[^0-9A-Za-z_./-])(?:rt|at|st|wst|wsk|rft|prt|mlt|pat|ott|tkn|atk|rtk|dk|ak|apk|otk)[_-]',
    secret: '[A-Z0-9_-]{0,12}[a-z][a-z0-9_-]{0,12}[A-Z][A-Za-z0-9_-]{14,}',
    replacement: '[redacted]',
    when: [
      ...['rt_', 'at_', 'st_', 'wst_', 'wsk_', 'rft_', 'mlt_', 'ott_', 'tkn_', 'tk_', 'dk_', 'ak_'],
      ...['apk_', 'otk_', '"rt-', '"at-', '"st-'],
    ],
    changes: [
      ['{"presented":"rt_kM0AVGzR1B7nKq3mXwT9s"}', '{"presented":"rt_[redacted]"}'],
      ["ticket: 'wst_J5bUdE0sGfA9ohT3kWq8'", "ticket: 'wst_[redacted]'"],
    ],
    leaves: [
      'st_01HF8Z6Y3K8M4N2P5Q7R9S1T3V',
      'created_at_Europe_Berlin_Summer_Time1',
      '{"id":"st_clh2x9k0b0000qzrmn831i7rn"}',
    ],
  },
];

/** A hexadecimal key after its name, or after its notation. */
export const hexadecimalKey: RedactionRule = {
  name: 'hexadecimal-key',
  before:
    '(?i:\\b(?:private|signer|signing|deployer|secret|minter|relayer|encryption|master|hmac|aes)[ _-]?(?:key|pk|seed)(?:[ _-]hex)?(?:\\\\*["\'])?\\s*[:=(]?\\s*(?:is\\s+)?\\\\*["\']?|\\bseed(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?|(?:wallet|privatekeyto[a-z]+|from(?:private|secret)key|fromseed)\\(\\\\*["\']?|\\b(?:secret|token|password|(?:private|session|signing|encryption|master|hmac|aes|api|access|cookie)[ _-]?key)s?\\s+(?:\\((?:in )?(?:hex|bytes|[0-9]+ bytes?)\\)|(?:as |in )?(?:hex|bytes))(?:\\s*[:=])?\\s*\\\\*["\']?)',
  secret: hexadecimal,
  replacement: '[redacted]',
  when: ['key', '_pk', 'seed', 'wallet(', ' hex', '(hex', ' bytes'],
  changes: [
    [`signer key 0x${'5c504ed4'.repeat(8)}`, 'signer key [redacted]'],
    [`{"seed":"${'5c504ed4'.repeat(8)}"}`, '{"seed":"[redacted]"}'],
    [`aes key (16 bytes): ${'5c504ed4'.repeat(4)}`, 'aes key (16 bytes): [redacted]'],
    [`secret bytes: ${'5c504ed4'.repeat(8)}`, 'secret bytes: [redacted]'],
  ],
  leaves: [
    `public key ${'5c504ed4'.repeat(8)}`,
    `digest (hex): ${'5c504ed4'.repeat(8)}`,
    'seed=42',
    `tx 0x${'5c504ed4'.repeat(8)}`,
  ],
};

/**
 * Tokens with a prefix, as most providers issue them: `name_` and at least 32 random letters and
 * digits.
 */
export const prefixedTokens: readonly RedactionRule[] = [
  {
    name: 'blockchain-key',
    // Extended private keys, Bitcoin's wallet import format, and keys of Stellar and Tezos.
    before: '(?:^|[^0-9A-Za-z])',
    secret:
      '(?:[xyzt]prv[0-9A-Za-z]{50,}|5[HJK][1-9A-HJ-NP-Za-km-z]{49}|[KL][1-9A-HJ-NP-Za-km-z]{51}|S[A-Z2-7]{55}|(?:edsk|edesk|spsk|spesk|p2sk|p2esk)[1-9A-HJ-NP-Za-km-z]{45,})',
    after: '\\b',
    replacement: '[redacted]',
    changes: [
      [`xprv${'9s21ZrQH143K'.repeat(5)} x`, '[redacted] x'],
      [`wif 5H${'ueCGU8r'.repeat(7)}`, 'wif [redacted]'],
      [`seed S${'CZANGBA'.repeat(7)}ABCDEF`, 'seed [redacted]'],
      [`key: 'edsk${'FJn5JFE'.repeat(7)}H'`, "key: '[redacted]'"],
    ],
    leaves: ['xprv is short', 'Kubernetes'],
  },
  {
    name: 'identifier-with-prefix',
    // IDs of Stripe's checkout, and everything without capitals: hashes and IDs of containers.
    before:
      '(?:^|[^0-9A-Za-z])(?:cs_(?:test|live)_|[A-Za-z]{2,12}[_-](?:[A-Za-z0-9]{1,8}[_-]){0,3})',
    secret: '',
    after: '(?:a1[0-9A-Za-z]{50,}|[0-9a-z]{32,}|[0-9A-F]{32,}|[A-Za-z]{32,})(?:[^0-9A-Za-z]|$)',
    replacement: keep,
    changes: [
      [`docker-${'5c504ed4'.repeat(8)}.scope`, `docker-${keep}${'5c504ed4'.repeat(8)}.scope`],
    ],
    leaves: ['abc_Xy1'],
  },
  {
    name: 'prefixed-token',
    before: `${start}[A-Za-z]{2,12}[_-](?:[A-Za-z0-9]{1,8}[_-]){0,3}`,
    secret: '[A-Za-z0-9]{32,}',
    after: '(?:[^0-9A-Za-z]|$)',
    replacement: '[redacted]',
    changes: [['rnd_t6PyArdwgy5DG39ude8SXJz4Kcyq8kkrlY85 refused', 'rnd_[redacted] refused']],
    leaves: [
      'user_29w83sxmDNGwOuEthce5gg56FcC',
      'sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ==',
      `docker-${keep}${'5c504ed4'.repeat(8)}.scope`,
    ],
  },
];
