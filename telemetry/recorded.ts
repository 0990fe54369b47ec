import { kubernetesRecorded } from './exporters/kubernetes';
import { type Recorded, series } from './recorded-series';
import { recordedOfMonitoring } from './recorded-monitoring';
import { recordedOfServers } from './recorded-servers';
import { recordedOfSlos } from './recorded-slo';

export type { Recorded } from './recorded-series';

/** Labels that identify a container; `pod` and `namespace` are empty on Docker. */
const container = ['namespace', 'pod', 'container'] as const;

/** All series of recording rules. */
export const recorded = {
  'job:up:sum': series('Targets that are up.', 'job'),
  'job:up:ratio': series('Share of targets that are up.', 'job'),
  'job:up:count': series('Discovered targets.', 'job'),
  'job_version:app_info:count': series('Instances by version.', 'job', 'version'),
  'instance:up:min1m': series('0 if a scrape in the last minute failed.', 'job', 'instance'),
  'job:scrape_samples_post_metric_relabeling:sum': series('Samples of a scrape.', 'job'),

  'job:user_sessions_active:max': series('Logins in use within the last 5 minutes.', 'job'),
  'job:http_request_size_bytes:mean5m': series('Mean size of request bodies.', 'job'),
  'job:http_response_size_bytes:mean5m': series('Mean size of response bodies.', 'job'),
  'instance:http_requests:sum': series('Answers since its start.', 'job', 'instance'),
  'instance:http_errors:sum': series('Answers with 5xx since its start.', 'job', 'instance'),
  'job:http_requests:rate5m': series('Requests per second.', 'job'),
  'job_class:http_requests:rate5m': series('Requests per second by 2xx … 5xx.', 'job', 'class'),
  'path:http_requests:rate5m': series('Requests per second.', 'job', 'method', 'path'),
  'job:http_errors:ratio_rate5m': series('Share of 5xx; nothing without requests.', 'job'),
  'path:http_requests:topk30_rate5m': series(
    'Requests per second, the thirty highest.',
    ...(['job', 'method', 'path'] as const),
  ),
  'path:http_errors:rate5m': series('Answers with 5xx per second.', 'job', 'method', 'path'),
  'path:http_errors:topk20_rate5m': series(
    'Answers with 5xx per second, the twenty highest.',
    ...(['job', 'method', 'path'] as const),
  ),
  'path:http_errors:ratio_rate5m': series('Share of 5xx.', 'job', 'method', 'path'),
  'path:http_errors:topk10_ratio_rate5m': series(
    'Share of 5xx, the ten highest.',
    ...(['job', 'method', 'path'] as const),
  ),
  'job_le:http_request_duration_seconds:rate5m': series('Basis of the quantiles.', 'job', 'le'),
  'path_le:http_request_duration_seconds:rate5m': series(
    'Basis of the heatmap.',
    ...(['job', 'path', 'le'] as const),
  ),
  'job:http_request_duration_seconds:p50_rate5m': series('Median latency.', 'job'),
  'job:http_request_duration_seconds:p95_rate5m': series('95th percentile.', 'job'),
  'job:http_request_duration_seconds:p99_rate5m': series('99th percentile.', 'job'),
  'path:http_request_duration_seconds:p95_rate5m': series(
    '95th percentile.',
    ...(['job', 'method', 'path'] as const),
  ),

  'path:http_request_duration_seconds:topk15_p95_rate5m': series(
    '95th percentile, the fifteen highest.',
    ...(['job', 'method', 'path'] as const),
  ),

  'role:ws_connections_active:sum': series('Open connections over all servers.', 'role'),
  'session_role:ws_connections_active:sum': series(
    'Open connections.',
    ...(['job', 'session_id', 'role'] as const),
  ),
  'session:ws_connections_active:topk10_sum': series(
    'Viewers of the ten largest sessions.',
    ...(['job', 'session_id'] as const),
  ),
  'status:ws_connections:rate5m': series('Connections opened and closed per second.', 'status'),
  'job:ws_messages_sent:rate5m': series('Messages sent per second.', 'job'),
  'job:ws_messages_received:rate5m': series('Messages received per second.', 'job'),
  'job:ws_connection_duration_seconds_sum:rate5m': series('Seconds per second.', 'job'),
  'job:ws_connection_duration_seconds_count:rate5m': series(
    'Closed connections per second.',
    'job',
  ),
  'job_le:ws_connection_duration_seconds:rate5m': series('Basis of the median.', 'job', 'le'),
  'type:ws_errors:rate5m': series('WebSocket errors per second.', 'type'),

  'reason:ws_disconnections:rate5m': series('Closed connections per second.', 'reason'),
  'job:ws_sessions_active:distinct': series('Live sessions; one on several servers is one.', 'job'),
  'job:studio_session_duration_seconds_sum:rate5m': series('Seconds per second.', 'job'),
  'job:studio_session_duration_seconds_count:rate5m': series('Ended sessions per second.', 'job'),
  'platform:studio_chat_messages:rate5m': series('Chat messages per second.', 'platform'),
  'job:studio_poll_votes:rate5m': series('Votes per second.', 'job'),

  'queue:worker_queue_depth:max': series('Jobs that wait.', 'queue'),
  'queue:worker_queue_oldest_seconds:max': series('Age of the oldest job that waits.', 'queue'),
  'queue_status:worker_jobs:rate5m': series('Jobs that ended per second.', 'queue', 'status'),
  'queue:worker_job_duration_seconds:p95_rate5m': series('95th percentile.', 'queue'),

  'job:db_query_duration_seconds_sum:rate5m': series('Seconds of queries per second.', 'job'),
  'job:db_query_duration_seconds_count:rate5m': series('Queries per second.', 'job'),
  'job_le:db_query_duration_seconds:rate5m': series('Basis of the quantiles.', 'job', 'le'),
  'type:db_errors:rate5m': series('Failed queries per second.', 'type'),
  'operation:db_queries:rate5m': series('Queries per second.', 'operation'),
  'table:db_slow_queries:rate5m': series('Queries of more than a second, per second.', 'table'),
  'operation_table:db_slow_queries:rate5m': series(
    'Queries of more than a second, per second.',
    ...(['operation', 'table'] as const),
  ),
  'operation_table:db_queries:rate5m': series('Queries per second.', 'operation', 'table'),
  'operation_table:db_query_duration_seconds:mean5m': series('Mean.', 'operation', 'table'),
  'operation_table:db_query_duration_seconds:p95_rate5m': series('95th.', 'operation', 'table'),
  'job:db_connections_active:sum': series('Pool connections in use.', 'job'),
  'job:db_connections_idle:sum': series('Idle pool connections.', 'job'),
  'job:db_connections_waiting:sum': series('Callers waiting for a pool connection.', 'job'),
  'job:db_connections:utilisation': series('Share of the pool in use.', 'job'),

  ...recordedOfServers,
  ...kubernetesRecorded,
  ...recordedOfMonitoring,
  ...recordedOfSlos,

  'provider_result:oauth_logins:rate5m': series('Logins per second.', 'provider', 'result'),
  'provider:oauth_logins:ratio_rate5m': series('Share of logins that succeed.', 'provider'),
  'service:external_api_errors:rate5m': series('Failed calls per second.', 'service'),
  'status:stripe_webhooks:rate5m': series('Webhook calls per second.', 'status'),
  'type:stripe_webhook_errors:rate5m': series('Webhook calls not processed, per second.', 'type'),
  'type:stripe_webhook_errors:increase1h': series('Those of the last hour.', 'type'),
  'job:stripe_api_latency_seconds_sum:rate5m': series('Seconds of calls per second.', 'job'),
  'job:stripe_api_latency_seconds_count:rate5m': series('Calls per second.', 'job'),
  'endpoint:stripe_api_requests:rate5m': series('Calls per second.', 'endpoint'),
  'endpoint:stripe_api_errors:ratio_rate5m': series('Share of failed calls.', 'endpoint'),
  'network:rpc_errors:ratio_rate5m': series('Share of failed calls.', 'network'),
  'network:rpc_latency_seconds:p95_rate5m': series('95th percentile.', 'network'),
  'status:email_sent:rate5m': series('E-mails per second.', 'status'),
  'type:email_failures:ratio_rate5m': series('Share of e-mails not handed over.', 'type'),

  'instance:node_cpu:utilisation_rate5m': series('Share of all CPUs in use.', 'job', 'instance'),
  'instance:node_memory:utilisation': series('Share of memory in use.', 'job', 'instance'),
  'device:node_filesystem:utilisation': series('Share in use.', 'job', 'instance', 'device'),
  'instance:node_disk_read_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'instance:node_disk_written_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'instance:node_disk_io_time:max_rate5m': series('Of the busiest disk.', 'job', 'instance'),
  'instance:node_network_receive_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'instance:node_network_transmit_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'instance:node_filesystem:max_utilisation': series('Of the fullest.', 'job', 'instance'),
  'container:container_cpu_usage_seconds:rate5m': series('Cores in use.', 'node', ...container),
  'container:container_memory_working_set_bytes:sum': series(
    'Memory in use.',
    ...(['node', ...container] as const),
  ),
  'container:container_cpu_usage_seconds:topk30_rate5m': series(
    'Cores of the 30 busiest.',
    ...container,
  ),
  'container:container_memory_working_set_bytes:topk10_sum': series(
    'Memory of the 10 largest.',
    ...container,
  ),
  'container:container_memory:topk10_utilisation': series(
    'Share of the memory limit in use, of the 10 highest.',
    ...container,
  ),

  'check:probe_success:avg1h': series('Share of successful checks of the last hour.', 'check'),
} satisfies Readonly<Record<string, Recorded>>;
