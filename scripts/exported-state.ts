import { type Backend, cleanError } from './backend';
import { OperatorError } from './operator-error';
import { capture } from './process';
import { projectRoot } from './stack-files';

/**
 * The state of a stack as `pulumi stack export` prints it, parsed. Secrets stay encrypted.
 *
 * @throws OperatorError with what Pulumi said
 */
export async function exportedState(
  stack: string,
  { env }: Pick<Backend, 'env'>,
  pulumi: string,
): Promise<unknown> {
  const args = ['stack', 'export', '--stack', stack];
  const { code, stdout, stderr } = await capture(pulumi, args, { env, cwd: projectRoot });
  if (code !== 0) throw new OperatorError(cleanError(stderr));
  return JSON.parse(stdout);
}
