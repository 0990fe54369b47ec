import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageRecipe } from './image-recipes';
import { type Command, recipeHash, recipeOf } from './recipes';
import { tar, type TarEntry } from './tar';
import { linkTo, mergeUsr, readTree } from './tree';

/** Label with the main content of an image, as `name@version`. Only images of the kit have it. */
export const kitLabel = 'io.audifi.offline-kit';
/**
 * Label with the fingerprint of all inputs. If the fingerprint differs, the image must be built
 * again.
 */
export const inputsLabel = `${kitLabel}.inputs`;

const nobody = 65534;
const caBundle = '/etc/ssl/certs/ca-certificates.crt';
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Scripts that the kit adds to images. */
const scriptsDir = join(__dirname, 'images');
const readScript = (name: string): Buffer => readFileSync(join(scriptsDir, name));

/** The parts of an image, built or downloaded. */
export interface Parts {
  /** Returns the built binary of a command. */
  readonly read: (command: Command) => Buffer;
  /** Folder with the unpacked packages, if the recipe has any. */
  readonly root?: string;
  /** `name@version` of the main content. */
  readonly title: string;
}

/** Hash of all inputs of an image that are known before anything is built or downloaded. */
export function fingerprint(recipe: ImageRecipe): string {
  const commands = Object.values(recipe.commands ?? {});
  const scripts = Object.values(recipe.scripts ?? {}).map((name) => sha256(readScript(name)));
  const inputs = [
    recipe,
    commands.map((command) => recipeHash(command)),
    ...(scripts.length > 0 ? [scripts] : []),
  ];
  return sha256(Buffer.from(JSON.stringify(inputs))).slice(0, 16);
}

/** The title of an image that consists of built commands: that of the first one. */
export function commandTitle(recipe: ImageRecipe): string | undefined {
  const command = Object.values(recipe.commands ?? {})[0];
  return command === undefined ? undefined : `${command}@${recipeOf(command).version}`;
}

/**
 * The archive for `docker load`: one layer and its description, without timestamps or host names.
 * So the same parts give the same image id, and a rebuild replaces no container.
 */
export function imageArchive(ref: string, recipe: ImageRecipe, parts: Parts): Buffer {
  const layer = tar(layerEntries(recipe, parts));
  const config = JSON.stringify(imageConfig(recipe, parts.title, `sha256:${sha256(layer)}`));
  const id = sha256(Buffer.from(config));
  const manifest = [{ Config: `${id}.json`, RepoTags: [ref], Layers: ['layer.tar'] }];
  return tar([
    { path: `${id}.json`, content: Buffer.from(config), mode: 0o644 },
    { path: 'layer.tar', content: layer, mode: 0o644 },
    { path: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)), mode: 0o644 },
  ]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function layerEntries(recipe: ImageRecipe, { read, root }: Parts): TarEntry[] {
  const unpacked = root === undefined ? [] : readTree(root);
  const entries = recipe.packages?.debian === undefined ? unpacked : mergeUsr(unpacked);
  for (const [path, target] of Object.entries(recipe.links ?? {})) {
    if (entries.some((entry) => `/${entry.path}` === path)) continue;
    entries.push(linkTo(entries, path, target));
  }
  entries.push({ path: 'tmp', mode: 0o1777 }, ...accounts(recipe));
  if (existsSync(caBundle)) entries.push(file(caBundle, readFileSync(caBundle)));
  for (const path of recipe.shared ?? []) entries.push({ path: path.slice(1), mode: 0o1777 });
  const owner = recipe.account?.id ?? nobody;
  for (const path of recipe.owned ?? []) {
    const mode = recipe.ownedMode ?? 0o775;
    entries.push({ path: path.slice(1), mode, uid: owner, gid: owner });
  }
  for (const [path, command] of Object.entries(recipe.commands ?? {})) {
    entries.push(file(path, read(command), 0o755));
  }
  for (const [path, name] of Object.entries(recipe.scripts ?? {})) {
    entries.push(file(path, readScript(name), 0o755));
  }
  // Files of the recipe replace files of the packages.
  const members = new Map(entries.map((entry) => [entry.path, entry]));
  for (const path of [...members.keys()].flatMap(parentsOf)) {
    if (!members.has(path)) members.set(path, { path, mode: 0o755 });
  }
  return [...members.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const file = (path: string, content: Buffer | string, mode = 0o644): TarEntry => ({
  path: path.slice(1),
  content: Buffer.from(content),
  mode,
});

const parentsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'));

function accounts({ account }: ImageRecipe): TarEntry[] {
  const users = ['root:x:0:0:root:/root:/sbin/nologin'];
  users.push(`nobody:x:${nobody}:${nobody}:nobody:/home:/sbin/nologin`);
  const groups = ['root:x:0:', `nobody:x:${nobody}:`];
  if (account !== undefined) {
    const { name, id, home } = account;
    users.push(`${name}:x:${id}:${id}::${home}:/sbin/nologin`);
    groups.push(`${name}:x:${id}:`);
  }
  return [
    file('/etc/passwd', `${users.join('\n')}\n`),
    file('/etc/group', `${groups.join('\n')}\n`),
    // Without this file, a C library would query DNS before /etc/hosts.
    ...(account === undefined ? [] : [file('/etc/nsswitch.conf', 'hosts: files dns\n')]),
  ];
}

function imageConfig(recipe: ImageRecipe, title: string, layer: string): object {
  const created = '1970-01-01T00:00:00Z';
  const path = [...(recipe.path ?? []), systemPath].join(':');
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created,
    config: {
      User: recipe.user ?? '',
      Env: [`PATH=${path}`, ...Object.entries(recipe.env ?? {}).map(([k, v]) => `${k}=${v}`)],
      Entrypoint: recipe.entrypoint,
      Cmd: recipe.arguments ?? null,
      WorkingDir: recipe.workingDir ?? '',
      ExposedPorts:
        recipe.port === undefined
          ? null
          : Object.fromEntries([recipe.port].flat().map((port) => [`${port}/tcp`, {}])),
      Volumes: recipe.volume === undefined ? null : { [recipe.volume]: {} },
      Labels: { [kitLabel]: title, [inputsLabel]: fingerprint(recipe) },
      ...(recipe.stopSignal === undefined ? {} : { StopSignal: recipe.stopSignal }),
    },
    rootfs: { type: 'layers', diff_ids: [layer] },
    history: [{ created, created_by: `offline kit: ${title}` }],
  };
}
