import type { Kit } from '../../offline/kit';
import { type Backend, cleanError } from '../backend';
import type { StackSettings } from '../estimate/load';
import { OperatorError } from '../operator-error';
import type { Place } from '../cluster-objects';
import { foreground } from '../process';
import { projectRoot } from '../stack-files';

/** A stack, and the tools to work on it. */
export interface Context {
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
  /** Parts that the stack needs but this machine does not have, one line each. */
  readonly without: readonly string[];
}

/** Runs pulumi on this terminal. */
export function run(
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
export async function withCleanErrors(
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
