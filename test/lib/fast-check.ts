import fc from 'fast-check';

/**
 * Properties of a run are the same for everyone: what fails here fails there. `FC_SEED=random` looks elsewhere, and
 * `FC_TIMES=100` for a hundred times as long, which is how to look for what a few hundred runs do not find.
 */
const { FC_SEED: seed = '1', FC_TIMES: times = '1' } = process.env;
fc.configureGlobal(seed === 'random' ? {} : { seed: Number(seed) });

/** Runs of a property. */
export const runs = (usual: number): number => usual * Number(times);

/**
 * Characters of every plane. fast-check's own unit `binary` first makes a table of all, to shrink texts that it did not
 * make, which takes seconds.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ff_ff - 0x8_00 })
  // Halves of a pair are no characters.
  .map((n) => String.fromCodePoint(n < 0xd8_00 ? n : n + 0x8_00));

export default fc;
