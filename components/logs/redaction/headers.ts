import { separator } from './fields';
import { anyName } from './names';
import { structs } from './structs';
import { argon2Hash, json, keep, type RedactionGroup } from './rule';

/** A part of a signature: a run of base64 or hexadecimal digits with a digit, no word. */
const part = '(?:[a-z0-9]{1,6}[=,])?[A-Za-z+/_.:%~-]{0,20}[0-9][A-Za-z0-9+/_.:%~-]{12,}={0,2}';
const nextPart = '(?:[,;] ?(?:[a-z0-9]{1,6}[=,])?[A-Za-z0-9+/_.:%~-]{16,}={0,2})';
const parameter = '[A-Za-z0-9_-]+=(?:\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\]*"|[^\\s,;"\'\\\\]+)';

/** Values of several words or with commas or a login, which the rules for fields would cut. */
export const composedValues: RedactionGroup = {
  name: 'composed-values',
  // The names are those of fields, which open the theme.
  opens: [],
  rules: [
    {
      name: 'composed-value',
      before: `(?i:${anyName}s?)${separator}`,
      secret:
        '(?:-----BEGIN [A-Z0-9 ]+-----[^"-]*(?:-----END [A-Z0-9 ]+-----)?|' +
        argon2Hash +
        '|[a-z][a-z0-9+]{1,15}://[^\\s"\'\\\\/:@]*:[^\\s"\'\\\\@]+@[^\\s"\'\\\\;,<]+)',
      replacement: '[redacted]',
      when: ['-----begin', '$argon2', '://'],
      changes: [
        ['secret: redis://:hunter2@cache:6379/0 x', 'secret: [redacted] x'],
        [
          'token = -----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY----- x',
          'token = [redacted] x',
        ],
        ['password=$argon2id$v=19$m=65536,t=3,p=4$c2Fsd$aGFz x', 'password=[redacted] x'],
      ],
      leaves: ['token: https://audifi.io/docs', 'password = $1', 'secret: db://cache'],
    },
    ...structs,
    {
      name: 'shell-quoted-value',
      // A shell string that contains a quote: `'it'"'"'s'`.
      before: `(?i:${anyName}s?)=`,
      secret: `'[^'"\\\\]*'(?:\\\\*"'\\\\*"'[^'"\\\\]*'|\\\\''[^'"\\\\]*')+`,
      replacement: '[redacted]',
      when: [`'"'"'`, `"'\\`, "'\\''"],
      changes: [
        [`PGPASSWORD='Kj3'"'"'wN9' pg_dump`, 'PGPASSWORD=[redacted] pg_dump'],
        [`{"m":"PGPASSWORD='a'\\"'\\"'b' x"}`, '{"m":"PGPASSWORD=[redacted] x"}'],
        ["PGPASSWORD='Kj3'\\''wN9' pg_dump", 'PGPASSWORD=[redacted] pg_dump'],
      ],
      leaves: [`TITLE='it'"'"'s'`],
    },
  ],
};

const digest = 'digest (?:username|realm|nonce|response|uri|qop|algorithm|cnonce|opaque|nc)=';

/** Headers whose values have several parts. They come before the rules for fields. */
export const headers: RedactionGroup = {
  name: 'headers',
  when: ['uthorization', 'ket-protocol', 'gnature', 'hmac', '-key', '-auth'],
  opens: ['uthorizat', 'ket-protocol', 'gnature', 'hmac'],
  rules: [
    {
      name: 'digest-parameter',
      before: '(?i:\\b(?:response|c?nonce|opaque|rspauth)=\\\\*"?)',
      secret: '[^\\s"\',\\\\[]+',
      replacement: '[redacted]',
      when: { matches: digest },
      changes: [
        [
          'Authorization: Digest username="ada",response="6629fae4",algorithm=MD5',
          'Authorization: Digest username="ada",response="[redacted]",algorithm=MD5',
        ],
      ],
      leaves: ['Digest algorithm=MD5, qop=auth', 'authorization ok, digest sha256:1 response=200'],
    },
    {
      name: 'digest',
      // What remains is no secret.
      before: '(?i:authorization\\s*[:=,]\\s*)',
      secret: '',
      after: '(?i:digest\\s+[a-z]+=)',
      replacement: keep,
      when: { matches: digest },
      changes: [['Authorization: Digest realm="x"', `Authorization: ${keep}Digest realm="x"`]],
      leaves: ['digest authorization: hunter2', '{"authorization":"Digest realm=1"}'],
    },
    {
      name: 'authorization-parameters',
      // Hawk, OAuth 1 and others.
      before: `(?i:authorization(?:\\\\*["'])?\\s*[:=,]\\s*\\[?\\s*(?:\\\\*["'])?[a-z0-9-]+\\s+)`,
      secret: `${parameter}(?:,\\s*${parameter})+`,
      replacement: '[redacted]',
      when: ['uthorization'],
      changes: [
        [
          'authorization: OAuth username="ada", response="6629fae4", qop=auth',
          'authorization: OAuth [redacted]',
        ],
        [
          '{"m":"Authorization: Hawk id=\\"dh37\\", mac=\\"6R4rV5iE+N=\\""}',
          '{"m":"Authorization: Hawk [redacted]"}',
        ],
      ],
      leaves: ['authorization: denied, role=viewer', 'www-authenticate: Digest realm="x", qop="y"'],
    },
    {
      name: 'websocket-protocol',
      // Clients that cannot set headers send a token as a subprotocol.
      before: `(?i:sec-websocket-protocol(?:\\\\*["'])?\\s*[:,=]\\s*\\[?\\s*(?:\\\\*["'])?(?:[a-z0-9.-]{1,20}, ?){0,3}(?:[a-z0-9_.-]{0,40}(?:token|bearer|jwt|auth|key|ticket|authorization\\.k8s\\.io)[., ])?)`,
      secret: '[A-Za-z_~-]{0,24}[0-9][A-Za-z0-9_~.-]{15,}',
      replacement: '[redacted]',
      when: ['ket-protocol'],
      changes: [
        [
          '{"Sec-Websocket-Protocol":["graphql-ws, UqPacTe54OG00chb7cF9jFur"]}',
          '{"Sec-Websocket-Protocol":["graphql-ws, [redacted]"]}',
        ],
        [
          '{"sec-websocket-protocol":"v2, access_token.IrOAN8QP1_zNYENIamQJfXnwa"}',
          '{"sec-websocket-protocol":"v2, access_token.[redacted]"}',
        ],
      ],
      leaves: ['Sec-WebSocket-Protocol: graphql-transport-ws', 'sec-websocket-version: 13'],
    },
    {
      name: 'signature',
      // A musical signature (`4/4`, `A minor`) is short.
      before:
        '(?i:(?:signature|hmac)(?:[_-](?:256|sha-?[0-9]{1,3}|ed25519))?(?:\\\\*["\'])?\\]?\\s*(?:=>|[:=,]|%3d)\\s*\\[?\\s*(?:\\\\*["\'])?)',
      secret: `(?:${part}${nextPart}*|[a-z]{1,6}=[0-9]+${nextPart}+)`,
      replacement: '[redacted]',
      when: ['gnature', 'hmac'],
      changes: [
        ['x-hub-signature-256: sha256=0a1b2c3d4e5f60718293', 'x-hub-signature-256: [redacted]'],
        [
          '{"stripe-signature":"t=1795662000,v1=0a1b2c3d4e5f60718293"}',
          '{"stripe-signature":"[redacted]"}',
        ],
        [
          "'x-shopify-hmac-sha256': 'HSlgC5jDks909Fo5FtYQ58CT=='",
          "'x-shopify-hmac-sha256': '[redacted]'",
        ],
        ['Paddle-Signature: ts=1795662000;h1=0a1b2c3d4e5f60718293', 'Paddle-Signature: [redacted]'],
      ],
      leaves: [
        'track key signature: A minor, time signature: 4/4',
        '{"signature":"4/4","keySignature":"A minor"}',
        'Invalid signature: unsupported-algorithm',
        '{ signatureVersion: 4 }',
      ],
    },
    {
      name: 'musical-signature',
      before: '"(?i:(?:time|key)_?signature)"\\s*:\\s*',
      secret: '',
      after: '[\\[{]',
      replacement: keep,
      when: ['gnature":{', 'gnature": {', 'gnature":['],
      changes: [
        ['{"timeSignature":{"numerator":6}}', `{"timeSignature":${keep}{"numerator":6}}`],
        ['{"key_signature":{"fifths":-2}}', `{"key_signature":${keep}{"fifths":-2}}`],
      ],
      leaves: ['{"messageSignature":{"r":"0xb8"}}', '{"timeSignature":"4/4"}'],
    },
    {
      name: 'signature-object',
      // A wallet's signature as an object: `{ r, s, v }`.
      before: '(?i:[a-z0-9_]*signature)"\\s*:\\s*',
      secret: json.composed,
      replacement: '"[redacted]"',
      when: ['gnature":{', 'gnature": {', 'gnature":['],
      changes: [
        [
          '{"signature":{"v":28,"r":"0xb8","s":"0xa6"},"gas":1}',
          '{"signature":"[redacted]","gas":1}',
        ],
        ['{"messageSignature":{"r":"0xb8"}}', '{"messageSignature":"[redacted]"}'],
      ],
      leaves: ['{"signatures":{"n":1}}', '{"signatureType":{"n":1}}'],
    },
    {
      name: 'signature-object-in-text',
      before: '(?i:signature(?:\'|\\\\+")?\\s*[:=]\\s*)',
      secret: `(?:\\{[^{}"\\\\]*\\b[rs]: [^{}"\\\\]*\\}|\\{(?:[^{}"\\\\]|\\\\+")*\\\\+"[rs]\\\\+":(?:[^{}"\\\\]|\\\\+")*\\})`,
      replacement: 'null',
      when: ['gnature'],
      changes: [
        ["{ signature: { r: '0xb8', s: '0xa6', v: 28 }, n: 1 }", '{ signature: null, n: 1 }'],
        [
          '{"m":"{\\"signature\\":{\\"r\\":\\"0xb8\\",\\"s\\":\\"0xa6\\"}}"}',
          '{"m":"{\\"signature\\":null}"}',
        ],
      ],
      leaves: ["signature: { alg: 'RS256' }"],
    },
    {
      name: 'no-secret-header',
      before:
        '(?i:\\bx-(?:[a-z0-9]+-)*(?:idempoten(?:cy|t)|cache|partition|surrogate|sort|object|limit|dedup(?:e|lication)?|request|correlation|trace|primary|shard(?:ing)?|message|public|blob|group|routing|lock)-key(?:\\\\*["\'])?\\s*[:=,]\\s*\\[?\\s*\\\\*["\']?)',
      secret: '',
      after: '[A-Za-z0-9]',
      replacement: keep,
      when: ['-key'],
      changes: [['X-Idempotency-Key: 7Pq0sWm4', `X-Idempotency-Key: ${keep}7Pq0sWm4`]],
      leaves: ['X-Device-Key: 7Pq0sWm4'],
    },
    {
      name: 'key-header',
      // `X-` headers with any name that ends in `key` or `auth`. Caddy writes values as a list.
      before:
        '(?i:\\bx-(?:[a-z0-9]+-)*(?:key|auth)(?:\\\\*["\'])?\\s*(?:=>|[:=,])\\s*\\[?\\s*\\\\*["\']?(?:[a-z_]{1,12}=(?:[a-z0-9_-]{1,20}[;,] ?[a-z_]{1,12}=)?)?)',
      secret: `(?:[A-Za-z_+/.~-]{0,24}[0-9][A-Za-z0-9_+/=.~:-]{7,}|[A-Za-z_+/.~-]{20,}=*)`,
      replacement: '[redacted]',
      when: ['-key', '-auth'],
      changes: [
        ['X-Partner-Auth: ptn_4Kd8sLq0Zx', 'X-Partner-Auth: [redacted]'],
        ['{"X-Device-Key":["dk_7Pq0sWm4LzXv9"]}', '{"X-Device-Key":["[redacted]"]}'],
        ['x-partner-key: 7Pq0sWm4LzXv9', 'x-partner-key: [redacted]'],
        ["'x-a-key' => [ '7Pq0sWm4LzXv9' ]", "'x-a-key' => [ '[redacted]' ]"],
        ['{"X-Own-Auth":["svc=web;k=7Pq0sWm4LzXv9"]}', '{"X-Own-Auth":["svc=web;k=[redacted]"]}'],
      ],
      leaves: ['x-access-key-id: none', 'x-key: missing', 'matrix-keys: 7Pq0sWm4LzXv9'],
    },
    {
      name: 'spoken-signature',
      before:
        '(?i:\\b(?:signature|expected|got|received|computed|calculated|actual)(?: signature)?[:=]?\\s+\\\\*["\']?(?:(?:sha[0-9]{1,3}|v[0-9])=)?)',
      secret: '[0-9a-fA-F]{40,128}',
      after: '\\b',
      replacement: '[redacted]',
      when: ['gnature'],
      changes: [
        [
          'expected signature 5c504ed432cb51138bcf09aa5e8a410dd4a1e204',
          'expected signature [redacted]',
        ],
        [
          'bad signature: got sha256=5c504ed432cb51138bcf09aa5e8a410dd4a1e204',
          'bad signature: got sha256=[redacted]',
        ],
      ],
      leaves: ['signature of commit 50b6201a', `signature: ${keep}missing`],
    },
  ],
};
