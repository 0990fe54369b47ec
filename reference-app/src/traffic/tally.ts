import type { appMetrics } from '../../../telemetry';

type Name = keyof typeof appMetrics;
export type Labels = Readonly<Record<string, string>>;

export interface Count {
  readonly metric: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Sent requests and their responses: the expected values of the application's counters. */
export class Tally {
  private readonly certain = new Map<string, Count>();
  private readonly doubtful = new Map<string, Count>();
  private readonly others = new Map<string, Count>();

  /** The application has counted this, because it responded. */
  count(metric: Name, labels: Labels = {}): void {
    add(this.certain, metric, labels);
  }

  /** The application may have counted this, because the response was lost. */
  unsure(metric: Name, labels: Labels = {}): void {
    add(this.doubtful, metric, labels);
  }

  /** A proxy responded instead of the application, which counted nothing. */
  elsewhere(what: string, labels: Labels = {}): void {
    add(this.others, what, labels);
  }

  report(): { counted: Count[]; unsure: Count[]; elsewhere: Count[] } {
    return {
      counted: [...this.certain.values()],
      unsure: [...this.doubtful.values()],
      elsewhere: [...this.others.values()],
    };
  }
}

function add(counts: Map<string, Count>, metric: string, labels: Labels): void {
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const key = `${metric} ${JSON.stringify(sorted)}`;
  counts.set(key, { metric, labels: sorted, value: (counts.get(key)?.value ?? 0) + 1 });
}
