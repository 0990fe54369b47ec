import { allDashboards, type DashboardOptions, sources } from '../../../dashboards';
import { allQueries, type DashboardQuery, type Values } from '../../lib/dashboard-queries';

/** What a server says to a query of a dashboard. */
export interface Answer extends DashboardQuery {
  /** Why it was refused; undefined when it was answered. */
  readonly error?: string;
  /** Number of series, rows or streams. */
  readonly results: number;
  /** Milliseconds until the whole answer was there. */
  readonly took: number;
  readonly data: unknown;
}

export interface AskOptions {
  readonly dashboards: DashboardOptions;
  /** What the variables have. */
  readonly values: Values;
  /** URL of Prometheus. */
  readonly prometheus: string;
  /** URL of Loki. @default its queries are left out */
  readonly loki?: string;
  /** Seconds that are shown. @default an hour */
  readonly seconds?: number;
}

/** Sends every query of every panel, variable and annotation to the real servers, one after the other. */
export async function askAll(options: AskOptions): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const dashboard of allDashboards(options.dashboards)) {
    for (const query of allQueries(dashboard, options.values)) {
      const loki = query.source === sources.loki.uid;
      const base = loki ? options.loki : options.prometheus;
      if (base === undefined) continue;
      answers.push(await ask(`${base}${loki ? '/loki' : ''}/api/v1`, query, options.seconds));
    }
  }
  return answers;
}

async function ask(api: string, query: DashboardQuery, seconds = 3_600): Promise<Answer> {
  const end = Math.floor(Date.now() / 1000);
  // As Grafana asks for a panel of about 250 points.
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
