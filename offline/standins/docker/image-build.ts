import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { cancellation } from '../cancel';
import { tar, type TarEntry } from '../../tar';
import type { Values } from '../values';
import { ask, daemon, map, text } from './daemon';

/**
 * Builds an image with the daemon's own builder, which uses a local base image without asking a
 * registry. As in the released provider, the context is relative to the working directory of the
 * plugin, which is the project folder.
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
        // The response contains a failed step as a normal line.
        const wrong = output.find((step) => step.error !== undefined)?.error;
        if (error !== null || wrong !== undefined) failed(error ?? new Error(wrong));
        else done();
      }),
    );
  });
}

/** One line of the builder's output. */
interface Step {
  readonly error?: string;
}

/** All files below a folder, sorted, so that the same content gives the same archive. */
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
