import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from './cache';
import { explain } from './explain';
import type { Go } from './go';
import { goEnvironment } from './go-environment';
import { type Generated, modulesDir, type Recipe } from './recipe';
import { run } from './run';

/**
 * Copies `module` out of Go's read-only cache into `folder`, where `add` adds the files that
 * upstream embeds but does not publish. Returns a go.mod that builds from the copy. Everything else
 * stays pinned by the recipe's own go.sum.
 */
export async function patchedModule(
  recipe: Recipe,
  module: string,
  go: Go,
  folder: string,
  add: (copy: string) => void | Promise<void>,
): Promise<string> {
  const { ok, stdout, stderr } = await run(go.path, ['mod', 'download', '-json', module], {
    cwd: join(modulesDir, recipe.module),
    env: goEnvironment(process.env),
  });
  const dir = (JSON.parse(stdout || '{}') as { Dir?: string }).Dir;
  if (!ok || dir === undefined) throw await explain(module, stdout + stderr, go);
  const copy = join(folder, 'module');
  await rm(folder, { recursive: true, force: true });
  makeDirectory(folder);
  for (const [command, ...args] of [
    ['cp', '-R', dir, copy],
    ['chmod', '-R', 'u+w', copy],
  ]) {
    const copied = await run(command ?? '', args);
    if (!copied.ok) throw await explain(module, copied.stderr, go);
  }
  await add(copy);
  const own = join(modulesDir, recipe.module);
  const mod = join(folder, 'go.mod');
  writeFileSync(
    mod,
    `${readFileSync(join(own, 'go.mod'), 'utf8')}\nreplace ${module} => ${copy}\n`,
  );
  copyFileSync(join(own, 'go.sum'), join(folder, 'go.sum'));
  return mod;
}

/** Writes placeholder files into the copy of a module. */
export function addFiles(copy: string, files: Readonly<Record<string, string | Generated>>): void {
  for (const [path, content] of Object.entries(files)) {
    makeDirectory(dirname(join(copy, path)));
    writeFileSync(
      join(copy, path),
      typeof content === 'string' ? content : generated(copy, content),
    );
  }
}

/** Compact, as upstream's generators write it. */
function generated(module: string, { from, set = {} }: Generated): string {
  const content = JSON.parse(readFileSync(join(module, from), 'utf8')) as object;
  return JSON.stringify({ ...content, ...set });
}
