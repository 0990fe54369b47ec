import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Seen } from '../lib/active-sessions';
import type { GracefulServer } from '../lib/graceful-server';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import { sleep } from '../lib/time-limit';
import { mayBe, readToken, type Session, type StudioRole, studioRoles } from '../lib/tokens';
import { Connection, type Limits, type Process } from './connection';
import { type Hub, isSessionId } from './hub';
import { maxMessageBytes } from './messages';

export interface StudioOptions {
  readonly server: GracefulServer;
  readonly hub: Hub<Connection>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly sessionSecret: string;
  readonly process: Process;
  /** Called with the logins of new connections, and regularly with those of open ones. */
  readonly seen: Seen;
  /** Maximum number of open connections. Further ones are rejected. */
  readonly maxConnections: number;
  readonly limits?: Limits;
}

export interface Studio {
  /** Asks all clients to reconnect elsewhere (1001), and closes the remaining connections. */
  readonly stop: () => Promise<void>;
}

interface Guest {
  readonly session: string;
  readonly role: StudioRole;
  readonly user: Session;
}

/** WebSocket connections on /v1/studio of an HTTP server. */
export function openStudio(options: StudioOptions): Studio {
  const { hub, metrics, log, process, seen, limits } = options;
  // No compression: the messages are small, and compression would need memory for each connection.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const authErrors = metrics.of('ws_errors_total');
  let stopping = false;

  options.server.server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // For a client that disconnects during the handshake.
    stream.on('error', () => stream.destroy());
    const guest = stopping || hub.size >= options.maxConnections ? 503 : admit(options, request);
    if (typeof guest === 'number') {
      if (guest === 401 || guest === 403) authErrors.add({ type: 'auth_failed' });
      stream.end(
        `HTTP/1.1 ${guest} ${refusals[guest]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const closed = (connection: Connection) => hub.leave(connection);
      const common = { socket, metrics, log, process, closed };
      hub.join(new Connection({ ...common, ...guest, ...(limits !== undefined && { limits }) }));
      seen([guest.user.id]);
    });
  });

  const idle = limits?.idleSeconds ?? 60;
  const watch = setInterval(
    () => {
      for (const connection of hub.members()) connection.check();
      seen([...hub.members()].map(({ loginId }) => loginId));
    },
    (idle * 1000) / 3,
  );

  const stop = async (): Promise<void> => {
    stopping = true;
    clearInterval(watch);
    const open = [...hub.members()];
    // Answers all received messages before the connections are closed.
    await Promise.all(open.map((connection) => connection.settled()));
    for (const connection of open) connection.close('server_shutdown');
    for (let waited = 0; hub.size > 0 && waited < 2_000; waited += 50) await sleep(50);
    for (const connection of hub.members()) connection.terminate();
  };
  return { stop };
}

const refusals = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const;

/**
 * Returns the authenticated client, or the status of a rejection. Rejecting before the upgrade is
 * cheapest.
 */
function admit(
  { sessionSecret }: StudioOptions,
  request: IncomingMessage,
): Guest | keyof typeof refusals {
  let url: URL;
  try {
    url = new URL(request.url ?? '', 'http://ws');
  } catch {
    return 400;
  }
  const { pathname, searchParams } = url;
  if (pathname !== '/v1/studio') return 404;
  const session = searchParams.get('session') ?? '';
  const role = studioRoles.find((known) => known === (searchParams.get('role') ?? 'viewer'));
  if (!isSessionId(session) || role === undefined) return 400;
  const user = readToken(sessionSecret, searchParams.get('token') ?? '');
  if (user === undefined) return 401;
  return mayBe(user, role) ? { session, role, user } : 403;
}
