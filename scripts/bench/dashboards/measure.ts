import { Agent, request as send } from 'node:http';
import {
  allQueries,
  anyOf,
  type Dashboard,
  type DashboardQuery,
  sources,
} from '../../../dashboards';
import { quantileOf } from '../statistics';
import { later, type RangeName, ranges, requestOf, type Request } from './grafana';
import type { BenchPrometheus } from './prometheus';

/** Duration and result of a query. */
export interface Timing {
  readonly query: DashboardQuery;
  readonly range: RangeName;
  readonly milliseconds: number[];
  series: number;
  error?: string;
}

/** Seconds until all queries of a dashboard are answered. */
export interface Load {
  readonly dashboard: string;
  readonly range: RangeName;
  readonly seconds: number[];
}

/** Connections of a browser to one server with HTTP/1.1. */
const connections = 6;

/**
 * Sends the queries of the dashboards as Grafana does. Queries to other data sources are omitted.
 */
export class Questions {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly prometheus: BenchPrometheus,
    private readonly dashboards: readonly Dashboard[],
  ) {}

  /** Queries of a dashboard with all variables set to "All". */
  private async queries(dashboard: Dashboard, range: RangeName): Promise<DashboardQuery[]> {
    const values: Record<string, string> = { ...later, env: 'prod', window: '7d', search: '' };
    // The queries of variables need no variables themselves.
    const blank = { service: '', instance: '', endpoint: '', session: '' };
    for (const query of allQueries(dashboard, { ...values, ...blank })) {
      if (query.label === undefined) continue;
      const name = query.place.replace('variable ', '');
      if (query.all !== undefined) {
        values[name] = query.all;
        continue;
      }
      const { path, parameters } = requestOf(query, range, Date.now() / 1000);
      values[name] = anyOf(await this.prometheus.api<string[]>(path, parameters));
    }
    return allQueries(dashboard, values).filter(({ source }) => source === sources.prometheus.uid);
  }

  /**
   * Runs all queries sequentially in several rounds, so that a slow moment of the machine affects
   * all.
   */
  async timings(rounds: number, progress: (line: string) => void): Promise<Timing[]> {
    const timings: Timing[] = [];
    for (const range of rangeNames) {
      for (const dashboard of this.dashboards) {
        for (const query of await this.queries(dashboard, range)) {
          timings.push({ query, range, milliseconds: [], series: 0 });
        }
      }
    }
    for (let round = 1; round <= rounds; round += 1) {
      const started = performance.now();
      for (const timing of timings) {
        const now = Date.now() / 1000;
        const { took, status, text } = await this.ask(requestOf(timing.query, timing.range, now));
        timing.milliseconds.push(took);
        if (status !== 200) timing.error = text;
        else if (round === 1) timing.series = resultsIn(text);
      }
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      progress(`dashboards: round ${round}/${rounds}, ${timings.length} queries in ${seconds} s`);
    }
    return timings;
  }

  /** Loads whole dashboards: first variables, then annotations and panels on six connections. */
  async loads(rounds: number): Promise<Load[]> {
    const loads: Load[] = [];
    for (const range of rangeNames) {
      for (const dashboard of this.dashboards) {
        const queries = await this.queries(dashboard, range);
        const load: Load = { dashboard: dashboard.uid ?? '', range, seconds: [] };
        if (!queries.some(({ width }) => width !== undefined)) continue;
        for (let round = 0; round < rounds; round += 1)
          load.seconds.push(await this.load(queries, range));
        loads.push(load);
      }
    }
    return loads;
  }

  private async load(queries: readonly DashboardQuery[], range: RangeName): Promise<number> {
    const started = performance.now();
    const now = Date.now() / 1000;
    const variables = queries.filter(({ label }) => label !== undefined);
    // Grafana sends the queries of one panel in one request, and Prometheus runs them sequentially.
    const places = new Map<string, DashboardQuery[]>();
    for (const query of queries.filter(({ label }) => label === undefined)) {
      places.set(query.place, [...(places.get(query.place) ?? []), query]);
    }
    for (const waiting of [variables.map((query) => [query]), [...places.values()]]) {
      const lane = async (): Promise<void> => {
        for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
          for (const query of place) await this.ask(requestOf(query, range, now));
        }
      };
      await Promise.all(Array.from({ length: connections }, lane));
    }
    return (performance.now() - started) / 1000;
  }

  /** Milliseconds until the last byte. */
  private ask({
    path,
    parameters,
  }: Request): Promise<{ took: number; status: number; text: string }> {
    const body = new URLSearchParams(parameters).toString();
    const values = path.startsWith('label/');
    const url = `${this.prometheus.url}/api/v1/${path}${values ? `?${body}` : ''}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const asked = send(
        url,
        { agent: this.agent, method: values ? 'GET' : 'POST', headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const took = performance.now() - started;
            resolve({
              took,
              status: answer.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      asked.on('error', reject);
      asked.end(values ? undefined : body);
    });
  }
}

const rangeNames = Object.keys(ranges) as RangeName[];

function resultsIn(text: string): number {
  const { data } = JSON.parse(text) as { data: { result?: unknown[] } | unknown[] };
  return Array.isArray(data) ? data.length : (data.result?.length ?? 0);
}

export const p95 = ({ milliseconds }: Timing): number => quantileOf(0.95, milliseconds);
