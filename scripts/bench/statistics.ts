export interface Series {
  readonly name: string;
  readonly unit: 's';
  readonly values: number[];
}

/** A comparison in the report. */
export interface Section {
  readonly title: string;
  readonly how: string;
  readonly series: readonly Series[];
  /** Numerator, denominator (the sum of several series) and target, by index of the series. */
  readonly ratios: readonly { of: number; to: number | readonly number[]; aim?: number }[];
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

/** The `q`-quantile of the values (nearest rank). */
export function quantileOf(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** The lines with the date of the measurement below each second-level title. */
export function dated(lines: readonly string[], date: Date): string[] {
  const day = date.toISOString().slice(0, 10);
  return lines.flatMap((line) =>
    line.startsWith('## ') ? [line, '', `_Measured on ${day}._`] : [line],
  );
}

/** Replaces the second-level section with this title in a Markdown text, or appends it. */
export function withSection(text: string, title: string, lines: readonly string[]): string {
  const parts = text.trimEnd().split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`));
  const section = `${lines.join('\n').trimEnd()}\n\n`;
  const kept = parts.map((part) => `${part.trimEnd()}\n\n`);
  if (at === -1) kept.push(section);
  else kept[at] = section;
  return kept.join('').trimEnd() + '\n';
}

/**
 * CPU seconds of a shell's children: the last line that `times` prints, as `0m1.25s 0m0.31s` (user
 * and system).
 */
export function childrensTime(printed: string): number {
  const last = printed.trimEnd().split('\n').at(-1) ?? '';
  const times = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`no output of times: ${last}`);
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
