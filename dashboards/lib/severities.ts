import { colours } from './looks';
import { states } from './states';

/** Severities that notify people, worst first. The rank is the position: 1, 2, 3. */
export const severities = ['critical', 'warning', 'info'] as const;

/** Word and colour of each rank. */
export const severityStates = states(
  Object.fromEntries(severities.map((text, i) => [i + 1, { text, color: colours[text] }])),
);

/** Replaces a severity with its rank. Sorted by name, info would come before warning. */
export const ranked = (expr: string): string =>
  severities.reduce(
    (inner, severity, i) =>
      `label_replace(${inner}, "severity", "${i + 1}", "severity", "${severity}")`,
    expr,
  );
