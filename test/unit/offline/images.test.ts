import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { imageRef, images } from '../../../components/images';
import { builtPath } from '../../../offline/build';
import { fingerprint, inputsLabel, kitLabel } from '../../../offline/image-archive';
import { debianWanted, imageRecipe } from '../../../offline/debian-images';
import { type ImageRecipe, imageRecipes } from '../../../offline/image-recipes';
import {
  ensureImages,
  type ImageName,
  type ImagesOptions,
  imageState,
} from '../../../offline/images';
import { type Packages, unpackedPath } from '../../../offline/packages';
import { commandsOf, imageBuilds } from '../../../offline/to-build';

type Labels = Record<string, string>;

/** A daemon that has the images `present` and answers a pull with `onPull`. */
class FakeDaemon {
  readonly pulled: string[] = [];
  readonly loaded: Buffer[] = [];
  constructor(
    readonly present: Record<string, Labels>,
    readonly onPull: (ref: string) => void,
  ) {}

  getImage(ref: string): unknown {
    const Labels = this.present[ref];
    const missing = Object.assign(new Error('no such image'), { statusCode: 404 });
    return {
      inspect: () =>
        Labels === undefined
          ? Promise.reject(missing)
          : Promise.resolve({ Id: ref, Config: { Labels } }),
      remove: () => Promise.resolve(),
    };
  }
  pull(ref: string): Promise<unknown> {
    this.pulled.push(ref);
    return Promise.resolve().then(() => this.onPull(ref));
  }
  async loadImage(stream: AsyncIterable<Buffer>): Promise<unknown> {
    for await (const chunk of stream) this.loaded.push(chunk);
    return {};
  }
  readonly modem = {
    followProgress: (_stream: unknown, done: (error: Error | null) => void) => done(null),
  };
}

const refs = Object.values(images).map(imageRef);
const everything = (labels: Labels): Record<string, Labels> =>
  Object.fromEntries(refs.map((ref) => [ref, labels]));
const unreachable = (): void => {
  throw new Error('dial tcp: lookup registry: no such host');
};

let folder: string;
const before = process.env.AUDIFI_CACHE;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kit-images-'));
  process.env.AUDIFI_CACHE = folder;
  for (const recipe of Object.values(imageRecipes)) {
    for (const command of Object.values(recipe.commands ?? {})) {
      mkdirSync(dirname(builtPath(command)), { recursive: true });
      writeFileSync(builtPath(command), command);
    }
    if (recipe.packages !== undefined) unpackNothing(recipe.packages, recipe.links ?? {});
  }
});

/** As if the packages from the registries contained only the targets of the recipe's links. */
function unpackNothing(
  packages: Packages,
  links: Readonly<Record<string, string>>,
  version = '5:7.0.15-1~deb12u10',
): void {
  const root = join(unpackedPath(packages), 'root');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, '..', 'version'), version);
  for (const target of Object.values(links)) {
    const path = join(root, target.replace('*', '15'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }
}

afterAll(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env.AUDIFI_CACHE;
  else process.env.AUDIFI_CACHE = before;
});

const ensure = async (
  daemon: FakeDaemon,
  may: ImagesOptions = { pull: true, build: true, optional: ['grafana'] },
): ReturnType<typeof ensureImages> =>
  ensureImages(daemon as unknown as Docker, may, () => undefined);

const stateOf = (daemon: FakeDaemon, name: ImageName): Promise<string> =>
  imageState(daemon as unknown as Docker, name);

describe('programs that Debian has', () => {
  const key = 'AUDIFI_DEBIAN';
  const earlier = process.env[key];
  afterEach(() => {
    if (earlier === undefined) delete process.env[key];
    else process.env[key] = earlier;
  });

  test('are stand-ins only if asked for, and then need no builds', () => {
    delete process.env[key];
    expect(imageRecipe('prometheus')).toBe(imageRecipes.prometheus);
    expect(commandsOf(['prometheus', 'caddy', 'loki'])).toEqual([
      ...['prometheus', 'promtool', 'caddy', 'loki'],
    ]);
    process.env[key] = '1';
    expect(commandsOf(['prometheus', 'caddy', 'loki'])).toEqual(['loki']);
    expect(imageRecipe('loki')).toBe(imageRecipes.loki);
  });

  test.each(['prometheus', 'nodeExporter', 'redisExporter', 'caddy'] as const)(
    '%s keeps the configuration of its image, and is named as a stand-in',
    async (name) => {
      process.env[key] = '1';
      const { commands: _, env: __, ...configuration } = imageRecipes[name] ?? {};
      const recipe = imageRecipe(name);
      expect(recipe).toMatchObject(configuration);
      if (recipe?.packages === undefined) throw new Error('no packages');
      unpackNothing(recipe.packages, recipe.links ?? {}, '3.5.3+ds1-6');
      const daemon = new FakeDaemon({}, unreachable);
      const { standIns } = await ensure(daemon, { pull: true, build: true, names: [name] });
      expect(standIns).toEqual([expect.stringMatching(/ \(Debian's 3\.5\.3\)$/)]);
      // What it is made of decides whether an image is made again.
      expect(fingerprint(recipe)).not.toBe(fingerprint(imageRecipes[name] as ImageRecipe));
    },
  );

  test('anything but 0 and 1 is an error', () => {
    expect(() => debianWanted('yes')).toThrow('AUDIFI_DEBIAN is yes: it must be 0 or 1');
  });
});

describe('images of the stack', () => {
  test('that exist are kept', async () => {
    const daemon = new FakeDaemon(everything({}), unreachable);
    const { real, standIns } = await ensure(daemon);
    expect(daemon.pulled).toEqual([]);
    expect(daemon.loaded).toEqual([]);
    expect(real).toHaveLength(refs.length);
    expect(standIns).toEqual([]);
  });

  test('are pulled if a registry responds', async () => {
    const daemon = new FakeDaemon({}, () => undefined);
    const { standIns } = await ensure(daemon);
    expect(daemon.pulled).toEqual(refs);
    expect(daemon.loaded).toEqual([]);
    expect(standIns).toEqual([]);
  });

  test('are built otherwise, after one attempt per registry', async () => {
    const daemon = new FakeDaemon({}, unreachable);
    const { real, standIns } = await ensure(daemon);
    expect(daemon.pulled).toHaveLength(
      new Set(refs.map((ref) => (/^[^/]*\.[^/]*\//.exec(ref) ?? [''])[0])).size,
    );
    // There is no stand-in for Grafana.
    expect(daemon.loaded).toHaveLength(refs.length - 1);
    expect(real.every((line) => line.endsWith('(built here)'))).toBe(true);
    expect(standIns).toContain("cAdvisor's command (its library is the real one)");
    expect(standIns).toContain("Redis 8 (Debian's 7.0.15)");
  });

  test('that the kit built from other inputs are built again', async () => {
    const daemon = new FakeDaemon(everything({ [kitLabel]: 'old@1' }), unreachable);
    await ensure(daemon, { pull: false, build: true, optional: ['grafana'] });
    expect(daemon.pulled).toEqual([]);
    expect(daemon.loaded).toHaveLength(refs.length - 1);
  });

  describe('with web pages', () => {
    afterAll(() => {
      delete process.env.AUDIFI_WEB_PAGES;
    });
    const recipe = imageRecipes.prometheus as ImageRecipe;
    const labels = (): Labels => ({
      [kitLabel]: 'prometheus@3',
      [inputsLabel]: fingerprint(recipe),
    });
    const prepare = async (present: Labels): Promise<[FakeDaemon, readonly string[]]> => {
      const daemon = new FakeDaemon({ [imageRef(images.prometheus)]: present }, unreachable);
      const options = { pull: false, build: true, names: ['prometheus'] as const };
      return [daemon, (await ensure(daemon, options)).real];
    };

    test('replace those without, and are replaced by them', async () => {
      const without = labels();
      process.env.AUDIFI_WEB_PAGES = '1';
      mkdirSync(dirname(builtPath('prometheus')), { recursive: true });
      writeFileSync(builtPath('prometheus'), 'prometheus with pages');
      const withPages = labels();

      const [on, real] = await prepare(without);
      expect(on.loaded.map(String).join()).toContain('prometheus with pages');
      expect(real).toEqual([`image ${imageRef(images.prometheus)} (built here, with web pages)`]);
      expect(await stateOf(on, 'prometheus')).toBe('outdated');
      const [again] = await prepare(withPages);
      expect(again.loaded).toEqual([]);
      expect(await stateOf(again, 'prometheus')).toBe('built');

      process.env.AUDIFI_WEB_PAGES = '0';
      const [off, plain] = await prepare(withPages);
      expect(off.loaded.map(String).join()).not.toContain('prometheus with pages');
      expect(off.loaded).toHaveLength(1);
      expect(plain).toEqual([`image ${imageRef(images.prometheus)} (built here)`]);
    });
  });

  test('are in one of four states for the doctor', async () => {
    const states = (present: Record<string, Labels>): Promise<string> =>
      stateOf(new FakeDaemon(present, unreachable), 'redis');
    expect(await states({})).toBe('absent');
    expect(await states(everything({}))).toBe('upstream');
    expect(await states(everything({ [kitLabel]: 'old@1' }))).toBe('outdated');
    const current = fingerprint(imageRecipes.redis as ImageRecipe);
    expect(await states(everything({ [kitLabel]: 'x@1', [inputsLabel]: current }))).toBe('built');
  });

  test("that the kit built are not used if only upstream's are allowed", async () => {
    const daemon = new FakeDaemon(everything({ [kitLabel]: 'prometheus@3' }), () => undefined);
    await ensure(daemon, { pull: true, build: false });
    expect(daemon.pulled).toEqual(refs);
    await expect(
      ensure(new FakeDaemon({}, unreachable), { pull: true, build: false }),
    ).rejects.toThrow(/not here and cannot be pulled .*no such host.*AUDIFI_KIT=auto/);
  });

  test('that are not requested are neither pulled nor built', async () => {
    const daemon = new FakeDaemon({}, unreachable);
    const names: ImageName[] = ['redis', 'nodeExporter', 'redis'];
    const { real } = await ensure(daemon, { pull: true, build: true, names });
    expect(daemon.pulled).toEqual([imageRef(images.redis)]);
    expect(real).toEqual([
      `image ${imageRef(images.redis)} (built here)`,
      `image ${imageRef(images.nodeExporter)} (built here)`,
    ]);
  });

  describe('without a recipe', () => {
    const { redis } = imageRecipes;
    beforeAll(() => {
      delete imageRecipes.redis;
    });
    afterAll(() => {
      Object.assign(imageRecipes, { redis });
    });
    const names: ImageName[] = ['nodeExporter', 'redis'];

    test('may be missing if they are optional, and the others are prepared', async () => {
      const daemon = new FakeDaemon({}, unreachable);
      const options = { pull: true, build: true, names, optional: ['redis'] as const };
      const { real, missing } = await ensure(daemon, options);
      expect(missing).toEqual(['redis']);
      expect(real).toEqual([`image ${imageRef(images.nodeExporter)} (built here)`]);
    });

    test('are an error if they are required', async () => {
      const options = { pull: true, build: true, names };
      await expect(ensure(new FakeDaemon({}, unreachable), options)).rejects.toThrow(
        'the offline kit has no recipe for it',
      );
    });
  });

  test('that the registry does not have are an error, and are not built', async () => {
    const daemon = new FakeDaemon({}, () => {
      throw new Error('manifest unknown: manifest unknown');
    });
    await expect(ensure(daemon)).rejects.toThrow(`the registry has no image ${refs[0]}`);
  });
});

describe('what has to be built for images', () => {
  const empty = mkdtempSync(join(tmpdir(), 'kit-empty-'));
  beforeAll(() => {
    process.env.AUDIFI_CACHE = empty;
  });
  afterAll(() => {
    process.env.AUDIFI_CACHE = folder;
    rmSync(empty, { recursive: true });
  });
  const builds = (present?: Record<string, Labels>, mode: 'offline' | 'stock' = 'offline') =>
    imageBuilds(
      present === undefined
        ? undefined
        : (new FakeDaemon(present, unreachable) as unknown as Docker),
      ['loki', 'node'],
      mode,
    );

  test('is everything if there is no daemon yet, and what it does not have otherwise', async () => {
    expect(await builds()).toEqual(['loki']);
    expect(await builds({})).toEqual(['loki']);
    expect(await builds(everything({ [kitLabel]: 'old@1' }))).toEqual(['loki']);
  });

  test('is nothing if the daemon has upstream’s images, or the kit may not build', async () => {
    expect(await builds(everything({}))).toEqual([]);
    expect(await builds({}, 'stock')).toEqual([]);
  });
});
