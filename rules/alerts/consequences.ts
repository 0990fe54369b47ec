/** Alerts that are often only a consequence of another alert. */

/** Error budgets that count all requests to the API. */
export const requestBudgets = ['ApiAvailabilityBudgetBurn', 'ApiLatencyBudgetBurn'] as const;

/** Error budgets that an outage of the whole API spends. */
export const apiBudgets = [
  ...requestBudgets,
  'StripeWebhookBudgetBurn',
  'LoginBudgetBurn',
] as const;

/** Alerts on one target of a job: they have the labels `job` and `instance`. */
export const eachTarget = ['TargetDown', 'ServiceCrashLooping', 'ExporterScrapeFailing'] as const;

/** The alert on a whole service inhibits the alerts on its targets. */
export const ownTargets = [
  {
    alerts: ['TargetDown', 'TargetsMissing', 'ServiceCrashLooping', 'ExporterScrapeFailing'],
    equal: ['job'],
    why: 'the same outage, for each target',
  },
] as const;
