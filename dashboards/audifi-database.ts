import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, quantile, selector, sum, topk } from '../telemetry';
import { instance, job, unasked, unscraped } from './lib/database-common';
import { errorsRow } from './lib/database-errors';
import { replicationRow } from './lib/database-replication';
import { saturationRow } from './lib/database-saturation';
import { redisRows } from './lib/redis';
import { assembled, type Dashboard } from './lib/dashboard';
import { above, below } from './lib/limits';
import { logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top, upDown } from './lib/panels';
import { instant, meanOf, observed, range } from './lib/queries';
import { valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

/** Speed and saturation of PostgreSQL and Redis. */
export const database = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-database',
      title: 'Database',
      description: 'PostgreSQL, as measured by the services and by the server itself, and Redis.',
      variables: [valuesOf('instance', 'Server', 'pg_up', 'instance', { job })],
      rows: [
        {
          title: 'State',
          height: 9,
          panels: [
            [3, up(options)],
            [7, connections(options)],
            [7, inUse(options)],
            [7, serverConnections(options)],
          ],
        },
        {
          title: 'Traffic',
          height: 8,
          panels: [
            [12, queryRate()],
            [12, transactions()],
          ],
        },
        errorsRow(options),
        {
          title: 'Latency',
          height: 9,
          panels: [
            [12, latency(options)],
            [12, slow(options)],
            [24, statements(options)],
          ],
        },
        saturationRow(options),
        replicationRow(options),
        ...redisRows(options),
      ],
    },
    options,
  );

function up(options: DashboardOptions): Panel {
  return number({
    title: 'PostgreSQL Up',
    shows: 'Whether the exporter could query PostgreSQL.',
    good: 'Up.',
    otherwise:
      'DatabaseDown pages. Its runbook helps to find out whether the database or only the ' +
      'exporter is down.',
    unit: 'state',
    queries: [instant(by('min', [], selector('pg_up', { job, instance })), 'up')],
    empty: unscraped,
    limit: below(1, 'critical'),
    states: upDown,
    links: [runbook(options, 'DatabaseDown'), ...logsOf(options, 'postgres')],
  });
}

function connections(options: DashboardOptions): Panel {
  return lines({
    title: 'Connections',
    shows: 'Connections in the services’ pools: active, idle, and callers that wait for one.',
    good: 'Some are idle, and no caller waits.',
    otherwise:
      'Waiting callers: the pool is exhausted. Queries are slow, or connections are not ' +
      'returned. Server Connections shows what the connections are doing.',
    unit: 'count',
    queries: [
      range(sum([], selector('job:db_connections_active:sum')), 'active'),
      range(sum([], selector('job:db_connections_idle:sum')), 'idle'),
      range(sum([], selector('job:db_connections_waiting:sum')), 'waiting'),
    ],
    empty: unasked,
    stacked: true,
    links: [runbook(options, 'DatabasePoolExhausted'), ...tracesOf(options, 'api-server')],
  });
}

function serverConnections(options: DashboardOptions): Panel {
  const states = sum(['state'], selector('state:pg_connections:sum', { instance }));
  const waiting = sum([], selector('instance:pg_connections_waiting:sum', { instance }));
  return lines({
    title: 'Server Connections',
    shows:
      'Connections to PostgreSQL by state, of all clients. "waiting" means waiting for a lock.',
    good: 'Most are idle, and none waits.',
    otherwise:
      'Waiting grows: a transaction holds a lock (Lock Waits). All states grow: a pool ' +
      'without a limit.',
    unit: 'count',
    queries: [range(states, '{{state}}'), range(waiting, 'waiting')],
    names: ['active', 'idle'],
    empty: unscraped,
    stacked: true,
    links: [
      runbook(options, 'PostgresConnectionsNearLimit'),
      runbook(options, 'PostgresLockWaits'),
    ],
  });
}

function inUse(options: DashboardOptions): Panel {
  const used = selector('instance:pg_connections:utilisation', { instance });
  return lines({
    title: 'Connections in Use',
    shows: 'Share of PostgreSQL’s connections (max_connections) that is in use.',
    good: 'Below the line.',
    otherwise:
      'Server Connections shows what they are doing. For the services’ pools, see Connections: if callers wait, a pool is exhausted.',
    unit: 'share',
    queries: [
      // Without the services' pools: a pool that opens connections on demand always looks full.
      range(by('max', [], used), 'PostgreSQL'),
    ],
    empty: unscraped,
    max: 1,
    limit: above(options.thresholds.postgresConnectionRatio, 'warning'),
    links: [runbook(options, 'PostgresConnectionsNearLimit')],
  });
}

function queryRate(): Panel {
  return lines({
    title: 'Query Rate',
    shows: 'Queries per second by operation, as counted by the services.',
    good: 'Follows the requests (Overview).',
    otherwise:
      'More queries without more requests: a query in a loop. Slow Queries shows the tables.',
    unit: 'perSecond',
    queries: [range(selector('operation:db_queries:rate5m'), '{{operation}}')],
    empty: unasked,
    stacked: true,
  });
}

function transactions(): Panel {
  const done = sum(['datname'], selector('datname:pg_transactions:rate5m', { instance }));
  return lines({
    title: 'Transactions',
    shows: 'Transactions per second, by database.',
    good: 'Follows the queries.',
    otherwise: 'Many more than queries: another program uses the database.',
    unit: 'perSecond',
    queries: [range(done, '{{datname}}')],
    empty: unscraped,
  });
}

function latency(options: DashboardOptions): Panel {
  const seconds = selector('job:db_query_duration_seconds_sum:rate5m');
  const count = selector('job:db_query_duration_seconds_count:rate5m');
  const les = sum(['le'], selector('job_le:db_query_duration_seconds:rate5m'));
  return lines({
    title: 'Query Latency',
    shows: 'Query duration as measured by the services: mean and 95th percentile.',
    good: 'Milliseconds.',
    otherwise: 'Check Slow Queries by table, then the statements with the most time.',
    unit: 'seconds',
    queries: [range(meanOf(seconds, count), 'mean'), range(observed(quantile(0.95, les)), 'p95')],
    empty: unasked,
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, 'api-server')],
  });
}

function slow(options: DashboardOptions): Panel {
  return lines({
    title: 'Slow Queries',
    shows: 'Queries per minute that took longer than one second, by table.',
    good: '0.',
    otherwise:
      'Run EXPLAIN on the statements of that table. The most frequent cause is a missing ' +
      'index.',
    unit: 'perMinute',
    queries: [range(`60 * ${selector('table:db_slow_queries:rate5m')}`, '{{table}}')],
    empty: unasked,
    stacked: true,
    links: [runbook(options, 'HighLatency'), ...logsOf(options, 'postgres', ' |= "duration"')],
  });
}

function statements(options: DashboardOptions): Panel {
  const time = sum(
    ['queryid'],
    selector('queryid:pg_stat_statements_seconds:rate5m', { instance }),
  );
  return top({
    title: 'Statements With Most Time',
    shows:
      'Seconds per second that PostgreSQL spends on each statement, by its hash in ' +
      'pg_stat_statements.',
    good: 'The most frequent statements are first.',
    otherwise: 'Show the text with SELECT query FROM pg_stat_statements WHERE queryid = …',
    unit: 'seconds',
    queries: [instant(topk(10, time), '{{queryid}}')],
    empty: 'PostgreSQL does not respond, or pg_stat_statements is not loaded.',
    links: [runbook(options, 'HighLatency')],
  });
}
