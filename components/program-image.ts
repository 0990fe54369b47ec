import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Image, imageRef, images } from './images';

const projectRoot = join(__dirname, '..');

export interface ProgramImage {
  /** Name of the folder with the Dockerfile and `src/`. The image is `audifi/<name>`. */
  readonly name: string;
  /** File names of its programs in `src/` and in the image. */
  readonly programs: readonly string[];
  /** Other project folders that they import from. @default none */
  readonly sources?: readonly string[];
}

/**
 * An image of our own programs: bundles each program into one file, and puts the bundles and the
 * Dockerfile into `build/<name>`, where the platform builds the image. Takes a second or two, and
 * almost no time if nothing has changed.
 *
 * The same sources always give the same bytes, regardless of their path. The tag is their hash, so
 * an unchanged program is neither built nor restarted again.
 *
 * Throws if a source does not compile.
 *
 * @param root folder of Pulumi.yaml
 */
export async function programImage(image: ProgramImage, root = projectRoot): Promise<Image> {
  const args = { NODE_IMAGE: imageRef(images.node) };
  // Relative, because the state contains it: the same checkout in another folder must be the same
  // image.
  const context = `build/${image.name}`;
  const folder = join(root, context);
  const sources = hashOf(sourceFiles(image, root));
  let content = hashOf(filesIn(folder));
  if (readRecord(folder) !== recordOf(sources, content)) {
    const files = await bundle(image, context, root);
    replaceFiles(folder, files);
    content = hashOf(files);
    writeWhole(folder, `${folder}.inputs`, recordOf(sources, content));
  }
  const tag = hashOf([
    ['NODE_IMAGE', Buffer.from(args.NODE_IMAGE)],
    ['content', Buffer.from(content)],
  ]);
  return { repository: `audifi/${image.name}`, tag, build: { context, args } };
}

type File = readonly [name: string, content: Buffer];

/** All inputs of the bundles. The lockfile represents the installed packages. */
function sourceFiles({ name: own, sources = [] }: ProgramImage, root: string): File[] {
  const folders = [own, ...sources].flatMap((name) =>
    filesIn(join(root, name)).map(([path, content]): File => [`${name}/${path}`, content]),
  );
  const single = ['package-lock.json', 'components/program-image.ts'];
  return [...folders, ...single.map((path): File => [path, readFileSync(join(root, path))])];
}

async function bundle(
  { name: own, programs }: ProgramImage,
  context: string,
  root: string,
): Promise<File[]> {
  // Imported only if something changed, because it starts a separate process.
  const { build } = await import('esbuild');
  const source = join(own, 'src');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => join(source, `${name}.ts`)),
    outdir: context,
    outbase: source,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Keeps names of functions and classes for stack traces and logs.
    keepNames: true,
    // Bundles contain paths in comments. The real path of a linked package would differ between
    // machines.
    preserveSymlinks: true,
    legalComments: 'none',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const dockerfile = readFileSync(join(root, own, 'Dockerfile'));
  const files = outputFiles.map(({ path, contents }): File => {
    return [path.slice(join(root, context).length + 1), Buffer.from(contents)];
  });
  return [['Dockerfile', dockerfile] as const, ...files].sort(byName);
}

const byName = ([a]: File, [b]: File): number => (a < b ? -1 : 1);

/** All files below a folder except `node_modules`, sorted. */
function filesIn(folder: string): File[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/(^|[\\/])node_modules([\\/]|$)/.test(path))
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path): File => [path, readFileSync(join(folder, path))])
    .sort(byName);
}

function hashOf(files: readonly File[]): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, 16);
}

const recordOf = (sources: string, content: string): string => `${sources} ${content}\n`;

function readRecord(folder: string): string | undefined {
  const path = `${folder}.inputs`;
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Makes a folder contain exactly these files. */
function replaceFiles(folder: string, files: readonly File[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeWhole(folder, join(folder, name), content);
  const names = new Set(files.map(([name]) => name));
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Atomic, because two runs may write the same file at the same time. */
function writeWhole(folder: string, path: string, content: Buffer | string): void {
  // Outside the folder, because the folder's content goes into the image.
  const draft = `${folder}.draft-${process.pid}`;
  writeFileSync(draft, content);
  // Independent of the umask, because modes are part of the image.
  chmodSync(draft, 0o644);
  renameSync(draft, path);
}
