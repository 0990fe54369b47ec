import { join } from 'node:path';
import type { Go } from './go';
import { goEnvironment } from './go-environment';
import { modulesDir, type Recipe } from './recipe';
import { run } from './run';

/**
 * Downloads the modules of these recipes one recipe after the other, while others are compiled. A
 * failure is not reported here, because the build itself will report it.
 */
export async function fetchAhead(
  recipes: readonly Recipe[],
  go: Go,
  signal: AbortSignal,
): Promise<void> {
  for (const recipe of recipes) {
    if (signal.aborted) return;
    const tags = recipe.tags === undefined ? [] : ['-tags', recipe.tags.join(',')];
    // Only while the compilers of the builds leave time for it.
    await run('nice', ['-n', '19', go.path, 'list', '-e', '-deps', ...tags, recipe.package], {
      cwd: join(modulesDir, recipe.module),
      env: goEnvironment(process.env),
      signal,
    });
  }
}
