import type { Backend } from '../backend';
import type { Place } from '../cluster-objects';
import { exportedState } from '../exported-state';
import { inContext, kubectl, kubectlText } from '../kubectl';
import { OperatorError } from '../operator-error';
import { assertSameName, instanceLabel } from './same-name';

/** The parts of a namespace that identify it, in a cluster or in the state of a stack. */
interface Namespace {
  readonly metadata: {
    readonly name: string;
    /** The API server assigns it, so no other namespace has it, in any cluster. */
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

interface State {
  readonly deployment?: {
    readonly resources?: readonly { readonly type: string; readonly outputs?: unknown }[];
  };
}

/** What `assertSameCluster` needs. */
export interface Asked {
  readonly command: string;
  readonly stack: string;
  readonly place: Place;
  readonly backend: Backend;
  readonly pulumi: string;
}

/** `NEW_CLUSTER=1`: the operator knows that this is not the same cluster as before. */
export const inNewCluster = (env: NodeJS.ProcessEnv): boolean => env['NEW_CLUSTER'] === '1';

/**
 * Refuses to work on a cluster other than the one that has the stack's objects. There, a refresh
 * would find no objects and remove all of them from the state, and so would a destroy.
 *
 * Accepts a stack whose state has no namespace: it was never deployed, or was destroyed. Also
 * refuses `up` on a stack that was renamed (see `assertSameName`).
 */
export async function assertSameCluster(asked: Asked): Promise<void> {
  const { stack, place, backend } = asked;
  if (inNewCluster(backend.env)) return;
  const known = await namespacesInState(asked);
  if (known.length === 0) return;
  if (asked.command === 'up') {
    const type = 'kubernetes:core/v1:Namespace';
    const resources = known.map((outputs) => ({ type, outputs }));
    assertSameName({ command: asked.command, stack, env: backend.env }, resources);
  }
  const live = await namespacesIn(asked);
  if (known.some((namespace) => live.some((other) => isSame(namespace, other, stack)))) return;
  const names = [...new Set(known.map(({ metadata }) => metadata.name))].join(', ');
  throw new OperatorError(
    `The stack "${stack}" was deployed to a cluster other than ${await nameOf(place, backend.env)}: ` +
      `this one does not have the namespaces that the stack uses (${names}), or has others of the ` +
      `same name. Nothing was changed.\n${wayOut(asked)}`,
  );
}

/** The next steps, with commands. */
const wayOut = ({ command, stack }: Asked): string =>
  '  If it is the wrong cluster, set the context of the right one ' +
  '(kubectl config get-contexts lists them):\n' +
  `    make pulumi STACK=${stack} ARGS="config set --path kubernetes.context <name>"\n` +
  '  If the cluster or its namespaces were created again, so that the objects are gone:\n' +
  `    NEW_CLUSTER=1 make ${command} STACK=${stack}`;

/** @throws OperatorError that also says what to do if the cluster does not answer */
async function namespacesIn(asked: Asked): Promise<Namespace[]> {
  const { place, backend } = asked;
  const args = ['get', 'namespaces', '--output', 'json', '--request-timeout', '20s'];
  try {
    const text = await kubectlText([...inContext(place.context), ...args], backend.env);
    return (JSON.parse(text) as { readonly items: Namespace[] }).items;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(
      `Cannot read ${await nameOf(place, backend.env)}, so it is not known whether the stack ` +
        `"${asked.stack}" is there: ${error.message}. Nothing was changed.\n${wayOut(asked)}`,
    );
  }
}

async function namespacesInState({ stack, backend, pulumi }: Asked): Promise<Namespace[]> {
  const { deployment } = (await exportedState(stack, backend, pulumi)) as State;
  return (deployment?.resources ?? [])
    .filter(({ type, outputs }) => type === 'kubernetes:core/v1:Namespace' && outputs !== undefined)
    .map(({ outputs }) => outputs as Namespace);
}

/** Without a UID in the state, the label that the stack sets decides. */
function isSame({ metadata: known }: Namespace, { metadata: live }: Namespace, stack: string) {
  if (known.name !== live.name) return false;
  return known.uid === undefined ? live.labels?.[instanceLabel] === stack : known.uid === live.uid;
}

interface KubeConfig {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[];
}

/** Names a context and its cluster; only the context if the kubeconfig does not say more. */
async function nameOf({ context }: Place, env: NodeJS.ProcessEnv): Promise<string> {
  const args = [...inContext(context), 'config', 'view', '--minify', '--output', 'json'];
  const { code, stdout } = await kubectl(args, env);
  const view = (code === 0 ? JSON.parse(stdout) : {}) as KubeConfig;
  const name = context ?? view['current-context'];
  const server = view.clusters?.[0]?.cluster?.server;
  const what =
    name === undefined
      ? 'the current context'
      : `the ${context === undefined ? 'current ' : ''}context "${name}"`;
  return `the cluster of ${what}${server === undefined ? '' : ` (${server})`}`;
}
