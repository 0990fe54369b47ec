import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Cluster,
  type Kit,
  KitError,
  type NewerEngine,
  prepare,
  startNewerEngine,
  whyNoNewerEngine,
} from '../offline/kit';
import { type FileResult, jestResults, listed } from './jest-results';
import { machineLoad } from './machine-load';
import { OperatorError, runMain } from './operator-error';
import { foreground } from './process';
import { projectRoot } from './stack-files';

interface Run {
  /** Exit code of jest. */
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly files: readonly FileResult[];
}

const nothing: Run = { code: 0, passed: 0, failed: 0, failures: [], files: [] };

/**
 * Suites that run again on the newer engine: a stack whose logs have the names of their containers.
 * Other suites run there by name: `--newer-engine test/e2e/stack.test.ts`.
 */
const onNewerEngine = ['logs-stack'];

/** Suites with a cluster, whose name is fixed, so only one of them can run at a time. */
const onCluster = ['kubernetes', 'kubernetes-upgrade'];

/**
 * Suites that run for minutes, with a cluster, or with a stack whose alerts have to fire in time.
 * They run one after another, and only small suites run at the same time: if two large stacks share
 * two cores, scrapes take longer than their interval, and false alerts fire.
 */
const longest = [...onCluster, 'incidents'];

/**
 * Suites that start when the longest have ended, or while the parts of the cluster are built: those
 * with a stack and the reference application, and others that take several minutes. There are
 * enough of them to keep both slots busy until the end.
 */
const later = [
  ...['app', 'dashboards', 'runbooks', 'stack', 'traces'],
  ...['alerts', 'alerts-replicas', 'alerts-rules', 'logs'],
];

/**
 * `make e2e [ARGS=<jest arguments>]`: prepares the real parts, then runs the files of test/e2e, two
 * at a time, because a test mostly waits. `PLATFORM=kubernetes` runs only `onCluster`.
 * Without arguments, it then repeats files that failed (`again`), and runs the suites in
 * `onNewerEngine` on the newest Docker engine of Debian as well, because the machine's own may be
 * years old. `--newer-engine` before the arguments runs only those suites on the newer engine. Ends
 * with `N passed, N failed`.
 */
async function main(): Promise<number> {
  const words = process.argv.slice(2).filter((word) => word !== '--');
  const platform = process.env['PLATFORM'] ?? '';
  const given = words.length > 0 ? words : onPlatform(platform);
  const runs: Run[] = [];
  process.stderr.write(`${await machineLoad()}\n`);
  if (given[0] !== '--newer-engine') {
    runs.push(
      given.length === 0
        ? await again(await runAll())
        : await runSuites(given, { atATime: platform === '' ? undefined : 1 }),
    );
  }
  if (given.length === 0) runs.push(await runOnNewerEngine(suites(onNewerEngine)));
  if (given[0] === '--newer-engine') {
    const asked = given.slice(1);
    runs.push(await runOnNewerEngine(asked.length === 0 ? suites(onNewerEngine) : asked));
  }
  const { code, passed, failed, failures } = together(runs);
  process.stdout.write(`${listed(failures)}${passed} passed, ${failed} failed\n`);
  return code;
}

/** Runs all files, two at a time. */
async function runAll(): Promise<Run> {
  const apart = suites([...longest, ...later]);
  const small = readdirSync(join(projectRoot, 'test', 'e2e'))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/e2e/${file}`)
    .filter((path) => !apart.includes(path));
  const kit = await realParts();
  const waiting = suites(later);
  const first = async (): Promise<Run> => {
    const runs: Run[] = [];
    const cluster: { built: boolean } = { built: false };
    const building = clusterParts().finally(() => (cluster.built = true));
    await Promise.race([building, sleep(10_000)]);
    for (let next; !cluster.built && (next = waiting.shift()) !== undefined;) {
      runs.push(await runSuites([next], { atATime: 1, kit }));
    }
    await building;
    return together([...runs, await runSuites(suites(longest), { atATime: 1, kit })]);
  };
  const beside = await Promise.all([first(), runSuites(small, { atATime: 1, kit })]);
  // Without paths, Jest would run all of them.
  return together([...beside, waiting.length > 0 ? await runSuites(waiting, { kit }) : nothing]);
}

/**
 * Builds what the suites on a cluster need. On a new machine this takes about 25 minutes at a low
 * priority, so other suites run meanwhile. A failure is reported by these suites.
 */
async function clusterParts(): Promise<void> {
  try {
    await prepare({ need: ['pulumi', 'kubernetes', 'kubectl'] });
    await Cluster.build((line) => process.stderr.write(`cluster: ${line}\n`));
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
  }
}

const together = (runs: readonly Run[]): Run => ({
  code: runs.find(({ code }) => code !== 0)?.code ?? 0,
  passed: runs.reduce((sum, { passed }) => sum + passed, 0),
  failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  failures: runs.flatMap(({ failures }) => failures),
  files: runs.flatMap(({ files }) => files),
});

/** Arguments for the tests of one platform; none for all tests. */
function onPlatform(platform: string): string[] {
  if (platform === '') return [];
  if (platform === 'kubernetes') return suites(onCluster);
  throw new OperatorError(
    `PLATFORM is "${platform}": leave it out, or make e2e PLATFORM=kubernetes`,
  );
}

const suites = (names: readonly string[]): string[] =>
  names.map((name) => `test/e2e/${name}.test.ts`);

/**
 * Limits for repeating failed files: more failures are not a coincidence, and would take long. The
 * time limit allows for a file that first spent 15 minutes on builds, which are not repeated.
 */
const mostRepeated = { files: 3, seconds: 1_800 };

/**
 * Runs files that failed in the whole run once more, one after another, and counts their second
 * result. The tests wait for real clocks and processes, and another program on the machine can
 * delay those, so suites with a short `scrape_interval` run at half their speed. Each first failure
 * is listed as `unsteady`, so that it is not forgotten.
 */
async function again(run: Run): Promise<Run> {
  const failed = run.files.filter((file) => file.failed > 0);
  const seconds = failed.reduce((sum, file) => sum + file.seconds, 0);
  const few = failed.length <= mostRepeated.files && seconds <= mostRepeated.seconds;
  if (failed.length === 0 || !few) return run;
  process.stderr.write(`${await machineLoad()}\n`);
  const second = await runSuites(
    failed.map(({ path }) => path),
    { atATime: 1, env: { AUDIFI_E2E_SLOWER: '2' } },
  );
  process.stdout.write(run.failures.map((failure) => `unsteady: ${failure}\n`).join(''));
  const count = (key: 'passed' | 'failed'): number =>
    run[key] - failed.reduce((sum, file) => sum + file[key], 0) + second[key];
  return { ...second, passed: count('passed'), failed: count('failed') };
}

async function runOnNewerEngine(args: readonly string[]): Promise<Run> {
  const reason = await whyNoNewerEngine();
  if (reason !== undefined) {
    process.stdout.write(`Not run on a newer Docker engine: ${reason}.\n`);
    return nothing;
  }
  let engine: NewerEngine;
  try {
    engine = await startNewerEngine((line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    // Counts as a failure, so that the results of the earlier suites are still reported.
    const failures = [`newer Docker engine: ${error.message}`];
    return { ...nothing, code: 1, failed: 1, failures };
  }
  try {
    process.env.DOCKER_HOST = engine.host;
    const run = await runSuites(args, {
      wrapper: ['nsenter', `--wd=${projectRoot}`, ...engine.enter],
      // Inside the namespaces, the default socket is that of the newer engine.
      env: { DOCKER_HOST: undefined },
    });
    const where = `on Docker ${engine.version}: `;
    return { ...run, failures: run.failures.map((failure) => `${where}${failure}`) };
  } finally {
    delete process.env.DOCKER_HOST;
    await engine.stop();
  }
}

interface SuitesOptions {
  /** Words before the command. @default none */
  readonly wrapper?: readonly string[];
  /** Variables to add. @default none */
  readonly env?: NodeJS.ProcessEnv;
  /** Files that run at the same time. @default 2, or 1 on a machine with one core */
  readonly atATime?: number;
  /** The real parts, if they are prepared already. @default prepares them */
  readonly kit?: Kit;
}

const realParts = (): Promise<Kit> =>
  prepare({
    need: ['pulumi', 'docker', 'images', 'promtool', 'kubeconform'],
    // Optional: if it cannot be downloaded, stacks run without it and say so.
    optional: ['grafana'],
  });

/** Runs jest. */
async function runSuites(
  args: readonly string[],
  {
    wrapper = [],
    env = {},
    atATime = Math.min(2, availableParallelism()),
    kit,
  }: SuitesOptions = {},
): Promise<Run> {
  const ready = kit ?? (await realParts());
  const folder = mkdtempSync(join(tmpdir(), 'audifi-results-'));
  const results = join(folder, 'e2e.json');
  const [command = '', ...words] = [
    ...wrapper,
    join(projectRoot, 'node_modules', '.bin', 'jest'),
    ...[
      '--selectProjects',
      'e2e',
      '--maxWorkers',
      String(atATime),
      '--testTimeout',
      '600000',
      '--forceExit',
    ],
    ...['--json', '--outputFile', results, '--silent=false', ...args],
  ];
  try {
    const code = await foreground(command, words, {
      env: { ...process.env, ...ready.env, ...env },
      cwd: projectRoot,
      // jest writes its JSON to standard output as well as to the file
      onStdout: () => undefined,
    });
    // Jest crashed before it could count, and has printed the reason.
    if (!existsSync(results)) return { ...nothing, code: code || 1, failed: 1 };
    return { code, ...jestResults(results) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

runMain(main);
