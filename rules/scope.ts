import type { ServiceEntry } from '../components/service-entry';
import { services } from '../components/services';
import {
  describeSeries,
  type Expr,
  type LabelOf,
  type Matchers,
  oneOf,
  selector,
  type SeriesName,
} from '../telemetry';

/**
 * Jobs whose targets expose a series; empty for series of all targets (`up`, `process_…`,
 * `app_info`).
 */
export function jobsOf(series: string): readonly string[] {
  if (series.startsWith('process_') || series === 'app_info') return [];
  const by = describeSeries(series)?.metric?.by;
  if (by !== undefined) return by;
  const entries: readonly ServiceEntry[] = Object.values(services);
  return entries
    .flatMap(({ jobs = [] }) => jobs)
    .filter(({ metrics = [] }) => metrics.some((prefix) => series.startsWith(prefix)))
    .map(({ name }) => name);
}

/**
 * `metric{job="…"}`: the series of the jobs in the contract. Other services on the same Prometheus
 * may use the same metric names (`http_requests_total`), and must neither trigger nor hide an
 * alert.
 *
 * Throws on a series that all targets have. For those the caller must name the jobs.
 */
export function scoped<S extends SeriesName>(
  series: S,
  matchers?: Omit<Matchers<S>, 'job'>,
): Expr<LabelOf<S>> {
  const [first, ...more] = jobsOf(series);
  if (first === undefined) throw new Error(`no job is known to expose ${series}`);
  const job = more.length === 0 ? first : oneOf(first, ...more);
  const scope: object = { job, ...matchers };
  return selector(series, scope as Matchers<S>);
}
