import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** One series: `http_requests_total{status="200"}`. */
type Series = string;

/**
 * A metrics endpoint whose values a test sets. Counters grow by themselves, at a rate per second.
 */
export class FakeTarget {
  readonly gauges = new Map<Series, number>();
  /** Growth of each counter, per second. */
  readonly rates = new Map<Series, number>();
  port = 0;
  private readonly counters = new Map<Series, number>();
  private last = Date.now();
  private server?: Server;
  private readonly sockets = new Set<Socket>();

  constructor(readonly host = '127.0.0.1') {}

  /** Answers, again on the same port after a `stop`. */
  async start(): Promise<this> {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(this.text());
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

  /** Is down from now on: refuses connections. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  private text(): string {
    const now = Date.now();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    for (const [series, rate] of this.rates) {
      this.counters.set(series, (this.counters.get(series) ?? 0) + rate * seconds);
    }
    const lines = [...this.gauges, ...this.counters].map(([series, v]) => `${series} ${v}\n`);
    return lines.join('');
  }
}
