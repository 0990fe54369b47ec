import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPortForward } from '../components/platform/port-forward';
import { services } from '../components/services';
import { uptimeChecks } from '../components/uptime/settings-schema';
import { type Kit, type Need, prepare } from '../offline/kit';
import { type Backend, cleanError, openBackend } from './backend';
import { backup, restore } from './backup';
import { readBackup } from './backup/folder';
import { restorePassphrase } from './backup/state';
import { assertLogsFound } from './container-logs';
import { docker, ownVolumes } from './docker';
import { leftOut, overruled } from './left-out';
import { OperatorError, runMain } from './operator-error';
import { assertPortsFree } from './ports';
import { preview } from './preview';
import { foreground } from './process';
import { type Place, workloadStates } from './pods';
import { lastRunFailed, recoverFromInterruption } from './recover';
import { watchRollout } from './rollout-watch';
import { assertSettings } from './settings-first';
import { projectName, projectRoot, readStackFile } from './stack-files';
import { imagesOf } from './stack-images';
import { shapeOf } from './stack-settings';
import type { StackSettings } from './estimate/load';
import { applySilences } from './silences';
import { printStatus } from './status';

/**
 * `make up | preview | policy | refresh | drift | destroy | status | backup | restore | pulumi
 * ARGS=…`: prepares the tools, runs `pulumi` on the program, and prints the result. Everything that
 * provisions is in index.ts.
 */
const commands = [
  ...(['up', 'preview', 'policy', 'refresh', 'drift', 'destroy', 'status', 'pulumi'] as const),
  ...(['backup', 'restore'] as const),
] as const;
type Command = (typeof commands)[number];

interface Context {
  readonly stack: string;
  readonly kit: Kit;
  readonly pulumi: string;
  readonly backend: Backend;
  readonly onDocker: boolean;
  readonly settings: StackSettings;
  /** Where it runs in a cluster; undefined on Docker. */
  readonly place?: Place;
  /** Port of the tunnel to Grafana; undefined if the stack needs none. */
  readonly tunnel?: number;
  /** What the stack needs but this machine does not have, one line each. */
  readonly without: readonly string[];
}

async function main(): Promise<number> {
  const [command = '', stack = 'dev', ...rest] = process.argv.slice(2);
  if (!isCommand(command)) {
    throw new OperatorError(`unknown command "${command}". Example: make up STACK=dev`);
  }
  if (command === 'pulumi' && rest.length === 0) {
    throw new OperatorError('ARGS is missing. Example: make pulumi ARGS="config"');
  }
  const file = readStackFile(stack);
  if (command === 'up' || command === 'preview') assertSettings(stack, projectRoot, true);
  const onDocker = file.config[`${projectName}:platform`] !== 'kubernetes';
  const need: Need[] = ['pulumi'];
  if (!onDocker) need.push('kubernetes', 'kubectl');
  if (onDocker && command !== 'pulumi' && command !== 'policy') need.push('docker');
  if (onDocker && command === 'up') need.push('images');
  const kit = await prepare({ need, images: imagesOf(file.config), optional: ['grafana'] });
  const env = { ...process.env, ...kit.env };
  const pulumi = kit.commands['pulumi'] ?? 'pulumi';
  const { overrides, lines: without } = leftOut(file, kit, env);
  if (command === 'up' && onDocker) {
    await assertPortsFree(stack, overruled(file, overrides), env);
    await assertLogsFound(file, env);
  }
  const from = process.env['FROM']?.trim() ?? '';
  if (command === 'restore') beforeRestore(stack, from, env);
  const backend = await openBackend({ stack, env, pulumi, overrides });
  if (command === 'up' && !backend.local && without.length > 0) {
    throw new OperatorError(
      `${without.join('; ')}. An up without it would remove it from a stack that others use. ` +
        'Nothing was changed. Try again when the download works, or turn it off: ' +
        'pulumi config set --path grafana.enabled false',
    );
  }
  const settings = shapeOf({ config: overruled(file, overrides).config });
  const { kubernetes, grafana } = settings;
  const place = onDocker ? undefined : kubernetes;
  const tunnel = grafana.enabled && grafana.apiUrl === undefined ? grafana.port : undefined;
  const context: Context = {
    ...{ stack, kit, pulumi, backend, onDocker, settings, place, tunnel, without },
  };
  switch (command) {
    case 'up':
      return up(context);
    case 'preview':
      return withCleanErrors((onStderr) =>
        preview({
          ...{ stack, pulumi, onStderr, env: backend.env, configArgs: backend.configArgs },
          file: overruled(file, overrides),
        }),
      );
    case 'policy':
      return run(context, ['policy', 'analyze', '--policy-pack', 'policy']);
    case 'drift':
      return withTunnel(context, () => drift(context));
    case 'refresh':
      return withTunnel(context, () =>
        run(context, ['refresh', '--yes', '--skip-preview', ...backend.configArgs]),
      );
    case 'destroy':
      return withTunnel(context, () => destroy(context));
    case 'backup':
      return backup({ stack, pulumi, backend, place, settings }, process.env['TO']?.trim() ?? '');
    case 'restore':
      return restore({ stack, pulumi, backend, place, settings }, from, replaced());
    case 'pulumi':
      return run(context, rest);
    case 'status': {
      const sized = { ...settings, uptime: { ...settings.uptime, checks: uptimeChecks(settings) } };
      return (await printStatus(stack, backend, pulumi, 0, context.place, sized)) ? 0 : 1;
    }
  }
}

/** Before the stack is opened, which would make a new passphrase on a new machine. */
function beforeRestore(stack: string, from: string, env: NodeJS.ProcessEnv): void {
  if (from === '') {
    throw new OperatorError(
      `FROM is missing: the folder of a backup.\nExample: make restore STACK=${stack} FROM=/backups/audifi-${stack}-20260101T030000Z`,
    );
  }
  restorePassphrase(readBackup(from).files, env);
}

/** Words of the variable REPLACE. */
const replaced = (): string[] => (process.env['REPLACE'] ?? '').split(/[\s,]+/).filter(Boolean);

function isCommand(command: string): command is Command {
  return (commands as readonly string[]).includes(command);
}

async function up(context: Context): Promise<number> {
  const { stack, backend, pulumi, onDocker, kit, place, without } = context;
  const drifted = onDocker && (await recoverFromInterruption(stack, backend, pulumi)).drifted;
  if (place !== undefined && (await lastRunFailed(stack, backend, pulumi))) {
    process.stderr.write('The last run failed: reading from the cluster what it has changed.\n');
    const refreshed = await run(context, [
      ...['refresh', '--yes', '--skip-preview', '--suppress-progress', '--suppress-outputs'],
      // Grafana may not answer before this run has repaired it.
      ...['--target', '**kubernetes:**', ...backend.configArgs],
    ]);
    if (refreshed !== 0) return refreshed;
  }
  const args = [
    'up',
    '--yes',
    '--skip-preview',
    // The engine compares with its state; only a refresh detects what was removed by hand.
    ...(drifted ? ['--refresh'] : []),
    ...backend.configArgs,
  ];
  const code = await (place === undefined ? run(context, args) : runWatched(context, place, args));
  if (code !== 0) {
    if (place !== undefined) await explainPods(stack, place, backend.env);
    return code;
  }
  const ready = await printStatus(stack, backend, pulumi, 45, place);
  const silences = await applySilences({ stack, settings: context.settings });
  if (silences !== '') process.stdout.write(`\n${silences}`);
  if (without.length > 0) process.stdout.write(`\n${without.join('\n')}\n`);
  if (kit.standIns.length > 0) process.stdout.write(`\n${kit.summary}\n`);
  return ready ? 0 : 1;
}

/** Interrupts the engine when a new pod will not start, instead of waiting for its timeout. */
async function runWatched(context: Context, place: Place, args: string[]): Promise<number> {
  const stopped = new AbortController();
  const watch = watchRollout(context.stack, place, context.backend.env, (why) => {
    process.stderr.write(`\nStopping: ${why.join('\n          ')}\n\n`);
    stopped.abort();
  });
  try {
    return await run(context, args, stopped.signal);
  } finally {
    watch.stop();
  }
}

/** After a failed `up`: which pods are not ready, why, and what runs nevertheless. */
async function explainPods(stack: string, place: Place, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const states = [...(await workloadStates(stack, place, env))].filter(([, { ready }]) => !ready);
    if (states.length === 0) return;
    const lines = states.map(([name, { why }]) => `  ${name.padEnd(18)} ${why}`);
    const absent = states.filter(([, { serving }]) => serving === 0).map(([name]) => name);
    process.stderr.write(
      `\nNot ready in the cluster:\n${lines.join('\n')}\n` +
        (absent.length === 0
          ? 'Each of them still has ready pods with the old settings.\n'
          : `No ready pod: ${absent.join(', ')}. Of one instance with a volume, the old pod ends before the new one starts.\n`) +
        'Correct the setting, or set the old one again, and run make up.\n',
    );
  } catch (error) {
    // The cluster does not answer, as pulumi has just said.
    if (!(error instanceof OperatorError)) throw error;
  }
}

/**
 * The engine refreshes and destroys without running the program, which otherwise opens the tunnel
 * to a Grafana in a cluster. If the tunnel cannot be opened, the engine reports the connection
 * error.
 */
async function withTunnel(context: Context, action: () => Promise<number>): Promise<number> {
  const { place, tunnel } = context;
  if (place === undefined || tunnel === undefined) return action();
  const open = await openPortForward(
    { ...place, service: 'grafana', port: services.grafana.ports.http, localPort: tunnel },
    context.backend.env,
  ).catch((error: unknown) => {
    process.stderr.write(`warning: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  try {
    return await action();
  } finally {
    open?.close();
  }
}

async function destroy(context: Context): Promise<number> {
  const { stack, backend, pulumi, onDocker } = context;
  if (onDocker) await recoverFromInterruption(stack, backend, pulumi);
  const code = await run(context, ['destroy', '--yes', '--skip-preview', ...backend.configArgs]);
  if (code !== 0) return code;
  const purge = process.env['PURGE'] === '1';
  if (onDocker) await volumes(context, purge);
  rmSync(join(projectRoot, 'build', stack), { recursive: true, force: true });
  if (backend.local) await forgetStack(context);
  return 0;
}

/** Keeps the data unless the user explicitly asked to delete it. */
async function volumes({ stack, backend }: Context, purge: boolean): Promise<void> {
  const names = await ownVolumes(stack, backend.env);
  if (names.length === 0) return;
  if (purge) {
    await docker(['volume', 'rm', ...names], backend.env);
    process.stdout.write(`Data deleted: ${names.join(', ')}\n`);
  } else {
    process.stdout.write(
      `Data kept: ${names.join(', ')}\nThe next make up uses it again. ` +
        `To delete it: make destroy PURGE=1 STACK=${stack}\n`,
    );
  }
}

/** Removes our state of a destroyed stack. The passphrase stays while another stack needs it. */
async function forgetStack({ stack, backend, pulumi }: Context): Promise<void> {
  const { stateDir } = backend;
  if (stateDir === undefined) return;
  const args = ['stack', 'rm', stack, '--yes', '--preserve-config', '--non-interactive'];
  const removed = await foreground(pulumi, args, {
    env: backend.env,
    cwd: projectRoot,
    onStdout: () => undefined,
    onStderr: (text) => process.stderr.write(text),
  });
  if (removed !== 0) return;
  rmSync(join(stateDir, `Pulumi.${stack}.yaml`), { force: true });
  const stacks = join(stateDir, '.pulumi', 'stacks', projectName);
  const others = existsSync(stacks)
    ? readdirSync(stacks).filter((file) => /^[^.]+\.json$/.test(file))
    : [];
  const salted = readdirSync(projectRoot).some((file) => {
    const name = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    return name !== undefined && readStackFile(name).encryptionSalt !== undefined;
  });
  if (others.length === 0 && !salted) rmSync(stateDir, { recursive: true, force: true });
}

/**
 * Compares the state with what runs, and changes neither. Exit code 1 if somebody changed something
 * by hand.
 */
async function drift(context: Context): Promise<number> {
  const code = await run(context, [
    ...['refresh', '--preview-only', '--expect-no-changes', '--diff'],
    ...context.backend.configArgs,
  ]);
  const { stack } = context;
  process.stdout.write(
    code === 0
      ? `\nNo drift: ${stack} is as Pulumi left it.\n`
      : `\n${stack} is not as Pulumi left it, or cannot be read. To take it into the state and repair it: ` +
          `make refresh up STACK=${stack}\n`,
  );
  return code;
}

/** Runs pulumi on this terminal. */
function run(
  { stack, backend, pulumi }: Context,
  args: string[],
  signal?: AbortSignal,
): Promise<number> {
  return withCleanErrors((onStderr) =>
    foreground(pulumi, [...args, '--stack', stack], {
      env: backend.env,
      cwd: projectRoot,
      onStderr,
      signal,
    }),
  );
}

/** Explains errors whose original message is hard to understand. */
async function withCleanErrors(
  work: (onStderr: (text: string) => void) => Promise<number>,
): Promise<number> {
  let stderr = '';
  const code = await work((text) => {
    stderr = (stderr + text).slice(-20_000);
    if (!/incorrect passphrase|^warning: using pulumi-/.test(text)) process.stderr.write(text);
  });
  if (code !== 0 && /incorrect passphrase/.test(stderr))
    throw new OperatorError(cleanError(stderr));
  return code;
}

runMain(main);
