import type { DashboardOptions } from '../../../dashboards';
import { defaultThresholds } from '../../../rules';

/** A stack with all components. */
export const everything: DashboardOptions = {
  environment: 'dev',
  thresholds: defaultThresholds,
  runbookBase: 'https://runbooks.example',
  loki: true,
  logAgent: 'promtail',
  jaeger: true,
};
