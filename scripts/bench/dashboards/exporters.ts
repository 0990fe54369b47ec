import { createServer, type Server } from 'node:http';
import { type FleetSeries, hash, replicas, seriesOf } from './fleet';

/** Start of the fleet's counters, in Unix seconds. */
const epoch = Date.UTC(2026, 0, 1) / 1000;

/** The fleet as an HTTP proxy: it responds for all targets, so no names need to be resolved. */
export class Exporters {
  private readonly lines = new Map(
    [...Object.keys(replicas), 'uptime'].map((job): [string, readonly FleetSeries[]] => [
      job,
      seriesOf(job),
    ]),
  );
  private readonly server: Server = createServer((request, response) => {
    const { hostname, pathname } = new URL(request.url ?? '', 'http://nobody');
    // The blackbox exporter also responds for the URLs that it probes.
    const job = pathname === '/probe' ? 'uptime' : jobOf(hostname);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(this.answer(job, hash(hostname) % 1_000));
  });

  /** URL of the proxy. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(job: string, ahead: number): string {
    const now = Date.now() / 1000 - epoch + ahead;
    const wave = 1 + 0.3 * Math.sin(now / 600);
    const lines = (this.lines.get(job) ?? []).map(({ text, kind, pace }) => {
      if (kind === 'counter') return `${text} ${Math.floor(pace * now)}`;
      return `${text} ${kind === 'fixed' ? pace : (pace * wave).toPrecision(7)}`;
    });
    return `${lines.join('\n')}\n`;
  }
}

/** Address of an instance in the Prometheus configuration: `api-server-3.fleet:9090`. */
export const addressOf = (job: string, i: number): string => `${job}-${i}.fleet:9090`;

const jobOf = (host: string): string => host.replace(/-\d+\.fleet$/, '');
