import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declare } from './changes/declare';
import { changesBetween, type DeclaredResource } from './changes/recorded';
import { publish } from './changes/report';
import { silenceLines } from './changes/silences';
import { asMarkdown, asText, type Section, summarise } from './changes/summary';
import { OperatorError, runMain } from './operator-error';
import { capture } from './process';
import type { SilenceSettings } from './silences/plan';
import { projectRoot, readStackFile, type StackFile } from './stack-files';
import { shapeOf } from './stack-settings';

/**
 * `make changes BASE=main STACK=prod`: lists the changes that people notice between a commit and
 * the working tree. Runs both versions of the program without an engine, so it needs no Docker, no
 * cluster and no credentials.
 */
async function main(): Promise<number> {
  const [stack = 'dev', base = ''] = process.argv.slice(2);
  const sections = await changesSince(base, stack);
  process.stdout.write(asText(stack, sections));
  publish(asMarkdown(stack, sections));
  return 0;
}

/**
 * The changes between a commit and the files in `root`. A stack that the commit does not have is
 * new. Throws an OperatorError if git cannot read the commit, or a version cannot be rendered.
 */
export async function changesSince(
  base: string,
  stack: string,
  root = projectRoot,
): Promise<readonly Section[]> {
  if (base === '') throw new OperatorError('BASE is missing. Example: make changes BASE=main');
  const file = readStackFile(stack, root);
  const why = await whyNoCommit(base, root);
  if (why !== undefined) {
    throw new OperatorError(
      `BASE: "${base}" is not a commit${why}. Example: make changes BASE=HEAD~1`,
    );
  }
  const before = await versionAt(base, stack, root);
  const after = await declare(stack, { root });
  return summarise(changesBetween(before?.resources ?? [], after), {
    isNew: before === undefined,
    silences: silenceLines(before?.silences ?? [], silencesOf(file)),
  });
}

/** What git says about it, in brackets; undefined if it is a commit. */
async function whyNoCommit(base: string, root: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${base}^{commit}`];
  try {
    const { code, stderr } = await capture('git', args, { cwd: root });
    const [said = ''] = stderr.trim().split('\n');
    return code === 0 ? undefined : said && ` that git can read here (${said})`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return ' that can be read, because git is not installed';
  }
}

interface Version {
  readonly resources: readonly DeclaredResource[];
  readonly silences: readonly SilenceSettings[];
}

const silencesOf = (file: StackFile): readonly SilenceSettings[] =>
  shapeOf(file).alertmanager.silences;

/** Runs in its own worktree, with the packages of this one. Undefined without a stack file. */
async function versionAt(
  commit: string,
  stack: string,
  root: string,
): Promise<Version | undefined> {
  const name = `Pulumi.${stack}.yaml`;
  if ((await git(root, 'ls-tree', '--name-only', commit, '--', name)) === '') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'audifi-base-'));
  const checkout = join(folder, 'base');
  try {
    await git(root, 'worktree', 'add', '--detach', '--quiet', checkout, commit);
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    const silences = silencesOf(readStackFile(stack, checkout));
    const resources = await declare(stack, { root: checkout, version: commit });
    return { resources, silences };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune');
  }
}

/** Returns what git prints. */
async function git(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await capture('git', args, { cwd: root });
  if (code !== 0) throw new OperatorError(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout.trim();
}

if (require.main === module) runMain(main);
