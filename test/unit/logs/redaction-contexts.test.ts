import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/redact';
import fc, { alnum, chars, digits, hex, lower, runs } from '../../lib/fast-check';

/**
 * A rule by the name before a value may redact only a part of it, and then no rule by format finds
 * the rest. So each format is tried after many words, in text and in JSON.
 */

const capitals = lower.toUpperCase() + digits;
const word = `${alnum}_-`;

/** A value, and its part that must not be stored. */
type Value = fc.Arbitrary<readonly [text: string, hidden: string]>;
const key = (prefix: string, alphabet: string, length: number, rest = ''): Value =>
  chars(alphabet, length).map((body) => [prefix + body + rest, body.slice(2, -2)]);
/** Parts with dots between them. The last one must not be stored. */
const dotted = (first: string, ...lengths: readonly number[]): Value =>
  fc
    .tuple(...lengths.map((length) => chars(alnum, length)))
    .map((parts) => [first + parts.join('.'), (parts.at(-1) ?? '').slice(2, -2)]);

const formats: Readonly<Record<string, Value>> = {
  'JSON web token': dotted('eyJ', 17, 43, 43),
  'encrypted JSON web token': dotted('eyJ', 36, 0, 16, 40, 22),
  Stripe: key('sk_live_', alnum, 24),
  'Stripe webhook': key('whsec_', alnum, 32),
  GitHub: key('ghp_', alnum, 36),
  GitLab: key('glpat-', word, 20),
  AWS: key('AKIA', capitals, 16),
  Slack: key('xoxb-123456789012-', alnum, 24),
  'Slack webhook': key('https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/', alnum, 24),
  Discord: key('https://discord.com/api/webhooks/112233445566778899/', word, 68),
  Telegram: key('8313893286:AA', word, 33),
  Google: key('ya29.', word, 80),
  OpenAI: key('sk-proj-', alnum, 48),
  Anthropic: key('sk-ant-api03-', word, 90),
  DigitalOcean: key('dop_v1_', hex, 64),
  Mailgun: key('key-', hex, 32),
  Mailchimp: key('', hex, 32, '-us14'),
  SendGrid: dotted('SG.', 22, 43),
  npm: key('npm_', alnum, 36),
  PyPI: key('pypi-AgEIcHlwaS5vcmc', word, 80),
  Shopify: key('shpat_', hex, 32),
  Square: key('EAAA', word, 60),
  Sentry: key('sntryu_', hex, 64),
  'New Relic': key('NRAK-', capitals, 27),
  Bitbucket: key('ATBB', alnum, 32),
  Shippo: key('shippo_live_', hex, 40),
  Infura: key('https://mainnet.infura.io/v3/', hex, 32),
  Alchemy: key('https://eth-mainnet.g.alchemy.com/v2/', word, 32),
  'Argon2 hash': key('$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$', alnum, 43),
  'connection string': key('postgres://app:', alnum, 14, '@db:5432/x'),
  'private key': key(
    '-----BEGIN PRIVATE KEY-----\n',
    `${alnum}+/`,
    64,
    '\n-----END PRIVATE KEY-----\n',
  ),
};

const before = fc.constantFrom(
  ...['session', 'sid', 'token', 'ticket', 'code', 'name', 'user', 'key', 'secret', 'password'],
  ...['id', 'address', 'to', 'for', 'login', 'account', 'auth', 'customer', 'number', 'invalid'],
  ...['refused', 'job', 'webhook', 'wallet', 'holder', 'signature', 'cookie', 'link', 'device'],
);
const around = fc.constantFrom<readonly [string, string]>(
  ...([[' '], [': '], ['='], [' = '], [' ('], [', '], ['\n'], ['-> '], [' → ']] as const).map(
    ([left]) => [left, left === ' (' ? ')' : ''] as const,
  ),
  [" '", "'"],
  [': "', '"'],
  [' <', '>'],
  [' [', ']'],
);

const idOf = (prefix: string, alphabet: string, length: number, rest = ''): fc.Arbitrary<string> =>
  chars(alphabet, length).map((body) => prefix + body + rest);
/** Values that say where a failure happened. They must stay after words that name no secret. */
const harmless: Readonly<Record<string, fc.Arbitrary<string>>> = {
  UUID: fc.uuid(),
  'digest of an image': idOf('ghcr.io/audifi/api:v4.18.2@sha256:', hex, 64),
  commit: idOf('', hex, 40),
  'trace context': fc
    .tuple(chars(hex, 32), chars(hex, 16))
    .map(([trace, span]) => `00-${trace}-${span}-01`),
  'payment intent': idOf('pi_3', alnum, 23),
  'event of Stripe': idOf('evt_1', alnum, 23),
  customer: idOf('cus_', alnum, 14),
  ULID: idOf('01', '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24),
  'object ID of MongoDB': idOf('', hex, 24),
  pod: idOf('api-server-7d9f8b6c5d-', 'bcdfghjklmnpqrstvwxz2456789', 5),
  'file of a bundle': idOf('/assets/index-', alnum, 8, '.js'),
  'object in a bucket': fc.uuid().map((id) => `s3://audifi-media/tracks/${id}/master.wav`),
  URL: fc.uuid().map((id) => `https://api.audifi.io/v1/tracks/${id}/stems?page=2&sort=name`),
  class: fc.constantFrom('PrismaClientKnownRequestError', 'org.x.DataIntegrityViolationException'),
  transaction: idOf('0x', hex, 64),
  CID: idOf('bafybei', 'abcdefghijklmnopqrstuvwxyz234567', 52),
  'time in nanoseconds': idOf('17643', digits, 14),
  address: idOf('10.0.1.', '123456789', 2, ':5432'),
  'position in a WAL': idOf('1A/', '0123456789ABCDEF', 8),
  job: idOf('bull:transcode:', digits, 6),
  version: idOf('v4.18.2-rc.1+', hex, 7),
  'track of AudiFi': idOf('trk_', lower + digits, 12),
};
const plainWord = fc.constantFrom(
  ...['job', 'id', 'to', 'from', 'for', 'customer', 'sent', 'version', 'commit', 'image', 'track'],
  ...['order', 'pod', 'container', 'file', 'path', 'query', 'request', 'retry', 'in', 'of', 'host'],
  ...['upload', 'digest', 'trace', 'event', 'queue', 'node', 'status', 'expected', 'got', 'with'],
);

describe('no redaction of a value that is no secret after any other word', () => {
  it.each(Object.entries(harmless))('%s', (_, value) => {
    fc.assert(
      fc.property(plainWord, around, value, (name, [left, right], text) => {
        const line = `done ${name}${left}${text}${right} ok`;
        for (const form of [line, JSON.stringify({ level: 'error', message: line })]) {
          expect(redact(form)).toBe(form);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('redaction of a value with a known format after any word', () => {
  it.each(Object.entries(formats))('%s', (_, value) => {
    fc.assert(
      fc.property(before, around, value, (name, [left, right], [text, hidden]) => {
        const line = `upload ${name}${left}${text}${right} refused`;
        for (const form of [line, JSON.stringify({ level: 'error', message: line })]) {
          expect(redact(form)).not.toContain(hidden);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
