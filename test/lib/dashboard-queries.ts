import * as asked from '../../dashboards';
import type { Dashboard, DashboardQuery, Values } from '../../dashboards';

export { panelsOf } from '../../dashboards';
export type { DashboardQuery, Values } from '../../dashboards';

/** Values that make every query valid. Tests on real servers use values of the stack. */
export const someValues: Values = {
  env: 'dev',
  service: 'api-server|ws-server|worker',
  instance: 'api-server:9090|node-exporter:9100',
  endpoint: '/v1/tracks|/v1/tracks/:id',
  session: 'abc123|other',
  window: '1d',
  search: 'track',
  __rate_interval: '1m',
  __range: '1h',
  __interval: '1m',
};

/** Fills in all variables. Throws on a variable without a value. */
export const filled = (text: string, values: Values = someValues): string =>
  asked.filled(text, values);

/** All queries of all panels, variables and annotations. */
export const allQueries = (dashboard: Dashboard, values: Values = someValues): DashboardQuery[] =>
  asked.allQueries(dashboard, values);
