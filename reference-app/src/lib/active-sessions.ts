import type { Log } from './log';
import type { Metrics } from './metrics';
import type { Redis } from './redis';
import { within } from './time-limit';

const key = 'audifi:sessions:active';
const windowMs = 5 * 60_000;

/** Call it with the IDs of sessions that are in use now. */
export type Seen = (sessionIds: readonly string[]) => void;

/**
 * Sessions that were used in the last five minutes, over all services: a sorted set in Redis by the
 * time of last use. Each service that exposes the metric records its own sessions there, and reads
 * all sessions at each scrape.
 */
export function activeSessions(redis: Redis, metrics: Metrics, log: Log): Seen {
  const gauge = metrics.of('user_sessions_active');
  gauge.onScrape(async () => {
    try {
      const old = Date.now() - windowMs;
      await within(1_000, redis.zRemRangeByScore(key, '-inf', old));
      gauge.set(await within(1_000, redis.zCard(key)));
    } catch {
      // The value is unknown, not 0, and the scrape must not fail.
      gauge.set(NaN);
    }
  });
  return (sessionIds) => {
    if (sessionIds.length === 0) return;
    const score = Date.now();
    // Not awaited, because no request should wait for a statistic.
    redis
      .zAdd(
        key,
        sessionIds.map((value) => ({ score, value })),
      )
      .catch((error: unknown) => log.debug('Active sessions were not noted', { error }));
  };
}
