import fc from 'fast-check';

/**
 * A fixed seed, so that failures are reproducible everywhere. `FC_SEED=random` uses another seed,
 * and `FC_TIMES=100` does a hundred times as many runs to find rare failures.
 */
const { FC_SEED: seed = '1', FC_TIMES: times = '1' } = process.env;
fc.configureGlobal(seed === 'random' ? {} : { seed: Number(seed) });

/** Number of runs of a property. */
export const runs = (usual: number): number => usual * Number(times);

/**
 * Characters of all planes. fast-check's own unit `binary` first builds a table of all characters,
 * which takes seconds.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ff_ff - 0x8_00 })
  // Surrogates are not characters.
  .map((n) => String.fromCodePoint(n < 0xd8_00 ? n : n + 0x8_00));

export const digits = '0123456789';
export const lower = 'abcdefghijklmnopqrstuvwxyz';
export const alnum = `${digits}${lower}${lower.toUpperCase()}`;
export const hex = `${digits}abcdef`;

/** Text of these characters. */
export const chars = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc
    .array(fc.constantFrom(...Array.from(alphabet)), { minLength, maxLength })
    .map((letters) => letters.join(''));

export default fc;
