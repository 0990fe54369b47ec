/** One difference between the contract and the received telemetry. */
export interface Difference {
  readonly signal: 'metrics' | 'logs' | 'spans';
  /**
   * - `broken`: the contract forbids something that was received, or requires something that was
   *   not
   * - `unseen`: missing, but depends on the traffic or on a condition
   */
  readonly kind: 'broken' | 'unseen';
  /** In words, e.g. `label user of http_requests_total is not in the contract`. */
  readonly text: string;
}

/** A signal that was not compared, and why. */
export interface Skipped {
  readonly signal: Difference['signal'];
  readonly why: string;
}

export interface ContractReport {
  readonly differences: readonly Difference[];
  readonly skipped: readonly Skipped[];
  /** What was compared, in words, one line for each signal. */
  readonly compared: readonly string[];
}

const most = 5;

/** The first values, and how many more there are. */
export function some(values: readonly string[]): string {
  const sorted = [...new Set(values)].sort();
  const shown = sorted.slice(0, most).map((value) => (value === '' ? '""' : value));
  const rest = sorted.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** The report for the terminal. */
export function asText(stack: string, report: ContractReport): string {
  const of = (kind: Difference['kind']): Difference[] =>
    report.differences.filter((difference) => difference.kind === kind);
  const [broken, unseen] = [of('broken'), of('unseen')];
  const lines = (all: readonly Difference[]): string[] =>
    all.map(({ signal, text }) => `  ${signal.padEnd(7)} ${text}`);
  return [
    `What arrives at stack "${stack}", compared with telemetry/ (docs/telemetry.md)`,
    '',
    ...report.compared,
    ...report.skipped.map(({ signal, why }) => `${signal}: not compared, because ${why}`),
    '',
    ...(broken.length === 0
      ? ['No differences.']
      : [`${broken.length} ${broken.length === 1 ? 'difference' : 'differences'}:`]),
    ...lines(broken),
    ...(unseen.length === 0
      ? []
      : [
          '',
          'Not seen. This may be correct, because it depends on the traffic or on a condition:',
        ]),
    ...lines(unseen),
    '',
  ].join('\n');
}
