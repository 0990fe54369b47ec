import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { colours } from './looks';

/** Severities of which somebody is told, the worst first; each has its place as its rank: 1, 2, 3. */
export const severities = ['critical', 'warning', 'info'] as const;

/** Word and colour of each rank. */
export const severityStates: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      severities.map((text, i) => [`${i + 1}`, { text, color: colours[text], index: i }]),
    ),
  },
];

/** The rank of a severity in place of its word, by which a table would sort info before warning. */
export const ranked = (expr: string): string =>
  severities.reduce(
    (inner, severity, i) =>
      `label_replace(${inner}, "severity", "${i + 1}", "severity", "${severity}")`,
    expr,
  );
