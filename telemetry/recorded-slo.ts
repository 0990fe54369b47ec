import { series } from './recorded-series';

const process = ['slo', 'job', 'instance'] as const;
const window = ['slo', 'window'] as const;

/**
 * Recording rules for error budgets (rules/recording-slo.ts); `slo` is the name of the objective.
 */
export const recordedOfSlos = {
  'slo:events:total': series('Events of one process, as a counter.', ...process),
  'slo:bad_events:total': series('Bad events of one process, as a counter.', ...process),
  'slo:events:increase': series('Events in a window.', ...window),
  'slo:bad_events:increase': series('Bad events in a window.', ...window),
  'slo:burn_rate:ratio': series(
    'How many times as fast as allowed the error budget is spent in a window.',
    ...window,
  ),
  'slo:events:tick': series('Events since the evaluation before.', 'slo'),
  'slo:bad_events:tick': series('Bad events since the evaluation before.', 'slo'),
  'slo:events:part': series(
    'Events in one part of the window of the budget; 1 is the newest.',
    ...(['slo', 'part'] as const),
  ),
  'slo:bad_events:part': series(
    'Bad events in one part of the window of the budget.',
    ...(['slo', 'part'] as const),
  ),
  'slo:budget_left:ratio': series(
    'Share of the error budget that is left; negative when the objective is missed.',
    'slo',
  ),
} as const;
