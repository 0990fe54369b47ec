import { keep, type RedactionGroup } from './redaction-rule';

/** A part of a signature: a run of base64 or hexadecimal digits with a digit, no word. */
const part = '(?:[a-z0-9]{1,6}[=,])?[A-Za-z+/_.:%~-]{0,20}[0-9][A-Za-z0-9+/_.:%~-]{12,}={0,2}';
const nextPart = '(?:[,;] ?(?:[a-z0-9]{1,6}[=,])?[A-Za-z0-9+/_.:%~-]{16,}={0,2})';
const parameter = '[A-Za-z0-9_-]+=(?:\\\\+"[^"\\\\]*\\\\+"|"[^"\\\\]*"|[^\\s,;"\'\\\\]+)';

/** Headers whose values have several parts. They come before the rules for fields. */
export const headers: RedactionGroup = {
  name: 'headers',
  when: ['uthorization', 'ket-protocol', 'gnature', 'hmac'],
  opens: ['uthorizat', 'ket-protocol', 'gnature', 'hmac'],
  rules: [
    {
      name: 'authorization-parameters',
      // Digest, Hawk, OAuth 1 and others.
      before: `(?i:authorization(?:\\\\*["'])?\\s*[:=,]\\s*\\[?\\s*(?:\\\\*["'])?[a-z0-9-]+\\s+)`,
      secret: `${parameter}(?:,\\s*${parameter})+`,
      replacement: '[redacted]',
      when: ['uthorization'],
      changes: [
        [
          'authorization: Digest username="ada", response="6629fae4", qop=auth',
          'authorization: Digest [redacted]',
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
      before: `(?i:sec-websocket-protocol(?:\\\\*["'])?\\s*[:,=]\\s*\\[?\\s*(?:\\\\*["'])?(?:[a-z0-9.-]{1,20}, ?){0,3})`,
      secret: '[A-Za-z_~-]{0,24}[0-9][A-Za-z0-9_~.-]{15,}',
      replacement: '[redacted]',
      when: ['ket-protocol'],
      changes: [
        [
          '{"Sec-Websocket-Protocol":["graphql-ws, UqPacTe54OG00chb7cF9jFur"]}',
          '{"Sec-Websocket-Protocol":["graphql-ws, [redacted]"]}',
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
