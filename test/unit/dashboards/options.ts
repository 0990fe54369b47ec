import type { DashboardOptions } from '../../../dashboards';
import { defaultSlos, defaultThresholds } from '../../../rules';

/** A stack with all components. */
export const everything: DashboardOptions = {
  environment: 'dev',
  thresholds: defaultThresholds,
  slo: defaultSlos,
  checks: true,
  runbookBase: 'https://runbooks.example',
  loki: true,
  logAgent: 'promtail',
  jaeger: true,
  cluster: true,
  longTerm: true,
};
