import { delimiter, dirname } from 'node:path';
import { build } from './build';
import { clusterFamily } from './cluster/addresses';
import { Cluster } from './cluster/cluster';
import { debianWanted } from './debian-images';
import { ensureDocker, reach } from './docker';
import { download } from './download';
import { prepareEngine } from './engine';
import { KitError, type Log } from './errors';
import { estimate } from './estimates';
import { ensureImages, type ImageName } from './images';
import { prepareProvider } from './kubernetes-provider';
import { type Mode, modeOf } from './mode';
import { onPath } from './path';
import { type Command, recipeOf } from './recipes';
import { run } from './run';
import { logTo } from './terminal';
import { imageBuilds, toBuild } from './to-build';
import { webPagesWanted } from './web-pages';

export { Cluster, clusterFamily };
export { adoptDockerContext, dockerContext } from './docker-context';
export { doctorChecks, type Check, type ClusterOfStack } from './doctor';
export { KitError } from './errors';
export type { ImageName } from './images';
export type { Mode } from './mode';
export { type NewerEngine, startNewerEngine, whyNoNewerEngine } from './newer-engine';

/**
 * What the kit can prepare. `kubernetes` is Pulumi's provider for it, in addition to `pulumi`. A
 * tool has the name of its command. `otelcol` is the contrib distribution.
 */
export type Need = 'pulumi' | 'kubernetes' | 'docker' | 'images' | Tool;

/** Command-line tools that the kit can provide in addition to the engine. */
export type Tool = (typeof tools)[number];
const tools = [
  ...(['prometheus', 'promtool', 'alertmanager', 'amtool', 'kubeconform', 'sloth'] as const),
  ...(['loki', 'promtail', 'otelcol', 'jaeger', 'thanos', 'kubectl', 'actionlint'] as const),
  ...(['kube-score'] as const),
] as const;

export interface PrepareOptions {
  readonly need: readonly Need[];
  /** The images to prepare, if `need` contains `images`. @default all */
  readonly images?: readonly ImageName[];
  /** Images that may be missing if they can neither be pulled nor be made here. @default none */
  readonly optional?: readonly ImageName[];
  /** Commands that a later call builds: their modules are downloaded meanwhile. @default none */
  readonly next?: readonly Command[];
  /** @default the environment variable AUDIFI_KIT, or `auto` */
  readonly mode?: Mode;
  /** Receives progress lines. @default standard error */
  readonly log?: Log;
}

export interface Kit {
  /**
   * Variables to add to `process.env` for child processes, such as PATH with the kit's tools first.
   */
  readonly env: Record<string, string>;
  /** Absolute path of each requested command. */
  readonly commands: Record<string, string>;
  /** Stand-ins in use, by the name of the released part; empty if all parts are released ones. */
  readonly standIns: readonly string[];
  /** Released parts in use, with their origin. */
  readonly real: readonly string[];
  /** Optional images that are not available. */
  readonly missing: readonly ImageName[];
  /** The closing line, which `prepare` has already logged. */
  readonly summary: string;
}

/**
 * Prepares everything in `need` and reports which parts are stand-ins. Throws a KitError with one
 * clear message.
 */
export async function prepare(options: PrepareOptions): Promise<Kit> {
  const mode = options.mode ?? modeOf(process.env.AUDIFI_KIT);
  // Throws for a wrong value, before anything is downloaded.
  webPagesWanted();
  debianWanted();
  const log: Log = options.log ?? logTo(process.stderr);
  const progress: Log = (line, how) => log(`offline kit: ${line}`, how);
  const needs = new Set(options.need);
  const commands: Record<string, string> = {};
  const real: string[] = [];
  let standIns: string[] = [];
  const missing: ImageName[] = [];
  let env: Record<string, string> = {};

  const parts = await toBuild(
    {
      pulumi: needs.has('pulumi'),
      provider: needs.has('kubernetes'),
      tools: tools.filter((name) => needs.has(name)),
    },
    mode,
  );
  if (needs.has('docker') || needs.has('images')) {
    const daemon = await ensureDocker(progress);
    real.push(`Docker ${daemon.version}`);
    if (needs.has('images')) {
      const images = await ensureImages(
        daemon.docker,
        {
          pull: mode !== 'offline',
          build: mode !== 'stock',
          names: options.images,
          optional: options.optional,
          commands: parts,
          next: options.next,
        },
        progress,
      );
      real.push(...images.real);
      standIns.push(...images.standIns);
      missing.push(...images.missing);
    }
  }
  // If images were prepared, these commands are built already.
  await build(parts, progress);
  if (needs.has('pulumi')) {
    const engine = await prepareEngine(mode, progress);
    commands.pulumi = engine.pulumi;
    env = engine.env;
    real.push(...engine.real);
    standIns.unshift(...engine.standIns);
    if (needs.has('kubernetes')) {
      const provider = await prepareProvider(mode, engine, progress);
      env = { ...env, ...provider.env };
      real.push(provider.real);
    }
  }
  for (const tool of tools.filter((name) => needs.has(name))) {
    const { path, origin } = await prepareTool(tool, mode, progress);
    const { version, standIn } = recipeOf(tool);
    commands[tool] = path;
    // An installed kubectl may have any version.
    real.push(`${tool === 'kubectl' ? tool : `${tool} ${version}`} (${origin})`);
    if (origin === builtHere && standIn !== undefined) standIns.push(standIn);
    env.PATH = [dirname(path), env.PATH ?? process.env.PATH ?? ''].join(delimiter);
  }

  standIns = [...new Set(standIns)];
  const summary = closingLine(real, standIns, missing);
  log(summary);
  return { env, commands, standIns, real, missing, summary };
}

/** Commands that this machine has to build, and the seconds that it takes. */
export interface Builds {
  readonly commands: readonly Command[];
  readonly seconds: number;
}

/** The commands that this machine has to build for these images. */
export async function buildsFor(names: readonly ImageName[]): Promise<Builds> {
  const { docker, version } = await reach();
  const daemon = version === undefined ? undefined : docker;
  const commands = await imageBuilds(daemon, names, modeOf(process.env.AUDIFI_KIT));
  return { commands, seconds: estimate(commands).seconds };
}

/** The commands that this machine has to build for `Cluster` and the Kubernetes provider. */
export async function clusterBuilds(): Promise<Builds> {
  const mode = modeOf(process.env.AUDIFI_KIT);
  const commands = [
    ...(await toBuild({ pulumi: false, provider: true, tools: [] }, mode)),
    ...(await Cluster.unbuilt()),
  ];
  return { commands, seconds: estimate(commands).seconds };
}

/**
 * Lists which parts are real and which are stand-ins. Reports nothing about the kit if all parts
 * are released ones.
 */
export function closingLine(
  real: readonly string[],
  standIns: readonly string[],
  missing: readonly string[] = [],
): string {
  const stands = standIns.length === 0 ? 'no stand-ins' : `STAND-INS: ${standIns.join(', ')}`;
  const without = missing.length === 0 ? '' : `; MISSING images: ${missing.join(', ')}`;
  return `offline kit: real ${real.join(', ')}; ${stands}${without}`;
}

const builtHere = 'built from Go modules';

/** A tool of the required version: from PATH, or from upstream's release, or built here. */
async function prepareTool(
  tool: Tool,
  mode: Mode,
  log: Log,
): Promise<{ path: string; origin: string }> {
  const { version } = recipeOf(tool);
  if (mode !== 'offline') {
    const installed = await installedTool(tool, version);
    if (installed !== undefined) return { path: installed, origin: 'installed' };
    const downloaded = await download(tool, log);
    if (downloaded !== undefined) return { path: downloaded, origin: 'downloaded' };
  }
  if (mode === 'stock') {
    throw new KitError(
      `${tool} ${version} is not installed and cannot be downloaded: install it, or allow the offline kit to build it ` +
        `(AUDIFI_KIT=auto)`,
    );
  }
  const built = await build([tool], log);
  return { path: built[tool] ?? '', origin: builtHere };
}

/** How to ask for the version, where it is not `--version`. */
const versionWords: Partial<Record<Tool, string[]>> = {
  kubeconform: ['-v'],
  'kube-score': ['version'],
};

/**
 * Another version could give different results, so only the pinned version on PATH is used. kubectl
 * is an exception, because users need the version that fits their cluster.
 */
async function installedTool(tool: Tool, version: string): Promise<string | undefined> {
  const path = onPath(recipeOf(tool).upstreamName ?? tool);
  if (path === undefined || tool === 'kubectl') return path;
  const { stdout, stderr } = await run(path, versionWords[tool] ?? ['--version'], {
    timeoutMs: 10_000,
  });
  return `${stdout}${stderr}`.includes(version) ? path : undefined;
}

/**
 * `tsx offline/kit.ts pulumi docker images …`: prepares these and prints the variables that a shell
 * must export. `image:redis` is one image, and `images` are all.
 */
async function main(words: readonly string[]): Promise<void> {
  try {
    const names = words.flatMap((word) => /^image:(.*)$/.exec(word)?.[1] ?? []);
    const need = words.filter((word) => !word.startsWith('image:')) as Need[];
    const kit = await prepare(
      names.length === 0 ? { need } : { need: [...need, 'images'], images: names as ImageName[] },
    );
    for (const [name, value] of Object.entries(kit.env)) {
      process.stdout.write(`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
    }
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    process.stderr.write(`offline kit: ${error.message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main(process.argv.slice(2));
