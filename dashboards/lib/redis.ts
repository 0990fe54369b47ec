import { by, rate, selector, sum, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { above, below } from './limits';
import { dashboard, logsOf, runbook } from './links';
import { colours } from './looks';
import { lines, number, timeline, upDown } from './panels';
import { instant, range, sinceLastPoint } from './queries';
import { states } from './states';

const job = 'redis';
const empty = 'No metrics. Check in Overview that Redis and its exporter are up.';

/** Redis: cache, queues, and messages between WebSocket servers. */
export const redisRows = (options: DashboardOptions): readonly Row[] => [
  {
    title: 'Redis',
    height: 8,
    panels: [
      [4, up(options)],
      [10, memory(options)],
      [10, clients(options)],
      [12, commands()],
      [12, hits()],
    ],
  },
  {
    title: 'Redis Connections and Safety',
    height: 8,
    panels: [
      [8, rejected(options)],
      [8, replicas(options)],
      [8, saved(options)],
    ],
  },
];

function up(options: DashboardOptions) {
  return number({
    title: 'Redis Up',
    shows: 'Whether the exporter could query Redis.',
    good: 'Up.',
    otherwise: 'RedisDown pages. Messages do not reach viewers on other servers.',
    unit: 'state',
    queries: [instant(by('min', [], selector('redis_up', { job })), 'up')],
    empty,
    limit: below(1, 'critical'),
    states: upDown,
    links: [runbook(options, 'RedisDown'), ...logsOf(options, 'redis')],
  });
}

function memory(options: DashboardOptions) {
  return lines({
    title: 'Redis Memory',
    shows: 'Share of maxmemory in use.',
    good: 'Below the line. A cache (policy allkeys-…) may be full, and has no alert.',
    otherwise: 'When full, Redis evicts keys or rejects writes, depending on its eviction policy.',
    unit: 'share',
    queries: [range(selector('instance:redis_memory:utilisation'), '{{instance}}')],
    empty: 'Redis has no maxmemory, or its exporter is down (Overview).',
    max: 1,
    limit: above(options.thresholds.redisMemoryRatio, 'warning'),
    links: [runbook(options, 'RedisMemoryNearLimit')],
  });
}

function clients(options: DashboardOptions) {
  return lines({
    title: 'Redis Clients',
    shows: 'Connected clients, and clients waiting in a blocking call (as workers do).',
    good: 'Level.',
    otherwise: 'Growing: a service does not close its connections.',
    unit: 'count',
    queries: [
      range(sum([], selector('redis_connected_clients', { job })), 'connected'),
      range(sum([], selector('redis_blocked_clients', { job })), 'blocked'),
    ],
    empty,
    links: [runbook(options, 'RedisRejectedConnections')],
  });
}

function commands() {
  const each = sum(['cmd'], selector('cmd:redis_commands:topk8_rate5m'));
  return lines({
    title: 'Redis Commands',
    shows: 'Commands per second: the eight most frequent at each point in time.',
    good: 'Follows requests and messages.',
    otherwise: 'keys or scan at the top: a client searches all keys.',
    unit: 'perSecond',
    queries: [range(topk(8, each), '{{cmd}}')],
    empty,
    stacked: true,
    links: [dashboard('audifi-websocket', 'WebSocket')],
  });
}

function hits() {
  return lines({
    title: 'Redis Hit Rate',
    shows: 'Share of lookups that found their key.',
    good: 'Steady.',
    otherwise:
      'A drop after a restart recovers by itself. A drop after a deployment: the cache keys have changed.',
    unit: 'share',
    queries: [range(selector('instance:redis_keyspace_hits:ratio_rate5m'), '{{instance}}')],
    empty: 'No lookups in this time range, or the Redis exporter is down (Overview).',
    max: 1,
    low: true,
  });
}

function rejected(options: DashboardOptions) {
  const refused = rate(selector('redis_rejected_connections_total', { job }), '$__rate_interval');
  return lines({
    title: 'Rejected Connections',
    shows: 'Connections per minute that Redis rejects because it has maxclients already.',
    good: '0.',
    otherwise:
      'Redis Clients grows: a service does not close its connections. Else raise maxclients. ' +
      'Services that start now cannot connect.',
    unit: 'perMinute',
    queries: [range(`60 * ${sum(['instance'], refused)}`, '{{instance}}')],
    empty,
    links: [runbook(options, 'RedisRejectedConnections')],
  });
}

function replicas(options: DashboardOptions) {
  return lines({
    title: 'Redis Replicas',
    shows: 'Replicas that are connected to each server.',
    good: 'As many as there should be, without steps; 0 for a server without replicas.',
    otherwise: 'A step down: a replica is down or cannot follow. A failover may lose data.',
    unit: 'count',
    queries: [
      range(by('max', ['instance'], selector('redis_connected_slaves', { job })), '{{instance}}'),
    ],
    empty,
    links: [runbook(options, 'RedisReplicaDisconnected')],
  });
}

function saved(options: DashboardOptions) {
  const last = (
    status:
      | 'redis_rdb_last_bgsave_status'
      | 'redis_aof_last_write_status'
      | 'redis_aof_last_bgrewrite_status',
  ) => by('min', ['instance'], sinceLastPoint('min', selector(status, { job })));
  return timeline({
    title: 'Redis Persistence',
    shows:
      'Whether the last snapshot, and the last write and rewrite of the append-only file (AOF), ' +
      'succeeded. A kind of file that is off counts as written.',
    good: 'All green.',
    otherwise:
      'The disk is full, or memory is too short for the copy. A restart would lose queued jobs ' +
      'and sessions, and Redis may reject all writes.',
    unit: 'state',
    queries: [
      range(last('redis_rdb_last_bgsave_status'), 'snapshot {{instance}}'),
      range(last('redis_aof_last_write_status'), 'AOF write {{instance}}'),
      range(last('redis_aof_last_bgrewrite_status'), 'AOF rewrite {{instance}}'),
    ],
    empty,
    states: states({
      0: { text: 'Failed', color: colours.warning },
      1: { text: 'Written', color: colours.good },
    }),
    links: [runbook(options, 'RedisPersistenceFailing'), ...logsOf(options, 'redis')],
  });
}
