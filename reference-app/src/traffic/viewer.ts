import { randomUUID } from 'node:crypto';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { WebSocket } from 'ws';
import { isObject } from '../lib/input';
import { createToken, type StudioRole } from '../lib/tokens';
import { activate, annotate, httpAttributes, outsideHeaders, startSpan } from '../lib/tracing';
import type { ClientMessage } from '../ws/messages';
import type { Tally } from './tally';

/** Session, user and role of a connection. */
export interface Seat {
  readonly wsUrl: string;
  readonly sessionSecret: string;
  readonly session: string;
  readonly role: StudioRole;
  readonly user: string;
}

/** Close codes of the server, with the reason that the server counts. */
const reasons: ReadonlyMap<number, string> = new Map([
  [1000, 'client_closed'],
  [1001, 'server_shutdown'],
  [4401, 'auth_failed'],
  [4408, 'timeout'],
  [4429, 'rate_limited'],
]);

/** An unanswered message, with the counter for its answer. */
interface Said {
  readonly type: ClientMessage['type'];
  readonly platform?: string;
}
interface Waiting extends Said {
  /** Open until the answer. */
  readonly span: Span;
}

/** Login of the viewer. */
export const loginOf = ({ user }: Seat): string => `studio-${user}`;

/** One WebSocket connection that counts its messages. */
export class Viewer {
  /** Unanswered messages. */
  readonly waiting = new Map<string, Waiting>();
  lastMessage = performance.now();
  private readonly socket: WebSocket;
  private opened = false;

  constructor(
    readonly seat: Seat,
    private readonly tally: Tally,
    private readonly ended: (viewer: Viewer) => void,
    private readonly ready: (viewer: Viewer) => void = () => undefined,
    /** Whether to use an invalid token, which the server must reject. */
    badToken = false,
  ) {
    const { wsUrl, session, role, user, sessionSecret } = seat;
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const token = badToken
      ? 'st1.bad.token'
      : createToken(sessionSecret, { id: loginOf(seat), userId: user, role, expires });
    const query = new URLSearchParams({ session, role, token });
    this.socket = new WebSocket(`${wsUrl}?${query}`, {
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    });
    this.socket.on('open', () => this.open());
    this.socket.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
    this.socket.on('close', (code) => this.end(code));
    this.socket.on('error', () => undefined);
    this.socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0;
      if (status === 401 || status === 403) tally.count('ws_errors_total', { type: 'auth_failed' });
      else tally.elsewhere('ws', { status: String(status) });
      response.resume();
      request.destroy();
      this.ended(this);
    });
  }

  /** Whether the server accepted it at any time. */
  get wasOpen(): boolean {
    return this.opened;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Whether nothing is in flight. */
  get isQuiet(): boolean {
    return this.isOpen && this.waiting.size === 0;
  }

  say(message: Said & Readonly<Record<string, string>>): void {
    if (!this.isOpen) return;
    const id = randomUUID();
    const { type } = message;
    const { session, wsUrl } = this.seat;
    const { 'server.address': host, 'server.port': port } = httpAttributes('GET', wsUrl);
    const attributes = {
      ...{ 'websocket.message.type': type, 'session.id': session },
      ...{ 'server.address': host, 'server.port': port },
    };
    const span = startSpan(`ws.send ${type}`, { kind: 'client', attributes });
    this.waiting.set(id, { ...message, span });
    const trace = activate(span, outsideHeaders);
    this.socket.send(JSON.stringify({ ...message, id, trace }));
  }

  close(): void {
    this.socket.close(1000);
  }

  private open(): void {
    this.opened = true;
    this.tally.count('ws_connections_total', { status: 'connected' });
    this.ready(this);
  }

  private receive(text: string): void {
    this.lastMessage = performance.now();
    this.tally.count('ws_messages_sent_total');
    const message: unknown = JSON.parse(text);
    if (!isObject(message) || typeof message['id'] !== 'string') return;
    const said = this.waiting.get(message['id']);
    if (said === undefined) return;
    this.waiting.delete(message['id']);
    finish(said.span, message['requestId'], message['error']);
    // The server received the message, whatever the result.
    this.tally.count('ws_messages_received_total');
    if (message['error'] === 'rate_limited') {
      this.tally.count('ws_errors_total', { type: 'rate_limited' });
    } else if (message['error'] === 'internal') {
      this.tally.count('ws_errors_total', { type: 'error' });
    }
    if (message['type'] !== 'ack') return;
    if (said.type === 'chat') {
      this.tally.count('studio_chat_messages_total', { platform: said.platform ?? 'audifi' });
    } else if (said.type === 'vote' && message['counted'] === true) {
      this.tally.count('studio_poll_votes_total');
    }
  }

  private end(code: number): void {
    if (this.opened) {
      this.tally.count('ws_connections_total', { status: 'disconnected' });
      const reason = reasons.get(code);
      if (reason === undefined) this.tally.unsure('ws_disconnections_total');
      else this.tally.count('ws_disconnections_total', { reason });
    }
    for (const { type, span } of this.waiting.values()) {
      finish(span, undefined, 'connection_closed');
      this.tally.unsure('ws_messages_received_total', { type });
    }
    this.waiting.clear();
    this.ended(this);
  }
}

function finish(span: Span, requestId: unknown, error: unknown): void {
  if (typeof requestId === 'string') annotate({ requestId }, span);
  if (typeof error === 'string') {
    annotate({ 'error.type': error }, span);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
