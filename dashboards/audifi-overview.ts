import { by, oneOf, orZero, selector, sum } from '../telemetry';
import { containerPanels } from './lib/containers';
import { assembled, type Dashboard } from './lib/dashboard';
import { above, both } from './lib/limits';
import { dashboard, logsOf, runbook } from './lib/links';
import { machinePanels } from './lib/machines';
import { allUp, lines, number, timeline, upDown } from './lib/panels';
import { instant, range } from './lib/queries';
import { chosen, valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

const noTraffic = 'No requests were counted: is api-server scraped (Service Health)?';

/** Is AudiFi well, and if not, where does it begin? */
export const overview = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-overview',
      title: 'Overview',
      description: 'Is AudiFi well? From here three clicks lead to the cause.',
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
            [12, errorRate(options)],
            [12, checks(options)],
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
  const alerts = selector('ALERTS', {
    alertstate: 'firing',
    severity: oneOf('critical', 'warning'),
  });
  return number({
    title: 'Firing Alerts',
    shows: 'Alerts that page or warn and fire at the end of what is shown.',
    good: '0.',
    otherwise: 'Open On call: each alert with its runbook.',
    unit: 'count',
    // Prometheus knows every alert, so none is a true 0.
    queries: [instant(`count(${alerts}) or vector(0)`, 'firing')],
    empty: 'Prometheus does not answer.',
    limit: above(1, 'critical'),
    links: [dashboard('audifi-on-call', 'On call')],
  });
}

function serviceHealth(options: DashboardOptions) {
  const job = chosen('service');
  const share = selector('job:up:ratio', { job });
  // An exporter answers without the server that it asks.
  const behind = [selector('pg_up', { job }), selector('redis_up', { job })];
  const state = `min by (job) (${[share, ...behind].join(' or ')})`;
  return timeline({
    title: 'Service Health',
    shows:
      'Which services answer Prometheus, and since when; of PostgreSQL and Redis whether they answer their exporters.',
    good: 'All green.',
    otherwise:
      'Red is down, orange is a part of its instances. No row: Prometheus has no target of that service.',
    unit: 'share',
    queries: [range(state, '{{job}}')],
    empty: 'Prometheus knows no target of the chosen services.',
    limit: allUp,
    states: upDown,
    links: [
      runbook(options, 'APIDown'),
      runbook(options, 'TargetDown'),
      dashboard('audifi-stack', 'Stack'),
    ],
  });
}

function activeUsers() {
  return number({
    title: 'Active Users',
    shows:
      'Sessions of logged-in users that are active: a request within the last 5 minutes, or an open WebSocket. Two devices are two.',
    good: 'As usual at this hour.',
    otherwise: 'A sudden fall that no alert explains: look at logins (External Services).',
    unit: 'count',
    // Every instance of every service says the same number.
    queries: [range(by('max', [], selector('job:user_sessions_active:max')), 'sessions')],
    empty: 'Neither api-server nor ws-server is scraped (Service Health).',
    graph: true,
    links: [dashboard('audifi-external-services', 'External Services')],
  });
}

function requestRate() {
  return lines({
    title: 'Request Rate',
    shows: 'HTTP requests per second, by service.',
    good: 'The curve of the day, without steps.',
    otherwise:
      'A fall to nothing is an outage before us (Caddy, DNS); a step up is a campaign or an attack.',
    unit: 'requestsPerSecond',
    queries: [range(selector('job:http_requests:rate5m'), '{{job}}')],
    empty: noTraffic,
    stacked: true,
    links: [dashboard('audifi-api', 'API')],
  });
}

/** Share of all requests that were answered so. */
function shareOf(status: '4xx' | '5xx'): string {
  const all = sum([], selector('job:http_requests:rate5m'));
  const part = sum([], selector('job_class:http_requests:rate5m', { class: status }));
  return `${orZero(part, all)} / (${all} > 0)`;
}

function errorRate(options: DashboardOptions) {
  return lines({
    title: 'Error Rate',
    shows: 'Share of requests answered with 4xx (the client) and with 5xx (us).',
    good: '5xx near 0; 4xx steady.',
    otherwise:
      '5xx above the line pages (HighErrorRate): see which endpoint, then what was deployed. Many 4xx after a deployment are our fault too.',
    unit: 'share',
    queries: [range(shareOf('4xx'), '4xx'), range(shareOf('5xx'), '5xx')],
    empty: noTraffic,
    limit: above(options.thresholds.errorRatio, 'critical'),
    links: [
      runbook(options, 'HighErrorRate'),
      dashboard('audifi-api', 'API'),
      ...logsOf(options, 'api-server', ' | json | statusCode >= 500'),
    ],
  });
}

function checks(options: DashboardOptions) {
  return timeline({
    title: 'Uptime Checks',
    shows: 'Our public addresses, fetched from here as a customer would.',
    good: 'All green.',
    otherwise: 'Red while Service Health is green: DNS, certificate or Caddy.',
    unit: 'state',
    queries: [
      range(by('min', ['check'], selector('probe_success', { job: 'uptime' })), '{{check}}'),
    ],
    empty: 'No check has a result: is the blackbox exporter on (uptime.enabled)?',
    limit: allUp,
    states: upDown,
    links: [runbook(options, 'UptimeCheckFailed')],
  });
}

function latency(options: DashboardOptions) {
  const job = 'api-server';
  return lines({
    title: 'Latency',
    shows: 'Time in which half, 95 % and 99 % of the requests were answered.',
    good: 'p95 far below the line, the three curves parallel.',
    otherwise:
      'Above the line HighLatency warns: look at Database first, then at External Services. Only p99 grows: one endpoint (API).',
    unit: 'seconds',
    queries: [
      range(selector('job:http_request_duration_seconds:p50_rate5m', { job }), 'p50'),
      range(selector('job:http_request_duration_seconds:p95_rate5m', { job }), 'p95'),
      range(selector('job:http_request_duration_seconds:p99_rate5m', { job }), 'p99'),
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
    shows: 'CPU, memory and fullest disk of each machine, as shares.',
    good: 'Memory and disk below their lines, CPU with room for a peak.',
    otherwise: 'Disk and memory have alerts and runbooks; CPU at 100 % shows in latency first.',
    unit: 'share',
    queries: [
      range(selector('instance:node_cpu:utilisation_rate5m', { instance }), 'CPU {{instance}}'),
      range(selector('instance:node_memory:utilisation', { instance }), 'Memory {{instance}}'),
      range(disk, 'Disk {{instance}}'),
    ],
    empty: 'No machine is measured: is the node exporter on (nodeExporter.enabled)?',
    max: 1,
    limit: both(above(1 - t.diskFreeRatio, 'warning'), above(t.memoryUsedRatio, 'warning')),
    links: [runbook(options, 'LowDiskSpace'), runbook(options, 'HighMemoryUsage')],
  });
}
