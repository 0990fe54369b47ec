import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jestResults, listed } from './jest-results';
import { runMain } from './operator-error';
import { capture } from './process';
import { projectRoot } from './stack-files';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What to show; empty when all is well. */
  readonly output: string;
}

type Check = [name: string, run: () => Promise<Outcome>];

/**
 * `make test`: types, lint, format and unit tests, two at a time. Needs no Docker. Ends with
 * `N passed, N failed`, where each of the first three counts as one.
 */
async function main(): Promise<number> {
  // The longest first, so that the short ones fill the other core.
  const waiting: Check[] = [
    ['unit tests', unitTests],
    ['eslint', () => command('eslint', ['.'])],
    ['tsc --noEmit', () => command('tsc', ['--noEmit'])],
    ['prettier --check', () => command('prettier', ['--check', '--log-level', 'warn', '.'])],
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
    }
  };
  await Promise.all([work(), work()]);
  const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((n, o) => n + o[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 ? 0 : 1;
}

const bin = (name: string): string => join(projectRoot, 'node_modules', '.bin', name);

async function command(name: string, args: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await capture(bin(name), args, { cwd: projectRoot });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output: stdout + stderr };
}

async function unitTests(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-results-'));
  const results = join(folder, 'unit.json');
  try {
    const args = ['--selectProjects', 'unit', '--json', '--outputFile', results, '--ci'];
    const { code, stderr } = await capture(bin('jest'), args, { cwd: projectRoot });
    // It fell over before it could count.
    if (!existsSync(results)) return { passed: 0, failed: 1, output: stderr };
    const { passed, failed, failures } = jestResults(results);
    // A runner that fails without a failed test (a leak, a crash at the end) is a failure too.
    const also = failed === 0 && code !== 0 ? 1 : 0;
    return { passed, failed: failed + also, output: stderr + listed(failures) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

runMain(main);
