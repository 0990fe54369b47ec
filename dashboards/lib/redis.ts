import { by, selector, sum, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import type { Row } from './dashboard';
import { above, below } from './limits';
import { dashboard, logsOf, runbook } from './links';
import { lines, number, upDown } from './panels';
import { instant, range } from './queries';

const job = 'redis';
const empty = 'Redis does not answer, or its exporter is not scraped (Overview).';

/** Redis: cache, queues, and the way of messages between WebSocket servers. */
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
    otherwise: 'RedisDown pages: messages do not reach viewers on other servers.',
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
    good: 'Below the line.',
    otherwise: 'Full, it throws keys away or refuses to write, by its policy.',
    unit: 'share',
    queries: [range(selector('instance:redis_memory:utilisation'), '{{instance}}')],
    empty: 'Redis has no maxmemory, or its exporter is not scraped (Overview).',
    max: 1,
    limit: above(options.thresholds.redisMemoryRatio, 'warning'),
    links: [runbook(options, 'RedisMemoryNearLimit')],
  });
}

function clients(options: DashboardOptions) {
  return lines({
    title: 'Redis Clients',
    shows: 'Clients that are connected, and those that wait in a blocking call (workers do).',
    good: 'Level.',
    otherwise: 'Growing: connections that nobody closes.',
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
    shows: 'Commands per second, the eight most frequent at each time.',
    good: 'Follows requests and messages.',
    otherwise: 'keys or scan at the top: somebody searches.',
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
    shows: 'Share of look-ups that found their key.',
    good: 'Steady.',
    otherwise: 'A fall after a restart heals by itself; after a deployment it is a changed key.',
    unit: 'share',
    queries: [range(selector('instance:redis_keyspace_hits:ratio_rate5m'), '{{instance}}')],
    empty:
      'Nothing was looked up in this time, or the exporter of Redis is not scraped (Overview).',
    max: 1,
  });
}
