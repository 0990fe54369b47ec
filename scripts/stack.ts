import { uptimeChecks } from '../components/uptime/settings-schema';
import { adoptDockerContext, type Kit, type Need, prepare } from '../offline/kit';
import { isNew, openBackend } from './backend';
import { backup, restore } from './backup';
import { readBackup } from './backup/folder';
import { restorePassphrase } from './backup/state';
import { assertLogsFound } from './container-logs';
import { assertCores } from './cores';
import { assertEngineHere } from './engine-place';
import { leftOut, overruled } from './left-out';
import { assertNotLocked } from './locks';
import { assertNamesFree } from './network-names';
import { OperatorError, runMain } from './operator-error';
import { assertPortsFree } from './ports';
import { preview, withFailurePublished } from './preview';
import { assertStateKnows } from './recover';
import { assertSettings } from './settings-first';
import { type Context, run } from './stack/context';
import { destroy } from './stack/destroy';
import { drift } from './stack/drift';
import { type FirstPart, firstPart, inParts } from './stack/first-part';
import { forgetKubeconfigPath } from './stack/kubeconfig-path';
import { assertReadable } from './stack/readable';
import { refresh } from './stack/refresh';
import { assertSameCluster } from './stack/same-cluster';
import { tunnelPort, withTunnel } from './stack/tunnel';
import { up } from './stack/up';
import { projectName, projectRoot, readStackFile, type StackFile } from './stack-files';
import { imagesOf } from './stack-images';
import { shapeOf } from './stack-settings';
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

async function main(): Promise<number> {
  const [command = '', stack = 'dev', ...rest] = process.argv.slice(2);
  if (!isCommand(command)) {
    throw new OperatorError(`unknown command "${command}". Example: make up STACK=dev`);
  }
  if (command === 'pulumi' && rest.length === 0) {
    throw new OperatorError('ARGS is missing. Example: make pulumi ARGS="config"');
  }
  const work = (): Promise<number> => perform(command, stack, rest);
  return command === 'preview' ? withFailurePublished(stack, work) : work();
}

async function perform(command: Command, stack: string, rest: string[]): Promise<number> {
  const file = readStackFile(stack);
  if (command === 'up' || command === 'preview') {
    assertSettings(stack, projectRoot, true);
    assertReadable(stack, file);
  }
  const onDocker = file.config[`${projectName}:platform`] !== 'kubernetes';
  if (onDocker && (command === 'up' || command === 'preview')) {
    assertEngineHere(stack, file, process.env);
  }
  const need: Need[] = ['pulumi'];
  if (!onDocker) need.push('kubernetes', 'kubectl');
  if (onDocker && command !== 'pulumi' && command !== 'policy') need.push('docker');
  if (onDocker && command === 'up') need.push('images');
  // Any command of pulumi may use the provider, but only some need an engine that runs.
  if (onDocker && command === 'pulumi') adoptDockerContext(process.env);
  const prepareKit = (part?: FirstPart): Promise<Kit> =>
    prepare({
      ...{ need, optional: ['grafana'], next: part?.next },
      images: part?.images ?? imagesOf(file.config),
    });
  const provisions = command === 'up' && onDocker;
  const check = (ready: Kit): Promise<void> => assertProvisionable(stack, file, ready);
  const part = provisions ? await firstPart(stack, file, process.env) : undefined;
  const kit = await (part === undefined
    ? prepareKit()
    : inParts({ stack, file, part, check, prepare: prepareKit }));
  const env = { ...process.env, ...kit.env };
  const pulumi = kit.commands['pulumi'] ?? 'pulumi';
  const { overrides, lines: without } = leftOut(file, kit, env);
  if (provisions) await check(kit);
  if (onDocker && command === 'preview') {
    await assertNamesFree(stack, overruled(file, overrides), env);
  }
  const from = process.env['FROM']?.trim() ?? '';
  if (command === 'restore') beforeRestore(stack, from, env);
  const backend = await openBackend({ stack, env, pulumi, overrides, command });
  if (command === 'up' && !backend.local && without.length > 0) {
    throw new OperatorError(
      `${without.join(' ')} make up would remove Grafana from a stack that others use. ` +
        'Nothing was changed. Try again when the download works, or turn Grafana off: ' +
        'pulumi config set --path grafana.enabled false',
    );
  }
  const settings = shapeOf({ config: overruled(file, overrides).config });
  const { kubernetes, grafana } = settings;
  const place = onDocker ? undefined : kubernetes;
  const inCluster = place !== undefined && ['up', 'refresh', 'drift', 'destroy'].includes(command);
  if (inCluster) {
    const asked = { command, stack, place, backend, pulumi };
    await assertSameCluster(asked);
    await forgetKubeconfigPath(asked);
  }
  const tunnel = inCluster
    ? await tunnelPort({ stack, place, settings, backend, pulumi })
    : undefined;
  const context: Context = {
    ...{ stack, kit, pulumi, backend, onDocker, settings, place, tunnel, without },
  };
  switch (command) {
    case 'up':
      // With Grafana, the program opens the tunnel itself.
      return grafana.enabled ? up(context) : withTunnel(context, () => up(context));
    case 'preview':
      return preview({
        ...{ stack, pulumi, env: backend.env, configArgs: backend.configArgs, place },
        file: overruled(file, overrides),
      });
    case 'policy':
      return run(context, ['policy', 'analyze', '--policy-pack', 'policy']);
    case 'drift':
      return withTunnel(context, () => drift(context));
    case 'refresh':
      return withTunnel(context, () => refresh(context));
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

/** Refuses to start if something on this machine prevents a stack on Docker. */
async function assertProvisionable(stack: string, file: StackFile, kit: Kit): Promise<void> {
  const env = { ...process.env, ...kit.env };
  const deployed = overruled(file, leftOut(file, kit, env).overrides);
  await assertPortsFree(stack, deployed, env);
  await assertNamesFree(stack, deployed, env);
  await assertLogsFound(file, env);
  await assertCores(file, env);
  // Before anything is built for it, or created by the first part.
  if (isNew(stack, env)) await assertStateKnows({ command: 'up', stack, env });
}

/**
 * Runs before the stack is opened, because that would generate a new passphrase on a new machine.
 */
function beforeRestore(stack: string, from: string, env: NodeJS.ProcessEnv): void {
  if (from === '') {
    throw new OperatorError(
      `FROM is missing: the folder of a backup.\nExample: make restore STACK=${stack} FROM=/backups/audifi-${stack}-20260101T030000Z`,
    );
  }
  const backup = readBackup(from);
  assertNotLocked('restore', stack, env);
  const replace = replaced().includes('state');
  process.stdout.write(restorePassphrase({ stack, env, from, backup, replace }));
}

/** Words of the variable REPLACE. */
const replaced = (): string[] => (process.env['REPLACE'] ?? '').split(/[\s,]+/).filter(Boolean);

function isCommand(command: string): command is Command {
  return (commands as readonly string[]).includes(command);
}

runMain(main);
