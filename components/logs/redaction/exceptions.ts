import { keep, type RedactionRule } from './rule';

const path = '(?:[A-Za-z0-9_.~@-]*/)*[A-Za-z0-9_.@-]+';

/** Harmless values after the name of a secret: users in URLs, paths, counts and references. */
export const exceptions: readonly RedactionRule[] = [
  {
    name: 'user-of-url',
    // `x-access-token:…@github.com`: the rules for URLs remove the password and leave the host.
    when: ['://'],
    before: '://[^\\s/:@"\'\\\\]{0,60}',
    secret: '',
    after: ':[^\\s"\'\\\\@]+@[A-Za-z0-9\\[]',
    replacement: keep,
    changes: [
      [
        'https://x-access-token:abc1@github.com/a',
        `https://x-access-token${keep}:abc1@github.com/a`,
      ],
    ],
    leaves: ['https://audifi.io/token:abc1', 'https://db:5432/x'],
  },
  {
    name: 'path-of-key',
    when: [
      ...['.key', '.pem', '.crt', '.cer', '.p12', '.pfx', '.der', '.jwk', '.jks', '.ppk', '.asc'],
      ...['.json', '.txt', '.env', '.yaml', '.yml', '/run/', '/etc/', '/var/', '/secrets/'],
    ],
    before:
      '(?i:(?:^|[^a-z0-9])(?:--?[a-z0-9-]{0,30}(?:key|token|secret|pass(?:word)?|credentials?)[ =]|(?:[a-z0-9]+[_-])*(?:key|secret|credentials?)(?:[_-]file)?=)\\\\*["\']?)',
    secret: '',
    after: `(?:${path}\\.(?:key|pem|crt|cer|p12|pfx|der|jwks?|jks|ppk|asc|json|txt|env|ya?ml)|/(?:run|etc|var)/${path}|/(?:[a-z0-9_-]+/)*secrets/${path})(?:[\\s"'\\\\,;)\\]]|$)`,
    replacement: keep,
    changes: [
      ['openssl -inkey /run/tls/tls.key -out x', `openssl -inkey ${keep}/run/tls/tls.key -out x`],
      ['ssh --private-key ./id.pem', `ssh --private-key ${keep}./id.pem`],
      ['SERVER_KEY=/etc/ssl/server', `SERVER_KEY=${keep}/etc/ssl/server`],
      ['--secret /run/secrets/db', `--secret ${keep}/run/secrets/db`],
    ],
    leaves: ['--api-key abc/def.keys', 'password=/etc/x.key', '--token a.b.jsonx'],
  },
  {
    name: 'routing-key',
    // A topic of a message broker. The key of a service such as PagerDuty has no dots.
    when: ['routing'],
    before: '(?i:routing[ _-]?key(?:\\\\*["\'`])?\\]?\\s*(?:=>|[:=])\\s*)',
    secret: '',
    after:
      '\\\\*["\'`]?(?:[a-z][a-z_-]*|[*#])(?:\\.(?:[a-z][a-z_-]*|v[0-9]|[*#]))+(?:[\\s"\'`\\\\,;&)}\\]]|$)',
    replacement: keep,
    changes: [
      ['routingKey=track.uploaded n=1', `routingKey=${keep}track.uploaded n=1`],
      ['{"routing_key":"track.v2.*"}', `{"routing_key":${keep}"track.v2.*"}`],
    ],
    leaves: ['routing_key=' + '0123456789abcdef'.repeat(2), 'routingKey=hunter', 'routingKey=a.B1'],
  },
  {
    name: 'count-of-tokens',
    // `"BadDeviceToken":0` counts errors. A token has more digits.
    when: ['ken"', 'ken\\', 'kens"', 'ken=', 'ken:', "ken'"],
    before: '(?i:[a-z]tokens?)(?:\\\\*["\']\\s*:\\s*|\\s*[:=]\\s*)',
    secret: '',
    after: '[0-9]{1,3}(?:[^0-9A-Za-z._+/=~-]|$)',
    replacement: keep,
    changes: [
      ['{"apns/BadDeviceToken":0,"n":1}', `{"apns/BadDeviceToken":${keep}0,"n":1}`],
      ['{ ExpiredProviderToken: 12 }', `{ ExpiredProviderToken: ${keep}12 }`],
      ['InvalidToken=3', `InvalidToken=${keep}3`],
    ],
    leaves: ['{"token":12}', 'accessToken=1234', 'accessToken=3f2c'],
  },
  {
    name: 'reference-to-secret',
    // Kubernetes names an object, which holds the secret elsewhere.
    when: ['namespace'],
    before: '(?i:secret[a-z]{0,20}(?:\\\\*")?:\\s*)',
    secret: '',
    after:
      '\\{(?:\\\\*"(?:name|namespace|kind|apiVersion|uid)\\\\*":\\s*\\\\*"[^"\\\\]*\\\\*",?\\s*){2,}\\}',
    replacement: keep,
    changes: [
      [
        '{"ExternalSecret":{"name":"stripe","namespace":"audifi"}}',
        `{"ExternalSecret":${keep}{"name":"stripe","namespace":"audifi"}}`,
      ],
    ],
    leaves: ['{"secret":{"name":"a","value":"x1"}}'],
  },
];
