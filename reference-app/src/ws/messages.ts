import { isObject } from '../lib/input';
import type { StudioRole } from '../lib/tokens';
import type { Carrier } from '../lib/tracing';

/** Platforms of chat messages. */
export const platforms = ['audifi', 'twitch', 'youtube', 'facebook', 'kick'] as const;
export type Platform = (typeof platforms)[number];

interface Common {
  /** Chosen by the sender, for the response. */
  readonly id: string;
  /** W3C trace context of the sender; empty if it has none. */
  readonly trace: Carrier;
}
export interface Chat extends Common {
  readonly type: 'chat';
  readonly text: string;
  readonly platform: Platform;
}
export interface Vote extends Common {
  readonly type: 'vote';
  readonly poll: string;
  readonly option: string;
}
export interface Reaction extends Common {
  readonly type: 'reaction';
  readonly emoji: string;
}
export type ClientMessage = Chat | Vote | Reaction;

/** Maximum message size in bytes. A larger message ends the connection. */
export const maxMessageBytes = 4_096;

/** Parses a client's message; undefined if it is invalid. */
export function parseMessage(text: string): ClientMessage | undefined {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(input)) return undefined;
  const field = (name: string, max: number): string | undefined => {
    const value = input[name];
    return typeof value === 'string' && value !== '' && value.length <= max ? value : undefined;
  };
  const id = field('id', 64);
  if (id === undefined) return undefined;
  const common = { id, trace: carrierOf(input['trace']) };
  switch (input['type']) {
    case 'chat': {
      const said = field('text', 500);
      const platform = platforms.find((known) => known === (input['platform'] ?? 'audifi'));
      if (said === undefined || platform === undefined) return undefined;
      return { type: 'chat', ...common, text: said, platform };
    }
    case 'vote': {
      const [poll, option] = [field('poll', 64), field('option', 64)];
      if (poll === undefined || option === undefined) return undefined;
      return { type: 'vote', ...common, poll, option };
    }
    case 'reaction': {
      const emoji = field('emoji', 16);
      return emoji === undefined ? undefined : { type: 'reaction', ...common, emoji };
    }
    default:
      return undefined;
  }
}

/** Only the sender's trace context. Other entries are not propagated. */
function carrierOf(input: unknown): Carrier {
  const parent = isObject(input) ? input['traceparent'] : undefined;
  return typeof parent === 'string' ? { traceparent: parent } : {};
}

/**
 * Whether the role may send this message. The host's bridge sends chat messages of other platforms.
 */
export const maySay = (role: StudioRole, message: ClientMessage): boolean =>
  message.type !== 'chat' || message.platform === 'audifi' || role !== 'viewer';

/** Limits messages per second, with a burst. */
export class RateLimit {
  private tokens: number;
  private last: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.tokens = burst;
    this.last = now;
  }

  /** Takes a token if there is one. @param now milliseconds */
  take(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.last) / 1000) * this.perSecond);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
