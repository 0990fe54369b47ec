import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtPath } from '../../../offline/build';
import { estimate, estimateOf } from '../../../offline/estimates';
import { nodePackages } from '../../../offline/image-recipes';
import { type Packages, unpackedPath } from '../../../offline/packages';
import { BuildOutput } from '../../../offline/progress';
import type { WebPages } from '../../../offline/recipe';
import { type Command, recipeHash, recipeOf, recipes } from '../../../offline/recipes';
import { prediction } from '../../../offline/to-build';
import {
  buildWebPages,
  pnpmPackages,
  webPagesOf,
  webPagesWanted,
} from '../../../offline/web-pages';

const before = { ...process.env };
const want = (text: string | undefined): void => {
  if (text === undefined) delete process.env.AUDIFI_WEB_PAGES;
  else process.env.AUDIFI_WEB_PAGES = text;
};
let cache: string;
beforeEach(() => {
  want(undefined);
  cache = mkdtempSync(join(tmpdir(), 'kit-pages-'));
  process.env.AUDIFI_CACHE = cache;
});
afterEach(() => {
  rmSync(cache, { recursive: true });
  process.env = { ...before };
});

describe('AUDIFI_WEB_PAGES', () => {
  test('is 0 or 1, by default 0', () => {
    expect([undefined, '', '0', '1'].map((text) => webPagesWanted(text))).toEqual([
      ...[false, false, false, true],
    ]);
  });

  test.each(['yes', 'true', '2', ' 1'])('"%s" is an error, as with AUDIFI_KIT', (text) => {
    want(text);
    const message = `AUDIFI_WEB_PAGES is ${text}: it must be 0 or 1`;
    expect(() => webPagesWanted()).toThrow(message);
    expect(() => builtPath('prometheus')).toThrow(message);
  });
});

describe('a command with web pages and one without', () => {
  const commands = Object.keys(recipes) as Command[];
  const hashes = (): Map<Command, string> =>
    new Map(commands.map((command) => [command, recipeHash(command)]));

  test('have different places in the cache, and no other command moves', () => {
    const without = hashes();
    want('1');
    const withPages = hashes();
    const moved = commands.filter((command) => without.get(command) !== withPages.get(command));
    expect(moved).toEqual(['prometheus']);
    want('0');
    expect(hashes()).toEqual(without);
  });

  test('take different times and disk space', () => {
    const all = ['prometheus', 'promtool', 'loki'] as const;
    const without = { one: estimateOf('prometheus'), all: estimate(all), text: prediction(all) };
    want('1');
    const seconds = estimateOf('prometheus').seconds - without.one.seconds;
    expect(seconds).toBeGreaterThan(30);
    expect(estimate(all).seconds).toBe(without.all.seconds + seconds);
    // The npm packages.
    expect(estimate(all).megabytes - without.all.megabytes).toBeGreaterThan(500);
    expect(prediction(all)).not.toBe(without.text);
    expect(estimate(['loki'])).toEqual({ seconds: 205, megabytes: 3 * 157 + 1925 });
  });

  test('are of the module that the recipe pins', () => {
    want('1');
    for (const command of commands) {
      const pages = webPagesOf(recipeOf(command));
      if (pages === undefined) continue;
      expect(recipeOf(command).package).toContain(`${pages.module}/`);
      // Placeholder files would replace pages, and the build adds only one of them.
      expect(recipeOf(command).placeholders).toBeUndefined();
    }
  });
});

describe('building web pages', () => {
  /** As if these packages were unpacked already. */
  const unpacked = (packages: Packages, path: string, content: string): void => {
    const file = join(unpackedPath(packages), 'root', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o755 });
    writeFileSync(join(unpackedPath(packages), 'version'), '1');
  };
  /** Writes how it was called instead of running pnpm. */
  const node = `#!/bin/sh
echo "$(basename "$PWD"): $(basename "$1") $2 $3 $4 NODE_ENV=$NODE_ENV" >>"$CALLS"
case "$pnpm_config_store_dir $pnpm_config_cache_dir" in
"$SCRATCH/store $SCRATCH/cache") ;;
*) echo 'not in scratch' >>"$CALLS" ;;
esac
echo from-pnpm
[ "$2" != fail ]
`;
  const pages = (...scripts: string[]): WebPages => ({
    ...{ module: 'example.org/x', workspace: 'ui', tags: [], scripts },
  });
  const output = new BuildOutput();
  const build = async (wanted: WebPages, signal = new AbortController().signal): Promise<void> => {
    unpacked(nodePackages, 'usr/local/bin/node', node);
    unpacked(pnpmPackages, 'pnpm/bin/pnpm.mjs', '');
    process.env.NODE_ENV = 'production';
    process.env.CALLS = join(cache, 'calls');
    process.env.SCRATCH = join(cache, 'npm');
    mkdirSync(join(cache, 'module/ui'), { recursive: true });
    const building = { what: 'x 1.0', log: () => undefined, output, signal };
    await buildWebPages(wanted, join(cache, 'module'), process.env.SCRATCH, building);
  };
  const calls = (): string[] => readFileSync(join(cache, 'calls'), 'utf8').trimEnd().split('\n');

  test("installs exactly the lock file, and then runs upstream's scripts with the pinned Node", async () => {
    await build(pages('cd ui && pnpm run build', 'node own.js && echo done >../scripts'));
    expect(calls()).toEqual([
      'ui: pnpm.mjs install --frozen-lockfile --ignore-scripts NODE_ENV=',
      'ui: pnpm.mjs run build  NODE_ENV=',
      'module: own.js    NODE_ENV=',
    ]);
    expect(readFileSync(join(cache, 'scripts'), 'utf8')).toBe('done\n');
    expect(output.describe()).toBe('web pages');
  });

  test('that fail are one error, with the end of the output and the way without them', async () => {
    await expect(build(pages('pnpm fail; echo no >../after', 'echo no >../after'))).rejects.toThrow(
      /^cannot build the web pages of x 1\.0 \(without AUDIFI_WEB_PAGES .*\):\n(.*\n)*from-pnpm/,
    );
    expect(existsSync(join(cache, 'after'))).toBe(false);
  });

  test('does not start if another build has failed', async () => {
    await expect(build(pages('true'), AbortSignal.abort())).rejects.toThrow('are not finished');
    expect(existsSync(join(cache, 'calls'))).toBe(false);
  });
});
