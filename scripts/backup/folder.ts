import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../operator-error';

/** Describes a backup: the file `manifest.json` in its folder. */
const manifestSchema = z.object({
  stack: z.string(),
  /** When it was made, in ISO 8601. */
  time: z.string(),
  /** SHA-256 of each file by its name. */
  files: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
});
export type Manifest = z.output<typeof manifestSchema>;

const manifestName = 'manifest.json';
const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** The files of a backup by name. */
export type Files = ReadonlyMap<string, Buffer>;

/**
 * Writes a backup into a new folder below `parent` that only its owner can read: it contains
 * secrets. @returns the path of the folder
 */
export function writeBackup(parent: string, stack: string, files: Files, now: Date): string {
  const time = now.toISOString();
  const folder = join(parent, `audifi-${stack}-${time.replace(/[-:]|\.\d+/g, '')}`);
  if (existsSync(folder)) {
    throw new OperatorError(`${folder} exists. A backup never replaces another one. Try again.`);
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OperatorError(
      `${folder} cannot be created: ${(error as Error).message}\nExample: make backup STACK=${stack} TO=/backups`,
    );
  }
  const manifest: Manifest = {
    ...{ stack, time },
    files: Object.fromEntries([...files].map(([name, content]) => [name, hash(content)])),
  };
  const all: Files = new Map([
    ...files,
    [manifestName, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`)],
  ]);
  for (const [name, content] of all) writeFileSync(join(folder, name), content, { mode: 0o600 });
  return folder;
}

/**
 * Reads a backup, and verifies that all its files are as they were written.
 *
 * @throws OperatorError if the folder is not a backup, or a file is missing or damaged
 */
export function readBackup(folder: string): { readonly manifest: Manifest; readonly files: Files } {
  const path = join(folder, manifestName);
  if (!existsSync(path)) {
    throw new OperatorError(
      `${folder} is not a backup: it has no ${manifestName}.\nExample: make restore FROM=/backups/audifi-dev-20260101T030000Z`,
    );
  }
  let manifest: Manifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new OperatorError(`${path} is damaged. Nothing was changed.`);
  }
  const files = new Map(
    Object.entries(manifest.files).map(([name, expected]): [string, Buffer] => {
      const file = join(folder, name);
      const content = existsSync(file) ? readFileSync(file) : undefined;
      if (content === undefined || hash(content) !== expected) {
        const why = content === undefined ? 'is missing' : 'is damaged';
        throw new OperatorError(`${file} ${why}. Nothing was changed.`);
      }
      return [name, content];
    }),
  );
  return { manifest, files };
}
