import { clockAhead } from './cluster-clock';
import { objectsOf, type Place } from './cluster-objects';
import { denialsOf } from './denials';
import {
  type Controller,
  isPod,
  kindsOfWorkloads,
  type Pod,
  podProblem,
  statesOf,
  type WorkloadState,
} from './pods';

/** Seconds to wait for a pod that cannot start. */
const patience = 60;

/** Seconds to wait for a pod that the API server rejects. A quota also counts stopping pods. */
const admission = 120;

/** Restarts to wait for a container that exits at once. */
const restarts = 4;

/** The kubelet retries these, but only a changed setting can fix them. */
const hopeless =
  /^(ErrImage\w*|ImagePullBackOff|ImageInspectError|InvalidImageName|RegistryUnavailable|SignatureValidationFailed|CreateContainer(Config)?Error|RunContainerError)$/;

/**
 * Finds new pods that will not start. Call `look` repeatedly with all pods. Pods of the first call
 * are ignored, because the running update may repair them.
 */
export class StuckPods {
  private known: ReadonlySet<string> | undefined;
  private readonly since = new Map<string, number>();

  /**
   * @param now in seconds, by the cluster's clock
   * @returns why they do not start, one line each
   */
  look(now: number, pods: readonly Pod[]): string[] {
    this.known ??= new Set(pods.map(idOf));
    return pods
      .filter((pod) => !this.known?.has(idOf(pod)))
      .filter((pod) => this.isStuck(now, pod))
      .flatMap((pod) => podProblem(pod, now * 1000) ?? []);
  }

  private isStuck(now: number, pod: Pod): boolean {
    const containers = pod.status?.containerStatuses ?? [];
    const waiting = containers.filter(({ state }) => hopeless.test(state?.waiting?.reason ?? ''));
    if (waiting.length === 0) this.since.delete(idOf(pod));
    else if (!this.since.has(idOf(pod))) this.since.set(idOf(pod), now);
    return (
      now - (this.since.get(idOf(pod)) ?? now) >= patience ||
      containers.some(
        ({ state, restartCount }) =>
          state?.waiting?.reason === 'CrashLoopBackOff' && restartCount >= restarts,
      )
    );
  }
}

/** Finds workloads whose missing pods the cluster does not admit. Call `look` repeatedly. */
export class DeniedWorkloads {
  private readonly since = new Map<string, number>();

  /**
   * @param now in seconds
   * @returns why the cluster admits no pod, one line each
   */
  look(now: number, states: ReadonlyMap<string, WorkloadState>): string[] {
    return [...states].flatMap(([name, { denied, why }]) => {
      if (denied === undefined) this.since.delete(name);
      else if (!this.since.has(name)) this.since.set(name, now);
      return now - (this.since.get(name) ?? now) >= admission ? [`${name}: ${why}`] : [];
    });
  }
}

const idOf = ({ metadata }: Pod): string => metadata.uid ?? metadata.name;

/**
 * Watches the stack's pods until `stop` is called. Calls `giveUp` once, when a new pod will not
 * start or is not admitted. Ignores errors of the cluster, which pulumi reports.
 */
export function watchRollout(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
  giveUp: (why: readonly string[]) => void,
): { readonly stop: () => void } {
  const stuck = new StuckPods();
  const denied = new DeniedWorkloads();
  const begun = Date.now();
  const clock = clockAhead(place, env);
  let stopped = false;
  const problems = async (): Promise<string[]> => {
    const objects = await objectsOf<Controller | Pod>(kindsOfWorkloads, stack, place, env);
    const ahead = await clock;
    const denials = await denialsOf(place, env, begun + ahead);
    const now = Date.now() + ahead;
    const states = statesOf(objects, denials, now);
    return [...stuck.look(now / 1000, objects.filter(isPod)), ...denied.look(now / 1000, states)];
  };
  const watch = async (): Promise<void> => {
    while (!stopped) {
      const why = await problems().catch(() => []);
      // Changed during the request.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
      if (why.length > 0 && !stopped) {
        giveUp(why);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 3000).unref());
    }
  };
  void watch();
  return {
    stop: () => {
      stopped = true;
    },
  };
}
