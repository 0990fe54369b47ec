import { buildsFor, type ImageName, type Kit } from '../../offline/kit';
import { isNew, openBackend } from '../backend';
import { leftOut, type Override, overruled } from '../left-out';
import { OperatorError } from '../operator-error';
import { foreground } from '../process';
import { inNewState } from '../recover';
import { projectName, projectRoot, type StackFile } from '../stack-files';
import { imagesOf } from '../stack-images';
import { shapeOf } from '../stack-settings';
import { printStatus } from '../status';

/** The part of a new stack that can run while the images of the rest are still being built. */
export interface FirstPart {
  /** Names of the groups of settings that follow later. */
  readonly later: readonly Group[];
  readonly overrides: readonly Override[];
  readonly images: readonly ImageName[];
  /** What is built for the rest. */
  readonly next: Awaited<ReturnType<typeof buildsFor>>['commands'];
}

/** Groups of settings whose images take longest to build, and that no other service needs. */
const groups = ['logs', 'traces'] as const;
type Group = (typeof groups)[number];

/** If building the rest takes fewer seconds, the stack starts as a whole. */
const worthwhile = 120;

/**
 * On a machine that has to build images, metrics and alerts of a new stack can run many minutes
 * before logs and traces. Undefined if there is nothing to wait for, or if the stack exists,
 * because an existing stack must not lose a part.
 */
export async function firstPart(
  stack: string,
  file: StackFile,
  env: NodeJS.ProcessEnv,
  builds: typeof buildsFor = buildsFor,
): Promise<FirstPart | undefined> {
  const shape = shapeOf(file);
  const later = groups.filter((group) => shape[group].enabled);
  // With a lost state, containers of the same names are there until the whole stack replaces them.
  if (later.length === 0 || !isNew(stack, env) || inNewState(env)) return undefined;
  const overrides = later.map((group): Override => ({
    path: [`${projectName}:${group}`, 'enabled'],
    value: false,
  }));
  const images = imagesOf(overruled(file, overrides).config);
  const rest = imagesOf(file.config).filter((name) => !images.includes(name));
  const { commands: next, seconds } = await builds(rest);
  return seconds < worthwhile ? undefined : { later, overrides, images, next };
}

/** What `inParts` needs to provision the first part. */
export interface FirstRun {
  readonly stack: string;
  readonly file: StackFile;
  readonly part: FirstPart;
  /** Refuses what cannot be provisioned on this machine. */
  readonly check: (kit: Kit) => Promise<void>;
  /** Prepares the kit for these images, or for all. */
  readonly prepare: (part?: FirstPart) => Promise<Kit>;
}

/**
 * Prepares what the first part needs, and provisions it while the rest is being prepared. Throws
 * only if `check` refuses the machine or a build fails. If the first part cannot be provisioned,
 * the whole stack is tried later and reports its own error.
 */
export async function inParts(
  { stack, file, part, check, prepare }: FirstRun,
  provision: typeof provisionFirst = provisionFirst,
): Promise<Kit> {
  const later = part.later.join(' and ');
  process.stderr.write(`Starting without ${later}, which are added when their images are built.\n`);
  const kit = await prepare(part);
  await check(kit);
  const provisioned = provision(stack, file, part, kit).catch((error: unknown) => {
    if (error instanceof OperatorError) return error.message;
    throw error;
  });
  const [rest, first] = await Promise.allSettled([prepare(), provisioned]);
  if (rest.status === 'rejected') throw rest.reason;
  if (first.status === 'rejected') throw first.reason;
  if (first.value !== undefined) {
    process.stderr.write(`The part without ${later} could not be started: ${first.value}\n`);
  }
  return rest.value;
}

/** Provisions the part and prints its URLs. Returns the reason if that failed. */
async function provisionFirst(
  stack: string,
  file: StackFile,
  part: FirstPart,
  kit: Kit,
): Promise<string | undefined> {
  const env = { ...process.env, ...kit.env };
  const pulumi = kit.commands['pulumi'] ?? 'pulumi';
  const overrides = [...part.overrides, ...leftOut(file, kit, env).overrides];
  const backend = await openBackend({ stack, env, pulumi, overrides, command: 'up' });
  let output = '';
  const keep = (text: string): void => void (output = (output + text).slice(-20_000));
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const args = ['up', '--yes', '--skip-preview', '--stack', stack, ...backend.configArgs];
  const code = await foreground(pulumi, args, {
    ...{ env: backend.env, cwd: projectRoot, onStdout: keep, onStderr: keep },
  }).finally(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt));
  // Otherwise the remaining builds would go on in the background.
  if (interrupted.signal.aborted) process.exit(130);
  if (code !== 0)
    return /^\s*error: .*/m.exec(output)?.[0].trim() ?? `pulumi exited with code ${code}`;
  await printStatus(stack, backend, pulumi, 45);
  process.stdout.write(`\n${part.later.join(' and ')} follow when their images are built.\n\n`);
  return undefined;
}
