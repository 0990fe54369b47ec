import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { AlertName, DashboardUid } from '../../rules';
import type { DashboardOptions } from '../options';
import { sources } from './sources';
import type { VariableName } from './variables';

/** A link from a panel. It keeps the time range. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Grafana replaces these with the time range of the dashboard. */
const shown = { from: '${__from}', to: '${__to}' };

/** What to do when the alert of this panel fires. */
export const runbook = (options: DashboardOptions, alert: AlertName): Link => ({
  title: `Runbook ${alert}`,
  url: `${options.runbookBase}/${alert}.md`,
});

/** Another dashboard, at the same time. @param keeping variables that it has as well */
export const dashboard = (
  uid: DashboardUid,
  title: string,
  ...keeping: readonly VariableName[]
): Link => ({
  title,
  url: [`/d/${uid}?\${__url_time_range}`, ...keeping.map(asParameter)].join('&'),
});

/** The dashboard Kubernetes; none in a stack without it. */
export const clusterOf = ({ cluster }: DashboardOptions): Link[] =>
  cluster ? [dashboard('audifi-kubernetes', 'Kubernetes')] : [];

/** Grafana replaces it with `var-service=…`, once for each selected value. */
const asParameter = (variable: VariableName): string => `\${${variable}:queryparam}`;

/** Log lines in Explore; none without Loki. @param pipeline what follows the selector */
export function logsOf(options: DashboardOptions, job: string, pipeline = ''): Link[] {
  if (!options.loki) return [];
  const selector = `{env="${options.environment}",job="${job}"}`;
  const query = { refId: 'A', expr: `${selector}${pipeline}`, queryType: 'range' };
  return [{ title: `Logs of ${job}`, url: explore('loki', query) }];
}

/** Traces of a service in Explore; none without Jaeger. */
export function tracesOf(options: DashboardOptions, service: string): Link[] {
  if (!options.jaeger) return [];
  const query = { refId: 'A', queryType: 'search', service };
  return [{ title: `Traces of ${service}`, url: explore('jaeger', query) }];
}

/** https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/#generate-explore-urls-from-external-tools */
function explore(source: 'loki' | 'jaeger', query: object): string {
  const datasource = sources[source];
  const pane = {
    datasource: datasource.uid,
    queries: [{ ...query, datasource }],
    range: shown,
  };
  const panes = encodeURIComponent(JSON.stringify({ a: pane }));
  // Do not encode the variables, or Grafana does not replace them.
  const open = panes.replaceAll(/%24%7B(__from|__to)%7D/g, '${$1}');
  return `/explore?schemaVersion=1&orgId=1&panes=${open}`;
}

export const built = ({ title, url }: Link): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
