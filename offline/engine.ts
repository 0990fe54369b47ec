import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { build } from './build';
import { cacheRoot, makeDirectory } from './cache';
import { canReach, download } from './download';
import { KitError, type Log } from './errors';
import type { Mode } from './mode';
import { onPath } from './path';
import { recipes } from './recipes';
import { bundleStandIns } from './standins';

/** The engine and its plugins, ready to start with `env` added to the environment. */
export interface Engine {
  readonly pulumi: string;
  readonly env: Record<string, string>;
  readonly real: readonly string[];
  readonly standIns: readonly string[];
}

/**
 * Provider packages of the program that have a stand-in in the kit. Others need their released
 * plugin.
 */
const plugins = ['docker', 'random'] as const;

/** What this machine has and can download. Known before any decision. */
export interface EngineProbes {
  /** Path of `pulumi` on PATH. */
  readonly cli?: string;
  /** Whether that installation includes the language host. */
  readonly hasLanguageHost: boolean;
  /** Whether releases of the CLI and of plugins can be downloaded. */
  readonly canDownload: boolean;
  /** Plugins that are already installed in the required version. */
  readonly installed: readonly string[];
}

export interface EnginePlan {
  readonly cli: 'installed' | 'download' | 'build';
  /** Names of the released plugins that the kit's stand-ins replace. */
  readonly standIns: readonly string[];
}

/**
 * Selects released parts where they exist or can be downloaded, and the kit's parts for the rest.
 */
export function planEngine(mode: Mode, probes: EngineProbes): EnginePlan {
  const allStandIns = [
    'pulumi-language-nodejs',
    ...plugins.map((name) => `pulumi-resource-${name}`),
  ];
  if (mode === 'offline') return { cli: 'build', standIns: allStandIns };
  const stockCli = probes.cli !== undefined && probes.hasLanguageHost;
  if (!stockCli && !probes.canDownload) {
    if (mode === 'auto') return { cli: 'build', standIns: allStandIns };
    throw new KitError(
      'Pulumi is not installed and cannot be downloaded: install it from https://www.pulumi.com/docs/install/, ' +
        'or allow the offline kit to build it (AUDIFI_KIT=auto)',
    );
  }
  const missing = probes.canDownload
    ? []
    : plugins.filter((name) => !probes.installed.includes(name));
  if (mode === 'stock' && missing.length > 0) {
    throw new KitError(
      `Pulumi's plugins for ${missing.join(', ')} are not installed and cannot be downloaded: install them with ` +
        `pulumi plugin install, or allow the offline kit's stand-ins (AUDIFI_KIT=auto)`,
    );
  }
  return {
    cli: stockCli ? 'installed' : 'download',
    standIns: missing.map((name) => `pulumi-resource-${name}`),
  };
}

/** Prepares a Pulumi engine. */
export async function prepareEngine(mode: Mode, log: Log): Promise<Engine> {
  const probes = mode === 'offline' ? nothing : await probeEngine();
  const plan = planEngine(mode, probes);
  if (plan.cli === 'build') return builtEngine(plan, log);
  const version = recipes.pulumi.version;
  const cli = plan.cli === 'installed' ? probes.cli : await download('pulumi', log);
  if (cli === undefined)
    throw new KitError(`there is no release of Pulumi ${version} for this platform`);
  const env: Record<string, string> = {};
  const path = [dirname(cli)];
  if (plan.standIns.length > 0) path.push(await pathOf(plan.standIns));
  env.PATH = [...path, process.env.PATH ?? ''].join(delimiter);
  const origin = plan.cli === 'installed' ? cli : `v${version}, downloaded`;
  return { pulumi: cli, env, real: [`engine pulumi (${origin})`], standIns: plan.standIns };
}

/** Sources of the engine's releases and its plugins. */
const sources = ['https://get.pulumi.com/', 'https://github.com/'];

const nothing: EngineProbes = { hasLanguageHost: false, canDownload: false, installed: [] };

/** Checks what is installed and what can be downloaded. Changes nothing. */
export async function probeEngine(): Promise<EngineProbes> {
  const cli = onPath('pulumi');
  // The engine also uses plugins on the PATH, and prefers them.
  const installed = plugins.filter(
    (name) => existsSync(pluginFolder(name)) || onPath(`pulumi-resource-${name}`) !== undefined,
  );
  const host = 'pulumi-language-nodejs';
  const hasLanguageHost =
    cli !== undefined && (onPath(host) !== undefined || existsSync(join(dirname(cli), host)));
  const complete = hasLanguageHost && installed.length === plugins.length;
  const canDownload = complete || (await Promise.all(sources.map(canReach))).every(Boolean);
  return { cli, hasLanguageHost, canDownload, installed };
}

const home = (): string => process.env.PULUMI_HOME || join(homedir(), '.pulumi');

/** Where the engine looks for a provider plugin. */
export const pluginFolder = (name: string, pulumiHome = home()): string =>
  join(pulumiHome, 'plugins', `resource-${name}-v${versionOf(name)}`);

/** The plugin of a provider has the version of its npm package. */
function versionOf(name: string): string {
  const path = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/**
 * The built engine with the stand-ins in the places of released parts: the language host next to
 * the CLI, and providers in the plugin folder of a Pulumi home. The engine accepts them there
 * without a warning about the PATH.
 */
async function builtEngine(plan: EnginePlan, log: Log): Promise<Engine> {
  const { pulumi: cli = '' } = await build(['pulumi'], log);
  const bundle = await bundleStandIns();
  const root = `${join(cacheRoot(), 'engine')}-${lastPart(dirname(cli))}-${lastPart(bundle)}`;
  if (!existsSync(root)) {
    const work = mkdtempSync(`${root}.tmp-`);
    makeDirectory(join(work, 'bin'));
    makeDirectory(join(work, 'home'));
    // The selected stack belongs to the user and is the same for every engine.
    makeDirectory(join(home(), 'workspaces'));
    symlinkSync(join(home(), 'workspaces'), join(work, 'home/workspaces'));
    linkSync(cli, join(work, 'bin/pulumi'));
    link(join(bundle, 'pulumi-language-nodejs'), join(work, 'bin/pulumi-language-nodejs'));
    for (const name of plugins) {
      const folder = pluginFolder(name, join(work, 'home'));
      makeDirectory(folder);
      link(join(bundle, `pulumi-resource-${name}`), join(folder, `pulumi-resource-${name}`));
    }
    try {
      renameSync(work, root);
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      if (!existsSync(root)) throw error;
    }
  }
  keepNoLogs(join(root, 'home'));
  addDynamicProviders(join(root, 'bin'));
  const pulumi = join(root, 'bin/pulumi');
  return {
    pulumi,
    env: {
      PATH: [join(root, 'bin'), process.env.PATH ?? ''].join(delimiter),
      PULUMI_HOME: join(root, 'home'),
      // A login of a released CLI stays valid.
      PULUMI_CREDENTIALS_PATH: process.env.PULUMI_CREDENTIALS_PATH || home(),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    },
    real: [`engine pulumi v${recipes.pulumi.version} (built from Go modules)`],
    standIns: plan.standIns,
  };
}

/**
 * The engine writes an encrypted and compressed debug log of every command below its home. For a
 * stack with large files, this takes half of the engine's CPU time, and 500 MB after a while. There
 * is no setting for it, but if the engine cannot create the folder, it continues without a log.
 * `--logtostderr -v 9` shows the same information.
 */
function keepNoLogs(pulumiHome: string): void {
  const logs = join(pulumiHome, 'logs');
  if (existsSync(logs) && statSync(logs).isFile()) return;
  rmSync(logs, { recursive: true, force: true });
  writeFileSync(logs, '');
}

/**
 * A release of the CLI contains the plugin of dynamic providers, a script that starts the SDK's
 * host in the program's node_modules. The SDK's package contains the same script.
 */
export function addDynamicProviders(bin: string): void {
  const name = 'pulumi-resource-pulumi-nodejs';
  if (existsSync(join(bin, name))) return;
  const unfinished = join(bin, `.${name}-${process.pid}`);
  copyFileSync(join(dirname(require.resolve('@pulumi/pulumi/package.json')), name), unfinished);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, join(bin, name));
}

const lastPart = (path: string): string => /[^-]+$/.exec(path)?.[0] ?? '';

/** A relative link, so that the cache can be moved or copied. */
const link = (target: string, path: string): void => {
  symlinkSync(relative(dirname(path), target), path);
};

/**
 * A folder with only these stand-ins, for the PATH. The engine prefers plugins there to installed
 * ones.
 */
async function pathOf(names: readonly string[]): Promise<string> {
  const bundle = await bundleStandIns();
  const folder = join(bundle, 'path', names.join('+'));
  makeDirectory(folder);
  for (const name of names) {
    if (!existsSync(join(folder, name))) link(join(bundle, name), join(folder, name));
  }
  return folder;
}
