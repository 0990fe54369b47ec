import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type Docker from 'dockerode';
import { images } from '../components/images';
import { builtPath } from './build';
import { cacheRoot } from './cache';
import { debianWanted } from './debian-images';
import { clusterChecks, ownKubectl } from './doctor-cluster';
import { reach, whyNoDaemon } from './docker';
import { planEngine, probeEngine } from './engine';
import { estimate } from './estimates';
import { KitError } from './errors';
import { planGo, toolchain } from './go';
import { planProvider, probeProvider, providerDetail } from './kubernetes-provider';
import { type ImageName, type ImageState, imageState } from './images';
import { type Mode, modeOf } from './mode';
import { imageBuilds, prediction, toBuild } from './to-build';
import { webPagesWanted } from './web-pages';

/** One line of `make doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How the user can fix it; empty if `ok`. */
  readonly fix: string;
}

/** The cluster of a stack. */
export interface ClusterOfStack {
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
}

/**
 * The checks of `make doctor`: what exists, what would be built, and what is missing. Changes
 * nothing.
 *
 * @param cluster where the stack runs. Undefined: on Docker
 * @param names images of the stack
 */
export async function doctorChecks(
  cluster?: ClusterOfStack,
  names: readonly ImageName[] = Object.keys(images) as ImageName[],
): Promise<Check[]> {
  const mode = modeOf(process.env.AUDIFI_KIT);
  webPagesWanted();
  debianWanted();
  const onKubernetes = cluster !== undefined;
  // Nothing of a stack in a cluster runs or is built in the daemon of this machine.
  const daemon = onKubernetes ? undefined : await reach();
  const engine = await engineChecks(mode, onKubernetes);
  const running = daemon?.version === undefined ? undefined : daemon.docker;
  const builds = await buildChecks(mode, onKubernetes, names, running);
  return [
    ...(daemon === undefined ? [] : [await dockerCheck(daemon)]),
    ...(cluster === undefined ? [] : await clusterChecks(cluster.context, ownKubectl())),
    ...engine.checks,
    ...(running === undefined || names.length === 0
      ? []
      : [await imagesCheck(running, mode, names)]),
    ...builds,
    ...(engine.builds || builds.length > 0 ? [await goCheck()] : []),
    cacheCheck(),
  ];
}

const fine = (name: string, detail: string): Check => ({ name, ok: true, detail, fix: '' });
const lacking = (name: string, detail: string, fix: string): Check => ({
  name,
  ok: false,
  detail,
  fix,
});

async function dockerCheck(daemon: Awaited<ReturnType<typeof reach>>): Promise<Check> {
  if (daemon.version !== undefined) return fine('Docker', `daemon ${daemon.version}`);
  const refusal = await whyNoDaemon(daemon.error);
  if (refusal === undefined) return fine('Docker', 'no daemon: it would be installed and started');
  return lacking('Docker', 'no daemon', refusal);
}

async function engineChecks(
  mode: Mode,
  onKubernetes: boolean,
): Promise<{ checks: Check[]; builds: boolean }> {
  try {
    const probes = await probeEngine();
    const plan = planEngine(mode, probes);
    const built = existsSync(builtPath('pulumi'));
    const cli = {
      installed: `installed: ${probes.cli}`,
      download: 'would be downloaded',
      build: built ? 'built from Go modules' : 'would be built from Go modules',
    }[plan.cli];
    const plugins =
      plan.standIns.length === 0
        ? 'the released ones'
        : `stand-ins for ${plan.standIns.join(', ')}`;
    const checks = [fine('Pulumi', cli), fine('Pulumi plugins', plugins)];
    let builds = plan.cli === 'build' && !built;
    if (onKubernetes) {
      const origin = planProvider(mode, probeProvider(plan.standIns.length === 0));
      checks.push(fine('Kubernetes plugin', providerDetail(origin)));
      builds ||= origin === 'build' && !existsSync(builtPath('pulumi-resource-kubernetes'));
    }
    return { checks, builds };
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    return {
      checks: [lacking('Pulumi', 'not usable as AUDIFI_KIT says', error.message)],
      builds: false,
    };
  }
}

async function imagesCheck(
  docker: Docker,
  mode: Mode,
  names: readonly ImageName[],
): Promise<Check> {
  const states = await Promise.all(names.map((name) => imageState(docker, name)));
  const count = (wanted: ImageState): number => states.filter((state) => state === wanted).length;
  const how = mode === 'offline' ? 'to be built' : 'to be pulled, or built where that fails';
  const parts = [
    [count('upstream'), 'upstream’s'],
    [count('built'), 'built by the offline kit'],
    [count('outdated'), `outdated, ${how}`],
    [count('absent'), how],
  ] as const;
  const detail = parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`);
  return fine('images', detail.join(', '));
}

/** What the first `make up` would build, how long that takes, and whether there is room for it. */
async function buildChecks(
  mode: Mode,
  onKubernetes: boolean,
  names: readonly ImageName[],
  docker: Docker | undefined,
): Promise<Check[]> {
  if (mode === 'stock') return [];
  const commands = [
    ...(await toBuild(
      { pulumi: true, provider: onKubernetes, tools: onKubernetes ? ['kubectl'] : [] },
      mode,
    )),
    ...(await imageBuilds(docker, names, mode)),
  ];
  if (commands.length === 0) return [];
  const detail = prediction(commands);
  const { megabytes } = estimate(commands);
  const free = freeMegabytes(existing(cacheRoot()));
  return [
    free >= megabytes
      ? fine('to be built', detail)
      : lacking(
          'to be built',
          `${detail}; only ${free} MB are free`,
          'free disk space, or set AUDIFI_CACHE, GOMODCACHE and GOCACHE to directories with room',
        ),
  ];
}

/** The folder itself, or the nearest one above that exists. */
function existing(path: string): string {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

function freeMegabytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1e6);
}

/** Only needed if something has to be built. */
async function goCheck(): Promise<Check> {
  const { own, decision } = await planGo(toolchain.version);
  switch (decision.step) {
    case 'refuse':
      return lacking('Go', own === undefined ? 'none' : own.version, decision.reason);
    case 'use':
      return fine('Go', own?.version ?? '');
    default:
      return fine(
        'Go',
        `${own?.version ?? 'none'}: ${toolchain.version} would be fetched into Go’s module cache`,
      );
  }
}

/**
 * Disk space in MB for everything that the kit builds for this stack, plus half of it for temporary
 * files.
 */
const roomMegabytes = 1_800;

function cacheCheck(): Check {
  const root = cacheRoot();
  const folder = existing(root);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return lacking(
      'cache',
      `${root} is not writable`,
      'make it writable, or set AUDIFI_CACHE to another directory',
    );
  }
  const free = freeMegabytes(folder);
  const detail = `${root}, ${free} MB free`;
  if (free >= roomMegabytes) return fine('cache', detail);
  return lacking(
    'cache',
    detail,
    `free ${roomMegabytes} MB there, or set AUDIFI_CACHE to a directory with room`,
  );
}
