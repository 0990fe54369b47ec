import { allDashboards, type DashboardOptions, sources } from '../../../dashboards';
import {
  allQueries,
  type DashboardQuery,
  someValues,
  type Values,
} from '../../lib/dashboard-queries';
import { PrometheusApi } from './prometheus';

/** Response of a server to a dashboard query. */
export interface Answer extends DashboardQuery {
  /** Error message; undefined if the query succeeded. */
  readonly error?: string;
  /** Number of series, rows or streams. */
  readonly results: number;
  /** Milliseconds until the complete response. */
  readonly took: number;
  readonly data: unknown;
}

export interface AskOptions {
  readonly dashboards: DashboardOptions;
  /** Values of a dashboard's variables. */
  readonly values: (uid: string) => Values;
  /** URL of Prometheus. */
  readonly prometheus: string;
  /** URL of Loki. @default its queries are skipped */
  readonly loki?: string;
  /** Time range in seconds. @default one hour */
  readonly seconds?: number;
}

/**
 * Sends every query of every panel, variable and annotation to the real servers, sequentially. Not
 * those of Loki's variables, which are selectors alone (`listed`).
 */
export async function askAll(options: AskOptions): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const dashboard of allDashboards(options.dashboards)) {
    for (const query of allQueries(dashboard, options.values(dashboard.uid ?? ''))) {
      const loki = query.source === sources.loki.uid;
      const base = loki ? options.loki : options.prometheus;
      if (base === undefined) continue;
      const api = `${base}${loki ? '/loki' : ''}/api/v1`;
      if (!loki || query.label === undefined) answers.push(await ask(api, query, options.seconds));
    }
  }
  return answers;
}

async function ask(api: string, query: DashboardQuery, seconds = 3_600): Promise<Answer> {
  const end = Math.floor(Date.now() / 1000);
  // The step that Grafana uses for a panel with about 250 points.
  const step = Math.max(15, Math.round(seconds / 250));
  const range = { start: `${end - seconds}`, end: `${end}`, step: `${step}` };
  const path = query.instant ? 'query' : 'query_range';
  const asked = new URLSearchParams({ query: query.expr, ...(query.instant ? {} : range) });
  const started = performance.now();
  const response = await fetch(`${api}/${path}?${asked}`, { signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  const took = performance.now() - started;
  if (!response.ok) return { ...query, error: text, results: 0, took, data: undefined };
  const { data } = JSON.parse(text) as { data: { result: unknown[] } };
  return { ...query, results: data.result.length, took, data };
}

/** A value that a panel shows, with its name in the legend. */
export interface Shown {
  readonly name: string;
  readonly value: number;
}

/** The last values that a panel shows, by name in the legend. */
export async function shownBy(
  { dashboards, values, prometheus }: AskOptions,
  uid: string,
  title: string,
  at: number,
): Promise<Shown[]> {
  const dashboard = allDashboards(dashboards).find((one) => one.uid === uid);
  if (dashboard === undefined) throw new Error(`there is no dashboard ${uid}`);
  const queries = allQueries(dashboard, values(uid)).filter(({ place }) => place === title);
  if (queries.length === 0) throw new Error(`${uid} has no panel ${title}`);
  const api = new PrometheusApi(prometheus);
  const shown = await Promise.all(
    queries.map(async ({ expr, legend }) =>
      (await api.query(expr, at)).map(({ metric, value }) => ({
        name: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
        value,
      })),
    ),
  );
  return shown.flat();
}

/**
 * Values of each variable, by dashboard and name. Grafana queries `label_values` in the same way,
 * and All stands for all of them.
 */
export async function listed(
  { dashboards, prometheus, loki }: Pick<AskOptions, 'dashboards' | 'prometheus' | 'loki'>,
  at: number,
): Promise<Map<string, Map<string, readonly string[]>>> {
  const found = new Map<string, Map<string, readonly string[]>>();
  for (const dashboard of allDashboards(dashboards)) {
    const uid = dashboard.uid ?? '';
    const own = new Map<string, readonly string[]>();
    const values = { ...someValues, env: dashboards.environment };
    for (const { place, expr, label, source } of allQueries(dashboard, values)) {
      if (label === undefined) continue;
      const ofLogs = source === sources.loki.uid;
      const api = ofLogs ? `${loki}/loki/api/v1` : `${prometheus}/api/v1`;
      const asked = new URLSearchParams({
        [ofLogs ? 'query' : 'match[]']: expr,
        ...{ start: `${at - 3_600}`, end: `${at}` },
      });
      const response = await fetch(`${api}/label/${label}/values?${asked}`);
      const { data = [] } = (await response.json()) as { data?: string[] };
      own.set(place.replace('variable ', ''), data);
    }
    found.set(uid, own);
  }
  return found;
}
