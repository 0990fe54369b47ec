import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KitError, prepare } from '../offline/kit';
import { jestResults, listed, slowest } from './jest-results';
import { lintCache } from './lint-cache';
import { runMain } from './operator-error';
import { capture } from './process';
import { projectRoot } from './stack-files';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Output to show; empty if all is well. */
  readonly output: string;
  /** Output to show in any case. */
  readonly note?: string;
}

type Check = [name: string, run: () => Promise<Outcome>];

/**
 * `make test`: type check, lint, format and unit tests, two at a time. Needs no Docker. Ends with
 * `N passed, N failed`. Every check except the unit tests counts as one.
 *
 * Files that passed and have not changed since are skipped (caches in node_modules/.cache);
 * `make lint` and `make typecheck` check all files.
 */
async function main(): Promise<number> {
  // The longest first, so that the short ones run on the other core.
  const waiting: Check[] = [
    ['unit tests', unitTests],
    ['eslint', lint],
    ['tsc --noEmit', () => command('tsc', ['--noEmit', '--incremental', ...buildInfo])],
    ['prettier --check', () => command('prettier', ['--check', ...prettierCache, '.'])],
    ['actionlint', workflows],
  ];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, run] = next;
      const start = Date.now();
      const outcome = await run();
      outcomes.push(outcome);
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      process.stdout.write(
        `${outcome.failed === 0 ? 'ok  ' : 'FAIL'} ${name} (${outcome.passed} passed, ${seconds} s)\n`,
      );
      if (outcome.failed > 0) process.stdout.write(`${outcome.output}\n`);
      process.stdout.write(outcome.note ?? '');
    }
  };
  await Promise.all([work(), work()]);
  const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((n, o) => n + o[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 ? 0 : 1;
}

const cache = (name: string): string => join(projectRoot, 'node_modules', '.cache', name);
const buildInfo = ['--tsBuildInfoFile', cache('test.tsbuildinfo')];
const prettierCache = [
  ...['--log-level', 'warn', '--cache', '--cache-strategy', 'content'],
  ...['--cache-location', cache('test.prettier')],
];

async function lint(): Promise<Outcome> {
  const { stale, remember } = lintCache(projectRoot, cache('test.lint.json'));
  if (stale.length === 0) return { passed: 1, failed: 0, output: '' };
  const outcome = await command('eslint', stale);
  if (outcome.failed === 0) remember();
  return outcome;
}

/**
 * If actionlint can neither be downloaded nor built, the workflows are not checked, and a note says
 * so; in CI that is a failure.
 */
async function workflows(): Promise<Outcome> {
  const folder = join(projectRoot, '.github', 'workflows');
  const files = readdirSync(folder).map((file) => join(folder, file));
  const passed = cache('test.workflows');
  const state = createHash('sha256').update(
    readFileSync(join(projectRoot, 'offline', 'recipes.ts')),
  );
  files.forEach((file) => state.update(readFileSync(file)));
  const digest = state.digest('hex');
  if (existsSync(passed) && readFileSync(passed, 'utf8') === digest) {
    return { passed: 1, failed: 0, output: '' };
  }
  try {
    const kit = await prepare({ need: ['actionlint'], log: () => undefined });
    // Without these options, the result would depend on whether shellcheck and pyflakes exist here.
    const args = ['-shellcheck=', '-pyflakes=', ...files];
    const { code, stdout, stderr } = await capture(kit.commands['actionlint'] ?? '', args);
    if (code === 0) {
      mkdirSync(dirname(passed), { recursive: true });
      writeFileSync(passed, digest);
    }
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    const failed = process.env['CI'] ? 1 : 0;
    const note = `     workflows not checked: ${error.message}\n`;
    return { passed: 0, failed, output: '', note };
  }
}

const bin = (name: string): string => join(projectRoot, 'node_modules', '.bin', name);

async function command(name: string, args: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await capture(bin(name), args, { cwd: projectRoot });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output: stdout + stderr };
}

/**
 * Node's options for garbage collection, which the workers inherit. Most objects of the tests are
 * short-lived, so a larger space for new objects saves work. Helper threads would compete with the
 * workers for the cores.
 */
const collector = ['--max-semi-space-size=32', '--min-semi-space-size=16', '--single-threaded-gc'];

async function unitTests(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-results-'));
  const results = join(folder, 'unit.json');
  try {
    const args = ['--selectProjects', 'unit', '--json', '--outputFile', results, '--ci'];
    // One more than there are cores, because some tests wait for timeouts.
    args.push('--maxWorkers', String(availableParallelism() + 1));
    const jest = join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js');
    const command = [...collector, jest, ...args];
    const { code, stderr } = await capture(process.execPath, command, { cwd: projectRoot });
    // Jest crashed before it could count.
    if (!existsSync(results)) return { passed: 0, failed: 1, output: stderr };
    const { passed, failed, failures, files } = jestResults(results);
    // If the runner fails without a failed test (a leak, a crash at the end), that counts as a
    // failure too.
    const also = failed === 0 && code !== 0 ? 1 : 0;
    const output = stderr + listed(failures);
    return { passed, failed: failed + also, output, note: slowest(files) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

runMain(main);
