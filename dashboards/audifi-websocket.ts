import { quantile, selector, sum, topk } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, logsOf, runbook } from './lib/links';
import { lines, number, top } from './lib/panels';
import { processPanels } from './lib/process';
import { instant, meanOf, observed, range } from './lib/queries';
import { chosenOrAll, valuesOf, valuesOfJob } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'ws-server';
const connections = 'session_role:ws_connections_active:sum';
const empty = 'No metrics. Check in Overview that Prometheus scrapes ws-server.';

/** Connections, their duration, and message delivery. */
export const websocket = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-websocket',
      title: 'WebSocket',
      description:
        'WebSocket connections: how many are open, how long they last, and why they end.',
      variables: [
        valuesOfJob('session', 'Session', connections, 'session_id', job),
        valuesOf('instance', 'Instance', 'up', 'instance', { job }),
      ],
      rows: [
        {
          title: 'State',
          height: 8,
          panels: [
            [4, serversUp(options)],
            [20, active()],
          ],
        },
        {
          title: 'Traffic',
          height: 10,
          panels: [
            [8, connectionRate(options)],
            [8, messages()],
            [8, sessions()],
          ],
        },
        {
          title: 'Errors',
          height: 8,
          panels: [
            [12, reasons(options)],
            [12, errors(options)],
          ],
        },
        { title: 'Latency', height: 8, panels: [[24, durations()]] },
        { title: 'Saturation', height: 8, panels: processPanels(options, job) },
      ],
    },
    options,
  );

function serversUp(options: DashboardOptions) {
  return number({
    title: 'Servers Up',
    shows: 'Instances of ws-server that are up.',
    good: 'All instances.',
    otherwise: 'None: WebSocketDown pages within two minutes.',
    unit: 'count',
    queries: [instant(selector('job:up:sum', { job }), 'up')],
    empty: 'Prometheus has no targets for ws-server.',
    limit: { side: 'below', steps: [{ value: 1, colour: 'red' }] },
    links: [runbook(options, 'WebSocketDown'), ...logsOf(options, job)],
  });
}

function active() {
  return lines({
    title: 'Active Connections',
    shows: 'Open connections by role, summed over all servers.',
    good: 'Follows the sessions (V Studio).',
    otherwise:
      'A sudden drop for all roles: a server or the network failed. A drop for viewers only: a show has ended.',
    unit: 'count',
    queries: [range(selector('role:ws_connections_active:sum'), '{{role}}')],
    empty,
    stacked: true,
    links: [dashboard('audifi-v-studio', 'V Studio', 'session')],
  });
}

function connectionRate(options: DashboardOptions) {
  const opened = sum([], selector('status:ws_connections:rate5m', { status: 'connected' }));
  return lines({
    title: 'Connection Rate',
    shows: 'New connections per minute.',
    good: 'Peaks when a show begins, then low.',
    otherwise:
      'High while Active Connections is constant: clients reconnect in a loop. Above the line WebSocketConnectionSpike fires.',
    unit: 'perMinute',
    queries: [range(`60 * ${opened}`, 'new')],
    empty,
    limit: above(60 * options.thresholds.wsConnectionRate, 'warning'),
    links: [runbook(options, 'WebSocketConnectionSpike')],
  });
}

function messages() {
  return lines({
    title: 'Message Rate',
    shows: 'Messages per second, sent to clients and received from clients.',
    good: 'Many more sent than received: each message goes to a whole session.',
    otherwise: 'Messages are received but not sent: Redis pub/sub does not deliver them.',
    unit: 'perSecond',
    queries: [
      range(sum([], selector('job:ws_messages_sent:rate5m')), 'sent'),
      range(sum([], selector('job:ws_messages_received:rate5m')), 'received'),
    ],
    empty,
    links: [dashboard('audifi-database', 'Database')],
  });
}

function sessions() {
  const each = sum(
    ['session_id'],
    chosenOrAll({
      ...{ variable: 'session', label: 'session_id' },
      ...{ each: connections, all: connections },
    }),
  );
  return top({
    title: 'Session Distribution',
    shows:
      'Current connections of the 20 largest sessions. Each server counts sessions beyond its 200 largest together as "other".',
    good: 'A few large sessions, many small ones.',
    otherwise: 'One session has nearly all connections: check whether its server is overloaded.',
    unit: 'count',
    // The series "other" may have no connections.
    queries: [instant(`${topk(20, each)} > 0`, '{{session_id}}')],
    empty: 'No session has connections now.',
  });
}

function reasons(options: DashboardOptions) {
  return lines({
    title: 'Disconnection Reasons',
    shows: 'Closed connections per minute by reason.',
    good: 'Nearly all client_closed.',
    otherwise:
      'timeout: a network problem or a hanging server. server_shutdown: a deployment. auth_failed: expired tokens, or an attack.',
    unit: 'perMinute',
    queries: [range(`60 * ${selector('reason:ws_disconnections:rate5m')}`, '{{reason}}')],
    names: [
      'client_closed',
      'timeout',
      'server_shutdown',
      'auth_failed',
      'rate_limited',
      'client_error',
      'error',
    ],
    empty,
    stacked: true,
    links: [runbook(options, 'WebSocketConnectionSpike'), ...logsOf(options, job)],
  });
}

function errors(options: DashboardOptions) {
  return lines({
    title: 'WebSocket Errors',
    shows: 'Errors per minute by cause.',
    good: 'A few isolated errors.',
    otherwise:
      'rate_limited: one client sends too much, or the limit is too low. The log shows the session.',
    unit: 'perMinute',
    queries: [range(`60 * ${selector('type:ws_errors:rate5m')}`, '{{type}}')],
    names: ['timeout', 'auth_failed', 'rate_limited', 'error'],
    empty,
    stacked: true,
    links: logsOf(options, job, ' | json | level=~"warn|error"'),
  });
}

function durations() {
  const total = selector('job:ws_connection_duration_seconds_sum:rate5m');
  const count = selector('job:ws_connection_duration_seconds_count:rate5m');
  const les = sum(['le'], selector('job_le:ws_connection_duration_seconds:rate5m'));
  return lines({
    title: 'Connection Duration',
    shows: 'Duration of closed connections: average and median.',
    good: 'Minutes to hours, about as long as the shows.',
    otherwise: 'Seconds: clients reconnect in a loop. See Disconnection Reasons.',
    unit: 'seconds',
    queries: [range(meanOf(total, count), 'mean'), range(observed(quantile(0.5, les)), 'p50')],
    empty: 'No connections were closed in this time range.',
  });
}
