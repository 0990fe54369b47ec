import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Cluster,
  KitError,
  type NewerEngine,
  prepare,
  startNewerEngine,
  whyNoNewerEngine,
} from '../offline/kit';
import { nothing, realParts, type Run, runSuites, together } from './e2e-jest';
import { nextSmall, nextSuites, type Suite } from './e2e-schedule';
import { allSuites, firstImages, logsImages, onCluster, suites, whyNoCluster } from './e2e-suites';
import { TimeLimit } from './e2e-time';
import { listed } from './jest-results';
import { isQuick, machineLoad } from './machine-load';
import { OperatorError, runMain } from './operator-error';
import { projectRoot } from './stack-files';

/**
 * Suites that run again on the newer engine: a stack whose logs have the names of their containers.
 * Other suites run there by name: `--newer-engine test/e2e/stack.test.ts`.
 */
const onNewerEngine = ['logs-stack'];

/**
 * `make e2e [ARGS=<jest arguments>]`: prepares the real parts and runs the files of test/e2e, two
 * at a time (on a quick machine three), because a test mostly waits. `PLATFORM=kubernetes` runs
 * only `onCluster`.
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
  const limit = TimeLimit.ofEnvironment();
  process.stderr.write(`${await machineLoad()}\n`);
  if (given[0] !== '--newer-engine') {
    runs.push(
      given.length === 0
        ? await again(await runAll(limit), limit)
        : await runSuites(given, { atATime: platform === '' ? undefined : 1 }),
    );
  }
  if (given.length === 0) {
    const newer = suites(onNewerEngine);
    runs.push(
      limit.fitsAfter(60 + limit.secondsOf(newer))
        ? await runOnNewerEngine(newer)
        : leftOut(newer, limit, ' on a newer Docker engine'),
    );
  }
  if (given[0] === '--newer-engine') {
    const asked = given.slice(1);
    runs.push(await runOnNewerEngine(asked.length === 0 ? suites(onNewerEngine) : asked));
  }
  const { code, passed, failed, failures, notRun = [], unsteady = [] } = together(runs);
  process.stdout.write(notRun.map((line) => `${line}\n`).join(''));
  process.stdout.write(listed(unsteady, 'unsteady'));
  process.stdout.write(`${listed(failures)}${passed} passed, ${failed} failed\n`);
  return code;
}

/** Suites that would end after the limit. */
const leftOut = (paths: readonly string[], { minutes = 0 }: TimeLimit, where = ''): Run => {
  const names = paths.map((path) => basename(path, '.test.ts')).join(', ');
  const reason = `This machine is too slow for all tests in ${minutes} minutes (AUDIFI_E2E_MINUTES)`;
  return {
    ...nothing,
    notRun: [`Not run${where}: ${names}. ${reason}. Without this variable, all tests run`],
  };
};

/** Runs all files, two or three at a time, each as soon as what it needs is built. */
async function runAll(limit: TimeLimit): Promise<Run> {
  const without = await whyNoCluster(limit.minutes);
  const fits = without === undefined;
  const waiting = new Set(allSuites().filter(({ needs }) => fits || needs !== 'cluster'));
  const kit = await realParts(firstImages);
  const built = { logs: false, images: false, cluster: false };
  const builds = new Set<Promise<void>>();
  const build = (key: keyof typeof built, work: Promise<unknown>): Promise<void> => {
    const done: Promise<void> = work.then(() => {
      built[key] = true;
      builds.delete(done);
    });
    builds.add(done);
    // The loop below throws it.
    done.catch(() => undefined);
    return done;
  };
  const forLogs = build('logs', realParts(logsImages));
  const rest = build(
    'images',
    forLogs.then(() => realParts(undefined, ['sloth', 'kube-score'])),
  );
  const last = build('cluster', fits ? rest.then(clusterParts) : rest);
  const runs: Run[] = [];
  const late: string[] = [];
  const running = new Map<Promise<void>, readonly Suite[]>();
  const slots = Math.min(2, availableParallelism());
  // On a slower machine, a third suite would delay the other two.
  const third = slots === 2 && isQuick() ? 1 : 0;
  try {
    // With everything built, the long suites start first.
    await Promise.race([last, sleep(15_000)]);
    while (waiting.size > 0 || running.size > 0) {
      for (const suite of [...waiting].filter(({ path }) => !limit.fits([path]))) {
        waiting.delete(suite);
        late.push(suite.path);
      }
      const others = [...running.values()].flat();
      const state = { ...built, slow: limit.slowness > 1.4 };
      const candidates =
        running.size < slots
          ? nextSuites([...waiting], others, state)
          : running.size < slots + third && !state.slow
            ? nextSmall([...waiting], state)
            : undefined;
      const next = candidates && firstOf(candidates, limit);
      if (next === undefined) {
        if (waiting.size === 0 && running.size === 0) break;
        await Promise.race([...running.keys(), ...builds]);
        continue;
      }
      for (const suite of next) waiting.delete(suite);
      const paths = next.map(({ path }) => path);
      const done: Promise<void> = runSuites(paths, { atATime: 1, kit }).then((run) => {
        runs.push(run);
        limit.learn(run.files);
        running.delete(done);
      });
      running.set(done, next);
    }
    await last;
  } finally {
    // If a build fails, the running suites still clean up.
    await Promise.allSettled(running.keys());
  }
  if (without !== undefined) runs.push({ ...nothing, notRun: [without] });
  if (late.length > 0) runs.push(leftOut(late, limit));
  return together(runs);
}

/** Suites for one call of Jest: a few minutes, so that the time limit is checked now and then. */
function firstOf(suites: readonly Suite[], limit: TimeLimit): readonly Suite[] {
  const chosen: Suite[] = [];
  for (const suite of suites) {
    const paths = [...chosen, suite].map(({ path }) => path);
    if (chosen.length > 0 && (limit.secondsOf(paths) > 300 || !limit.fits(paths))) break;
    chosen.push(suite);
  }
  return chosen;
}

/**
 * Builds what the suites on a cluster need, on a new machine at a low priority. A failure is
 * reported by these suites.
 */
async function clusterParts(): Promise<void> {
  try {
    await prepare({ need: ['pulumi', 'kubernetes', 'kubectl'] });
    await Cluster.build((line) => process.stderr.write(`cluster: ${line}\n`));
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
  }
}

/** Arguments for the tests of one platform; none for all tests. */
function onPlatform(platform: string): string[] {
  if (platform === '') return [];
  if (platform === 'kubernetes') return suites(onCluster);
  throw new OperatorError(
    `PLATFORM is "${platform}": leave it out, or run make e2e PLATFORM=kubernetes`,
  );
}

/**
 * Limits for repeating failed files: more failures are not a coincidence, and would take long. The
 * time limit allows for a file that first spent 15 minutes on builds, which are not repeated.
 */
const mostRepeated = { files: 3, seconds: 1_800 };

/**
 * Runs files that failed in the whole run once more, one after another, and counts their second
 * result. The tests wait for real clocks and processes, and another program on the machine can
 * delay those, so suites with a short `scrape_interval` run at half their speed. Only the incidents
 * in AUDIFI_E2E_FAILED run again, because all of them take ten minutes. Each first failure is
 * listed as `unsteady` (flaky), so that it is not forgotten.
 */
async function again(run: Run, limit: TimeLimit): Promise<Run> {
  const failed = run.files.filter((file) => file.failed > 0);
  const seconds = failed.reduce((sum, file) => sum + file.seconds, 0);
  const few = failed.length <= mostRepeated.files && seconds <= mostRepeated.seconds;
  if (failed.length === 0 || !few) return run;
  if (!limit.fitsRepetition(seconds)) {
    const late = leftOut(
      failed.map(({ path }) => path),
      limit,
      ' a second time',
    );
    return together([run, late]);
  }
  process.stderr.write(`${await machineLoad()}\n`);
  // A file that could not run has no failed tests, so everything in it is repeated.
  const failedTests = failed.every((file) => file.failedTests.length > 0)
    ? failed.flatMap((file) => file.failedTests).join('\n')
    : undefined;
  const second = await runSuites(
    failed.map(({ path }) => path),
    { atATime: 1, env: { AUDIFI_E2E_SLOWER: '2', AUDIFI_E2E_FAILED: failedTests } },
  );
  // Tests that passed in the first run may be left out of the second, and still count as passed.
  const stillFailed =
    run.failed - failed.reduce((sum, file) => sum + file.failed, 0) + second.failed;
  const { notRun, failures: unsteady } = run;
  const passed = run.passed + run.failed - stillFailed;
  return { ...second, passed, failed: stillFailed, notRun, unsteady };
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

runMain(main);
