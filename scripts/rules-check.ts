import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../offline/kit';
import { renderRules, type RuleOptions } from '../rules';
import { variants } from '../rules/variants';
import { runMain } from './operator-error';
import { capture } from './process';
import { promtoolTest } from './promtool-tests';
import { projectRoot } from './stack-files';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

type Print = (line: string) => void;

/** Output directory for rules and tests. The test files contain this path. */
const rendered = join(projectRoot, 'build', 'promtool');
const tests = join(projectRoot, 'test', 'promtool');

type Stacks = Readonly<Record<string, RuleOptions>>;

export interface CheckOptions {
  /** Options by the name of the variant in the test files. @default `variants` */
  readonly stacks?: Stacks;
  /** Output directory. @default build/promtool */
  readonly directory?: string;
  /** Names of test files that do not run. @default none */
  readonly leaveOut?: RegExp;
}

/**
 * Renders the rules for every variant of the stack, checks them with promtool and all its lints,
 * and runs the unit tests in test/promtool. Prints failures and counts.
 *
 * @param promtool path of the command
 */
export async function checkRules(
  promtool: string,
  print: Print = (line) => process.stdout.write(`${line}\n`),
  { stacks = variants, directory = rendered, leaveOut }: CheckOptions = {},
): Promise<Outcome> {
  const started = Date.now();
  const outcomes = [
    await lint(promtool, print, stacks, directory),
    await unitTests(promtool, print, { stacks, directory, leaveOut }),
  ];
  const total = sum(outcomes);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  print(`rules: ${total.passed} passed, ${total.failed} failed (${seconds} s)`);
  return total;
}

const sum = (outcomes: readonly Outcome[]): Outcome => ({
  passed: outcomes.reduce((count, { passed }) => count + passed, 0),
  failed: outcomes.reduce((count, { failed }) => count + failed, 0),
});

async function lint(
  promtool: string,
  print: Print,
  stacks: Stacks,
  directory: string,
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const [name, options] of Object.entries(stacks)) {
    const files = writeFiles(join(directory, name), renderRules(options));
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', ...files];
    const { code, stdout, stderr } = await capture(promtool, args);
    print(`${code === 0 ? 'ok  ' : 'FAIL'} promtool check rules: ${name}, ${files.length} files`);
    if (code !== 0) print(`${stdout}${stderr}`);
    outcomes.push(code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  }
  return sum(outcomes);
}

/** Two checks may run at once and write the same files, so each write is atomic. */
function writeFiles(directory: string, files: Readonly<Record<string, string>>): string[] {
  mkdirSync(directory, { recursive: true });
  for (const stale of readdirSync(directory).filter((f) => f.endsWith('.yml') && !(f in files))) {
    rmSync(join(directory, stale), { force: true });
  }
  return Object.entries(files).map(([file, text]) => {
    const path = join(directory, file);
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, text);
    renameSync(fresh, path);
    return path;
  });
}

/** Files per process: with one, start-up takes most of the time; with many, a core is idle. */
const filesAtOnce = 5;

async function unitTests(
  promtool: string,
  print: Print,
  { stacks, directory, leaveOut }: Required<Omit<CheckOptions, 'leaveOut'>> & CheckOptions,
): Promise<Outcome> {
  const folder = join(directory, 'tests');
  const names = readdirSync(tests).filter(
    (file) => file.endsWith('.test.yml') && leaveOut?.test(file) !== true,
  );
  const texts = names.map((name): [string, string] => {
    const text = readFileSync(join(tests, name), 'utf8');
    return [name, promtoolTest(text, stacks)];
  });
  const files = writeFiles(folder, Object.fromEntries(texts));
  const waiting = [...files];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    while (waiting.length > 0) {
      outcomes.push(await testFiles(promtool, waiting.splice(0, filesAtOnce), print));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const total = sum(outcomes);
  const result = total.failed === 0 ? 'ok  ' : 'FAIL';
  print(
    `${result} promtool test rules: ${total.passed + total.failed} tests, ${files.length} files`,
  );
  return total;
}

async function testFiles(
  promtool: string,
  files: readonly string[],
  print: Print,
): Promise<Outcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'audifi-rules-'));
  try {
    const report = join(scratch, 'junit.xml');
    const args = ['test', 'rules', `--junit=${report}`, ...files];
    const { code, stdout, stderr } = await capture(promtool, args, { cwd: projectRoot });
    const cases = readFileSync(report, 'utf8').split('<testcase').slice(1);
    const bad = cases.filter((one) => /<(failure|error)>/.test(one)).length;
    // If a pattern matches no rule file, promtool only warns and tests nothing.
    const blind = stderr.includes('WARNING') || (code !== 0 && bad === 0) ? 1 : 0;
    if (bad + blind > 0) print(`${stdout.replace(/^ {2}SUCCESS\n+/gm, '')}${stderr}`);
    return { passed: cases.length - bad, failed: bad + blind };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const { commands } = await prepare({ need: ['promtool'] });
  const { failed } = await checkRules(commands.promtool ?? 'promtool');
  return failed === 0 ? 0 : 1;
}

if (require.main === module) runMain(main);
