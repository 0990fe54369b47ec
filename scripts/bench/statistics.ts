export interface Series {
  readonly name: string;
  readonly unit: 's';
  readonly values: number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** One row of a Markdown table: name, median, spread. */
export function summary({ name, unit, values }: Series): string {
  const show = (value: number): string => value.toFixed(2);
  return `| ${name} | ${show(median(values))} ${unit} | ${show(Math.min(...values))} – ${show(Math.max(...values))} ${unit} |`;
}
