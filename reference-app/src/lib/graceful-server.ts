import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { sleep } from './time-limit';

export interface GracefulServer {
  readonly server: Server;
  /** Port that it listens on; 0 asks the system for one. */
  readonly listen: (port: number) => Promise<number>;
  /**
   * Ends without losing a request. For `drainMs` everything is still answered, each answer closing its
   * connection, while load balancers see /health say "stopping"; then nothing new is accepted, and what is
   * being answered is finished.
   */
  readonly stop: (drainMs: number) => Promise<void>;
}

/** An HTTP server that can end without losing a request. */
export function gracefulServer(listener: RequestListener): GracefulServer {
  const answering = new Set<ServerResponse>();
  let stopping = false;
  const server = createServer((request, response) => {
    answering.add(response);
    if (stopping) response.shouldKeepAlive = false;
    response.once('close', () => {
      answering.delete(response);
      // An answer whose headers were out before the stop left its connection open.
      if (stopping) closeIdle();
    });
    listener(request, response);
  });
  // A client that sends its headers or body slowly holds a connection no longer than this.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than a proxy keeps its idle connections, so that the proxy closes first.
  server.keepAliveTimeout = 125_000;

  // After the event loop has read what has arrived: a request on the wire is not taken for idleness.
  const closeIdle = () => setImmediate(() => server.closeIdleConnections());

  return {
    server,
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    stop: async (drainMs) => {
      stopping = true;
      for (const response of answering) {
        if (!response.headersSent) response.shouldKeepAlive = false;
      }
      await sleep(drainMs);
      await new Promise<void>((resolve) => {
        setImmediate(() => {
          server.close(() => resolve());
          closeIdle();
        });
      });
    },
  };
}
