import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { build, builtPath } from './build';
import { makeDirectory } from './cache';
import { type Engine, pluginFolder } from './engine';
import { KitError, type Log } from './errors';
import type { Mode } from './mode';
import { onPath } from './path';
import { recipeOf } from './recipes';

const command = 'pulumi-resource-kubernetes';

/** Origin of the Kubernetes provider. The engine itself downloads a `released` one. */
export type ProviderOrigin = 'installed' | 'released' | 'build';

/** What a machine has and can download. */
export interface ProviderProbes {
  readonly installed: boolean;
  /** Whether the engine can download released plugins. */
  readonly downloads: boolean;
}

export function probeProvider(downloads: boolean): ProviderProbes {
  const installed = onPath(command) !== undefined || existsSync(pluginFolder('kubernetes'));
  return { installed, downloads };
}

export function planProvider(mode: Mode, { installed, downloads }: ProviderProbes): ProviderOrigin {
  if (mode !== 'offline') {
    if (installed) return 'installed';
    if (downloads) return 'released';
  }
  if (mode !== 'stock') return 'build';
  throw new KitError(
    "Pulumi's plugin for Kubernetes is not installed and cannot be downloaded: install it with " +
      'pulumi plugin install, or allow the offline kit to build it (AUDIFI_KIT=auto)',
  );
}

/** Line about the provider for `make doctor`. */
export function providerDetail(origin: ProviderOrigin): string {
  if (origin !== 'build') return origin;
  if (existsSync(builtPath(command))) return 'built from Go modules';
  return 'would be built from Go modules, in about 25 minutes';
}

/**
 * Prepares the Kubernetes provider for an engine. There is no stand-in for it, because it must
 * behave like the real one. If no released provider is available, it is built from upstream's Go
 * module.
 */
export async function prepareProvider(
  mode: Mode,
  engine: Engine,
  log: Log,
): Promise<{ readonly env: Record<string, string>; readonly real: string }> {
  const origin = planProvider(mode, probeProvider(engine.standIns.length === 0));
  if (origin !== 'build') return { env: {}, real: `${command} (${origin})` };
  const { [command]: path = '' } = await build([command], log);
  const real = `${command} ${recipeOf(command).version} (built from Go modules)`;
  // This version does not know the provider's option `enablePatchForce`.
  const asOption = { PULUMI_K8S_ENABLE_PATCH_FORCE: 'true' };
  const { PULUMI_HOME: home, PATH: searched = process.env.PATH ?? '' } = engine.env;
  if (home === undefined) {
    return { env: { ...asOption, PATH: [dirname(path), searched].join(delimiter) }, real };
  }
  const link = join(pluginFolder('kubernetes', home), command);
  makeDirectory(dirname(link));
  const fresh = `${link}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(path, fresh);
  renameSync(fresh, link);
  return { env: asOption, real };
}
