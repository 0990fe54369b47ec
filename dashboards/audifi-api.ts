import { by, quantile, selector, sum, topk } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, logsOf, runbook, tracesOf } from './lib/links';
import { heatmap, lines, rowsOverTime, top } from './lib/panels';
import { processPanels } from './lib/process';
import { averageOfTop, buckets, instant, range } from './lib/queries';
import { chosen, chosenOrAll, valuesOf, valuesOfJob } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'api-server';
const endpoint = { variable: 'endpoint', label: 'path' } as const;
const empty = 'No requests for the chosen endpoints: is api-server scraped (Overview)?';

/** Which endpoints are used, slow or broken? */
export const api = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-api',
      title: 'API',
      description: 'The API server by endpoint: who asks for what, what fails, what is slow.',
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
    shows: 'The ten endpoints with most requests, on average of all that is shown.',
    good: 'The order of every day.',
    otherwise: 'A newcomer at the top: a client in a loop, or somebody who copies the catalogue.',
    unit: 'requestsPerSecond',
    queries: [instant(topk(10, sum(['method', 'path'], average)), '{{method}} {{path}}')],
    empty,
  });
}

function statusCodes(options: DashboardOptions) {
  const classes = sum(['class'], selector('job_class:http_requests:rate5m', { job }));
  return lines({
    title: 'Status Code Distribution',
    shows: 'Requests per second by class of their answer, over all endpoints.',
    good: 'Nearly all 2xx and 3xx.',
    otherwise: '5xx: Error Rate by Endpoint says where. 4xx: 401 and 429 in the log say who.',
    unit: 'requestsPerSecond',
    queries: [range(classes, '{{class}}')],
    names: ['2xx', '3xx', '4xx', '5xx'],
    empty: 'No requests were counted: is api-server scraped (Overview)?',
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
    shows: 'Share of requests answered with 5xx, the ten worst endpoints at each time.',
    good: '0 everywhere.',
    otherwise:
      'One endpoint: its code or what it calls. All of them: database, Redis or a deployment (blue mark).',
    unit: 'share',
    queries: [range(topk(10, ratios), '{{method}} {{path}}')],
    empty,
    max: 1,
    limit: above(options.thresholds.errorRatio, 'critical'),
    links: [
      runbook(options, 'HighErrorRate'),
      ...logsOf(options, job, ' | json | statusCode >= 500'),
      ...tracesOf(options, job),
    ],
  });
}

/** 95th percentile of each chosen endpoint, or of the fifteen slowest at each time. */
const p95 = chosenOrAll({
  ...endpoint,
  each: 'path:http_request_duration_seconds:p95_rate5m',
  all: 'path:http_request_duration_seconds:topk15_p95_rate5m',
});

function responseTimes(options: DashboardOptions) {
  return rowsOverTime({
    title: 'Response Time by Endpoint',
    shows:
      'Time in which 95 % of the requests were answered: a row for each endpoint, of the fifteen slowest at each time. The brighter, the slower.',
    good: 'Dim rows.',
    otherwise:
      'One bright row: that endpoint, or what it calls. All rows at once: what they share, the database first.',
    unit: 'seconds',
    queries: [range(p95, '{{method}} {{path}}')],
    empty,
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
    shows: 'How many requests of the chosen endpoints took how long; the brighter, the more.',
    good: 'One bright band, low.',
    otherwise:
      'A second band above: some requests wait for something. Choose endpoints until one has it alone.',
    unit: 'requestsPerSecond',
    queries: [buckets(perBucket)],
    empty,
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, job)],
  });
}

function slowest(options: DashboardOptions) {
  // Only raw buckets have exemplars, the dots that lead to traces. No number of them is below 0: nothing but dots is drawn.
  const series = 'http_request_duration_seconds_bucket';
  const raw = chosenOrAll({ ...endpoint, each: series, matchers: { job }, all: series });
  const dots = instant(`${by('count', [], raw)} < 0`, 'traces', { exemplars: true });
  return lines({
    title: 'Slowest Endpoints',
    shows: '95th percentile of the chosen endpoints, the five slowest at each time.',
    good: 'All below the line.',
    otherwise: 'Follow a dot to its trace, or see the time of its queries in Database.',
    unit: 'seconds',
    queries: [
      range(topk(5, p95), '{{method}} {{path}}'),
      ...(options.jaeger ? [range(quantile(0.99, perBucket), 'p99'), dots] : []),
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
    shows: 'Average size of a request and of its answer.',
    good: 'Steady.',
    otherwise:
      'Growing answers: a list without a limit. Growing requests: uploads that should not come here.',
    unit: 'bytes',
    queries: [range(mean('request'), 'request'), range(mean('response'), 'response')],
    empty: 'No requests were counted: is api-server scraped (Overview)?',
  });
}

function inFlight() {
  const now = selector('http_requests_in_flight', { job, instance: chosen('instance') });
  return lines({
    title: 'Requests in Flight',
    shows: 'Requests that are being answered, by instance.',
    good: 'Low and level.',
    otherwise: 'Growing without more traffic: they wait, for the database most often.',
    unit: 'count',
    queries: [range(now, '{{instance}}')],
    empty: 'The chosen instances do not tell: are they scraped (Overview)?',
  });
}
