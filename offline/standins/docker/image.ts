import type { ImageInspectInfo } from 'dockerode';
import { cancellation } from '../cancel';
import type { Resource } from '../resource';
import type { Values } from '../values';
import { ask, daemon, find, flag, object, text } from './daemon';
import { buildImage } from './image-build';
import { bool, replacing, required, string, stringMap, stringSet } from './properties';

/**
 * Uses an existing image of the given name, and pulls a missing one. An image with `build` is built
 * when the resource is created, and again only if its inputs change, even if the folder changes.
 */
export const remoteImage: Resource = {
  inputs: {
    name: required(replacing(string)),
    build: replacing({
      type: 'object',
      members: {
        context: required(replacing(string)),
        dockerfile: replacing({ ...string, default: 'Dockerfile' }),
        buildArgs: replacing(stringMap),
        // Attestations are a feature of BuildKit, which is not used here.
        provenance: replacing({ ...string, pattern: /^false$/ }),
      },
    }),
    keepLocally: bool,
    forceRemove: bool,
    platform: replacing(string),
    pullTriggers: replacing(stringSet),
    triggers: replacing(stringMap),
  },
  computed: ['imageId', 'repoDigest'],

  async create(inputs) {
    const name = text(inputs, 'name') ?? '';
    const build = object(inputs, 'build');
    if (build !== undefined) await buildImage(name, build);
    const present = await find('Unable to inspect image', () => daemon().getImage(name).inspect());
    if (present === undefined) await pull(name, text(inputs, 'platform'));
    const info =
      present ?? (await ask('Unable to inspect image', () => daemon().getImage(name).inspect()));
    return { id: info.Id + name, outputs: describe(info, name) };
  },

  async read(_id, inputs) {
    const name = text(inputs, 'name');
    if (name === undefined)
      throw new Error('the stand-in cannot adopt an image that it did not make');
    const info = await find('Unable to inspect image', () => daemon().getImage(name).inspect());
    if (info === undefined) return undefined;
    return { id: info.Id + name, outputs: describe(info, name), inputs };
  },

  async update(id, _olds, news) {
    const name = text(news, 'name') ?? '';
    const info = await ask(`Unable to inspect image ${id}`, () =>
      daemon().getImage(name).inspect(),
    );
    return describe(info, name);
  },

  async delete(_id, inputs) {
    if (flag(inputs, 'keepLocally')) return;
    await find('Unable to remove Docker image', () =>
      daemon()
        .getImage(text(inputs, 'name') ?? '')
        .remove({ force: flag(inputs, 'forceRemove') }),
    );
  },
};

const describe = (info: ImageInspectInfo, name: string): Values => ({
  imageId: info.Id,
  repoDigest: repoDigest(info, name),
});

/** The digest for this repository from a registry. An image that was never pulled has none. */
function repoDigest(info: ImageInspectInfo, name: string): string {
  const repository = name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const digests = info.RepoDigests ?? [];
  return digests.find((digest) => digest.startsWith(`${repository}@`)) ?? digests[0] ?? '';
}

/** Pulls with the daemon's own credentials and mirrors. */
export async function pull(name: string, platform: string | undefined): Promise<void> {
  await ask(`unable to pull image ${name}`, async () => {
    const stream = await daemon().pull(name, { platform, abortSignal: cancellation.signal });
    await new Promise<void>((resolve, reject) =>
      daemon().modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
    );
  });
}
