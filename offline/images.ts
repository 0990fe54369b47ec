import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { type Image, imageRef, images } from '../components/images';
import { build } from './build';
import { imageRecipe } from './debian-images';
import { KitError, type Log } from './errors';
import { commandTitle, fingerprint, imageArchive, inputsLabel, kitLabel } from './image-archive';
import type { ImageRecipe } from './image-recipes';
import { unpack } from './packages';
import { type Command, recipeOf } from './recipes';
import { webPagesOf } from './web-pages';

/** An image of the stack, by its key in components/images.ts. */
export type ImageName = keyof typeof images;

export interface ImagesOptions {
  readonly pull: boolean;
  readonly build: boolean;
  /** The images to prepare. @default all */
  readonly names?: readonly ImageName[];
  /** Images that may be missing if they can neither be pulled nor be made. @default none */
  readonly optional?: readonly ImageName[];
  /** Commands to build together with those of the images. @default none */
  readonly commands?: readonly Command[];
  /** Commands that are built after this call. @default none */
  readonly next?: readonly Command[];
}

/** Result of preparing the images, one line each. */
export interface ImagesResult {
  readonly real: readonly string[];
  readonly standIns: readonly string[];
  /** Optional images that are missing. */
  readonly missing: readonly ImageName[];
}

/** Makes images of the stack available in the daemon under their upstream names. */
export async function ensureImages(
  docker: Docker,
  options: ImagesOptions,
  log: Log,
): Promise<ImagesResult> {
  const real: string[] = [];
  const standIns: string[] = [];
  const missing: ImageName[] = [];
  const unreachable = new Map<string, string>();
  const toMake: Array<{ ref: string; recipe: ImageRecipe }> = [];
  const made = (ref: string, recipe: ImageRecipe, title: string): void => {
    const pages = commandsIn(recipe).some((command) => webPagesOf(recipeOf(command)) !== undefined);
    real.push(`image ${ref} (built here${pages ? ', with web pages' : ''})`);
    standIns.push(...standInsOf(recipe, title));
  };
  for (const name of new Set(options.names ?? (Object.keys(images) as ImageName[]))) {
    const image: Image | undefined = images[name];
    if (image === undefined) throw new KitError(`the stack has no image ${name}`);
    const ref = imageRef(image);
    const recipe = imageRecipe(name);
    const present = await labelsOf(docker, ref);
    const title = present?.[kitLabel];
    if (present !== undefined && title === undefined) {
      real.push(`image ${ref}`);
      continue;
    }
    if (present !== undefined && options.build && recipe && isCurrent(present, recipe)) {
      made(ref, recipe, title ?? '');
      continue;
    }
    const why = options.pull ? await tryPull(docker, ref, unreachable, log) : 'the kit is offline';
    if (why === undefined) {
      real.push(`image ${ref} (pulled)`);
    } else if (options.build && recipe !== undefined && image.digest === undefined) {
      toMake.push({ ref, recipe });
    } else if (recipe === undefined && options.optional?.includes(name)) {
      missing.push(name);
    } else {
      throw new KitError(cannotGet(ref, why, options.build, recipe, image));
    }
  }
  const commands = [
    ...toMake.flatMap(({ recipe }) => commandsIn(recipe)),
    ...(options.commands ?? []),
  ];
  // Packages are downloaded while the compiler works.
  await Promise.all([build(commands, log, options.next), unpackAll(toMake, log)]);
  for (const { ref, recipe } of toMake) {
    const title = await make(docker, ref, recipe, log);
    log(`made the image ${ref} of ${title}`);
    made(ref, recipe, title);
  }
  return { real, standIns, missing };
}

async function unpackAll(
  images: readonly { readonly recipe: ImageRecipe }[],
  log: Log,
): Promise<void> {
  for (const { recipe } of images) {
    if (recipe.packages !== undefined) await unpack(recipe.packages, log);
  }
}

export const commandsIn = (recipe: ImageRecipe): Command[] => Object.values(recipe.commands ?? {});

/**
 * The parts of an image that are not upstream's, for the closing line. `title` is its
 * `name@version`.
 */
function standInsOf(recipe: ImageRecipe, title: string): string[] {
  // Debian's version 5:7.0.15-1~deb12u10 is release 7.0.15, and 3.5.3+ds1-6 is 3.5.3.
  const version = title.replace(/^.*@(\d+:)?/, '').replace(/[-+].*$/, '');
  return [recipe, ...commandsIn(recipe).map(recipeOf)]
    .flatMap(({ standIn }) => standIn ?? [])
    .map((text) => text.replace('{version}', version));
}

function cannotGet(
  ref: string,
  why: string,
  mayBuild: boolean,
  recipe: ImageRecipe | undefined,
  image: Image,
): string {
  const what = `the image ${ref} is not here and cannot be pulled (${why})`;
  if (!mayBuild)
    return `${what}: pull or load it, or allow the offline kit to build it (AUDIFI_KIT=auto)`;
  if (recipe === undefined)
    return `${what}, and the offline kit has no recipe for it: pull or load it`;
  return `${what}; it is pinned by the digest ${image.digest}, which an image built here cannot have: pull or load it, or unpin it`;
}

/** Who made the image that the daemon has. The kit makes an `outdated` one again. */
export type ImageState = 'upstream' | 'built' | 'outdated' | 'absent';

export async function imageState(docker: Docker, name: ImageName): Promise<ImageState> {
  const labels = await labelsOf(docker, imageRef(images[name])).catch(() => undefined);
  if (labels === undefined) return 'absent';
  if (labels[kitLabel] === undefined) return 'upstream';
  const recipe = imageRecipe(name);
  return recipe !== undefined && isCurrent(labels, recipe) ? 'built' : 'outdated';
}

async function labelsOf(docker: Docker, ref: string): Promise<Record<string, string> | undefined> {
  try {
    return (await docker.getImage(ref).inspect()).Config.Labels ?? {};
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

const isCurrent = (labels: Record<string, string>, recipe: ImageRecipe): boolean =>
  labels[inputsLabel] === fingerprint(recipe);

/** Timeout for the first response of the registry. After that, a slow download may continue. */
const answerMs = 8_000;
const stallMs = 60_000;

/**
 * Pulls through the daemon, which has its own mirrors and proxies. Reachability of a registry is
 * checked once. Returns the reason of a failure, or undefined if the image exists.
 */
async function tryPull(
  docker: Docker,
  ref: string,
  unreachable: Map<string, string>,
  log: Log,
): Promise<string | undefined> {
  const registry = /^([^/]*[.:][^/]*)\//.exec(ref)?.[1] ?? 'docker.io';
  const known = unreachable.get(registry);
  if (known !== undefined) return known;
  const abort = new AbortController();
  let heard = Date.now();
  let patience = answerMs;
  const watch = setInterval(() => {
    if (Date.now() - heard > patience) abort.abort();
  }, 250);
  try {
    const stream = await docker.pull(ref, { abortSignal: abort.signal });
    log(`pulling ${ref}`);
    patience = stallMs;
    await new Promise<void>((resolve, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('the registry went silent')));
      docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        () => (heard = Date.now()),
      );
    });
    return undefined;
  } catch (error) {
    const message = abort.signal.aborted ? `${registry} does not answer` : messageOf(error);
    const absent = (error as { statusCode?: number }).statusCode === 404;
    if (absent || /manifest unknown|no matching manifest/i.test(message)) {
      throw new KitError(`the registry has no image ${ref}: ${message}`);
    }
    unreachable.set(registry, message);
    log(`cannot pull from ${registry}: ${message}`);
    return message;
  } finally {
    clearInterval(watch);
  }
}

const messageOf = (error: unknown): string => {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return (json?.message ?? message ?? String(error)).trim();
};

/** Makes an image of the kit's own, unless the daemon already has the same one. */
export async function ensureOwnImage(
  docker: Docker,
  ref: string,
  recipe: ImageRecipe,
  log: Log,
): Promise<void> {
  if (!(await hasOwnImage(docker, ref, recipe))) await make(docker, ref, recipe, log);
}

/** Whether the daemon has this image of the kit, as it would be made now. */
export async function hasOwnImage(
  docker: Docker,
  ref: string,
  recipe: ImageRecipe,
): Promise<boolean> {
  const present = await labelsOf(docker, ref);
  return present !== undefined && isCurrent(present, recipe);
}

/**
 * Makes an image and loads it into the daemon. Commands that are not in the cache are built, and
 * packages are downloaded. An earlier image of the same name is removed if nothing uses it. Returns
 * its `name@version`.
 */
async function make(docker: Docker, ref: string, recipe: ImageRecipe, log: Log): Promise<string> {
  const built = await build(commandsIn(recipe), log);
  const unpacked = recipe.packages && (await unpack(recipe.packages, log));
  const title = unpacked
    ? `${recipe.packages?.main}@${unpacked.version}`
    : (commandTitle(recipe) ?? ref);
  const before = await docker
    .getImage(ref)
    .inspect()
    .catch(() => undefined);
  const archive = imageArchive(ref, recipe, {
    read: (command) => readFileSync(built[command] ?? ''),
    root: unpacked?.root,
    title,
  });
  const stream = await docker.loadImage(Readable.from([archive]), { quiet: true });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
  );
  if (before !== undefined) {
    await docker
      .getImage(before.Id)
      .remove()
      .catch(() => undefined);
  }
  return title;
}
