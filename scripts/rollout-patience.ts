import type { WorkloadState } from './pods';

/** Seconds to wait for the next pod. Pulumi may return while pods are still being replaced. */
const patience = 300;

type Progress = Pick<WorkloadState, 'serving' | 'updated'>;

/**
 * Whether to go on waiting for a rollout: as long as it progresses. On many nodes, replacing the
 * pods of a DaemonSet takes longer than any fixed time.
 */
export class RolloutPatience {
  /** The furthest that each workload has come. A pod that fails again and again is no progress. */
  private readonly furthest = new Map<string, number>();
  private since: number | undefined;

  /** @param now in seconds; any clock */
  lasts(now: number, states: ReadonlyMap<string, Progress>): boolean {
    let progressed = this.since === undefined;
    for (const [name, { serving, updated = 0 }] of states) {
      if (serving + updated <= (this.furthest.get(name) ?? 0)) continue;
      this.furthest.set(name, serving + updated);
      progressed = true;
    }
    if (progressed) this.since = now;
    return now - (this.since ?? now) < patience;
  }
}
