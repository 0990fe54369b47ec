import { performance } from 'node:perf_hooks';
import { OperatorError } from './operator-error';
import type { FileResult } from './jest-results';

/**
 * Seconds of the suites that take more than a minute, with everything built, on two cores that need
 * 62 ms for 100,000 rounds of SHA-256 (`machineLoad`), and with another suite at the same time.
 */
const usual: Readonly<Record<string, number>> = {
  ...{ kubernetes: 790, incidents: 520, 'kubernetes-upgrade': 230 },
  ...{ runbooks: 270, stack: 245, dashboards: 205, logs: 180, traces: 160, app: 155 },
  ...{ alerts: 120, 'alerts-rules': 110, 'alerts-replicas': 100 },
  ...{ forwarding: 230, 'alerts-pagerduty': 175, rules: 150, offline: 150, join: 145 },
  ...{ refusals: 80, 'traces-replicas': 75, redaction: 65 },
};
const usualOfOthers = 50;

/** Seconds that these suites usually take, one after another. */
export const usualSeconds = (paths: readonly string[]): number =>
  paths.reduce(
    (sum, path) => sum + (usual[/([^/]+)\.test\.ts$/.exec(path)?.[1] ?? ''] ?? usualOfOthers),
    0,
  );

/** Minutes that repeated files and the newer engine may take after the limit. */
const minutesAfter = 20;
/** A repeated file has the machine for itself, and may leave out what passed. */
const shareOfRepetition = 0.6;

/**
 * The time limit of a whole run, `AUDIFI_E2E_MINUTES`. A suite that would end later does not start,
 * so that a run on a slow machine ends with a result. The suites that have run show how slow the
 * machine is.
 */
export class TimeLimit {
  private usualSoFar = 0;
  private took = 0;

  /** @param minutes from now. @default no limit */
  constructor(
    readonly minutes: number | undefined,
    private readonly now: () => number = () => performance.now() / 1000,
    private readonly begun: number = now(),
  ) {}

  /** Throws an `OperatorError` if the variable is not a number of minutes. */
  static ofEnvironment(): TimeLimit {
    const limit = process.env['AUDIFI_E2E_MINUTES'] ?? '';
    if (limit !== '' && !/^\d+$/.test(limit)) {
      throw new OperatorError(
        `AUDIFI_E2E_MINUTES is "${limit}": give whole minutes, such as AUDIFI_E2E_MINUTES=60`,
      );
    }
    return new TimeLimit(limit === '' ? undefined : Number(limit));
  }

  /** Learns from what has run. */
  learn(files: readonly FileResult[]): void {
    this.usualSoFar += usualSeconds(files.map(({ path }) => path));
    this.took += files.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** What these suites would take, one after another. */
  secondsOf(paths: readonly string[]): number {
    return usualSeconds(paths) * this.slowness;
  }

  /** How many times slower than usual the suites ran. A few of them say little. */
  get slowness(): number {
    return this.usualSoFar < 200 ? 1 : this.took / this.usualSoFar;
  }

  /** Whether there is time to repeat files that took this many seconds. */
  fitsRepetition(seconds: number): boolean {
    return this.fitsAfter(shareOfRepetition * seconds);
  }

  /** Whether these suites, started now, would end in time. */
  fits(paths: readonly string[]): boolean {
    return this.left(0) >= this.secondsOf(paths);
  }

  /** Whether there is time after the limit, for the newer engine. */
  fitsAfter(seconds: number): boolean {
    return this.left(minutesAfter) >= seconds;
  }

  private left(more: number): number {
    if (this.minutes === undefined) return Infinity;
    return (this.minutes + more) * 60 - (this.now() - this.begun);
  }
}
