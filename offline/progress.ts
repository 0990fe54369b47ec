import { estimateOf, minutes } from './estimates';
import type { Command } from './recipes';

/** After this time without a line, a download counts as stalled. */
export const stalledAfterMs = 60_000;

/**
 * The builds of this process: how many there are, and how long the rest will take. The estimates
 * are corrected by the time that this machine took so far.
 */
export class BuildPlan {
  private readonly wanted: Command[] = [];
  private readonly took = new Map<Command, number>();

  /** Adds builds that are known to come. */
  expect(commands: readonly Command[]): void {
    for (const command of commands) {
      if (!this.wanted.includes(command)) this.wanted.push(command);
    }
  }

  finished(command: Command, seconds: number): void {
    this.expect([command]);
    this.took.set(command, seconds);
  }

  /** `3 of 14`: the place of a build that runs now. */
  position(command: Command): string {
    this.expect([command]);
    const before = [...this.took.keys()].filter((other) => other !== command).length;
    return `${before + 1} of ${this.wanted.length}`;
  }

  /** Seconds until all builds are finished. */
  left(command: Command, elapsed: number): number {
    const expected = estimateOf(command).seconds;
    // A build that takes longer than expected says that the machine is slow.
    const pace = Math.max(this.pace(), elapsed / expected);
    const rest = this.wanted
      .filter((other) => other !== command && !this.took.has(other))
      .reduce((total, other) => total + estimateOf(other).seconds, 0);
    return expected * pace - elapsed + rest * pace;
  }

  /** `3 of 14, about 22 min left`. */
  describe(command: Command, elapsed: number): string {
    return `${this.position(command)}, ${minutes(this.left(command, elapsed))} left`;
  }

  /** Time taken by time expected, of what is finished. Short builds alone say little. */
  private pace(): number {
    const done = [...this.took];
    const expected = done.reduce((total, [command]) => total + estimateOf(command).seconds, 0);
    const taken = done.reduce((total, [, seconds]) => total + seconds, 0);
    const weight = Math.min(expected / 300, 1);
    const measured = expected === 0 ? 1 : Math.min(Math.max(taken / expected, 0.2), 10);
    return weight * measured + (1 - weight);
  }
}

/** The builds of this process. */
export const buildPlan = new BuildPlan();

/** What a build is doing, from Go's output. */
export class BuildOutput {
  private last = '';
  private at: number;
  private packages = 0;

  constructor(private readonly now: () => number = Date.now) {
    this.at = now();
  }

  line(text: string): void {
    this.last = text;
    this.at = this.now();
    if (!this.downloading) this.packages += 1;
  }

  /** `812 packages`, `downloading x v1.2.3`, or that a download has stalled. */
  describe(): string {
    if (!this.downloading) return `${this.packages} packages`;
    const quiet = this.now() - this.at;
    const what = this.last.slice('go: '.length);
    return quiet < stalledAfterMs
      ? what
      : `${what} has stalled: nothing for ${Math.round(quiet / 1000)} s (is the module proxy slow?)`;
  }

  private get downloading(): boolean {
    return this.last.startsWith('go: downloading');
  }
}
