import { describe, expect, it } from '@jest/globals';
import { activeSessions } from '../../../reference-app/src/lib/active-sessions';
import type { Redis } from '../../../reference-app/src/lib/redis';
import { logInto, metricsOf, valueOf } from './kit';

/** A sorted set of Redis. */
function sortedSet() {
  const members = new Map<string, number>();
  const state = { away: false };
  const answered = <T>(work: () => T): Promise<T> =>
    state.away ? Promise.reject(new Error('no Redis')) : Promise.resolve(work());
  const redis = {
    zAdd: (_key: string, added: { score: number; value: string }[]) =>
      answered(() => added.forEach(({ score, value }) => members.set(value, score))),
    zRemRangeByScore: (_key: string, _from: string, to: number) =>
      answered(() => members.forEach((at, id) => at <= to && members.delete(id))),
    zCard: () => answered(() => members.size),
  };
  return { redis: redis as unknown as Redis, members, state };
}

describe('active sessions', () => {
  const log = logInto([]);

  it('are counted once over all services, for requests and WebSockets', async () => {
    const { redis } = sortedSet();
    const [api, ws] = [metricsOf('api-server'), metricsOf('ws-server')];
    const byRequest = activeSessions(redis, api, log);
    const byConnection = activeSessions(redis, ws, log);
    byRequest(['login_1']);
    byRequest(['login_2']);
    byConnection(['login_2', 'login_3']);
    byConnection([]);
    for (const metrics of [api, ws]) expect(await valueOf(metrics, 'user_sessions_active')).toBe(3);
  });

  it('expire five minutes after their last use', async () => {
    const { redis, members } = sortedSet();
    const metrics = metricsOf('ws-server');
    activeSessions(redis, metrics, log)(['login_1']);
    members.set('login_0', Date.now() - 301_000);
    expect(await valueOf(metrics, 'user_sessions_active')).toBe(1);
  });

  it('are unknown while Redis is down, and not 0', async () => {
    const { redis, state } = sortedSet();
    const metrics = metricsOf('api-server');
    const seen = activeSessions(redis, metrics, log);
    state.away = true;
    seen(['login_1']);
    expect(await valueOf(metrics, 'user_sessions_active')).toBeNaN();
  });
});
