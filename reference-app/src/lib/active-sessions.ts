import type { Log } from './log';
import type { Metrics } from './metrics';
import type { Redis } from './redis';
import { within } from './time-limit';

const key = 'audifi:sessions:active';
const windowMs = 5 * 60_000;

/** To be called with the ids of sessions that are in use now. */
export type Seen = (sessionIds: readonly string[]) => void;

/**
 * Sessions in use within the last five minutes, over all services: a sorted set in Redis by the time of their last use. Every
 * service that says so notes its own sessions there, and reads all of them at each scrape.
 */
export function activeSessions(redis: Redis, metrics: Metrics, log: Log): Seen {
  const gauge = metrics.of('user_sessions_active');
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
  return (sessionIds) => {
    if (sessionIds.length === 0) return;
    const score = Date.now();
    // Nobody waits for a statistic.
    redis
      .zAdd(
        key,
        sessionIds.map((value) => ({ score, value })),
      )
      .catch((error: unknown) => log.debug('Active sessions were not noted', { error }));
  };
}
