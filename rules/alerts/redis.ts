import { by, increase, like, selector, sum } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { onServer } from '../texts';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const redisNames = [
  'RedisMemoryNearLimit',
  'RedisPersistenceFailing',
  'RedisRejectedConnections',
  'RedisReplicaDisconnected',
] as const;

const each = ['job', 'instance'] as const;
const common = { severity: 'warning', service: 'redis', dashboard: 'audifi-database' } as const;

const on = (c: Context): string => onServer(c, jobs.redis);

/** Early warnings on Redis, from its exporter. */
export function redisAlerts(c: Context): readonly Alert[] {
  return [
    memoryNearLimit(c),
    persistenceFailing(c),
    rejectedConnections(c),
    replicaDisconnected(c),
  ];
}

/** A cache (maxmemory-policy `allkeys-…`) is full by design. */
function memoryNearLimit(c: Context): Alert {
  const job = jobs.redis;
  const used = by('max', each, selector('redis_memory_used_bytes', { job }));
  const limit = by('max', each, selector('redis_memory_max_bytes', { job }));
  const cache = selector('redis_instance_info', { job, maxmemory_policy: like('allkeys-.+') });
  return {
    ...common,
    name: 'RedisMemoryNearLimit',
    expr:
      `${used}\n/\n(${limit} > 0)\n> ${c.t.redisMemoryRatio}\n` +
      `unless on (job, instance)\n${cache}`,
    for: c.hold(600),
    summary: `Redis is near its memory limit ({{ $value | humanizePercentage }})${on(c)}`,
    description:
      'Redis uses {{ $value | humanizePercentage }} of maxmemory (exporter {{ $labels.instance }}). At 100 % it rejects writes: jobs cannot be queued ' +
      'and sessions cannot be stored.',
  };
}

function persistenceFailing(c: Context): Alert {
  const job = jobs.redis;
  const failing = [
    selector('redis_rdb_last_bgsave_status', { job }),
    selector('redis_aof_last_write_status', { job }),
    selector('redis_aof_last_bgrewrite_status', { job }),
  ].map((status) => by('min', each, status));
  // `or` returns the first existing series, so compare each one separately.
  const compared = failing.map((status) => `${status} == 0`).join('\nor\n');
  return {
    ...common,
    name: 'RedisPersistenceFailing',
    expr: compared,
    for: c.hold(300),
    summary: `Redis cannot write its data to disk${on(c)}`,
    description:
      'Redis could not write its last snapshot or append-only file (exporter {{ $labels.instance }}). A restart would lose ' +
      'queued jobs and sessions, and with stop-writes-on-bgsave-error Redis rejects all writes.',
  };
}

function rejectedConnections(c: Context): Alert {
  const rejected = selector('redis_rejected_connections_total', { job: jobs.redis });
  return {
    ...common,
    name: 'RedisRejectedConnections',
    expr: `${sum(each, increase(rejected, c.window(300)))} > 0`,
    for: c.hold(60),
    summary: `Redis rejects connections${on(c)}`,
    description:
      `Redis rejected {{ $value | printf "%.0f" }} connections in the last ${c.said(300)}, because maxclients was ` +
      'reached (exporter {{ $labels.instance }}). Services that start now cannot connect.',
  };
}

/** After a failover, the old primary has no replicas, because it is one. */
function replicaDisconnected(c: Context): Alert {
  const job = jobs.redis;
  const replicas = selector('redis_connected_slaves', { job });
  const primary = selector('redis_instance_info', { job, role: 'master' });
  // On Kubernetes, `instance` is the exporter's pod. Only several servers need it.
  const server = c.hasSeveral(job) ? [] : (['job'] as const);
  return {
    ...common,
    name: 'RedisReplicaDisconnected',
    expr: `${c.fewerThanBefore(replicas, server)}\nand on (job, instance)\n${primary}`,
    for: c.hold(600),
    summary: `Redis has lost a replica, {{ $value }} left${on(c)}`,
    description:
      'Connected replicas: {{ $value }} (exporter {{ $labels.instance }}), fewer than before. ' +
      'Until the replica is back, a failover has no target or loses data.',
  };
}
