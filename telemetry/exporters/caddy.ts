import { counter, gauge, histogram, open } from '../contract';

/**
 * Routes are nested, and each counts a request under the name of its first handler: a `handle`
 * block as `subroute`, what is in it as e.g. `headers`. A query must select one handler, or it
 * counts requests twice. Before 2.11, every handler counted it, including `reverse_proxy`.
 */
const handler = open('first handler of a route, e.g. subroute; choose one', 10);
const server = open('server block, e.g. srv0', 4);
const code = open('HTTP status of the response', 30);
const method = open('HTTP method; Caddy turns unknown ones into OTHER', 10);

/** The reverse proxy. Names and buckets are those of Caddy 2.11 without `per_host`. */
export const caddyMetrics = {
  caddy_http_requests_total: counter({
    unit: 'requests',
    help: 'Requests by handler.',
    labels: { server, handler },
    budget: 40,
  }),
  caddy_http_requests_in_flight: gauge({
    unit: 'requests',
    help: 'Requests, and open WebSocket connections, being handled now.',
    labels: { server, handler },
    budget: 40,
  }),
  caddy_http_request_errors_total: counter({
    unit: 'errors',
    onlyIf: 'a request failed in a handler',
    help: 'Requests that failed in a handler, e.g. because the API did not respond.',
    labels: { server, handler },
    budget: 40,
  }),
  caddy_http_request_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Duration of a request at the proxy. A WebSocket counts when it is closed.',
    labels: { server, handler, code, method },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    budget: 7_000,
  }),
  caddy_reverse_proxy_upstreams_healthy: gauge({
    unit: 'boolean',
    help: '1 if the service behind the proxy responds.',
    labels: { upstream: open('host:port behind the proxy', 10) },
    budget: 10,
  }),
};
