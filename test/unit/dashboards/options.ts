import type { DashboardOptions } from '../../../dashboards';
import { defaultThresholds } from '../../../rules';

/** A stack with everything deployed. */
export const everything: DashboardOptions = {
  environment: 'dev',
  thresholds: defaultThresholds,
  runbookBase: 'https://runbooks.example',
  loki: true,
  logAgent: 'promtail',
  jaeger: true,
};
