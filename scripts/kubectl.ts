import { OperatorError } from './operator-error';
import { capture, type Finished } from './process';

/** Arguments that select a context of the kubeconfig. @param context undefined: its current one */
export const inContext = (context: string | undefined): string[] =>
  context === undefined ? [] : ['--context', context];

/** Runs kubectl. Throws an OperatorError if it is not installed. */
export function kubectl(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return capture('kubectl', args, { env }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OperatorError('kubectl is not installed: https://kubernetes.io/docs/tasks/tools/');
  });
}

/** What kubectl prints. Throws an OperatorError with its last message if it fails. */
export async function kubectlText(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, env);
  if (code !== 0) throw new OperatorError(`kubectl: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  return stdout;
}
