import { describe, expect, it } from '@jest/globals';
import { cpusText } from '../../../components/platform/docker-arguments';
import fc, { runs } from '../../lib/fast-check';

const billion = 1_000_000_000n;

/**
 * The text that the released provider (its `nanoInt64ToDecimalString`) derives from the engine's
 * nano CPUs: nine decimals; one decimal if the text has nine zeros; otherwise without trailing
 * zeros. It compares this with the program's text character by character.
 */
function readBack(nano: bigint): string {
  const decimals = (count: bigint, digits: number): string =>
    `${count / 10n ** BigInt(digits)}.${String(count % 10n ** BigInt(digits)).padStart(digits, '0')}`;
  const text = decimals(nano, 9);
  if (text.replace(/[^0]/g, '').length !== 9) return text.replace(/0+$/, '');
  return decimals((nano + billion / 20n) / (billion / 10n), 1);
}

/** The nano CPUs that the provider derives from a text. */
const nanoOf = (text: string): bigint => BigInt(Math.round(Number(text) * 1e9));

const tenths = fc.integer({ min: 1, max: 640 }).map((n) => n / 10);
const quarters = fc.integer({ min: 1, max: 256 }).map((n) => n / 4);
const any = fc.integer({ min: 1, max: 512_000 }).map((n) => n / 1000);

describe('a limit of CPU time', () => {
  it.each([
    [1, '1.0'],
    [0.5, '0.5'],
    [0.25, '0.25'],
    [2, '2.0'],
    [10, '10.'],
    [20.25, '20.25'],
  ])('of %d has the text %s', (cpus, text) => {
    expect(cpusText(cpus)).toBe(text);
  });

  it("has the provider's notation, or is rejected, so that there is never an empty change", () => {
    fc.assert(
      fc.property(fc.oneof(tenths, quarters, any), (cpus) => {
        let text: string;
        try {
          text = cpusText(cpus);
        } catch {
          // Only numbers that the provider itself reads back differently.
          expect(Number(readBack(BigInt(Math.round(cpus * 1e9))))).not.toBe(cpus);
          return;
        }
        expect(Number(text)).toBe(cpus);
        expect(readBack(nanoOf(text))).toBe(text);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('in steps of 0.1 is always supported', () => {
    fc.assert(
      fc.property(tenths, (cpus) => {
        expect(Number(cpusText(cpus))).toBe(cpus);
      }),
      { numRuns: runs(640) },
    );
  });

  it('is an error if it is not supported', () => {
    for (const cpus of [0.01, 0.05, 1 / 3, 100.25]) {
      expect(() => cpusText(cpus)).toThrow(`cannot store a limit of ${cpus} cores`);
    }
  });
});
