import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Image, imageRef, images } from '../images';

/** Programs of the image, by the names of their files in it and in reference-app/src. */
export const programs = [
  ...['api-server', 'ws-server', 'worker'],
  ...['traffic', 'outside', 'inbox', 'hog'],
] as const;

const projectRoot = join(__dirname, '..', '..');
/** Relative, as the state keeps it: the same checkout elsewhere is the same image. */
const context = 'build/reference-app';

/**
 * The image of the reference application: bundles each program into one file, and puts them with the Dockerfile
 * into `build/reference-app`, from which the platform builds. Takes a fraction of a second.
 *
 * The same sources give the same bytes wherever they lie, and the tag is their hash: an unchanged application is
 * neither built nor restarted again.
 *
 * Throws when a source does not compile.
 *
 * @param root folder of Pulumi.yaml
 */
export async function referenceAppImage(root = projectRoot): Promise<Image> {
  const files = await bundle(root);
  write(join(root, context), files);
  const args = { NODE_IMAGE: imageRef(images.node) };
  const hash = createHash('sha256').update(JSON.stringify(args));
  for (const [name, content] of files) hash.update(`\0${name}\0`).update(content);
  const tag = hash.digest('hex').slice(0, 16);
  return { repository: 'audifi/reference-app', tag, build: { context, args } };
}

/** Content by name of everything that goes into the image. */
async function bundle(root: string): Promise<Map<string, Buffer>> {
  const source = join(root, 'reference-app');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => join('reference-app', 'src', `${name}.ts`)),
    outdir: context,
    outbase: join('reference-app', 'src'),
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Names of functions and classes are read in stack traces and logs.
    keepNames: true,
    // Paths get into the bundle, as comments: those of packages may be links to another place.
    preserveSymlinks: true,
    legalComments: 'none',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }): [string, Buffer] => [
    path.slice(join(root, context).length + 1),
    Buffer.from(contents),
  ]);
  files.push(['Dockerfile', readFileSync(join(source, 'Dockerfile'))]);
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Makes a folder hold exactly these files. Two runs at once write the same and do not see half of it. */
function write(folder: string, files: ReadonlyMap<string, Buffer>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(content)) continue;
    const draft = join(folder, `..`, `.reference-app-${process.pid}-${name}`);
    writeFileSync(draft, content);
    // Whatever the umask: modes are part of the image.
    chmodSync(draft, 0o644);
    renameSync(draft, path);
  }
  for (const name of readdirSync(folder)) {
    if (!files.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
