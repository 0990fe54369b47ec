import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageName, type Kit, type Need, prepare } from '../offline/kit';
import { type FileResult, jestResults } from './jest-results';
import { foreground } from './process';
import { projectRoot } from './stack-files';

/** Results of one call of Jest or several. */
export interface Run {
  /** Exit code of jest. */
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly files: readonly FileResult[];
  /** What was left out, one line each. @default nothing */
  readonly notRun?: readonly string[];
  /** First failures of the files that were repeated, one line each. @default none */
  readonly unsteady?: readonly string[];
}

export const nothing: Run = { code: 0, passed: 0, failed: 0, failures: [], files: [] };

export const together = (runs: readonly Run[]): Run => ({
  code: runs.find(({ code }) => code !== 0)?.code ?? 0,
  passed: runs.reduce((sum, { passed }) => sum + passed, 0),
  failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  failures: runs.flatMap(({ failures }) => failures),
  files: runs.flatMap(({ files }) => files),
  notRun: runs.flatMap(({ notRun = [] }) => notRun),
  unsteady: runs.flatMap(({ unsteady = [] }) => unsteady),
});

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

/**
 * @param images @default all
 * @param tools of single suites. While others are built, these suites would wait until they fail.
 * @default none
 */
export const realParts = (
  images?: readonly ImageName[],
  tools: readonly Need[] = [],
): Promise<Kit> =>
  prepare({
    need: ['pulumi', 'docker', 'images', 'promtool', 'kubeconform', ...tools],
    images,
    // Optional: if it cannot be downloaded, stacks run without it and say so.
    optional: ['grafana'],
  });

/** Runs jest. */
export async function runSuites(
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
