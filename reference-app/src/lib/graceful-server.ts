import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { sleep } from './time-limit';

export interface GracefulServer {
  readonly server: Server;
  /** Starts listening and returns the port. 0 selects a free port. */
  readonly listen: (port: number) => Promise<number>;
  /**
   * Stops without losing a request:
   * - For `drainMs`, all requests are served, while load balancers see "stopping" in /health and
   *   stop sending requests.
   * - Then no new connections are accepted, and open connections close with their next response.
   * - Connections that are idle for another `drainMs` are closed, and others when they are
   *   answered.
   */
  readonly stop: (drainMs: number) => Promise<void>;
}

/** An HTTP server that can stop without losing a request. */
export function gracefulServer(listener: RequestListener): GracefulServer {
  const answering = new Set<ServerResponse>();
  let state: 'open' | 'closing' | 'silent' = 'open';
  const server = createServer((request, response) => {
    answering.add(response);
    if (state !== 'open') response.shouldKeepAlive = false;
    response.once('close', () => {
      answering.delete(response);
      // Responses whose headers were sent before the stop leave their connection open.
      if (state === 'silent') closeIdle();
    });
    listener(request, response);
  });
  // Timeout for clients that send headers or body slowly.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than the idle timeout of a proxy, so that the proxy closes first.
  server.keepAliveTimeout = 125_000;

  // Runs after the event loop has read pending data, so that a connection with a request is not
  // treated as idle.
  const closeIdle = () => setImmediate(() => server.closeIdleConnections());

  const stop = async (drainMs: number): Promise<void> => {
    await sleep(drainMs);
    // Stop accepting first, then close connections. Otherwise a client that is closed first would
    // reconnect to a closing server. http.Server's own close is not used, because it closes idle
    // connections at once, even if a request is on its way.
    const closed = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(server, () => resolve());
    });
    state = 'closing';
    for (const response of answering) {
      if (!response.headersSent) response.shouldKeepAlive = false;
    }
    await Promise.race([closed, sleep(drainMs)]);
    state = 'silent';
    closeIdle();
    await closed;
  };

  return {
    server,
    stop,
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
  };
}
