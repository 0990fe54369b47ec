import { existsSync } from 'node:fs';
import { cleanError } from '../backend';
import { exportedState } from '../exported-state';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { projectRoot } from '../stack-files';
import type { Asked } from './same-cluster';

interface Provider {
  readonly type: string;
  readonly inputs?: { kubeconfig?: unknown };
  readonly outputs?: { kubeconfig?: unknown };
}

interface State {
  readonly deployment?: { readonly resources?: readonly Provider[] };
}

/**
 * Earlier versions wrote the path in KUBECONFIG into the state. The engine still uses that path to
 * read the cluster, so without a file there, every command but a preview fails, and its message
 * suggests to forget all objects. This removes the path from the state, so that the provider uses
 * KUBECONFIG, as kubectl does.
 *
 * A drift check must not change the state, so it asks for `make up` if the file is missing.
 */
export async function forgetKubeconfigPath(asked: Asked): Promise<void> {
  const { command, stack, backend, pulumi } = asked;
  const state = (await exportedState(stack, backend, pulumi)) as State;
  const providers = (state.deployment?.resources ?? []).filter(
    ({ type, inputs }) => type === 'pulumi:providers:kubernetes' && pathIn(inputs) !== undefined,
  );
  const path = pathIn(providers[0]?.inputs);
  if (path === undefined) return;
  if (command === 'drift') {
    if (existsSync(path)) return;
    throw new OperatorError(
      `The state of the stack "${stack}" has the path of a kubeconfig that does not exist here, ` +
        `from an earlier version: ${path}. So nothing could be compared. To remove the path: ` +
        `make up STACK=${stack}`,
    );
  }
  for (const { inputs, outputs } of providers) {
    if (inputs !== undefined) inputs.kubeconfig = '';
    if (outputs !== undefined) outputs.kubeconfig = '';
  }
  const args = ['stack', 'import', '--force', '--stack', stack];
  const input = JSON.stringify(state);
  const { code, stderr } = await capture(pulumi, args, {
    ...{ env: backend.env, cwd: projectRoot, input },
  });
  if (code !== 0) throw new OperatorError(cleanError(stderr));
  process.stderr.write(
    `The path of a kubeconfig, which an earlier version wrote into the state, was removed: ${path}\n`,
  );
}

function pathIn(inputs: Provider['inputs']): string | undefined {
  const path = inputs?.kubeconfig;
  return typeof path === 'string' && path !== '' ? path : undefined;
}
