/**
 * Series of recording rules, named `level:metric:operations`: the remaining labels, the metric, and
 * the applied operations. Dashboards query these instead of the raw series. rules/recording.ts
 * defines the rules.
 */
export interface Recorded {
  readonly help: string;
  /** All labels of the series. */
  readonly labels: readonly string[];
}

/** A recorded series with exactly these labels. */
export const series = <const L extends readonly string[]>(
  help: string,
  ...labels: L
): { readonly help: string; readonly labels: L } => ({ help, labels });
