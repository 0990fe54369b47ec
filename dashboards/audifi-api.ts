import { by, quantile, selector, sum, topk } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, logsOf, runbook, tracesOf } from './lib/links';
import { heatmap, lines, rowsOverTime, top } from './lib/panels';
import { processPanels } from './lib/process';
import { averageOfTop, buckets, instant, observed, range } from './lib/queries';
import { chosen, chosenOrAll, valuesOf, valuesOfJob } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'api-server';
const endpoint = { variable: 'endpoint', label: 'path' } as const;
const empty =
  'No requests to the selected endpoints. Check in Overview that Prometheus scrapes api-server.';

/** Traffic, errors and latency of the API server by endpoint. */
export const api = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-api',
      title: 'API',
      description: 'The API server by endpoint: traffic, errors and latency.',
      variables: [
        valuesOfJob('endpoint', 'Endpoint', 'path:http_requests:rate5m', 'path', job),
        valuesOf('instance', 'Instance', 'up', 'instance', { job }),
      ],
      rows: [
        {
          title: 'Traffic',
          height: 10,
          panels: [
            [12, byEndpoint()],
            [12, statusCodes(options)],
          ],
        },
        { title: 'Errors', height: 9, panels: [[24, errors(options)]] },
        {
          title: 'Latency',
          height: 10,
          panels: [
            [24, responseTimes(options)],
            [12, distribution(options)],
            [12, slowest(options)],
          ],
        },
        {
          title: 'Saturation',
          height: 8,
          panels: [[12, sizes()], [12, inFlight()], ...processPanels(options, job)],
        },
      ],
    },
    options,
  );

function byEndpoint() {
  const requests = {
    ...endpoint,
    each: 'path:http_requests:rate5m',
    all: 'path:http_requests:topk30_rate5m',
  } as const;
  const average = chosenOrAll(requests, averageOfTop);
  return top({
    title: 'Requests by Endpoint',
    shows: 'The ten endpoints with the most requests, averaged over the time range.',
    good: 'The usual order.',
    otherwise:
      'A new endpoint at the top: a client in a loop, or a client that copies the catalogue.',
    unit: 'requestsPerSecond',
    queries: [instant(topk(10, sum(['method', 'path'], average)), '{{method}} {{path}}')],
    empty,
  });
}

function statusCodes(options: DashboardOptions) {
  const classes = sum(['class'], selector('job_class:http_requests:rate5m', { job }));
  return lines({
    title: 'Status Code Distribution',
    shows: 'Requests per second by status class, over all endpoints.',
    good: 'Nearly all 2xx and 3xx.',
    otherwise:
      '5xx: Error Rate by Endpoint shows where. 4xx: filter the log by 401 and 429 to find the clients.',
    unit: 'requestsPerSecond',
    queries: [range(classes, '{{class}}')],
    names: ['2xx', '3xx', '4xx', '5xx'],
    empty: 'No requests. Check in Overview that Prometheus scrapes api-server.',
    stacked: true,
    links: [
      runbook(options, 'HighErrorRate'),
      ...logsOf(options, job, ' | json | statusCode >= 400'),
    ],
  });
}

function errors(options: DashboardOptions) {
  const ratios = chosenOrAll({
    ...endpoint,
    each: 'path:http_errors:ratio_rate5m',
    all: 'path:http_errors:topk10_ratio_rate5m',
  });
  return lines({
    title: 'Error Rate by Endpoint',
    shows:
      'Share of requests answered with 5xx: the ten worst endpoints at each point in time. The line ' +
      'is that of HighErrorRate, which judges all endpoints together.',
    good: '0 everywhere.',
    otherwise:
      'One endpoint: check its code and the services that it calls. All endpoints: check ' +
      'the database, Redis, and deployments (blue marks).',
    unit: 'share',
    queries: [range(topk(10, ratios), '{{method}} {{path}}')],
    empty,
    limit: above(options.thresholds.errorRatio, 'critical'),
    limitInView: true,
    links: [
      runbook(options, 'HighErrorRate'),
      ...logsOf(options, job, ' | json | statusCode >= 500'),
      ...tracesOf(options, job),
    ],
  });
}

/** 95th percentile of each selected endpoint, or of the fifteen slowest at each point in time. */
const p95 = chosenOrAll({
  ...endpoint,
  each: 'path:http_request_duration_seconds:p95_rate5m',
  all: 'path:http_request_duration_seconds:topk15_p95_rate5m',
});

function responseTimes(options: DashboardOptions) {
  return rowsOverTime({
    title: 'Response Time by Endpoint',
    shows:
      '95th percentile of the response time: one row for each of the fifteen slowest ' +
      `endpoints. Brighter is slower, and brightest from ${options.thresholds.latencySeconds} s on.`,
    good: 'Dim rows.',
    otherwise:
      'One bright row: check that endpoint and the services that it calls. All rows at ' +
      'once: check what they share, the database first.',
    unit: 'seconds',
    queries: [range(p95, '{{method}} {{path}}')],
    empty,
    brightest: options.thresholds.latencySeconds,
    links: [
      runbook(options, 'HighLatency'),
      dashboard('audifi-database', 'Database'),
      ...tracesOf(options, job),
    ],
  });
}

const perBucket = sum(
  ['le'],
  chosenOrAll({
    ...endpoint,
    each: 'path_le:http_request_duration_seconds:rate5m',
    all: 'job_le:http_request_duration_seconds:rate5m',
  }),
);

function distribution(options: DashboardOptions) {
  return heatmap({
    title: 'Response Time Distribution',
    shows:
      'Distribution of the response times of the selected endpoints. Brighter means more requests.',
    good: 'One bright band at the bottom.',
    otherwise:
      'A second band above: some requests wait for something. Select individual endpoints to ' +
      'find the one that causes it.',
    unit: 'requestsPerSecond',
    queries: [buckets(perBucket)],
    empty,
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, job)],
  });
}

function slowest(options: DashboardOptions) {
  // Exemplars, the dots that link to traces, exist only for raw buckets. No bucket count is below
  // 0, so only the dots are drawn.
  const series = 'http_request_duration_seconds_bucket';
  const raw = chosenOrAll({ ...endpoint, each: series, matchers: { job }, all: series });
  const dots = instant(`${by('count', [], raw)} < 0`, 'traces', { exemplars: true });
  return lines({
    title: 'Slowest Endpoints',
    shows:
      '95th percentile of the selected endpoints: the five slowest at each point in time. The line ' +
      'is that of HighLatency, which judges all endpoints together.',
    good: 'All below the line.',
    otherwise: 'Click a dot to open its trace, or check the query times in Database.',
    unit: 'seconds',
    queries: [
      range(topk(5, observed(p95)), '{{method}} {{path}}'),
      ...(options.jaeger ? [range(observed(quantile(0.99, perBucket)), 'p99'), dots] : []),
    ],
    empty,
    limit: above(options.thresholds.latencySeconds, 'warning'),
    links: [
      runbook(options, 'HighLatency'),
      dashboard('audifi-database', 'Database'),
      ...tracesOf(options, job),
    ],
  });
}

function sizes() {
  const mean = (of: 'request' | 'response'): string =>
    selector(`job:http_${of}_size_bytes:mean5m`, { job });
  return lines({
    title: 'Request Size',
    shows: 'Average size of requests and responses.',
    good: 'Steady.',
    otherwise:
      'Growing responses: a list without a limit. Growing requests: uploads that should go elsewhere.',
    unit: 'bytes',
    queries: [range(mean('request'), 'request'), range(mean('response'), 'response')],
    empty: 'No requests. Check in Overview that Prometheus scrapes api-server.',
  });
}

function inFlight() {
  const now = selector('http_requests_in_flight', { job, instance: chosen('instance') });
  return lines({
    title: 'Requests in Flight',
    shows: 'Requests in progress, by instance.',
    good: 'Low and level.',
    otherwise: 'Growing without more traffic: requests wait, most often for the database.',
    unit: 'count',
    queries: [range(now, '{{instance}}')],
    empty: 'No metrics of the selected instances. Check in Overview that Prometheus scrapes them.',
  });
}
