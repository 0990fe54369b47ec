import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import type { Redis } from '../lib/redis';
import { within } from '../lib/time-limit';

const key = 'audifi:users:active';
const windowMs = 5 * 60_000;

/**
 * Users seen in the last five minutes, over all services: a sorted set in Redis by the time of the last sight.
 *
 * @returns what is called with every user that is seen
 */
export function activeUsers(redis: Redis, metrics: Metrics, log: Log): (userId: string) => void {
  const gauge = metrics.of('users_active');
  gauge.onScrape(async () => {
    try {
      const old = Date.now() - windowMs;
      await within(1_000, redis.zRemRangeByScore(key, '-inf', old));
      gauge.set(await within(1_000, redis.zCard(key)));
    } catch {
      // Not known is not none; and a scrape does not fail for it.
      gauge.set(NaN);
    }
  });
  return (userId) => {
    // Nobody waits for a statistic.
    redis
      .zAdd(key, { score: Date.now(), value: userId })
      .catch((error: unknown) => log.debug('An active user was not noted', { error }));
  };
}
