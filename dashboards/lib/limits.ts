import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Colour, colours } from './looks';

/** A threshold, in the unit of the panel. */
export interface Limit {
  readonly side: 'above' | 'below';
  readonly steps: readonly { readonly value: number; readonly colour: Colour }[];
}

/** Severity of the alert with the limit; the line has its colour. */
type Severity = 'info' | 'warning' | 'critical';

/** Values above the limit are bad. */
export const above = (value: number, severity: Severity): Limit => ({
  side: 'above',
  steps: [{ value, colour: colours[severity] }],
});

/** Values below the limit are bad. */
export const below = (value: number, severity: Severity): Limit => ({
  side: 'below',
  steps: [{ value, colour: colours[severity] }],
});

/** Several limits in one panel, all upper or all lower. */
export const both = (a: Limit, b: Limit): Limit => ({
  side: a.side,
  steps: [...a.steps, ...b.steps],
});

/**
 * The limit for a graph. A graph draws each threshold as a line, and the line keeps the colour of
 * its severity even if it is a lower limit.
 */
export const asLines = ({ steps }: Limit): Limit => ({ side: 'above', steps });

/** The value of the highest line. */
export const highest = ({ steps }: Limit): number => Math.max(...steps.map(({ value }) => value));

/** A Grafana threshold colours the values above it, so a lower limit needs the colours swapped. */
export function thresholds(limit: Limit | undefined): ThresholdsConfigBuilder {
  const builder = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute);
  const sorted = [...(limit?.steps ?? [])].sort((a, b) => a.value - b.value);
  if (limit?.side !== 'below') {
    const steps = sorted.map(({ value, colour }): Threshold => ({ value, color: colour }));
    return builder.steps([{ value: null, color: colours.good }, ...steps]);
  }
  const steps = sorted.map(({ value }, i): Threshold => ({
    value,
    color: sorted[i + 1]?.colour ?? colours.good,
  }));
  return builder.steps([{ value: null, color: sorted[0]?.colour ?? colours.good }, ...steps]);
}
