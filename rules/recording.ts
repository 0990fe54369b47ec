import {
  by,
  type Expr,
  like,
  over,
  present,
  quantile,
  rate,
  type recorded,
  type RecordedName,
  selector,
  sum,
} from '../telemetry';
import { type Context, when } from './context';
import { jobs } from './options';

/** One recording rule; telemetry/recorded.ts says what it means. */
export interface Recording {
  readonly record: RecordedName;
  readonly expr: string;
}

export interface RecordingGroup {
  readonly name: string;
  readonly rules: readonly Recording[];
}

/** A rule whose expression has no labels but those that the contract promises. */
const record = <N extends RecordedName>(
  name: N,
  expr: Expr<(typeof recorded)[N]['labels'][number]>,
): Recording => ({ record: name, expr });

/** What dashboards ask again and again, computed once. Groups run side by side, rules of one in order. */
export function recordingGroups(c: Context): readonly RecordingGroup[] {
  const groups = [
    { name: 'availability', rules: availability(c) },
    { name: 'http', rules: http(c) },
    { name: 'websocket', rules: when(c.has(jobs.ws), ...websocket(c)) },
    { name: 'database', rules: database(c) },
    { name: 'external', rules: external(c) },
    { name: 'resources', rules: resources(c) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

/** `part / whole` per second: 0 where all is well, and no value where nothing happens. */
function share<L extends string>(part: Expr<L>, whole: Expr<L>): Expr<L> {
  return `(\n  ${part}\n  or\n  0 * ${whole}\n)\n/\n(${whole} > 0)` as Expr<L>;
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
  ];
}

function database(c: Context): readonly Recording[] {
  const w = c.window(300);
  const each = ['operation', 'table'] as const;
  const queries = sum(each, rate(selector('db_query_duration_seconds_count'), w));
  const seconds = sum(each, rate(selector('db_query_duration_seconds_sum'), w));
  const buckets = sum([...each, 'le'], rate(selector('db_query_duration_seconds_bucket'), w));
  const active = sum(['job'], selector('db_connections_active'));
  const idle = sum(['job'], selector('db_connections_idle'));
  return [
    record('operation_table:db_queries:rate5m', queries),
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
