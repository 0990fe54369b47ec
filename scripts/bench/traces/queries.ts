import { quantileOf } from '../statistics';
import { places } from './containers';
import { type SpanBatches } from './spans';

export interface Timing {
  readonly what: string;
  readonly p50: number;
  readonly p95: number;
  /** Traces of an average response. */
  readonly traces: number;
}

const rounds = 50;
const hour = 3_600_000;

/**
 * Seconds that Jaeger needs for the requests of its web pages, one after another, each for another
 * trace or another hour of the last day.
 *
 * @param count number of stored batches
 */
export async function queryTimes(batches: SpanBatches, count: number): Promise<Timing[]> {
  const some = (): [number, number] => [
    Math.floor(Math.random() * count),
    Math.floor(Math.random() * 50),
  ];
  const now = Date.now();
  const search = (parameters: Readonly<Record<string, string>>, window = hour): string => {
    const end = now - Math.random() * (86_400_000 - window);
    const query = new URLSearchParams({
      ...{ service: 'api-server', limit: '20', lookback: 'custom', ...parameters },
      ...{ start: String(Math.round(end - window) * 1_000), end: String(Math.round(end) * 1_000) },
    });
    return `/api/traces?${query}`;
  };
  const tags = (values: object): { tags: string } => ({ tags: JSON.stringify(values) });
  const asked: Readonly<Record<string, () => string>> = {
    'trace by ID': () => `/api/traces/${batches.traceId(...some())}`,
    'search: a request ID, one day': () =>
      search(tags({ requestId: batches.requestId(...some()) }), 86_400_000),
    'search: a service, one hour, 20 traces': () => search({}),
    'search: an operation, one hour, 20 traces': () => search({ operation: 'GET /v1/tracks/:id' }),
    'search: errors, one hour, 20 traces': () => search(tags({ error: 'true' })),
    'search: longer than 300 ms, one hour, 20 traces': () => search({ minDuration: '300ms' }),
  };
  const timings: Timing[] = [];
  for (const [what, path] of Object.entries(asked)) {
    const seconds: number[] = [];
    let traces = 0;
    for (let round = 0; round < rounds; round += 1) {
      const before = performance.now();
      const response = await fetch(places.jaeger.url + path());
      const { data } = (await response.json()) as { data: unknown[] | null };
      seconds.push((performance.now() - before) / 1_000);
      traces += data?.length ?? 0;
    }
    timings.push({
      ...{ what, p50: quantileOf(0.5, seconds), p95: quantileOf(0.95, seconds) },
      traces: traces / rounds,
    });
    process.stderr.write(`traces: ${what}: p95 ${quantileOf(0.95, seconds).toFixed(3)} s\n`);
  }
  return timings;
}
