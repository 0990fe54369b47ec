import { describe, expect, it } from '@jest/globals';
import { durationSeconds, sizeMiB } from '../../components/units';
import fc from '../lib/fast-check';

const units = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;
const milliseconds = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];

describe('durationSeconds', () => {
  it.each([
    ['15s', 15],
    ['1m30s', 90],
    ['1h', 3600],
    ['15d', 1_296_000],
    ['1y', 31_536_000],
    ['500ms', 0.5],
    ['1m500ms', 60.5],
  ])('%s is %d s', (text, seconds) => {
    expect(durationSeconds(text)).toBeCloseTo(seconds);
  });

  it.each([
    '',
    '15',
    's',
    '0s',
    '0h0m',
    '-1s',
    '1.5h',
    '15 s',
    '1s1m',
    '1s1s',
    '15S',
    '1h\n',
    `${'9'.repeat(400)}y`,
  ])('%j is invalid', (text) => {
    expect(durationSeconds(text)).toBeUndefined();
  });

  it('is the sum of its parts, largest first', () => {
    const amounts = fc.array(fc.nat(1000), { minLength: units.length, maxLength: units.length });
    fc.assert(
      fc.property(amounts, (parts) => {
        const text = parts.map((n, i) => (n === 0 ? '' : `${n}${units[i] ?? ''}`)).join('');
        const total = parts.reduce((sum, n, i) => sum + n * (milliseconds[i] ?? 0), 0);
        if (total === 0) expect(durationSeconds(text)).toBeUndefined();
        else expect(durationSeconds(text)).toBeCloseTo(total / 1000, 3);
      }),
    );
  });
});

describe('sizeMiB', () => {
  it.each([
    ['512MiB', 512],
    ['512M', 512],
    ['512MB', 512],
    ['1GiB', 1024],
    ['1.5 GiB', 1536],
    ['2Ti', 2_097_152],
    ['1.9MiB', 1],
  ])('%s is %d MiB', (text, size) => {
    expect(sizeMiB(text)).toBe(size);
  });

  it.each([
    '',
    '512',
    'GiB',
    '0.5MiB',
    '0GiB',
    '-1GiB',
    '1KiB',
    '1gib',
    '1e3MiB',
    '1GiB ',
    `${'9'.repeat(400)}TiB`,
  ])('%j is invalid', (text) => {
    expect(sizeMiB(text)).toBeUndefined();
  });

  it('is the same in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (n) => {
        expect(sizeMiB(`${n}GiB`)).toBe(sizeMiB(`${n * 1024}MiB`));
        expect(sizeMiB(`${n}TiB`)).toBe(sizeMiB(`${n * 1024}GiB`));
      }),
    );
  });
});

it('returns a finite number or undefined for any text', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^\d{1,400}(\.\d+)?(ms|[ywdhms]|[MGT](iB)?)$/),
  );
  fc.assert(
    fc.property(text, (any) => {
      const size = sizeMiB(any);
      expect(size === undefined || (Number.isSafeInteger(size) && size >= 1)).toBe(true);
      const seconds = durationSeconds(any);
      expect(seconds === undefined || (Number.isFinite(seconds) && seconds > 0)).toBe(true);
    }),
  );
});
