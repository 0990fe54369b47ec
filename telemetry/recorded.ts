import { type Recorded, series } from './recorded-series';
import { recordedOfServers } from './recorded-servers';

export type { Recorded } from './recorded-series';

/** Every series that recording rules make. */
export const recorded = {
  'job:up:sum': series('Targets that answer.', 'job'),
  'job:up:count': series('Targets that Prometheus knows.', 'job'),

  'job:users_active:max': series('Users seen in the last 5 minutes.', 'job'),
  'job:http_request_size_bytes:mean5m': series('Mean size of request bodies.', 'job'),
  'job:http_response_size_bytes:mean5m': series('Mean size of answer bodies.', 'job'),
  'job:http_requests:rate5m': series('Requests per second.', 'job'),
  'job_class:http_requests:rate5m': series('Requests per second by 2xx … 5xx.', 'job', 'class'),
  'path:http_requests:rate5m': series('Requests per second.', 'job', 'method', 'path'),
  'job:http_errors:ratio_rate5m': series('Share of 5xx; nothing without requests.', 'job'),
  'path:http_errors:ratio_rate5m': series('Share of 5xx.', 'job', 'method', 'path'),
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

  'role:ws_connections_active:sum': series('Open connections over all servers.', 'role'),
  'session_role:ws_connections_active:sum': series('Open connections.', 'session_id', 'role'),
  'status:ws_connections:rate5m': series('Connections opened and closed per second.', 'status'),
  'job:ws_messages_sent:rate5m': series('Messages sent per second.', 'job'),
  'job:ws_messages_received:rate5m': series('Messages received per second.', 'job'),
  'type:ws_errors:rate5m': series('WebSocket errors per second.', 'type'),

  'reason:ws_disconnections:rate5m': series('Closed connections per second.', 'reason'),
  'platform:studio_chat_messages:rate5m': series('Chat messages per second.', 'platform'),
  'job:studio_poll_votes:rate5m': series('Votes per second.', 'job'),

  'queue:worker_queue_depth:max': series('Jobs that wait.', 'queue'),
  'queue:worker_queue_oldest_seconds:max': series('Age of the oldest job that waits.', 'queue'),
  'queue_status:worker_jobs:rate5m': series('Jobs that ended per second.', 'queue', 'status'),
  'queue:worker_job_duration_seconds:p95_rate5m': series('95th percentile.', 'queue'),

  'operation_table:db_slow_queries:rate5m': series(
    'Queries of more than a second, per second.',
    ...(['operation', 'table'] as const),
  ),
  'operation_table:db_queries:rate5m': series('Queries per second.', 'operation', 'table'),
  'operation_table:db_query_duration_seconds:mean5m': series('Mean.', 'operation', 'table'),
  'operation_table:db_query_duration_seconds:p95_rate5m': series('95th.', 'operation', 'table'),
  'job:db_connections:utilisation': series('Share of the pool in use.', 'job'),

  ...recordedOfServers,

  'provider:oauth_logins:ratio_rate5m': series('Share of logins that succeed.', 'provider'),
  'service:external_api_errors:rate5m': series('Failed calls per second.', 'service'),
  'status:stripe_webhooks:rate5m': series('Webhook calls per second.', 'status'),
  'type:stripe_webhook_errors:rate5m': series('Webhook calls not processed, per second.', 'type'),
  'endpoint:stripe_api_errors:ratio_rate5m': series('Share of failed calls.', 'endpoint'),
  'network:rpc_errors:ratio_rate5m': series('Share of failed calls.', 'network'),
  'network:rpc_latency_seconds:p95_rate5m': series('95th percentile.', 'network'),
  'type:email_failures:ratio_rate5m': series('Share of e-mails not handed over.', 'type'),

  'instance:node_cpu:utilisation_rate5m': series('Share of all CPUs in use.', 'job', 'instance'),
  'instance:node_memory:utilisation': series('Share of memory in use.', 'job', 'instance'),
  'device:node_filesystem:utilisation': series('Share in use.', 'job', 'instance', 'device'),
  'instance:node_network_receive_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'instance:node_network_transmit_bytes:rate5m': series('Bytes per second.', 'job', 'instance'),
  'name:container_cpu_usage_seconds:rate5m': series('Cores in use.', 'instance', 'name'),
  'name:container_memory_working_set_bytes:sum': series('Memory in use.', 'instance', 'name'),

  'check:probe_success:avg1h': series('Share of successful checks of the last hour.', 'check'),
} satisfies Readonly<Record<string, Recorded>>;
