import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, like, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { instance, job, unasked, unscraped } from './database-common';
import { above } from './limits';
import { logsOf, runbook } from './links';
import { lines } from './panels';
import { range } from './queries';

/** Failed queries, and transactions that block others. */
export const errorsRow = (options: DashboardOptions): Row => ({
  title: 'Errors',
  height: 8,
  panels: [
    [12, errors(options)],
    [12, deadlocks(options)],
    [12, locks(options)],
    [12, idleTransactions(options)],
  ],
});

function errors(options: DashboardOptions): Panel {
  return lines({
    title: 'Query Errors',
    shows: 'Failed queries per minute by cause, as counted by the services.',
    good: '0.',
    otherwise:
      'connection_timeout: see Connections. deadlock: two transactions take the same locks ' +
      'in a different order.',
    unit: 'perMinute',
    queries: [range(`60 * ${selector('type:db_errors:rate5m')}`, '{{type}}')],
    empty: unasked,
    stacked: true,
    links: [...logsOf(options, 'postgres', ' |~ "ERROR|FATAL"')],
  });
}

function deadlocks(options: DashboardOptions): Panel {
  const counted = sum(['datname'], selector('datname:pg_deadlocks:rate5m', { instance }));
  return lines({
    title: 'Deadlocks',
    shows:
      'Deadlocks per minute, by database, as PostgreSQL counts them: also those of programs that ' +
      'have no metrics.',
    good: '0.',
    otherwise:
      `PostgresDeadlocks warns from ${options.thresholds.postgresDeadlocksPerHour} per hour on. The ` +
      'log of PostgreSQL has the statements: let all take their locks in the same order.',
    unit: 'perMinute',
    queries: [range(`60 * ${counted}`, '{{datname}}')],
    empty: unscraped,
    stacked: true,
    links: [
      runbook(options, 'PostgresDeadlocks'),
      ...logsOf(options, 'postgres', ' |= "deadlock detected"'),
    ],
  });
}

function locks(options: DashboardOptions): Panel {
  const oldest = by('max', [], selector('pg_lock_wait_oldest_seconds', { job, instance }));
  return lines({
    title: 'Lock Waits',
    shows: 'How long the longest-waiting query has waited for a lock.',
    good: '0, or moments.',
    otherwise: 'Follow the runbook to find and end the blocking transaction.',
    unit: 'seconds',
    queries: [range(oldest, 'oldest')],
    empty: unscraped,
    limit: above(options.thresholds.postgresLockWaitSeconds, 'warning'),
    limitInView: true,
    links: [runbook(options, 'PostgresLockWaits')],
  });
}

function idleTransactions(options: DashboardOptions): Panel {
  const idle = selector('pg_stat_activity_max_tx_duration', {
    ...{ job, instance },
    state: like('idle in transaction.*'),
  });
  return lines({
    title: 'Idle Transactions',
    shows: 'Age of the oldest open transaction that is idle, by database.',
    good: '0, or moments.',
    otherwise:
      'A program has begun a transaction and does not end it. It holds its locks and its ' +
      'connection. Follow the runbook to find and end it.',
    unit: 'seconds',
    queries: [range(by('max', ['datname'], idle), '{{datname}}')],
    empty: unscraped,
    limit: above(options.thresholds.postgresIdleTransactionSeconds, 'warning'),
    limitInView: true,
    links: [runbook(options, 'PostgresLongTransaction')],
  });
}
