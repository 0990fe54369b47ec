import { inhibitionsOf, type Inhibition } from './inhibitions';
import { Context } from './context';
import { defaultOptions, type RuleOptions } from './options';
import { allAlerts } from './render';
import { type Slo, slosOf } from './slo';
import type { SloSettings } from './slo-schema';

/** Alerts and recording rules as data, and as rule files for Prometheus. Pure. */
export type { Inhibition } from './inhibitions';
export { type Alert, type DashboardUid, type Service, type Severity, teams } from './model';
export { type AlertName, alertNames } from './names';
export { storesBeside } from './alerts/forwarding';
export { logQueueRatio } from './alerts/logs';
export { bucketFailedShare } from './alerts/longterm';
export { collectorMemoryRatio, spanQueueRatio } from './alerts/traces';
export {
  claimRequest,
  claimSize,
  claimsTooSmall,
  eachContainer,
  killedForMemory,
  nodePressure,
  nodeReady,
  perWorkload,
  replicas,
} from './kubernetes-parts';
export { defaultOptions, instancesOf, jobs } from './options';
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
export { type Slo, type SloName, slosOf } from './slo';
export { defaultSlos, latencyBounds, type SloKey, type SloSettings, sloSchema } from './slo-schema';
export { burnFactor, burnWindows, fastestFactor, lowestObjective, partsOf } from './slo-windows';
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

/**
 * The objectives that settings enable, of a stack with everything deployed. @param checks whether
 * it has uptime checks
 */
export const objectivesOf = (slo: SloSettings, checks: boolean): readonly Slo[] =>
  slosOf(new Context({ ...defaultOptions, slo, checks: checks ? defaultOptions.checks : [] }));
