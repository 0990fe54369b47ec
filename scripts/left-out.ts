import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { decode } from '../components/settings/decode';
import type { Kit } from '../offline/kit';
import { projectName, type StackFile } from './stack-files';
import { shapeOf } from './stack-settings';

/** A setting to override on this machine: the key, the name in that group, and the value. */
export interface Override {
  readonly path: readonly [key: string, name: string];
  readonly value: unknown;
}

export interface LeftOut {
  readonly overrides: readonly Override[];
  /** What was left out and why, for the end of the output of `make up`. */
  readonly lines: readonly string[];
}

/** The stack's file with the overrides of this machine. */
export function overruled(file: StackFile, overrides: readonly Override[]): StackFile {
  const config: Record<string, unknown> = { ...file.config };
  for (const { path, value } of overrides) {
    const [key, name] = path;
    const given = config[key];
    // `pulumi config set` without --path writes a group as text.
    const group = typeof given === 'string' ? decode(key.replace(/^.*:/, ''), given) : given;
    config[key] = { ...(group as object | undefined), [name]: value };
  }
  return { ...file, config };
}

/**
 * Parts that a stack needs but this machine cannot download. The program then runs without them. A
 * setting turns them off, because the settings alone determine what a stack consists of.
 */
export function leftOut(file: StackFile, kit: Kit, env: NodeJS.ProcessEnv): LeftOut {
  const why = shapeOf(file).grafana.enabled ? grafanaMissing(kit, env) : undefined;
  if (why === undefined) return { overrides: [], lines: [] };
  return {
    overrides: [{ path: [`${projectName}:grafana`, 'enabled'], value: false }],
    lines: [`Grafana was left out (${why}). make render writes its dashboards to files.`],
  };
}

/** There is no stand-in for Grafana or its provider. */
function grafanaMissing(kit: Kit, env: NodeJS.ProcessEnv): string | undefined {
  const plugin = 'pulumi-resource-grafana';
  const downloads = !kit.standIns.some((name) => name.startsWith('pulumi-resource-'));
  const folders = (env['PATH'] ?? '').split(delimiter);
  if (!downloads && !folders.some((folder) => existsSync(join(folder, plugin)))) {
    return "Pulumi's plugin for it cannot be downloaded";
  }
  return kit.missing.includes('grafana') ? 'its image cannot be pulled' : undefined;
}
