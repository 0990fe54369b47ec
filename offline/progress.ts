import { estimateOf, minutes } from './estimates';
import type { Command } from './recipes';

/** After this time without a line, a download counts as stalled. */
export const stalledAfterMs = 60_000;

/**
 * The builds of this process: how many there are, and how long the rest will take. The estimates
 * are corrected by the time that this machine took so far. Builds that run at the same time share
 * the machine equally.
 */
export class BuildPlan {
  private readonly wanted: Command[] = [];
  /** Seconds of the machine that each running build has used. */
  private readonly running = new Map<Command, number>();
  private readonly took = new Map<Command, number>();
  private at = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Adds builds that are known to come. */
  expect(commands: readonly Command[]): void {
    for (const command of commands) {
      if (!this.wanted.includes(command)) this.wanted.push(command);
    }
  }

  start(command: Command): void {
    this.expect([command]);
    this.share();
    this.running.set(command, 0);
  }

  finish(command: Command): void {
    this.share();
    this.took.set(command, this.running.get(command) ?? 0);
    this.running.delete(command);
  }

  /** Ends a build that failed. */
  stop(command: Command): void {
    this.share();
    this.running.delete(command);
  }

  /** `3 of 14`: the place of a build that runs now. */
  position(command: Command): string {
    const place = this.took.size + [...this.running.keys()].indexOf(command) + 1;
    return `${place} of ${this.wanted.length}`;
  }

  /** Seconds until all builds are finished. */
  left(): number {
    this.share();
    const running = [...this.running];
    // A build that takes longer than expected shows that the machine is slow.
    const paces = running.map(([command, used]) => used / estimateOf(command).seconds);
    const pace = Math.max(this.pace(), ...paces);
    const expected = this.wanted
      .filter((command) => !this.took.has(command))
      .reduce((total, command) => total + estimateOf(command).seconds, 0);
    return running.reduce((total, [, used]) => total - used, expected * pace);
  }

  /** `3 of 14, about 22 min left`. */
  describe(command: Command): string {
    return `${this.position(command)}, ${minutes(this.left())} left`;
  }

  /** Divides the time since the last call among the running builds. */
  private share(): void {
    const now = this.now();
    const each = (now - this.at) / 1_000 / this.running.size;
    for (const [command, used] of this.running) this.running.set(command, used + each);
    this.at = now;
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
  private step?: string;

  constructor(private readonly now: () => number = Date.now) {
    this.at = now();
  }

  /** Begins a step in which Go prints nothing. */
  begin(step: string): void {
    this.step = step;
  }

  line(text: string): void {
    this.step = undefined;
    this.last = text;
    this.at = this.now();
    if (!this.downloading) this.packages += 1;
  }

  /** `812 packages`, `downloading x v1.2.3`, that a download has stalled, or another step. */
  describe(): string {
    if (this.step !== undefined) return this.step;
    if (!this.downloading) return this.packages === 1 ? '1 package' : `${this.packages} packages`;
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
