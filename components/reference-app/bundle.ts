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
import { type Image, imageRef, images } from '../images';

/** Programs of the image, by the names of their files in it and in reference-app/src. */
const programs = [
  ...['api-server', 'ws-server', 'worker'],
  ...['traffic', 'outside', 'inbox', 'hog'],
];

const projectRoot = join(__dirname, '..', '..');
/** Relative, as the state keeps it: the same checkout elsewhere is the same image. */
const context = 'build/reference-app';

/**
 * The image of the reference application: bundles each program into one file, and puts them with the Dockerfile
 * into `build/reference-app`, from which the platform builds. Takes a second or two, and next to nothing when nothing
 * has changed since.
 *
 * The same sources give the same bytes wherever they lie, and the tag is their hash: an unchanged application is
 * neither built nor restarted again.
 *
 * Throws when a source does not compile.
 *
 * @param root folder of Pulumi.yaml
 */
export async function referenceAppImage(root = projectRoot): Promise<Image> {
  const args = { NODE_IMAGE: imageRef(images.node) };
  const folder = join(root, context);
  const sources = hashOf(sourceFiles(root));
  let files = filesIn(folder);
  if (readRecord(folder) !== recordOf(sources, files)) {
    files = await bundle(root);
    replaceFiles(folder, files);
    writeWhole(folder, `${folder}.inputs`, recordOf(sources, files));
  }
  const tag = hashOf([['NODE_IMAGE', Buffer.from(args.NODE_IMAGE)], ...files]);
  return { repository: 'audifi/reference-app', tag, build: { context, args } };
}

/** Version of the application, as its metrics and its /health say it. */
export function appVersion(root = projectRoot): string {
  const text = readFileSync(join(root, 'reference-app', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

type File = readonly [name: string, content: Buffer];

/** What the bundles follow from: packages by the lockfile, which says their content. */
function sourceFiles(root: string): File[] {
  const folders = ['reference-app', 'telemetry'].flatMap((name) =>
    filesIn(join(root, name)).map(([path, content]): File => [`${name}/${path}`, content]),
  );
  const single = ['package-lock.json', 'components/reference-app/bundle.ts'];
  return [...folders, ...single.map((path): File => [path, readFileSync(join(root, path))])];
}

async function bundle(root: string): Promise<File[]> {
  // Only where something changed: it starts a process of its own.
  const { build } = await import('esbuild');
  const source = join('reference-app', 'src');
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
    // Names of functions and classes are read in stack traces and logs.
    keepNames: true,
    // Paths get into the bundle, as comments: those of packages may be links to another place.
    preserveSymlinks: true,
    legalComments: 'none',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const dockerfile = readFileSync(join(root, 'reference-app', 'Dockerfile'));
  const files = outputFiles.map(({ path, contents }): File => {
    return [path.slice(join(root, context).length + 1), Buffer.from(contents)];
  });
  return [['Dockerfile', dockerfile] as const, ...files].sort(byName);
}

const byName = ([a]: File, [b]: File): number => (a < b ? -1 : 1);

/** Every file below a folder but what npm put there, in an order of its own. */
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

const recordOf = (sources: string, files: readonly File[]): string =>
  `${sources} ${hashOf(files)}\n`;

function readRecord(folder: string): string | undefined {
  const path = `${folder}.inputs`;
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Makes a folder hold exactly these files. */
function replaceFiles(folder: string, files: readonly File[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeWhole(folder, join(folder, name), content);
  const names = new Set(files.map(([name]) => name));
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Two runs at once write the same, and neither sees half of it. */
function writeWhole(folder: string, path: string, content: Buffer | string): void {
  // Beside the folder: what is in it goes into the image.
  const draft = `${folder}.draft-${process.pid}`;
  writeFileSync(draft, content);
  // Whatever the umask: modes are part of the image.
  chmodSync(draft, 0o644);
  renameSync(draft, path);
}
