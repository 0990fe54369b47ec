import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { builtPath } from './build';
import { imageRecipe } from './debian-images';
import { canReach } from './download';
import { planEngine, probeEngine } from './engine';
import { estimate, minutes } from './estimates';
import { type ImageName, imageState } from './images';
import { planProvider, probeProvider } from './kubernetes-provider';
import type { Mode } from './mode';
import { onPath } from './path';
import { type Command, recipeOf } from './recipes';

/** What a stack needs besides images. */
export interface Wanted {
  readonly pulumi: boolean;
  /** Pulumi's provider for Kubernetes. */
  readonly provider: boolean;
  readonly tools: readonly Command[];
}

/** The commands that have to be built from Go modules, because nothing else provides them. */
export async function toBuild(
  { pulumi, provider, tools }: Wanted,
  mode: Mode,
): Promise<readonly Command[]> {
  if (mode === 'stock') return [];
  const parts: Command[] = [];
  // Probing takes time, so skip it if nothing would have to be built anyway.
  const engine = unbuilt([
    ...(pulumi ? (['pulumi'] as const) : []),
    ...(provider ? (['pulumi-resource-kubernetes'] as const) : []),
  ]);
  if (engine.length > 0) {
    const plan = planEngine(mode, mode === 'offline' ? nothing : await probeEngine());
    const origin = planProvider(mode, probeProvider(plan.standIns.length === 0));
    parts.push(
      ...engine.filter((command) =>
        command === 'pulumi' ? plan.cli === 'build' : origin === 'build',
      ),
    );
  }
  for (const tool of unbuilt(tools)) {
    if (mode === 'offline' || !(await hasReleased(tool))) parts.push(tool);
  }
  return parts;
}

const nothing = { hasLanguageHost: false, canDownload: false, installed: [] };

async function hasReleased(tool: Command): Promise<boolean> {
  const { release, upstreamName } = recipeOf(tool);
  if (onPath(upstreamName ?? tool) !== undefined) return true;
  const arch = release?.arch[process.arch];
  return (
    release !== undefined && arch !== undefined && canReach(release.archive.replace('{arch}', arch))
  );
}

/**
 * The commands that have to be built for those of these images that the kit has to make.
 *
 * @param docker undefined if there is no daemon yet, so no images
 */
export async function imageBuilds(
  docker: Docker | undefined,
  names: readonly ImageName[],
  mode: Mode,
): Promise<readonly Command[]> {
  if (mode === 'stock') return [];
  const states = await Promise.all(
    names.map(async (name) => (docker === undefined ? 'absent' : imageState(docker, name))),
  );
  const toMake = names.filter((_, i) => states[i] === 'absent' || states[i] === 'outdated');
  const missing = unbuilt(commandsOf(toMake));
  if (missing.length === 0 || (mode !== 'offline' && (await canReach(registry)))) return [];
  return missing;
}

/** Docker Hub. If it does not answer, other registries rarely do. */
const registry = 'https://registry-1.docker.io/v2/';

/** The commands that these images contain, if the kit makes them. */
export function commandsOf(names: readonly ImageName[]): readonly Command[] {
  return names.flatMap((name) => Object.values(imageRecipe(name)?.commands ?? {}));
}

/** Those that are not in the cache. */
export function unbuilt(commands: readonly Command[]): readonly Command[] {
  return [...new Set(commands)].filter((command) => !existsSync(builtPath(command)));
}

/** `pulumi, loki and 3 more from Go modules: about 22 min on two idle cores, up to 4.1 GB`. */
export function prediction(commands: readonly Command[]): string {
  const { seconds, megabytes } = estimate(commands);
  const named = commands.slice(0, 4).join(', ');
  const more = commands.length > 4 ? ` and ${commands.length - 4} more` : '';
  return `${named}${more} from Go modules: ${minutes(seconds)} on two idle cores, up to ${gigabytes(megabytes)} of disk`;
}

const gigabytes = (megabytes: number): string =>
  megabytes < 1_000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1_000).toFixed(1)} GB`;
