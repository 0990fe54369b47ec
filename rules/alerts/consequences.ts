/** Alerts that are often only a consequence of another alert. */

/** Error budgets that any failure of the API spends. */
export const apiBudgets = [
  'ApiAvailabilityBudgetBurn',
  'ApiLatencyBudgetBurn',
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
