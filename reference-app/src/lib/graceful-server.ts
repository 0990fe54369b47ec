import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { sleep } from './time-limit';

export interface GracefulServer {
  readonly server: Server;
  /** Port that it listens on; 0 asks the system for one. */
  readonly listen: (port: number) => Promise<number>;
  /**
   * Ends without losing a request:
   * - for `drainMs` all goes on as before, while load balancers see /health say "stopping" and turn away;
   * - then no connection is accepted, and each that is open closes with its next answer;
   * - those that are silent for another `drainMs` are closed, and the others when they are answered.
   */
  readonly stop: (drainMs: number) => Promise<void>;
}

/** An HTTP server that can end without losing a request. */
export function gracefulServer(listener: RequestListener): GracefulServer {
  const answering = new Set<ServerResponse>();
  let state: 'open' | 'closing' | 'silent' = 'open';
  const server = createServer((request, response) => {
    answering.add(response);
    if (state !== 'open') response.shouldKeepAlive = false;
    response.once('close', () => {
      answering.delete(response);
      // An answer whose headers were out before the stop has left its connection open.
      if (state === 'silent') closeIdle();
    });
    listener(request, response);
  });
  // A client that sends its headers or body slowly holds a connection no longer than this.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than a proxy keeps its idle connections, so that the proxy closes first.
  server.keepAliveTimeout = 125_000;

  // After the event loop has read what has arrived: a request on the wire is not taken for silence.
  const closeIdle = () => setImmediate(() => server.closeIdleConnections());

  const stop = async (drainMs: number): Promise<void> => {
    await sleep(drainMs);
    // First the door, then the word to leave: whoever is told earlier comes back to a door that just closes. Not
    // http.Server's own close: that one cuts idle connections at once, and a request may be under way on one.
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
