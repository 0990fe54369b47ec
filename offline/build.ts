import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cacheRoot,
  diskError,
  makeDirectory,
  removeLeftovers,
  requireSpace,
  withLock,
} from './cache';
import type { Log } from './errors';
import { explain } from './explain';
import { fetchAhead } from './fetch-ahead';
import { ensureGo, type Go } from './go';
import { collector, goEnvironment } from './go-environment';
import { estimateOf } from './estimates';
import { addFiles, patchedModule } from './patched-module';
import { BuildOutput, buildPlan } from './progress';
import { buildFlags, goVersionNeeded, modulesDir } from './recipe';
import { type Command, recipeHash, recipeOf } from './recipes';
import { run } from './run';
import { twoAtATime } from './two-at-a-time';
import { type Building, buildWebPages, webPagesMegabytes, webPagesOf } from './web-pages';

/**
 * Disk space in MB that a build needs in the cache: the largest binary twice, once while it is
 * written and once in place.
 */
const neededMegabytes = 250;

/**
 * Folder of a patched module. Its path becomes part of the binary, so every build of the command
 * uses the same one.
 */
const patchFolder = (command: Command): string => join(builtPath(command), '..') + '.src';

/**
 * Path of a command's binary, whether it is already built or not. The path contains a hash of all
 * inputs.
 */
export function builtPath(command: Command): string {
  const { version } = recipeOf(command);
  return join(cacheRoot(), `${command}-${version}-${recipeHash(command)}`, command);
}

/**
 * Builds the `commands` that are not in the cache, and returns the path of each. Two are built at a
 * time, because a single build does not keep two cores busy: it downloads and links on one. Modules
 * of the later ones are downloaded meanwhile.
 *
 * @param next commands of the next call: they count as still to be built, and their modules are
 *   downloaded as well
 */
export async function build(
  commands: readonly Command[],
  log: Log,
  next: readonly Command[] = [],
): Promise<Record<string, string>> {
  const wanted = [...new Set(commands)];
  const missing = wanted.filter((command) => !existsSync(builtPath(command)));
  if (missing.length > 0) {
    const pages = missing.some((command) => webPagesOf(recipeOf(command)) !== undefined);
    requireSpace(neededMegabytes + (pages ? webPagesMegabytes : 0));
    const needed = missing.map((command) => goVersionNeeded(recipeOf(command).module));
    const go = await ensureGo(newest(needed), log);
    const all = [...missing, ...longestFirst(next)];
    buildPlan.expect(all);
    const fetching = new AbortController();
    const fetched = fetchAhead(all.map(recipeOf), go, fetching.signal);
    try {
      // Commands of one module share nearly all packages, so the second one waits for the first.
      await twoAtATime(
        longestFirst(missing),
        (command) => recipeOf(command).module,
        (command, signal) => buildUnlessBuilt(command, go, log, signal),
      );
    } finally {
      fetching.abort();
      await fetched;
    }
  }
  return Object.fromEntries(wanted.map((command) => [command, builtPath(command)]));
}

/** The longest first, so that no long build runs alone at the end. */
const longestFirst = (commands: readonly Command[]): Command[] =>
  [...commands].sort((a, b) => estimateOf(b).seconds - estimateOf(a).seconds);

async function buildUnlessBuilt(
  command: Command,
  go: Go,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const path = builtPath(command);
  const what = `${command} ${recipeOf(command).version}`;
  await withLock(
    `${join(path, '..')}.lock`,
    () => log(`waiting for another run that is building ${what}`),
    async () => {
      if (!existsSync(path) && !signal.aborted) await buildOne(command, go, what, log, signal);
    },
  );
}

const newest = (versions: readonly string[]): string =>
  versions.reduce((a, b) => (a.localeCompare(b, 'en', { numeric: true }) >= 0 ? a : b));

/**
 * Builds next to the final folder and moves the result there at the end, so that an interrupted
 * build leaves nothing behind.
 */
async function buildOne(
  command: Command,
  go: Go,
  what: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const recipe = recipeOf(command);
  const target = join(builtPath(command), '..');
  const started = Date.now();
  const output = new BuildOutput();
  const elapsed = (): number => Math.round((Date.now() - started) / 1000);
  buildPlan.start(command);
  log(`building ${what} (${buildPlan.describe(command)}) from Go modules with Go ${go.version}`);
  makeDirectory(cacheRoot());
  removeLeftovers(target);
  const work = mkdtempSync(`${target}.tmp-`);
  const timer = setInterval(() => {
    const where = buildPlan.describe(command);
    log(`building ${what} (${where}): ${elapsed()} s, ${output.describe()}`, { transient: true });
  }, 10_000);
  try {
    const args = await buildArguments(command, go, work, { what, log, signal, output });
    // With a low priority, the machine can be used meanwhile, e.g. by a part of the stack.
    const { ok, stderr } = await run('nice', ['-n', '10', go.path, ...args], {
      cwd: join(modulesDir, recipe.module),
      env: { ...goEnvironment(process.env), ...collector(process.env) },
      signal,
      onLine: (line) => {
        output.line(line);
      },
    });
    if (!ok) throw await explain(what, stderr, go);
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
    buildPlan.finish(command);
    const megabytes = Math.round(statSync(builtPath(command)).size / 1e6);
    log(`built ${what} in ${elapsed()} s, ${megabytes} MB`);
  } catch (error) {
    throw diskError(error, cacheRoot());
  } finally {
    clearInterval(timer);
    buildPlan.stop(command);
    rmSync(work, { recursive: true, force: true });
    // Not synchronously: npm packages are many files, and meanwhile the lock has to be touched.
    await rm(patchFolder(command), { recursive: true, force: true });
  }
}

async function buildArguments(
  command: Command,
  go: Go,
  work: string,
  building: Building,
): Promise<string[]> {
  const recipe = recipeOf(command);
  const { placeholders, variables = {} } = recipe;
  const pages = webPagesOf(recipe);
  const args = ['build', '-v', ...buildFlags];
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  args.push('-ldflags', ['-s', '-w', ...set].join(' '));
  const tags = [...(recipe.tags ?? []), ...(pages?.tags ?? [])];
  if (tags.length > 0) args.push('-tags', tags.join(','));
  const folder = patchFolder(command);
  if (pages !== undefined) {
    const mod = await patchedModule(recipe, pages.module, go, folder, (copy) =>
      buildWebPages(pages, copy, join(folder, 'npm'), building),
    );
    args.push(`-modfile=${mod}`);
  } else if (placeholders !== undefined) {
    const mod = await patchedModule(recipe, placeholders.module, go, folder, (copy) =>
      addFiles(copy, placeholders.files),
    );
    args.push(`-modfile=${mod}`);
  }
  return [...args, '-o', join(work, command), recipe.package];
}
