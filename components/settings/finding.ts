import type { Fix, Path } from './commands';

/** Something that is wrong with the settings and that no single key can tell. */
export interface Finding {
  /** The key that the operator has to change. */
  readonly at: Path;
  /** Keys whose values it follows from: when one of them is refused already, this is not reported. @default at */
  readonly from?: readonly Path[];
  /** What is wrong, as the words after the key. Never the value of a secret. */
  readonly what: string;
  /** A command after which this finding is gone. */
  readonly fix: Fix;
}
