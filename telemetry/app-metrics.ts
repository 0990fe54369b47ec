import { counter, gauge, histogram, open } from './contract';

/**
 * What AudiFi's own services emit: the spec's metrics, and those that its alerts read but never define.
 *
 * Counters with closed labels are set to 0 at start. A counter whose first sample is already 1 has not
 * "increased" for Prometheus, so its first error would be seen by nobody.
 */

/**
 * Sessions that get a value of `session_id` of their own, in one ws-server at a time. The server labels
 * the sessions with most connections; all others add up under `other`, and the series of a session that
 * ended is removed. So the label has at most this many values plus one, whatever users do.
 */
export const labelledSessions = 200;

/** Value of `session_id` for all sessions beyond `labelledSessions`. */
export const otherSessions = 'other';

/** HTTP status codes that the API answers with. */
const statuses = [
  ...['200', '201', '202', '204', '206', '301', '302', '303', '304', '307', '308'],
  ...['400', '401', '402', '403', '404', '405', '409', '410', '413', '415', '422', '429'],
  ...['500', '501', '502', '503', '504'],
] as const;

const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const path = open('route template such as /v1/tracks/:id, never the URL itself; else "other"', 60);
const network = ['ethereum', 'base'] as const;

/** Has to reach beyond every latency threshold: a quantile is never above the last finite bucket. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

export const appMetrics = {
  http_requests_total: counter({
    unit: 'requests',
    help: 'Answered HTTP requests.',
    labels: { method, path, status: statuses },
    budget: 1_500,
  }),
  http_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time from the first byte of a request to the last byte of its answer; not for WebSockets.',
    labels: { method, path },
    buckets: requestSeconds,
    budget: 1_800,
  }),
  http_requests_in_flight: gauge({ unit: 'requests', help: 'Requests being answered now.' }),
  http_request_size_bytes: histogram({
    unit: 'bytes',
    help: 'Size of request bodies.',
    labels: { method },
    buckets: [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    budget: 70,
  }),

  ws_connections_active: gauge({
    unit: 'connections',
    help: 'Open WebSocket connections.',
    labels: {
      session_id: open(
        `V Studio session; "${otherSessions}" beyond the budget`,
        labelledSessions + 1,
      ),
      role: ['viewer', 'moderator', 'host'],
    },
    budget: 603,
  }),
  ws_connections_total: counter({
    unit: 'connections',
    help: 'WebSocket connections that were opened and closed.',
    labels: { status: ['connected', 'disconnected'] },
    budget: 2,
  }),
  ws_messages_sent_total: counter({ unit: 'messages', help: 'Messages sent to clients.' }),
  ws_messages_received_total: counter({
    unit: 'messages',
    help: 'Messages received from clients.',
  }),
  ws_connection_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Lifetime of closed connections.',
    buckets: [1, 10, 60, 300, 900, 3_600, 14_400],
  }),
  ws_errors_total: counter({
    unit: 'errors',
    help: 'WebSocket errors by cause.',
    labels: { type: ['auth_failed', 'rate_limited', 'timeout'] },
    budget: 3,
  }),

  db_connections_active: gauge({ unit: 'connections', help: 'Pool connections in use.' }),
  db_connections_idle: gauge({ unit: 'connections', help: 'Pool connections at rest.' }),
  db_connections_waiting: gauge({ unit: 'requests', help: 'Callers waiting for a connection.' }),
  db_query_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a query as the application sees it.',
    labels: {
      operation: ['select', 'insert', 'update', 'delete', 'other'],
      table: open('main table of the query; else "other"', 40),
    },
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    budget: 1_100,
  }),
  db_errors_total: counter({
    unit: 'errors',
    help: 'Failed queries by cause.',
    labels: { type: ['connection_timeout', 'deadlock', 'other'] },
    budget: 3,
  }),

  stripe_api_requests_total: counter({
    unit: 'requests',
    help: 'Calls to Stripe.',
    labels: { endpoint: open("Stripe's endpoint, without ids", 20), status: ['success', 'error'] },
    budget: 40,
  }),
  stripe_api_latency_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a call to Stripe.',
    buckets: callSeconds,
  }),
  /** The spec's alert StripeWebhookFailures reads it; the spec defines it nowhere. */
  stripe_webhook_errors_total: counter({
    unit: 'errors',
    help: "Stripe's webhook calls that we did not process.",
    labels: { type: ['invalid_signature', 'unknown_event', 'processing_failed', 'timeout'] },
    budget: 4,
  }),
  rpc_requests_total: counter({
    unit: 'requests',
    help: 'Calls to blockchain nodes.',
    labels: { network, method: open('RPC method', 20) },
    budget: 40,
  }),
  rpc_latency_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a call to a blockchain node.',
    labels: { network },
    buckets: callSeconds,
    budget: 24,
  }),
  rpc_errors_total: counter({
    unit: 'errors',
    help: 'Failed calls to blockchain nodes by cause.',
    labels: { network, error: ['timeout', 'rate_limited', 'other'] },
    budget: 6,
  }),
  email_sent_total: counter({
    unit: 'messages',
    help: 'E-mails handed over for delivery.',
    labels: { type: open('kind of e-mail, e.g. magic_link', 10), status: ['success', 'failed'] },
    budget: 20,
  }),

  process_start_time_seconds: gauge({ unit: 'unix time', help: 'When the process started.' }),
  process_cpu_seconds_total: counter({ unit: 'seconds', help: 'CPU time of the process.' }),
  process_resident_memory_bytes: gauge({ unit: 'bytes', help: 'Memory of the process.' }),
};
