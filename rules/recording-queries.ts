import { like, oneOf, quantile, rate, selector, sum } from '../telemetry';
import type { Context } from './context';
import { jobs } from './options';
import { record, type Recording } from './recording-parts';
import { scoped } from './scope';

/** The database as each service measures it. */
export function database(c: Context): readonly Recording[] {
  const w = c.window(300);
  const active = sum(['job'], scoped('db_connections_active'));
  const idle = sum(['job'], scoped('db_connections_idle'));
  const seconds = rate(scoped('db_query_duration_seconds_sum'), w);
  const queries = rate(scoped('db_query_duration_seconds_count'), w);
  const buckets = rate(scoped('db_query_duration_seconds_bucket'), w);
  const waiting = sum(
    ['job'],
    selector('db_connections_waiting', { job: oneOf(jobs.api, jobs.worker) }),
  );
  return [
    record('job:db_connections_active:sum', active),
    record('job:db_connections_idle:sum', idle),
    record('job:db_connections_waiting:sum', waiting),
    record('job:db_query_duration_seconds_sum:rate5m', sum(['job'], seconds)),
    record('job:db_query_duration_seconds_count:rate5m', sum(['job'], queries)),
    record('job_le:db_query_duration_seconds:rate5m', sum(['job', 'le'], buckets)),
    record('type:db_errors:rate5m', sum(['type'], rate(scoped('db_errors_total'), w))),
    record(
      'job:db_connections:utilisation',
      `${active}\n/\n(${active} + ${idle} > 0)` as typeof active,
    ),
  ];
}

/** Queries by operation and table. */
export function databaseTables(c: Context): readonly Recording[] {
  const w = c.window(300);
  const each = ['operation', 'table'] as const;
  const counted = sum(each, rate(scoped('db_query_duration_seconds_count'), w));
  const seconds = sum(each, rate(scoped('db_query_duration_seconds_sum'), w));
  const buckets = sum([...each, 'le'], rate(scoped('db_query_duration_seconds_bucket'), w));
  // The bucket of up to one second. Queries outside it took longer.
  const fast = rate(scoped('db_query_duration_seconds_bucket', { le: like('1(\\.0)?') }), w);
  const queries = selector('operation_table:db_queries:rate5m');
  return [
    record('operation_table:db_queries:rate5m', counted),
    record(
      'operation_table:db_slow_queries:rate5m',
      `${queries}\n-\n${sum(each, fast)}` as typeof queries,
    ),
    record('operation:db_queries:rate5m', sum(['operation'], queries)),
    record(
      'table:db_slow_queries:rate5m',
      sum(['table'], selector('operation_table:db_slow_queries:rate5m')),
    ),
    record(
      'operation_table:db_query_duration_seconds:mean5m',
      `${seconds}\n/\n(${queries} > 0)` as typeof queries,
    ),
    record('operation_table:db_query_duration_seconds:p95_rate5m', quantile(0.95, buckets)),
  ];
}
