import { inhibitionsOf, type Inhibition } from './inhibitions';
import type { RuleOptions } from './options';
import { allAlerts } from './render';

/** Alerts and recording rules as data, and as rule files for Prometheus. Pure. */
export type { Inhibition } from './inhibitions';
export { type Alert, type DashboardUid, type Service, type Severity, teams } from './model';
export { type AlertName, alertNames } from './names';
export { logQueueRatio } from './alerts/logs';
export { collectorMemoryRatio, spanQueueRatio } from './alerts/traces';
export { defaultOptions, jobs } from './options';
export type {
  AlertmanagerOptions,
  AppJob,
  Channel,
  RuleOptions,
  TraceRoom,
  UptimeCheck,
} from './options';
export {
  alertGroups,
  alertingRule,
  type AlertingRule,
  allAlerts,
  logAlertGroups,
  renderLogRules,
  renderRules,
} from './render';
export { type RunbookText, runbookText } from './runbook-text';
export { jobsOf, scoped } from './scope';
export {
  defaultThresholds,
  type Thresholds,
  thresholdsFor,
  type ThresholdSettings,
  thresholdsSchema,
} from './thresholds';

/** Inhibition rules of a stack, for Alertmanager's `inhibit_rules`. */
export const inhibitions = (options: RuleOptions): readonly Inhibition[] =>
  inhibitionsOf(allAlerts(options));
