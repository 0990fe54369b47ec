import { WebSocket } from 'ws';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import type { Session, StudioRole } from '../lib/tokens';
import { newRequestId } from '../lib/request-id';
import { carryRequestId, contextOf, failSpan, inSpan } from '../lib/tracing';
import type { Member } from './hub';
import { type ClientMessage, maySay, parseMessage, RateLimit } from './messages';

/** Reasons for the end of a connection, with the close code for the client. */
const reasons = {
  client_closed: 1000,
  server_shutdown: 1001,
  client_error: 1002,
  error: 1011,
  auth_failed: 4401,
  timeout: 4408,
  rate_limited: 4429,
} as const;
export type Reason = keyof typeof reasons;

export interface Limits {
  readonly messagesPerSecond: number;
  readonly burst: number;
  /** Number of rejected messages after which a connection is closed. */
  readonly patience: number;
  /** Maximum seconds without any data from the client. */
  readonly idleSeconds: number;
  /** Maximum bytes in the send buffer of a slow client. */
  readonly backlogBytes: number;
}

export const defaultLimits: Limits = {
  messagesPerSecond: 10,
  burst: 20,
  patience: 50,
  idleSeconds: 60,
  backlogBytes: 1_000_000,
};

/** Processes a message. Throws if that is not possible. The result is part of the response. */
export type Process = (who: Connection, message: ClientMessage) => Promise<object>;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly session: string;
  readonly role: StudioRole;
  readonly user: Session;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly process: Process;
  readonly closed: (connection: Connection) => void;
  readonly limits?: Limits;
}

/** A client of a V Studio session. Limits, counts and traces its messages. */
export class Connection implements Member {
  readonly session: string;
  readonly role: StudioRole;
  readonly userId: string;
  /** ID of the token's login. */
  readonly loginId: string;
  private readonly limits: Limits;
  private readonly rate: RateLimit;
  private readonly started = performance.now();
  private readonly sent;
  private readonly received;
  private readonly errors;
  private lastSeen = performance.now();
  private refused = 0;
  private reason: Reason = 'client_closed';
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly options: ConnectionOptions) {
    const { socket, metrics, session, role, user, limits = defaultLimits } = options;
    this.session = session;
    this.role = role;
    this.userId = user.userId;
    this.loginId = user.id;
    this.limits = limits;
    this.rate = new RateLimit(limits.messagesPerSecond, limits.burst, this.started);
    this.sent = metrics.of('ws_messages_sent_total');
    this.received = metrics.of('ws_messages_received_total');
    this.errors = metrics.of('ws_errors_total');
    metrics.of('ws_connections_total').add({ status: 'connected' });
    socket.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
    socket.on('pong', () => (this.lastSeen = performance.now()));
    // The library closes the socket itself.
    socket.on('error', (error) => (this.reason = isOfFrame(error) ? 'client_error' : 'error'));
    socket.on('close', () => this.end());
    options.log.info('Connection opened', {
      ...{ event: 'ws.connected', sessionId: this.session, userId: this.userId },
    });
  }

  /** Sends a message, unless the client is gone or its send buffer is full. */
  send(text: string): void {
    const { socket } = this.options;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.limits.backlogBytes) {
      this.reason = 'error';
      socket.terminate();
      return;
    }
    socket.send(text);
    this.sent.add();
  }

  close(reason: Reason): void {
    const { socket } = this.options;
    // Keep the reason of a close that is already in progress.
    if (socket.readyState !== WebSocket.OPEN) return;
    this.reason = reason;
    socket.close(reasons[reason], reason);
  }

  /** Closes the connection at once. */
  terminate(): void {
    this.options.socket.terminate();
  }

  /** Resolves when all received messages are answered. */
  settled(): Promise<void> {
    return this.busy;
  }

  /** Call it regularly: closes connections that are idle or whose token has expired. */
  check(now = performance.now()): void {
    const { user, socket } = this.options;
    // The close is already in progress and counted.
    if (socket.readyState !== WebSocket.OPEN) return;
    if (user.expires * 1000 <= Date.now()) {
      this.errors.add({ type: 'auth_failed' });
      this.close('auth_failed');
    } else if (now - this.lastSeen > this.limits.idleSeconds * 1000) {
      this.errors.add({ type: 'timeout' });
      this.close('timeout');
      // In case the client does not answer the close.
      setTimeout(() => socket.terminate(), 2_000).unref();
    } else socket.ping();
  }

  private receive(text: string): void {
    this.received.add();
    this.lastSeen = performance.now();
    if (!this.rate.take(this.lastSeen)) {
      this.errors.add({ type: 'rate_limited' });
      this.refused += 1;
      this.send(JSON.stringify({ type: 'error', id: idOf(text), error: 'rate_limited' }));
      if (this.refused >= this.limits.patience) this.close('rate_limited');
      return;
    }
    const message = parseMessage(text);
    if (message === undefined) {
      this.send(JSON.stringify({ type: 'error', id: idOf(text), error: 'invalid_message' }));
      return;
    }
    // One at a time, to keep the order of a client's messages.
    this.busy = this.busy.then(() => this.handle(message, Buffer.byteLength(text)));
  }

  private async handle(message: ClientMessage, messageBytes: number): Promise<void> {
    const { log, process } = this.options;
    const { type } = message;
    const requestId = newRequestId();
    const who = { requestId, sessionId: this.session, userId: this.userId };
    // Excludes the message text, which belongs to its author.
    const line = { ...who, messageType: type, messageId: message.id, messageBytes };
    const start = performance.now();
    const attributes = { 'websocket.message.type': type, 'session.id': this.session, requestId };
    const parent = carryRequestId(requestId, contextOf(message.trace));
    await inSpan(`ws.receive ${type}`, { kind: 'server', parent, attributes }, async (span) => {
      try {
        const allowed = await inSpan('ws.auth', { attributes: { 'user.id': this.userId } }, () =>
          maySay(this.role, message),
        );
        if (!allowed) {
          this.answer(message, { type: 'error', error: 'forbidden', requestId });
          return;
        }
        const done = await process(this, message);
        this.answer(message, { type: 'ack', requestId, ...done });
        const duration_ms = Math.round((performance.now() - start) * 1000) / 1000;
        log.info('Message answered', { ...line, event: `ws.message.${type}`, duration_ms });
      } catch (error) {
        failSpan(span, error);
        this.errors.add({ type: 'error' });
        log.error('A message failed', { ...line, error });
        this.answer(message, { type: 'error', error: 'internal', requestId });
      }
    });
  }

  private answer({ id }: ClientMessage, answer: object): void {
    this.send(JSON.stringify({ ...answer, id }));
  }

  private end(): void {
    const { metrics, closed, log } = this.options;
    const seconds = (performance.now() - this.started) / 1000;
    metrics.of('ws_connections_total').add({ status: 'disconnected' });
    metrics.of('ws_disconnections_total').add({ reason: this.reason });
    metrics.of('ws_connection_duration_seconds').observe(seconds);
    closed(this);
    log.info('Connection closed', {
      ...{ event: `ws.${this.reason}`, sessionId: this.session, userId: this.userId },
      duration_ms: Math.round(seconds * 1000),
    });
  }
}

/** Whether the client sent an invalid or too large frame. */
const isOfFrame = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && error.code.startsWith('WS_ERR_');

/** ID of an invalid message, so that its sender knows which one was rejected. */
function idOf(text: string): string | undefined {
  return /"id":"([\w-]{1,64})"/.exec(text)?.[1];
}
