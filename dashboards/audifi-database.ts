import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, quantile, selector, sum, topk } from '../telemetry';
import { saturationRow } from './lib/database-saturation';
import { redisRow } from './lib/redis';
import { assembled, type Dashboard } from './lib/dashboard';
import { above, below } from './lib/limits';
import { logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top, upDown } from './lib/panels';
import { instant, meanOf, range } from './lib/queries';
import { chosen, valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'postgres';
const instance = chosen('instance');
const unscraped = 'PostgreSQL does not answer, or its exporter is not scraped (Overview).';
const unasked = 'No service with a database is scraped (Overview).';

/** Is the database quick, and does it have room? */
export const database = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-database',
      title: 'Database',
      description: 'PostgreSQL as the services and as it itself sees it, and Redis.',
      variables: [valuesOf('instance', 'Server', 'pg_up', 'instance', { job })],
      rows: [
        {
          title: 'State',
          height: 9,
          panels: [
            [3, up(options)],
            [7, connections(options)],
            [7, pool(options)],
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
        {
          title: 'Errors',
          height: 8,
          panels: [
            [12, errors(options)],
            [12, locks(options)],
          ],
        },
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
        redisRow(options),
      ],
    },
    options,
  );

function up(options: DashboardOptions): Panel {
  return number({
    title: 'PostgreSQL Up',
    shows: 'Whether the exporter could query PostgreSQL.',
    good: 'Up.',
    otherwise: 'DatabaseDown pages; the runbook tells the exporter from the database.',
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
    shows: 'Connections in the pools of the services: active, idle, and callers that wait for one.',
    good: 'Some idle, nobody waits.',
    otherwise:
      'waiting: the pool is full. Slow queries, or connections that are not given back; see what they do in Server Connections.',
    unit: 'count',
    queries: [
      range(sum([], selector('job:db_connections_active:sum')), 'active'),
      range(sum([], selector('job:db_connections_idle:sum')), 'idle'),
      range(sum([], selector('job:db_connections_waiting:sum')), 'waiting'),
    ],
    empty: unasked,
    stacked: true,
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, 'api-server')],
  });
}

function serverConnections(options: DashboardOptions): Panel {
  const states = sum(['state'], selector('state:pg_connections:sum', { instance }));
  const waiting = sum([], selector('instance:pg_connections_waiting:sum', { instance }));
  return lines({
    title: 'Server Connections',
    shows: 'Connections of PostgreSQL by what they do, of all clients; waiting is for a lock.',
    good: 'Most are idle, none waits.',
    otherwise:
      'waiting grows: a transaction holds a lock (Lock Waits). All grow: a pool without a limit.',
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

function pool(options: DashboardOptions): Panel {
  const used = selector('instance:pg_connections:utilisation', { instance });
  return lines({
    title: 'Connections in Use',
    shows: 'Share of the connections that PostgreSQL allows, and of the pool of each service.',
    good: 'Both below the line.',
    otherwise:
      'A full pool with a calm database: slow queries, or connections that are not given back.',
    unit: 'share',
    queries: [
      range(by('max', [], used), 'PostgreSQL'),
      range(selector('job:db_connections:utilisation'), 'Pool of {{job}}'),
    ],
    empty: unasked,
    max: 1,
    limit: above(options.thresholds.postgresConnectionRatio, 'warning'),
    links: [runbook(options, 'PostgresConnectionsNearLimit')],
  });
}

function queryRate(): Panel {
  return lines({
    title: 'Query Rate',
    shows: 'Queries per second by what they do, as the services count them.',
    good: 'Follows the requests (Overview).',
    otherwise:
      'More queries without more requests: one in a loop. Tables say where (Slow Queries).',
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
    otherwise: 'Many more than queries: somebody else uses the database.',
    unit: 'perSecond',
    queries: [range(done, '{{datname}}')],
    empty: unscraped,
  });
}

function errors(options: DashboardOptions): Panel {
  return lines({
    title: 'Query Errors',
    shows: 'Failed queries per minute by cause, as the services count them.',
    good: '0.',
    otherwise:
      'connection_timeout: Connections. deadlock: two transactions that lock in another order.',
    unit: 'perMinute',
    queries: [range(`60 * ${selector('type:db_errors:rate5m')}`, '{{type}}')],
    empty: unasked,
    stacked: true,
    links: [
      runbook(options, 'PostgresDeadlocks'),
      ...logsOf(options, 'postgres', ' |~ "ERROR|FATAL"'),
    ],
  });
}

function locks(options: DashboardOptions): Panel {
  const oldest = by('max', [], selector('pg_lock_wait_oldest_seconds', { job, instance }));
  return lines({
    title: 'Lock Waits',
    shows: 'How long the oldest waiting lock has waited.',
    good: '0, or moments.',
    otherwise: 'The runbook finds who holds it, and ends that.',
    unit: 'seconds',
    queries: [range(oldest, 'oldest')],
    empty: unscraped,
    limit: above(options.thresholds.postgresLockWaitSeconds, 'warning'),
    links: [runbook(options, 'PostgresLockWaits'), runbook(options, 'PostgresLongTransaction')],
  });
}

function latency(options: DashboardOptions): Panel {
  const seconds = selector('job:db_query_duration_seconds_sum:rate5m');
  const count = selector('job:db_query_duration_seconds_count:rate5m');
  const les = sum(['le'], selector('job_le:db_query_duration_seconds:rate5m'));
  return lines({
    title: 'Query Latency',
    shows: 'Time of a query as the services see it: on average, and for 95 %.',
    good: 'Milliseconds.',
    otherwise: 'Slow Queries by table, then the statements with most time.',
    unit: 'seconds',
    queries: [range(meanOf(seconds, count), 'mean'), range(quantile(0.95, les), 'p95')],
    empty: unasked,
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, 'api-server')],
  });
}

function slow(options: DashboardOptions): Panel {
  return lines({
    title: 'Slow Queries',
    shows: 'Queries per minute that took longer than a second, by table.',
    good: '0.',
    otherwise: 'EXPLAIN the statements of that table: a missing index most often.',
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
      'Time of each second that PostgreSQL spends on a statement, by the hash that pg_stat_statements gives it.',
    good: 'The first ones are those that run most often.',
    otherwise: 'SELECT query FROM pg_stat_statements WHERE queryid = … shows its text.',
    unit: 'seconds',
    queries: [instant(topk(10, time), '{{queryid}}')],
    empty: 'PostgreSQL does not answer, or pg_stat_statements is not loaded there.',
    links: [runbook(options, 'HighLatency')],
  });
}
