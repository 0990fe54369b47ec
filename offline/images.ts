import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { type Image, imageRef, images } from '../components/images';
import { build } from './build';
import { KitError, type Log } from './errors';
import { type ImageRecipe, imageRecipes } from './image-recipes';
import { recipeHash, recipeOf, type Command } from './recipes';
import { tar, type TarEntry } from './tar';

/** Says which recipe an image was built from; on images of the kit only. */
export const kitLabel = 'io.audifi.offline-kit';
/** Fingerprint of everything that went into it: another one means that it has to be built again. */
const inputsLabel = `${kitLabel}.inputs`;

const nobody = 65534;
const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/** How the images of the stack came to be in the daemon, one line each. */
export interface ImagesResult {
  readonly real: readonly string[];
  readonly standIns: readonly string[];
}

/** Makes every image of the stack present in the daemon under its upstream name. */
export async function ensureImages(
  docker: Docker,
  options: { readonly pull: boolean; readonly build: boolean },
  log: Log,
): Promise<ImagesResult> {
  const real: string[] = [];
  const standIns: string[] = [];
  const unreachable = new Map<string, string>();
  const toBuild: Array<{ ref: string; image: Image; recipe: ImageRecipe }> = [];
  for (const [name, image] of Object.entries(images) as Array<[keyof typeof images, Image]>) {
    const ref = imageRef(image);
    const recipe = imageRecipes[name];
    const present = await labelsOf(docker, ref);
    const ours = present?.[kitLabel] !== undefined;
    if (present !== undefined && (!ours || (options.build && isCurrent(present, recipe)))) {
      if (ours && recipe !== undefined) report(ref, recipe, real, standIns);
      else real.push(`image ${ref}`);
      continue;
    }
    const why = options.pull ? await tryPull(docker, ref, unreachable, log) : 'the kit is offline';
    if (why === undefined) {
      real.push(`image ${ref} (pulled)`);
    } else if (!options.build || recipe === undefined || image.digest !== undefined) {
      throw new KitError(cannotGet(ref, why, options.build, recipe, image));
    } else {
      toBuild.push({ ref, image, recipe });
    }
  }
  const built = await build(
    toBuild.flatMap(({ recipe }) => Object.values(recipe.commands)),
    log,
  );
  for (const { ref, recipe } of toBuild) {
    await load(docker, ref, recipe, built);
    log(`made the image ${ref} of ${versionOf(recipe)}`);
    report(ref, recipe, real, standIns);
  }
  return { real, standIns };
}

function report(ref: string, recipe: ImageRecipe, real: string[], standIns: string[]): void {
  real.push(`image ${ref} (built here)`);
  for (const command of Object.values(recipe.commands)) {
    const { standIn } = recipeOf(command);
    if (standIn !== undefined) standIns.push(standIn);
  }
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
  return `${what}; it is pinned by the digest ${image.digest}, which nothing built here can have: pull or load it, or unpin it`;
}

async function labelsOf(docker: Docker, ref: string): Promise<Record<string, string> | undefined> {
  try {
    return (await docker.getImage(ref).inspect()).Config.Labels ?? {};
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

const isCurrent = (labels: Record<string, string>, recipe: ImageRecipe | undefined): boolean =>
  recipe !== undefined && labels[inputsLabel] === fingerprint(recipe);

function fingerprint(recipe: ImageRecipe): string {
  const commands = Object.values(recipe.commands);
  return createHash('sha256')
    .update(JSON.stringify([recipe, commands.map(recipeHash)]))
    .digest('hex')
    .slice(0, 16);
}

function versionOf(recipe: ImageRecipe): string {
  const command = Object.values(recipe.commands)[0] as Command;
  return `${command}@${recipeOf(command).version}`;
}

/** How long the registry has for its first word. After that a slow download is still a download. */
const answerMs = 8_000;
const stallMs = 60_000;

/**
 * Pulls through the daemon, which knows its own mirrors and proxies. Whether a registry can be reached is found out
 * once; returns why not, or undefined if the image is there.
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

/** Loads an image that was made here; an earlier one of the same name that nothing uses any more is removed. */
async function load(
  docker: Docker,
  ref: string,
  recipe: ImageRecipe,
  built: Record<string, string>,
): Promise<void> {
  const before = await docker
    .getImage(ref)
    .inspect()
    .catch(() => undefined);
  const archive = imageArchive(ref, recipe, (command) => readFileSync(built[command] ?? ''));
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
}

/**
 * The archive that `docker load` takes: one layer and a description of it, without a time or a host name in either, so
 * that the same commands give the same image id and no container is replaced for a rebuild.
 */
export function imageArchive(
  ref: string,
  recipe: ImageRecipe,
  read: (command: Command) => Buffer,
): Buffer {
  const layer = tar(layerEntries(recipe, read));
  const config = JSON.stringify(imageConfig(recipe, `sha256:${sha256(layer)}`));
  const id = sha256(Buffer.from(config));
  const manifest = [{ Config: `${id}.json`, RepoTags: [ref], Layers: ['layer.tar'] }];
  return tar([
    { path: `${id}.json`, content: Buffer.from(config), mode: 0o644 },
    { path: 'layer.tar', content: layer, mode: 0o644 },
    { path: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)), mode: 0o644 },
  ]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function layerEntries(recipe: ImageRecipe, read: (command: Command) => Buffer): TarEntry[] {
  const file = (path: string, content: Buffer | string, mode = 0o644): TarEntry => ({
    path: path.slice(1),
    content: Buffer.from(content),
    mode,
  });
  const entries: TarEntry[] = [
    { path: 'tmp', mode: 0o1777 },
    file(
      '/etc/passwd',
      `root:x:0:0:root:/root:/sbin/nologin\nnobody:x:${nobody}:${nobody}:nobody:/home:/sbin/nologin\n`,
    ),
    file('/etc/group', `root:x:0:\nnobody:x:${nobody}:\n`),
  ];
  if (existsSync(caBundle)) entries.push(file(caBundle, readFileSync(caBundle)));
  for (const path of recipe.owned ?? []) {
    entries.push({ path: path.slice(1), mode: 0o775, uid: nobody, gid: nobody });
  }
  for (const [path, command] of Object.entries(recipe.commands)) {
    entries.push(file(path, read(command), 0o755));
  }
  const parents = entries.flatMap(({ path }) =>
    path
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/')),
  );
  const missing = [...new Set(parents)].filter((dir) => !entries.some(({ path }) => path === dir));
  entries.push(...missing.map((path) => ({ path, mode: 0o755 })));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function imageConfig(recipe: ImageRecipe, layer: string): object {
  const created = '1970-01-01T00:00:00Z';
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created,
    config: {
      User: recipe.user ?? '',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: recipe.entrypoint,
      Cmd: recipe.arguments ?? null,
      WorkingDir: recipe.workingDir ?? '',
      ExposedPorts: { [`${recipe.port}/tcp`]: {} },
      Volumes: recipe.volume === undefined ? null : { [recipe.volume]: {} },
      Labels: { [kitLabel]: versionOf(recipe), [inputsLabel]: fingerprint(recipe) },
    },
    rootfs: { type: 'layers', diff_ids: [layer] },
    history: [{ created, created_by: `offline kit: ${versionOf(recipe)}` }],
  };
}
