import { defaultSlos } from '../../../rules/slo-schema';

/**
 * Settings without objectives, for tests of other alerts: an outage also burns error budgets, and
 * the alerts on those go on long after it.
 */
export const noObjectives: Readonly<Record<string, { readonly enabled: false }>> =
  Object.fromEntries(
    Object.keys(defaultSlos)
      .filter((key) => key !== 'windowDays')
      .map((key) => [key, { enabled: false }]),
  );
