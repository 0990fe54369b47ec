import { describe, expect, it } from '@jest/globals';
import { logFields } from '../../../telemetry';
import { maskEmail, maskPhone, maskWallet, scrub } from '../../../reference-app/src/lib/mask';
import { logInto } from './kit';
import fc, { runs } from '../../lib/fast-check';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${length}}$`));
const word = (min: number, max: number) =>
  fc.stringMatching(new RegExp(`^[a-km-zA-H2-9]{${min},${max}}$`));
const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));

/** Personal data or a secret as it appears in text, and the part that must not be readable. */
const secrets = fc.oneof(
  fc.tuple(word(3, 20), word(3, 12)).map(([name, host]) => ({
    text: `${name}@${host}.example`,
    hidden: `${name}@`,
  })),
  hex(40).map((digits) => ({ text: `0x${digits}`, hidden: digits })),
  digits(9).map((number) => ({ text: `+49${number}`, hidden: number })),
  word(20, 60).map((token) => ({ text: `Bearer ${token}`, hidden: token })),
  word(20, 60).map((token) => ({ text: `eyJ${token}.${token}.${token}`, hidden: token })),
  word(20, 40).map((token) => ({ text: `sk_live_${token}`, hidden: token })),
  word(20, 40).map((token) => ({ text: `whsec_${token}`, hidden: token })),
  word(20, 40).map((token) => ({ text: `st1.${token}.${token}`, hidden: token })),
  word(8, 30).map((value) => ({ text: `password=${value}`, hidden: value })),
  word(8, 30).map((value) => ({ text: `{"token": "${value}"}`, hidden: value })),
  word(8, 30).map((value) => ({ text: `Cookie: session=${value}`, hidden: value })),
  word(8, 30).map((value) => ({ text: `authorization: Basic ${value}`, hidden: value })),
);
const around = fc.constantFrom('', ' ', 'user ', 'to: ', '(', '"', ' and ', '\n');

describe('masking', () => {
  it('matches the examples of the spec', () => {
    expect(maskEmail('user@example.com')).toBe('u***@example.com');
    expect(maskEmail('nobody')).toBe('***');
    expect(maskWallet(`0x1234${'0'.repeat(32)}abcd`)).toBe('0x1234…abcd');
    expect(maskPhone('+49 170 1234567')).toBe('***4567');
  });

  it('removes personal data and secrets anywhere in a text', () => {
    fc.assert(
      fc.property(around, secrets, around, secrets, (before, first, between, second) => {
        const text = scrub(`${before}${first.text} ${between}${second.text}`);
        expect(text).not.toContain(first.hidden);
        expect(text).not.toContain(second.hidden);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each([
    'req_4fac69201dec4005',
    '67a50cd3a951728a0d9893869d61ba73',
    '2026-11-24T18:55:39.005Z',
    '3f0b4c1e-7a56-4d0b-9c53-0b7f6c0d1a2e',
    `0x${'ab'.repeat(32)}`,
    'order_3f0b4c1e paid: 129 cents, version 1.4.2, 10.0.0.12:5432',
    'GET /v1/tracks/:id 200 in 5.277 ms',
    'status code 404',
  ])('keeps text that is needed to find an error: %s', (text) => expect(scrub(text)).toBe(text));

  it('takes a bounded time for malicious text', () => {
    for (const part of [
      'a@',
      '+1 ',
      'eyJ.',
      'a.a@a.',
      '"token":"',
      '-----BEGIN PRIVATE KEY-----',
    ]) {
      // A rule with quadratic complexity would exceed this test's time limit.
      expect(scrub(part.repeat(200_000)).length).toBeGreaterThan(0);
    }
  });
});

describe('the log', () => {
  it('contains no personal data in any field, message or error', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.constantFrom(...Object.keys(logFields), 'body', 'headers', 'user'),
        (secret, field) => {
          const lines: string[] = [];
          const log = logInto(lines);
          // As if somebody logged the wrong value.
          log.info(`hello ${secret.text}`, { [field]: secret.text });
          log.error('failed', { error: new Error(`cannot reach ${secret.text}`) });
          log.warn('whole object', { [field]: { password: secret.text, deep: [secret.text] } });
          expect(lines).toHaveLength(3);
          for (const line of lines) expect(line).not.toContain(secret.hidden);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it("contains the spec's fields, and only fields of the contract", () => {
    const lines: string[] = [];
    logInto(lines).info('Track created successfully', {
      ...{ requestId: 'req_abc123', userId: 'user_456', method: 'POST', path: '/v1/tracks' },
      ...{
        statusCode: 201,
        duration_ms: 245,
        email: 'user@example.com',
        wallet: `0x${'1'.repeat(40)}`,
      },
    });
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...{ level: 'info', service: 'api-server', message: 'Track created successfully' },
      ...{ requestId: 'req_abc123', userId: 'user_456', method: 'POST', path: '/v1/tracks' },
      ...{ statusCode: 201, duration_ms: 245, email: 'u***@example.com', wallet: '0x1111…1111' },
    });
    expect(Object.keys(line).filter((name) => !Object.hasOwn(logFields, name))).toEqual([]);
  });
});
