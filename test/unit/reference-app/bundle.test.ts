import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { referenceAppImage } from '../../../components/reference-app/bundle';
import { projectRoot } from '../../../scripts/stack-files';

/** esbuild bundles everything several times, which takes a minute on a busy machine. */
jest.setTimeout(240_000);

/**
 * The tag decides whether containers are replaced. So it must depend on the sources and on nothing
 * else.
 */
describe('the image of the reference application', () => {
  const here = join(projectRoot);
  let elsewhere = '';

  beforeAll(() => {
    elsewhere = mkdtempSync(join(tmpdir(), 'audifi-bundle-'));
    for (const path of ['telemetry', 'reference-app', 'package-lock.json', 'package.json']) {
      cpSync(join(here, path), join(elsewhere, path), { recursive: true });
    }
    mkdirSync(join(elsewhere, 'components'));
    const own = 'components/program-image.ts';
    cpSync(join(here, own), join(elsewhere, own));
    symlinkSync(join(here, 'node_modules'), join(elsewhere, 'node_modules'));
  });
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  it('is the same in every checkout folder', async () => {
    expect(await referenceAppImage(elsewhere)).toEqual(await referenceAppImage(here));
  });

  it('is bundled again only if its sources or a bundle change', async () => {
    const path = join(elsewhere, 'build', 'reference-app', 'hog.js');
    const { tag } = await referenceAppImage(elsewhere);
    const { mtimeMs, ino } = statSync(path);
    await referenceAppImage(elsewhere);
    expect(statSync(path)).toMatchObject({ mtimeMs, ino });
    writeFileSync(path, 'nonsense');
    expect((await referenceAppImage(elsewhere)).tag).toBe(tag);
    expect(readFileSync(path, 'utf8')).not.toBe('nonsense');
  });

  it('changes when a source changes', async () => {
    const { tag } = await referenceAppImage(elsewhere);
    appendFileSync(
      join(elsewhere, 'reference-app', 'src', 'hog.ts'),
      "\nconsole.log('changed');\n",
    );
    expect((await referenceAppImage(elsewhere)).tag).not.toBe(tag);
  });
});
