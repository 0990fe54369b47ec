import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  cacheRoot,
  diskError,
  fullDiskIn,
  makeDirectory,
  removeLeftovers,
  requireSpace,
  withLock,
} from './cache';
import { KitError, type Log } from './errors';
import { fetchAhead } from './fetch-ahead';
import { ensureGo, type Go } from './go';
import { collector, goEnvironment } from './go-environment';
import { estimateOf } from './estimates';
import { BuildOutput, buildPlan } from './progress';
import { type Generated, goVersionNeeded, modulesDir, type Recipe } from './recipe';
import { type Command, recipeHash, recipeOf } from './recipes';
import { run, tail } from './run';
import { twoAtATime } from './two-at-a-time';

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
    requireSpace(neededMegabytes);
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
    const args = await buildArguments(command, recipe, go, work);
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
    rmSync(patchFolder(command), { recursive: true, force: true });
  }
}

async function buildArguments(
  command: Command,
  recipe: Recipe,
  go: Go,
  work: string,
): Promise<string[]> {
  const variables = Object.entries(recipe.variables ?? {}).map(
    ([name, value]) => `-X ${name}=${value}`,
  );
  const args = ['build', '-v', '-trimpath', '-buildvcs=false'];
  args.push('-ldflags', ['-s', '-w', ...variables].join(' '));
  if (recipe.tags !== undefined) args.push('-tags', recipe.tags.join(','));
  if (recipe.placeholders !== undefined) {
    args.push(`-modfile=${await patchedModule(recipe, go, patchFolder(command))}`);
  }
  return [...args, '-o', join(work, command), recipe.package];
}

/**
 * Copies the module out of Go's read-only cache, adds the placeholder files, and returns a go.mod
 * that builds from the copy. Everything else stays pinned by the recipe's own go.sum.
 */
async function patchedModule(recipe: Recipe, go: Go, folder: string): Promise<string> {
  const { module, files } = recipe.placeholders ?? { module: '', files: {} };
  const { ok, stdout, stderr } = await run(go.path, ['mod', 'download', '-json', module], {
    cwd: join(modulesDir, recipe.module),
    env: goEnvironment(process.env),
  });
  const dir = (JSON.parse(stdout || '{}') as { Dir?: string }).Dir;
  if (!ok || dir === undefined) throw await explain(module, stdout + stderr, go);
  const copy = join(folder, 'module');
  rmSync(folder, { recursive: true, force: true });
  makeDirectory(folder);
  for (const [command, ...args] of [
    ['cp', '-R', dir, copy],
    ['chmod', '-R', 'u+w', copy],
  ]) {
    const copied = await run(command ?? '', args);
    if (!copied.ok) throw await explain(module, copied.stderr, go);
  }
  for (const [path, content] of Object.entries(files)) {
    makeDirectory(dirname(join(copy, path)));
    writeFileSync(
      join(copy, path),
      typeof content === 'string' ? content : generated(copy, content),
    );
  }
  const own = join(modulesDir, recipe.module);
  const mod = join(folder, 'go.mod');
  writeFileSync(
    mod,
    `${readFileSync(join(own, 'go.mod'), 'utf8')}\nreplace ${module} => ${copy}\n`,
  );
  copyFileSync(join(own, 'go.sum'), join(folder, 'go.sum'));
  return mod;
}

/** Compact, as upstream's generators write it. */
function generated(module: string, { from, set = {} }: Generated): string {
  const content = JSON.parse(readFileSync(join(module, from), 'utf8')) as object;
  return JSON.stringify({ ...content, ...set });
}

/** Explains a failed build in one message. */
async function explain(what: string, output: string, go: Go): Promise<KitError> {
  const full = fullDiskIn(output);
  if (full !== undefined) return full;
  const refused = output
    .split('\n')
    .find((line) =>
      /dial tcp|no such host|i\/o timeout|\b(403|404|410|5\d\d) [A-Z]|unrecognized import path/.test(
        line,
      ),
    );
  if (refused !== undefined) {
    const { stdout } = await run(go.path, ['env', 'GOPROXY']);
    return new KitError(
      `cannot build ${what}: the Go module proxy (GOPROXY=${stdout.trim()}) did not serve a module: ${refused.trim()}`,
    );
  }
  return new KitError(`cannot build ${what}:\n${tail(output)}`);
}
