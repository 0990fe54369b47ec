import { mkdtempSync, rmSync, utimesSync, writeFileSync, existsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cacheRoot, diskError, fullDiskIn, withLock } from '../../../offline/cache';
import { KitError } from '../../../offline/errors';

let folder: string;
const before = process.env.AUDIFI_CACHE;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kit-cache-'));
  process.env.AUDIFI_CACHE = folder;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env.AUDIFI_CACHE;
  else process.env.AUDIFI_CACHE = before;
});

test("the cache is in the configured directory, or in the user's cache directory", () => {
  expect(cacheRoot({ AUDIFI_CACHE: '/a' })).toBe('/a');
  expect(cacheRoot({ XDG_CACHE_HOME: '/x' })).toBe('/x/audifi-observability');
  expect(cacheRoot({})).toMatch(/\/\.cache\/audifi-observability$/);
});

describe('locks', () => {
  test('serialise two parallel runs', async () => {
    const path = join(folder, 'a.lock');
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} ends`);
    };
    let waited = 0;
    await Promise.all([
      withLock(path, () => waited++, work('one')),
      withLock(path, () => waited++, work('two')),
    ]);
    expect(events).toEqual(['one starts', 'one ends', 'two starts', 'two ends']);
    expect(waited).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ['of a process that is gone', `${hostname()} 999999999\n`, new Date()],
    ['that nobody has touched for long', 'elsewhere 1\n', new Date(Date.now() - 3_600_000)],
  ])('are taken over if one is %s', async (_what, content, touched) => {
    const path = join(folder, 'stale.lock');
    writeFileSync(path, content);
    utimesSync(path, touched, touched);
    await expect(
      withLock(
        path,
        () => undefined,
        () => Promise.resolve('done'),
      ),
    ).resolves.toBe('done');
  });

  test('are released after a failure', async () => {
    const path = join(folder, 'b.lock');
    await expect(
      withLock(
        path,
        () => undefined,
        () => Promise.reject(new Error('no')),
      ),
    ).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});

describe('a full disk is reported in one message with directory and setting', () => {
  test('if the kit itself writes', () => {
    const error = diskError(Object.assign(new Error('x'), { code: 'ENOSPC' }), folder);
    expect(error).toBeInstanceOf(KitError);
    expect((error as Error).message).toContain(folder);
    expect((error as Error).message).toContain('AUDIFI_CACHE');
  });

  test('if the compiler writes into the cache', () => {
    const output = `# cmd\n/usr/bin/link: writing ${folder}/x/pulumi: no space left on device\n`;
    expect(fullDiskIn(output)?.message).toMatch(new RegExp(`${folder} is full.*AUDIFI_CACHE`));
  });

  test('if the compiler writes elsewhere, with the variable that changes the directory', () => {
    expect(fullDiskIn('write /root/go/pkg/mod/x: no space left on device')?.message).toContain(
      'GOMODCACHE',
    );
    expect(fullDiskIn('syntax error')).toBeUndefined();
  });

  test('other errors stay unchanged', () => {
    const error = new Error('x');
    expect(diskError(error, folder)).toBe(error);
  });
});
