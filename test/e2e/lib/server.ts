import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Handling<Body> = (request: IncomingMessage, body: Body, response: ServerResponse) => void;

/** Handles a request with its parsed JSON body, or '' without a body. */
export type Handle = Handling<unknown>;

/** A local HTTP server that can go away and come back on the same port. Bodies are bytes. */
export class RawServer {
  port = 0;
  private server?: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly host: string,
    private readonly handle: Handling<Buffer>,
  ) {}

  /** Starts listening, on the same port after a `close`. */
  async open(): Promise<this> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.handle(request, Buffer.concat(chunks), response));
    });
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, resolve);
    });
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.server = server;
    return this;
  }

  /** Rejects connections from now on. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  url(path = '/'): string {
    return `http://${this.address}${path}`;
  }
}

/** The same for JSON. */
export class LocalServer extends RawServer {
  constructor(host: string, handle: Handle) {
    super(host, (request, body, response) => {
      const text = body.toString('utf8');
      handle(request, text && JSON.parse(text), response);
    });
  }
}
