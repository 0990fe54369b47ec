import { type Expr, type recorded, type RecordedName, sum } from '../telemetry';

/** One recording rule; telemetry/recorded.ts says what it means. */
export interface Recording {
  readonly record: RecordedName;
  readonly expr: string;
}

/** A rule whose expression has no labels but those that the contract promises. */
export const record = <N extends RecordedName>(
  name: N,
  expr: Expr<(typeof recorded)[N]['labels'][number]>,
): Recording => ({ record: name, expr });

/** `part / whole` per second: 0 where all is well, and no value where nothing happens. */
export function share<L extends string>(part: Expr<L>, whole: Expr<L>): Expr<L> {
  return `(\n  ${part}\n  or\n  0 * ${whole}\n)\n/\n(${whole} > 0)` as Expr<L>;
}

/** Mean of what is observed, for each job; nothing where nothing was. */
export function mean<L extends string>(
  total: Expr<L | 'job'>,
  count: Expr<L | 'job'>,
): Expr<'job'> {
  return `${sum(['job'], total)}\n/\n(${sum(['job'], count)} > 0)` as Expr<'job'>;
}
