import { describe, expect, it } from '@jest/globals';
import { plainSpan } from '../../../components/logs/redaction/plain-spans';
import { opened, redact } from '../../lib/redact';
import fc, { alnum, chars, digits, hex, lower, runs } from '../../lib/fast-check';

/** A value that must not be stored, and the part that may stay. */
interface Planted {
  readonly text: string;
  readonly hidden: string;
}

const whole = (text: string): Planted => ({ text, hidden: text });

/** Secrets with a recognisable format. */
const shaped: fc.Arbitrary<Planted> = fc.oneof(
  fc
    .tuple(chars(lower, 2, 12), chars(lower, 3, 10), fc.constantFrom('com', 'io', 'co.uk'))
    .map(([name, domain, top]) => ({ text: `${name}@${domain}.${top}`, hidden: `${name}@` })),
  chars(`${hex}ABCDEF`, 40).map((a) => ({ text: `0x${a}`, hidden: a })),
  fc
    .tuple(fc.constantFrom('1', '44', '49', '353'), chars('123456789', 9))
    .map(([country, number]) => (country === '1' ? ['1', `5${number}`] : [country, number]))
    .map(([country, number = '']) => ({ text: `+${country}${number}`, hidden: number })),
  chars(digits, 3, 3).map((n) => ({ text: `(555) ${n}-4567`, hidden: `${n}-4567` })),
  fc
    .tuple(fc.constantFrom('', ' ', '-'), chars(digits, 12))
    .map(([gap, rest]) => whole(['4242', ...(rest.match(/.{4}/g) ?? [])].join(gap))),
  chars(alnum, 24).map((key) => whole(`sk_live_${key}`)),
  chars(alnum, 24).map((key) => whole(`whsec_${key}`)),
  chars(alnum, 24).map((key) => whole(`xoxb-123-${key}`)),
  fc
    .tuple(chars(alnum, 20), chars(alnum, 30), chars(alnum, 20))
    .map((parts) => whole(`eyJ${parts.join('.')}`)),
  chars(alnum, 20).map((key) => whole(`Bearer 0${key}`)),
);

const secretKey = fc.constantFrom(
  ...[
    'password',
    'newPassword',
    'DB_PASSWORD',
    'access_token',
    'refreshToken',
    'apiKey',
    'api-key',
  ],
  ...[
    'clientSecret',
    'authorization',
    'routing_key',
    'cardNumber',
    'mnemonic',
    'privateKey',
    'emailBody',
  ],
  ...['shippingAddress', 'postal_code', 'street'],
);

/** Ordinary content of a line, which must stay. */
const harmless = fc.oneof(
  fc.uuid(),
  chars(hex, 32),
  chars(hex, 64),
  chars(hex, 64).map((hash) => `0x${hash}`),
  chars(alnum, 6, 20).map((id) => `req_${id}`),
  chars(alnum, 6, 20).map((id) => `pi_${id}`),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => date.toISOString()),
  fc.integer({ min: 1_600_000_000_000, max: 1_999_999_999_999 }).map(String),
  fc.tuple(fc.nat(99_999), fc.nat(99)).map(([a, b]) => `${a}.${String(b).padStart(2, '0')} EUR`),
  fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((version) => `v${version.join('.')}`),
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((n) => `10.${n.join('.')}:9090`),
  fc.constantFrom('/v1/tracks/:id', 'GET', 'Track created successfully', 'audifi-dev-redis-1'),
);
const harmlessKey = fc.constantFrom(
  ...['requestId', 'userId', 'sessionId', 'traceId', 'path', 'version', 'message', 'price', 'etag'],
);

describe('redaction: properties', () => {
  it('keeps ids, hashes, times, prices and versions, as JSON and as text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(harmlessKey, harmless), { minLength: 1, maxLength: 8 }),
        (fields) => {
          const json = JSON.stringify(Object.fromEntries(fields));
          expect(redact(json)).toBe(json);
          const text = fields.map(([key, value]) => `${key}=${value}`).join(' ');
          expect(redact(text)).toBe(text);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('finds secrets by format in JSON, query strings and text, several in one line', () => {
    const around = fc.constantFrom(' ', ', ', '&x=', ' and "', '; (');
    fc.assert(
      fc.property(fc.array(fc.tuple(around, shaped), { minLength: 1, maxLength: 6 }), (planted) => {
        const text = planted.map(([before, { text }]) => `${before}${text}`).join('');
        for (const line of [text, JSON.stringify({ message: text, level: 'info' })]) {
          const redacted = redact(line);
          for (const [, { hidden }] of planted) expect(redacted).not.toContain(hidden);
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('drops secret fields with any value, and keeps JSON valid', () => {
    const value = fc.oneof(
      fc.string({ minLength: 8, unit: 'grapheme' }),
      fc.array(chars(alnum, 12), { minLength: 1, maxLength: 3 }),
      fc.dictionary(
        chars(lower, 4),
        fc.oneof(chars(alnum, 12), fc.dictionary(chars(lower, 3), chars(alnum, 12))),
        {
          minKeys: 1,
        },
      ),
      fc.integer({ min: 100_000_000 }),
    );
    fc.assert(
      fc.property(secretKey, value, harmlessKey, harmless, (key, secret, other, stays) => {
        const line = JSON.stringify({ [other]: stays, [key]: secret, level: 'info' });
        expect(JSON.parse(redact(line))).toEqual({
          [other]: stays,
          [key]: '[redacted]',
          level: 'info',
        });
        const wrapped = JSON.stringify({ level: 'warn', message: line });
        const inner = JSON.parse(redact(wrapped)) as { message: string };
        if (typeof secret === 'string')
          expect(JSON.parse(inner.message)).toHaveProperty(key, '[redacted]');
      }),
      { numRuns: runs(150) },
    );
  });

  it('drops secret fields in text and query strings', () => {
    fc.assert(
      fc.property(
        secretKey,
        fc.constantFrom('=', ': '),
        chars(`${alnum}!$%*+./@_~-`, 6, 30),
        (key, is, secret) => {
          const line = `failed ${key}${is}${secret} user=7`;
          expect(redact(line)).toBe(`failed ${key}${is}[redacted] user=7`);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('keeps any JSON valid, including nested JSON strings', () => {
    const text = fc.oneof(
      shaped.map(({ text }) => text),
      fc.string({ unit: 'grapheme' }),
      harmless,
    );
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(4111111111111111, 3500000000000000, 378282246310005.5, 491701234567, -1),
    );
    const key = fc.oneof(
      secretKey,
      harmlessKey,
      fc.constantFrom('phone', 'wallet', 'address', 'Cookie', '', '\\', '"'),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        text,
        number,
        fc.constantFrom(null, true, false),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
        // JSON inside JSON strings, up to the nesting depth.
        fc.dictionary(key, tie('value'), { maxKeys: 4 }).map((inner) => JSON.stringify(inner)),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), (fields) => {
        const redacted = redact(JSON.stringify(fields));
        expect(Object.keys(JSON.parse(redacted) as object)).toEqual(Object.keys(fields));
      }),
      { numRuns: runs(250) },
    );
  });

  it('checks every line with such content', () => {
    const around = fc.constantFrom(
      ' ',
      ', ',
      '&x=',
      ' and "',
      '; (',
      '\\n',
      '/',
      '_',
      '-',
      '\u003c',
    );
    fc.assert(
      fc.property(fc.tuple(around, shaped), ([before, { text }]) => {
        expect(opened(`a${before}${text}`)).toBe(true);
        expect(opened(JSON.stringify({ message: `a${before}${text} b`, level: 'info' }))).toBe(
          true,
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it('is complete after one pass', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            shaped.map(({ text }) => text),
            fc.string(),
            secretKey,
          ),
        ),
        (parts) => {
          const once = redact(parts.join(' '));
          expect(redact(once)).toBe(once);
        },
      ),
      { numRuns: runs(150) },
    );
  });
});

describe('a plain span', () => {
  const plain = new RegExp(plainSpan);
  const line = (attribute: string, text: string, name = 'GET'): string =>
    JSON.stringify({ attributes: { [attribute]: text }, name, status: '' });

  it('is one that the rules would not change', () => {
    const words = fc.constantFrom('password', 'token', 'pin', 'auth', 'secret', 'key', 'mail');
    fc.assert(
      fc.property(fc.stringMatching(plain), words, chars(lower, 4, 11), (made, word, value) => {
        const others = [
          line('url.path', `/${word}/${value}`),
          line('url.path', '/', `${word} ${value}`),
          line('cache.key', `${word}:${value}`),
          line('server.address', `${word}-${value}`),
        ];
        // The rules write `<` for the escape of it.
        const read = (text: string): string =>
          text.replace(/\\u003[ce]/g, (it) => JSON.parse(`"${it}"`) as string);
        for (const one of [made, ...others.filter((other) => plain.test(other))]) {
          expect(read(redact(one))).toBe(read(one));
        }
      }),
    );
  });

  const uuid = '3f2a9c1e-7b1d-4c1e-9a53-0c2f7d1b8e44';
  it.each<[string, object]>([
    ['SELECT tracks', { 'db.system.name': 'postgresql', 'user.id': uuid, 'track.id': uuid }],
    [
      'GET',
      {
        'http.method': 'GET',
        'http.scheme': 'http',
        'http.flavor': '1.1',
        'http.status_code': 200,
      },
    ],
    ['GET', { 'net.peer.name': 'localhost', 'net.peer.port': 8080, 'net.transport': 'ip_tcp' }],
    [
      'middleware - corsMiddleware',
      { 'express.name': 'corsMiddleware', 'express.type': 'middleware', 'http.route': '/' },
    ],
    ['middleware - <anonymous>', { 'express.name': '<anonymous>', 'express.type': 'middleware' }],
    [
      'request handler - /v1/tracks/:id',
      { 'express.name': '/v1/tracks/:id', 'express.type': 'request_handler' },
    ],
    ['pg.connect', { 'db.system': 'postgresql', 'db.name': 'audifi', 'net.peer.port': 5432 }],
  ])('may be of automatic instrumentation, or have UUIDs: %s', (name, attributes) => {
    const text = JSON.stringify({ attributes, name, status: '' });
    expect(plain.test(text)).toBe(true);
    // As the collector writes it.
    expect(plain.test(text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'))).toBe(true);
  });

  it.each([
    ['url.full', 'https://api.example.com/v1'],
    ['http.url', 'http://localhost:8080/v1'],
    ['http.target', '/v1/tracks?page=2'],
    ['db.statement', 'SELECT 1'],
    ['db.query.text', 'SELECT 1'],
    ['user_agent.original', 'curl'],
    ['http.user_agent', 'curl'],
    ['client.address', '10.0.0.1'],
    ['user.id', `${uuid}-1`],
    ['user.id', uuid.replaceAll('-', '')],
  ])('has no free text: %s', (attribute, text) => {
    expect(plain.test(line('user.id', 'usr_1'))).toBe(true);
    expect(plain.test(line(attribute, text))).toBe(false);
  });

  it('has no secret of a recognisable format', () => {
    expect(plain.test(line('url.path', '/v1/tracks/trk_1'))).toBe(true);
    fc.assert(
      fc.property(shaped, ({ text }) => expect(plain.test(line('url.path', text))).toBe(false)),
    );
  });
});
