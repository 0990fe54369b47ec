import type { DashboardUid } from '../rules';
import { api } from './audifi-api';
import { database } from './audifi-database';
import { externalServices } from './audifi-external-services';
import { kubernetes } from './audifi-kubernetes';
import { logs } from './audifi-logs';
import { onCall } from './audifi-on-call';
import { overview } from './audifi-overview';
import { slo } from './audifi-slo';
import { stack } from './audifi-stack';
import { vStudio } from './audifi-v-studio';
import { websocket } from './audifi-websocket';
import type { Dashboard } from './lib/dashboard';
import { stableJson } from './lib/json';
import type { DashboardOptions } from './options';

/** Dashboards as typed data and as Grafana's JSON. Pure. */
export { allQueries, anyOf, type DashboardQuery, filled, panelsOf, type Values } from './asked';
export type { Dashboard } from './lib/dashboard';
export type { DashboardOptions } from './options';
export { stableJson } from './lib/json';
export { type Source, sourceNames, sources } from './lib/sources';
export { spanQueries } from './lib/span-queries';

/** The dashboards by uid. The uid is also the file name. */
const all: Readonly<Record<DashboardUid, (options: DashboardOptions) => Dashboard>> = {
  'audifi-overview': overview,
  'audifi-api': api,
  'audifi-websocket': websocket,
  'audifi-v-studio': vStudio,
  'audifi-database': database,
  'audifi-external-services': externalServices,
  'audifi-stack': stack,
  'audifi-kubernetes': kubernetes,
  'audifi-logs': logs,
  'audifi-slo': slo,
  'audifi-on-call': onCall,
};

/** Dashboards that only some stacks have. */
const only: Readonly<Record<string, (options: DashboardOptions) => boolean>> = {
  'audifi-kubernetes': ({ cluster }) => cluster,
  'audifi-logs': ({ loki }) => loki,
};

/** The dashboards of a stack, without those whose data it does not have. */
export function allDashboards(options: DashboardOptions): readonly Dashboard[] {
  return Object.entries(all)
    .filter(([uid]) => only[uid]?.(options) !== false)
    .map(([, build]) => build(options));
}

/**
 * JSON of each dashboard by its uid. The same options give the same bytes.
 *
 * Upstream:
 * https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboardTexts(options: DashboardOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    allDashboards(options).map((dashboard) => [dashboard.uid ?? '', stableJson(dashboard)]),
  );
}
