import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declare } from './changes/declare';
import { changesBetween, type DeclaredResource } from './changes/recorded';
import { publish } from './changes/report';
import { silenceLines } from './changes/silences';
import { asMarkdown, asText, summarise } from './changes/summary';
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
  if (base === '') throw new OperatorError('BASE is missing. Example: make changes BASE=main');
  const file = readStackFile(stack);
  const why = await whyNoCommit(base);
  if (why !== undefined) {
    throw new OperatorError(
      `BASE: "${base}" is not a commit${why}. Example: make changes BASE=HEAD~1`,
    );
  }
  const before = await versionAt(base, stack);
  const after = await declare(stack);
  const sections = summarise(changesBetween(before.resources, after), {
    isNew: before.resources.length === 0,
    silences: silenceLines(before.silences, silencesOf(file)),
  });
  process.stdout.write(asText(stack, sections));
  publish(asMarkdown(stack, sections));
  return 0;
}

/** What git says about it, in brackets; undefined if it is a commit. */
async function whyNoCommit(base: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${base}^{commit}`];
  try {
    const { code, stderr } = await capture('git', args, { cwd: projectRoot });
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

/** Runs in its own worktree, with the packages of this one. */
async function versionAt(commit: string, stack: string): Promise<Version> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-base-'));
  const checkout = join(folder, 'base');
  try {
    await git('worktree', 'add', '--detach', '--quiet', checkout, commit);
    symlinkSync(join(projectRoot, 'node_modules'), join(checkout, 'node_modules'));
    const silences = silencesOf(readStackFile(stack, checkout));
    const resources = await declare(stack, { root: checkout, version: commit });
    return { resources, silences };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await git('worktree', 'prune');
  }
}

async function git(...args: string[]): Promise<void> {
  const { code, stderr } = await capture('git', args, { cwd: projectRoot });
  if (code !== 0) throw new OperatorError(`git ${args.join(' ')}: ${stderr.trim()}`);
}

runMain(main);
