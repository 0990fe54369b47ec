import { type Bed, plainDocker, removePlainDocker } from './docker-run';
import type { BenchProject, Cost } from './projects';
import { replayed, replayedHow, withReplay } from './replay';
import type { Section, Series } from './statistics';

/** How often the compared commands run, and what is called after each of them. */
export interface Rounds {
  readonly rounds: number;
  readonly progress: (what: string, round: number, name: string, seconds: number) => void;
}

/** Different ways to run the program's TypeScript, each with the same preview. */
export async function measureStartUp(
  ours: BenchProject,
  { rounds, progress }: Rounds,
): Promise<Section> {
  const ways = ours.ways();
  const series = ways.map(({ name }): Series => ({ name, unit: 's', values: [] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [i, way] of ways.entries()) {
      const { seconds } = await way.preview();
      // The first round fills caches (compiler, disk) and does not count.
      if (round > 0) series[i]?.values.push(seconds);
      progress('start-up', round, way.name, seconds);
    }
  }
  return {
    title: 'Start-up of the program: ways to run TypeScript',
    how: '`pulumi preview` with only metrics and alerts, before the first `up` and with warm caches.',
    series,
    ratios: [],
  };
}

/**
 * Two sections from the same runs: elapsed time, which increases with other load on the machine,
 * and CPU time.
 */
export async function measureNoOp(
  ours: BenchProject,
  empty: BenchProject,
  env: NodeJS.ProcessEnv,
  { rounds, progress }: Rounds,
): Promise<Section[]> {
  await ours.pulumi('up');
  await empty.pulumi('up');
  const rows = await withReplay(ours, env, async (replay) => {
    const runs: [string, () => Promise<Cost>][] = [
      ['preview, empty program', () => empty.pulumi('preview')],
      ['preview, this stack', () => ours.pulumi('preview')],
      ['preview, this stack without components/start-up.ts', () => ours.previewWithoutStartUp()],
      [`preview, ${replayed}`, () => replay.pulumi('preview')],
      ['up, empty program', () => empty.pulumi('up')],
      ['up, this stack', () => ours.pulumi('up')],
    ];
    const measured = runs.map(([name, run]) => ({ name, run, costs: [] as Cost[] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, run, costs } of measured) {
        const cost = await run();
        costs.push(cost);
        progress('no change', round, name, cost.seconds);
      }
    }
    return measured;
  });
  const section = (title: string, how: string, value: (cost: Cost) => number): Section => ({
    title,
    how,
    series: rows.map(({ name, costs }) => ({ name, unit: 's', values: costs.map(value) })),
    ratios: [
      { of: 1, to: 0, aim: 1.5 },
      { of: 2, to: 0 },
      { of: 3, to: 0 },
      { of: 5, to: 4, aim: 1.5 },
    ],
  });
  return [
    section(
      'Nothing to change',
      'The stack is running and nothing has changed, compared with an empty TypeScript program on the same engine. ' +
        replayedHow,
      ({ seconds }) => seconds,
    ),
    section(
      'Nothing to change: CPU time',
      'User and system time of the engine, its plugins and the program in the same runs.',
      ({ processorSeconds }) => processorSeconds,
    ),
  ];
}

/**
 * From nothing to a ready Prometheus: with the engine, and manually with the docker client. The
 * engine also takes its time for an empty program.
 */
export async function measureFirstUp(
  ours: BenchProject,
  empty: BenchProject,
  bed: Bed,
  { rounds, progress }: Rounds,
): Promise<Section> {
  const title = 'From nothing';
  const series: readonly [Series, Series, Series] = [
    { name: '`docker run`, one after another', unit: 's', values: [] },
    { name: 'first `pulumi up`, empty program', unit: 's', values: [] },
    { name: 'first `pulumi up`', unit: 's', values: [] },
  ];
  for (let round = 0; round < rounds; round += 1) {
    const plain = await plainDocker(bed);
    await removePlainDocker(bed);
    // The empty program has the same stack name, and `destroy` removes the volumes by that name.
    await ours.destroy();
    await empty.destroy();
    const costs = [
      plain,
      (await empty.pulumi('up')).seconds,
      (await ours.pulumi('up')).seconds,
    ] as const;
    for (const [i, { name, values }] of series.entries()) {
      const seconds = costs[i] ?? NaN;
      values.push(seconds);
      progress(title, round, name, seconds);
    }
  }
  return {
    title,
    how:
      'The images exist, but the volume does not. `docker run` and the stack create the network, the volume, Prometheus and its ' +
      'exporters with the same limits and files, and end when Prometheus answers `/-/ready`. The stack also starts Alertmanager.',
    series,
    ratios: [{ of: 2, to: [0, 1], aim: 1 }],
  };
}
