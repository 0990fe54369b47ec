import { randomUUID } from 'node:crypto';
import { trace as openTelemetry } from '@opentelemetry/api';
import type { Log } from '../lib/log';
import type { Redis } from '../lib/redis';
import { type Carrier, contextOf, inSpan, traceHeaders } from '../lib/tracing';
import type { Hub, Member } from './hub';

/** A message over Redis: the text for clients, the sending server, and the trace. */
interface Envelope {
  readonly from: string;
  readonly text: string;
  readonly trace: Carrier;
}

const channelOf = (session: string): string => `audifi:studio:${session}`;
/** Name of the channels without the session ID, for spans. */
const channelName = 'audifi:studio:{session}';

/** Delivers a message to all members of a session on all servers, through Redis pub/sub. */
export class Broadcaster<M extends Member> {
  private readonly server = randomUUID();

  constructor(
    private readonly hub: Hub<M>,
    private readonly redis: Pick<Redis, 'publish'>,
    /** Host of Redis. */
    private readonly host: string,
    private readonly log: Log,
  ) {}

  /**
   * Delivers messages of all servers, including this one, so that all clients see the same order.
   */
  listen(subscriber: Pick<Redis, 'on' | 'pSubscribe'>): void {
    let subscribed = false;
    // The Redis client renews its subscriptions after a reconnection.
    subscriber.on('ready', () => {
      if (subscribed) return;
      subscribed = true;
      subscriber
        .pSubscribe(channelOf('*'), (raw, channel) => this.deliver(raw, channel))
        .catch((error: unknown) => {
          subscribed = false;
          this.log.error('Cannot subscribe to broadcasts', { error });
        });
    });
  }

  async publish(session: string, message: unknown): Promise<void> {
    const attributes = {
      ...{ ...this.attributes(session), 'server.address': this.host },
      ...{ 'messaging.operation.name': 'publish', 'messaging.operation.type': 'send' },
    };
    await inSpan('ws.broadcast', { kind: 'producer', attributes }, async () => {
      const envelope: Envelope = {
        from: this.server,
        text: JSON.stringify(message),
        trace: traceHeaders(),
      };
      await this.redis.publish(channelOf(session), JSON.stringify(envelope));
    });
  }

  private deliver(raw: string, channel: string): void {
    const session = channel.slice(channelOf('').length);
    const recipients = this.hub.count(session);
    if (recipients === 0) return;
    const { from, text, trace } = JSON.parse(raw) as Envelope;
    if (from === this.server) {
      this.hub.broadcast(session, text);
      return;
    }
    // Continues the trace of a message from another server.
    const attributes = {
      ...this.attributes(session),
      ...{ 'messaging.operation.name': 'deliver', 'messaging.operation.type': 'process' },
    };
    const parent = contextOf(trace);
    const sender = openTelemetry.getSpanContext(parent);
    const links = sender === undefined ? [] : [sender];
    inSpan('ws.deliver', { kind: 'consumer', parent, links, attributes }, () =>
      this.hub.broadcast(session, text),
    ).catch((error: unknown) => this.log.error('Cannot deliver a broadcast', { error }));
  }

  private attributes(session: string) {
    return {
      ...{ 'messaging.system': 'redis', 'messaging.destination.name': channelName },
      'websocket.recipients': this.hub.count(session),
    };
  }
}
