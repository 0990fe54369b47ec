import fc from 'fast-check';

/**
 * Properties of a run are the same for everyone: what fails here fails there. `FC_SEED=random` looks elsewhere, and
 * `FC_TIMES=100` for a hundred times as long, which is how to look for what a few hundred runs do not find.
 */
const { FC_SEED: seed = '1', FC_TIMES: times = '1' } = process.env;
fc.configureGlobal(seed === 'random' ? {} : { seed: Number(seed) });

/** Runs of a property. */
export const runs = (usual: number): number => usual * Number(times);

export default fc;
