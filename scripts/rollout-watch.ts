import { type Place, type Pod, podProblem, podsOf } from './pods';

/** Seconds to wait for a pod that cannot start. */
const patience = 60;

/** Restarts to wait for a container that ends at once. */
const restarts = 4;

/** The kubelet retries these, but they only end when a setting is changed. */
const hopeless =
  /^(ErrImage\w*|ImagePullBackOff|InvalidImageName|CreateContainer(Config)?Error|RunContainerError)$/;

/**
 * Finds new pods that will not start. Call `look` repeatedly with all pods. Pods of the first call
 * are ignored, because the running update may repair them.
 */
export class StuckPods {
  private known: ReadonlySet<string> | undefined;
  private readonly since = new Map<string, number>();

  /**
   * @param now in seconds
   * @returns why they do not start, one line each
   */
  look(now: number, pods: readonly Pod[]): string[] {
    this.known ??= new Set(pods.map(idOf));
    return pods
      .filter((pod) => !this.known?.has(idOf(pod)))
      .filter((pod) => this.isStuck(now, pod))
      .flatMap((pod) => podProblem(pod) ?? []);
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

const idOf = ({ metadata }: Pod): string => metadata.uid ?? metadata.name;

/**
 * Watches the stack's pods until `stop` is called. Calls `giveUp` once, when a new pod will not
 * start. Ignores errors of the cluster, which pulumi reports.
 */
export function watchRollout(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
  giveUp: (why: readonly string[]) => void,
): { readonly stop: () => void } {
  const stuck = new StuckPods();
  let stopped = false;
  const watch = async (): Promise<void> => {
    while (!stopped) {
      const pods = await podsOf(stack, place, env).catch(() => undefined);
      const why = pods === undefined ? [] : stuck.look(Date.now() / 1000, pods);
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
