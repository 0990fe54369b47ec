import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import main from '../../index';
import { OperatorError, runMain } from '../operator-error';
import { stackConfig, type StackConfig, withGaps } from '../stack-config';
import { projectRoot, type StackFile } from '../stack-files';
import { record, type Recorded } from './record';

export interface Declared extends StackConfig {
  readonly resources: readonly Recorded[];
}

/**
 * What the program declares for a stack, without an engine: secrets are dummies, and alerts may
 * reach nobody. Counts as a preview.
 *
 * @param file the stack's file, where it is not the one in `root`
 */
export async function declared(
  stack: string,
  root = projectRoot,
  file?: Pick<StackFile, 'config'>,
): Promise<Declared> {
  const { values: given, secretKeys } = stackConfig(stack, root, file);
  const values = withGaps(given);
  return {
    resources: await record(main, { stack, config: values, secretKeys }),
    values,
    secretKeys,
  };
}

/**
 * `declared.ts STACK [-]`: prints the resources as JSON. With `-`, the stack's file comes as JSON
 * on standard input.
 */
async function cli(): Promise<void> {
  const [stack = 'dev', input] = process.argv.slice(2);
  const file =
    input === '-' ? (JSON.parse(readFileSync(0, 'utf8')) as Pick<StackFile, 'config'>) : undefined;
  const { resources } = await declared(stack, projectRoot, file).catch((error: unknown) => {
    if (pulumi.RunError.isInstance(error)) throw new OperatorError(error.message);
    throw error;
  });
  process.stdout.write(JSON.stringify(resources));
}

if (require.main === module) runMain(cli);
