import { by, selector, sum, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { above, below } from './limits';
import { dashboard, logsOf, runbook } from './links';
import { lines, number, upDown } from './panels';
import { instant, range } from './queries';

const job = 'redis';
const empty = 'No metrics. Check in Overview that Redis and its exporter are up.';

/** Redis: cache, queues, and messages between WebSocket servers. */
export const redisRow = (options: DashboardOptions): Row => ({
  title: 'Redis',
  height: 8,
  panels: [
    [4, up(options)],
    [10, memory(options)],
    [10, clients(options)],
    [12, commands()],
    [12, hits()],
  ],
});

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
