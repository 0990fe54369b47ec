import type { Fix, Path } from './commands';

/** A problem that depends on more than one setting. */
export interface Finding {
  /** The key that the operator must change. */
  readonly at: Path;
  /**
   * Keys that caused the finding. If one of them already has a problem, the finding is not
   * reported. @default at
   */
  readonly from?: readonly Path[];
  /** The problem, phrased to follow the key. Never contains the value of a secret. */
  readonly what: string;
  /** A command that solves the problem. */
  readonly fix: Fix;
}
