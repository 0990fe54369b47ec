import { by, type Expr, like, over, present, quantile, rate, selector, sum } from '../telemetry';
import { type Context, when } from './context';
import { jobs } from './options';
import { databaseServers } from './recording-databases';
import { record, type Recording, share } from './recording-parts';

export type { Recording } from './recording-parts';

export interface RecordingGroup {
  readonly name: string;
  readonly rules: readonly Recording[];
}

/** What dashboards ask again and again, computed once. Groups run side by side, rules of one in order. */
export function recordingGroups(c: Context): readonly RecordingGroup[] {
  const groups = [
    { name: 'availability', rules: availability(c) },
    { name: 'http', rules: http(c) },
    { name: 'websocket', rules: when(c.has(jobs.ws), ...websocket(c)) },
    { name: 'studio', rules: when(c.has(jobs.ws), ...studio(c)) },
    { name: 'database', rules: database(c) },
    { name: 'database-servers', rules: databaseServers(c) },
    { name: 'worker', rules: when(c.has(jobs.worker), ...worker(c)) },
    { name: 'external', rules: external(c) },
    { name: 'resources', rules: resources(c) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function availability(c: Context): readonly Recording[] {
  const check = over(
    'avg_over_time',
    selector('probe_success', { job: jobs.uptime }),
    c.window(3_600),
  );
  return [
    record('job:up:sum', sum(['job'], selector('up'))),
    record('job:up:count', by('count', ['job'], selector('up'))),
    ...when(
      c.options.checks.length > 0,
      record('check:probe_success:avg1h', sum(['check'], check)),
    ),
  ];
}

function http(c: Context): readonly Recording[] {
  const w = c.window(300);
  const path = ['job', 'method', 'path'] as const;
  const requests = rate(selector('http_requests_total'), w);
  const errors = rate(selector('http_requests_total', { status: like('5..') }), w);
  const buckets = rate(selector('http_request_duration_seconds_bucket'), w);
  const perJob = selector('job_le:http_request_duration_seconds:rate5m');
  const classes =
    `sum by (job, class) (\n  label_replace(${requests}, "class", "\${1}xx", "status", "(.).*")\n)` as Expr<
      'job' | 'class'
    >;
  return [
    record('job:users_active:max', by('max', ['job'], selector('users_active'))),
    record(
      'job:http_request_size_bytes:mean5m',
      mean(
        rate(selector('http_request_size_bytes_sum'), w),
        rate(selector('http_request_size_bytes_count'), w),
      ),
    ),
    record(
      'job:http_response_size_bytes:mean5m',
      mean(
        rate(selector('http_response_size_bytes_sum'), w),
        rate(selector('http_response_size_bytes_count'), w),
      ),
    ),
    record('job:http_requests:rate5m', sum(['job'], requests)),
    record('job_class:http_requests:rate5m', classes),
    record('path:http_requests:rate5m', sum(path, requests)),
    record('job:http_errors:ratio_rate5m', share(sum(['job'], errors), sum(['job'], requests))),
    record('path:http_errors:ratio_rate5m', share(sum(path, errors), sum(path, requests))),
    record('job_le:http_request_duration_seconds:rate5m', sum(['job', 'le'], buckets)),
    record('path_le:http_request_duration_seconds:rate5m', sum(['job', 'path', 'le'], buckets)),
    record('job:http_request_duration_seconds:p50_rate5m', quantile(0.5, perJob)),
    record('job:http_request_duration_seconds:p95_rate5m', quantile(0.95, perJob)),
    record('job:http_request_duration_seconds:p99_rate5m', quantile(0.99, perJob)),
    record(
      'path:http_request_duration_seconds:p95_rate5m',
      quantile(0.95, sum([...path, 'le'], buckets)),
    ),
  ];
}

/** Mean of what is observed, for each job; nothing where nothing was. */
function mean<L extends string>(total: Expr<L | 'job'>, count: Expr<L | 'job'>): Expr<'job'> {
  return `${sum(['job'], total)}\n/\n(${sum(['job'], count)} > 0)` as Expr<'job'>;
}

function websocket(c: Context): readonly Recording[] {
  const w = c.window(300);
  const active = selector('ws_connections_active');
  const sent = rate(selector('ws_messages_sent_total'), w);
  const received = rate(selector('ws_messages_received_total'), w);
  return [
    record('role:ws_connections_active:sum', sum(['role'], active)),
    record('session_role:ws_connections_active:sum', sum(['session_id', 'role'], active)),
    record(
      'status:ws_connections:rate5m',
      sum(['status'], rate(selector('ws_connections_total'), w)),
    ),
    record('job:ws_messages_sent:rate5m', sum(['job'], sent)),
    record('job:ws_messages_received:rate5m', sum(['job'], received)),
    record('type:ws_errors:rate5m', sum(['type'], rate(selector('ws_errors_total'), w))),
    record(
      'reason:ws_disconnections:rate5m',
      sum(['reason'], rate(selector('ws_disconnections_total'), w)),
    ),
  ];
}

function studio(c: Context): readonly Recording[] {
  const w = c.window(300);
  const chat = rate(selector('studio_chat_messages_total'), w);
  const votes = rate(selector('studio_poll_votes_total'), w);
  return [
    record('platform:studio_chat_messages:rate5m', sum(['platform'], chat)),
    record('job:studio_poll_votes:rate5m', sum(['job'], votes)),
  ];
}

/** Every worker says the same of a queue, and each counts its own jobs. */
function worker(c: Context): readonly Recording[] {
  const ended = rate(selector('worker_jobs_total'), c.window(300));
  const seconds = rate(selector('worker_job_duration_seconds_bucket'), c.window(300));
  return [
    record('queue:worker_queue_depth:max', by('max', ['queue'], selector('worker_queue_depth'))),
    record(
      'queue:worker_queue_oldest_seconds:max',
      by('max', ['queue'], selector('worker_queue_oldest_seconds')),
    ),
    record('queue_status:worker_jobs:rate5m', sum(['queue', 'status'], ended)),
    record(
      'queue:worker_job_duration_seconds:p95_rate5m',
      quantile(0.95, sum(['queue', 'le'], seconds)),
    ),
  ];
}

function database(c: Context): readonly Recording[] {
  const w = c.window(300);
  const each = ['operation', 'table'] as const;
  const queries = sum(each, rate(selector('db_query_duration_seconds_count'), w));
  const seconds = sum(each, rate(selector('db_query_duration_seconds_sum'), w));
  const buckets = sum([...each, 'le'], rate(selector('db_query_duration_seconds_bucket'), w));
  // The bucket up to one second; what is not in it took longer.
  const fast = rate(selector('db_query_duration_seconds_bucket', { le: like('1(\\.0)?') }), w);
  const active = sum(['job'], selector('db_connections_active'));
  const idle = sum(['job'], selector('db_connections_idle'));
  return [
    record('operation_table:db_queries:rate5m', queries),
    record(
      'operation_table:db_slow_queries:rate5m',
      `${queries}\n-\n${sum(each, fast)}` as typeof queries,
    ),
    record(
      'operation_table:db_query_duration_seconds:mean5m',
      `${seconds}\n/\n(${queries} > 0)` as typeof queries,
    ),
    record('operation_table:db_query_duration_seconds:p95_rate5m', quantile(0.95, buckets)),
    record(
      'job:db_connections:utilisation',
      `${active}\n/\n(${active} + ${idle} > 0)` as typeof active,
    ),
  ];
}

function external(c: Context): readonly Recording[] {
  const w = c.window(300);
  const logins = sum(['provider'], rate(selector('oauth_logins_total'), w));
  const loggedIn = sum(
    ['provider'],
    rate(selector('oauth_logins_total', { result: 'success' }), w),
  );
  const stripe = sum(['endpoint'], rate(selector('stripe_api_requests_total'), w));
  const stripeErrors = sum(
    ['endpoint'],
    rate(selector('stripe_api_requests_total', { status: 'error' }), w),
  );
  const rpc = sum(['network'], rate(selector('rpc_requests_total'), w));
  const rpcErrors = sum(['network'], rate(selector('rpc_errors_total'), w));
  const rpcBuckets = sum(['network', 'le'], rate(selector('rpc_latency_seconds_bucket'), w));
  const emails = sum(['type'], rate(selector('email_sent_total'), w));
  const failures = sum(['type'], rate(selector('email_sent_total', { status: 'failed' }), w));
  return [
    record('provider:oauth_logins:ratio_rate5m', share(loggedIn, logins)),
    record(
      'service:external_api_errors:rate5m',
      sum(['service'], rate(selector('external_api_errors_total'), w)),
    ),
    record(
      'status:stripe_webhooks:rate5m',
      sum(['status'], rate(selector('stripe_webhooks_total'), w)),
    ),
    record(
      'type:stripe_webhook_errors:rate5m',
      sum(['type'], rate(selector('stripe_webhook_errors_total'), w)),
    ),
    record('endpoint:stripe_api_errors:ratio_rate5m', share(stripeErrors, stripe)),
    record('network:rpc_errors:ratio_rate5m', share(rpcErrors, rpc)),
    record('network:rpc_latency_seconds:p95_rate5m', quantile(0.95, rpcBuckets)),
    record('type:email_failures:ratio_rate5m', share(failures, emails)),
  ];
}

function resources(c: Context): readonly Recording[] {
  return [...when(c.has(jobs.node), ...hosts(c)), ...when(c.has(jobs.cadvisor), ...containers(c))];
}

function hosts(c: Context): readonly Recording[] {
  const w = c.window(300);
  const host = ['job', 'instance'] as const;
  const idle = by('avg', host, rate(selector('node_cpu_seconds_total', { mode: 'idle' }), w));
  const total = selector('node_memory_MemTotal_bytes');
  const available = selector('node_memory_MemAvailable_bytes');
  const free = selector('node_filesystem_avail_bytes');
  const size = selector('node_filesystem_size_bytes');
  const perHost = <L extends 'job' | 'instance'>(text: string): Expr<L> => text as Expr<L>;
  return [
    record('instance:node_cpu:utilisation_rate5m', perHost(`1 - ${idle}`)),
    record('instance:node_memory:utilisation', perHost(`1 - ${available} / ${total}`)),
    record(
      'device:node_filesystem:utilisation',
      `1 - min by (job, instance, device) (${free} / (${size} > 0))` as Expr<
        'job' | 'instance' | 'device'
      >,
    ),
    record(
      'instance:node_network_receive_bytes:rate5m',
      sum(host, rate(selector('node_network_receive_bytes_total', { device: notLoopback }), w)),
    ),
    record(
      'instance:node_network_transmit_bytes:rate5m',
      sum(host, rate(selector('node_network_transmit_bytes_total', { device: notLoopback }), w)),
    ),
  ];
}

const notLoopback = { operator: '!=', value: 'lo' } as const;

function containers(c: Context): readonly Recording[] {
  const each = ['instance', 'name'] as const;
  const cpu = selector('container_cpu_usage_seconds_total', { name: present });
  const memory = selector('container_memory_working_set_bytes', { name: present });
  return [
    record('name:container_cpu_usage_seconds:rate5m', sum(each, rate(cpu, c.window(300)))),
    record('name:container_memory_working_set_bytes:sum', sum(each, memory)),
  ];
}
