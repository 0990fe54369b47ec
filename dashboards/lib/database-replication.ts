import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, selector } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { instance, job, unscraped } from './database-common';
import { above } from './limits';
import { runbook } from './links';
import { lines } from './panels';
import { range } from './queries';

/** Replicas of PostgreSQL, and the transaction IDs that its vacuum has to free. */
export const replicationRow = (options: DashboardOptions): Row => ({
  title: 'Replication and Vacuum',
  height: 8,
  panels: [
    [8, replicas(options)],
    [8, lag(options)],
    [8, transactionIds(options)],
  ],
});

function replicas(options: DashboardOptions): Panel {
  const connected = by('max', ['instance'], selector('pg_replicas_connected', { job, instance }));
  return lines({
    title: 'PostgreSQL Replicas',
    shows: 'Replicas that are connected to a primary.',
    good: 'As many as there should be, without steps; 0 for a server without replicas.',
    otherwise: 'A step down: a replica is down or cannot follow. A failover may lose data.',
    unit: 'count',
    queries: [range(connected, '{{instance}}')],
    empty: `The server is itself a replica. Or: ${unscraped}`,
    links: [runbook(options, 'PostgresReplicaDisconnected')],
  });
}

function lag(options: DashboardOptions): Panel {
  const replica = by(
    'max',
    ['instance', 'application_name'],
    selector('pg_stat_replication_pg_wal_lsn_diff', { job, instance }),
  );
  const slot = by(
    'max',
    ['instance', 'slot_name'],
    selector('pg_replication_slots_pg_wal_lsn_diff', { job, instance }),
  );
  return lines({
    title: 'Replication Lag',
    shows: 'Bytes of WAL that a replica, or the consumer of a replication slot, is behind.',
    good: 'Far below the line, with short peaks.',
    otherwise:
      'A replica that falls behind returns old data. A slot that grows without end belongs to a ' +
      'consumer that is gone, and fills the disk.',
    unit: 'bytes',
    queries: [
      range(replica, '{{application_name}} of {{instance}}'),
      range(slot, 'slot {{slot_name}} of {{instance}}'),
    ],
    empty: `The server has no replicas and no replication slots. Or: ${unscraped}`,
    limit: above(options.thresholds.postgresReplicationLagBytes, 'warning'),
    links: [runbook(options, 'PostgresReplicationLagging')],
  });
}

function transactionIds(options: DashboardOptions): Panel {
  const age = selector('pg_database_wraparound_age_datfrozenxid_seconds', { job, instance });
  return lines({
    title: 'Transaction IDs',
    shows:
      'Transaction IDs in use by each database. PostgreSQL rejects all writes at about 2.1 billion.',
    good: 'Up and down below 200 million, where vacuum frees them.',
    otherwise:
      'A steady rise above: something keeps vacuum from its work, most often an open transaction, ' +
      'a replication slot or a prepared transaction.',
    unit: 'count',
    queries: [range(by('max', ['datname'], age), '{{datname}}')],
    empty: unscraped,
    limit: above(options.thresholds.postgresTransactionAge, 'warning'),
    limitInView: true,
    links: [runbook(options, 'PostgresTransactionIdsNearWraparound')],
  });
}
