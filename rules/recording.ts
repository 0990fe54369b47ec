import {
  appServices,
  by,
  duration,
  type Expr,
  like,
  noneOf,
  orZero,
  otherSessions,
  oneOf,
  over,
  quantile,
  rate,
  ratio,
  selector,
  sum,
  topk,
} from '../telemetry';
import { type Context, when } from './context';
import { jobs } from './options';
import { databaseServerDetails, databaseServers } from './recording-databases';
import { dataGroup } from './recording-data';
import { external } from './recording-external';
import { cluster } from './recording-kubernetes';
import { monitoring } from './recording-monitoring';
import { mean, record, type Recording, share } from './recording-parts';
import { database, databaseTables } from './recording-queries';
import { resourceDetails, resources } from './recording-resources';
import { scoped } from './scope';

export type { Recording } from './recording-parts';

export interface RecordingGroup {
  readonly name: string;
  /** Evaluation interval. @default that of all other rules */
  readonly interval?: string;
  readonly rules: readonly Recording[];
}

/**
 * Recording rules for expressions that dashboards use often. Groups run in parallel. The rules of a
 * group run in order, so later rules may use earlier ones. Rules with a series per endpoint, table,
 * disk or container run once a minute, because no alert uses them, and a week of them is four times
 * faster to read.
 */
export function recordingGroups(c: Context): readonly RecordingGroup[] {
  const interval = duration(c.pause(60));
  const groups: readonly RecordingGroup[] = [
    { name: 'availability', rules: availability(c) },
    { name: 'targets', interval, rules: targets(c) },
    { name: 'http', rules: http(c) },
    { name: 'http-paths', interval, rules: httpPaths(c) },
    { name: 'websocket', rules: when(c.has(jobs.ws), ...websocket(c)) },
    { name: 'sessions', interval, rules: when(c.has(jobs.ws), largestSessions()) },
    { name: 'studio', rules: when(c.has(jobs.ws), ...studio(c)) },
    { name: 'database', rules: database(c) },
    { name: 'database-tables', interval, rules: databaseTables(c) },
    { name: 'database-servers', rules: databaseServers(c) },
    { name: 'database-server-details', interval, rules: databaseServerDetails(c) },
    { name: 'worker', rules: when(c.has(jobs.worker), ...worker(c)) },
    { name: 'external', rules: external(c) },
    { name: 'resources', rules: resources(c) },
    { name: 'resource-details', interval, rules: resourceDetails(c) },
    { name: 'kubernetes', interval, rules: cluster(c) },
    { name: 'monitoring', interval, rules: monitoring(c) },
    dataGroup(c),
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function availability(c: Context): readonly Recording[] {
  const probes = selector('probe_success', { job: jobs.uptime });
  const ofCheck = (how: 'sum_over_time' | 'count_over_time') =>
    sum(['check'], over(how, probes, c.window(3_600)));
  return [
    record('job:up:sum', sum(['job'], selector('up'))),
    record('job:up:count', by('count', ['job'], selector('up'))),
    record(
      'job:up:ratio',
      `${selector('job:up:sum')} / ${selector('job:up:count')}` as Expr<'job'>,
    ),
    record(
      'job_version:app_info:count',
      by('count', ['job', 'version'], selector('app_info', { job: oneOf(...appServices) })),
    ),
    ...when(
      c.options.checks.length > 0,
      // A check whose URL changed has two series in the window.
      record(
        'check:probe_success:avg1h',
        ratio(ofCheck('sum_over_time'), ofCheck('count_over_time')),
      ),
    ),
  ];
}

/** The health and the number of samples of each target. */
function targets(c: Context): readonly Recording[] {
  const each = ['job', 'instance'] as const;
  const lowest = over('min_over_time', selector('up'), c.window(60));
  return [
    record('instance:up:min1m', by('min', each, lowest)),
    record(
      'job:scrape_samples_post_metric_relabeling:sum',
      sum(['job'], selector('scrape_samples_post_metric_relabeling')),
    ),
  ];
}

function http(c: Context): readonly Recording[] {
  const w = c.window(300);
  const statuses = sum(['job', 'status'], rate(scoped('http_requests_total'), w));
  const classes =
    `sum by (job, class) (\n  label_replace(${statuses}, "class", "\${1}xx", "status", "(.).*")\n)` as Expr<
      'job' | 'class'
    >;
  const requests = selector('job:http_requests:rate5m');
  const errors = sum(['job'], selector('job_class:http_requests:rate5m', { class: '5xx' }));
  const each = ['job', 'instance'] as const;
  const answered = sum(each, scoped('http_requests_total'));
  const failed = sum(each, scoped('http_requests_total', { status: like('5..') }));
  const buckets = rate(scoped('http_request_duration_seconds_bucket'), w);
  const perJob = selector('job_le:http_request_duration_seconds:rate5m');
  return [
    record(
      'job:user_sessions_active:max',
      by('max', ['job'], selector('user_sessions_active', { job: oneOf(jobs.api, jobs.ws) })),
    ),
    record(
      'job:http_request_size_bytes:mean5m',
      mean(
        rate(scoped('http_request_size_bytes_sum'), w),
        rate(scoped('http_request_size_bytes_count'), w),
      ),
    ),
    record(
      'job:http_response_size_bytes:mean5m',
      mean(
        rate(scoped('http_response_size_bytes_sum'), w),
        rate(scoped('http_response_size_bytes_count'), w),
      ),
    ),
    record('instance:http_requests:sum', answered),
    record('instance:http_errors:sum', orZero(failed, answered)),
    record('job_class:http_requests:rate5m', classes),
    record('job:http_requests:rate5m', sum(['job'], selector('job_class:http_requests:rate5m'))),
    record('job:http_errors:ratio_rate5m', share(errors, requests)),
    record('job_le:http_request_duration_seconds:rate5m', sum(['job', 'le'], buckets)),
    record('job:http_request_duration_seconds:p50_rate5m', quantile(0.5, perJob)),
    record('job:http_request_duration_seconds:p95_rate5m', quantile(0.95, perJob)),
    record('job:http_request_duration_seconds:p99_rate5m', quantile(0.99, perJob)),
  ];
}

function httpPaths(c: Context): readonly Recording[] {
  const w = c.window(300);
  const path = ['job', 'method', 'path'] as const;
  const errors = rate(scoped('http_requests_total', { status: like('5..') }), w);
  const buckets = rate(scoped('http_request_duration_seconds_bucket'), w);
  const ratio = share(selector('path:http_errors:rate5m'), selector('path:http_requests:rate5m'));
  return [
    record('path:http_requests:rate5m', sum(path, rate(scoped('http_requests_total'), w))),
    record(
      'path:http_requests:topk30_rate5m',
      topk(30, selector('path:http_requests:rate5m'), ['job']),
    ),
    record('path:http_errors:rate5m', sum(path, errors)),
    record(
      'path:http_errors:topk20_rate5m',
      topk(20, selector('path:http_errors:rate5m'), ['job']),
    ),
    record('path:http_errors:ratio_rate5m', ratio),
    record(
      'path:http_errors:topk10_ratio_rate5m',
      topk(10, selector('path:http_errors:ratio_rate5m'), ['job']),
    ),
    record('path_le:http_request_duration_seconds:rate5m', sum(['job', 'path', 'le'], buckets)),
    record(
      'path:http_request_duration_seconds:p95_rate5m',
      quantile(0.95, sum([...path, 'le'], buckets)),
    ),
    record(
      'path:http_request_duration_seconds:topk15_p95_rate5m',
      topk(15, selector('path:http_request_duration_seconds:p95_rate5m'), ['job']),
    ),
  ];
}

function websocket(c: Context): readonly Recording[] {
  const w = c.window(300);
  const active = scoped('ws_connections_active');
  const lasted = {
    seconds: rate(scoped('ws_connection_duration_seconds_sum'), w),
    count: rate(scoped('ws_connection_duration_seconds_count'), w),
    buckets: rate(scoped('ws_connection_duration_seconds_bucket'), w),
  };
  const sent = rate(scoped('ws_messages_sent_total'), w);
  const received = rate(scoped('ws_messages_received_total'), w);
  return [
    record('role:ws_connections_active:sum', sum(['role'], active)),
    record('session_role:ws_connections_active:sum', sum(['job', 'session_id', 'role'], active)),
    record(
      'status:ws_connections:rate5m',
      sum(['status'], rate(scoped('ws_connections_total'), w)),
    ),
    record('job:ws_messages_sent:rate5m', sum(['job'], sent)),
    record('job:ws_messages_received:rate5m', sum(['job'], received)),
    record('job:ws_connection_duration_seconds_sum:rate5m', sum(['job'], lasted.seconds)),
    record('job:ws_connection_duration_seconds_count:rate5m', sum(['job'], lasted.count)),
    record('job_le:ws_connection_duration_seconds:rate5m', sum(['job', 'le'], lasted.buckets)),
    record('type:ws_errors:rate5m', sum(['type'], rate(scoped('ws_errors_total'), w))),
    record(
      'reason:ws_disconnections:rate5m',
      sum(['reason'], rate(scoped('ws_disconnections_total'), w)),
    ),
  ];
}

/**
 * Only the largest sessions, because a week has thousands. The sum of the small ones is not a
 * session, and the alert on sessions excludes it as well.
 */
function largestSessions(): Recording {
  const viewers = scoped('ws_connections_active', {
    role: 'viewer',
    session_id: noneOf('', otherSessions),
  });
  return record(
    'session:ws_connections_active:topk10_sum',
    topk(10, sum(['job', 'session_id'], viewers)),
  );
}

function studio(c: Context): readonly Recording[] {
  const w = c.window(300);
  const chat = rate(scoped('studio_chat_messages_total'), w);
  const votes = rate(scoped('studio_poll_votes_total'), w);
  const seconds = rate(selector('studio_session_duration_seconds_sum', { job: jobs.ws }), w);
  const ended = rate(selector('studio_session_duration_seconds_count', { job: jobs.ws }), w);
  return [
    record('job:ws_sessions_active:distinct', liveSessions()),
    record('job:studio_session_duration_seconds_sum:rate5m', sum(['job'], seconds)),
    record('job:studio_session_duration_seconds_count:rate5m', sum(['job'], ended)),
    record('platform:studio_chat_messages:rate5m', sum(['platform'], chat)),
    record('job:studio_poll_votes:rate5m', sum(['job'], votes)),
  ];
}

/**
 * Counts a session on several servers once, by its name. Each server names only its 200 largest
 * sessions. The numbers of the other sessions are summed over all servers.
 */
function liveSessions(): Expr<'job'> {
  const all = by('max', ['job', 'instance'], selector('ws_sessions_active', { job: jobs.ws }));
  const named = selector('ws_connections_active', {
    job: jobs.ws,
    session_id: noneOf(otherSessions),
  });
  const distinct = by('count', ['job'], positive(sum(['job', 'session_id'], named)));
  const namedHere = by(
    'count',
    ['job', 'instance'],
    positive(sum(['job', 'instance', 'session_id'], named)),
  );
  const unnamed = sum(['job'], atLeastZero(`${all} - ${orZero(namedHere, all)}`));
  return `${orZero(distinct, sum(['job'], all))}\n+\n${unnamed}` as Expr<'job'>;
}

const positive = <L extends string>(expr: Expr<L>): Expr<L> => `${expr} > 0` as Expr<L>;
const atLeastZero = (expr: string): Expr<'job' | 'instance'> =>
  `clamp_min(${expr}, 0)` as Expr<'job' | 'instance'>;

/** All workers report the same queue depth, but each worker counts only its own jobs. */
function worker(c: Context): readonly Recording[] {
  const ended = rate(scoped('worker_jobs_total'), c.window(300));
  const seconds = rate(scoped('worker_job_duration_seconds_bucket'), c.window(300));
  return [
    record('queue:worker_queue_depth:max', by('max', ['queue'], scoped('worker_queue_depth'))),
    record(
      'queue:worker_queue_oldest_seconds:max',
      by('max', ['queue'], scoped('worker_queue_oldest_seconds')),
    ),
    record('queue_status:worker_jobs:rate5m', sum(['queue', 'status'], ended)),
    record(
      'queue:worker_job_duration_seconds:p95_rate5m',
      quantile(0.95, sum(['queue', 'le'], seconds)),
    ),
  ];
}
