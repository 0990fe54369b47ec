import { type Expr, type recorded, type RecordedName, sum } from '../telemetry';

/** A recording rule. telemetry/recorded.ts describes its series. */
export interface Recording {
  readonly record: RecordedName;
  readonly expr: string;
  /** Labels that the rule sets on its series. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A rule whose expression only has the labels that the contract defines. */
export const record = <N extends RecordedName>(
  name: N,
  expr: Expr<(typeof recorded)[N]['labels'][number]>,
): Recording => ({ record: name, expr });

/** `part / whole` as rates: 0 if `part` is 0, and no value if `whole` is 0. */
export function share<L extends string>(part: Expr<L>, whole: Expr<L>): Expr<L> {
  return `(\n  ${part}\n  or\n  0 * ${whole}\n)\n/\n(${whole} > 0)` as Expr<L>;
}

/** Mean of the observations per job; no value without observations. */
export function mean<L extends string>(
  total: Expr<L | 'job'>,
  count: Expr<L | 'job'>,
): Expr<'job'> {
  return `${sum(['job'], total)}\n/\n(${sum(['job'], count)} > 0)` as Expr<'job'>;
}
