import { clockAhead } from './cluster-clock';
import { objectsOf, type Place } from './cluster-objects';
import { type Denials, denialsOf } from './denials';
import { type EndedContainer, lastWords } from './last-words';
import { lostNode } from './lost-node';

/** Readiness of one workload. */
export interface WorkloadState {
  readonly ready: boolean;
  /** Why it is not ready, or which of its pods are not, in words; empty if all are. */
  readonly why: string;
  /** Number of its pods that are ready, with the old settings or the new ones. */
  readonly serving: number;
  /** Number of its pods with the new settings. @default unknown */
  readonly updated?: number;
  /** The container that exited, if that is the reason. */
  readonly ended?: EndedContainer;
  /** Why the API server rejects the missing pods, if that is the reason. */
  readonly denied?: string;
  /** Nodes with one of its pods that do not respond. */
  readonly lostNodes?: readonly string[];
  /** Number of its pods in the settings, if it is a StatefulSet that is not ready. */
  readonly instances?: number;
}

interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Counts the changes of the specification. */
  readonly generation?: number;
  /** When a pod that is being deleted has to be gone. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Controller {
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
    /** All pods, also those with the old settings. */
    readonly replicas?: number;
    /** The same of a DaemonSet. */
    readonly currentNumberScheduled?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly numberReady?: number;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
    /** Deployments say here why the cluster admits no pod, e.g. because of a quota. */
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Pod {
  readonly kind: 'Pod';
  readonly metadata: Meta;
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    /** Set when the kubelet of its node takes it on. */
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
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

/** What `statesOf` needs, as kubectl names them. */
export const kindsOfWorkloads = 'deployments,statefulsets,daemonsets,pods';

/**
 * Readiness of each of the stack's workloads, by name, from the API server.
 *
 * @throws OperatorError with what kubectl said
 */
export async function workloadStates(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, WorkloadState>> {
  const objects = await objectsOf<Controller | Pod>(kindsOfWorkloads, stack, place, env);
  const first = statesOf(objects);
  const sure = [...first.values()].every(
    ({ ready, lostNodes }) => ready && lostNodes === undefined,
  );
  const states = sure ? first : await explained(objects, place, env);
  return new Map(
    await Promise.all(
      [...states].map(async ([name, state]): Promise<[string, WorkloadState]> => {
        if (state.ended === undefined) return [name, state];
        const line = await lastWords(state.ended, place, env);
        return [name, line === undefined ? state : { ...state, why: `${state.why}: ${line}` }];
      }),
    ),
  );
}

/** With why the cluster admits no pod, and by the cluster's clock. */
async function explained(
  objects: readonly (Controller | Pod)[],
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<Map<string, WorkloadState>> {
  const [denials, ahead] = await Promise.all([denialsOf(place, env), clockAhead(place, env)]);
  return statesOf(objects, denials, Date.now() + ahead);
}

/**
 * Readiness of each workload by its label `app.kubernetes.io/name`. A companion is in the same
 * pods, so `<workload>-<companion>` gets their state.
 *
 * @param now in milliseconds of Unix time, by the cluster's clock
 */
export function statesOf(
  items: readonly (Controller | Pod)[],
  denials: Denials = new Map(),
  now = Date.now(),
): Map<string, WorkloadState> {
  const pods = items.filter(isPod);
  const controllers = items.filter((item): item is Controller => item.kind !== 'Pod');
  return new Map(
    controllers.flatMap((controller): [string, WorkloadState][] => {
      const denial = denials.get(`${controller.kind}/${controller.metadata.name}`);
      const [name, state] = stateOf(controller, pods, denial, now);
      const [, ...companions] = controller.spec?.template?.spec?.containers ?? [];
      // A companion is counted with its workload.
      const companion = { ...state, instances: undefined };
      return [
        [name, state],
        ...companions.map((c): [string, WorkloadState] => [`${name}-${c.name}`, companion]),
      ];
    }),
  );
}

function stateOf(
  { kind, metadata, spec, status = {} }: Controller,
  pods: readonly Pod[],
  denial: string | undefined,
  now: number,
): [name: string, state: WorkloadState] {
  const name = metadata.labels?.[nameLabel] ?? metadata.name;
  if (spec?.replicas === 0) {
    // No setting scales to 0, so somebody did it by hand.
    const back = `kubectl scale ${kind.toLowerCase()}/${metadata.name} --replicas=<setting>`;
    return [name, { ready: false, why: `scaled to 0 by hand; to start it: ${back}`, serving: 0 }];
  }
  const isPerNode = status.desiredNumberScheduled !== undefined;
  const wanted = status.desiredNumberScheduled ?? spec?.replicas ?? 1;
  const ready = status.numberReady ?? status.readyReplicas ?? 0;
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  // Until the controller has seen the new settings, it counts the pods with the old ones.
  const updated = seen ? (status.updatedNumberScheduled ?? status.updatedReplicas ?? 0) : 0;
  // The record of an evicted pod stays for a long time, and says nothing about its replacement.
  const own = pods.filter(
    (pod) => pod.metadata.labels?.[nameLabel] === name && pod.status?.phase !== 'Failed',
  );
  const serving = own.filter(isReady).length;
  const found = own.filter((pod) => !isReady(pod)).map((pod) => lostNode(pod, now));
  const lost = [...new Set(found)].filter((node) => node !== undefined).sort();
  const lostNodes = lost.length === 0 ? undefined : lost;
  // During a rollout, a Deployment still has the old pod and counts it as ready.
  const replaced = (status.replicas ?? 0) <= updated;
  const bad = own.find((pod) => !isReady(pod));
  const problem = bad && podProblem(bad, now);
  const of = wanted === 1 ? '' : `${ready} of ${wanted} ready: `;
  // A node that does not respond cannot run its pod, so the pod is not expected.
  const possible = isPerNode ? wanted - lost.length : wanted;
  if (ready >= possible && updated >= possible && replaced && seen) {
    const missing = ready < wanted && problem !== undefined ? `${of}${problem}` : '';
    return [name, { ready: true, why: missing, serving, lostNodes }];
  }
  const failure = status.conditions?.find(
    (c) => c.type === 'ReplicaFailure' && c.status === 'True',
  );
  const missing = (status.currentNumberScheduled ?? status.replicas ?? 0) < wanted;
  const denied = failure === undefined ? (missing ? denial : undefined) : (failure.message ?? '');
  const rolling =
    denied !== undefined
      ? `the API server rejects its pods (${shortened(denied)})`
      : own.length > 0
        ? 'pods with the new settings are starting'
        : 'no pod yet';
  const why = `${of}${problem ?? rolling}`;
  const ended = bad && endedIn(bad);
  const instances = kind === 'StatefulSet' ? wanted : undefined;
  return [name, { ready: false, why, serving, updated, ended, denied, lostNodes, instances }];
}

export const isPod = (item: Controller | Pod): item is Pod => item.kind === 'Pod';

const isReady = ({ status: { conditions = [] } = {} }: Pod): boolean =>
  conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** The container of a pod that has exited; undefined if there is none. */
function endedIn({ metadata, status = {} }: Pod): EndedContainer | undefined {
  const one = (status.containerStatuses ?? []).find(
    ({ ready, state = {}, lastState = {} }) =>
      !ready && (state.terminated ?? lastState.terminated) !== undefined,
  );
  const { name: pod, namespace } = metadata;
  if (one === undefined || namespace === undefined) return undefined;
  return { namespace, pod, container: one.name };
}

/**
 * Why a pod is not ready; undefined if it is.
 *
 * @param now in milliseconds of Unix time, by the cluster's clock
 */
export function podProblem(pod: Pod, now = Date.now()): string | undefined {
  const { metadata, status = {} } = pod;
  const { conditions = [], containerStatuses = [] } = status;
  if (isReady(pod)) return undefined;
  const lost = lostNode(pod, now);
  if (lost !== undefined) return `${metadata.name}: its node ${lost} does not respond`;
  for (const { state = {}, lastState = {}, name, ready } of containerStatuses) {
    if (ready) continue;
    const ended = state.terminated ?? lastState.terminated;
    const waiting = state.waiting?.reason;
    if (waiting === 'ImagePullBackOff' || waiting === 'ErrImagePull') {
      return `${metadata.name}: ${pullProblem(state.waiting?.message)}`;
    }
    if (ended?.reason === 'OOMKilled') {
      return `${metadata.name}: ${name} used more memory than its limit (OOMKilled)`;
    }
    if (waiting === 'CrashLoopBackOff' || ended !== undefined) {
      return `${metadata.name}: ${name} exited with code ${ended?.exitCode ?? '?'}`;
    }
    if (waiting !== undefined && waiting !== 'ContainerCreating') {
      return `${metadata.name}: ${waiting} (${shortened(state.waiting?.message)})`;
    }
  }
  const unscheduled = conditions.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  if (unscheduled !== undefined) {
    return `${metadata.name}: no node can run it (${shortened(unscheduled.message)})`;
  }
  return metadata.deletionTimestamp === undefined
    ? `${metadata.name}: not ready yet`
    : `${metadata.name}: it is being stopped`;
}

/** The image, and the last of the causes that containerd strings together. */
function pullProblem(message = ''): string {
  const image = /image "([^"]+)"/.exec(message)?.[1];
  const cause = message.split(': ').at(-1);
  return `the image ${image ?? ''}`.trimEnd() + ` cannot be pulled (${shortened(cause)})`;
}

const shortened = (text = ''): string =>
  text === '' ? 'no reason given' : text.length <= 160 ? text : `${text.slice(0, 159)}…`;
