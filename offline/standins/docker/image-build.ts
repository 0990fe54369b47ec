import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { cancellation } from '../cancel';
import { tar, type TarEntry } from '../../tar';
import type { Values } from '../values';
import { ask, daemon, map, text } from './daemon';

/**
 * Builds an image with the daemon's own builder, which takes a base image that is there without asking a registry.
 * As in the released provider, the context is found from the folder that the plugin runs in, the project's.
 */
export async function buildImage(name: string, build: Values): Promise<void> {
  const context = resolve(text(build, 'context') ?? '.');
  const dockerfile = text(build, 'dockerfile') ?? 'Dockerfile';
  if (!existsSync(join(context, dockerfile))) {
    throw new Error(`dockerfile not found at path: ${join(context, dockerfile)}`);
  }
  if (existsSync(join(context, '.dockerignore'))) {
    throw new Error(`the stand-in does not read .dockerignore, and ${context} has one`);
  }
  await ask(`unable to build image ${name}`, async () => {
    const stream = await daemon().buildImage(Readable.from([tar(contextEntries(context))]), {
      t: name,
      dockerfile,
      buildargs: map(build, 'buildArgs') ?? {},
      rm: true,
      abortSignal: cancellation.signal,
    });
    await new Promise<void>((done, failed) =>
      daemon().modem.followProgress(stream, (error: Error | null, output: Step[]) => {
        // A step that fails is a line of the answer like any other.
        const wrong = output.find((step) => step.error !== undefined)?.error;
        if (error !== null || wrong !== undefined) failed(error ?? new Error(wrong));
        else done();
      }),
    );
  });
}

/** One line of what the builder tells. */
interface Step {
  readonly error?: string;
}

/** Every file below a folder, in an order of its own: the same content gives the same archive. */
export function contextEntries(folder: string, below = ''): TarEntry[] {
  const names = readdirSync(join(folder, below)).sort();
  return names.flatMap((name): TarEntry[] => {
    const path = below === '' ? name : `${below}/${name}`;
    const { mode } = statSync(join(folder, path));
    if (statSync(join(folder, path)).isDirectory()) {
      return [{ path, mode: mode & 0o777 }, ...contextEntries(folder, path)];
    }
    return [{ path, content: readFileSync(join(folder, path)), mode: mode & 0o777 }];
  });
}
