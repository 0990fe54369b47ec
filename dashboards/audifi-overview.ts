import { by, orZero, selector, sum } from '../telemetry';
import { containerPanels } from './lib/containers';
import { assembled, type Dashboard } from './lib/dashboard';
import { above, below, both } from './lib/limits';
import { clusterOf, dashboard, logsOf, runbook } from './lib/links';
import { machinePanels } from './lib/machines';
import { allUp, lines, number, timeline, upDown } from './lib/panels';
import { alertsIn, instant, observed, range, sinceLastPoint } from './lib/queries';
import { chosen, valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

const noTraffic = 'No requests. Check in Service Health that Prometheus scrapes api-server.';

/** The state of AudiFi, and where to look if it is not well. */
export const overview = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-overview',
      title: 'Overview',
      description: 'The state of AudiFi. The cause of a problem is at most three clicks away.',
      variables: [
        valuesOf('service', 'Service', 'job:up:count', 'job'),
        valuesOf('instance', 'Machine', 'up', 'instance', { job: 'node' }),
      ],
      rows: [
        {
          title: 'State',
          height: 8,
          panels: [
            [5, firing()],
            [14, serviceHealth(options)],
            [5, activeUsers()],
          ],
        },
        { title: 'Traffic', height: 8, panels: [[24, requestRate()]] },
        {
          title: 'Errors',
          height: 8,
          panels: [
            [10, errorRate(options)],
            [9, checks(options)],
            [5, certificates(options)],
          ],
        },
        { title: 'Latency', height: 8, panels: [[24, latency(options)]] },
        {
          title: 'Saturation',
          height: 9,
          panels: [
            [24, resourceUsage(options)],
            ...machinePanels(options),
            ...containerPanels(options),
          ],
        },
      ],
    },
    options,
  );

function firing() {
  const firingOf = (severity: 'critical' | 'warning') =>
    instant(alertsIn(selector('ALERTS', { alertstate: 'firing', severity })), severity);
  return number({
    title: 'Firing Alerts',
    shows: 'Alerts of severity critical and warning that fire at the end of the time range.',
    good: '0.',
    otherwise: 'Open On call, which lists each alert with its runbook.',
    unit: 'count',
    queries: [firingOf('critical'), firingOf('warning')],
    empty: 'Prometheus does not respond, or evaluates no rules. See Stack.',
    limit: above(1, 'warning'),
    limits: { critical: above(1, 'critical') },
    links: [dashboard('audifi-on-call', 'On call')],
  });
}

function serviceHealth(options: DashboardOptions) {
  const job = chosen('service');
  const share = sinceLastPoint('min', selector('job:up:ratio', { job }));
  // An exporter is up even if its server is down.
  const servers = [selector('pg_up', { job }), selector('redis_up', { job })]
    .map((each) => sinceLastPoint('min', each))
    .join(' or ');
  // The label `of` keeps these series: `or` drops a series on its right whose labels also exist on
  // its left.
  const behind = `label_replace(avg by (job) (${servers}), "of", "servers", "", "")`;
  const state = `min by (job) (${share} or ${behind})`;
  return timeline({
    title: 'Service Health',
    shows:
      'When each service was up. For PostgreSQL and Redis: whether they ' +
      'respond to their exporters.',
    good: 'All green.',
    otherwise:
      'Red: down. Orange: some instances are down. No row: Prometheus has no target for the ' +
      'service.',
    unit: 'share',
    queries: [range(state, '{{job}}')],
    empty: 'Prometheus has no targets for the selected services.',
    limit: allUp,
    states: upDown,
    links: [
      runbook(options, 'APIDown'),
      runbook(options, 'TargetDown'),
      dashboard('audifi-stack', 'Stack', 'service'),
      ...clusterOf(options),
    ],
  });
}

function activeUsers() {
  return number({
    title: 'Active Users',
    shows:
      'Active sessions of logged-in users: with a request in the last 5 minutes or an open ' +
      'WebSocket. A user with two devices counts twice.',
    good: 'As many as usual at this hour.',
    otherwise: 'A sudden drop without an alert: check logins (External Services).',
    unit: 'count',
    // All instances of all services report the same number.
    queries: [instant(by('max', [], selector('job:user_sessions_active:max')), 'sessions')],
    empty: 'Prometheus scrapes neither api-server nor ws-server (Service Health).',
    links: [dashboard('audifi-external-services', 'External Services')],
  });
}

function requestRate() {
  return lines({
    title: 'Request Rate',
    shows: 'HTTP requests per second, by service.',
    good: 'The usual daily curve, without steps.',
    otherwise: 'A drop to 0: an outage upstream (Caddy, DNS). A step up: a campaign or an attack.',
    unit: 'requestsPerSecond',
    queries: [range(selector('job:http_requests:rate5m'), '{{job}}')],
    empty: noTraffic,
    stacked: true,
    links: [dashboard('audifi-api', 'API')],
  });
}

/** Share of all requests that were answered with this status class. */
function shareOf(status: '4xx' | '5xx'): string {
  const all = sum([], selector('job:http_requests:rate5m'));
  const part = sum([], selector('job_class:http_requests:rate5m', { class: status }));
  return `${orZero(part, all)} / (${all} > 0)`;
}

function errorRate(options: DashboardOptions) {
  const { minRequestRate, errorsPerHour } = options.thresholds;
  return lines({
    title: 'Error Rate',
    shows: 'Share of requests answered with 4xx (client errors) and with 5xx (server errors).',
    good: '5xx close to 0, 4xx constant.',
    otherwise:
      `5xx above the line: HighErrorRate pages; below ${minRequestRate} requests per second only ` +
      `with at least ${errorsPerHour} failures in 15 minutes or an hour. Find the endpoint and the ` +
      'latest deployment. Many 4xx after a deployment are most likely our fault too.',
    unit: 'share',
    queries: [range(shareOf('4xx'), '4xx'), range(shareOf('5xx'), '5xx')],
    empty: noTraffic,
    limit: above(options.thresholds.errorRatio, 'critical'),
    limitInView: true,
    links: [
      runbook(options, 'HighErrorRate'),
      dashboard('audifi-api', 'API'),
      ...logsOf(options, 'api-server', ' | json | statusCode >= 500'),
    ],
  });
}

function checks(options: DashboardOptions) {
  const probes = selector('probe_success', { job: 'uptime' });
  return timeline({
    title: 'Uptime Checks',
    shows: 'AudiFi’s public URLs, probed from this stack.',
    good: 'All green.',
    otherwise: 'Red while Service Health is green: check DNS, certificate and Caddy.',
    unit: 'state',
    queries: [range(by('min', ['check'], sinceLastPoint('min', probes)), '{{check}}')],
    empty: 'No results. Check that the blackbox exporter is on (uptime.enabled).',
    limit: allUp,
    states: upDown,
    links: [runbook(options, 'UptimeCheckFailed')],
  });
}

function certificates(options: DashboardOptions) {
  const of = { job: 'uptime' } as const;
  // As CertificateExpiresSoon: the chain that verifies, or without one what expires first.
  const chain = by('max', ['check'], selector('probe_ssl_last_chain_expiry_timestamp_seconds', of));
  const first = by('min', ['check'], selector('probe_ssl_earliest_cert_expiry', of));
  return number({
    title: 'Certificate Days Left',
    shows: 'Days until the certificate of each checked host expires.',
    good: 'Weeks, and it rises again at each renewal.',
    otherwise: 'The renewal fails. Below 0, browsers and apps refuse to connect.',
    unit: 'days',
    decimals: 0,
    queries: [instant(`((${chain} > 0 or ${first}) - time()) / 86400`, '{{check}}')],
    empty: 'No check reads a certificate. Or: the checks are off (uptime.enabled).',
    limit: below(options.thresholds.certificateDays, 'warning'),
    links: [
      runbook(options, 'CertificateExpiresSoon'),
      runbook(options, 'CertificateExpiresVerySoon'),
    ],
  });
}

function latency(options: DashboardOptions) {
  const { minRequestRate } = options.thresholds;
  const quantileOf = (name: 'p50' | 'p95' | 'p99') =>
    selector(`job:http_request_duration_seconds:${name}_rate5m`, { job: 'api-server' });
  return lines({
    title: 'Latency',
    shows: 'Median, 95th and 99th percentile of the response time.',
    good: 'p95 far below the line, and the three curves parallel.',
    otherwise:
      `Above the line, HighLatency warns (from ${minRequestRate} requests per second on): check ` +
      'Database first, then External Services. If only p99 grows, check individual endpoints (API).',
    unit: 'seconds',
    queries: [
      range(observed(quantileOf('p50')), 'p50'),
      range(observed(quantileOf('p95')), 'p95'),
      range(observed(quantileOf('p99')), 'p99'),
    ],
    empty: noTraffic,
    limit: above(options.thresholds.latencySeconds, 'warning'),
    links: [runbook(options, 'HighLatency'), dashboard('audifi-database', 'Database')],
  });
}

function resourceUsage(options: DashboardOptions) {
  const { thresholds: t } = options;
  const instance = chosen('instance');
  const disk = by(
    'max',
    ['instance'],
    selector('instance:node_filesystem:max_utilisation', { instance }),
  );
  return lines({
    title: 'Resource Usage',
    shows: 'Used share of CPU, memory and the fullest disk of each machine.',
    good: 'Memory and disk below their lines, and CPU with headroom for peaks.',
    otherwise: 'Disk and memory have alerts with runbooks. CPU at 100 % first increases latency.',
    unit: 'share',
    queries: [
      range(selector('instance:node_cpu:utilisation_rate5m', { instance }), 'CPU {{instance}}'),
      range(selector('instance:node_memory:utilisation', { instance }), 'Memory {{instance}}'),
      range(disk, 'Disk {{instance}}'),
    ],
    empty: 'No metrics of machines. Check that the node exporter is on (nodeExporter.enabled).',
    max: 1,
    limit: both(above(1 - t.diskFreeRatio, 'warning'), above(t.memoryUsedRatio, 'warning')),
    links: [runbook(options, 'LowDiskSpace'), runbook(options, 'HighMemoryUsage')],
  });
}
