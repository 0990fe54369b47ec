import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { prepare } from '../offline/kit';
import { renderRules } from '../rules';
import { variants } from '../rules/variants';
import { runMain } from './operator-error';
import { capture } from './process';
import { projectRoot } from './stack-files';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** Where the rules of each variant go; the test files say this path. */
const rendered = join(projectRoot, 'build', 'promtool');
const tests = join(projectRoot, 'test', 'promtool');

/**
 * Renders the rules for stacks of every kind, lets promtool check them with all lints, and runs the unit
 * tests of test/promtool. Prints a line for each and the counts.
 *
 * @param promtool path of the command
 */
export async function checkRules(
  promtool: string,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<Outcome> {
  const started = Date.now();
  const outcomes: Outcome[] = [];
  for (const [name, options] of Object.entries(variants)) {
    const directory = join(rendered, name);
    const files = writeRules(directory, renderRules(options));
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', ...files];
    const { code, stdout, stderr } = await capture(promtool, args);
    print(`${code === 0 ? 'ok  ' : 'FAIL'} check rules ${name} (${files.length} files)`);
    if (code !== 0) print(`${stdout}${stderr}`);
    outcomes.push({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });
  }
  for (const file of readdirSync(tests).filter((f) => f.endsWith('.test.yml'))) {
    outcomes.push(await testFile(promtool, join(tests, file), print));
  }
  const passed = outcomes.reduce((sum, o) => sum + o.passed, 0);
  const failed = outcomes.reduce((sum, o) => sum + o.failed, 0);
  print(`${passed} passed, ${failed} failed (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return { passed, failed };
}

/** Two checks at a time write the same texts: each file is whole at every moment. */
function writeRules(directory: string, files: Readonly<Record<string, string>>): string[] {
  mkdirSync(directory, { recursive: true });
  for (const stale of readdirSync(directory).filter((file) => !(file in files))) {
    rmSync(join(directory, stale), { force: true });
  }
  return Object.entries(files).map(([file, text]) => {
    const path = join(directory, file);
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(fresh, text);
    renameSync(fresh, path);
    return path;
  });
}

async function testFile(
  promtool: string,
  file: string,
  print: (line: string) => void,
): Promise<Outcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'audifi-rules-'));
  try {
    const report = join(scratch, 'junit.xml');
    const args = ['test', 'rules', '--diff', `--junit=${report}`, file];
    const { code, stdout, stderr } = await capture(promtool, args);
    const xml = readFileSync(report, 'utf8');
    const cases = xml.split('<testcase').slice(1);
    const bad = cases.filter((one) => one.includes('<failure')).length;
    // A file that cannot be read has no cases, and a pattern without rule files tests nothing.
    const broken = cases.length === 0 || stderr.includes('WARNING') || (code !== 0 && bad === 0);
    const failed = bad + (broken ? 1 : 0);
    print(`${failed === 0 ? 'ok  ' : 'FAIL'} ${basename(file)} (${cases.length} tests)`);
    if (failed > 0) print(`${stdout}${stderr}`);
    return { passed: cases.length - bad, failed };
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
