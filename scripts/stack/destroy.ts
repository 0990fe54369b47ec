import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { docker, ownVolumes } from '../docker';
import { claimsOf, deleteClaims } from '../claims';
import type { Place } from '../cluster-objects';
import { foreground } from '../process';
import { recoverFromInterruption } from '../recover';
import { projectName, projectRoot, readStackFile } from '../stack-files';
import { type Context, run } from './context';

/** `make destroy`: keeps the data, unless PURGE=1. */
export async function destroy(context: Context): Promise<number> {
  const { stack, backend, pulumi, onDocker, place } = context;
  if (onDocker) await recoverFromInterruption(stack, backend, pulumi, 'destroy');
  const code = await run(context, ['destroy', '--yes', '--skip-preview', ...backend.configArgs]);
  if (code !== 0) return code;
  const purge = process.env['PURGE'] === '1';
  if (onDocker) await volumes(context, purge);
  if (place !== undefined) {
    process.stdout.write(await claims(stack, place, purge, backend.env));
  }
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
    process.stdout.write(kept(stack, names.join(', ')));
  }
}

/** The same for the claims of a stack in a cluster. Returns what to tell the operator. */
export async function claims(
  stack: string,
  place: Place,
  purge: boolean,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const names = await claimsOf(stack, place, env);
  if (names.length === 0) return '';
  const what = `claims ${names.join(', ')} in the namespace ${place.namespace}`;
  if (!purge) return kept(stack, what);
  await deleteClaims(names, place, env);
  return `Data deleted: ${what}. Buckets and the namespace stay.\n`;
}

const kept = (stack: string, what: string): string =>
  `Data kept: ${what}\nThe next make up STACK=${stack} uses it again. ` +
  `To delete it: make destroy PURGE=1 STACK=${stack}\n`;

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
