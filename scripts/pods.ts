import { OperatorError } from './operator-error';
import { capture } from './process';

/** Where a stack runs. */
export interface Place {
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  readonly namespace: string;
}

/** Readiness of one workload. */
export interface WorkloadState {
  readonly ready: boolean;
  /** Why it is not ready, in words; empty if it is. */
  readonly why: string;
}

interface Meta {
  readonly name: string;
  /** Counts the changes of the specification. */
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Controller {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly metadata: Meta;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly numberReady?: number;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
  };
}

export interface Pod {
  readonly kind: 'Pod';
  readonly metadata: Meta;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: Reason; readonly terminated?: Ended };
  readonly lastState?: { readonly terminated?: Ended };
}

interface Reason {
  readonly reason?: string;
  readonly message?: string;
}

interface Ended extends Reason {
  readonly exitCode?: number;
}

const nameLabel = 'app.kubernetes.io/name';

/**
 * Readiness of each of the stack's workloads, by name, from the API server.
 *
 * @throws OperatorError with what kubectl said
 */
export async function workloadStates(
  stack: string,
  { context, namespace }: Place,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, WorkloadState>> {
  const items = await Promise.all(
    [namespace, `${namespace}-host`].map((each) =>
      list(
        [
          ...(context === undefined ? [] : ['--context', context]),
          ...['--namespace', each, 'get', 'deployments,statefulsets,daemonsets,pods'],
          ...['--selector', `app.kubernetes.io/instance=${stack}`, '--output', 'json'],
          ...['--request-timeout', '20s'],
        ],
        env,
      ),
    ),
  );
  return statesOf(items.flat());
}

async function list(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<(Controller | Pod)[]> {
  const { code, stdout, stderr } = await capture('kubectl', args, { env }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new OperatorError('kubectl is not installed: https://kubernetes.io/docs/tasks/tools/');
    },
  );
  if (code !== 0) throw new OperatorError(`kubectl: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  return (JSON.parse(stdout) as { items: (Controller | Pod)[] }).items;
}

/**
 * Readiness of each workload by its label `app.kubernetes.io/name`. A companion is part of the same
 * pods, so its state `<workload>-<companion>` is theirs.
 */
export function statesOf(items: readonly (Controller | Pod)[]): Map<string, WorkloadState> {
  const pods = items.filter((item): item is Pod => item.kind === 'Pod');
  const controllers = items.filter((item): item is Controller => item.kind !== 'Pod');
  return new Map(
    controllers.flatMap((controller): [string, WorkloadState][] => {
      const [name, state] = stateOf(controller, pods);
      const [, ...companions] = controller.spec?.template?.spec?.containers ?? [];
      return [
        [name, state],
        ...companions.map((c): [string, WorkloadState] => [`${name}-${c.name}`, state]),
      ];
    }),
  );
}

function stateOf(
  { metadata, spec, status = {} }: Controller,
  pods: readonly Pod[],
): [name: string, state: WorkloadState] {
  const name = metadata.labels?.[nameLabel] ?? metadata.name;
  const wanted = status.desiredNumberScheduled ?? spec?.replicas ?? 1;
  const ready = status.numberReady ?? status.readyReplicas ?? 0;
  const updated = status.updatedNumberScheduled ?? status.updatedReplicas ?? 0;
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (ready >= wanted && updated >= wanted && seen) return [name, { ready: true, why: '' }];
  const own = pods.filter((pod) => pod.metadata.labels?.[nameLabel] === name);
  const reasons = own.flatMap((pod) => podProblem(pod) ?? []);
  const of = wanted === 1 ? '' : `${ready} of ${wanted} ready: `;
  const rolling = own.length > 0 ? 'pods with the new settings are starting' : 'no pod yet';
  return [name, { ready: false, why: `${of}${reasons[0] ?? rolling}` }];
}

/** Why a pod is not ready; undefined if it is. */
export function podProblem({ metadata, status = {} }: Pod): string | undefined {
  const { conditions = [], containerStatuses = [] } = status;
  if (conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    return undefined;
  for (const { state = {}, lastState = {}, name, ready } of containerStatuses) {
    if (ready) continue;
    const ended = state.terminated ?? lastState.terminated;
    const waiting = state.waiting?.reason;
    if (waiting === 'ImagePullBackOff' || waiting === 'ErrImagePull') {
      return `${metadata.name}: the image cannot be pulled (${shortened(state.waiting?.message)})`;
    }
    if (ended?.reason === 'OOMKilled') {
      return `${metadata.name}: ${name} used more memory than its limit (OOMKilled)`;
    }
    if (waiting === 'CrashLoopBackOff' || ended !== undefined) {
      return `${metadata.name}: ${name} ends with exit code ${ended?.exitCode ?? '?'}; see kubectl logs --previous`;
    }
    if (waiting !== undefined && waiting !== 'ContainerCreating') {
      return `${metadata.name}: ${waiting} (${shortened(state.waiting?.message)})`;
    }
  }
  const unscheduled = conditions.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  if (unscheduled !== undefined) {
    return `${metadata.name}: no node can run it (${shortened(unscheduled.message)})`;
  }
  return `${metadata.name}: not ready yet`;
}

const shortened = (text = 'no reason given'): string =>
  text.length <= 160 ? text : `${text.slice(0, 159)}…`;
