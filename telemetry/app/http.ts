import { type AppService, counter, gauge, histogram, open } from '../contract';

const by: readonly AppService[] = ['api-server'];

/** HTTP status codes of the API. */
const statuses = [
  ...['200', '201', '202', '204', '206', '301', '302', '303', '304', '307', '308'],
  ...['400', '401', '402', '403', '404', '405', '409', '410', '413', '415', '422', '429'],
  ...['500', '501', '502', '503', '504'],
] as const;

const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const path = open('route template such as /v1/tracks/:id, never the URL itself; else "other"', 60);

/** Must exceed every latency threshold, because a quantile never exceeds the last finite bucket. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const bodyBytes = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/** The API server's requests. */
export const httpMetrics = {
  http_requests_total: counter({
    unit: 'requests',
    help: 'HTTP requests with a response.',
    labels: { method, path, status: statuses },
    budget: 1_500,
    by,
  }),
  http_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time from the first byte of a request to the last byte of its response; not for WebSockets.',
    labels: { method, path },
    buckets: requestSeconds,
    budget: 1_800,
    by,
  }),
  http_requests_in_flight: gauge({
    unit: 'requests',
    help: 'Requests currently being processed.',
    by,
  }),
  http_request_size_bytes: histogram({
    unit: 'bytes',
    help: 'Size of request bodies.',
    labels: { method },
    buckets: bodyBytes,
    budget: 70,
    by,
  }),
  http_response_size_bytes: histogram({
    unit: 'bytes',
    help: 'Size of response bodies.',
    labels: { method },
    buckets: bodyBytes,
    budget: 70,
    by,
  }),
  user_sessions_active: gauge({
    unit: 'sessions',
    help: 'Logins in use within the last 5 minutes, by a request or an open WebSocket; every instance reports the same number.',
    by: ['api-server', 'ws-server'],
  }),
  oauth_logins_total: counter({
    unit: 'users',
    help: 'Completed OAuth logins. A callback without a code does not count.',
    labels: {
      provider: ['google', 'apple', 'discord', 'twitch'],
      result: ['success', 'denied', 'failed'],
    },
    budget: 12,
    by,
  }),
};
