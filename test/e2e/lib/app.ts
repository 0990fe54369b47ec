import { LocalServer } from './server';

/** One series: `http_requests_total{status="200"}`. */
type Series = string;

/** A metrics endpoint whose values a test sets. Counters increase by a rate per second. */
export class FakeTarget extends LocalServer {
  readonly gauges = new Map<Series, number>();
  /** Increase of each counter per second. */
  readonly rates = new Map<Series, number>();
  private readonly counters = new Map<Series, number>();
  private last = Date.now();

  constructor(host = '127.0.0.1') {
    super(host, (_request, _body, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(this.text());
    });
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
