import type { Metrics } from '../lib/metrics';
import type { Redis } from '../lib/redis';
import { inSpan } from '../lib/tracing';
import type { Broadcaster } from './broadcast';
import type { Process } from './connection';

export interface ProcessOptions {
  readonly broadcaster: Pick<Broadcaster<never>, 'publish'>;
  readonly redis: Pick<Redis, 'hSetNX' | 'expire'>;
  readonly metrics: Metrics;
}

/** Seconds after which a poll is deleted. */
const pollSeconds = 3600;

/**
 * Processes messages: chat and reactions go to all members of the session, and votes count once per
 * user.
 */
export function createProcess({ broadcaster, redis, metrics }: ProcessOptions): Process {
  const chat = metrics.of('studio_chat_messages_total');
  const votes = metrics.of('studio_poll_votes_total');
  return ({ session, userId }, message) =>
    inSpan('ws.process', { attributes: { 'websocket.message.type': message.type } }, async () => {
      const { type } = message;
      if (type === 'chat') {
        const { text, platform } = message;
        await broadcaster.publish(session, { type, text, platform, from: userId });
        chat.add({ platform });
      } else if (type === 'vote') {
        const { poll, option } = message;
        const key = `audifi:poll:${session}:${poll}`;
        // Once per user and poll, on all servers.
        const counted = (await redis.hSetNX(key, userId, option)) === 1;
        if (!counted) return { counted };
        await redis.expire(key, pollSeconds);
        votes.add();
        await broadcaster.publish(session, { type, poll, option });
        return { counted };
      } else await broadcaster.publish(session, { type, emoji: message.emoji });
      return {};
    });
}
