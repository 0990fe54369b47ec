import type { JobName } from '../components/services';
import {
  by,
  duration,
  type Expr,
  type LabelOf,
  medianOver,
  oneOf,
  over,
  selector,
} from '../telemetry';
import { jobs, type RuleOptions } from './options';
import type { Thresholds } from './thresholds';

/**
 * Seconds for which a target that was up is expected to stay up, without `expectApp`.
 */
const remembered = 6 * 3_600;

/** The options, with helpers that many alerts use. */
export class Context {
  readonly t: Thresholds;
  /** All jobs with targets of their own. The targets of uptime checks have other alerts. */
  readonly jobs: readonly string[];
  readonly appJobs: readonly string[];
  readonly ownJobs: readonly string[];

  constructor(readonly options: RuleOptions) {
    this.t = options.thresholds;
    this.appJobs = options.appJobs.map(({ name }) => name);
    this.ownJobs = options.ownJobs.filter((name) => name !== jobs.uptime);
    this.jobs = [...this.appJobs, ...this.ownJobs];
  }

  has(job: JobName): boolean {
    return this.jobs.includes(job);
  }

  /** Whether a job of AudiFi may have more than one target. */
  hasSeveral(job: JobName): boolean {
    const found = this.options.appJobs.find(({ name }) => name === job);
    return found !== undefined && (found.isDiscovered === true || (found.targets ?? 1) > 1);
  }

  /** Seconds of a `for` clause. */
  hold(seconds: number): number {
    return Math.ceil(seconds / (this.options.speedUp ?? 1));
  }

  /**
   * Seconds of `keep_firing_for` for an alert that pages for an outage. A service in a crash loop
   * answers for a moment in each cycle, which would resolve the page and send it again.
   */
  get untilStable(): number {
    return this.hold(300);
  }

  /** Seconds of a window. A rate needs two samples, and with four it survives a failed scrape. */
  window(seconds: number): number {
    const asked = Math.ceil(seconds / (this.options.speedUp ?? 1));
    return Math.max(asked, 4 * this.options.scrapeInterval);
  }

  /**
   * Evaluation interval in seconds of a group that may run less often; never shorter than a scrape
   * interval.
   */
  pause(seconds: number): number {
    const asked = Math.ceil(seconds / (this.options.speedUp ?? 1));
    return Math.max(asked, this.options.scrapeInterval);
  }

  /**
   * Evaluation interval in seconds of a group whose samples an instant query always has to find: at
   * most the requested one, however rarely a target is scraped.
   */
  tick(seconds: number): number {
    return Math.min(this.window(seconds), seconds);
  }

  /**
   * Fewer replicas than in the last hour, or than for most of the last day. So a lost replica is
   * reported for half a day. A replica that existed for a few hours only, as during an upgrade, is
   * reported for an hour.
   *
   * @param server labels of a server that stay when its exporter gets another name
   */
  fewerThanBefore<L extends string>(replicas: Expr<L>, server: readonly L[] = []): string {
    const before = (history: Expr<L>): string =>
      server.length === 0
        ? `${replicas} < ${history}`
        : `${replicas} < on (${server.join(', ')}) group_left () ${by('max', server, history)}`;
    const hour = before(over('max_over_time', replicas, this.window(3_600)));
    const day = before(medianOver(replicas, this.window(86_400)));
    return `(\n  ${hour}\n  or\n  ${day}\n)`;
  }

  /** A window as text for people. */
  said(seconds: number): string {
    return duration(this.window(seconds));
  }

  /** Number of instances of a job that are up; 0 even if Prometheus has no target. */
  answering(job: JobName): string {
    const up = selector('up', { job });
    return `(\n  sum by (job) (${up})\n  or\n  0 * absent(${up})\n)`;
  }

  /**
   * Targets whose scrapes fail again and again; the value is their mean of `up`. `up == 0` alone
   * would not fire for them, because each good scrape in between resets its `for`. Excludes targets
   * that no longer exist.
   */
  flapping(up: Expr<LabelOf<'up'>>): string {
    const window = this.window(900);
    const samples = Math.floor(window / this.options.scrapeInterval);
    // A failure changes `up` twice, so 8 changes are four failures. With few samples, half as many
    // changes as samples are enough.
    const changes = Math.max(2, Math.min(8, Math.floor(samples / 2)));
    return (
      `(${over('avg_over_time', up, window)} < 0.7 and ` +
      `${over('changes', up, window)} >= ${changes} and ${up})`
    );
  }

  /** Without `expectApp`, restricts an expression to jobs that were up recently. */
  ifExpected(expr: string, job: string | readonly string[]): string {
    const list = typeof job === 'string' ? [job] : job;
    if (this.options.expectApp || list.every((name) => this.ownJobs.includes(name))) return expr;
    const up = selector('up', { job: typeof job === 'string' ? job : oneOf(...job) });
    return `${expr}\nand on (job)\nmax by (job) (${this.lately(up)}) > 0`;
  }

  /** The highest value of the last hours. */
  lately<L extends string>(expr: Expr<L>): Expr<L> {
    return over('max_over_time', expr, this.window(remembered));
  }
}

/** The items of a component, or none if the component is not deployed. */
export const when = <T>(deployed: boolean, ...items: readonly T[]): readonly T[] =>
  deployed ? items : [];
