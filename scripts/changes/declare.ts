import { join } from 'node:path';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { projectRoot, type StackFile } from '../stack-files';
import type { DeclaredResource } from './recorded';

export interface DeclareOptions {
  /** Folder of the program. @default this one */
  readonly root?: string;
  /** Name of that version of the program in messages. @default the working tree */
  readonly version?: string;
  /** The stack file, if it is not the one in `root`. */
  readonly file?: Pick<StackFile, 'config'>;
}

/**
 * Returns the resources that a version of the program declares for a stack. Runs the program
 * without an engine, in a separate process.
 */
export async function declare(
  stack: string,
  { root = projectRoot, version = 'the working tree', file }: DeclareOptions = {},
): Promise<DeclaredResource[]> {
  const script = join(root, 'scripts', 'render', 'declared.ts');
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  const { code, stdout, stderr } = await capture(
    tsx,
    [script, stack, ...(file === undefined ? [] : ['-'])],
    { cwd: root, input: file === undefined ? undefined : JSON.stringify({ config: file.config }) },
  );
  if (code !== 0) {
    throw new OperatorError(
      `stack "${stack}" cannot be rendered from ${version}:\n${stderr.trim()}`,
    );
  }
  return JSON.parse(stdout) as DeclaredResource[];
}
