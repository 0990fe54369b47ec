/**
 * Series that recording rules make, named `level:metric:operations`: what is left of the labels, what was
 * counted, what was done. Dashboards ask these instead of the raw series; rules/recording.ts makes them.
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
