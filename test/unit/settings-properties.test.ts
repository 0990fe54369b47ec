import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../components/settings';
import { SettingsError } from '../../components/settings/errors';
import { settingsSchema } from '../../components/settings/schema';
import { afterCommand, refusal, stackConfig, type Tree } from '../lib/pulumi-config';
import { configWith, leaves } from '../lib/settings-arbitrary';
import fc, { runs } from '../lib/fast-check';

/** Names with a meaning in the schema or in JavaScript, and others. */
const key = fc.oneof(
  fc.constantFrom(
    ...Object.keys(settingsSchema.shape),
    ...['port', 'checks', 'addresses', 'dns', 'name', 'url', 'enabled', 'interval', 'worker'],
    ...['externalLabels', 'bearerToken', 'retentionSize', 'storage', 'kind', 'prometheus'],
    ...['constructor', 'toString', 'hasOwnProperty', 'a.b', 'a[0]', '"', "it's", 'ä ö'],
  ),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const leaf = fc.oneof(
  fc.constantFrom(
    '15s',
    '1GiB',
    'docker',
    'kubernetes',
    'http',
    'certificate',
    'a:1',
    'https://x.io',
  ),
  fc.integer({ min: -1, max: 70_000 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const tree: fc.Arbitrary<Tree> = fc
  .dictionary(key, anything, { maxKeys: 6, noNullPrototype: true })
  // Values that JSON cannot represent cannot be in a config either.
  .map((value) => JSON.parse(JSON.stringify(value)) as Tree);

describe('any config', () => {
  it('is accepted, or rejected with our own error', () => {
    fc.assert(
      fc.property(tree, fc.subarray(Object.keys(settingsSchema.shape)), (config, secretKeys) => {
        const error = refusal(stackConfig(config, { secretKeys }));
        for (const problem of error?.problems ?? []) {
          expect(problem.key).not.toBe('');
          expect(problem.fix).toMatch(/^pulumi config /);
          expect(problem.what).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('may contain any text from the engine', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{', '[1', '-', '1e999', '""'));
    const names = fc.oneof(key, fc.constantFrom('__proto__', ''));
    fc.assert(
      fc.property(fc.dictionary(names, text), (values) => {
        try {
          parseSettings({ stack: 'dev', values, secretKeys: new Set() });
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('is valid after all suggested commands', () => {
    fc.assert(
      fc.property(tree, (config) => {
        const current = stackConfig(config);
        const { problems = [] } = refusal(current) ?? {};
        const fixed = problems.reduce((c, { fix }) => afterCommand(c, fix), current);
        expect(refusal(fixed)?.message).toBeUndefined();
      }),
      {
        numRuns: runs(300),
        examples: [
          [{ '--0': {} }],
          [{ kubernetes: [] }],
          [{ grafana: { oauth: { clientSecret: 'x' } } }],
          [{ redis: { host: 'a b' }, postgres: { host: 1.5 } }],
          [{ prometheus: { port: [], externalLabels: { a: [] } } }],
          [{ platform: 'kubernetes', targets: { worker: { kubernetes: { port: 1 }, dns: {} } } }],
        ],
      },
    );
  });
});

describe('a secret value never appears in a message', () => {
  const secret = fc
    .string({
      minLength: 12,
      maxLength: 24,
      unit: fc.constantFrom('A', 'B', 'X', 'Y', 'Z', '2', '7'),
    })
    .map((text) => `s3cr3t${text}`);

  it('where Pulumi encrypts it', () => {
    const places: ((secret: string) => Tree)[] = [
      (s) => ({ prometheus: { externalUrl: `ftp://${s}.io` } }),
      (s) => ({ prometheus: { port: s, retentionSize: s, storage: s, scrapeInterval: s } }),
      (s) => ({ prometheus: { externalLabels: { env: s, 'a-b': s } } }),
      (s) => ({ prometheus: { externalLabels: [s] } }),
      (s) => ({ targets: { worker: { addresses: [`http://${s}`], scheme: s, interval: s } } }),
      (s) => ({ targets: { worker: { dns: { name: `${s}/`, type: s } } } }),
      (s) => ({ targets: s, uptime: s, prometheus: [s], kubernetes: s, nodeExporter: s }),
      (s) => ({ uptime: { checks: [{ name: 'x', url: `http://${s}.io`, kind: 'certificate' }] } }),
      (s) => ({
        uptime: { checks: [1, 2].map(() => ({ name: s.toLowerCase(), url: 'https://x' })) },
      }),
      (s) => ({ platform: s, network: `${s}/`, environment: s }),
      (s) => ({ platform: 'kubernetes', network: s }),
      (s) => ({ metricsToken: { a: s }, promethues: s }),
    ];
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (value, place) => {
        const config = place(value);
        const secretKeys = Object.keys(config);
        const message = refusal(stackConfig(config, { secretKeys }))?.message ?? '';
        expect(message.toLowerCase()).not.toContain(value.toLowerCase());
      }),
    );
  });

  it('at any wrong place', () => {
    const secrets = [
      'hunter2-Hunter3-hunter4',
      'abcdef0123456789abcdef0123456789',
      'xoxb-1234-abcd',
      'correct horse battery staple',
      'Bearer abc.def.ghi',
      '{"apiKey":"AKIA1234"}',
      '["sk_live_1234"]',
    ];
    const places = leaves().flatMap((at) => [at, [...at, 'more'], [...at.slice(0, -1), 'unknown']]);
    expect(places.length).toBeGreaterThan(450);
    places.forEach((place, i) => {
      const value = secrets[i % secrets.length] ?? '';
      const error = refusal(stackConfig(configWith(place, value) as Tree));
      const said = error?.problems.map(({ what, fix }) => `${what} ${fix}`).join() ?? '';
      expect(said).not.toContain(value);
    });
  });

  it('in plain text by mistake', () => {
    fc.assert(
      fc.property(secret, (value) => {
        for (const config of [
          { metricsToken: value },
          { metricsTokn: value },
          { prometheus: { metricsToken: value } },
          { prometheus: { externalUrl: `https://me:${value}@x.io/a` } },
          { prometheus: { externalUrl: `ftp://me:${value}@x.io` } },
          { targets: { worker: { addresses: [`http://me:${value}@worker:1`] } } },
        ]) {
          const error = refusal(stackConfig(config));
          expect(error?.problems).toHaveLength(1);
          expect(error?.message).not.toContain(value);
        }
      }),
    );
  });
});
