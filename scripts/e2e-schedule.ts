/** A file of test/e2e. */
export interface Suite {
  readonly path: string;
  /**
   * - `long`: runs for minutes, with a cluster, or with a stack whose alerts must fire in time.
   *   Only a small suite runs at the same time: if two large stacks share two cores, scrapes take
   *   longer than their interval, and false alerts fire.
   * - `large`: a stack with the reference application, or several minutes of other work. Two of
   *   them run at the same time only on a quick machine.
   * - `small`: everything else
   */
  readonly size: 'long' | 'large' | 'small';
  /**
   * What has to be built before it can run: the images of the first part of a stack, the programs
   * for logs, everything for the whole stack and its tests, or the cluster as well.
   */
  readonly needs: 'first' | 'logs' | 'images' | 'cluster';
}

/** What is built, and on what machine. The first part is always built. */
export interface Built {
  readonly logs: boolean;
  readonly images: boolean;
  readonly cluster: boolean;
  /** Whether the machine is slow. @default false */
  readonly slow?: boolean;
}

/**
 * The suites to run next in a free slot, in one call of Jest. Undefined if the slot has to wait for
 * a running suite or for a build.
 *
 * @param running in the other slots
 */
export function nextSuites(
  waiting: readonly Suite[],
  running: readonly Suite[],
  built: Built,
): readonly Suite[] | undefined {
  const available = waiting.filter(({ needs }) => needs === 'first' || built[needs]);
  const of = (size: Suite['size']): Suite[] => available.filter((suite) => suite.size === size);
  const is = (size: Suite['size']): boolean => running.some((suite) => suite.size === size);
  const one = (suites: readonly Suite[]): readonly Suite[] | undefined =>
    suites.length === 0 ? undefined : suites.slice(0, 1);
  const [small, large, long] = [of('small'), of('large'), of('long')];
  // All in one call, because each call of Jest takes seconds.
  if (is('long')) return small.length === 0 ? undefined : small;
  if (long.length > 0) return is('large') ? one(small) : one(long);
  const building = waiting.length > available.length;
  // Builds need the cores as well. Small suites are left for the time of the long ones.
  if (building) return is('large') ? one(small) : (one(large) ?? one(small));
  if (built.slow === true && is('large')) return one(small);
  return one(large) ?? one(small);
}

/**
 * The suite to run next in a third slot, which a quick machine has once the images are built: a
 * small one. The others have the first two slots.
 */
export function nextSmall(waiting: readonly Suite[], built: Built): readonly Suite[] | undefined {
  if (!built.images) return undefined;
  const next = waiting.find(({ size, needs }) => size === 'small' && needs !== 'cluster');
  return next === undefined ? undefined : [next];
}
